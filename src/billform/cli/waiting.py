"""Says why nothing seems to happen while vendors are read: one is asked again, is slow, or its quota is used up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from billform.core.diagnostic import Diagnostic
from billform.render.summary import VENDORS

if TYPE_CHECKING:
    from billform.engine.progress import Event
    from billform.providers.http import RequestEvent

PATIENCE = 3.0
"""Seconds without an answer, after which people wonder."""


class Watch:
    """Hears of every request, and of every kind that was read to the end; tells once of each silence."""

    def __init__(self) -> None:
        self._open: set[tuple[str, str]] = set()
        self._again: dict[str, str] = {}
        """Vendor -> why it is asked again, until it answers."""
        self._at = time.monotonic()
        self._told = False

    def heard(self, event: RequestEvent) -> None:
        """Takes one attempt."""
        if event.wait is not None:
            self._again[event.vendor] = event.verdict
            return
        self._again.pop(event.vendor, None)
        self._at, self._told = time.monotonic(), False

    def read(self, event: Event) -> None:
        """Takes word of a kind that was read to the end."""
        from billform.engine.progress import Observed

        if isinstance(event, Observed):
            self._open.discard((event.kind, event.site))

    @contextmanager
    def over(self, places: Iterable[tuple[str, str]], say: Callable[[str], None]) -> Iterator[None]:
        """Watches while these places, (kind or vendor, site), are read, and says it where somebody may wonder."""
        self._open, self._at, self._told = set(places), time.monotonic(), False
        watching = asyncio.ensure_future(self._watch(say))
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self, say: Callable[[str], None]) -> None:
        while True:
            await asyncio.sleep(PATIENCE / 6)
            if not self._told and time.monotonic() - self._at >= PATIENCE and self._open:
                self._told = True
                say(self._why())

    def _why(self) -> str:
        open_vendors = {kind.partition(".")[0] for kind, _ in self._open}
        if again := {each: why for each, why in self._again.items() if each in open_vendors}:
            return "; ".join(f"{VENDORS.get(each, each)} is asked again ({why})" for each, why in sorted(again.items()))
        names = " and ".join(VENDORS.get(each, each) for each in sorted(open_vendors, reverse=True))
        quota = "its quota of requests is used up until the next window" if "bigcommerce" in open_vendors else ""
        return f"Waiting for {names}: " + (f"slow to answer, or {quota}" if quota else "slow to answer")


def of_the_simulator(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The same, with hints that fit vendors that are simulated on this machine: they have no status page."""
    hint = "the simulator has stopped; start `billform simulator` again, or just run the same command again"
    return [replace(each, hint=hint) if each.code == "V001" else each for each in diagnostics]
