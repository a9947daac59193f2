"""Delivers events to registered endpoints in the background: signed anew each time, bounded, never in the way."""

from __future__ import annotations

import http.client
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_BACKOFF: Final = (0.05, 0.3)
"""Seconds before the second and the third attempt. The vendors wait minutes to hours; the shape is theirs."""
_THREADS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One event for one endpoint; `sign` makes the headers of an attempt from the current unix time."""

    vendor: str
    event: str
    endpoint: str
    url: str
    body: bytes
    sign: Callable[[int], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What became of one attempt; `status` is None when no answer came."""

    vendor: str
    event: str
    endpoint: str
    url: str
    number: int
    status: int | None
    problem: str | None


class Delivery:
    """A queue and a few daemon threads. Only loopback is ever called: a simulator does not reach outside."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Parcel | None] = queue.Queue()
        self._threads: list[threading.Thread] = []
        self._attempts: deque[Attempt] = deque(maxlen=10_000)
        self._pending = 0
        self._idle = threading.Condition()
        self._closed = threading.Event()

    def send(self, parcel: Parcel) -> None:
        """Queue a delivery and return at once."""
        if (urlsplit(parcel.url).hostname or "") not in LOOPBACK:
            self._record(parcel, 0, None, "not sent: the simulator delivers to loopback only")
            return
        if not self._threads:
            self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(_THREADS)]
            for thread in self._threads:
                thread.start()
        with self._idle:
            self._pending += 1
        self._queue.put(parcel)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is under way; tell whether that came true in time."""
        with self._idle:
            return self._idle.wait_for(lambda: self._pending == 0, seconds)

    @property
    def pending(self) -> int:
        """How many parcels are under way."""
        return self._pending

    def attempts(self) -> list[dict[str, Any]]:
        """Answer the attempts so far, oldest first."""
        return [asdict(attempt) for attempt in list(self._attempts)]

    def clear(self) -> None:
        """Forget the attempts so far."""
        self._attempts.clear()

    def close(self) -> None:
        """Stop after what is being sent right now."""
        self._closed.set()
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(timeout=2)

    def _work(self) -> None:
        while (parcel := self._queue.get()) is not None:
            try:
                if not self._closed.is_set():
                    self._deliver(parcel)
            finally:
                with self._idle:
                    self._pending -= 1
                    self._idle.notify_all()

    def _deliver(self, parcel: Parcel) -> None:
        for number in range(1, len(_BACKOFF) + 2):
            status, problem = _post(parcel)
            self._record(parcel, number, status, problem)
            if status is not None and 200 <= status < 300:
                return
            if number <= len(_BACKOFF) and self._closed.wait(_BACKOFF[number - 1]):
                return

    def _record(self, parcel: Parcel, number: int, status: int | None, problem: str | None) -> None:
        self._attempts.append(
            Attempt(
                vendor=parcel.vendor,
                event=parcel.event,
                endpoint=parcel.endpoint,
                url=parcel.url,
                number=number,
                status=status,
                problem=problem,
            )
        )


def _post(parcel: Parcel) -> tuple[int | None, str | None]:
    parts = urlsplit(parcel.url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=5)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=5)
    target = parts.path or "/"
    if parts.query:
        target = f"{target}?{parts.query}"
    try:
        headers = {"Content-Type": "application/json; charset=utf-8", **parcel.sign(int(time.time()))}
        connection.request("POST", target, body=parcel.body, headers=headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as problem:
        return None, f"{type(problem).__name__}: {problem}"
    else:
        # A redirect is a failure: neither vendor follows it.
        return answer.status, None
    finally:
        connection.close()
