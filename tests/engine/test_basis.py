"""A plan that is no longer true is not applied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.plan import Plan
from billform.engine.basis import check_basis
from tests.engine.toyshop import Opened, Shop, opened, want

BEFORE = [want("part", "a"), want("part", "b"), want("thing", "one", "toy.part/a")]
AFTER = [want("part", "a", title="new"), want("part", "b"), want("part", "c"), want("thing", "two", "toy.part/b")]


def stale(meanwhile: Callable[[Opened, Plan], Coroutine[Any, Any, Any]]) -> list[Diagnostic]:
    """What is said about the plan from BEFORE to AFTER when something happened meanwhile."""

    async def go() -> list[Diagnostic]:
        async with opened(Shop()) as it:
            await it.apply(await it.plan(*BEFORE))
            plan = await it.plan(*AFTER, epoch="e2")
            await meanwhile(it, plan)
            writes = len(it.shop.writes)
            try:
                await check_basis(plan, it.kinds, it.connections)
            except BillformError as error:
                return list(error.diagnostics)
            finally:
                assert len(it.shop.writes) == writes
            return []

    return asyncio.run(go())


def test_a_plan_that_still_holds_says_nothing() -> None:
    async def nothing(it: Opened, plan: Plan) -> None:
        it.shop.objects["part"]["part_9"] = {
            **it.shop.objects["part"]["part_1"],
            "id": "part_9",
            "marked": False,
            "key": "z",
        }

    assert stale(nothing) == []


def test_what_was_changed_is_named() -> None:
    async def edit(it: Opened, plan: Plan) -> None:
        it.shop.objects["part"]["part_1"]["title"] = "Dashboard"

    (diagnostic,) = stale(edit)
    assert (diagnostic.code, diagnostic.subject) == ("A001", "toy.part/a")
    assert "part_1" in diagnostic.summary
    assert "has changed" in diagnostic.summary


def test_what_a_change_only_refers_to_counts_as_well() -> None:
    async def edit(it: Opened, plan: Plan) -> None:
        it.shop.objects["part"]["part_2"]["active"] = False

    assert [each.subject for each in stale(edit)] == ["toy.part/b"]


def test_what_is_gone_is_named() -> None:
    async def delete(it: Opened, plan: Plan) -> None:
        del it.shop.objects["part"]["part_1"]
        del it.shop.objects["thing"]["thing_1"]

    found = stale(delete)
    assert [each.subject for each in found] == ["toy.part/a", "toy.thing/one"]
    assert all("is gone" in each.summary for each in found)


def test_an_applied_plan_is_stale() -> None:
    """Its creations are there, whatever the idempotency keys would have done."""

    async def once(it: Opened, plan: Plan) -> None:
        await it.apply(plan)

    assert {each.code for each in stale(once)} == {"A001", "A002"}


@pytest.mark.parametrize("step", ["create", "new_version"])
def test_a_plan_that_was_applied_and_rolled_back_is_stale(step: str) -> None:
    """What it made is archived now, and the vendor would still answer the same create with it."""
    before, after = (want("part", "a", fixed="1"), want("part", "a", fixed="2"))
    kept = [] if step == "create" else [before]

    async def go() -> list[Diagnostic]:
        async with opened(Shop()) as it:
            await it.apply(await it.plan(*kept))
            plan = await it.plan(after, epoch="e2")
            assert [each.action for each in plan.changes] == [step]
            await it.apply(plan)
            await it.apply(await it.plan(*kept, epoch="e3"))
            with pytest.raises(BillformError) as raised:
                await check_basis(plan, it.kinds, it.connections)
            return list(raised.value.diagnostics)

    found = asyncio.run(go())
    assert ("A002", "toy.part/a") in [(each.code, each.subject) for each in found]


def test_an_archived_version_does_not_come_back_beside_one_that_was_made_meanwhile() -> None:
    """Two would be on sale, and the older one would have the name."""
    old, new = want("part", "a", fixed="1"), want("part", "a", fixed="2")

    async def go() -> list[Diagnostic]:
        async with opened(Shop()) as it:
            await it.apply(await it.plan(old))
            await it.apply(await it.plan())
            plan = await it.plan(old, epoch="e2")
            assert [each.action for each in plan.changes] == ["restore"]
            await it.apply(await it.plan(new, epoch="e3"))
            with pytest.raises(BillformError) as raised:
                await check_basis(plan, it.kinds, it.connections)
            return list(raised.value.diagnostics)

    (found,) = asyncio.run(go())
    assert (found.code, found.subject) == ("A002", "toy.part/a")
    assert "part_2" in found.summary


@pytest.mark.parametrize("change", ["finished", "taken over"])
def test_what_was_only_noted_on_an_object_counts_as_well(change: str) -> None:
    """Whoever was about to note that its secret is safe has done so; or another catalog looks after it by now."""

    async def go() -> list[Diagnostic]:
        async with opened(Shop()) as it:
            await it.apply(await it.plan(want("hook", "a", fixed="1")))
            row = it.shop.objects["hook"]["hook_1"]
            row["unfinished"] = "its secret was never stored"
            plan = await it.plan(want("hook", "a", fixed="1"), epoch="e2")
            assert [each.action for each in plan.changes] == ["recreate"]
            if change == "finished":
                row["unfinished"] = None
            else:
                row["version"] = 2
            with pytest.raises(BillformError) as raised:
                await check_basis(plan, it.kinds, it.connections)
            return list(raised.value.diagnostics)

    assert next((each.code, each.subject) for each in asyncio.run(go())) == ("A001", "toy.hook/a")


def test_somebody_else_took_the_name() -> None:
    async def take(it: Opened, plan: Plan) -> None:
        row = it.shop.objects["part"]["part_1"]
        it.shop.objects["part"]["part_8"] = {**row, "id": "part_8", "key": "c", "marked": False}

    (diagnostic,) = stale(take)
    assert (diagnostic.code, diagnostic.subject) == ("A002", "toy.part/c")


def test_a_basis_that_cannot_be_read_is_an_error() -> None:
    async def fail(it: Opened, plan: Plan) -> None:
        it.shop.fault = lambda asked: "500"

    assert [each.code for each in stale(fail)] == ["V004"]


def test_an_empty_plan_reads_nothing() -> None:
    async def go() -> None:
        async with opened(Shop()) as it:
            plan = await it.plan()
            before = it.connections.counts
            await check_basis(plan, it.kinds, it.connections)
            assert it.connections.counts == before

    asyncio.run(go())


@pytest.mark.parametrize("kind", ["part", "thing"])
def test_only_the_kinds_concerned_are_read(kind: str) -> None:
    async def go() -> None:
        async with opened(Shop()) as it:
            plan = await it.plan(want(kind, "x"))
            assert it.shop.vendor is not None
            it.shop.vendor.asked.clear()
            await check_basis(plan, it.kinds, it.connections)
            assert [each.path for each in it.shop.vendor.asked] == [f"/{kind}"]

    asyncio.run(go())
