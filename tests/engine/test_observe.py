"""Reading everything, or failing: never half of it."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest

from billform.core.diagnostic import BillformError
from billform.core.resource import Snapshot
from billform.engine.observe import observe
from billform.engine.progress import Event, Observed
from tests.engine.toyshop import KINDS, Shop, opened, want
from tests.providers.loopback import Asked


def failing(path: str, fault: str) -> Shop:
    return Shop(fault=lambda asked: fault if asked.path.startswith(path) else None)


def observed(shop: Shop, events: list[Event] | None = None) -> Snapshot:
    async def go() -> Snapshot:
        async with opened(shop) as it:
            seen = events if events is not None else []
            snapshot = await observe(it.kinds, it.connections, progress=seen.append)
            assert it.client.forgotten == 1
            return snapshot

    return asyncio.run(go())


def test_every_kind_is_read_to_the_end_and_told() -> None:
    async def go() -> None:
        async with opened(Shop()) as it:
            await it.apply(await it.plan(want("part", "a"), want("thing", "b", "toy.part/a")))
            events: list[Event] = []
            snapshot = await observe(it.kinds, it.connections, progress=events.append)
            assert {(live.kind, live.mark.key) for live in snapshot.lives if live.mark} == {
                ("toy.part", "a"),
                ("toy.thing", "b"),
            }
            assert snapshot.complete == {(name, "") for name in KINDS}
            assert Observed("toy.part", "", 1) in events
            assert len(events) == len(KINDS)

    asyncio.run(go())


def test_the_snapshot_does_not_depend_on_who_answers_first() -> None:
    async def go() -> None:
        async with opened(Shop()) as it:
            plan = await it.plan(*(want(kind, "x") for kind in ("part", "thing", "label")))
            await it.apply(plan)
            first = await observe(it.kinds, it.connections)
            backwards = dict(reversed(list(KINDS.items())))
            second = await observe({name: backwards[name] for name in KINDS}, it.connections)
            assert first == second

    asyncio.run(go())


@pytest.mark.parametrize(("fault", "code"), [("500", "V004"), ("html", "V004"), ("cut", "V001"), ("429", "V003")])
def test_one_failed_read_is_an_error_and_no_absence(fault: str, code: str) -> None:
    with pytest.raises(BillformError) as caught:
        observed(failing("/thing", fault))
    assert [each.code for each in caught.value.diagnostics] == [code]


def test_what_fails_now_and_then_is_read_all_the_same() -> None:
    chance = random.Random(7)

    def flaky(asked: Asked) -> str | None:
        return chance.choice(["500", "cut", "429", "html", *[None] * 6])

    assert len(observed(Shop(fault=flaky)).complete) == len(KINDS)


def test_missing_permissions_are_told_together() -> None:
    def fault(asked: Asked) -> str | None:
        return "403" if asked.path in {"/part", "/thing"} else None

    with pytest.raises(BillformError) as caught:
        observed(Shop(fault=fault))
    assert [each.code for each in caught.value.diagnostics] == ["V007", "V007"]
    paths = {line for each in caught.value.diagnostics for line in each.detail}
    assert paths == {"GET /part answered 403", "GET /thing answered 403"}


def test_a_plan_gate_is_neither_absence_nor_an_error() -> None:
    snapshot = observed(failing("/gated", "400"))
    assert snapshot.unavailable == {("toy.gated", ""): "this shop's plan has none"}
    assert not snapshot.is_complete("toy.gated", "")
    assert snapshot.is_complete("toy.part", "")


def test_what_nobody_foresaw_comes_out_as_it_is() -> None:
    async def go() -> None:
        async with opened(Shop()) as it:
            await it.apply(await it.plan(want("part", "a")))
            it.shop.objects["part"]["part_1"].pop("title")
            with pytest.raises(KeyError):
                await it.snapshot()

    asyncio.run(go())


def test_a_kind_whose_vendor_has_no_account_here_is_not_read() -> None:
    async def go() -> None:
        async with opened(Shop()) as it:
            nowhere = replace(it.connections, clients={})
            assert await observe(it.kinds, nowhere) == Snapshot()

    asyncio.run(go())
