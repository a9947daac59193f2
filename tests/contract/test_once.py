"""Made once, whatever happens on the way: a key used twice, an answer lost, the process killed at any write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from billform.core.kind import Ownership
from billform.core.resource import Resource, Spec

from .bench import KINDS, Bench
from .everything import CASES, SAMPLES
from .samples import Case, Sample, around, is_fixed

MOST = 12
"""Writes that a sample takes at the very most."""


KEYED = tuple(name for name in SAMPLES if KINDS[name].ownership is not Ownership.MARKED_AFTER)
"""A store keeps no keys: for what it makes by POST, the engine looks before it asks again, as the other tests show."""


@pytest.mark.parametrize("kind", KEYED)
def test_creating_twice_with_one_key_creates_once(bench: Bench, kind: str) -> None:
    sample = SAMPLES[kind]
    resource = sample.resource(next(iter(sample.full.values())))
    bench.prepared(sample.kind, *sample.needs)
    bench.plan(*around(sample, resource))
    write = bench.write(resource, bench.ids(*sample.needs), "one key")
    made = bench.run(KINDS[kind].create(bench.client(kind), write))
    there = len(bench.observe(kind).lives)
    again = bench.run(KINDS[kind].create(bench.client(kind), write))
    assert again.id == made.id
    assert len(bench.observe(kind).lives) == there
    bench.settle(*around(sample, resource))
    assert len(bench.observe(kind).lives) == there


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_create_whose_answer_was_lost_creates_once(bench: Bench, kind: str) -> None:
    """The vendor did it and we were not told: at every write, one after the other."""
    sample = SAMPLES[kind]
    resource = sample.resource(next(iter(sample.full.values())))
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, resource))
    clean = bench.world()
    for number in range(1, MOST):
        bench.prepared(sample.kind, *sample.needs)
        made = bench.plan(*around(sample, resource))
        with bench.fault("lost_answer", nth=number):
            outcome = bench.apply(made)
            hit = bench.control("GET", "faults")["data"][0]["fired"]
        assert outcome.complete, outcome.diagnostics
        assert bench.world() == clean, f"the answer to write {number} was lost"
        if not hit:
            return
    raise AssertionError("more writes than anybody thought")


@pytest.mark.parametrize("kind", SAMPLES)
def test_killed_at_any_write_of_a_create_ends_without_a_duplicate(bench: Bench, kind: str) -> None:
    sample = SAMPLES[kind]
    resource = sample.resource(next(iter(sample.full.values())))
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, resource))
    clean = bench.world()
    for number in killed_at_each_write(bench, sample.kind, sample.needs, around(sample, resource)):
        bench.settle(*around(sample, resource))
        assert bench.world() == clean, f"killed at write {number}"
    assert bench.world() == clean


def killed_at_each_write(
    bench: Bench, name: str, there: Iterable[Resource[Spec]], wanted: Iterable[Resource[Spec]]
) -> Iterator[int]:
    """The number of each write, after an apply of what is wanted that was killed at it; ends after one that was not."""
    for number in range(1, MOST):
        bench.prepared(name, *there)
        made = bench.plan(*wanted)
        with bench.fault("cut_connection", nth=number, count=None):
            complete = bench.apply(made).complete
        if complete:
            return
        yield number
    raise AssertionError("more writes than anybody thought")


def first_of_each_way() -> Iterator[str]:
    """For every kind one field that changes in place, and one that makes it anew."""
    seen: set[tuple[str, bool]] = set()
    for name, (sample, case) in CASES.items():
        way = (sample.kind, KINDS[sample.kind].on_immutable.value != "refuse" and is_replaced(sample, case))
        if way not in seen:
            seen.add(way)
            yield name


def is_replaced(sample: Sample, case: Case) -> bool:
    """Whether a change makes the object anew, as the markers say."""
    return is_fixed(sample, case.field) or case.key is not None


@pytest.mark.parametrize("name", list(first_of_each_way()))
def test_killed_at_any_write_of_a_change_ends_where_it_should(bench: Bench, name: str) -> None:
    """The next run finishes what this one began, and a third has nothing to do."""
    sample, case = CASES[name]
    before, after = sample.resource(case.before), sample.resource(case.after, case.key)
    bench.prepared(name, *around(sample, before))
    if bench.plan(*around(sample, after)).refusals:
        return
    bench.settle(*around(sample, after))
    clean = bench.world()
    for number in killed_at_each_write(bench, name, around(sample, before), around(sample, after)):
        bench.settle(*around(sample, after))
        assert bench.world() == clean, f"killed at write {number}"


@pytest.mark.parametrize("name", [each for each in first_of_each_way() if is_replaced(*CASES[each])])
def test_killed_at_any_write_of_a_replacement_it_can_be_rolled_back(bench: Bench, name: str) -> None:
    """The one before is there, or is made anew; what was begun goes."""
    sample, case = CASES[name]
    before, after = sample.resource(case.before), sample.resource(case.after, case.key)
    bench.prepared(name, *around(sample, before))
    if bench.plan(*around(sample, after)).refusals:
        return
    clean = bench.world(on_sale=True)
    for number in killed_at_each_write(bench, name, around(sample, before), around(sample, after)):
        bench.settle(*around(sample, before))
        assert bench.world(on_sale=True) == clean, f"killed at write {number}"
