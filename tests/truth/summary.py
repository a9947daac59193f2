"""What was seen in a session, and how it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from tests.truth.checker import Checker


@dataclass
class Tally:
    """Counts by `vendor: what`, the routes that were exercised, the departures that occurred, and loose problems."""

    counts: Counter[str] = field(default_factory=Counter)
    routes: set[str] = field(default_factory=set)
    excuses: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, checker: Checker, problems: list[str]) -> Self:
        """Answer what a checker has kept."""
        return cls(checker.counts, checker.routes, checker.excuses, problems)

    def __iadd__(self, other: Tally) -> Self:
        self.counts += other.counts
        self.routes |= other.routes
        self.excuses |= other.excuses
        self.problems += other.problems
        return self

    def as_json(self) -> dict[str, Any]:
        """Answer it as a worker hands it over."""
        return {
            "counts": dict(self.counts),
            "routes": sorted(self.routes),
            "excuses": sorted(self.excuses),
            "problems": self.problems,
        }

    @classmethod
    def from_json(cls, words: dict[str, Any]) -> Self:
        """Answer what a worker handed over."""
        return cls(Counter(words["counts"]), set(words["routes"]), set(words["excuses"]), words["problems"])

    def stale(self, specs: Path | None) -> list[str]:
        """Answer the departures that no longer occur, of sources that are there."""
        from tests.truth.departures import DEPARTURES

        return [
            f"never occurs, take it out: {pattern}"
            for pattern in DEPARTURES
            if pattern not in self.excuses and (specs is not None or "types of the stripe package" in pattern)
        ]

    def lines(self, specs: Path | None, *, whole: bool) -> list[str]:
        """Answer what is told at the end, of a whole suite more; nothing when no vendor was asked anything."""
        if not self.counts:
            return []
        from tests.truth.checker import served, vendors

        lines: list[str] = []
        for name, vendor in vendors(specs).items():
            if not whole and not self.counts[f"{name}: requests"]:
                continue
            lines += self._of(name, list(vendor.sources))
            lines += self._routes(name, served()[name]) if whole else []
        return [*lines, *self.problems]

    def _of(self, name: str, sources: list[str]) -> Iterator[str]:
        def count(what: str) -> str:
            return f"{self.counts[f'{name}: {what}']:,} {what}"

        def different(what: str) -> str:
            return f"{count(what)} ({self.counts[f'{name}: {what} judged']:,} different)"

        if sources:
            checked = [different(what) for what in ("requests", "answers", "refusals")]
            yield f"{name}: {', '.join(checked)} checked against the {' and the '.join(sources)}"
            left = [count("requests that tests meant to fail"), count("answers of faults")]
            yield f"  {count('requests of our own')}; {' and '.join(left)} not checked; {count('unchecked routes')}"
        else:
            yield f"{name}: {count('requests')}, {count('answers')}, none checked: BILLFORM_SPECS is not set"

    def _routes(self, name: str, routes: list[str]) -> Iterator[str]:
        never = sorted(set(routes) - {route.partition(": ")[2] for route in self.routes if route.startswith(name)})
        yield f"  {len(routes) - len(never)} of {len(routes)} routes exercised" + (
            f"; never: {', '.join(never)}" if never else ""
        )
