"""Values and problems as people read them, and what nobody may read."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from billform.core.diagnostic import BillformError, Diagnostic, Severity, Span, errors, nearest
from billform.core.money import Money
from billform.core.redact import find, mask, redact
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


KEY = "sk_test_" + "4eC39HqLyjWDarjtT1"
DOTS = "••••••"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"key {KEY}.", f"key sk_test_{DOTS}."),
        ("RK_LIVE_abcdef12 and whsec_a+b/c=d-e_f", f"RK_LIVE_{DOTS} and whsec_{DOTS}"),
        ("ek_org_abcdef, sk_org_live", f"ek_org_{DOTS}, sk_org_live"),
        ("X-Auth-Token: abcdefgh1234, next", f"X-Auth-Token: {DOTS}, next"),
        ('x-auth-token\' = "abcdefgh1234"}', f'x-auth-token\' = "{DOTS}"}}'),
        ('Authorization: "Bearer abcdefgh1234"', f'Authorization: "Bearer {DOTS}"'),
        ("authorization=basic dXNlcjpwYXNz", f"authorization=basic {DOTS}"),
    ],
)
def test_what_looks_like_a_secret_is_dots(text: str, clean: str) -> None:
    assert redact(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "pk_test_4eC39HqLyjWDarjtT1",
        "task_test_4eC39HqLyjWDarjtT1",
        "sk_test_12345",
        "X-Auth-Token: env:STORE_TOKEN",
        "x",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert (redact(text), mask(text), list(find(text))) == (text, text, [])


def test_masked_text_keeps_its_columns() -> None:
    line = f"stripe: {KEY}  # X-Auth-Token: abcdefgh1234"
    masked = mask(line)
    assert masked == f"stripe: sk_test_{'•' * 18}  # X-Auth-Token: {'•' * 12}"
    assert len(masked) == len(line)


def test_secrets_are_found_with_their_prefix_and_tokens_without_their_header() -> None:
    text = f"a {KEY} X-Auth-Token: abcdefgh1234"
    assert [text[start:end] for start, end in find(text)] == [KEY, "abcdefgh1234"]


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
