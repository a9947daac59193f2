"""What others do to the same account, in the Dashboard or from elsewhere: theirs stays theirs, ours comes right."""

from __future__ import annotations

from typing import Any

import pytest

from billform.providers.http import VendorError

from .shop import Shop, catalog


def selling(amount: int = 49, **words: Any) -> Any:
    price = {"every": "month", "amount": amount, **words}
    return catalog(plans={"pro": {"name": "Pro", "charges": {"base": {"prices": {"monthly": price}}}}})


def prices(shop: Shop, **filters: str) -> list[Any]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    found: list[Any] = shop.raw("GET", f"/v1/prices?limit=100&{query}")["data"]
    return found


def marked(metadata: dict[str, str]) -> dict[str, str]:
    """Metadata as form parameters: what a copy takes along."""
    return {f"metadata[{key}]": value for key, value in metadata.items()}


def test_the_prices_of_a_product_that_somebody_copied_are_prices_of_the_copy(shop: Shop) -> None:
    shop.apply(selling())
    (ours,) = prices(shop)
    shop.control("PUT", "clock", {"offset": 3600})
    mark = marked(shop.raw("GET", "/v1/products/nimbus-pro")["metadata"])
    copy = shop.raw("POST", "/v1/products", {"name": "Pro for Acme", **mark})["id"]
    amount = {"currency": "usd", "unit_amount": "1900", "recurring[interval]": "month"}
    theirs = shop.raw("POST", "/v1/prices", {"product": copy, **amount, **marked(ours["metadata"])})["id"]
    shop.raw("POST", f"/v1/products/{copy}", {"default_price": theirs})
    assert not shop.plan(selling()).changes
    shop.apply(selling(59))
    shop.apply(catalog())
    assert shop.raw("GET", f"/v1/prices/{theirs}")["active"]


def test_a_lookup_key_that_somebody_took_after_the_plan_stays_with_them(shop: Shop) -> None:
    made = shop.plan(selling())
    other = shop.raw("POST", "/v1/products", {"name": "Theirs"})["id"]
    amount = {"currency": "usd", "unit_amount": "1900", "lookup_key": "pro.base.monthly"}
    theirs = shop.raw("POST", "/v1/prices", {"product": other, **amount})["id"]
    with pytest.raises(VendorError, match="already uses that lookup key"):
        shop.run(made)
    assert shop.raw("GET", f"/v1/prices/{theirs}")["lookup_key"] == "pro.base.monthly"
    assert len(prices(shop)) == 1
    assert "P022" in [each.code for each in shop.plan(selling()).findings]


def test_a_price_that_is_asked_for_under_another_idempotency_key_is_not_made_twice(shop: Shop) -> None:
    """The lookup key is taken by the very price that is asked for."""
    made = shop.plan(selling())
    shop.run(made)
    shop.run(made.model_copy(update={"epoch": "a day later"}))
    assert len(prices(shop)) == 1


def test_a_price_under_a_new_address_takes_the_lookup_key_from_one_that_leaves(shop: Shop) -> None:
    shop.apply(selling(lookup_key="pro"))
    (old,) = prices(shop)
    yearly = {"every": "year", "amount": 490, "lookup_key": "pro"}
    shop.apply(catalog(plans={"pro": {"name": "Pro", "charges": {"base": {"prices": {"yearly": yearly}}}}}))
    (new,) = prices(shop)
    assert (new["lookup_key"], new["id"] != old["id"]) == ("pro", True)
    assert [each["id"] for each in prices(shop, active="false")] == [old["id"]]
