"""Plans carried out against a vendor over HTTP: order, faults, failures, interruption, secrets."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.kind import Made, Write
from billform.core.plan import Plan, Refuse
from billform.core.resource import Address
from billform.core.stages import stages
from billform.engine.outcome import Outcome
from billform.engine.progress import Done, Event, Failed, Skipped, Started, Stopping
from billform.engine.writing import Keys
from tests.engine.toyshop import (
    KINDS,
    Client,
    Hook,
    Memory,
    Opened,
    Part,
    Sheet,
    Shop,
    ToySpec,
    opened,
    statuses,
    want,
)
from tests.providers.loopback import Asked

FAMILY = [
    want("part", "a"),
    want("part", "b"),
    want("thing", "one", "toy.part/a"),
    want("thing", "two", "toy.part/b"),
    want("label", "tag", "toy.thing/one"),
]


def run(story: Callable[[Opened], Coroutine[Any, Any, None]], shop: Shop | None = None, *, delay: float = 0.0) -> Shop:
    shop = shop or Shop()

    async def go() -> None:
        async with opened(shop, delay=delay) as it:
            await story(it)

    asyncio.run(go())
    return shop


def at(path: str, fault: str, *, method: str = "POST", times: int | None = None) -> Callable[[Asked], str | None]:
    left = [times]

    def decide(asked: Asked) -> str | None:
        if asked.method != method or not asked.path.startswith(path) or left[0] == 0:
            return None
        left[0] = None if left[0] is None else left[0] - 1
        return fault

    return decide


def test_what_is_referred_to_is_made_first() -> None:
    async def story(it: Opened) -> None:
        outcome = await it.apply(await it.plan(*FAMILY))
        assert (outcome.exit_code, outcome.done, outcome.counts.writes) == (0, 5, 5)
        order = [key for _, key in it.shop.writes]
        assert order.index("a") < order.index("one") < order.index("tag")
        assert order.index("b") < order.index("two")
        one = it.shop.objects["thing"]["thing_1"]
        assert one["parts"][0][1] in it.shop.objects["part"]
        assert (await it.plan(*FAMILY)).changes == ()

    run(story)


def test_a_new_version_stands_before_the_old_one_goes() -> None:
    async def story(it: Opened) -> None:
        await it.apply(await it.plan(*FAMILY))
        it.shop.writes.clear()
        changed = [want("part", "a", fixed="g"), *FAMILY[1:]]
        outcome = await it.apply(await it.plan(*changed, epoch="e2"))
        assert outcome.exit_code == 0
        assert [path for path, _ in it.shop.writes] == ["POST /part", "POST /thing/thing_1", "POST /part/part_1"]
        assert it.shop.objects["thing"]["thing_1"]["parts"] == [["toy.part", "part_3"]]
        assert (await it.plan(*changed)).changes == ()
        it.shop.writes.clear()
        await it.apply(await it.plan(*FAMILY, epoch="e3"))
        assert it.shop.objects["part"]["part_1"]["active"], "the very same object is back"
        assert len(it.shop.objects["part"]) == 3
        assert (await it.plan(*FAMILY)).changes == ()

    run(story)


def test_what_is_no_longer_wanted_is_retired_users_first() -> None:
    async def story(it: Opened) -> None:
        await it.apply(await it.plan(*FAMILY))
        it.shop.writes.clear()
        await it.apply(await it.plan(epoch="e2"))
        order = [path for path, _ in it.shop.writes]
        assert (
            order.index("POST /label/label_1") < order.index("POST /thing/thing_1") < order.index("POST /part/part_1")
        )
        assert len(order) == 5

    run(story)


def test_a_create_that_is_still_under_way_is_not_begun_once_more_beside_itself() -> None:
    """What stands between us and the vendor says no every time, while the first request goes its way."""
    shop, sent = Shop(), list[Asked]()

    def decide(asked: Asked) -> str | None:
        if asked.method == "POST" and len(sent) < 7:
            sent.append(asked)
            return "html"
        return None

    async def story(it: Opened) -> None:
        answer, plan = Client.read, await it.plan(want("part", "a"))

        async def read(client: Client, kind: str) -> list[dict[str, Any]]:
            found = await answer(client, kind)
            shop._done(sent[0])
            return found

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Client, "read", read)
            assert (await it.apply(plan)).exit_code == 0
        assert it.shop.keys("part") == ["a"]

    shop.fault = decide
    run(story, shop)


@pytest.mark.parametrize("fault", ["lost", "cut", "500", "429", "html", "saved"])
@pytest.mark.parametrize("number", range(5))
def test_a_fault_at_any_write_makes_nothing_twice(fault: str, number: int) -> None:
    seen = [0]

    def decide(asked: Asked) -> str | None:
        if asked.method == "GET":
            return None
        seen[0] += 1
        return fault if seen[0] == number + 1 else None

    async def story(it: Opened) -> None:
        outcome = await it.apply(await it.plan(*FAMILY))
        assert (outcome.exit_code, outcome.counts.retries) == (0, 1)
        assert outcome.counts.reads == (1 if fault == "saved" else 0)
        assert it.shop.keys("part") == ["a", "b"]
        assert it.shop.keys("thing") == ["one", "two"]
        assert it.shop.keys("label") == ["tag"]

    shop = run(story, Shop(fault=decide))
    assert max(Counter(shop.writes).values()) == 1


def test_a_storm_of_faults_ends_right_or_the_next_run_does() -> None:
    chance = random.Random(3)

    def storm(asked: Asked) -> str | None:
        return chance.choice(["lost", "cut", "500", "429", "html"]) if chance.random() < 0.35 else None

    wanted = [want("part", f"p{n}") for n in range(30)] + [want("thing", f"t{n}", f"toy.part/p{n}") for n in range(30)]

    async def story(it: Opened) -> None:
        outcome = await it.apply(await it.plan(*wanted))
        if outcome.exit_code:
            assert outcome.exit_code == 4
            await it.apply(await it.plan(*wanted, epoch="e2"))
        it.shop.fault = lambda asked: None
        assert (await it.plan(*wanted)).changes == ()
        assert it.shop.keys("part") == sorted(f"p{n}" for n in range(30))
        assert it.shop.keys("thing") == sorted(f"t{n}" for n in range(30))

    run(story, Shop(fault=storm))


def test_one_failed_change_stops_only_what_depends_on_it() -> None:
    def refuse(asked: Asked) -> str | None:
        return "400" if asked.method == "POST" and b'"key": "a"' in asked.body else None

    async def story(it: Opened) -> None:
        events: list[Event] = []
        outcome = await it.apply(await it.plan(*FAMILY), progress=events.append)
        assert statuses(outcome) == {
            "create toy.part/a": "failed",
            "create toy.part/b": "done",
            "create toy.thing/one": "skipped",
            "create toy.thing/two": "done",
            "create toy.label/tag": "skipped",
        }
        assert (outcome.done, outcome.failed, outcome.skipped, outcome.exit_code) == (2, 1, 2, 4)
        (diagnostic,) = outcome.diagnostics
        assert (diagnostic.code, diagnostic.subject) == ("V010", "toy.part/a")
        assert diagnostic.summary == "Stripe refused toy.part/a: That will not do"
        assert {each.reason for each in outcome.results if each.reason} == {"it waits for toy.part/a"}
        sorts = Counter(type(each) for each in events)
        assert sorts == {Started: 3, Done: 2, Failed: 1, Skipped: 2}
        it.shop.fault = lambda asked: None
        assert (await it.apply(await it.plan(*FAMILY, epoch="e2"))).exit_code == 0
        assert (await it.plan(*FAMILY)).changes == ()

    run(story, Shop(fault=refuse))


def test_nothing_done_is_another_exit_code_than_done_in_part() -> None:
    async def story(it: Opened) -> None:
        outcome = await it.apply(await it.plan(*FAMILY))
        assert (outcome.exit_code, outcome.failed, outcome.skipped) == (1, 2, 3)

    run(story, Shop(fault=at("/part", "400")))


def test_a_vendor_that_is_gone_is_not_asked_a_thousand_times() -> None:
    wanted = [want("part", f"p{n}") for n in range(300)]

    async def story(it: Opened) -> None:
        plan = await it.plan(*wanted)
        outcome = await it.apply(plan)
        assert outcome.exit_code == 1
        assert outcome.failed <= 24
        assert outcome.skipped >= 276
        assert outcome.counts.requests <= 24 * 7
        assert {each.code for each in outcome.diagnostics} == {"V011"}

    run(story, Shop(fault=at("/part", "cut")))


def test_a_kind_that_a_vendor_keeps_failing_on_is_given_up_and_the_others_are_not() -> None:
    wanted = [want("part", f"p{n}") for n in range(100)] + [want("thing", f"t{n}") for n in range(100)]

    async def story(it: Opened) -> None:
        outcome = await it.apply(await it.plan(*wanted))
        assert it.shop.keys("thing") == sorted(f"t{n}" for n in range(100))
        assert outcome.failed <= 24 + 3
        assert outcome.exit_code == 4

    run(story, Shop(fault=at("/part", "500")))


def test_a_stop_finishes_what_is_under_way_and_begins_nothing_more() -> None:
    wanted = [want("part", f"p{n}") for n in range(60)] + [want("thing", "t", "toy.part/p0")]

    async def story(it: Opened) -> None:
        stop, events = asyncio.Event(), list[Event]()

        def progress(event: Event) -> None:
            events.append(event)
            if isinstance(event, Done) and not stop.is_set():
                stop.set()

        outcome = await it.apply(await it.plan(*wanted), progress=progress, stop=stop)
        started, done = Counter(type(each) for each in events)[Started], outcome.done
        assert outcome.interrupted
        assert outcome.exit_code == 130
        assert done == started == len(it.shop.objects["part"])
        assert done < 60
        assert any(isinstance(each, Stopping) for each in events)
        assert {each.reason for each in outcome.results if each.reason} == {"it was stopped before this began"}
        assert (await it.apply(await it.plan(*wanted, epoch="e2"))).exit_code == 0
        assert it.shop.keys("part") == sorted(f"p{n}" for n in range(60))

    run(story, delay=0.002)


def test_a_stop_after_the_last_write_changes_nothing() -> None:
    async def story(it: Opened) -> None:
        stop = asyncio.Event()
        outcome = await it.apply(await it.plan(want("part", "a")), stop=stop, progress=lambda event: stop.set())
        assert outcome.exit_code == 0

    run(story)


def test_a_cancelled_apply_leaves_no_task_behind() -> None:
    async def story(it: Opened) -> None:
        plan = await it.plan(*FAMILY)
        task = asyncio.create_task(it.apply(plan))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        mine = {each for each in asyncio.all_tasks() if "write" in repr(each.get_coro())}
        assert mine == set()

    run(story, delay=0.05)


def test_batches_travel_in_one_request_and_each_gets_its_own_verdict() -> None:
    wanted = [want("sheet", f"s{n}", title="bad" if n == 7 else "good") for n in range(120)]

    async def story(it: Opened) -> None:
        outcome = await it.apply(await it.plan(*wanted))
        assert (outcome.done, outcome.failed, outcome.counts.writes) == (119, 1, 3)
        (failed,) = outcome.diagnostics
        assert (failed.code, failed.subject) == ("A009", "toy.sheet/s7")
        again = [want("sheet", f"s{n}", title="better") for n in range(120)]
        outcome = await it.apply(await it.plan(*again, epoch="e2"))
        assert (outcome.exit_code, outcome.counts.writes) == (0, 4)
        assert (await it.plan(*again)).changes == ()

    run(story)


def test_a_saved_failure_of_a_change_in_place_is_sent_under_another_key() -> None:
    async def story(it: Opened) -> None:
        await it.apply(await it.plan(want("part", "a"), want("part", "b")))
        renamed = [want("part", "a", title="new")]
        saved = [at("/part/part_1", "saved", times=1), at("/part/part_2", "saved", times=1)]
        it.shop.fault = lambda asked: saved[0](asked) or saved[1](asked)
        outcome = await it.apply(await it.plan(*renamed, epoch="e2"))
        assert (outcome.exit_code, outcome.counts.reads, outcome.counts.retries) == (0, 0, 2)
        assert it.shop.objects["part"]["part_1"]["title"] == "new"
        assert not it.shop.objects["part"]["part_2"]["active"]
        it.shop.fault = lambda asked: None
        assert (await it.plan(*renamed)).changes == ()

    run(story)


def test_an_endpoint_whose_secret_went_with_the_answer_is_made_anew_by_the_next_run() -> None:
    async def story(it: Opened) -> None:
        outcome = await it.apply(await it.plan(HOOK))
        assert [each.code for each in outcome.diagnostics] == ["A005"]
        assert len(it.shop.objects["hook"]) == 1
        sink = Memory()
        assert (await it.apply(await it.plan(HOOK, epoch="e2"), sink=sink)).exit_code == 0
        assert it.shop.keys("hook") == ["events"]
        assert sink.stored == {NAME: "whsec_sentinelhook_2"}

    run(story, Shop(fault=at("/hook", "saved", times=1)))


def test_a_batch_whose_answer_is_lost_is_done_once() -> None:
    wanted = [want("sheet", f"s{n}") for n in range(60)]

    async def story(it: Opened) -> None:
        assert (await it.apply(await it.plan(*wanted))).exit_code == 0
        assert it.shop.keys("sheet") == sorted(f"s{n}" for n in range(60))

    shop = run(story, Shop(fault=at("/sheet", "lost", times=1)))
    assert len(shop.writes) == 60


def test_something_unforeseen_concerns_one_change_only() -> None:
    async def story(it: Opened) -> None:
        plan = await it.plan(*FAMILY)
        it.kinds = {**KINDS, "toy.part": Clumsy()}
        outcome = await it.apply(plan)
        assert {each.code for each in outcome.diagnostics} == {"A009"}
        assert "sentinel123456" not in str(outcome.diagnostics)
        assert isinstance(outcome.errors[0], RuntimeError)

    run(story)


class Clumsy(Part):
    async def create(self, client: Client, write: Write[ToySpec]) -> Made:
        raise RuntimeError("the key is sk_live_sentinel123456")


def test_a_refused_change_holds_back_the_whole_plan() -> None:
    async def story(it: Opened) -> None:
        plan = await it.plan(*FAMILY)
        refusal = Refuse(address=Address("toy.part", "z"), code="P026", why="it cannot change", way_out="use another")
        with pytest.raises(BillformError) as caught:
            await it.apply(plan.model_copy(update={"changes": (*plan.changes, refusal)}))
        assert [each.code for each in caught.value.diagnostics] == ["A003"]
        assert it.shop.writes == []

    run(story)


# Idempotency keys


def keys(plan: Plan) -> list[str]:
    made = Keys(plan)
    return [made.key(step) for step in stages(plan, KINDS)]


def test_keys_come_from_the_plan_and_the_address_never_from_chance() -> None:
    async def story(it: Opened) -> None:
        plan = await it.plan(*FAMILY)
        assert keys(plan) == keys(Plan.model_validate(plan.model_dump() | {"changes": plan.changes}))
        assert len(set(keys(plan))) == len(plan.changes)
        other = await it.plan(*FAMILY, epoch="e2")
        assert not set(keys(plan)) & set(keys(other)), "another look at the vendor, another key"
        renamed = await it.plan(want("part", "a", title="new"), *FAMILY[1:])
        assert not set(keys(plan)) & set(keys(renamed)), "a key is never sent with two contents"
        assert all(len(each) <= 255 for each in keys(plan))

    run(story)


def test_the_same_plan_applied_twice_does_it_once() -> None:
    async def story(it: Opened) -> None:
        plan = await it.plan(*FAMILY)
        await it.apply(plan)
        assert (await it.apply(plan)).exit_code == 0
        assert it.shop.keys("part") == ["a", "b"]
        assert len(it.shop.writes) == 5

    run(story)


def test_all_of_a_kind_is_announced_at_once_before_the_first_of_it_is_made() -> None:
    """However many requests it is made with; and what was announced once is not again when that failed."""

    class Told(Sheet):
        announced = True

        async def announce(self, client: Client, writes: list[Write[ToySpec]]) -> None:
            heard.append(len(writes))
            if len(heard) == 1:
                raise BillformError(Diagnostic("A009", "the vendor has no paper"))

    heard: list[int] = []

    async def story(it: Opened) -> None:
        it.kinds = {**KINDS, "toy.sheet": Told()}
        outcome = await it.apply(await it.plan(*(want("sheet", f"s{number}") for number in range(120))))
        assert heard == [120, 120]
        failed = sum(each.status.value == "failed" for each in outcome.results)
        assert (failed, len(it.shop.keys("sheet"))) == (50, 70), "a batch that is not announced is not made"

    run(story)


# Secrets

HOOK = want("hook", "events")
NAME = "TOY_HOOK__SHOP__EVENTS_SECRET"


def test_a_secret_goes_to_the_sink_and_nowhere_else() -> None:
    async def story(it: Opened) -> None:
        sink, events = Memory(), list[Event]()
        outcome = await it.apply(await it.plan(HOOK), sink=sink, progress=events.append)
        assert sink.stored == {NAME: "whsec_sentinelhook_1"}
        assert "sentinel" not in repr(outcome) + repr(events)
        assert (await it.plan(HOOK)).changes == (), "it counts as finished"

    run(story)


def test_two_catalogs_that_share_a_sink_keep_both_secrets() -> None:
    """Each of them has an endpoint of the same key."""

    async def story(it: Opened) -> None:
        sink, plan = Memory(), await it.plan(HOOK)
        assert (await it.apply(plan, sink=sink)).exit_code == 0
        assert (await it.apply(plan.model_copy(update={"catalog": "tools"}), sink=sink)).exit_code == 0
        other = NAME.replace("SHOP", "TOOLS")
        assert sink.stored == {NAME: "whsec_sentinelhook_1", other: "whsec_sentinelhook_2"}

    run(story)


def test_a_sink_that_cannot_be_written_stops_before_anything_is_made() -> None:
    async def story(it: Opened) -> None:
        plan = await it.plan(*FAMILY, HOOK)
        with pytest.raises(BillformError) as caught:
            await it.apply(plan, sink=Memory(broken="check"))
        assert caught.value.diagnostics[0].code == "S020"
        assert it.shop.writes == []

    run(story)


def test_a_sink_is_not_asked_where_no_secret_will_come() -> None:
    async def story(it: Opened) -> None:
        assert (await it.apply(await it.plan(*FAMILY), sink=Memory(broken="check"))).exit_code == 0

    run(story)


def test_a_secret_that_could_not_be_stored_is_made_anew_by_the_next_run() -> None:
    async def story(it: Opened) -> None:
        outcome = await it.apply(await it.plan(HOOK), sink=Memory(broken="store"))
        (diagnostic,) = outcome.diagnostics
        assert (diagnostic.code, outcome.exit_code) == ("A004", 1)
        assert "sentinel" not in repr(outcome)
        assert [each.action for each in (await it.plan(HOOK)).changes] == ["recreate"]
        sink = Memory()
        assert (await it.apply(await it.plan(HOOK, epoch="e2"), sink=sink)).exit_code == 0
        assert sink.stored == {NAME: "whsec_sentinelhook_2"}
        assert it.shop.keys("hook") == ["events"]
        assert (await it.plan(HOOK)).changes == ()

    run(story)


def test_a_secret_that_was_not_seen_is_told() -> None:
    async def story(it: Opened) -> None:
        forgetful = Hook()
        forgetful.forgets = True
        it.kinds = {**KINDS, "toy.hook": forgetful}
        outcome: Outcome = await it.apply(await it.plan(HOOK))
        assert [each.code for each in outcome.diagnostics] == ["A005"]

    run(story)


def test_an_answer_that_was_lost_still_brings_the_secret() -> None:
    async def story(it: Opened) -> None:
        sink = Memory()
        assert (await it.apply(await it.plan(HOOK), sink=sink)).exit_code == 0
        assert sink.stored == {NAME: "whsec_sentinelhook_1"}
        assert len(it.shop.objects["hook"]) == 1

    run(story, Shop(fault=at("/hook", "lost", times=1)))
