"""A product that is taken over brings along what is attached to it."""

from __future__ import annotations

from .shop import Shop
from .test_usage_and_features import attached, entitled


def test_a_feature_that_a_plan_loses_as_it_is_taken_over_is_in_the_plan(shop: Shop) -> None:
    shop.apply(entitled("sso", projects=50))
    marks = shop.raw("GET", "/v1/products/nimbus-pro")["metadata"]
    shop.raw("POST", "/v1/products/nimbus-pro", {f"metadata[{each}]": "" for each in marks})
    wanted = entitled(projects=50)
    assert [each.action for each in shop.plan(wanted).changes if each.action != "refuse"] == [], "it stays as it is"
    made = shop.apply(wanted, adopt=("stripe.product/pro",))
    assert sorted((each.action, str(each.address)) for each in made.changes) == [
        ("adopt", "stripe.product/pro"),
        ("archive", "stripe.product_feature/nimbus-pro+sso"),
    ]
    assert attached(shop) == {"projects"}
    assert not shop.plan(wanted).changes
