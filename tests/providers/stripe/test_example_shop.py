"""The example catalog, whole, through every kind."""

from __future__ import annotations

from pathlib import Path

from billform.catalog.load import load

from .shop import Shop

EXAMPLE = Path(__file__).parents[3] / "catalog"


def test_the_example_catalog_is_made_and_then_nothing_is_left_to_do(shop: Shop) -> None:
    made = shop.apply(load(EXAMPLE))
    assert {each.address.kind for each in made.changes} >= {
        "stripe.product",
        "stripe.price",
        "stripe.default_price",
        "stripe.meter",
        "stripe.feature",
        "stripe.product_feature",
        "stripe.coupon",
        "stripe.promotion_code",
        "stripe.portal_configuration",
        "stripe.tax_settings",
        "stripe.tax_registration",
        "stripe.payment_method_configuration",
        "stripe.webhook_endpoint",
    }


def test_each_object_is_made_in_one_request(shop: Shop) -> None:
    wanted = load(EXAMPLE)
    plan = shop.plan(wanted)
    shop.control("DELETE", "log")
    shop.run(plan)
    writes = [each for each in shop.requests() if each["method"] != "GET"]
    notes = [each for each in plan.changes if each.address.kind == "stripe.webhook_endpoint"]
    assert len(writes) == len(plan.changes) + len(notes)  # an endpoint is told that its secret is safe
