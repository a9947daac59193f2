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
