"""Says why nothing seems to happen: a limit is waited for, or a vendor is asked again, or is slow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from billform.cli import console
from billform.core.diagnostic import Diagnostic
from billform.render.lines import visible
from billform.render.summary import VENDORS
from billform.render.waiting import waiting

if TYPE_CHECKING:
    from billform.engine.progress import Event
    from billform.providers.http import RequestEvent, WaitEvent

PATIENCE = 3.0
"""Seconds without an answer, or of a wait that is known beforehand, after which people wonder."""
APART = 20.0
"""Seconds between two lines about the limits of one vendor. A log needs no more; a wait that is longer is told."""


def _line(text: str) -> None:
    console.err(f"{text} …")


class Watch:
    """Hears of every request, of every wait, and of every kind that was read to the end.

    `say` writes a line where nobody looks on; where somebody does, `now` is shown all the while.
    """

    def __init__(self, say: Callable[[str], None] = _line) -> None:
        self._say = say
        self._is_shown = False
        self._open: set[tuple[str, str]] = set()
        self._again: dict[str, str] = {}
        """Vendor -> why it is asked again, until it answers."""
        self._at = time.monotonic()
        self._told = ""
        """What the silence was explained with, until it ends."""
        self._waits: dict[str, tuple[float, WaitEvent]] = {}
        """Vendor -> when its longest wait ends."""
        self._enough: dict[str, float] = {}
        """Vendor -> until when what was said is enough."""

    def heard(self, event: RequestEvent) -> None:
        """Takes one attempt."""
        if event.wait is not None:
            self._again[event.vendor] = event.verdict
            return
        self._again.pop(event.vendor, None)
        self._at, self._told = time.monotonic(), ""

    def waits(self, event: WaitEvent) -> None:
        """Takes word of a wait that begins; a short one is nobody's concern."""
        if event.seconds < PATIENCE:
            return
        vendor, now = event.vendor, time.monotonic()
        ends = now + event.seconds
        if vendor not in self._waits or ends > self._waits[vendor][0]:
            self._waits[vendor] = ends, event
        if not self._is_shown and (vendor not in self._enough or ends > self._enough[vendor] + PATIENCE):
            self._enough[vendor] = max(ends, now + APART)
            self._say(_of(event, event.seconds))

    def read(self, event: Event) -> None:
        """Takes word of a kind that was read to the end."""
        from billform.engine.progress import Observed

        if isinstance(event, Observed):
            self._open.discard((event.kind, event.site))

    def now(self) -> str:
        """`Waiting for BigCommerce's quota, 12 s left`; empty where nobody needs to wonder."""
        at = time.monotonic()
        waits = tuple(self._waits.values())  # a terminal is drawn by a thread of its own
        return "; ".join(_of(event, ends - at) for ends, event in waits if ends > at) or self._told

    @contextmanager
    def shown(self) -> Iterator[None]:
        """For as long as somebody is shown what `now` answers, lines about it would only be in the way."""
        self._is_shown = True
        try:
            yield
        finally:
            self._is_shown = False

    @contextmanager
    def over(self, places: Iterable[tuple[str, str]]) -> Iterator[None]:
        """Watches while these places, (kind or vendor, site), are read, and explains a silence."""
        self._open, self._at, self._told = set(places), time.monotonic(), ""
        watching = asyncio.ensure_future(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            self._told = ""

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(PATIENCE / 6)
            # While a limit is waited for, and that was said, silence is what is to be expected.
            since = max([self._at, *(ends for ends, _ in self._waits.values())])
            if not self._told and time.monotonic() - since >= PATIENCE and self._open:
                self._told = self._why()
                if not self._is_shown:
                    self._say(self._told)

    def _why(self) -> str:
        open_vendors = {kind.partition(".")[0] for kind, _ in self._open}
        if again := {each: why for each, why in self._again.items() if each in open_vendors}:
            said = (f"{VENDORS.get(each, each)} is asked again ({visible(why)})" for each, why in sorted(again.items()))
            return "; ".join(said)
        names = " and ".join(VENDORS.get(each, each) for each in sorted(open_vendors, reverse=True))
        return f"Waiting for {names}: slow to answer"


def _of(event: WaitEvent, seconds: float) -> str:
    return waiting(event.vendor, event.limit, event.reason, seconds)


def of_the_simulator(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The same, with hints that fit vendors that are simulated on this machine: they have no status page."""
    hint = "the simulator has stopped; start `billform simulator` again, or just run the same command again"
    return [replace(each, hint=hint) if each.code == "V001" else each for each in diagnostics]
