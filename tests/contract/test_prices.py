"""A price rises, falls and rises again: one key, one current price, the same ids, whatever stops us on the way."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from billform.core.resource import Resource, Spec
from billform.providers.stripe.portal_spec import OnOffer, SubscriptionUpdate

from .bench import Bench, lines
from .samples import ref, want
from .samples_sold import PRO, YEARLY, eur, usd, yen
from .samples_store import SHELF, SHELF_MONTHLY

KEY = "pro-monthly"
MOST = 12


def monthly(amount: str, **fields: Any) -> Resource[Spec]:
    """What Pro costs a month."""
    return want(
        "stripe.price",
        "pro.base.monthly",
        product=ref("stripe.product/pro"),
        currency="usd",
        unit_amount=usd(amount),
        interval="month",
        lookup_key=KEY,
        **fields,
    )


DEFAULT = want(
    "stripe.default_price",
    "pro",
    product_id="nimbus-pro",
    product=ref("stripe.product/pro"),
    price=ref("stripe.price/pro.base.monthly"),
)
PORTAL = want(
    "stripe.portal_configuration",
    "main",
    name="Portal",
    subscription_update=SubscriptionUpdate(enabled=True, allowed_updates=("price",)),
    on_offer=tuple(
        OnOffer(product=ref("stripe.product/pro"), price=ref(f"stripe.price/pro.base.{each}"))
        for each in ("monthly", "yearly")
    ),
)
LINK = want(
    "bigcommerce.metafield",
    "main/pro.base.monthly/price_id",
    resource=ref("bigcommerce.variant/main/pro.base.monthly"),
    namespace="stripe",
    key="price_id",
    target=ref("stripe.price/pro.base.monthly"),
    permission="read_and_sf_access",
)


def shop(price: Resource[Spec]) -> tuple[Resource[Spec], ...]:
    """The price with all that points at it."""
    return (PRO, price, YEARLY, DEFAULT, PORTAL, SHELF, SHELF_MONTHLY, LINK)


@pytest.fixture
def shelf(bench: Bench) -> Bench:
    """The shop with the price at $49."""
    bench.prepared("shop", *shop(monthly("49")))
    return bench


def current(bench: Bench) -> str:
    """The id of the price that stands for the address; everything points at it, and it alone is on sale."""
    price = bench.live(monthly("0"))
    assert len([each for each in bench.versions(monthly("0")) if each.active]) == 1
    assert price.spec.model_dump()["lookup_key"] == KEY
    assert bench.ask_raw("/v1/products/nimbus-pro")["default_price"] == price.id
    (portal,) = (
        each
        for each in bench.ask_raw(
            "/v1/billing_portal/configurations?expand[]=data.features.subscription_update.products"
        )["data"]
        if not each["is_default"]
    )
    assert price.id in portal["features"]["subscription_update"]["products"][0]["prices"]
    (field,) = bench.ask_raw("/v3/catalog/variants/metafields?namespace=stripe")["data"]
    assert field["value"] == price.id
    return price.id


def held_by_one(bench: Bench) -> bool:
    """Replays the account's events: once the key was given out, exactly one active price holds it, always."""
    requests: dict[str, list[Any]] = defaultdict(list)
    for event in reversed(bench.ask_raw("/v1/events?limit=100")["data"]):
        if event["data"]["object"]["object"] == "price":
            requests[event["request"]["id"]].append(event["data"]["object"])
    prices: dict[str, Any] = {}
    began = False
    for objects in requests.values():
        prices.update((each["id"], each) for each in objects)
        holders = [each for each in prices.values() if each["lookup_key"] == KEY]
        began = began or bool(holders)
        if began and [each["active"] for each in holders] != [True]:
            return False
    return began


def test_a_rise_makes_a_new_version_and_everything_points_at_it(shelf: Bench) -> None:
    old = current(shelf)
    made = shelf.settle(*shop(monthly("59")))
    assert {(each.action, str(each.address), each.cause.value) for each in made.changes} == {
        ("new_version", "stripe.price/pro.base.monthly", "catalog"),
        ("update", "stripe.default_price/pro", "follows"),
        ("update", "stripe.portal_configuration/main", "follows"),
        ("update", "bigcommerce.metafield/main/pro.base.monthly/price_id", "follows"),
    }
    new = current(shelf)
    assert new != old
    assert shelf.ask_raw(f"/v1/prices/{old}")["active"] is False
    assert held_by_one(shelf)


def test_going_back_puts_the_very_same_price_on_sale(shelf: Bench) -> None:
    """Rise, fall, rise, fall: two prices in all, also where Stripe still knows every key from the first time."""
    shelf.epoch = "within a day"
    first = current(shelf)
    shelf.settle(*shop(monthly("59")))
    second = current(shelf)
    for _ in range(2):
        made = shelf.settle(*shop(monthly("49")))
        assert ("restore", "stripe.price/pro.base.monthly") in {
            (each.action, str(each.address)) for each in made.changes
        }
        assert current(shelf) == first
        shelf.settle(*shop(monthly("59")))
        assert current(shelf) == second
    assert len(shelf.versions(monthly("0"))) == 2
    assert held_by_one(shelf)


