"""Rules about price lists: who gets which, what they hold for those who buy many, and whom they are missing for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from billform.catalog.models import BulkTier, Path, PriceList, PriceRecord
from billform.core.codes import Explanation

from .shop import Found, Rule, Shop, listed

CODES = {
    "C117": Explanation(
        title="Two price lists for the same customers",
        meaning="A customer group on a storefront has one price list. Of two, the store would keep the one that came "
        "last, and the next plan would put the other one back.",
        mend="Name other `customer_groups:` or `storefronts:` in one of them, or make one list of the two.",
    ),
    "C118": Explanation(
        title="Bulk amount without a currency",
        meaning="The record has a price in a currency in which a tier for buying many has none: 35 off is not the same "
        "in dollars and in yen. A percentage is the same in every currency and names none.",
        mend="Write the amount by currency: `amount: { usd: 35, eur: 32 }`.",
    ),
    "C119": Explanation(
        title="Bulk tiers that contradict each other",
        meaning="A quantity falls into two tiers, or more than everything is taken off.",
        mend="Let each tier end (`max:`) before the next one begins; a percentage is at most 100.",
    ),
    "C120": Explanation(
        title="Storefront without amounts in its currency",
        meaning="The store has its product prices in another currency and converts them by its exchange rate, while "
        "Stripe charges the catalog's own amounts: shoppers would see another price than they pay.",
        mend="Give the storefront a price list with that currency under `currencies:`.",
    ),
    "C121": Explanation(
        title="Not priced in the store's own currency",
        meaning="A product and its variants are priced in the store's own currency; price lists say what single "
        "storefronts and groups pay instead. Whoever gets none of them would get the product for nothing.",
        mend="Add the amount in that currency to the price.",
    ),
}


def customers_have_one_list(shop: Shop) -> Found:
    """No two price lists are for the same group on the same storefront."""
    first: dict[tuple[str | None, str | None], str] = {}
    for key, prices in shop.catalog.storefront.price_lists.items():
        for group in prices.customer_groups or (None,):
            for site in prices.storefronts or (None,):
                other = first.setdefault((group, site), key)
                if other != key and (group or site):
                    who = " on ".join(
                        f"{what} `{name}`" for what, name in (("group", group), ("storefront", site)) if name
                    )
                    yield shop.problem(
                        "C117",
                        f"price lists `{other}` and `{key}` are both for {who}",
                        ("storefront", "price_lists", key),
                        hint="let them be for others, or make one list of them",
                    )


def tiers_have_amounts(shop: Shop) -> Found:
    """Every tier of a record says what it comes to in each currency of the record; a percentage names none."""
    default = shop.catalog.defaults.currency
    for prices, record, index, tier, place in _tiers(shop):
        where: Path = (*place, index, "amount")
        if tier.type == "percent":
            if tier.amount.bare is None:
                yield shop.problem(
                    "C118", "a percentage has no currency", where, at="value", hint="write the number alone"
                )
            continue
        lacking = [
            each
            for each in dict.fromkeys((*prices.currencies, *record.price.in_currencies(default)))
            if each not in tier.amount.in_currencies(default)
        ]
        if lacking:
            yield shop.problem(
                "C118",
                f"the record has a price in {listed(lacking)}, and this tier has no amount in it",
                where,
                at="value",
                hint="write the amount by currency",
            )


def tiers_follow_each_other(shop: Shop) -> Found:
    """No quantity is in two tiers, and no percentage takes off more than everything."""
    for _, record, index, tier, place in _tiers(shop):
        if tier.type == "percent" and (tier.amount.bare or Decimal(0)) > 100:
            yield shop.problem(
                "C119", f"{tier.amount.bare} % is more than everything", (*place, index, "amount"), at="value"
            )
        for other in record.bulk[:index]:
            low, high = sorted((other, tier), key=lambda each: each.min)
            if low.max is None or low.max >= high.min:
                summary = f"a quantity of {high.min} is in the tiers from {other.min} and from {tier.min}"
                yield shop.problem(
                    "C119", summary, (*place, index, "min"), at="value", hint="let the lower one end before"
                )


def storefronts_have_amounts_of_their_own(shop: Shop) -> Found:
    """What a storefront sells in another currency than the store's has a price of its own there."""
    sites = shop.environment.storefronts if shop.environment else {}
    default = shop.catalog.defaults.currency
    for name, site in sites.items():
        currency = str(site.currency).lower()
        if currency == _own(sites, site.store, default):
            continue
        lists = [
            each
            for each in shop.catalog.storefront.price_lists.values()
            if each.active and name in each.storefronts and not each.customer_groups
        ]
        for sellable in shop.sellables:
            words = sellable.item.storefront
            if words is None or (words.storefronts and name not in words.storefronts):
                continue
            sold = (each for each in sellable.storefront_prices if each.in_currency(currency))
            refs = dict.fromkeys(f"{sellable.key}.{each.ref}" for each in sold)
            if lacking := [each for each in refs if not any(_holds(one, each, currency, default) for one in lists)]:
                yield shop.warning(
                    "C120",
                    f"storefront `{name}` converts {listed(lacking)}: no price list there has amounts in {currency}",
                    (*sellable.path, "storefront"),
                    hint=f"add a price list with `currencies: [{currency}]` and `storefronts: [{name}]`",
                )


def stores_have_amounts_of_their_own(shop: Shop) -> Found:
    """What a store sells has an amount in its own currency, which those pay who get no other price."""
    sites = shop.environment.storefronts if shop.environment else {}
    for store in dict.fromkeys(site.store for site in sites.values()):
        own = _own(sites, store, shop.catalog.defaults.currency)
        for sellable in shop.sellables:
            words = sellable.item.storefront
            there = [sites[name] for name in (words.storefronts if words else ()) or sites if name in sites]
            here = {str(each.currency).lower() for each in there if each.store == store}
            if words is None or not here or own in here:
                continue  # of the currencies of its storefronts another rule tells
            refs = dict.fromkeys(f"{sellable.key}.{each.ref}" for each in sellable.storefront_prices)
            having = {f"{sellable.key}.{each.ref}" for each in sellable.storefront_prices if each.in_currency(own)}
            if lacking := [each for each in refs if each not in having]:
                yield shop.problem(
                    "C121",
                    f"{listed(lacking)} has no amount in {own}, the own currency of the store `{store}`",
                    (*sellable.path, "storefront"),
                    hint="add the amount in that currency",
                )


def _own(sites: Mapping[str, Any], store: object, default: str) -> str:
    """The currency of a store's own prices: the catalog's where one of its storefronts sells in it, else the first."""
    there = [str(each.currency).lower() for each in sites.values() if each.store == store]
    return default if default in there else there[0]


def _holds(prices: PriceList, address: str, currency: str, default: str) -> bool:
    record = prices.records.get(address)
    return currency in prices.currencies or (record is not None and currency in record.price.in_currencies(default))


def _tiers(shop: Shop) -> Iterator[tuple[PriceList, PriceRecord, int, BulkTier, Path]]:
    for key, prices in shop.catalog.storefront.price_lists.items():
        for address, record in prices.records.items():
            for index, tier in enumerate(record.bulk):
                yield prices, record, index, tier, ("storefront", "price_lists", key, "records", address, "bulk")


RULES: tuple[Rule, ...] = (
    customers_have_one_list,
    tiers_have_amounts,
    tiers_follow_each_other,
    storefronts_have_amounts_of_their_own,
    stores_have_amounts_of_their_own,
)
