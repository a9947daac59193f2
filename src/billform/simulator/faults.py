"""Faults that a test orders: which requests they hit, and what happens to those."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any, Final, Literal, get_args

from billform.simulator.message import Request

Action = Literal[
    "latency",
    "rate_limit",
    "server_error",
    "lost_answer",
    "cut_connection",
    "cut_body",
    "html",
    "kill",
]
ACTIONS: Final = frozenset(get_args(Action))
_PAGE_WORDS: Final = ("starting_after=", "ending_before=", "after=", "before=", "page=")


class FaultError(ValueError):
    """A fault was ordered with words that mean nothing."""


@dataclass(kw_only=True)
class Fault:
    """One order. Every condition that is given must hold; a fault fires `count` times (None: for ever)."""

    action: Action
    id: int = 0
    vendor: str | None = None
    method: str | None = None
    path: str | None = None
    """A glob over the path, for instance `/v1/prices*`."""
    writes: bool | None = None
    """True: only POST, PUT, PATCH, DELETE. False: only the others."""
    pages: Literal["first", "later"] | None = None
    """Only reads of a list's first page, or only reads of its later pages."""
    write: int | None = None
    """Only the write of this number, counted over both vendors since the log was last emptied."""
    nth: int = 1
    """Let by the first nth - 1 matches."""
    count: int | None = 1
    probability: float = 1.0
    seed: int = 0
    moment: Literal["before", "after"] = "before"
    """Before the vendor did anything, or after it committed and before it answered."""
    ms: int = 0
    """latency: how long, in milliseconds."""
    kind: str | None = None
    """rate_limit: the vendor's word for the reason."""
    status: int = 500
    """server_error and html: the status."""
    saved: bool | None = None
    """server_error: keep it as the result of the idempotency key. Default: only when moment is after."""
    pid: int | None = None
    """kill: the process that gets SIGKILL."""
    matched: int = 0
    fired: int = 0
    _random: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The order of hits must be repeatable from the seed; nothing here is a secret.
        self._random = random.Random(self.seed)  # noqa: S311

    def fires(self, vendor: str, request: Request) -> bool:
        """Tell whether this request is hit, and count it."""
        if self.count is not None and self.fired >= self.count:
            return False
        if not self._matches(vendor, request):
            return False
        self.matched += 1
        if self.matched < self.nth:
            return False
        if self.probability < 1 and self._random.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def _matches(self, vendor: str, request: Request) -> bool:
        if self.vendor is not None and self.vendor != vendor:
            return False
        if self.method is not None and self.method.upper() != request.method:
            return False
        if self.path is not None and not fnmatchcase(request.path, self.path):
            return False
        if self.writes is not None and self.writes != request.is_write:
            return False
        if self.write is not None and self.write != request.write_number:
            return False
        return self.pages is None or (request.method == "GET" and self.pages == _page_of(request))

    def as_json(self) -> dict[str, Any]:
        """Answer the order and its counters."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}


class Faults:
    """The orders that stand, oldest first."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._number = 0

    def order(self, words: dict[str, Any]) -> Fault:
        """Add an order; raises FaultError for words that mean nothing."""
        known = {item.name for item in fields(Fault) if item.init} - {"id", "matched", "fired"}
        unknown = sorted(set(words) - known)
        if unknown:
            raise FaultError(f"unknown fault words: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        if words.get("action") not in ACTIONS:
            raise FaultError(f"action must be one of {', '.join(sorted(ACTIONS))}")
        if words["action"] == "kill" and not words.get("pid"):
            raise FaultError("kill needs a pid")
        if words.get("moment", "before") not in ("before", "after"):
            raise FaultError("moment must be before or after")
        self._number += 1
        fault = Fault(id=self._number, **words)
        self._orders.append(fault)
        return fault

    def hit(self, vendor: str, request: Request) -> list[Fault]:
        """Answer the faults that hit this request: any latencies, and the first of the others."""
        hits: list[Fault] = []
        taken = False
        for fault in self._orders:
            if taken and fault.action != "latency":
                continue
            if fault.fires(vendor, request):
                hits.append(fault)
                taken = taken or fault.action != "latency"
        return hits

    def clear(self, number: int | None = None) -> None:
        """Take back one order, or all."""
        self._orders = [] if number is None else [fault for fault in self._orders if fault.id != number]

    def listing(self) -> list[dict[str, Any]]:
        """Answer all orders with their counters."""
        return [fault.as_json() for fault in self._orders]


def _page_of(request: Request) -> Literal["first", "later"]:
    words = request.query.split("&")
    later = any(word.startswith(start) and word not in ("page=1",) for word in words for start in _PAGE_WORDS)
    return "later" if later else "first"
