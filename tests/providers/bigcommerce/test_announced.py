"""What is written down before objects are made: it proves whose the unmarked ones are, costs little, and goes again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from billform.core.diagnostic import BillformError
from billform.core.plan import Plan
from billform.core.resource import Mark
from billform.providers.bigcommerce import announced
from billform.providers.bigcommerce.client import Store

from .catalogs import EMPTY
from .shop import Shop, described

PRODUCTS, VARIANTS, MARKS = "/v3/catalog/products", "/v3/catalog/variants", "/v3/store/metafields"
MONTHLY = "monthly: { every: month, amount: { usd: 49, eur: 45 } }"
YEARLY = "yearly: { every: year, amount: { usd: 490, eur: 450 } }"


def sold(*prices: str, key: str = "pro") -> str:
    return f"""
catalog: nimbus
plans:
  {key}:
    name: Pro
    charges: {{ base: {{ prices: {{ {", ".join(prices)} }} }} }}
    storefront: {{ sku: PRO, variants: {{ base.monthly: {{ sku: PRO-M }}, base.yearly: {{ sku: PRO-Y }} }} }}
"""


WANTED = sold(MONTHLY).replace(", base.yearly: { sku: PRO-Y }", "")
BOTH = sold(MONTHLY, YEARLY)


def told(made: Plan) -> list[tuple[str, str]]:
    return [(each.code, str(each.address)) for each in made.refusals]


def left_over(shop: Shop) -> list[str]:
    """Announcements in the store."""
    return [row["key"] for row in shop.raw("GET", f"{MARKS}?limit=250")["data"] if ".new." in row["key"]]


def lookalike(shop: Shop) -> dict[str, Any]:
    """A product that equals the wanted one in everything, for the merchant to make: what a run made, deleted again."""
    shop.settle(WANTED)
    (product,) = shop.raw("GET", PRODUCTS)["data"]
    body = {
        name: product[name]
        for name in ("name", "type", "sku", "price", "weight", "is_visible", "availability", "description")
    }
    shop.control("POST", "reset")
    for thing in shop.things.values():
        thing.lives.clear()
    return body


def variant(shop: Shop, product: int) -> int:
    """The merchant's own yearly variant of a product, equal in everything to the wanted one."""
    (option,) = shop.raw("GET", f"{PRODUCTS}/{product}/options")["data"]
    value = shop.raw(
        "POST", f"{PRODUCTS}/{product}/options/{option['id']}/values", {"label": "Yearly", "sort_order": 1}
    )["data"]
    choice = [{"option_id": option["id"], "id": value["id"]}]
    body = {"sku": "PRO-Y", "price": 490, "option_values": choice}
    made: int = shop.raw("POST", f"{PRODUCTS}/{product}/variants", body)["data"]["id"]
    return made


def test_a_merchants_product_is_not_taken_for_ours_however_equal_it_is(shop: Shop) -> None:
    shop.raw("POST", PRODUCTS, lookalike(shop))
    assert ("P022", "bigcommerce.product/main/pro") in told(shop.plan(WANTED))
    made = shop.apply(WANTED, adopt=("bigcommerce.product/*",))
    (adopted,) = (each for each in made.changes if each.action == "adopt")
    assert adopted.changes == (), "it is equal in everything, and that proves nothing"
    assert described(shop.plan(WANTED)) == []


def test_a_merchants_variant_of_our_product_is_not_taken_for_ours(shop: Shop) -> None:
    shop.settle(WANTED)
    (product,) = shop.raw("GET", PRODUCTS)["data"]
    variant(shop, product["id"])
    assert told(shop.plan(BOTH)) == [("P022", "bigcommerce.variant/main/pro.base.yearly")]
    made = shop.apply(BOTH, adopt=("bigcommerce.variant/*",))
    (adopted,) = (each for each in made.changes if each.action == "adopt")
    assert {each.path for each in adopted.changes} <= {"position"}
    assert described(shop.plan(BOTH)) == []


