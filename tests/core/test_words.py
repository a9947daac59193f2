"""Values and problems as people read them."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from billform.core.diagnostic import BillformError, Diagnostic, Severity, Span, errors, nearest
from billform.core.money import Money
from billform.core.show import show
from tests.core.shop import MONTHLY, PRICE_1, usd


class Rhythm(Enum):
    MONTH = 1


class Step(BaseModel):
    model_config = ConfigDict(frozen=True)

    up_to: int | None = 5
    unit: Money | None = None
    flat: Money | None = None
    tags: tuple[str, ...] = Field(default_factory=tuple)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, "true"),
        (False, "false"),
        (Rhythm.MONTH, "1"),
        ("Größe “XL”", '"Größe “XL”"'),
        ('a "b"', '"a \\"b\\""'),
        (usd("49"), "$49.00"),
        (Decimal("1E+2"), "100"),
        (MONTHLY, "toy.price/pro.monthly"),
        (PRICE_1, "price_1"),
        (Step(), "{}"),
        (Step(up_to=None, unit=usd("2"), tags=()), "{unit: $2.00}"),
        (Step(up_to=7, flat=usd("1"), tags=("a",)), '{up_to: 7, flat: $1.00, tags: ["a"]}'),
        ({"a": True, "b": None}, "{a: true, b: None}"),
        (("a", 2), '["a", 2]'),
        ([], "[]"),
        (7, "7"),
    ],
)
def test_a_value_stands_on_one_line(value: object, shown: str | None) -> None:
    assert show(value) == shown


def test_a_place_is_written_as_editors_know_it() -> None:
    span = Span("catalog/plans/pro.yaml", 3, 7, 3, 12)
    assert str(span) == "catalog/plans/pro.yaml:3:7"
    assert Span("a") == Span("a", 1, 1, 1, 2)
    assert Span("a", 2) < Span("a", 10) < Span("b")


def test_an_error_says_all_that_was_collected() -> None:
    problem = Diagnostic("C001", "no name")
    warning = Diagnostic("C002", "an odd name", severity=Severity.WARNING)
    many, one = BillformError(iter([problem, warning])), BillformError(problem)
    assert (many.diagnostics, str(many)) == ((problem, warning), "C001: no name; C002: an odd name")
    assert (one.diagnostics, str(one)) == ((problem,), "C001: no name")
    assert errors([problem, warning]) == (problem,)
    assert (problem.is_error, warning.is_error) == (True, False)


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("amuont", ["account", "amount", "Amount"], "Amount"),
        ("AMOUNT", ["amount"], "amount"),
        ("price", ["prices", "priced"], "prices"),
        ("price", ["priced", "prices"], "prices"),
        ("xyz", ["amount"], None),
        ("abcde", ["abcxx", "abxxx"], "abcxx"),
        ("abcde", ["abxxx"], None),
        ("x", [], None),
    ],
)
def test_a_slip_of_the_pen_finds_the_word_that_was_meant(word: str, known: list[str], meant: Any) -> None:
    assert nearest(word, known) == meant
