"""What a catalog comes to: products and prices with their addresses, names and amounts settled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .charge import Charge, Price, Tiers
from .plan import AddOn, Plan
from .when import Interval
from .words import Amounts, in_words

Path = tuple[str | int, ...]
"""Where something stands in the merged files: keys and list positions from the top."""
BASE = "base"
"""The key of the charge that is the plan's own fee."""


@dataclass(frozen=True, slots=True)
class TierAmount:
    """One step of a tiered price in one currency, major units."""

    up_to: int | None
    unit: Decimal | None
    flat: Decimal | None


@dataclass(frozen=True, slots=True)
class CurrencyAmounts:
    """What a price costs in one currency, major units; exactly one of unit, tiers and custom is filled in."""

    currency: str
    unit: Decimal | None = None
    tiers: tuple[TierAmount, ...] = ()
    minimum: Decimal | None = None
    preset: Decimal | None = None
    maximum: Decimal | None = None
    tax_behavior: str | None = None


@dataclass(frozen=True, slots=True)
class SoldPrice:
    """One Stripe price to be: `pro.base.monthly`, or `pro.base.monthly.eur` where currencies are separate."""

    address: str
    lookup_key: str
    path: Path
    price: Price
    product: str
    """Address of the product it belongs to."""
    ref: str
    """CHARGE.PRICE, as the plan itself refers to it."""
    meter: str | None
    amounts: tuple[CurrencyAmounts, ...]
    """By currency, the base currency first."""

    @property
    def base(self) -> CurrencyAmounts:
        """The amounts in the base currency."""
        return self.amounts[0]

    @property
    def currency(self) -> str:
        """The base currency."""
        return self.amounts[0].currency

    @property
    def options(self) -> tuple[CurrencyAmounts, ...]:
        """The amounts in the other currencies."""
        return self.amounts[1:]

    @property
    def every(self) -> Interval | None:
        """The billing interval; None for a price paid once."""
        return self.price.every

    @property
    def model(self) -> Literal["flat", "tiered", "package", "custom"]:
        """How the amount is computed; `flat` is the amount times the quantity."""
        if self.price.tiers is not None:
            return "tiered"
        if self.price.customer_chooses is not None:
            return "custom"
        return "package" if self.price.per is not None else "flat"

    def in_currency(self, currency: str) -> CurrencyAmounts | None:
        """The amounts in that currency, where it is sold in it."""
        return next((each for each in self.amounts if each.currency == currency), None)


@dataclass(frozen=True, slots=True)
class SoldProduct:
    """One Stripe product to be: a plan or add-on itself (`pro`), or a further charge of it (`pro.seats`)."""

    address: str
    path: Path
    name: str
    owner: str
    """Key of the plan or add-on."""
    charge_key: str
    charge: Charge
    is_base: bool
    item: Plan | AddOn
    tax_code: str | None
    prices: tuple[SoldPrice, ...]

    @property
    def description(self) -> str | None:
        """The charge's own, or for the plan itself the plan's."""
        return self.charge.description or (self.item.description if self.is_base else None)

    @property
    def unit_label(self) -> str | None:
        """The charge's own, or for the plan itself the plan's."""
        return self.charge.unit_label or (self.item.unit_label if self.is_base else None)

    @property
    def statement_descriptor(self) -> str | None:
        """The charge's own, or the plan's."""
        return self.charge.statement_descriptor or self.item.statement_descriptor

    @property
    def metadata(self) -> dict[str, str]:
        """The author's metadata: the plan's on its own product, the charge's on the others."""
        return {**self.item.metadata, **self.charge.metadata} if self.is_base else dict(self.charge.metadata)

    @property
    def default_price(self) -> SoldPrice | None:
        """The price marked as default, else the first."""
        return next((each for each in self.prices if each.price.default), self.prices[0] if self.prices else None)


@dataclass(frozen=True, slots=True)
class Sellable:
    """A plan or add-on that is sold in Stripe."""

    key: str
    kind: Literal["plan", "addon"]
    path: Path
    item: Plan | AddOn
    name: str
    products: tuple[SoldProduct, ...]
    """Its own product first, whether it has prices or not; then one for each further charge."""

    @property
    def product(self) -> SoldProduct:
        """Its own product."""
        return self.products[0]

    @property
    def prices(self) -> tuple[SoldPrice, ...]:
        """All prices of all its products."""
        return tuple(price for product in self.products for price in product.prices)

    @property
    def storefront_prices(self) -> tuple[SoldPrice, ...]:
        """The prices behind variants: those named in `sells`, else the base charge's recurring ones.

        Where currencies are separate, several with one `ref` stand behind one variant.
        """
        wanted = self.item.storefront.sells if self.item.storefront else []
        if wanted:
            return tuple(price for ref in dict.fromkeys(wanted) for price in self.prices if price.ref == ref)
        return tuple(each for each in self.product.prices if each.price.is_recurring)


