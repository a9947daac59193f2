"""The example catalog, whole, through every kind."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from billform.catalog.load import load
from billform.core.plan import Plan

from .shop import KINDS, Shop

EXAMPLE = Path(__file__).parents[3] / "catalog"
FIELDS = {"stripe.default_price", "stripe.tax_settings"}
"""Kinds that are fields of something else rather than objects."""


def objects(shop: Shop) -> Counter[str]:
    return Counter(each.kind for each in shop.observe() if each.kind not in FIELDS)


def asked(plan: Plan) -> Counter[str]:
    return Counter(each.address.kind for each in plan.changes if each.address.kind not in FIELDS)


def test_the_example_catalog_is_made_and_then_nothing_is_left_to_do(shop: Shop) -> None:
    made = shop.apply(load(EXAMPLE))
    assert {each.address.kind for each in made.changes} == set(KINDS)


def test_each_object_is_made_in_one_request(shop: Shop) -> None:
    wanted = load(EXAMPLE)
    plan = shop.plan(wanted)
    shop.control("DELETE", "log")
    shop.run(plan)
    writes = [each for each in shop.requests() if each["method"] != "GET"]
    notes = [each for each in plan.changes if each.address.kind == "stripe.webhook_endpoint"]
    assert len(writes) == len(plan.changes) + len(notes)  # an endpoint is told that its secret is safe


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_lost_answers_make_nothing_twice(shop: Shop, seed: int) -> None:
    wanted, before = load(EXAMPLE), objects(shop)
    plan = shop.plan(wanted)
    fault = {"action": "lost_answer", "writes": True, "moment": "after", "probability": 0.3, "count": None}
    shop.control("POST", "faults", {**fault, "seed": seed})
    shop.run(plan)
    shop.control("DELETE", "faults")
    assert objects(shop) == before + asked(plan)
    assert not shop.plan(wanted).changes


@pytest.mark.parametrize("steps", range(5, 80, 20))
def test_a_run_that_was_cut_off_is_finished_by_the_next_without_making_anything_twice(shop: Shop, steps: int) -> None:
    wanted, before = load(EXAMPLE), objects(shop)
    plan = shop.plan(wanted)
    shop.run(plan, steps=steps)
    shop.apply(wanted)
    assert objects(shop) == before + asked(plan)


def test_a_catalog_that_leaves_takes_all_of_its_own_out_of_sale_and_nothing_else(shop: Shop) -> None:
    shop.raw("POST", "/v1/products", {"name": "Theirs", "id": "theirs"})
    wanted = load(EXAMPLE)
    shop.apply(wanted)
    shop.apply(wanted.model_copy(update={"plans": {}, "addons": {}, "meters": {}, "features": {}, "coupons": {},
                                         "promotion_codes": {}, "portal": {}}))  # fmt: skip
    gone = {"stripe.product", "stripe.price", "stripe.feature", "stripe.coupon"}
    assert [each.id for each in shop.observe(*gone) if each.active] == ["theirs"]
    assert all(each.active for each in shop.observe("stripe.meter")), "they count what subscribers use"
    made = shop.apply(wanted)
    assert {each.action for each in made.changes} <= {"restore", "create"}
    # Stripe forgets deleted coupons, and with them what their codes were for.
    assert {each.address.kind for each in made.changes if each.action == "create"} == {
        "stripe.coupon",
        "stripe.promotion_code",
    }
