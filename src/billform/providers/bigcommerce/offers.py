"""What the catalog sells at one store: plans and add-ons as products, their prices as variants."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from billform.catalog.environment import Environment, StorefrontSite
from billform.catalog.models import (
    AddOn,
    Amounts,
    Catalog,
    Plan,
    PriceRecord,
    Sellable,
    SoldPrice,
    StorefrontProduct,
)
from billform.core.diagnostic import Span
from billform.core.money import Money
from billform.core.resource import Address, Ref


@dataclass(frozen=True, slots=True)
class Offer:
    """One price as customers of the store meet it: a variant, whatever number of Stripe prices stand behind it."""

    key: str
    """PLAN.CHARGE.PRICE"""
    ref: str
    """CHARGE.PRICE"""
    label: str
    sku: str
    position: int
    retail_price: Decimal | None
    prices: tuple[SoldPrice, ...]
    """One, or one for each currency where the catalog keeps them apart."""
    span: Span | None

    def price_in(self, currency: str) -> SoldPrice | None:
        """The Stripe price that is charged in a currency."""
        return next((each for each in self.prices if each.in_currency(currency)), None)

    def amount(self, currency: str) -> Money | None:
        """What one costs, in major units; None where it is not sold in that currency."""
        price = self.price_in(currency)
        amounts = price.in_currency(currency) if price else None
        if amounts is None:
            return None
        if amounts.tiers:
            first = amounts.tiers[0]
            return Money((first.unit or Decimal(0)) + (first.flat or Decimal(0)), currency)
        shown = next((each for each in (amounts.unit, amounts.preset, amounts.minimum) if each is not None), Decimal(0))
        return Money(shown, currency)


@dataclass(frozen=True, slots=True)
class Item:
    """A plan or add-on as a product of one store."""

    key: str
    item: Plan | AddOn
    words: StorefrontProduct
    sellable: Sellable | None
    """None for a plan that Stripe does not sell."""
    name: str
    sku: str
    option: str
    offers: tuple[Offer, ...]
    sites: tuple[str, ...]
    """The storefronts of this store that sell it."""
    span: Span | None

    @property
    def description(self) -> str:
        """HTML: the storefront's own, or the plan's text."""
        return self.words.description or html.escape(self.item.description or "", quote=False)

    @property
    def visible(self) -> bool:
        """Whether the store shows it."""
        return self.item.visibility == "public" if self.words.visible is None else self.words.visible

    def price(self, currency: str) -> Money:
        """The product's own price: what the first variant costs, or what a custom plan says."""
        if self.words.price is not None:
            return Money(self.words.price, currency)
        shown = (offer.amount(currency) for offer in self.offers)
        return next((each for each in shown if each is not None), Money(Decimal(0), currency))


def stores(environment: Environment) -> Iterator[tuple[str, dict[str, StorefrontSite]]]:
    """Every store by its alias, with its storefronts."""
    return ((alias, environment.storefronts_of(alias)) for alias in environment.stores)


def among(named: Iterable[str], sites: dict[str, StorefrontSite]) -> tuple[str, ...]:
    """The storefronts of a store that a list names; an empty list names all."""
    wanted = set(named)
    return tuple(name for name in sites if not wanted or name in wanted)


def concerns(named: Iterable[str], sites: dict[str, StorefrontSite]) -> bool:
    """Whether something for the named storefronts belongs into a store; an empty list belongs everywhere."""
    wanted = set(named)
    return not wanted or bool(wanted & set(sites))


def currency_of(catalog: Catalog, sites: dict[str, StorefrontSite]) -> str:
    """The currency of a store's own prices: the catalog's where one of its storefronts sells in it, else the first.

    `connect.verify` stops everything where the store says otherwise.
    """
    sold = [each.currency for each in sites.values()]
    return catalog.defaults.currency if not sold or catalog.defaults.currency in sold else sold[0]


