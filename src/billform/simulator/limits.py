"""Rate limits: the documented figures, and the buckets, windows and gates that enforce them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields, replace
from typing import Any


class LimitError(ValueError):
    """Limits were set with words or figures that mean nothing."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The figures in force, as documented by the vendors; None switches one off.

    Stripe: docs.stripe.com/rate-limits. BigCommerce: developer docs, "API rate limits" (Plus and Standard).
    """

    stripe_test_per_second: float | None = 25
    stripe_live_per_second: float | None = 100
    stripe_endpoint_per_second: float | None = 25
    bigcommerce_quota: int | None = 150
    bigcommerce_window_ms: int = 30_000
    bigcommerce_concurrency: bool = True
    """Whether the documented caps on simultaneous requests per endpoint hold."""

    @classmethod
    def off(cls) -> Limits:
        """Answer limits that never refuse."""
        return cls(
            stripe_test_per_second=None,
            stripe_live_per_second=None,
            stripe_endpoint_per_second=None,
            bigcommerce_quota=None,
            bigcommerce_concurrency=False,
        )

    def changed(self, words: dict[str, Any]) -> Limits:
        """Answer limits with some figures set anew; raises LimitError."""
        known = {item.name for item in fields(self)}
        unknown = sorted(set(words) - known)
        if unknown:
            raise LimitError(f"unknown limits: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        for name, value in words.items():
            if value is not None and (not isinstance(value, int | float) or value < 0):
                raise LimitError(f"{name} must be a figure that is not negative, or null")
        return replace(self, **words)


@dataclass
class Bucket:
    """A token bucket that holds one second's worth: `take` says whether one more request fits."""

    rate: float
    level: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.rate

    def take(self) -> bool:
        """Take one token if there is one."""
        now = time.monotonic()
        self.level = min(self.rate, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass
class Window:
    """A fixed window: at most `quota` requests between two resets."""

    quota: int
    length_ms: int
    used: int = 0
    ends: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.length_ms / 1000

    def take(self) -> bool:
        """Count one request; tell whether it fits."""
        if time.monotonic() >= self.ends:
            self.used = 0
            self.ends = time.monotonic() + self.length_ms / 1000
        if self.used >= self.quota:
            return False
        self.used += 1
        return True

    @property
    def left(self) -> int:
        """How many more requests fit before the reset."""
        return self.quota - self.used

    @property
    def reset_ms(self) -> int:
        """How many milliseconds until the reset."""
        return max(0, round((self.ends - time.monotonic()) * 1000))


class Meters:
    """The running buckets, windows and gates, by name; emptied whenever the limits change."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._windows: dict[str, Window] = {}
        self._inside: dict[str, int] = {}

    def bucket(self, name: str, rate: float) -> Bucket:
        """Answer the bucket of that name, made full when new."""
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket(rate)
        return bucket

    def window(self, name: str, quota: int, length_ms: int) -> Window:
        """Answer the window of that name, made empty when new."""
        window = self._windows.get(name)
        if window is None:
            window = self._windows[name] = Window(quota, length_ms)
        return window

    def enter(self, name: str, most: int) -> bool:
        """Count one request into the gate unless `most` are inside already."""
        inside = self._inside.get(name, 0)
        if inside >= most:
            return False
        self._inside[name] = inside + 1
        return True

    def leave(self, name: str) -> None:
        """Count one request out of the gate."""
        self._inside[name] = max(0, self._inside.get(name, 0) - 1)

    def clear(self) -> None:
        """Start all over with the buckets full; those inside a gate stay counted."""
        self._buckets.clear()
        self._windows.clear()
