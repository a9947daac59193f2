"""Filters of lists: which query parameters count, and which rows they keep.

Sources: the parameters of each operation in the published OpenAPI files. A parameter that is no filter of
the operation is 422 "The filter(s): … are not valid filter parameter(s)."; v2 lets it by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from billform.simulator.bigcommerce import problems
from billform.simulator.bigcommerce.shop import Call
from billform.simulator.world import Row

Filter = Callable[[Row, str], bool]
Filters = Mapping[str, Filter]

PAGE_WORDS: Final = frozenset({"page", "limit"})


def whole(name: str, raw: str) -> int:
    """Answer an integer parameter; raises 422."""
    try:
        return int(raw)
    except ValueError:
        title = f'Query parameter "{name}" value may contain only integer values. For input string: "{raw}".'
        raise problems.invalid({}, title) from None


def numbers(name: str, raw: str) -> set[int]:
    """Answer a comma-separated list of integers; raises 422."""
    return {whole(name, part.strip()) for part in raw.split(",") if part.strip()}


def words(raw: str) -> set[str]:
    """Answer a comma-separated list of words."""
    return {part.strip() for part in raw.split(",") if part.strip()}


def is_text(field: str) -> Filter:
    """Keep rows whose text equals the value, whatever the case."""
    return lambda row, raw: str(row.get(field) or "").lower() == raw.lower()


def is_exactly(field: str) -> Filter:
    """Keep rows whose text equals the value to the letter."""
    return lambda row, raw: row.get(field) == raw


def is_number(field: str) -> Filter:
    """Keep rows whose number equals the value; raises 422 for what is no number."""

    def keep(row: Row, raw: str) -> bool:
        try:
            return row.get(field) is not None and float(row[field]) == float(raw)
        except ValueError:
            raise problems.invalid({}, f'Query parameter "{field}" value may contain only numbers.') from None

    return keep


def is_flag(field: str) -> Filter:
    """Keep rows whose flag equals `true`, `false`, `1` or `0`."""

    def keep(row: Row, raw: str) -> bool:
        if raw.lower() not in ("true", "false", "1", "0"):
            raise problems.invalid({}, f'Query parameter "{field}" value may be true or false.')
        return bool(row.get(field)) == (raw.lower() in ("true", "1"))

    return keep


def number_in(field: str) -> Filter:
    """Keep rows whose number is one of a comma-separated list."""
    return lambda row, raw: row.get(field) in numbers(f"{field}:in", raw)


def number_not_in(field: str) -> Filter:
    """Keep rows whose number is none of a comma-separated list."""
    return lambda row, raw: row.get(field) not in numbers(f"{field}:not_in", raw)


def text_in(field: str) -> Filter:
    """Keep rows whose text is one of a comma-separated list, whatever the case."""

    def keep(row: Row, raw: str) -> bool:
        return str(row.get(field) or "").lower() in {word.lower() for word in words(raw)}

    return keep


def like(field: str) -> Filter:
    """Keep rows whose text contains the value, whatever the case; `%` at either end is let be."""
    return lambda row, raw: raw.strip("%").lower() in str(row.get(field) or "").lower()


def at_least(field: str) -> Filter:
    """Keep rows whose number or ISO date is not below the value."""
    return lambda row, raw: _comparable(row.get(field), raw) >= _comparable(raw, raw)


def at_most(field: str) -> Filter:
    """Keep rows whose number or ISO date is not above the value."""
    return lambda row, raw: _comparable(row.get(field), raw) <= _comparable(raw, raw)


def on_day(field: str) -> Filter:
    """Keep rows whose ISO date begins as the value does."""
    return lambda row, raw: str(row.get(field) or "").startswith(raw[:10])


def dates(*fields: str) -> dict[str, Filter]:
    """Answer the filters `x`, `x:min` and `x:max` for each date field."""
    found: dict[str, Filter] = {}
    for field in fields:
        found |= {field: on_day(field), f"{field}:min": at_least(field), f"{field}:max": at_most(field)}
    return found


def between(*fields: str) -> dict[str, Filter]:
    """Answer the filters `x`, `x:min` and `x:max` for each number field."""
    found: dict[str, Filter] = {}
    for field in fields:
        found |= {field: is_number(field), f"{field}:min": at_least(field), f"{field}:max": at_most(field)}
    return found


def _comparable(value: Any, raw: str) -> tuple[int, float, str]:
    try:
        float(raw)
        return (0, float(value or 0), "")
    except ValueError:
        return (1, 0.0, str(value or "").replace("Z", "+00:00"))


def select(call: Call, rows: Iterable[Row], filters: Filters, also: Iterable[str] = ()) -> list[Row]:
    """Answer the rows that pass every filter of the query; raises 422 for parameters that mean nothing here."""
    known = set(filters) | set(also) | PAGE_WORDS
    unknown = [name for name in call.query if name not in known]
    if unknown and call.version == "v3":
        raise problems.invalid({}, f"The filter(s): {', '.join(unknown)} are not valid filter parameter(s).")
    kept = list(rows)
    for name, raw in call.query.items():
        if name in filters:
            kept = [row for row in kept if filters[name](row, raw)]
    return kept
