"""Long values, cut so that what differs stays in sight."""

from __future__ import annotations

LIMIT = 400
"""Characters of one value that a person is shown; the plan file always holds the whole."""
_CONTEXT = 40


def short(value: str) -> str:
    """A value that is not compared with another: its beginning, and how long it is."""
    return value if len(value) <= LIMIT else f"{value[: LIMIT - _CONTEXT]}… ({len(value):,} characters)"


def short_pair(before: str, after: str) -> tuple[str, str]:
    """Two values, cut to the surroundings of their difference where they are long."""
    if max(len(before), len(after)) <= LIMIT:
        return before, after
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    return _around(before, start, end), _around(after, start, end)


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with together."""
    limit = min(len(one), len(other))
    low = 0
    while low < limit and one[low] == other[low]:
        low += 1
    return low


def _around(value: str, start: int, end: int) -> str:
    first = max(0, start - _CONTEXT)
    last = min(len(value), len(value) - end + _CONTEXT)
    middle = value[first:last]
    if len(middle) > LIMIT:
        middle = middle[: LIMIT - _CONTEXT] + "…" + middle[-_CONTEXT:]
    opening, closing = ("…" if first else ""), ("…" if last < len(value) else "")
    return f"{opening}{middle}{closing} ({len(value):,} characters)"
