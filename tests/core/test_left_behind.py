"""A name that an object of ours has which left the catalog: it is nobody's any more, and must stop nobody for ever."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billform.core.guard import Limits, guard
from billform.core.plan import Adopt, Cause, Refuse, Restore
from billform.core.resource import Live, Ref, Resource, Spec
from tests.core.shop import PROD_1, live_product, price, product, told, usd
from tests.core.toys import found, lines, planned, want

MOVED = "was toy.price/pro.each_month, which the catalog no longer has; it goes on under this key"


def old_price(amount: str = "49", **fields: Any) -> Live[Spec]:
    """Ours, made under another key, and still under the lookup key that is wanted."""
    return found(
        "toy.price",
        "pro.each_month",
        "price_1",
        product=PROD_1,
        unit_amount=usd(amount),
        natural=["pro.monthly"],
        **fields,
    )


def old_group(key: str = "old", **fields: Any) -> Live[Spec]:
    return found("toy.group", key, "g1", **{"name": "VIPs", "natural": ["VIPs"], **fields})


def group(key: str = "vips", name: str = "VIPs", **fields: Any) -> Resource[Spec]:
    return want("toy.group", key, name=name, **fields)


def test_a_price_that_was_only_given_another_key_goes_on_with_its_id() -> None:
    made = planned([product(), price()], [live_product(), old_price()])
    assert (lines(made), made.findings) == (["adopt toy.price/pro.monthly price_1"], ())
    (change,) = made.changes
    assert isinstance(change, Adopt)
    assert (change.why, change.cause, change.spec) == (MOVED, Cause.CATALOG, price().spec)


def test_one_that_was_archived_long_ago_goes_back_on_sale_under_the_new_key() -> None:
    made = planned([product(), price()], [live_product(), old_price(active=False)])
    assert (lines(made), made.findings) == (["restore toy.price/pro.monthly price_1"], ())
    (change,) = made.changes
    assert isinstance(change, Restore)
    assert change.why == MOVED


@pytest.mark.parametrize(("active", "goes"), [(True, ["archive toy.price/pro.each_month price_1"]), (False, [])])
def test_one_that_costs_something_else_hands_its_key_to_a_new_one(active: bool, goes: list[str]) -> None:
    """The vendor moves the key in the create itself; the plan rests on who has it."""
    made = planned([product(), price("59")], [live_product(), old_price(active=active)])
    assert (lines(made), made.findings) == (["create toy.price/pro.monthly", *goes], ())
    assert {(str(each.address), each.id) for each in made.basis} >= {("toy.price/pro.monthly", "price_1")}


def test_one_that_takes_the_key_of_an_archived_one_is_weighed_beside_it() -> None:
    """A slipped comma must not pass for a new price, only because the key was changed on the way."""
    made = planned([product(), price("490")], [live_product(), old_price(active=False)])
    (change,) = made.changes
    assert change.why == "has its name from toy.price/pro.each_month (price_1), which the catalog no longer has"
    assert [each.code for each in guard(made, Limits(amount_percent=Decimal(30)), {})] == ["G002"]
    made = planned([product(), price("50")], [live_product(), old_price(active=False)])
    assert guard(made, Limits(amount_percent=Decimal(30)), {}) == ()


def test_what_refers_to_the_one_that_goes_on_does_not_change() -> None:
    main = want("toy.main", "pro", price=Ref.to(price().address))
    live = found("toy.main", None, "m", price=Ref.found("toy.price", "price_1"), natural=["pro"])
    made = planned([product(), price(), main], [live_product(), old_price(), live])
    assert lines(made) == ["adopt toy.price/pro.monthly price_1"]


def test_a_key_of_another_catalog_or_of_nobody_is_never_taken() -> None:
    for whose in ({"catalog": "another"}, {"key": None}):
        key = whose.get("key", "pro.each_month")
        other = found(
            "toy.price",
            key,
            "price_1",
            product=PROD_1,
            unit_amount=usd("49"),
            natural=["pro.monthly"],
            active=False,
            catalog=whose.get("catalog") or "shop",
        )
        made = planned([product(), price("59")], [live_product(), other])
        assert [each.code for each in made.findings] == ["P022"]
        assert [type(each) for each in made.changes] == [Refuse]


@pytest.mark.parametrize("key", ["pro.each_month", "pro.per_month"])
def test_a_key_that_goes_from_one_price_to_another_moves(key: str) -> None:
    """Whichever of the two is looked at first; the rules see to it that no two want one key."""
    still = want("toy.price", key, product=Ref.to(product().address), unit_amount=usd("49"))
    words: dict[str, Any] = {"product": PROD_1, "unit_amount": usd("49"), "natural": ["pro.monthly"]}
    live = found("toy.price", key, "price_1", written=still, **words)
    made = planned([product(), price("59"), still], [live_product(), live])
    assert (lines(made), made.findings) == (["create toy.price/pro.monthly"], ())


def test_where_neither_is_possible_the_way_out_is_exact() -> None:
    made = planned([group(sort="ranked")], [old_group(label="id 1")])
    assert told(made)[0] == (
        "P024",
        "error",
        "toy.group/vips",
        "toy.group/vips: toy.group/old (id 1) is no longer in the catalog and still holds the same unique name or code,"
        " and differs in sort, which the vendor fixes"
        " | give this one another name or code, or change that of id 1 at toy",
    )


def test_a_group_that_is_never_taken_away_goes_on_under_another_key() -> None:
    made = planned([group()], [old_group()])
    assert (lines(made), made.findings) == (["adopt toy.group/vips g1"], ())


@pytest.mark.parametrize("active", [True, False])
def test_an_object_that_is_renamed_to_the_name_of_one_that_left_is_refused_with_the_way_out(active: bool) -> None:
    """The vendor would refuse it, at apply."""
    mine = found("toy.group", "vips", "g2", name="Very", natural=["Very"])
    made = planned([group()], [mine, old_group(active=active)])
    assert told(made)[0][0] == "P024"
    assert told(made)[0][3] == (
        "toy.group/vips: toy.group/old (g1) is no longer in the catalog and still holds the unique name or code VIPs, "
        "which this one is to change to | give this one another name or code, or change that of g1 at toy"
    )


def test_a_code_that_leaves_with_the_same_plan_is_taken_out_first() -> None:
    code = want("toy.code", "summer", code="SUN", product=Ref.to(product().address))
    old = found("toy.code", "sun", "c1", code="SUN", natural=["SUN"])
    made = planned([product(), code], [live_product(), old])
    assert [(each.code, each.hint) for each in made.findings] == [
        ("P024", "take that out first, with `--only toy.code/sun`, and run this again")
    ]