def items(catalog: Catalog, sites: dict[str, StorefrontSite]) -> Iterator[Item]:
    """The products of a store."""
    for key, item, sellable in catalog.storefront_items():
        words = item.storefront
        if words is None or not concerns(words.storefronts, sites):
            continue
        yield Item(
            key=key,
            item=item,
            words=words,
            sellable=sellable,
            name=words.name or catalog.product_name(key, item),
            sku=words.sku_of(key),
            option=words.option or catalog.storefront.option,
            offers=tuple(_offers(catalog, words, sellable)) if sellable else (),
            sites=among(words.storefronts, sites),
            span=catalog.key_span(*(sellable.path if sellable else ("plans", key)), "storefront"),
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """The price of one offer in one price list and currency."""

    address: Address
    key: str
    """The list's."""
    offer: Offer
    price: Money
    own: PriceRecord | None
    """What the list says of the offer beside the catalog's amounts."""


def listed(catalog: Catalog, alias: str, sites: dict[str, StorefrontSite]) -> Iterator[Listed]:
    """Everything that the price lists of a store hold."""
    fallback = currency_of(catalog, sites)
    sold = [offer for item in items(catalog, sites) for offer in item.offers]
    for key, words in catalog.storefront.price_lists.items():
        if not concerns(words.storefronts, sites):
            continue
        for offer in sold:
            own = words.records.get(offer.key)
            taken = {each: shown for each in words.currencies if (shown := offer.amount(each)) is not None}
            for currency, price in {**taken, **money(own.price if own else None, fallback)}.items():
                address = Address.at("bigcommerce.price_record", alias, f"{key}/{offer.key}/{currency}")
                yield Listed(address, key, offer, price, own)


def recorded(catalog: Catalog, alias: str, sites: dict[str, StorefrontSite]) -> dict[str, tuple[Address, ...]]:
    """The price records of each offer, by its key."""
    found: dict[str, list[Address]] = defaultdict(list)
    for each in listed(catalog, alias, sites):
        found[each.offer.key].append(each.address)
    return {key: tuple(addresses) for key, addresses in found.items()}


def money(amounts: Amounts | None, fallback: str) -> dict[str, Money]:
    """Amounts of the catalog by currency; `fallback` is the one of those that name none."""
    found = amounts.in_currencies(fallback) if amounts is not None else {}
    return {currency: Money(each, currency) for currency, each in found.items()}


def charged(*sold: Offer) -> tuple[Address, ...]:
    """The Stripe prices behind some offers: no store shows an amount before Stripe can charge it."""
    return tuple(Address.at("stripe.price", "", price.address) for offer in sold for price in offer.prices)


def product_ref(alias: str, key: str) -> Ref:
    """The reference to a product."""
    return Ref.to(Address.at("bigcommerce.product", alias, key))


def variant_ref(alias: str, key: str) -> Ref:
    """The reference to a variant."""
    return Ref.to(Address.at("bigcommerce.variant", alias, key))


def named_ref(kind: str, alias: str, name: str) -> Ref:
    """The reference to something that is looked up by its name: a channel, a category, a tax class."""
    return Ref.to(Address.at(f"bigcommerce.{kind}", alias, name))


def _offers(catalog: Catalog, words: StorefrontProduct, sellable: Sellable) -> Iterator[Offer]:
    groups: dict[str, list[SoldPrice]] = {}
    for price in sellable.storefront_prices:
        groups.setdefault(price.ref, []).append(price)
    for position, (ref, prices) in enumerate(groups.items()):
        own = words.variants.get(ref)
        yield Offer(
            key=f"{sellable.key}.{ref}",
            ref=ref,
            label=words.variant_label(ref),
            sku=words.variant_sku(sellable.key, ref),
            position=position,
            retail_price=own.retail_price if own else None,
            prices=tuple(prices),
            span=catalog.key_span(*prices[0].path),
        )
