"""All pages of a list: one after the other, and those of a long one side by side.

Stripe answers newest first, and a page is asked for by the last object of the page before. Only where a list can be
asked for by `created` can several places of it be read at a time: it is cut at whole seconds into stretches that
touch and never overlap, and each is walked down until Stripe says that nothing more is in it. Nothing is assumed that
is not checked on every page; where Stripe does not keep to it, the list is read as any other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from billform.providers.http import ENDPOINT_PER_SECOND, Failure, VendorError

from .answers import Answer

PAGE = 100
"""Objects of a full page."""
ALONE = 10
"""Pages that are read one after the other: a list of a thousand objects takes no request more than it has pages."""
LONG = 2
"""The same where the list is expected to be much longer: enough to see how far a page goes back."""
FURTHER = 3
"""How many times as deep the next stretch begins, while nothing is known of where the list ends."""
WORTH = 4.0
"""Pages that a stretch must have left, as far as one can guess, to be cut in two."""
AGAIN = 2.0
"""How much longer a run of objects is taken to be than what has been read of it, where it ends in a pause."""
MOST_AT_ONCE = 16
MOST_PAGES = 10_000

Get = Callable[[str, Mapping[str, object]], Awaitable[Answer]]


async def every(
    get: Get, path: str, params: Mapping[str, object], *, cut: bool = False, about: int = 0
) -> list[Answer]:
    """Every object of a list, in Stripe's order; raises VendorError unless every page was read.

    `cut` says that the list can be asked for by `created`, `about` how many objects are expected to be in it.
    """
    if cut:
        try:
            return await _Reading(get, path, params, alone=LONG if about > ALONE * PAGE else ALONE).run()
        except _OtherwiseError:
            pass
    return await _Reading(get, path, params, alone=None).run()


class _OtherwiseError(Exception):
    """Stripe does not answer as cutting needs it."""


@dataclass(slots=True)
class _Stretch:
    """Seconds of `created` that are walked down from the newest object; pages are counted in guesses, as fractions."""

    before: int | None = None
    """All of its objects are older than this; None for the newest of the list."""
    since: int | None = None
    """None of them is older than this, None for the oldest of the list. It rises when the rest is given to another."""
    depth: float = 0.0
    """Pages from the beginning of the list."""
    read: float = 0.0
    """Pages of its own."""
    pace: float | None = None
    """Seconds of `created` that the last page went back."""
    usual: float = 0.0
    """The same of the last two pages, whichever went back less: a page may span a long pause."""
    answers: dict[str, Answer] = field(default_factory=dict)
    at: int | None = None
    """The second of the last object seen; what is left is of that second or older."""
    after: str | None = None
    """The id of the last object seen."""
    ended: bool = False
    below: _Stretch | None = None
    """What goes on where this one ends."""
    end: Literal["", "pause", "nothing"] = ""
    """What is known to follow `since`: a pause, or nothing at all; then its objects end somewhere before."""

    def within(self) -> dict[str, object]:
        """The parameters of its next page."""
        bounds = {word: value for word, value in (("gte", self.since), ("lt", self.before)) if value is not None}
        return {
            **({"created": bounds} if bounds else {}),
            **({"starting_after": self.after} if self.after is not None else {}),
        }

    def take(self, answers: list[Answer], *, more: bool) -> None:
        """Takes in a page; what has been given to another stretch while it was under way is the other's."""
        kept = answers
        if self.since is not None:
            kept = [each for each in answers if each["created"] >= self.since]
        self.answers.update((str(each["id"]), each) for each in kept)
        self.ended = not more or len(kept) < len(answers)
        if not self.ended:
            self.after = str(kept[-1]["id"])

    def measure(self, answers: list[Answer], limit: int) -> None:
        """Notes how far a page went back."""
        top, end = self.at if self.at is not None else answers[0]["created"], answers[-1]["created"]
        pace = (top - end) * limit / len(answers)
        self.usual = min(pace, self.pace) if self.pace is not None else pace
        self.pace, self.at = pace, end
        self.depth += len(answers) / limit
        self.read += len(answers) / limit

    @property
    def begun(self) -> bool:
        """Whether anything has been heard of it."""
        return self.ended or self.at is not None

    @property
    def left(self) -> float:
        """Pages that are left to be cut, if they are as dense as what was read last; no end where none is known."""
        if self.ended or self.at is None or (self.below is not None and not self.below.begun):
            return 0.0
        if self.since is None:
            return float("inf")
        left = (self.at - self.since) / max(self.usual, 0.01)
        match self.end:
            case "pause":
                return min(left, AGAIN * self.read)
            case "nothing":
                return left / 2
            case _:
                return left

    def cut(self, pages: int) -> _Stretch | None:
        """Gives the older part of what is left to a new stretch; None where no second lies between."""
        assert self.at is not None
        if self.since is None:
            reach = round(self.usual * self.depth * (FURTHER - 1))
        else:
            ahead = min(pages, self.left / (1 if self.end == "pause" else 4 if self.end == "nothing" else 2))
            reach = min(round(self.usual * ahead), (self.at - self.since) // 2)
        place = self.at - reach
        if place <= (self.since or 0):
            # Nothing is older than time itself: from now on the rest is known to have an end.
            self.since = self.since or 0
            return None
        older = _Stretch(
            before=place,
            since=self.since,
            depth=self.depth + (reach / self.usual if self.usual else 0.0),
            pace=self.usual,
            usual=self.usual,
            below=self.below,
            end=self.end,
        )
        self.since, self.below, self.end = place, older, ""
        return older


class _Reading:
    """The reading of one list. `alone` is how many pages are read before it may be cut, None where it never is."""

    def __init__(self, get: Get, path: str, params: Mapping[str, object], *, alone: int | None) -> None:
        self._get, self._path, self._params, self._alone = get, path, params, alone
        self._limit = int(str(params.get("limit", PAGE)))
        self._stretches = [_Stretch()]
        self._pages = 0
        self._seconds: list[float] = []
        """That each page took while it had the line to itself."""
        self._missed: set[str] = set()

    async def run(self) -> list[Answer]:
        """The whole list; raises VendorError, and _OtherwiseError where it must not be cut."""
        under_way: dict[asyncio.Future[Answer], tuple[_Stretch, int | None, float]] = {}

        def ask(stretch: _Stretch) -> None:
            page = asyncio.ensure_future(self._get(self._path, {**self._params, **stretch.within()}))
            under_way[page] = (stretch, stretch.since, time.monotonic())

        ask(self._stretches[0])
        try:
            while under_way:
                await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for page in [each for each in under_way if each.done()]:
                    stretch, since, asked = under_way.pop(page)
                    if len(self._stretches) == 1:
                        self._seconds.append(time.monotonic() - asked)
                    self._take(stretch, page, since)
                    if not stretch.ended:
                        ask(stretch)
                while len(under_way) < self._at_once and (older := self._cut()) is not None:
                    self._stretches.append(older)
                    ask(older)
        finally:
            for each in under_way:
                each.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
        return self._together()

    @property
    def _at_once(self) -> int:
        """As many as keep the endpoint busy, and one more."""
        return min(MOST_AT_ONCE, 2 + int(sum(self._seconds) / len(self._seconds) * ENDPOINT_PER_SECOND))

    @property
    def _room(self) -> int:
        """How many stretches there may be; each costs a page that is not full, or two."""
        return 4 + self._pages // 5

    def _take(self, stretch: _Stretch, page: asyncio.Future[Answer], since: int | None) -> None:
        self._pages += 1
        try:
            answers, more = self._read(page.result())
        except VendorError as error:
            self._go_back(stretch, error)
            return
        if self._alone is not None and answers and not _fits(answers, stretch, since):
            if len(self._stretches) > 1:
                raise _OtherwiseError
            self._alone = None
        if stretch.before is not None and stretch.at is None:
            self._look_for_a_pause(stretch, answers)
        stretch.take(answers, more=more)
        if self._alone is not None and answers:
            stretch.measure(answers, self._limit)

    def _look_for_a_pause(self, stretch: _Stretch, answers: list[Answer]) -> None:
        """Where the first page of a stretch begins late, the newer stretch above it ends in the same pause."""
        assert stretch.before is not None
        if answers and stretch.before - answers[0]["created"] <= stretch.usual:
            return
        for each in self._stretches:
            if each.below is stretch:
                each.end = "pause" if answers else "nothing"

    def _read(self, page: Answer) -> tuple[list[Answer], bool]:
        answers, more = page.get("data"), bool(page.get("has_more"))
        if not isinstance(answers, list) or (more and not answers) or self._pages > MOST_PAGES:
            raise VendorError(
                Failure.NOT_JSON,
                vendor="stripe",
                message="a list did not end as lists do",
                method="GET",
                path=self._path,
            )
        return answers, more

    def _go_back(self, stretch: _Stretch, error: VendorError) -> None:
        """Goes on from the second of the last object, where that object has been deleted meanwhile."""
        lost = stretch.after
        if self._alone is None or error.param != "starting_after" or lost is None or lost in self._missed:
            raise error
        assert stretch.at is not None
        self._missed.add(lost)
        stretch.before, stretch.after = stretch.at + 1, None

    def _cut(self) -> _Stretch | None:
        """The next stretch that is worth a request of its own; None for a short list, and for one full of pauses."""
        if self._alone is None or self._pages < self._alone or len(self._stretches) >= self._room:
            return None
        for stretch in sorted(self._stretches, key=lambda each: each.left, reverse=True):
            if stretch.left < WORTH:
                break
            if (older := stretch.cut(self._pages)) is not None:
                return older
        return None

    def _together(self) -> list[Answer]:
        newest_first = sorted(self._stretches, key=lambda each: each.before or float("inf"), reverse=True)
        found = {identity: answer for each in newest_first for identity, answer in each.answers.items()}
        if len(found) < sum(len(each.answers) for each in newest_first):
            raise _OtherwiseError
        return list(found.values())


def _fits(answers: list[Answer], stretch: _Stretch, since: int | None) -> bool:
    """Whether a page is newest first, goes on where the last one ended, and keeps to the bounds it was asked for."""
    moments: list[int] = [moment for each in answers if isinstance(moment := each.get("created"), int)]
    if len(moments) < len(answers):
        return False
    downwards = moments if stretch.at is None else [stretch.at, *moments]
    inside = (stretch.before is None or moments[0] < stretch.before) and (since is None or moments[-1] >= since)
    return inside and downwards == sorted(downwards, reverse=True)
