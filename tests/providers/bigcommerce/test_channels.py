"""A storefront names its channel: where that name says more than one, products could be sold nowhere."""

from __future__ import annotations

import pytest

from billform.core.diagnostic import BillformError

from .catalogs import edited
from .shop import HASH, Shop, described

PATH = "/v3/catalog/products/channel-assignments"
ONE = edited(("storefronts: [eu]", "storefronts: [us]"))


def twins(shop: Shop, old: str, new: str) -> None:
    """Two channels called `Nimbus US`: the elder with the id 1, the younger with the id 2."""
    us = shop.environment.storefronts["us"]
    shop.environment = shop.environment.model_copy(update={"storefronts": {"us": us}}).located("test")
    for number, status in ((1, old), (2, new)):
        row = {"name": "Nimbus US", "status": status}
        shop.control("PATCH", f"bigcommerce/objects/{HASH}/channels/{number}", row)


def sold_on(shop: Shop) -> list[int]:
    return [each["channel_id"] for each in shop.raw("GET", PATH)["data"]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("archived", "active"),
        ("archived", "inactive"),
        ("deleted", "prelaunch"),
        ("inactive", "active"),
        ("disconnected", "connected"),
    ],
)
def test_of_two_channels_of_one_name_the_one_that_sells_is_meant(shop: Shop, old: str, new: str) -> None:
    """The elder is what is left of a storefront that was moved."""
    twins(shop, old, new)
    shop.settle(ONE)
    assert sold_on(shop) == [2]


def test_an_assignment_made_by_hand_is_found_on_the_channel_that_sells(shop: Shop) -> None:
    """The product was on the old channel; somebody has put it on the new one already, and it stays there."""
    twins(shop, "active", "archived")
    shop.settle(ONE)
    twins(shop, "archived", "active")
    product = shop.raw("GET", "/v3/catalog/products")["data"][0]["id"]
    shop.raw("PUT", PATH, [{"product_id": product, "channel_id": 2}])
    shop.apply(ONE)
    assert 2 in sold_on(shop)
    assert described(shop.plan(ONE)) == []


@pytest.mark.parametrize(("old", "new"), [("active", "prelaunch"), ("inactive", "inactive")])
def test_two_channels_of_one_name_stop_everything(shop: Shop, old: str, new: str) -> None:
    twins(shop, old, new)
    with pytest.raises(BillformError) as caught:
        shop.plan(ONE)
    (found,) = caught.value.diagnostics
    assert (found.code, found.summary) == (
        "K047",
        f"several channels of the store `main` are called 'Nimbus US': id 1 ({old}), id 2 ({new})",
    )
    assert shop.writes() == []


def test_two_channels_that_no_storefront_names_are_nobodys_business(shop: Shop) -> None:
    twins(shop, "active", "archived")
    words = {"us": shop.environment.storefronts["us"].model_copy(update={"channel": "Moon"})}
    for number in (1, 2):
        shop.control("PATCH", f"bigcommerce/objects/{HASH}/channels/{number}", {"name": "Old", "status": "active"})
    shop.environment = shop.environment.model_copy(update={"storefronts": words})
    assert "there is no channel named 'Moon' at bigcommerce" in {each.why for each in shop.plan(ONE).refusals}
