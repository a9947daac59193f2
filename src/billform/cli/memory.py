"""When Python looks for memory to give back: rarely, for nearly all that a command makes lives until its end."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """Looks through new objects every hundred thousand, and through all of them hardly ever.

    By its own measure Python looks whenever seven hundred objects are there more than before, which in reading a
    catalog is all the time and finds nothing. Circles that are dropped in a long apply are still found.
    """
    gc.set_threshold(100_000, 20, 100)


def leave() -> None:
    """Nothing is looked through any more: the process ends, and its memory with it."""
    gc.freeze()
