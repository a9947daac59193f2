"""Tiers in further currencies: a list brings them only for the currencies that it is asked for by name.

`currency_options.tiers` is accepted and ignored; only `currency_options.eur.tiers`, currency by currency, brings them.
Those of the catalog are asked for with the list; what other currencies people have used is asked price by price.
"""

from __future__ import annotations

import asyncio

from billform.catalog.models import Catalog
from billform.providers.http import Failure, VendorError

from .answers import Answer, part
from .client import Meanwhile, StripeAccount
from .lists import PRICES


def currencies_of(catalog: Catalog) -> tuple[str, ...]:
    """The currencies in which the catalog has tiers beside those of the price's own."""
    tiered = (each for each in catalog.sold_prices() if each.model == "tiered")
    return tuple(sorted({option.currency for price in tiered for option in price.options}))


async def listed(client: StripeAccount, *, by: str, meanwhile: Meanwhile | None = None) -> tuple[Answer, ...]:
    """Every price, as the list shows it; raises VendorError unless every page was read."""
    asked = client.prices
    try:
        return await client.read(asked, by=by, meanwhile=meanwhile)
    except VendorError as error:
        if not _is_about_expanding(error) or asked == PRICES:
            raise
    # Stripe will not have so much asked at once; then price by price.
    client.prices = PRICES
    return await client.read(PRICES, by=by, meanwhile=meanwhile)


async def whole(client: StripeAccount, *, by: str, meanwhile: Meanwhile) -> tuple[Answer, ...]:
    """Every price with all its tiers; those that the list left some out of are read once more, side by side."""
    return await _with_tiers(client, await listed(client, by=by, meanwhile=meanwhile))


async def _with_tiers(client: StripeAccount, prices: tuple[Answer, ...]) -> tuple[Answer, ...]:
    lacking = {str(each["id"]): currencies for each in prices if (currencies := _lacking(each))}
    whole = await asyncio.gather(
        *(
            client.retrieve("/v1/prices", identity, expand=_expand(currencies))
            for identity, currencies in lacking.items()
        )
    )
    found = dict(zip(lacking, whole, strict=True))
    return tuple(found.get(str(each["id"]), each) for each in prices)


def _is_about_expanding(error: VendorError) -> bool:
    return error.failure is Failure.INVALID and (error.param == "expand" or "expand" in error.message)


def _lacking(price: Answer) -> list[str]:
    """The further currencies of a price, all of them where the tiers of any are left out."""
    if price.get("billing_scheme") != "tiered":
        return []
    further = {each: option for each, option in part(price, "currency_options").items() if each != price["currency"]}
    return sorted(further) if any(option.get("tiers") is None for option in further.values()) else []


def _expand(currencies: list[str]) -> tuple[str, ...]:
    return ("tiers", "currency_options", *(f"currency_options.{each}.tiers" for each in currencies))
