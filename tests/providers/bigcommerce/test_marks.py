"""Marks in the store's metafields: written together, found again, handed over, cleared away with their objects."""

from __future__ import annotations

import asyncio
import json

import pytest

from billform.core.diagnostic import BillformError
from billform.core.resource import Mark
from billform.providers.bigcommerce import notes
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.notes import Echo, Notes

from .catalogs import PRO, edited
from .shop import Shop, described


def mark(key: str, catalog: str = "nimbus", version: int = 1) -> Mark:
    return Mark(catalog, key, "0123456789abcdef", frozenset({"name", "sku"}), version)


def test_a_mark_is_read_as_it_was_written() -> None:
    kept = Notes(
        retired=True, echoes={"description": Echo(sent="a", got="b")}, unseen={"position": 2}, plain={"X": "y"}
    )
    field = {
        "id": "7",
        "namespace": notes.namespace("nimbus"),
        "key": notes.metafield_key("variant", "118/77"),
        "value": notes.written("118/77", mark("pro.base.monthly", version=3), kept),
    }
    record = notes.read(field)
    assert record is not None
    assert (record.metafield, record.kind, record.id) == (7, "variant", "118/77")
    assert (record.mark, record.notes) == (mark("pro.base.monthly", version=3), kept)


@pytest.mark.parametrize("value", ["", "{", "[]", "null", '{"id": 1}', '{"id": "1", "key": "a"}'])
def test_what_is_no_mark_is_passed_over(value: str) -> None:
    assert notes.read({"id": 1, "namespace": "billform.nimbus", "key": "product.1", "value": value}) is None


def test_metafields_of_others_are_no_marks() -> None:
    value = notes.written("1", mark("pro"), Notes())
    assert notes.read({"id": 1, "namespace": "shipping", "key": "product.1", "value": value}) is None


def test_keys_fit_into_a_metafield_for_the_longest_names() -> None:
    script = "0f4ed7a5-2f4b-4d0d-9d3b-3c1f4c0f6f3a"
    for kind, identity in (("script", script), ("variant", "2147483647/2147483647"), ("customer_attribute", "1" * 12)):
        assert len(notes.metafield_key(kind, identity)) <= 64
    assert len(notes.namespace("n" * 40)) <= 64


def test_a_text_that_is_too_long_to_remember_is_left_out_rather_than_refused() -> None:
    long = Notes(retired=True, echoes={"description": Echo(sent="x" * 70_000, got="y")})
    value = notes.written("1", mark("pro"), long)
    assert len(value) < 65_535
    assert json.loads(value)["notes"] == {"retired": True}


def test_marks_that_arrive_together_leave_together(shop: Shop) -> None:
    async def work(store: Store) -> None:
        await asyncio.gather(*(store.marks.write("product", str(each), mark(f"p{each}")) for each in range(35)))

    shop.run(work)
    assert 4 <= len(shop.writes()) <= 5
    assert len(shop.raw("GET", "/v3/store/metafields?limit=250")["data"]) == 35

    async def again(store: Store) -> int:
        await asyncio.gather(
            *(store.marks.write("product", str(each), mark(f"p{each}", version=2)) for each in range(35))
        )
        return len(await store.marks.of("product"))

    assert shop.run(again) == 35
    fields = shop.raw("GET", "/v3/store/metafields?limit=250")["data"]
    assert {json.loads(each["value"])["version"] for each in fields} == {2}


def test_the_last_of_two_marks_of_one_object_stays(shop: Shop) -> None:
    async def work(store: Store) -> None:
        await asyncio.gather(*(store.marks.write("product", "1", mark("pro", version=each)) for each in (1, 2, 3)))

    shop.run(work)
    (field,) = shop.raw("GET", "/v3/store/metafields")["data"]
    assert json.loads(field["value"])["version"] == 3


@pytest.mark.wrong_on_purpose
def test_one_mark_that_is_refused_does_not_fail_the_others(shop: Shop) -> None:
    async def work(store: Store) -> list[object]:
        marks = [mark("a"), mark("b", catalog="n" * 80), mark("c")]
        writes = (store.marks.write("product", str(number), each) for number, each in enumerate(marks))
        return list(await asyncio.gather(*writes, return_exceptions=True))

    first, second, third = shop.run(work)
    assert (first, third) == (None, None)
    assert isinstance(second, BillformError)
    assert len(shop.raw("GET", "/v3/store/metafields")["data"]) == 2


def test_a_failure_is_told_to_everybody_who_waits(shop: Shop) -> None:
    shop.fault(action="server_error", method="POST", path="/stores/*/v3/store/metafields", count=None)

    async def work(store: Store) -> list[object]:
        writes = (store.marks.write("product", str(each), mark(f"p{each}")) for each in range(3))
        return list(await asyncio.gather(*writes, return_exceptions=True))

    assert all(isinstance(each, BillformError) for each in shop.run(work))


def test_an_interrupted_write_leaves_the_others_to_be_written(shop: Shop) -> None:
    shop.fault(action="latency", method="POST", path="/stores/*/v3/store/metafields", ms=300)

    async def work(store: Store) -> None:
        first = asyncio.ensure_future(store.marks.write("product", "1", mark("a")))
        await asyncio.sleep(0.1)
        second = asyncio.ensure_future(store.marks.write("product", "2", mark("b")))
        await asyncio.sleep(0)
        first.cancel()
        await second
        with pytest.raises(asyncio.CancelledError):
            await first

    shop.run(work)
    keys = {json.loads(each["value"])["key"] for each in shop.raw("GET", "/v3/store/metafields")["data"]}
    assert "b" in keys


def test_an_adopted_object_loses_the_mark_of_the_other_catalog(shop: Shop) -> None:
    shop.settle(PRO)
    other = edited(("catalog: nimbus", "catalog: other"))
    shop.apply(other, adopt=("*",))
    fields = shop.raw("GET", "/v3/store/metafields?limit=250")["data"]
    assert {each["namespace"] for each in fields} == {"billform.other"}
    assert described(shop.plan(other)) == []


def test_marks_of_what_was_deleted_by_hand_are_cleared_away_with_its_successor(shop: Shop) -> None:
    shop.settle(PRO)
    before = len(shop.raw("GET", "/v3/store/metafields?limit=250")["data"])
    (hook,) = shop.raw("GET", "/v3/hooks")["data"]
    shop.raw("DELETE", f"/v3/hooks/{hook['id']}")
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    shop.raw("DELETE", f"/v3/catalog/products/{product['id']}")
    shop.settle(PRO)
    assert len(shop.raw("GET", "/v3/store/metafields?limit=250")["data"]) == before


def test_a_store_that_keeps_to_a_metafields_key_gets_a_new_mark(shop: Shop) -> None:
    """What was written down before an object was made cannot become its mark there."""
    shop.fault(action="server_error", status=422, method="PUT", path="/stores/*/v3/store/metafields", count=None)
    shop.apply(PRO)
    shop.control("DELETE", "faults")
    assert described(shop.plan(PRO)) == []
    keys = {each["key"] for each in shop.raw("GET", "/v3/store/metafields?limit=250")["data"]}
    assert {"price_list.101", "customer_group.101", "customer_attribute.101"} <= keys
    assert not [each for each in keys if ".new." in each]
