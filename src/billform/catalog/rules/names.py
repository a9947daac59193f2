"""Rules about names: what is defined is used, and currencies, countries and time zones exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from billform.catalog.known import COUNTRIES
from billform.catalog.models import Amounts, Path
from billform.core.codes import Explanation
from billform.core.diagnostic import nearest
from billform.core.money import CURRENCIES

from .shop import Found, Rule, Shop

MARKS = "billform_"
"""Opens the metadata keys that say whose an object is."""

CODES = {
    "C022": Explanation(
        title="Meter that nothing bills",
        meaning="The meter would be made in Stripe, but no charge and no feature uses it.",
        mend="Name it in a charge (`meter: api_calls`) or a metered feature, or remove it.",
    ),
    "C023": Explanation(
        title="Feature that nothing grants",
        meaning="No plan, add-on or customer group entitles anybody to this feature.",
        mend="List it under `features:` of a plan, or remove it.",
    ),
    "C024": Explanation(
        title="Definition that nothing uses",
        meaning="A product family without plans or add-ons, or a template that nothing extends.",
        mend="Use it or remove it.",
    ),
    "C027": Explanation(
        title="Unknown currency",
        meaning="Stripe cannot charge in this currency.",
        mend="Use the three lower-case letters of ISO 4217.",
        example="amount: { usd: 49, euro: 45 }    # eur",
    ),
    "C028": Explanation(
        title="Unknown time zone",
        meaning="Dates without a time are read in the catalog's time zone, and this one does not exist.",
        mend="Use a name such as `Europe/Berlin`, or `UTC`.",
    ),
    "C053": Explanation(
        title="Metadata key that is taken",
        meaning="Billform keeps in metadata whose an object is, under keys that open with `billform_`.",
        mend="Use another key.",
    ),
    "C029": Explanation(
        title="Unknown country",
        meaning="The two letters are not a country of ISO 3166-1.",
        mend="Use the country's two capital letters: `DE`, `US`, `GB` (not `UK`).",
    ),
}


def meters_are_used(shop: Shop) -> Found:
    """Every meter is billed or counts a feature."""
    used = {each.charge.meter for each in shop.charges} | {each.meter for each in shop.catalog.features.values()}
    for key in shop.catalog.meters:
        if key not in used:
            hint = f"bill it with `meter: {key}` in a charge, or remove it"
            yield shop.warning("C022", f"no charge uses the meter `{key}`", ("meters", key), hint=hint)


def features_are_used(shop: Shop) -> Found:
    """Every feature is granted by something."""
    used = {feature for _, _, item in shop.items for feature in item.features}
    used |= {each for group in shop.catalog.storefront.customer_groups.values() for each in group.features}
    for key in shop.catalog.features:
        if key not in used:
            hint = "list it under `features:` of a plan or add-on, or remove it"
            yield shop.warning("C023", f"nothing grants the feature `{key}`", ("features", key), hint=hint)


def definitions_are_used(shop: Shop) -> Found:
    """Every family has plans and every template is extended."""
    families = {item.product for _, _, item in shop.items}
    for key in shop.catalog.products:
        if key not in families:
            yield shop.warning("C024", f"no plan or add-on belongs to the product family `{key}`", ("products", key))
    extended = {item.extends for _, _, item in shop.items} | {each.extends for each in shop.catalog.templates.values()}
    for key in shop.catalog.templates:
        if key not in extended:
            yield shop.warning("C024", f"nothing extends the template `{key}`", ("templates", key))


def _written_currencies(shop: Shop) -> Iterator[tuple[str, Path, Literal["key", "value"]]]:
    catalog = shop.catalog
    yield catalog.defaults.currency, ("defaults", "currency"), "value"
    found: list[tuple[Path, Amounts | None]] = []
    for at in shop.prices:
        found += [((*at.path, *below), amounts) for below, amounts in at.amounts]
        if isinstance(at.price.tax_behavior, dict):
            for currency in at.price.tax_behavior:
                yield currency, (*at.path, "tax_behavior", currency), "key"
    found += [(("coupons", key, "amount_off"), coupon.amount_off) for key, coupon in catalog.coupons.items()]
    found += [(("promotion_codes", key, "minimum"), code.minimum) for key, code in catalog.promotion_codes.items()]
    for key, prices in catalog.storefront.price_lists.items():
        place: Path = ("storefront", "price_lists", key)
        for index, currency in enumerate(prices.currencies):
            yield currency, (*place, "currencies", index), "value"
        for address, record in prices.records.items():
            for word in ("price", "sale_price", "retail_price"):
                found.append(((*place, "records", address, word), getattr(record, word)))
    for path, amounts in found:
        for currency in amounts.by_currency if amounts else ():
            yield currency, (*path, currency), "key"


def currencies_exist(shop: Shop) -> Found:
    """Every currency can be charged."""
    for currency, path, at in _written_currencies(shop):
        if currency not in CURRENCIES:
            meant = nearest(currency, CURRENCIES)
            hint = f"did you mean `{meant}`?" if meant else "use the three lower-case letters of ISO 4217"
            yield shop.problem("C027", f"`{currency}` is not a currency", path, at=at, hint=hint)


def timezone_exists(shop: Shop) -> Found:
    """The catalog's time zone exists."""
    zone = shop.catalog.defaults.timezone
    if zone == "UTC":
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        meant = nearest(zone, available_timezones())
        hint = f"did you mean `{meant}`?" if meant else "use a name such as `Europe/Berlin`, or `UTC`"
        yield shop.problem("C028", f"`{zone}` is not a time zone", ("defaults", "timezone"), at="value", hint=hint)


def countries_exist(shop: Shop) -> Found:
    """Every country is one."""
    tax = shop.catalog.tax
    if tax is None:
        return
    found: list[tuple[Path, str]] = []
    if tax.settings and tax.settings.head_office:
        found.append((("tax", "settings", "head_office", "country"), tax.settings.head_office.country))
    found += [(("tax", "registrations", key, "country"), each.country) for key, each in tax.registrations.items()]
    for path, country in found:
        if country not in COUNTRIES:
            meant = {"UK": "GB", "EN": "GB", "EL": "GR", "KO": "KR"}.get(country)
            hint = f"did you mean `{meant}`?" if meant else "use two capital letters of ISO 3166-1, such as `DE`"
            yield shop.problem("C029", f"`{country}` is not a country", path, at="value", hint=hint)


def metadata_is_the_authors(shop: Shop) -> Found:
    """No metadata key is one of those that Billform keeps its marks in."""
    found = [(path, metadata) for path, metadata in shop.catalog.metadata()]
    found += [((*each.path, "metadata"), each.charge.metadata) for each in shop.charges]
    found += [((*each.path, "metadata"), each.price.metadata) for each in shop.prices]
    for path, metadata in found:
        for key in metadata:
            if key.startswith(MARKS):
                summary = f"metadata key `{key}` is one of Billform's own"
                yield shop.problem("C053", summary, (*path, key), hint=f"use a key that does not open with `{MARKS}`")


RULES: tuple[Rule, ...] = (
    meters_are_used,
    features_are_used,
    definitions_are_used,
    currencies_exist,
    timezone_exists,
    countries_exist,
    metadata_is_the_authors,
)
