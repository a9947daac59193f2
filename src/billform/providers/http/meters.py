"""What a request waits for before it is sent: a rate that finds the vendor's limit, a cap on how many at once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Protocol

from .waits import Limit, Tell, nobody


class Clock(Protocol):
    """Time in seconds that only grows, and a way to wait; tests bring their own."""

    def now(self) -> float:
        """Seconds since some moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        ...


class RealClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds on the monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits without holding up anybody else."""
        await asyncio.sleep(seconds)


class Meter(Protocol):
    """Something that a request passes before it is sent."""

    async def enter(self, clock: Clock, tell: Tell = nobody) -> None:
        """Waits for its turn; tells of each wait whose end is known before it begins."""
        ...

    def leave(self) -> None:
        """The answer is there, or there will be none."""
        ...


class Pace:
    """Requests a second. Refusals lower it at once; it then climbs back slowly, and slower where it was refused."""

    HALVE, YIELD = 0.5, 0.85
    """What a refusal leaves of the rate: soon after the last one, we are far off; after a while, only just."""
    SOON = 3.0
    """Seconds."""
    REST = 0.25
    """Seconds without requests after a refusal, so that the vendor's own bucket is no longer empty."""
    CLIMB = 0.03
    """Share of the rate that is won back each second, as long as it was surely good before."""
    CREEP = 0.005
    """The same up to where it was last refused."""
    PROBE = 0.0015
    """The same from there on, at first: a vendor's limit rarely moves, and finding out costs refusals."""
    SURE, NEAR = 0.7, 0.95
    """Shares of the rate that was last refused: what is good where it was far off, and where it was only just so."""
    CALM = 15.0
    """Seconds without a refusal after which that is doubled, tripled after twice as many, and so on."""
    SHARE = 0.97
    """Of the documented rate; the vendor's clock and ours never agree to the millisecond."""
    BURST = 12.0
    """Most requests that go out at once after a pause. More would be refused together where the limit is lower."""
    FIRST = 5.0
    """The same before anything is known about the limit."""

    def __init__(self, per_second: float, *, burst: float | None = None, slow_start: float = 0.0) -> None:
        """For `slow_start` seconds it works up from half the rate, so that less is refused where the limit is low."""
        self.documented = per_second
        self.rate = per_second * self.SHARE
        self._burst = burst if burst is not None else max(1.0, min(self.BURST, per_second * 0.4))
        self._level = min(self._burst, self.FIRST)
        self._at: float | None = None
        self._refused_at: float | None = None
        self._refused_rate: float | None = None
        self._good = 0.0
        self._slow_start, self._began = slow_start, 0.0
        self._rest_until = 0.0
        self._lowered_at = float("-inf")
        self._turn = asyncio.Lock()

    async def enter(self, clock: Clock, tell: Tell = nobody) -> None:
        """Waits until the rate leaves room, first come first served."""
        async with self._turn:
            while (wait := self._wait(clock.now())) > 0:
                tell(Limit.RATE, wait)
                await clock.sleep(wait)
            self._level -= 1

    def leave(self) -> None:
        """Nothing: a rate does not care how long an answer takes."""

    def refused(self, now: float, *, sent: float) -> None:
        """A request sent at `sent` was refused for its rate; one sent before we last slowed down says nothing new."""
        if sent < self._lowered_at:
            return
        self._refill(now)
        self._refused_rate = self.rate
        soon = self._refused_at is None or now - self._refused_at < self.SOON
        self._refused_at, self._good = now, self.rate * (self.SURE if soon else self.NEAR)
        self.rate = max(self.documented * 0.01, self.rate * (self.HALVE if soon else self.YIELD))
        self._burst = max(1.0, min(self._burst, self.rate * 0.4))
        self._level = 0.0
        self._rest_until = max(self._rest_until, now + self.REST)
        self._lowered_at = now

    def pause(self, until: float) -> None:
        """Nothing is sent before `until`."""
        self._rest_until = max(self._rest_until, until)

    def _wait(self, now: float) -> float:
        self._refill(now)
        if now < self._rest_until:
            return self._rest_until - now
        return (1 - self._level) / self.rate if self._level < 1 - 1e-9 else 0.0

    def _refill(self, now: float) -> None:
        if self._at is None:
            self._at = self._began = now
        passed = max(0.0, now - self._at)
        self._at = now
        if self._refused_rate is not None:
            self.rate = min(self.documented * self.SHARE, self.rate * (1 + min(passed, 10.0) * self._step(now)))
        elif self._slow_start:
            done = min(1.0, (now - self._began) / self._slow_start)
            self.rate = self.documented * self.SHARE * (1 + done) / 2
        self._level = min(self._burst, self._level + passed * self.rate)

    def _step(self, now: float) -> float:
        """Share of the rate that is won back each second."""
        assert self._refused_rate is not None
        if self.rate < self._good:
            return self.CLIMB
        # Where few requests go out, each refusal is a greater share of them: probing then takes its time.
        slowly = min(1.0, 2 * self.rate / self.documented)
        calm = (now - (self._refused_at or now)) * slowly
        probe = min(self.CLIMB, self.PROBE * slowly * (1 + calm / self.CALM))
        return max(self.CREEP, probe) if self.rate < self._refused_rate * self.NEAR else probe


