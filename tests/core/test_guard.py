"""What an environment forbids, told with the figure that the plan really has."""

from __future__ import annotations

import re
from decimal import Decimal

from billform.core.guard import Limits, guard
from billform.core.money import Money
from billform.core.plan import Archive, Found, Plan
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


def test_a_price_that_was_free_is_steep_whatever_it_becomes() -> None:
    plan = planned([PRODUCT, price("1")], [LIVE_PRODUCT, live("0")])
    (found_,) = guard(plan, Limits(amount_percent=Decimal(1000)), {})
    assert (found_.code, found_.subject, found_.hint) == (
        "G002",
        "toy.price/pro.monthly",
        "if the amount is right, run again with `--allow amounts=1`",
    )
    assert found_.summary == (
        "toy.price/pro.monthly changes unit_amount from nothing ($0.00 -> $1.00), more than the 1000 % test allows"
    )


def test_a_price_in_another_currency_is_steep_however_alike_the_figures() -> None:
    wanted = want("toy.price", "pro.monthly", product=PRO, unit_amount=Money(Decimal(49), "jpy"))
    plan = planned([PRODUCT, wanted], [LIVE_PRODUCT, live("49")])
    (found_,) = guard(plan, Limits(amount_percent=Decimal(50)), {})
    assert found_.summary == (
        "toy.price/pro.monthly changes unit_amount from usd to jpy ($49.00 -> ¥49), more than the 50 % test allows"
    )


def test_a_share_is_told_with_what_tells_it_from_the_limit() -> None:
    """Never as the limit itself, nor as less."""
    told = {
        (was, will, limit): guard(
            planned([PRODUCT, price(will)], [LIVE_PRODUCT, live(was)]), Limits(amount_percent=Decimal(limit)), {}
        )[0].summary
        for was, will, limit in [("49", "59", "20"), ("49", "59", "20.4"), ("100000000", "120000000.01", "20")]
    }
    assert [re.findall(r"by (\S+) %", each) for each in told.values()] == [["20.4"], ["20.41"], ["20.00000001"]]


def test_a_share_is_told_in_whole_percents_and_weighed_exactly() -> None:
    plan = planned([PRODUCT, price("66.5")], [LIVE_PRODUCT, live("50")])
    (found_,) = guard(plan, Limits(amount_percent=Decimal("32.9")), {})
    assert "changes unit_amount by 33 % ($50.00 -> $66.50), more than the 32.9 % test allows" in found_.summary
    assert codes(plan, Limits(amount_percent=Decimal(33))) == []
    small = planned([PRODUCT, price("1")], [LIVE_PRODUCT, live("0.5")])
    assert codes(small, Limits(amount_percent=Decimal(99))) == ["G002"]


def test_each_steep_amount_is_told_and_all_are_allowed_by_their_number() -> None:
    keys = ["a", "b", "c"]
    wanted, lives = [price("100", key) for key in keys[:2]], [live("10", key) for key in keys]
    plan = planned([PRODUCT, *wanted, price("10", "c")], [LIVE_PRODUCT, *lives])
    assert [each.subject for each in guard(plan, Limits(amount_percent=Decimal(10)), {})] == [
        "toy.price/a",
        "toy.price/b",
    ]
    assert codes(plan, Limits(amount_percent=Decimal(10)), amounts="1") == ["G002", "G002"]
    assert codes(plan, Limits(amount_percent=Decimal(10)), amounts="2") == []


def links(of: int) -> list[Live[Spec]]:
    """Links that the product proves to be ours."""
    return [
        found(
            "toy.link", None, f"l{number}", product=Ref.found("toy.product", "prod_1"),
            natural=[f"pro.{number}"], owned=True,
        )
        for number in range(of)
    ]  # fmt: skip


def test_what_is_ours_without_a_mark_counts_as_well() -> None:
    wanted = [want("toy.link", f"pro.{number}", product=PRO) for number in range(1, 4)]
    plan = planned([PRODUCT, *wanted], [LIVE_PRODUCT, *links(4)])
    assert plan.population == {"toy.link": 4, "toy.product": 1}
    assert codes(plan, Limits(archive_percent=Decimal(25))) == []
    (found_,) = guard(plan, Limits(archive_percent=Decimal(24)), {})
    assert found_.summary == "this plan archives 1 of 4 links, more than the 24 % test allows"
    assert (found_.code, found_.subject) == ("G001", "toy.link")


def test_a_kind_is_written_as_people_say_it() -> None:
    part = Archive(address=Address("toy.spare_part", "a"), found=Found.of(live("1")))
    plan = planned([], []).model_copy(update={"changes": (part,)})
    (found_,) = guard(plan, Limits(archive_percent=Decimal(50)), {})
    assert found_.summary == "this plan archives 1 of 1 spare parts, more than the 50 % test allows"


