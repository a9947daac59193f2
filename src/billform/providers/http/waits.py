"""What is told of a wait before it begins: who waits, for how long, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Limit(StrEnum):
    """The vendor's limits that are waited for."""

    QUOTA = "quota"
    """So many requests in a window: nothing is sent until the next one opens."""
    RATE = "rate"
    """So many requests a second."""


@dataclass(frozen=True, slots=True)
class WaitEvent:
    """A wait that begins; nothing secret is in it."""

    vendor: str
    seconds: float
    limit: Limit | None
    """None where the vendor is asked again for another reason."""
    reason: str = ""
    """Why it is asked again, in the vendor's words or ours; empty where a limit is known without asking."""


Tell = Callable[[Limit, float], None]
"""Hears of the limit and the seconds of a wait."""


def nobody(limit: Limit, seconds: float) -> None:
    """Hears nothing."""
