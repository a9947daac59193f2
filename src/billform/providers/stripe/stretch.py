"""A stretch of a long list: whole seconds of `created` that are walked down page by page, and may be cut in two."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .answers import Answer

AGAIN = 2.0
"""How much longer a run of objects is taken to be than what has been read of it, where it ends in a pause."""


@dataclass(slots=True)
class Stretch:
    """Seconds of `created` that are walked down from the newest object; pages are counted in guesses, as fractions."""

    before: int | None = None
    """All of its objects are older than this; None for the newest of the list."""
    since: int | None = None
    """None of them is older than this, None for the oldest of the list. It rises when the rest is given to another."""
    depth: float = 0.0
    """Pages from the beginning of the list."""
    newest: int | None = None
    """The second of the list's newest object."""
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
    below: Stretch | None = None
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
        self.newest = top if self.newest is None else self.newest
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

    def cut(self, pages: int, ahead: float) -> Stretch | None:
        """Gives the older part of what is left to a new stretch; None where no second lies between.

        `pages` is how many have been read of the whole list, `ahead` after how many more an open end is cut.
        """
        assert self.at is not None
        assert self.newest is not None
        if self.since is None:
            reach = round((self.newest - self.at) / self.depth * ahead)
        else:
            ahead = min(pages, self.left / (1 if self.end == "pause" else 4 if self.end == "nothing" else 2))
            reach = min(round(self.usual * ahead), (self.at - self.since) // 2)
            ahead = reach / self.usual if self.usual else 0.0
        place = self.at - reach
        if place <= (self.since or 0):
            # Nothing is older than time itself: from now on the rest is known to have an end.
            self.since = self.since or 0
            return None
        older = Stretch(
            before=place,
            since=self.since,
            depth=self.depth + ahead,
            newest=self.newest,
            pace=self.usual,
            usual=self.usual,
            below=self.below,
            end=self.end,
        )
        self.since, self.below, self.end = place, older, ""
        return older
