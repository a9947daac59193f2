"""Something gets another key in the files: what has a unique name at Stripe goes on, or hands it on."""

from __future__ import annotations

from typing import Any

import pytest

from billform.catalog.models import Catalog
from billform.core.plan import Create

from .shop import Shop, catalog


def monthly(key: str = "monthly", amount: str = "49", **more: Any) -> Catalog:
    price = {"every": "month", "amount": amount, "lookup_key": "pro_monthly", **more}
    return catalog(plans={"pro": {"charges": {"base": {"prices": {key: price}}}}})


def done(made: Any, kind: str) -> list[tuple[str, str]]:
    return [(each.action, each.address.key) for each in made.changes if each.address.kind == f"stripe.{kind}"]


def under_the_key(shop: Shop) -> list[tuple[str, bool]]:
    rows = shop.raw("GET", "/v1/prices?lookup_keys[]=pro_monthly")["data"]
    return [(each["id"], each["active"]) for each in rows]


def test_a_price_keeps_its_id(shop: Shop) -> None:
    shop.apply(monthly())
    before = under_the_key(shop)
    made = shop.apply(monthly("each_month"))
    assert done(made, "price") == [("adopt", "pro.base.each_month")]
    assert under_the_key(shop) == before
    assert not shop.plan(monthly("each_month")).changes


def test_a_price_that_was_archived_hands_its_key_to_one_that_costs_something_else(shop: Shop) -> None:
    """The old one is out of the catalog and keeps the key for ever: nobody could free it but by hand."""
    shop.apply(monthly())
    shop.apply(catalog())
    (old,) = under_the_key(shop)
    made = shop.apply(monthly("each_month", "59"))
    # The product comes back, and would bring its old price along.
    assert done(made, "price") == [("create", "pro.base.each_month"), ("archive", "pro.base.monthly")]
    (new,) = under_the_key(shop)
    assert (new[0] != old[0], new[1]) == (True, True)
    assert not shop.plan(monthly("each_month", "59")).changes


def test_what_a_tier_costs_is_weighed_beside_the_one_whose_key_it_takes(shop: Shop) -> None:
    def tiered(key: str, unit: str) -> Catalog:
        price = {"every": "month", "tiers": {"steps": [{"up_to": 10, "unit": "5"}, {"unit": unit}]}}
        prices = {key: {**price, "lookup_key": "pro_seats"}}
        return catalog(plans={"pro": {"charges": {"seats": {"unit_label": "seat", "prices": prices}}}})

    shop.apply(tiered("monthly", "4"))
    shop.apply(catalog())
    made = shop.plan(tiered("each_month", "40"))
    (change,) = [each for each in made.changes if isinstance(each, Create) and each.address.kind == "stripe.price"]
    assert change.weighed


@pytest.mark.parametrize("whose", [{}, {"metadata[billform_catalog]": "other", "metadata[billform_key]": "x"}])
@pytest.mark.parametrize("active", ["true", "false"])
def test_a_key_of_somebody_elses_is_not_taken(shop: Shop, whose: dict[str, str], active: str) -> None:
    """Stripe would move it without a word."""
    shop.raw("POST", "/v1/products", {"name": "Other", "id": "other"})
    form = {"product": "other", "currency": "usd", "unit_amount": "1", "lookup_key": "pro_monthly", "active": active}
    theirs = shop.raw("POST", "/v1/prices", {**form, **whose})["id"]
    assert [each.code for each in shop.plan(monthly()).refusals] == ["P022"]
    assert shop.raw("GET", f"/v1/prices/{theirs}")["lookup_key"] == "pro_monthly"


def test_a_coupon_and_its_code_go_on(shop: Shop) -> None:
    def sale(key: str) -> Catalog:
        return catalog(
            coupons={key: {"id": "SUMMER", "percent_off": 20}},
            promotion_codes={key: {"coupon": key, "code": "SUN"}},
        )

    shop.apply(sale("summer"))
    made = shop.apply(sale("sun"))
    assert done(made, "coupon") == [("adopt", "sun")]
    assert done(made, "promotion_code") == [("adopt", "sun")]
    assert not shop.plan(sale("sun")).changes


def test_an_endpoint_is_made_anew_for_its_secret_goes_by_its_key(shop: Shop) -> None:
    def hook(key: str) -> Catalog:
        return catalog(webhooks={"stripe": {key: {"url": "https://hooks.example/a", "events": ["invoice.paid"]}}})

    shop.apply(hook("worker"))
    made = shop.apply(hook("billing"))
    assert done(made, "webhook_endpoint") == [("create", "billing"), ("archive", "worker")]
    assert len(shop.raw("GET", "/v1/webhook_endpoints")["data"]) == 1