class Gate:
    """How many requests may be under way at once."""

    REGAIN = 100
    """Requests without a refusal after which one more at once is tried."""

    def __init__(self, most: int) -> None:
        self.documented = most
        self.most = most
        self.inside = 0
        self._good = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self, clock: Clock, tell: Tell = nobody) -> None:
        """Waits for a place, first come first served; nobody knows for how long."""
        if self.inside < self.most and not self._waiting:
            self.inside += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave()
            elif place in self._waiting:
                self._waiting.remove(place)
            raise

    def leave(self) -> None:
        """Gives the place to the next."""
        self.inside -= 1
        self._good += 1
        if self._good >= self.REGAIN and self.most < self.documented:
            self.most, self._good = self.most + 1, 0
        while self._waiting and self.inside < self.most:
            place = self._waiting.popleft()
            if not place.done():
                # The place is handed over here, so that nobody slips in before the one who waited wakes up.
                self.inside += 1
                place.set_result(None)

    def refused(self) -> None:
        """Fewer at once than we thought."""
        self._good = 0
        self.most = max(1, min(self.most, self.inside + 1) // 2)


class Quota:
    """So many requests in a window that the vendor opens and closes, shared with every other application."""

    RESERVE = 0.04
    """Share of the window that is left to the store's other applications."""
    NEWS = 0.05
    """Seconds between two looks at what answers said."""

    def __init__(self, requests: int, window: float) -> None:
        self.requests, self.window = requests, window
        self._left = float(requests)
        self._began = float("-inf")
        self._ends: float | None = None
        self._inside = 0
        self._turn = asyncio.Lock()

    async def enter(self, clock: Clock, tell: Tell = nobody) -> None:
        """Waits for the next window once this one is used up."""
        async with self._turn:
            while (wait := self._wait(clock.now())) > 0:
                tell(Limit.QUOTA, wait)
                await clock.sleep(wait)
            self._left -= 1
            self._inside += 1

    def leave(self) -> None:
        """One fewer that the vendor may not have counted yet."""
        self._inside -= 1

    def learn(self, now: float, *, sent: float, left: int, reset: float, requests: int | None = None) -> None:
        """What an answer says: requests left, seconds until the window ends, requests of a whole window."""
        if requests is not None and requests > 0:
            self.requests = requests
        if sent < self._began:
            return  # it was asked in the window before
        self._left = left - max(0, self._inside - 1)
        self._ends = now + reset

    def exhausted(self, now: float, reset: float) -> None:
        """The vendor refused: nothing more before the window ends."""
        self._left, self._ends = 0.0, now + reset

    def _wait(self, now: float) -> float:
        if self._ends is None:
            self._ends = now + self.window
        if now >= self._ends:
            self._left = float(self.requests)
            self._began, self._ends = now, now + self.window
        if self._left >= 1 + int(self.requests * self.RESERVE):
            return 0.0
        # Answers under way may still tell that more is left than we thought.
        return min(self._ends - now, self.NEWS) if self._inside else self._ends - now
