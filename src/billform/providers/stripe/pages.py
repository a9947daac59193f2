"""All pages of a list: one after the other, and those of a long one side by side.

Stripe answers newest first, and a page is asked for by the last object of the page before. Only where a list can be
asked for by `created` can several places of it be read at a time: it is cut at whole seconds into stretches that
touch and never overlap, and each is walked down until Stripe says that nothing more is in it. Nothing is assumed that
is not checked on every page; where Stripe does not keep to it, the list is read as any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from math import ceil

from billform.providers.http import ENDPOINT_PER_SECOND, Failure, VendorError

from .answers import Answer
from .stretch import Stretch

PAGE = 100
"""Objects of a full page."""
ALONE = 10
"""Pages that are read one after the other: a list of a thousand objects takes no request more than it has pages."""
LONG = 3
"""The same where the list is expected to be much longer: enough to see how far a page goes back."""
MORE = 1.1
"""How many times as long as expected a list may turn out before it is one of which nothing is known."""
FURTHER = 3
"""How many times as deep the next stretch begins, while nothing is known of where the list ends."""
WORTH = 6.0
"""Pages that a stretch must have left, as far as one can guess, to be cut in two."""
ENOUGH = 0.8
"""Of the rate that is of use: one more place to read from would cost more requests than it saves time."""
MOST_AT_ONCE = 16
MOST_PAGES = 10_000

Get = Callable[[str, Mapping[str, object]], Awaitable[Answer]]


async def every(
    get: Get,
    path: str,
    params: Mapping[str, object],
    *,
    cut: bool = False,
    about: int = 0,
    rate: float = ENDPOINT_PER_SECOND,
) -> list[Answer]:
    """Every object of a list, in Stripe's order; raises VendorError unless every page was read.

    `cut` says that the list can be asked for by `created`, `about` how many objects are expected to be in it, and
    `rate` how many pages of it a second are of use while it is no longer than that.
    """
    if cut:
        try:
            return await _Reading(get, path, params, cut=True, about=about, rate=rate).run()
        except _OtherwiseError:
            pass
    return await _Reading(get, path, params).run()


class _OtherwiseError(Exception):
    """Stripe does not answer as cutting needs it."""


class _Reading:
    """The reading of one list."""

    def __init__(
        self,
        get: Get,
        path: str,
        params: Mapping[str, object],
        *,
        cut: bool = False,
        about: int = 0,
        rate: float = ENDPOINT_PER_SECOND,
    ) -> None:
        self._get, self._path, self._params, self._rate = get, path, params, rate
        self._limit = int(str(params.get("limit", PAGE)))
        self._alone = (LONG if about > ALONE * PAGE else ALONE) if cut else None
        """Pages that are read before it may be cut; None where it never is."""
        self._expected = about / self._limit
        """Pages."""
        self._stretches = [Stretch()]
        self._pages = 0
        self._seconds: list[float] = []
        """That each page took while it had the line to itself."""
        self._missed: set[str] = set()

    async def run(self) -> list[Answer]:
        """The whole list; raises VendorError, and _OtherwiseError where it must not be cut."""
        under_way: dict[asyncio.Future[Answer], tuple[Stretch, int | None, float]] = {}
        now = asyncio.get_running_loop().time

        def ask(stretch: Stretch) -> None:
            page = asyncio.ensure_future(self._get(self._path, {**self._params, **stretch.within()}))
            under_way[page] = (stretch, stretch.since, now())

        ask(self._stretches[0])
        try:
            while under_way:
                await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for page in [each for each in under_way if each.done()]:
                    stretch, since, asked = under_way.pop(page)
                    if len(self._stretches) == 1:
                        self._seconds.append(now() - asked)
                    self._take(stretch, page, since)
                    if not stretch.ended:
                        ask(stretch)
                while (free := self._at_once - len(under_way)) > 0 and (older := self._cut(free + 1)) is not None:
                    self._stretches.append(older)
                    ask(older)
        finally:
            for each in under_way:
                each.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
        return self._together()

    @property
    def _at_once(self) -> int:
        """As many as keep up the rate."""
        rate = self._rate if self._is_as_expected else ENDPOINT_PER_SECOND
        return min(MOST_AT_ONCE, ceil(ENOUGH * rate * sum(self._seconds) / len(self._seconds)))

    @property
    def _room(self) -> int:
        """How many stretches there may be; each costs a page that is not full, or two."""
        return 4 + self._pages // 5

    def _take(self, stretch: Stretch, page: asyncio.Future[Answer], since: int | None) -> None:
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

    def _look_for_a_pause(self, stretch: Stretch, answers: list[Answer]) -> None:
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

    def _go_back(self, stretch: Stretch, error: VendorError) -> None:
        """Goes on from the second of the last object, where that object has been deleted meanwhile."""
        lost = stretch.after
        if self._alone is None or error.param != "starting_after" or lost is None or lost in self._missed:
            raise error
        assert stretch.at is not None
        self._missed.add(lost)
        stretch.before, stretch.after = stretch.at + 1, None

    @property
    def _is_as_expected(self) -> bool:
        """Whether it is not yet longer than it was said to be; one that is gets read as any long list."""
        return self._pages <= MORE * self._expected

    def _cut(self, parts: int) -> Stretch | None:
        """The next stretch that is worth a request of its own; None for a short list, and for one full of pauses.

        `parts` is in how many the rest could be read at once.
        """
        if self._alone is None or self._pages < self._alone or len(self._stretches) >= self._room:
            return None
        known = sum(each.left for each in self._stretches if each.since is not None)
        rest = max(0.0, self._expected - self._pages - known) if self._is_as_expected else float("inf")

        def left(stretch: Stretch) -> float:
            return min(stretch.left, rest) if stretch.since is None else stretch.left

        for stretch in sorted(self._stretches, key=left, reverse=True):
            if left(stretch) < WORTH:
                break
            ahead = rest / parts if rest < float("inf") else stretch.depth * (FURTHER - 1)
            if (older := stretch.cut(self._pages, ahead)) is not None:
                return older
        return None

    def _together(self) -> list[Answer]:
        newest_first = sorted(self._stretches, key=lambda each: each.before or float("inf"), reverse=True)
        found = {identity: answer for each in newest_first for identity, answer in each.answers.items()}
        if len(found) < sum(len(each.answers) for each in newest_first):
            raise _OtherwiseError
        return list(found.values())


def _fits(answers: list[Answer], stretch: Stretch, since: int | None) -> bool:
    """Whether a page is newest first, goes on where the last one ended, and keeps to the bounds it was asked for."""
    moments: list[int] = [moment for each in answers if isinstance(moment := each.get("created"), int)]
    if len(moments) < len(answers):
        return False
    downwards = moments if stretch.at is None else [stretch.at, *moments]
    inside = (stretch.before is None or moments[0] < stretch.before) and (since is None or moments[-1] >= since)
    return inside and downwards == sorted(downwards, reverse=True)
