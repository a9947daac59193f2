"""What Stripe answers, in the few shapes that recur: expandable ids, seconds, decimals, metadata."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from billform.core.money import Money
from billform.core.resource import Ref

Answer: TypeAlias = Mapping[str, Any]
"""One JSON object of Stripe's, its numbers read as int and Decimal; it goes no further than a kind's reader."""


def ident(value: Any) -> str | None:
    """The id behind an expandable field: a string, an object, or nothing."""
    if isinstance(value, Mapping):
        return str(value["id"])
    return None if value is None else str(value)


def found(kind: str, value: Any) -> Ref | None:
    """A reference as Stripe answered it; None where the field is empty."""
    identity = ident(value)
    return None if identity is None else Ref.found(kind, identity)


def moment(seconds: Any) -> str | None:
    """Unix seconds as people read them, in UTC: 2027-01-31T23:59:59Z."""
    return None if seconds is None else stamp(datetime.fromtimestamp(int(seconds), UTC))


def stamp(instant: datetime) -> str:
    """An aware instant as text in UTC, whole seconds: Stripe keeps no finer ones."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(written: str) -> int:
    """The text of `moment` as unix seconds."""
    return int(datetime.fromisoformat(written).timestamp())


def passed(written: str | None) -> bool:
    """Whether the text of `moment` is of one that has come."""
    return written is not None and written <= stamp(datetime.now(UTC))


def money(answer: Answer, name: str, currency: str) -> Money | None:
    """An amount that Stripe mirrors as `NAME` (whole minor units) and `NAME_decimal` (a text with decimals)."""
    exact, whole = answer.get(f"{name}_decimal"), answer.get(name)
    written = exact if exact is not None else whole
    return None if written is None else _of_minor(str(written), currency)


@lru_cache(maxsize=10_000)
def _of_minor(written: str, currency: str) -> Money:
    # Many prices have few different amounts.
    return Money.of_minor(Decimal(written), currency)


def whole_money(value: Any, currency: str) -> Money | None:
    """An amount that Stripe only knows in whole minor units."""
    return None if value is None else Money.of_minor(int(value), currency)


def part(answer: Answer, *names: str) -> Answer:
    """The object below, or an empty one where any of the way is missing or null."""
    for name in names:
        below = answer.get(name)
        if not isinstance(below, Mapping):
            return {}
        answer = below
    return answer


def exact(value: Any) -> Decimal | None:
    """A number as the decimal that stands in the answer; it never was a float."""
    return None if value is None else Decimal(str(value))