def sell(key: str, item: Plan | AddOn, family: str | None, defaults: Defaulted) -> Sellable:
    """Settles one plan or add-on; `family` is the product family's name."""
    kind: Literal["plan", "addon"] = "plan" if isinstance(item, Plan) else "addon"
    path: Path = ("plans" if kind == "plan" else "addons", key)
    name = item.name or in_words(key)
    own = product_name(key, item, family)
    charges = charges_of(item)

    def product(charge_key: str, charge: Charge) -> SoldProduct:
        is_base = charge_key == BASE
        address = key if is_base else f"{key}.{charge_key}"
        further = " ".join(word for word in (family, name, charge.name or in_words(charge_key)) if word)
        charge_path: Path = (*path, "charges", charge_key)
        prices: list[SoldPrice] = []
        for price_key, price in charge.prices.items():
            short = isinstance(item, AddOn) and is_base and price_key in item.prices
            place = (*path, "prices", price_key) if short else (*charge_path, "prices", price_key)
            name_of = f"{key}.{charge_key}.{price_key}"
            prices.extend(_prices(name_of, price, address, charge.meter, path=place, defaults=defaults))
        return SoldProduct(
            address=address,
            path=path if is_base else charge_path,
            name=charge.product_name or (own if is_base else further),
            owner=key,
            charge_key=charge_key,
            charge=charge,
            is_base=is_base,
            item=item,
            tax_code=charge.tax_code or item.tax_code or defaults.tax_code,
            prices=tuple(prices),
        )

    further_charges = [product(each, charge) for each, charge in charges.items() if each != BASE]
    return Sellable(key, kind, path, item, name, (product(BASE, charges.get(BASE, Charge())), *further_charges))


def product_name(key: str, item: Plan | AddOn, family: str | None) -> str:
    """As written, else `<PRODUCT> <PLAN> Plan` or `<PRODUCT> <ADD-ON> Add-on`."""
    words = (family, item.name or in_words(key), "Plan" if isinstance(item, Plan) else "Add-on")
    return item.product_name or " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Defaulted:
    """The catalog's defaults that products and prices take over."""

    currency: str
    tax_code: str | None
    tax_behavior: str | None


def charges_of(item: Plan | AddOn) -> dict[str, Charge]:
    """The charges, with an add-on's short `prices` as those of its base charge."""
    if not isinstance(item, AddOn) or not item.prices:
        return item.charges
    base = item.charges.get(BASE, Charge())
    return {BASE: base.model_copy(update={"prices": {**base.prices, **item.prices}}), **_without_base(item.charges)}


def _without_base(charges: dict[str, Charge]) -> dict[str, Charge]:
    return {key: charge for key, charge in charges.items() if key != BASE}


def _prices(
    address: str, price: Price, product: str, meter: str | None, *, path: Path, defaults: Defaulted
) -> list[SoldPrice]:
    amounts = amounts_of(price, defaults.currency, defaults.tax_behavior)
    key = price.lookup_key or address
    ref = address.split(".", 1)[1]
    if not price.separate_currencies:
        return [SoldPrice(address, key, path, price, product, ref, meter, amounts)]
    return [
        SoldPrice(f"{address}.{one.currency}", f"{key}.{one.currency}", path, price, product, ref, meter, (one,))
        for one in amounts
    ]


def amounts_of(price: Price, default: str, tax_behavior: str | None = None) -> tuple[CurrencyAmounts, ...]:
    """The price's amounts by currency, the base currency first; a price without any costs nothing in `default`."""
    behavior = price.tax_behavior
    taxed = (
        {each: behavior.get(each, tax_behavior) for each in currencies_of(price, default)}
        if isinstance(behavior, dict)
        else dict.fromkeys(currencies_of(price, default), behavior or tax_behavior)
    )
    chooses, tiers = price.customer_chooses, price.tiers
    return tuple(
        CurrencyAmounts(
            currency=each,
            unit=_amount(price.amount, each, default) if tiers is None and chooses is None else None,
            tiers=_tiers(tiers, each, default) if tiers else (),
            minimum=_amount(chooses.minimum, each, default) if chooses else None,
            preset=_amount(chooses.preset, each, default) if chooses else None,
            maximum=_amount(chooses.maximum, each, default) if chooses else None,
            tax_behavior=tax,
        )
        for each, tax in taxed.items()
    )


def currencies_of(price: Price, default: str) -> tuple[str, ...]:
    """Every currency that the price names, the base currency first."""
    named = [each.by_currency if each.bare is None else (default,) for each in written_amounts(price) if each.bare != 0]
    ordered = dict.fromkeys(currency for each in named for currency in each) or {default: None}
    return (default, *(each for each in ordered if each != default)) if default in ordered else tuple(ordered)


def written_amounts(price: Price) -> tuple[Amounts, ...]:
    """Every amount of the price, in the order of the file."""
    steps = price.tiers.steps if price.tiers else []
    chooses = price.customer_chooses
    found = [price.amount, *(each for step in steps for each in (step.unit, step.flat))]
    found += [chooses.minimum, chooses.preset, chooses.maximum] if chooses else []
    return tuple(each for each in found if each is not None)


def _tiers(tiers: Tiers, currency: str, default: str) -> tuple[TierAmount, ...]:
    return tuple(
        TierAmount(step.up_to, _amount(step.unit, currency, default), _amount(step.flat, currency, default))
        for step in tiers.steps
    )


def _amount(amounts: Amounts | None, currency: str, default: str) -> Decimal | None:
    if amounts is None:
        return None
    if amounts.bare is None:
        return amounts.by_currency.get(currency)
    # Nothing is nothing in every currency.
    return amounts.bare if currency == default or amounts.bare == 0 else None
