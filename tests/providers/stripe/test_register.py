"""The register: of all who write in the place of one entry, one succeeds, whatever happens to the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from billform.providers.http import VendorError
from billform.providers.stripe.client import StripeAccount
from billform.providers.stripe.register import ID, StripeRegister

from .shop import Shop

SEEN = Mapping[str, str] | None


def entry(name: str, **words: str) -> dict[str, str]:
    return {"token": name, "state": "held", **words}


def swapped(shop: Shop, seen: SEEN, words: Mapping[str, str]) -> bool:
    return shop.with_client(lambda client: StripeRegister(client).swap(seen, words))


def read(shop: Shop) -> SEEN:
    return shop.with_client(lambda client: StripeRegister(client).read())


def test_an_entry_is_read_as_it_was_written_and_the_next_takes_its_place(shop: Shop) -> None:
    assert read(shop) is None
    assert swapped(shop, None, entry("a", since="noon"))
    assert read(shop) == entry("a", since="noon")
    assert swapped(shop, entry("a", since="noon"), entry("b"))
    assert read(shop) == entry("b")


@pytest.mark.parametrize("first", [True, False], ids=["the first entry", "a later one"])
def test_of_many_at_the_same_time_one_succeeds(shop: Shop, first: bool) -> None:
    seen = None if first else entry("a")
    if not first:
        assert swapped(shop, None, entry("a"))
    shop.control("POST", "faults", {"action": "latency", "ms": 30, "writes": True, "count": None})

    async def all_at_once(client: StripeAccount) -> list[bool]:
        register = StripeRegister(client)
        return await asyncio.gather(*(register.swap(seen, entry(f"n{number}")) for number in range(8)))

    won = shop.with_client(all_at_once)
    assert sum(won) == 1
    assert read(shop) == entry(f"n{won.index(True)}")


def test_whoever_read_an_old_entry_comes_too_late(shop: Shop) -> None:
    assert swapped(shop, None, entry("a"))
    assert swapped(shop, entry("a"), entry("b"))
    assert not swapped(shop, entry("a"), entry("c"))
    assert not swapped(shop, None, entry("d"))
    assert read(shop) == entry("b")


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "lost_answer"},
        {"action": "server_error", "moment": "after"},
        {"action": "server_error", "moment": "before"},
        {"action": "server_error", "moment": "before", "saved": True},
        {"action": "html", "status": 502},
        {"action": "rate_limit", "kind": "endpoint-rate"},
    ],
    ids=lambda fault: " ".join(str(each) for each in fault.values()),
)
@pytest.mark.parametrize("first", [True, False], ids=["the first entry", "a later one"])
def test_it_is_known_who_it_was_although_an_answer_is_lost(shop: Shop, first: bool, fault: dict[str, Any]) -> None:
    seen = None if first else entry("a")
    if not first:
        assert swapped(shop, None, entry("a"))
    shop.control("POST", "faults", {**fault, "method": "POST"})
    assert swapped(shop, seen, entry("b"))
    assert read(shop) == entry("b")
    assert not swapped(shop, seen, entry("c"))


def test_what_cannot_be_known_is_an_error(shop: Shop) -> None:
    shop.control("POST", "faults", {"action": "cut_connection", "method": "POST", "count": None})
    with pytest.raises(VendorError):
        swapped(shop, None, entry("a"))


def test_it_can_be_deleted_by_hand_at_any_time(shop: Shop) -> None:
    assert swapped(shop, None, entry("a"))
    shop.raw("DELETE", f"/v1/products/{ID}")
    assert not swapped(shop, entry("a"), entry("b"))
    assert read(shop) is None
    assert swapped(shop, None, entry("c"))


def test_metadata_that_somebody_emptied_is_an_entry_as_well(shop: Shop) -> None:
    assert swapped(shop, None, entry("a"))
    shop.raw("POST", f"/v1/products/{ID}", {"metadata": ""})
    seen = read(shop)
    assert seen is not None
    assert swapped(shop, seen, entry("b"))
    assert not swapped(shop, seen, entry("c"))


def test_it_is_neither_ours_nor_anybodys_in_a_plan(shop: Shop) -> None:
    assert swapped(shop, None, entry("a"))
    assert shop.observe("stripe.product", "stripe.default_price", "stripe.product_feature") == []