def test_a_third_amount_is_a_third_price_and_all_three_can_come_back(shelf: Bench) -> None:
    shelf.epoch = "within a day"
    ids = {}
    for amount in ("49", "59", "69"):
        shelf.settle(*shop(monthly(amount)))
        ids[amount] = current(shelf)
    assert len(set(ids.values())) == 3
    for amount in ("59", "49", "69", "49"):
        shelf.settle(*shop(monthly(amount)))
        assert current(shelf) == ids[amount]
    assert held_by_one(shelf)


def test_a_price_that_nothing_points_at_is_archived_after_its_successor_stands(bench: Bench) -> None:
    """However long Stripe takes to make the new one."""
    bench.settle(PRO, monthly("49"))
    bench.control("POST", "faults", {"action": "latency", "path": "/v1/prices", "method": "POST", "ms": 50})
    bench.settle(PRO, monthly("59"))
    bench.control("DELETE", "faults")
    assert held_by_one(bench)


def test_what_can_change_in_place_keeps_the_price(shelf: Bench) -> None:
    """A further currency, a nickname, a tax behavior that was never chosen."""
    first = current(shelf)
    in_place: dict[str, Any] = {}
    for fields in (
        {"currency_options": {"eur": eur("45")}},
        {"currency_options": {"eur": eur("45"), "jpy": yen("6900")}},
        {"nickname": "Pro"},
        {"tax_behavior": "exclusive"},
    ):
        in_place |= fields
        shelf.settle(*shop(monthly("49", **in_place)))
        assert current(shelf) == first
    shelf.settle(*shop(monthly("49", **{**in_place, "currency_options": {"eur": eur("47"), "jpy": yen("6900")}})))
    assert current(shelf) != first
    assert held_by_one(shelf)


def test_a_rise_that_is_killed_at_any_write_is_finished_by_the_next_run(shelf: Bench) -> None:
    shelf.settle(*shop(monthly("59")))
    clean = shelf.world()
    for number in range(1, MOST):
        shelf.prepared("shop")
        made = shelf.plan(*shop(monthly("59")))
        with shelf.fault("cut_connection", nth=number, count=None):
            complete = shelf.apply(made).complete
        if complete:
            return
        shelf.settle(*shop(monthly("59")))
        current(shelf)
        assert shelf.world() == clean, f"killed at write {number}"
        assert held_by_one(shelf)
    raise AssertionError("more writes than anybody thought")


def test_a_rise_that_is_killed_at_any_write_can_be_taken_back(shelf: Bench) -> None:
    """Nobody has to go forward to come back: the price at $49 is the one it was."""
    first, before = current(shelf), shelf.world(on_sale=True)
    for number in range(1, MOST):
        shelf.prepared("shop")
        made = shelf.plan(*shop(monthly("59")))
        with shelf.fault("cut_connection", nth=number, count=None):
            complete = shelf.apply(made).complete
        shelf.settle(*shop(monthly("49")))
        assert current(shelf) == first, f"killed at write {number}"
        assert shelf.world(on_sale=True) == before
        assert held_by_one(shelf)
        if complete:
            return
    raise AssertionError("more writes than anybody thought")


def test_a_rollback_that_is_killed_at_any_write_is_finished_by_the_next_run(shelf: Bench) -> None:
    first = current(shelf)
    for number in range(1, MOST):
        shelf.prepared("shop")
        shelf.settle(*shop(monthly("59")))
        made = shelf.plan(*shop(monthly("49")))
        with shelf.fault("cut_connection", nth=number, count=None):
            complete = shelf.apply(made).complete
        if complete:
            return
        shelf.settle(*shop(monthly("49")))
        assert current(shelf) == first, f"killed at write {number}"
        assert held_by_one(shelf)
    raise AssertionError("more writes than anybody thought")


def test_a_key_that_somebody_moved_comes_home(shelf: Bench) -> None:
    """To the price that it belongs to, without a new version."""
    first = current(shelf)
    theirs = shelf.raw(
        "POST",
        "/v1/prices",
        {
            "product": "nimbus-pro",
            "currency": "usd",
            "unit_amount": 100,
            "lookup_key": KEY,
            "transfer_lookup_key": True,
            "recurring": {"interval": "month"},
        },
    )
    assert theirs.ok
    made = shelf.settle(*shop(monthly("49")))
    assert lines(made) == ['update stripe.price/pro.base.monthly outside [lookup_key None -> "pro-monthly"]']
    assert current(shelf) == first
