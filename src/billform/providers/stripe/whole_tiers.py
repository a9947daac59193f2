"""Tiers in further currencies: a list leaves them out however it is asked.

`currency_options.tiers` is accepted and ignored; only `currency_options.eur.tiers`, currency by currency, brings them.
"""

from __future__ import annotations

import asyncio

from .answers import Answer, part
from .client import StripeAccount


async def with_tiers(client: StripeAccount, prices: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The same prices, those with tiers in several currencies read once more, one request each, side by side."""
    lacking = {str(each["id"]): currencies for each in prices if (currencies := _lacking(each))}
    whole = await asyncio.gather(
        *(
            client.retrieve("/v1/prices", identity, expand=_expand(currencies))
            for identity, currencies in lacking.items()
        )
    )
    found = dict(zip(lacking, whole, strict=True))
    return tuple(found.get(str(each["id"]), each) for each in prices)


def _lacking(price: Answer) -> list[str]:
    if price.get("billing_scheme") != "tiered":
        return []
    options = part(price, "currency_options").items()
    return sorted(each for each, option in options if each != price["currency"] and option.get("tiers") is None)


def _expand(currencies: list[str]) -> tuple[str, ...]:
    return ("tiers", "currency_options", *(f"currency_options.{each}.tiers" for each in currencies))