def test_what_a_stopped_run_had_announced_and_not_made_is_announced_anew(shop: Shop) -> None:
    """The merchant's product of that name, older than the second run, is not what that run makes."""
    shop.fault(action="server_error", method="POST", path=f"/stores/*{PRODUCTS}", count=None)
    with pytest.raises(BillformError):
        shop.apply(WANTED)
    shop.control("DELETE", "faults")
    assert left_over(shop) == ["product.new.1"]
    shop.settle(WANTED)
    assert left_over(shop) == []


def test_what_nobody_wants_any_more_is_cleared_away_by_the_next_run_that_writes(shop: Shop) -> None:
    shop.fault(action="server_error", method="POST", path=f"/stores/*{PRODUCTS}", count=None)
    with pytest.raises(BillformError):
        shop.apply(WANTED)
    shop.control("DELETE", "faults")
    shop.settle(EMPTY + "storefront: { customer_attributes: { status: {} } }\n")
    assert left_over(shop) == []
    shop.raw("POST", PRODUCTS, lookalike(shop))
    assert ("P022", "bigcommerce.product/main/pro") in told(shop.plan(WANTED))


def test_what_the_store_refuses_is_not_announced_any_more(shop: Shop) -> None:
    body = lookalike(shop)
    shop.fault(action="server_error", status=422, method="POST", path=f"/stores/*{PRODUCTS}", count=None)
    with pytest.raises(BillformError):
        shop.apply(WANTED)
    shop.control("DELETE", "faults")
    assert left_over(shop) == []
    shop.raw("POST", PRODUCTS, body)
    assert ("P022", "bigcommerce.product/main/pro") in told(shop.plan(WANTED))


def test_a_product_that_came_between_plan_and_apply_is_left_alone(shop: Shop) -> None:
    """The store refuses another of that name, and nobody hears it: what is there by that name is the merchant's."""
    body, catalog = lookalike(shop), shop.catalog(WANTED)

    async def work(store: Store) -> None:
        made = await shop._plan(store, catalog, ())
        shop.raw("POST", PRODUCTS, body)
        shop.fault(action="lost_answer", method="POST", path=f"/stores/*{PRODUCTS}")
        await shop._apply(store, made)

    with pytest.raises(BillformError, match="came to hold its name"):
        shop.run(work, catalog)
    assert ("P022", "bigcommerce.product/main/pro") in told(shop.plan(WANTED))
    assert left_over(shop) == []


def test_a_variant_that_came_between_plan_and_apply_is_left_alone(shop: Shop) -> None:
    """The batch is refused; the variant of that SKU that is there is not what was asked for."""
    shop.settle(WANTED)
    (product,) = shop.raw("GET", PRODUCTS)["data"]
    catalog = shop.catalog(BOTH)

    async def work(store: Store) -> None:
        made = await shop._plan(store, catalog, ())
        variant(shop, product["id"])
        await shop._apply(store, made)

    with pytest.raises(BillformError):
        shop.run(work, catalog)
    assert told(shop.plan(BOTH)) == [("P022", "bigcommerce.variant/main/pro.base.yearly")]
    assert left_over(shop) == []


def test_the_last_mark_takes_the_place_of_the_announcement(shop: Shop) -> None:
    """In one write: a request more, and a run that is killed before it would leave the announcement for good."""
    shop.fault(action="server_error", method="DELETE", path=f"/stores/*{MARKS}", count=None)
    more = (
        f"m{each}: {{ every: {each} months, amount: {{ usd: {49 * each}, eur: {45 * each} }} }}" for each in (2, 3, 4)
    )
    shop.settle(sold(MONTHLY, YEARLY, *more))
    assert left_over(shop) == []


