"""Money survives every road it takes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billform.core.money import CURRENCIES, Money, exponent, from_minor, text, to_minor

amounts = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(min_value=-(10**18), max_value=10**18),
    st.integers(min_value=0, max_value=15),
)
currencies = st.sampled_from(sorted(CURRENCIES))


@given(amounts, currencies)
def test_text_to_vendor_and_back_is_the_identity(amount: Decimal, currency: str) -> None:
    money = Money.parse(f"{amount} {currency}")
    assert Money.of_minor(Decimal(text(money.minor)), currency) == money
    assert Money.parse(str(money)) == money
    assert from_minor(to_minor(amount, currency), currency) == amount


@given(amounts)
def test_digits_never_carry_an_exponent(amount: Decimal) -> None:
    assert set(text(amount)) <= set("-0123456789.")
    assert Decimal(text(amount)) == amount


@pytest.mark.parametrize(
    ("written", "minor", "shown"),
    [
        ("49 usd", "4900", "$49.00"),
        ("49.5 usd", "4950", "$49.50"),
        ("0.0004 usd", "0.04", "$0.0004"),
        ("4900 jpy", "4900", "¥4,900"),
        ("0.05 jpy", "0.05", "¥0.05"),
        ("1.25 kwd", "1250", "1.250 KWD"),
        ("1234567.5 eur", "123456750", "€1,234,567.50"),
        ("-3 gbp", "-300", "-£3.00"),
        ("0 usd", "0", "$0.00"),
    ],
)
def test_amounts_scale_and_read_as_people_expect(written: str, minor: str, shown: str) -> None:
    money = Money.parse(written)
    assert text(money.minor) == minor
    assert money.shown() == shown


def test_the_same_amount_written_twice_is_one_value() -> None:
    assert Money(Decimal("49.00"), "USD") == Money(Decimal(49), "usd")
    assert hash(Money(Decimal("49.00"), "usd")) == hash(Money(Decimal("4.9E+1"), "usd"))
    assert Money(Decimal(49), "usd") != Money(Decimal(49), "eur")


@pytest.mark.parametrize("written", ["49", "usd 49", "49  usd", "forty usd", ""])
def test_what_is_not_money_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(written)


@pytest.mark.parametrize(("currency", "places"), [("usd", 2), ("jpy", 0), ("kwd", 3), ("isk", 2), ("krw", 0)])
def test_exponents_follow_the_vendor(currency: str, places: int) -> None:
    assert exponent(currency) == places
