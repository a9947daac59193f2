"""What an amount weighs, and that every way of writing one carries it to the guardrails."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billform.core.money import Money
from billform.core.weight import Weight, of_money, steepest
from tests.core.shop import live_price, live_product, price, product, usd
from tests.core.toys import planned

SEATS = Weight("what a seat costs", size=(Decimal(1), Decimal(10)))


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "eur")


def test_an_amount_weighs_what_it_was_and_will_be_as_people_read_it() -> None:
    weight = of_money("unit_amount", usd("49"), usd("98"))
    assert weight == Weight("unit_amount", "$49.00", "$98.00", (Decimal(49), Decimal(98)))
    assert weight.share == 100


def test_what_many_units_cost_is_told_in_nine_digits_and_weighed_in_all() -> None:
    exact = Decimal("1234.56789012345")
    weight = of_money("what 1,000 units cost", Money(exact, "usd"), usd("2000"))
    assert (weight.before, weight.after) == ("$1,234.56789", "$2,000.00")
    assert weight.size == (exact, Decimal(2000))


def test_nothing_has_an_amount_and_no_words() -> None:
    assert of_money("fee", None, usd("5")) == Weight("fee", None, "$5.00", (Decimal(0), Decimal(5)))
    assert of_money("fee", usd("5"), None) == Weight("fee", "$5.00", None, (Decimal(5), Decimal(0)))


@pytest.mark.parametrize(("was", "will"), [("0", "5"), ("5", "0"), ("5", "5")])
def test_from_one_currency_to_another_no_share_measures_it(was: str, will: str) -> None:
    weight = of_money("fee", usd(was), eur(will))
    assert (weight.size, weight.how) == (None, "from usd to eur")
    assert (weight.before, weight.after) == (usd(was).shown(), eur(will).shown())
    assert weight.share == Decimal("Infinity")


def test_nothing_in_one_currency_is_nothing_in_another() -> None:
    assert of_money("fee", usd("0"), eur("0")).share == 0


def test_the_steepest_of_several_counts_if_any_changes() -> None:
    same, half, twice = ((will, usd("10"), usd(will)) for will in ("10", "5", "20"))
    assert steepest([same, twice, half]) == of_money(*twice)
    assert steepest([half, same]) == of_money(*half)
    assert steepest([same]) is None
    assert steepest([]) is None


def test_a_change_in_place_is_weighed() -> None:
    (change,) = planned([product(), price("49", seats=1)], [live_product(), live_price("49", seats=10)]).changes
    assert (change.action, change.weighed) == ("update", (SEATS,))  # type: ignore[union-attr]  # all that write have it


def test_a_version_that_replaces_another_is_weighed() -> None:
    (change,) = planned([product(), price("59", seats=1)], [live_product(), live_price("49", seats=10)]).changes
    assert (change.action, change.weighed) == ("new_version", (SEATS,))  # type: ignore[union-attr]  # as above


def test_a_version_after_an_archived_one_is_weighed() -> None:
    gone = live_price("49", active=False, seats=10)
    (change,) = planned([product(), price("59", seats=1)], [live_product(), gone]).changes
    assert (change.action, change.weighed) == ("create", (SEATS,))  # type: ignore[union-attr]  # as above


def test_a_version_that_comes_back_is_weighed_beside_the_last_one() -> None:
    lives = [live_price("49", active=False, seats=1), live_price("59", "price_2", active=False, version=2, seats=10)]
    (change,) = planned([product(), price("49", seats=1)], [live_product(), *lives]).changes
    assert (change.action, change.weighed) == ("restore", (SEATS,))  # type: ignore[union-attr]  # as above


def test_what_goes_on_under_its_old_terms_weighs_nothing() -> None:
    (change,) = planned([product(), price("49", nickname="Gold")], [live_product(), live_price("49")]).changes
    assert (change.action, change.weighed) == ("update", ())  # type: ignore[union-attr]  # as above
