"""Money survives every road it takes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from billform.core.money import CURRENCIES, Exact, Money, exponent, from_minor, plain, text, to_minor

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


@pytest.mark.parametrize("written", ["49", "usd 49", "49  usd", "forty usd", "", "NaN usd", "-Infinity usd"])
def test_what_is_not_money_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(written)


@pytest.mark.parametrize(("currency", "places"), [("usd", 2), ("jpy", 0), ("kwd", 3), ("isk", 2), ("krw", 0)])
def test_exponents_follow_the_vendor(currency: str, places: int) -> None:
    assert exponent(currency) == places


def test_every_currency_has_the_decimals_that_the_vendor_lists() -> None:
    """https://docs.stripe.com/currencies: fifteen without decimals, five with three."""
    places = {currency: exponent(currency) for currency in CURRENCIES}
    assert [sum(each == count for each in places.values()) for count in (0, 2, 3)] == [15, len(CURRENCIES) - 20, 5]
    assert exponent("xau") == 2, "one that nobody listed is counted in hundredths"


@pytest.mark.parametrize(
    ("amount", "form"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("1E+1", "10"),
        ("4.9E+3", "4900"),
        ("100", "100"),
        ("1", "1"),
        ("1.0", "1"),
        ("0.50", "0.5"),
        ("1E-12", "0.000000000001"),
    ],
)
def test_an_amount_has_one_form(amount: str, form: str) -> None:
    found = plain(Decimal(amount))
    assert text(Decimal(amount)) == form
    assert found.as_tuple() == Decimal(form).as_tuple()


def test_no_digit_is_lost_whatever_the_context() -> None:
    """The default context of Python rounds to 28 digits."""
    amount = Decimal("123456789012345678901234567890123456789.012345678901")
    assert plain(amount) == amount
    assert text(amount) == "123456789012345678901234567890123456789.012345678901"
    assert from_minor(to_minor(amount, "kwd"), "kwd") == amount
    assert to_minor(amount, "usd") == Decimal("12345678901234567890123456789012345678901.2345678901")
    assert from_minor(amount, "usd") == Decimal("1234567890123456789012345678901234567.89012345678901")
    assert text(Decimal("1E+40")) == "1" + "0" * 40


def test_money_is_frozen_and_told_from_everything_else() -> None:
    money = Money(Decimal("49.50"), "USD")
    assert (repr(money), str(money), text(money.minor), money.is_whole) == ("Money(49.5 usd)", "49.5 usd", "4950", True)
    assert not Money(Decimal("0.001"), "usd").is_whole
    with pytest.raises(AttributeError, match=r"^Money is frozen$"):
        money.amount = Decimal(1)
    assert money != "49.5 usd"
    assert len({money, Money(Decimal("49.5"), "usd"), Money(Decimal("49.5"), "eur"), Money(Decimal("49"), "usd")}) == 3
    assert hash(money) != hash(Money(Decimal("49.5"), "eur"))


class Rate(BaseModel):
    percent: Exact


def test_a_percentage_never_was_a_float_and_is_written_as_digits() -> None:
    assert Rate(percent=Decimal("12.50")).model_dump_json() == '{"percent":"12.5"}'
    assert Rate.model_validate({"percent": "12.5"}).percent == Decimal("12.5")
    assert Rate.model_validate({"percent": 12}).percent == 12
    with pytest.raises(ValidationError, match=r"Value error, a float cannot carry an exact number "):
        Rate.model_validate({"percent": 12.5})
