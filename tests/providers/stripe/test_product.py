"""Products as stories: made under an id of ours, changed in place, archived and brought back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billform.catalog.models import Catalog
from billform.core.plan import Archive, Refuse, Restore, Update
from billform.providers.stripe.product import product_id

from .shop import Shop, catalog

RICH: dict[str, Any] = {
    "name": "Pro",
    "description": "For growing shops",
    "images": ["https://example.com/1.png", "https://example.com/0.png"],
    "url": "https://example.com/pro",
    "tax_code": "txcd_10103001",
    "statement_descriptor": "NIMBUS",
    "unit_label": "shop",
    "marketing_features": ["Fast", "Cheap", "Good"],
    "metadata": {"tier": "2"},
    "visibility": "hidden",
    "trial_days": 14,
    "features": {"projects": 50, "seats": "unlimited", "sso": True},
}


def with_plan(**words: Any) -> Catalog:
    return catalog(
        features={"projects": {"type": "limit"}, "seats": {"type": "limit"}, "sso": {}},
        plans={"pro": {"kind": "free", **words}},
    )


def test_every_field_is_made_and_read_back_as_it_was_written(shop: Shop) -> None:
    shop.apply(with_plan(**RICH))
    (live,) = shop.ours("stripe.product", "pro")
    assert live.id == "nimbus-pro"
    assert live.spec.images == ("https://example.com/1.png", "https://example.com/0.png")
    assert live.spec.marketing_features == ("Fast", "Cheap", "Good")
    assert live.spec.terms == {
        "visibility": "hidden",
        "trial_days": "14",
        "limit.projects": "50",
        "limit.seats": "unlimited",
    }
    assert live.spec.metadata == {"tier": "2"}


@pytest.mark.parametrize(
    "field",
    [
        "description",
        "images",
        "url",
        "tax_code",
        "unit_label",
        "marketing_features",
        "metadata",
        "visibility",
        "trial_days",
        "features",
    ],
)
def test_what_is_no_longer_declared_is_cleared(shop: Shop, field: str) -> None:
    shop.apply(with_plan(**RICH))
    made = shop.apply(with_plan(**{name: value for name, value in RICH.items() if name != field}))
    assert any(isinstance(each, Update) for each in made.changes)
    (live,) = shop.ours("stripe.product", "pro")
    name = {"visibility": "terms", "trial_days": "terms", "features": "terms"}.get(field, field)
    assert field not in str(getattr(live.spec, name))
    if name == field:
        assert not getattr(live.spec, field)


def test_a_statement_descriptor_stays_because_stripe_cannot_clear_it(shop: Shop) -> None:
    shop.apply(with_plan(**RICH))
    shop.apply(with_plan(**{name: value for name, value in RICH.items() if name != "statement_descriptor"}))
    (live,) = shop.ours("stripe.product", "pro")
    assert live.spec.statement_descriptor == "NIMBUS"
    shop.apply(with_plan(**{**RICH, "statement_descriptor": "NEW"}))
    assert shop.raw("GET", "/v1/products/nimbus-pro")["statement_descriptor"] == "NEW"


def test_metadata_and_fields_of_others_survive_every_change(shop: Shop) -> None:
    shop.apply(with_plan(name="Pro", metadata={"tier": "2"}))
    shop.raw("POST", "/v1/products/nimbus-pro", {"metadata[crm]": "77", "url": "https://example.com/elsewhere"})
    shop.apply(with_plan(name="Professional", metadata={"tier": "3"}))
    found = shop.raw("GET", "/v1/products/nimbus-pro")
    assert found["metadata"]["crm"] == "77"
    assert found["metadata"]["tier"] == "3"
    assert found["url"] == "https://example.com/elsewhere"
    shop.apply(with_plan(name="Professional"))
    assert shop.raw("GET", "/v1/products/nimbus-pro")["metadata"]["crm"] == "77"


def test_a_change_in_the_dashboard_is_put_back(shop: Shop) -> None:
    shop.apply(with_plan(**RICH))
    shop.raw("POST", "/v1/products/nimbus-pro", {"name": "Pro!", "images": ""})
    made = shop.apply(with_plan(**RICH))
    (change,) = made.changes
    assert isinstance(change, Update)
    assert change.cause == "outside"
    assert change.fields == ("images", "name")


def test_a_plan_that_leaves_and_comes_back_is_the_same_product(shop: Shop) -> None:
    shop.apply(with_plan(**RICH))
    made = shop.apply(catalog(features={"projects": {}, "seats": {}, "sso": {}}))
    assert any(isinstance(each, Archive) and each.address.kind == "stripe.product" for each in made.changes)
    assert shop.raw("GET", "/v1/products/nimbus-pro")["active"] is False
    made = shop.apply(with_plan(**RICH))
    assert [each.found.id for each in made.changes if isinstance(each, Restore)] == ["nimbus-pro"]
    assert shop.raw("GET", "/v1/products/nimbus-pro")["active"] is True


def test_archiving_twice_is_harmless_and_so_is_a_product_that_is_gone(shop: Shop) -> None:
    shop.apply(with_plan(**RICH))
    (live,) = shop.ours("stripe.product", "pro")

    async def retire(client: Any) -> None:
        from billform.providers.stripe.product import KIND

        for key in ("a", "b"):
            await KIND.retire(client, live, key)
        await client.delete("/v1/products", live.id)
        await KIND.retire(client, live, "c")

    shop.with_client(retire)
    assert not shop.ours("stripe.product", "pro")


def test_a_copy_made_in_the_dashboard_is_not_ours(shop: Shop) -> None:
    shop.apply(with_plan(name="Pro"))
    metadata = shop.raw("GET", "/v1/products/nimbus-pro")["metadata"]
    shop.raw("POST", "/v1/products", {"name": "Copy", **{f"metadata[{k}]": v for k, v in metadata.items()}})
    assert not shop.plan(with_plan(name="Pro")).changes
    copy = next(each for each in shop.observe("stripe.product") if each.id != "nimbus-pro")
    assert copy.mark is None


def test_an_id_that_somebody_else_took_is_a_finding_and_can_be_adopted(shop: Shop) -> None:
    shop.raw("POST", "/v1/products", {"name": "Older", "id": "nimbus-pro", "metadata[crm]": "1"})
    (change,) = [each for each in shop.plan(with_plan(name="Pro")).changes if each.address.kind == "stripe.product"]
    assert isinstance(change, Refuse)
    assert change.code == "P022"
    shop.apply(with_plan(name="Pro"), adopt=("stripe.product/pro",))
    found = shop.raw("GET", "/v1/products/nimbus-pro")
    assert found["name"] == "Pro Plan"
    assert found["metadata"]["crm"] == "1"


def test_a_metadata_key_may_have_blanks_in_it(shop: Shop) -> None:
    shop.apply(with_plan(name="Pro", metadata={"cost center": "7", "50 % off": "no"}))
    shop.apply(with_plan(name="Pro", metadata={"cost center": "8"}))
    found = shop.raw("GET", "/v1/products/nimbus-pro")["metadata"]
    assert found["cost center"] == "8"
    assert "50 % off" not in found


def test_an_add_on_may_be_for_many_plans(shop: Shop) -> None:
    price = {"monthly": {"every": "month", "amount": 5}}
    plans = {f"a-rather-long-key-{number:02}": {"charges": {"base": {"prices": price}}} for number in range(40)}
    shop.apply(catalog(plans=plans, addons={"extra": {"for_plans": list(plans), "prices": price}}))


def test_forty_long_metadata_keys_fit_beside_the_mark(shop: Shop) -> None:
    many = {f"key-{number:02d}-{'x' * 33}": "value" for number in range(40)}
    shop.apply(with_plan(**{**RICH, "metadata": many}))
    shop.apply(with_plan(**{**RICH, "metadata": {"one": "1"}}))
    (live,) = shop.ours("stripe.product", "pro")
    assert live.spec.metadata == {"one": "1"}
    assert len(shop.raw("GET", "/v1/products/nimbus-pro")["metadata"]) < 10


KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)


@given(KEYS | st.tuples(KEYS, KEYS).map(".".join), KEYS | st.tuples(KEYS, KEYS).map(".".join))
def test_two_addresses_never_share_an_id(one: str, other: str) -> None:
    assert (product_id("nimbus", one) == product_id("nimbus", other)) == (one == other)
