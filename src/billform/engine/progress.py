"""What the engine tells while it works, as values; renderers make lines and bars of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from billform.core.diagnostic import Diagnostic
from billform.core.stages import Step


@dataclass(frozen=True, slots=True)
class Observed:
    """A kind was read to the end at one site."""

    kind: str
    site: str
    objects: int


@dataclass(frozen=True, slots=True)
class Started:
    """A write is on its way."""

    step: Step


@dataclass(frozen=True, slots=True)
class Done:
    """A write has been made."""

    step: Step
    shown_id: str
    seconds: float
    """From the moment that it was started, waiting for its turn included."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A write was not made, or not to the end."""

    step: Step
    diagnostic: Diagnostic
    seconds: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """A write was not begun."""

    step: Step
    reason: str


@dataclass(frozen=True, slots=True)
class Stopping:
    """Nothing more is started; so many writes are still under way."""

    under_way: int


Event = Observed | Started | Done | Failed | Skipped | Stopping
Progress = Callable[[Event], None]


def quiet(event: Event) -> None:
    """Tells nobody."""
