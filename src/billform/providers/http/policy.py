"""What a vendor's rules decide: how to wait before a request, and what to do about its answer. Decisions are values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from .answer import Request, Response
from .failures import Failure, VendorError
from .meters import Clock, Meter
from .waits import Limit


@dataclass(frozen=True, slots=True)
class Accept:
    """The vendor has spoken, also where it says no: the caller reads the answer."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Send it again, unchanged, after so many seconds."""

    after: float
    reason: str
    limit: Limit | None = None
    """What it waits for, where the vendor has said so."""


@dataclass(frozen=True, slots=True)
class Fail:
    """No use in trying again; `lost` where a write may have happened."""

    failure: Failure
    reason: str
    lost: bool = False


Verdict = Accept | Retry | Fail


@dataclass(frozen=True, slots=True)
class Trouble:
    """No whole answer came: `sent` tells whether the request may have reached the vendor."""

    failure: Failure
    reason: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """Where we are with one request: which try this was, when it was sent, how long all tries took, in seconds.

    `reached` tells whether the vendor has answered anything to this transport yet.
    """

    request: Request
    number: int
    sent_at: float
    now: float
    elapsed: float
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try, in tries and seconds."""

    tries: int = 7
    slowed: int = 20
    """Tries where each was refused for its rate and the rate has been lowered since."""
    total: float = 90.0
    first: float = 0.5
    most: float = 8.0

    def wait(self, attempt: Attempt, *, first: float | None = None) -> float:
        """Doubling waits, between half and the whole of each; the same request waits the same every time."""
        full: float = min(self.most, (first or self.first) * float(2 ** min(attempt.number - 1, 16)))
        return full * (0.5 + 0.5 * jitter(f"{attempt.request.name} {attempt.number}"))

    def retry(
        self,
        attempt: Attempt,
        trouble: Fail,
        *,
        after: float | None = None,
        first: float | None = None,
        slowed: bool = False,
        limit: Limit | None = None,
    ) -> Verdict:
        """Once more, or `trouble` where patience is at its end."""
        wait = after if after is not None else self.wait(attempt, first=first)
        # Whoever has never answered is more likely misspelled or switched off than overloaded.
        tries = self.slowed if slowed else self.tries if attempt.reached else min(self.tries, 3)
        if attempt.number >= tries or attempt.elapsed + wait > self.total:
            return trouble
        return Retry(wait, trouble.reason, limit)


class Policy(Protocol):
    """The rules of one vendor for one account; it remembers what answers taught it."""

    @property
    def vendor(self) -> str:
        """`stripe` or `bigcommerce`."""
        ...

    def meters(self, request: Request) -> tuple[Meter, ...]:
        """What the request passes before it is sent, in this order."""
        ...

    def learn(self, request: Request, response: Response, *, sent_at: float, now: float) -> None:
        """Takes in what an answer says about limits, also a good one."""
        ...

    def decide(self, attempt: Attempt, outcome: Response | Trouble) -> Verdict:
        """What to do about the outcome of one attempt."""
        ...

    def error(self, request: Request, response: Response, *, tries: int = 1) -> VendorError:
        """The failure that an answer of 400 or more stands for."""
        ...


def jitter(seed: str) -> float:
    """A fraction of one from the seed alone: runs can be repeated, and requests do not march in step."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) / 2**32


def seconds(headers: object, name: str, *, divisor: float = 1.0, most: float = 3600.0) -> float | None:
    """A header that counts time, in seconds; None where it is missing or no number."""
    value = headers.get(name) if hasattr(headers, "get") else None
    try:
        found = float(str(value)) / divisor
    except (TypeError, ValueError):
        return None
    return min(found, most) if found >= 0 else None


__all__ = [
    "Accept", "Attempt", "Clock", "Fail", "Meter", "Patience", "Policy", "Request", "Response", "Retry", "Trouble",
    "Verdict", "jitter", "seconds",
]  # fmt: skip