def test_a_protected_address_is_told_with_what_would_happen_to_it_and_the_way_to_allow_it() -> None:
    limits = Limits(protected=("toy.product/*", "toy.price/*"))
    rise = planned([PRODUCT, price("59")], [LIVE_PRODUCT, live("49")])
    (replaced,) = guard(rise, limits, {})
    assert (replaced.code, replaced.subject, replaced.summary, replaced.hint) == (
        "G003",
        "toy.price/pro.monthly",
        "this plan replaces toy.price/pro.monthly, which test protects with 'toy.price/*'",
        "run again with `--allow protected=toy.price/pro.monthly`",
    )
    gone = planned([], [LIVE_PRODUCT, live("49")])
    assert [each.summary for each in guard(gone, limits, {})] == [
        "this plan archives toy.product/pro, which test protects with 'toy.product/*'",
        "this plan archives toy.price/pro.monthly, which test protects with 'toy.price/*'",
    ]
    assert codes(gone, limits, protected="toy.product/pro") == ["G003"]
    assert codes(gone, limits, protected="toy.product/pro,toy.price/pro.monthly") == []


def test_what_comes_before_a_protected_address_hides_nothing() -> None:
    limits = Limits(protected=("toy.price/*",))
    plan = planned([PRODUCT, want("toy.code", "a", code="A"), price("59")], [LIVE_PRODUCT, live("49")])
    assert [each.action for each in plan.changes] == ["create", "new_version"]
    assert codes(plan, limits) == ["G003"]


def test_a_fee_that_comes_or_goes_is_steep_and_one_that_stays_nothing_is_not() -> None:
    limits = Limits(amount_percent=Decimal(50))

    def hook(fee: str | None) -> Resource[Spec]:
        bare = want("toy.hook", "h", url="u")
        return bare if fee is None else want("toy.hook", "h", url="u", fee=Money(Decimal(fee), "usd"))

    def told(was: str | None, will: str | None) -> list[str]:
        before, after = hook(was), hook(will)
        there = found("toy.hook", "h", "h1", written=before, **dict(before.spec))
        return [each.summary for each in guard(planned([after], [there]), limits, {})]

    assert told(None, "5") == ["toy.hook/h changes fee from nothing (nothing -> $5.00), more than the 50 % test allows"]
    assert told("5", None) == ["toy.hook/h changes fee by 100 % ($5.00 -> nothing), more than the 50 % test allows"]
    assert told("5", "5") == told(None, "0") == told("0", None) == []


def test_a_number_that_says_what_an_amount_is_for_is_weighed_as_one() -> None:
    """A package of a thousand that becomes one of one costs a thousand times as much."""

    def told(was: int | None, will: int | None, limit: int = 50) -> list[str]:
        before, after = (want("toy.hook", "h", url="u", **({"pack": each} if each else {})) for each in (was, will))
        there = found("toy.hook", "h", "h1", written=before, **dict(before.spec))
        return [each.summary for each in guard(planned([after], [there]), Limits(amount_percent=Decimal(limit)), {})]

    assert told(1000, 1) == ["toy.hook/h changes pack by 99900 % (1000 -> 1), more than the 50 % test allows"]
    assert told(2, None) == ["toy.hook/h changes pack by 100 % (2 -> nothing), more than the 50 % test allows"]
    assert told(None, 3) == ["toy.hook/h changes pack by 67 % (nothing -> 3), more than the 50 % test allows"]
    assert told(10, 12) == told(None, 1) == told(3, 3) == []


def test_nothing_in_one_currency_is_nothing_in_another() -> None:
    def told(was: Money, will: Money) -> list[str]:
        before, after = (want("toy.hook", "h", url="u", fee=each) for each in (was, will))
        there = found("toy.hook", "h", "h1", written=before, **dict(before.spec))
        return codes(planned([after], [there]), Limits(amount_percent=Decimal(50)))

    usd, eur, free = Money(Decimal(9), "usd"), Money(Decimal(0), "eur"), Money(Decimal(0), "usd")
    assert told(usd, Money(Decimal(9), "eur")) == ["G002"]
    assert told(usd, eur) == ["G002"]
    assert told(eur, usd) == ["G002"]
    assert told(free, eur) == []


def test_what_moves_no_amount_is_not_weighed() -> None:
    """Not even where no amount may move at all."""
    before, after = (want("toy.hook", "h", url=each, fee=Money(Decimal(9), "usd")) for each in ("u", "v"))
    there = found("toy.hook", "h", "h1", written=before, **dict(before.spec))
    assert codes(planned([after], [there]), Limits(amount_percent=Decimal(0))) == []
