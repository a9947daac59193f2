"""What others do to the same account, in the Dashboard or from elsewhere: theirs stays theirs, ours comes right."""

from __future__ import annotations

from typing import Any

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
