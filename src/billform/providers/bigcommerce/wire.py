"""JSON as BigCommerce speaks it: amounts are numbers on the wire, and exact decimals on this side of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from billform.core.money import Money, text

Row: TypeAlias = Mapping[str, Any]
"""One object as the store answered it; only the reader of its kind looks inside."""


def decode(body: bytes | str) -> Any:
    """Reads JSON with every fraction as the Decimal that was written; raises ValueError on anything else."""
    return json.loads(body, parse_float=Decimal)


def encode(value: Any) -> bytes:
    """Writes JSON with every Decimal as a number of exactly its digits; raises TypeError for a float."""
    return _written(value).encode()


def _written(value: Any) -> str:
    match value:
        case None | bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return text(value)
        case Mapping():
            return "{" + ",".join(f"{json.dumps(str(name))}:{_written(each)}" for name, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_written, value)) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a request")


def number(value: object) -> Decimal:
    """A number that the store wrote as a number or, in v2, as a text (`"5.0000"`)."""
    assert not isinstance(value, bool | float), "numbers are read as Decimals"
    return Decimal(value) if isinstance(value, int | str | Decimal) else Decimal(0)


def amount(value: object, currency: str) -> Money | None:
    """An amount that may be missing; the store says 0 where a sale or retail price was never set."""
    return Money(number(value), currency) if value is not None and number(value) != 0 else None


def age(identity: str) -> int:
    """Newer objects have greater ids; ids that are no numbers say nothing."""
    last = identity.rpartition("/")[2]
    return int(last) if last.isascii() and last.isdigit() else 0
