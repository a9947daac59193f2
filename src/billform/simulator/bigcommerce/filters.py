"""Filters of lists: which query parameters count, and which rows they keep.

Sources: the parameters of each operation in the published OpenAPI files. A parameter that is no filter of
the operation is 422 "The filter(s): … are not valid filter parameter(s)."; v2 lets it by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from billform.simulator.bigcommerce import problems
from billform.simulator.bigcommerce.shop import Call
from billform.simulator.world import Row

Keep = Callable[[Row], bool]
Filter = Callable[[str], Keep]
"""Reads the value of a parameter, or raises 422, and answers which rows it keeps."""
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


def amount(name: str, raw: str) -> Decimal:
    """Answer a number parameter; raises 422."""
    try:
        return Decimal(raw)
    except InvalidOperation:
        raise problems.invalid({}, f'Query parameter "{name}" value may contain only numbers.') from None


def words(raw: str) -> set[str]:
    """Answer a comma-separated list of words."""
    return {part.strip() for part in raw.split(",") if part.strip()}


def is_text(field: str) -> Filter:
    """Keep rows whose text equals the value, whatever the case."""
    return lambda raw: lambda row: str(row.get(field) or "").lower() == raw.lower()


def is_exactly(field: str) -> Filter:
    """Keep rows whose text equals the value to the letter."""
    return lambda raw: lambda row: row.get(field) == raw


def is_number(field: str) -> Filter:
    """Keep rows whose number equals the value; raises 422 for what is no number."""

    def read(raw: str) -> Keep:
        wanted = amount(field, raw)
        return lambda row: row.get(field) is not None and Decimal(str(row[field])) == wanted

    return read


def is_flag(field: str) -> Filter:
    """Keep rows whose flag equals `true`, `false`, `1` or `0`."""

    def read(raw: str) -> Keep:
        if raw.lower() not in ("true", "false", "1", "0"):
            raise problems.invalid({}, f'Query parameter "{field}" value may be true or false.')
        return lambda row: bool(row.get(field)) == (raw.lower() in ("true", "1"))

    return read


def number_in(field: str) -> Filter:
    """Keep rows whose number is one of a comma-separated list."""

    def read(raw: str) -> Keep:
        wanted = numbers(f"{field}:in", raw)
        return lambda row: row.get(field) in wanted

    return read


def number_not_in(field: str) -> Filter:
    """Keep rows whose number is none of a comma-separated list."""

    def read(raw: str) -> Keep:
        unwanted = numbers(f"{field}:not_in", raw)
        return lambda row: row.get(field) not in unwanted

    return read


def holds_any(field: str) -> Filter:
    """Keep rows whose list of numbers shares one with a comma-separated list."""

    def read(raw: str) -> Keep:
        wanted = numbers(f"{field}:in", raw)
        return lambda row: bool(wanted & set(row[field]))

    return read


def text_in(field: str, *, exactly: bool = False) -> Filter:
    """Keep rows whose text is one of a comma-separated list, whatever the case unless `exactly`."""

    def fold(word: str) -> str:
        return word if exactly else word.lower()

    def read(raw: str) -> Keep:
        wanted = {fold(word) for word in words(raw)}
        return lambda row: fold(str(row.get(field) or "")) in wanted

    return read


def like(*fields: str) -> Filter:
    """Keep rows one of whose texts contains the value, whatever the case; `%` at either end is let be."""

    def read(raw: str) -> Keep:
        part = raw.strip("%").lower()
        return lambda row: any(part in str(row.get(field) or "").lower() for field in fields)

    return read


def beyond(field: str, *, least: bool, even: bool = True) -> Filter:
    """Keep rows whose number is not below (`least`) or not above the value; `even` takes in equality."""

    def read(raw: str) -> Keep:
        edge = amount(field, raw)

        def keep(row: Row) -> bool:
            value = Decimal(str(row.get(field) or 0))
            return (even and value == edge) or (value > edge if least else value < edge)

        return keep

    return read


def since(field: str) -> Filter:
    """Keep rows whose ISO date is not before the value."""
    return lambda raw: lambda row: _date(row.get(field)) >= _date(raw)


def until(field: str) -> Filter:
    """Keep rows whose ISO date is not after the value."""
    return lambda raw: lambda row: _date(row.get(field)) <= _date(raw)


def on_day(field: str) -> Filter:
    """Keep rows whose ISO date begins as the value does."""
    return lambda raw: lambda row: str(row.get(field) or "").startswith(raw[:10])


def dates(*fields: str) -> dict[str, Filter]:
    """Answer the filters `x`, `x:min` and `x:max` for each date field."""
    found: dict[str, Filter] = {}
    for field in fields:
        found |= {field: on_day(field), f"{field}:min": since(field), f"{field}:max": until(field)}
    return found


def between(*fields: str) -> dict[str, Filter]:
    """Answer the filters `x`, `x:min` and `x:max` for each number field."""
    found: dict[str, Filter] = {}
    for field in fields:
        found[field] = is_number(field)
        found |= {f"{field}:min": beyond(field, least=True), f"{field}:max": beyond(field, least=False)}
    return found


def _date(value: object) -> str:
    return str(value or "").replace("Z", "+00:00")


def select(call: Call, rows: Iterable[Row], filters: Filters, also: Iterable[str] = ()) -> list[Row]:
    """Answer the rows that pass every filter of the query; raises 422 for parameters that mean nothing here."""
    known = set(filters) | set(also) | PAGE_WORDS
    unknown = [name for name in call.query if name not in known]
    if unknown and call.version == "v3":
        raise problems.invalid({}, f"The filter(s): {', '.join(unknown)} are not valid filter parameter(s).")
    kept = list(rows)
    for name, raw in call.query.items():
        if name in filters:
            keep = filters[name](raw)
            kept = [row for row in kept if keep(row)]
    return kept
