"""The order of writes, without any vendor: needs, batches, busy objects, failures."""

from __future__ import annotations

from billform.core.kind import AnyKind
from billform.core.plan import Create, Found, Update
from billform.core.resource import Address, Ref
from billform.core.stages import Action, Step
from billform.engine.schedule import TOGETHER, Schedule, Skip, State
from tests.engine.toyshop import KINDS, ToySpec


def step(number: int, kind: str, *needs: int, found: str | None = None, parts: tuple[str, ...] = ()) -> Step:
    address = Address(f"toy.{kind}", f"k{number}")
    spec = ToySpec(parts=tuple(Ref.to(Address.parse(each)) for each in parts))
    old = None
    change: Create | Update = Create(address=address, spec=spec)
    if found is not None:
        old = Found(id=found, shown_id=found, spec=spec, fingerprint="")
        change = Update(address=address, spec=spec, found=old)
    action: Action = "create" if found is None else "update"
    return Step(number, action, address, change, old, frozenset(needs))


def schedule(*steps: Step, ids: dict[str, str] | None = None, kinds: dict[str, AnyKind] | None = None) -> Schedule:
    return Schedule(steps, kinds or dict(KINDS), ids or {})


def numbers(batches: list[list[Step]]) -> list[list[int]]:
    return [[each.number for each in batch] for batch in batches]


def end(plan: Schedule, batch: list[Step]) -> None:
    plan.finished(batch)
    for each in batch:
        plan.done(each)


def test_only_what_needs_nothing_begins() -> None:
    plan = schedule(step(0, "part"), step(1, "thing", 0), step(2, "thing", 1), step(3, "part"))
    first = plan.start()
    assert numbers(first) == [[0], [3]]
    assert plan.start() == []
    end(plan, first[0])
    assert numbers(plan.start()) == [[1]]


def test_the_longest_way_goes_first() -> None:
    many = [step(number, "part") for number in range(2 * TOGETHER)]
    last = len(many)
    chain = [step(last, "part"), step(last + 1, "thing", last), step(last + 2, "label", last + 1)]
    assert numbers(schedule(*many, *chain).start())[0] == [last]


def test_no_more_than_a_few_of_a_sort_are_under_way() -> None:
    plan = schedule(*(step(number, "part") for number in range(100)))
    first = plan.start()
    assert len(first) == TOGETHER
    end(plan, first[0])
    assert len(plan.start()) == 1


def test_a_batch_waits_until_it_is_full_or_nothing_more_can_come() -> None:
    parts = [step(number, "part") for number in range(3)]
    sheets = [step(3, "sheet"), step(4, "sheet", 0), step(5, "sheet", 1), step(6, "sheet", 2)]
    plan = schedule(*parts, *sheets)
    first = plan.start()
    assert numbers(first) == [[0], [1], [2]], "the sheet that could go waits for the others"
    for batch in first:
        end(plan, batch)
    assert numbers(plan.start()) == [[3, 4, 5, 6]]


def test_a_full_batch_does_not_wait() -> None:
    sheets = [step(number, "sheet") for number in range(120)]
    plan = schedule(*sheets, step(120, "part"), step(121, "sheet", 120))
    assert [len(batch) for batch in plan.start()] == [50, 50, 1]


def test_batches_that_wait_for_each_other_go_as_they_are() -> None:
    plan = schedule(step(0, "sheet"), step(1, "sheet", 0))
    first = plan.start()
    assert numbers(first) == [[0]]
    end(plan, first[0])
    assert numbers(plan.start()) == [[1]]


def test_two_writes_to_one_object_go_one_after_the_other() -> None:
    plan = schedule(step(0, "thing", found="x"), step(1, "part", found="x"), step(2, "part", found="y"))
    first = plan.start()
    assert numbers(first) == [[0], [2]]
    end(plan, first[0])
    assert numbers(plan.start()) == [[1]]


def test_a_kind_that_also_writes_its_target_waits_for_it() -> None:
    ids = {"toy.thing/k0": "thing_7"}
    labels = [step(number, "label", parts=("toy.thing/k0",)) for number in (1, 2)]
    plan = schedule(step(0, "thing", found="thing_7"), *labels, ids=ids)
    first = plan.start()
    assert numbers(first) == [[0]]
    end(plan, first[0])
    second = plan.start()
    assert numbers(second) == [[1]]
    end(plan, second[0])
    assert numbers(plan.start()) == [[2]]


def test_a_failure_skips_what_depends_on_it_and_nothing_else() -> None:
    plan = schedule(step(0, "part"), step(1, "thing", 0), step(2, "label", 1), step(3, "part"), step(4, "thing", 3))
    first = plan.start()
    plan.finished(first[0])
    skips = plan.failed(first[0][0])
    assert [(skip.step.number, skip.reason) for skip in skips] == [
        (1, "it waits for toy.part/k0"),
        (2, "it waits for toy.part/k0"),
    ]
    end(plan, first[1])
    assert numbers(plan.start()) == [[4]]


def test_a_closed_place_begins_nothing_more() -> None:
    things = [step(number, "thing") for number in range(60)]
    plan = schedule(*things, step(60, "thing", 0), step(61, "label", 60), step(62, "part"))
    under_way = plan.start()
    skipped = plan.close(("toy", ""), "toy.thing", "down")
    begun = {each.number for batch in under_way for each in batch}
    assert {each.step.number for each in skipped} == set(range(62)) - begun
    assert Skip(plan.steps[61], "it waits for toy.thing/k60") in skipped
    for batch in under_way:
        end(plan, batch)
    assert plan.start() == []
    assert plan.under_way == 0


def test_what_has_not_begun_can_be_called_off() -> None:
    plan = schedule(step(0, "part"), step(1, "thing", 0))
    (batch,) = plan.start()
    assert [skip.step.number for skip in plan.rest("stopped")] == [1]
    end(plan, batch)
    assert plan.start() == []
    assert plan.state == [State.DONE, State.SKIPPED]