def test_a_mark_of_which_no_answer_ever_said_that_it_is_there_is_looked_for(shop: Shop) -> None:
    """Else the announcement would wait for it, and no later run has a reason to write anything."""
    marks = [Mark("nimbus", each, "0" * 16) for each in ("one", "two")]

    async def work(store: Store) -> None:
        await store.marks.announce("product", {each: frozenset({f"name {each.key}"}) for each in marks}, 7)
        shop.fault(action="server_error", moment="before", path=f"/stores/*{MARKS}", method="POST")
        shop.fault(action="server_error", moment="after", path=f"/stores/*{MARKS}", method="POST")
        await store.marks.write("product", "8", marks[0])
        await store.marks.write("product", "9", marks[1])

    shop.run(work, shop.catalog(EMPTY))
    assert left_over(shop) == []
    assert len(shop.raw("GET", f"{MARKS}?limit=250")["data"]) == 2


def test_hundreds_of_objects_are_announced_with_one_request_and_leave_nothing(shop: Shop) -> None:
    marks = {Mark("nimbus", f"p{each}", "0" * 16): frozenset({f"name p{each}"}) for each in range(300)}

    async def work(store: Store) -> None:
        await store.marks.announce("product", marks, 7)

    catalog = shop.catalog(EMPTY)
    shop.run(work, catalog)
    assert shop.writes() == [f"POST {MARKS}"]

    async def finish(store: Store) -> None:
        (note,) = await store.marks.announcements("product")
        assert note.covers(frozenset({"name p3"}), 8) != note.covers(frozenset({"name p4"}), 8)
        assert note.covers(frozenset({"name p3"}), 7) is None, "it was there before"
        assert note.covers(frozenset({"name p3", "sku x"}), 8) is None
        for number, mark in enumerate(marks):
            await store.marks.write("product", str(8 + number), mark)

    shop.run(finish, catalog)
    fields = shop.raw("GET", f"{MARKS}?limit=250")["data"] + shop.raw("GET", f"{MARKS}?limit=250&page=2")["data"]
    assert len({each["key"] for each in fields}) == 300
    assert not [each for each in fields if ".new." in each["key"]]


def test_what_is_read_while_things_are_made_says_nothing_of_what_is_still_to_come(shop: Shop) -> None:
    """After a lost answer all products are read; of an earlier run's, what is not there by then will never be."""
    catalog, products = shop.catalog(EMPTY), shop.kinds["bigcommerce.product"]
    marks = {Mark("nimbus", "pro", "0" * 16): frozenset({"name pro"})}

    async def first(store: Store) -> list[str]:
        await store.marks.announce("product", marks, 0)
        assert [live async for live in products.observe(store)] == []
        return [each.key for each in await store.marks.announcements("product")]

    async def second(store: Store) -> list[str]:
        assert [each.key for each in await store.marks.announcements("product")] == ["product.new.1"]
        assert [live async for live in products.observe(store)] == []
        store.marks.forget()
        return [each.key for each in await store.marks.announcements("product")]

    assert shop.run(first, catalog) == ["product.new.1"]
    assert shop.run(second, catalog) == []


def test_announcements_that_do_not_fit_into_one_metafield_take_several(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = announced.MOST * len(f'"{"0" * 16}": "{"0" * 16}", ')
    assert longest < 65_000
    monkeypatch.setattr(announced, "MOST", 2)
    marks = {Mark("nimbus", f"p{each}", "0" * 16): frozenset({f"name p{each}"}) for each in range(5)}

    async def work(store: Store) -> list[int]:
        await store.marks.announce("product", marks, 0)
        return [len(each.names) for each in await store.marks.announcements("product")]

    assert shop.run(work, shop.catalog(EMPTY)) == [2, 2, 1]
    assert left_over(shop) == ["product.new.1", "product.new.2", "product.new.3"]


@pytest.mark.parametrize(
    "value", ["", "[]", "{}", '{"after": 1}', '{"after": 1, "new": []}', '{"after": "x", "new": {}}']
)
def test_what_is_no_announcement_is_passed_over(value: str) -> None:
    row: Mapping[str, Any] = {"id": 1, "namespace": "billform.nimbus", "key": "product.new.1", "value": value}
    assert announced.read(row) is None
    good = {**row, "value": '{"after": 1, "new": {"a": "b"}}'}
    assert announced.read(good) is not None
    assert announced.read({**good, "namespace": "theirs"}) is None
    assert announced.read({**good, "key": "product.new.pro"}) is None
