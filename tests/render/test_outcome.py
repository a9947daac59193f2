"""Lines of progress, and the sentences that close an apply."""

from __future__ import annotations

import pytest

from billform.core.kind import AnyKind
from billform.core.plan import Plan
from billform.core.resource import Address
from billform.render.effort import Effort, effort
from billform.render.lines import width
from billform.render.outcome import (
    Ending,
    address_columns,
    made_lines,
    named,
    outcome_summary,
    progress_line,
    retired,
)
from tests.core.toys import KINDS, planned, want
from tests.render import stories


def shown(plan: Plan, ending: Ending = Ending.DONE, note: str = "") -> str:
    change = plan.changes[0]
    line = progress_line(4, 7, change, ending, identity="price_1Qb2", seconds=0.94, note=note, columns=30)
    return line.text.rstrip()


def test_a_change_that_was_made() -> None:
    plan = stories.price_rise()
    assert shown(plan, note=retired(plan.changes[0])) == (
        "[4/7] ± toy.price/pro.monthly           price_1Qb2                      0.9s  price_1PfA archived"
    )


def test_a_change_that_failed_and_one_that_was_not_begun() -> None:
    plan = stories.price_rise()
    assert shown(plan, Ending.FAILED, "V003").startswith("[4/7] x toy.price/pro.monthly ")
    assert shown(plan, Ending.FAILED, "V003").endswith("0.9s  V003")
    assert shown(plan, Ending.SKIPPED, "it waits for x").startswith("[4/7] · ")
    assert shown(plan, Ending.SKIPPED, "it waits for x").endswith("skipped  it waits for x")


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (stories.price_rise, "price_1PfA archived"),
        (stories.price_rise_rolled_back, "price_1Qb2 archived"),
        (stories.recreate, "promo_1 deleted"),
        (stories.archive, ""),
        (stories.first_run, ""),
        (stories.refuse, ""),
    ],
)
def test_what_goes_out_of_sale_with_a_change(story: stories.Story, expected: str) -> None:
    assert retired(story().changes[0]) == expected


def test_what_the_vendor_can_only_deactivate_is_not_said_to_be_deleted() -> None:
    (change,) = stories.recreate().changes
    code = change.model_copy(update={"address": Address("stripe.promotion_code", "welcome")})
    assert retired(code) == "promo_1 deactivated"


def test_numbers_and_addresses_stand_in_columns() -> None:
    plan = stories.first_run()
    columns = address_columns(plan.changes)
    lines = [
        progress_line(number, 12, change, Ending.DONE, identity="id", seconds=1, columns=columns).text
        for number, change in zip((1, 12), plan.changes, strict=True)
    ]
    assert [each.index("id  ") for each in lines] == [lines[0].index("id  ")] * 2
    assert lines[0].startswith("[ 1/12] ")


def test_a_narrow_screen_gets_no_padding() -> None:
    plan = stories.first_run()
    columns = address_columns(plan.changes, 60)
    line = progress_line(1, 2, plan.changes[1], Ending.DONE, identity="price_1", seconds=1, columns=columns)
    assert line.text.rstrip() == "[1/2] + toy.price/pro.monthly  price_1  1.0s"


def test_the_summary_has_one_shape() -> None:
    assert outcome_summary(done=6, failed=1, skipped=0) == "Applied 6 of 7. 1 failed, 0 skipped."
    assert outcome_summary(done=1204, failed=0, skipped=0) == "Applied 1,204 of 1,204. 0 failed, 0 skipped."


def test_what_was_made_is_counted_by_noun() -> None:
    assert list(made_lines(stories.first_run())) == ["toy has 1 price and 1 product."]
    assert list(made_lines(stories.archive())) == []


def test_a_few_are_named_and_the_rest_counted() -> None:
    addresses = [Address("toy.price", str(number)) for number in range(8)]
    assert named(addresses[:2]) == "toy.price/0, toy.price/1"
    assert named(addresses) == "toy.price/0, toy.price/1, toy.price/2, toy.price/3, toy.price/4 and 3 more"


def test_requests_count_batches_and_seconds_the_longest_way() -> None:
    class Batched(type(KINDS["toy.shelf"])):  # type: ignore[misc]  # a class made from an instance's
        batch = 10

    kinds: dict[str, AnyKind] = {**KINDS, "toy.shelf": Batched()}
    plan = planned([want("toy.shelf", f"s{number}", name=f"Shelf {number}") for number in range(25)])
    assert effort(plan, KINDS).requests == 25
    assert effort(plan, kinds) == Effort(requests=3, seconds=1)


def test_columns_hold_for_wide_letters() -> None:
    plan = planned([want("toy.product", "プロ", name="x"), want("toy.product", "pro", name="y")])
    columns = address_columns(plan.changes)
    lines = [
        progress_line(1, 2, each, Ending.DONE, identity="id", seconds=1, columns=columns).text for each in plan.changes
    ]
    assert width(lines[0]) == width(lines[1])
