"""What an environment forbids, told with the figure that the plan really has."""

from __future__ import annotations

from decimal import Decimal

from billform.core.guard import Limits, guard
from billform.core.money import Money
from billform.core.plan import Plan
from billform.core.resource import Address, Live, Ref, Resource, Spec
from tests.core.toys import found, planned, want

PRO = Ref.to(Address("toy.product", "pro"))


def price(amount: str, key: str = "pro.monthly") -> Resource[Spec]:
    return want("toy.price", key, product=PRO, unit_amount=Money(Decimal(amount), "usd"))


def live(amount: str, key: str = "pro.monthly") -> Live[Spec]:
    return found(
        "toy.price",
        key,
        f"price_{key}",
        written=price(amount, key),
        product=Ref.found("toy.product", "prod_1"),
        unit_amount=Money(Decimal(amount), "usd"),
    )


PRODUCT, LIVE_PRODUCT = want("toy.product", "pro", name="Pro"), found("toy.product", "pro", "prod_1", name="Pro")


def codes(plan: Plan, limits: Limits, **allowed: str) -> list[str]:
    return [each.code for each in guard(plan, limits, allowed)]


def archiving(count: int, of: int) -> Plan:
    keys = [f"p{number}" for number in range(of)]
    return planned(
        [PRODUCT, *(price("1", key) for key in keys[count:])], [LIVE_PRODUCT, *(live("1", key) for key in keys)]
    )


def test_archiving_more_than_the_share_is_stopped_and_allowed_by_its_number() -> None:
    limits, plan = Limits(archive_percent=Decimal(25)), archiving(9, of=14)
    (found_,) = guard(plan, limits, {})
    assert found_.summary == "this plan archives 9 of 14 prices, more than the 25 % test allows"
    assert found_.hint == "run again with `--allow archive=9`"
    assert codes(plan, limits, archive="9") == []
    assert codes(plan, limits, archive="8") == ["G001"]


def test_archiving_just_the_share_passes() -> None:
    assert codes(archiving(1, of=4), Limits(archive_percent=Decimal(25))) == []


def test_a_steep_amount_is_stopped_with_what_it_was_and_will_be() -> None:
    plan = planned([PRODUCT, price("490")], [LIVE_PRODUCT, live("49")])
    (found_,) = guard(plan, Limits(amount_percent=Decimal(50)), {})
    assert "by 900 % ($49.00 -> $490.00)" in found_.summary
    assert codes(plan, Limits(amount_percent=Decimal(900))) == []
    assert codes(plan, Limits(amount_percent=Decimal(50)), amounts="1") == []


def test_a_price_that_falls_to_nothing_is_steep_too() -> None:
    plan = planned([PRODUCT, price("0")], [LIVE_PRODUCT, live("49")])
    assert codes(plan, Limits(amount_percent=Decimal(50))) == ["G002"]


def test_a_protected_address_may_grow_and_not_go() -> None:
    limits = Limits(protected=("toy.price/pro.*",))
    assert codes(planned([PRODUCT, price("49")], [LIVE_PRODUCT]), limits) == []
    assert codes(planned([PRODUCT, price("59")], [LIVE_PRODUCT, live("49")]), limits) == ["G003"]
    gone = planned([PRODUCT], [LIVE_PRODUCT, live("49")])
    assert codes(gone, limits) == ["G003"]
    assert codes(gone, limits, protected="toy.price/pro.monthly") == []


def test_without_guardrails_nothing_is_stopped() -> None:
    assert codes(archiving(14, of=14), Limits()) == []
