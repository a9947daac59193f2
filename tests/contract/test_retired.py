"""What the catalog no longer asks for is out of sale, stays out, and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billform.core.kind import Ownership
from billform.core.plan import Cause

from .bench import KINDS, Bench, lines
from .everything import CASES, SAMPLES, value
from .samples import around, is_fixed

LEAVING = tuple(kind for kind, sample in SAMPLES.items() if not isinstance(sample.out, str))
STAYING = tuple(kind for kind, sample in SAMPLES.items() if isinstance(sample.out, str))


@pytest.mark.parametrize("kind", LEAVING)
def test_what_leaves_the_catalog_leaves_the_shop_and_comes_back(bench: Bench, kind: str) -> None:
    """Twice, for the second time meets what the first one left behind, be it the vendor's answers to the same keys."""
    sample = SAMPLES[kind]
    assert not isinstance(sample.out, str)
    resource = sample.resource(next(iter(sample.full.values())))
    bench.prepared(sample.kind, *sample.needs)
    bench.epoch = "one and the same"
    bench.settle(*around(sample, resource))
    for again in ("first", "second"):
        live = bench.live(resource)
        question, is_out = sample.out(bench.at(resource, *sample.needs))
        before = bench.send(question)
        assert not is_out(before.status, before.content)
        bench.settle(*sample.needs)
        after = bench.send(question)
        assert is_out(after.status, after.content), f"the {again} time it is still on sale: {after}"
        bench.run(KINDS[kind].retire(bench.client(kind), live, f"once more, the {again} time"))
        after = bench.send(question)
        assert is_out(after.status, after.content)
        assert lines(bench.plan(*sample.needs)) == []
        back = bench.settle(*around(sample, resource))
        if KINDS[kind].ownership is not Ownership.NATURAL:
            assert {each.cause for each in back.changes} == {Cause.CATALOG}, "nobody else has done anything"
        assert bench.live(resource).id == live.id or sample.another


@pytest.mark.parametrize("kind", STAYING)
def test_what_cannot_leave_stays_as_it_is(bench: Bench, kind: str) -> None:
    """Without a change in the plan, this time and the next; what refers to it may go."""
    sample = SAMPLES[kind]
    resource = sample.resource(next(iter(sample.full.values())))
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, resource))
    live = bench.live(resource)
    for wanted in (sample.needs, around(sample, resource)):
        made = bench.settle(*wanted)
        assert {each.address for each in made.changes} <= {each.address for each in sample.proofs}
        assert (bench.live(resource).spec, bench.live(resource).active) == (live.spec, live.active)


def returning() -> Iterator[str]:
    """For every kind that can leave, one field that changes in place meanwhile, and one that the vendor fixes."""
    seen: set[tuple[str, bool]] = set()
    for name, (sample, case) in CASES.items():
        way = (sample.kind, is_fixed(sample, case.field))
        if sample.kind in LEAVING and case.key is None and way not in seen:
            seen.add(way)
            yield name


@pytest.mark.parametrize("name", list(returning()))
def test_what_comes_back_may_have_changed_meanwhile(bench: Bench, name: str) -> None:
    """Restored with the change where it can be made in place, made anew or refused where it cannot."""
    sample, case = CASES[name]
    before, after = sample.resource(case.before), sample.resource(case.after)
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, before))
    old = bench.live(before)
    bench.settle(*sample.needs)
    made = bench.plan(*around(sample, after))
    if made.refusals:
        assert {each.code for each in made.refusals} == {"P026"}
        assert is_fixed(sample, case.field)
        return
    bench.finish(made, *around(sample, after))
    assert bench.live(after).id == old.id or sample.another or is_fixed(sample, case.field)
    bench.settle(*around(sample, before))
    assert value(bench.live(before), case.field) == value(old, case.field)
