"""What is said of a wait while it lasts."""

from __future__ import annotations

from math import ceil

from billform.render.lines import visible
from billform.render.summary import VENDORS, duration


def waiting(vendor: str, limit: str | None, reason: str, seconds: float) -> str:
    """`Waiting for BigCommerce's quota, 12 s left`; without a limit, why the vendor is asked again after that."""
    name, left = VENDORS.get(vendor, vendor), f"{duration(ceil(seconds))} left"
    match limit:
        case "quota":
            return f"Waiting for {name}'s quota, {left}"
        case "rate":
            return f"Waiting for {name}'s rate limit, {left}"
        case _:
            return f"Waiting to ask {name} again, {left} ({visible(reason)})"
