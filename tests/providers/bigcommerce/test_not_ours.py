"""What a merchant made is the merchant's, however equal it is to what is wanted: it is never taken in silence."""

from __future__ import annotations

import pytest

from billform.core.diagnostic import BillformError
from billform.core.plan import Plan

from .catalogs import EMPTY
from .shop import Shop, actions, described

LISTS, GROUPS, ATTRIBUTES = "/v3/pricelists", "/v2/customer_groups", "/v3/customers/attributes"
WANTED = """
catalog: nimbus
plans:
  pro:
    charges: { base: { prices: { monthly: { every: month, amount: { usd: 49, eur: 45 } } } } }
    storefront: {}
storefront:
  price_lists: { europe: { currencies: [eur], storefronts: [eu] } }
  customer_groups: { partners: {} }
  customer_attributes: { status: {} }
"""
OURS = ("customer_attribute/main/status", "customer_group/main/partners", "price_list/main/europe")


def refused(made: Plan) -> list[str]:
    return sorted(str(each.address).removeprefix("bigcommerce.") for each in made.refusals if each.code == "P022")


def theirs(shop: Shop) -> None:
    """The merchant's own, equal to what is wanted in everything that these have."""
    shop.raw("POST", LISTS, {"name": "Europe", "active": True})
    shop.raw("POST", GROUPS, {"name": "Partners"})
    shop.raw("POST", ATTRIBUTES, [{"name": "status", "type": "string"}])


def test_a_merchants_list_group_and_attribute_are_not_taken_for_ours(shop: Shop) -> None:
    """A list has two fields, a group one: that they are equal says nothing."""
    theirs(shop)
    assert refused(shop.plan(WANTED)) == list(OURS)
    made = shop.apply(WANTED, adopt=("*",))
    assert [each for each in actions(made) if each.startswith("adopt")] == [
        f"adopt bigcommerce.{each}" for each in OURS
    ]
    assert described(shop.plan(WANTED)) == []


def test_a_list_that_somebody_uses_is_not_one_that_a_run_left_behind(shop: Shop) -> None:
    """The run wrote down that it would make a list, and nobody heard whether the store did."""
    shop.apply(EMPTY)
    shop.fault(action="server_error", method="POST", path=f"/stores/*{LISTS}", count=None)
    shop.fault(action="server_error", method="POST", path=f"/stores/*{GROUPS}", count=None)
    with pytest.raises(BillformError):
        shop.apply(WANTED)
    shop.control("DELETE", "faults")
    made = shop.raw("POST", LISTS, {"name": "Europe", "active": True})["data"]["id"]
    assert refused(shop.plan(WANTED)) == [], "nobody can tell it from one of ours: it is empty and nobody has it"
    shop.raw("POST", f"{LISTS}/assignments", [{"price_list_id": made, "channel_id": 1}])
    assert refused(shop.plan(WANTED)) == ["price_list/main/europe"]


def test_what_the_store_refused_to_make_is_not_about_to_be_made(shop: Shop) -> None:
    """A merchant who makes the list that the run could not make made it himself."""
    for path in (LISTS, GROUPS, ATTRIBUTES):
        shop.fault(action="server_error", status=422, method="POST", path=f"/stores/*{path}", count=None)
    with pytest.raises(BillformError):
        shop.apply(WANTED)
    shop.control("DELETE", "faults")
    theirs(shop)
    assert refused(shop.plan(WANTED)) == list(OURS)


def test_an_attribute_that_came_between_plan_and_apply_is_left_alone(shop: Shop) -> None:
    """The batch is refused; the one of that name that is there is not what was asked for."""
    catalog = shop.catalog(WANTED)

    async def work(store: object) -> None:
        made = await shop._plan(store, catalog, ())  # type: ignore[arg-type]  # the helper's own store
        shop.raw("POST", ATTRIBUTES, [{"name": "status", "type": "string"}])
        shop.fault(action="server_error", status=422, method="POST", path=f"/stores/*{ATTRIBUTES}", count=None)
        await shop._apply(store, made)  # type: ignore[arg-type]  # as above

    with pytest.raises(BillformError):
        shop.run(work, catalog)
    shop.control("DELETE", "faults")
    assert refused(shop.plan(WANTED)) == ["customer_attribute/main/status"]


def test_a_list_deleted_by_hand_and_made_again_is_recognised_after_a_stop(shop: Shop) -> None:
    """The mark of the one that was deleted is still there, and is no mark of the new one."""
    shop.settle(WANTED)
    (old,) = shop.raw("GET", LISTS)["data"]
    shop.raw("DELETE", f"{LISTS}?id:in={old['id']}")
    shop.fault(action="server_error", method="PUT", path="/stores/*/v3/store/metafields", nth=1, count=None)
    with pytest.raises(BillformError):
        shop.apply(WANTED)
    shop.control("DELETE", "faults")
    assert "adopt bigcommerce.price_list/main/europe" in actions(shop.apply(WANTED))
    assert described(shop.plan(WANTED)) == []


def test_a_list_that_a_merchant_gave_to_a_channel_is_told_by_the_plan(shop: Shop) -> None:
    """A channel has one list: assigning another one would drop the merchant's without a word."""
    mine = shop.raw("POST", LISTS, {"name": "Sale", "active": True})["data"]["id"]
    shop.raw("POST", f"{LISTS}/assignments", [{"price_list_id": mine, "channel_id": 2}])
    made = shop.plan(WANTED)
    (change,) = made.refusals
    assert (str(change.address), change.code) == ("bigcommerce.price_list_assignment/main/europe/-/eu", "K050")
    assert change.place
    assert f"the price list with the id {mine}" in str(change.why)
    assert change.way_out
    shop.raw("DELETE", f"{LISTS}/assignments?channel_id=2&price_list_id={mine}")
    shop.settle(WANTED)


def test_a_list_of_a_merchants_for_one_of_our_groups_is_told_by_the_plan(shop: Shop) -> None:
    """Also where the group was the merchant's own and is taken over by this very plan."""
    text = WANTED.replace("storefronts: [eu] }", "customer_groups: [partners] }")
    mine = shop.raw("POST", LISTS, {"name": "Sale", "active": True})["data"]["id"]
    theirs = shop.raw("POST", GROUPS, {"name": "Partners"})["id"]
    shop.raw("POST", f"{LISTS}/assignments", [{"price_list_id": mine, "customer_group_id": theirs}])
    made = shop.plan(text, adopt=("bigcommerce.customer_group/*",))
    assert [each.code for each in made.refusals] == ["K050"]


def test_a_list_that_a_merchant_gives_to_a_channel_after_the_plan_stays_there(shop: Shop) -> None:
    catalog = shop.catalog(WANTED)
    mine = shop.raw("POST", LISTS, {"name": "Sale", "active": True})["data"]["id"]

    async def work(store: object) -> None:
        made = await shop._plan(store, catalog, ())  # type: ignore[arg-type]  # the helper's own store
        shop.raw("POST", f"{LISTS}/assignments", [{"price_list_id": mine, "channel_id": 2}])
        await shop._apply(store, made)  # type: ignore[arg-type]  # as above

    with pytest.raises(BillformError) as caught:
        shop.run(work, catalog)
    assert [each.code for each in caught.value.diagnostics] == ["K050"]
    rows = shop.raw("GET", f"{LISTS}/assignments")["data"]
    assert [(each["price_list_id"], each["channel_id"]) for each in rows] == [(mine, 2)]
