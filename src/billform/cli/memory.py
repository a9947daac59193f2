"""When Python looks for memory to give back: rarely, for nearly all that a command makes lives until its end."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """Looks through objects when half a million are there more than before, and through the old ones hardly ever.

    By its own measure Python looks at every seven hundred, which in reading a catalog is all the time and finds
    nothing. What a long apply drops in circles is still found.
    """
    gc.set_threshold(500_000, 100, 100)


def leave() -> None:
    """Nothing is looked through any more: the process ends, and its memory with it."""
    gc.freeze()
