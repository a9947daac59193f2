"""What somebody else does to an object of ours: put back where it is declared, left alone where it is not."""

from __future__ import annotations

import pytest

from billform.core.kind import Ownership
from billform.core.plan import Cause

from .bench import KINDS, Bench, bare, lines
from .everything import OUTSIDERS, SAMPLES, value
from .samples import around, is_address, is_fixed

TAKEN = {f"{kind}/{name}": (sample, name) for kind, sample in SAMPLES.items() for name in sample.taken}
RECORDED = {Ownership.MARKED, Ownership.MARKED_AFTER}
"""For the others nothing tells what was last written."""
FOREIGN = tuple(kind for kind, sample in SAMPLES.items() if sample.foreign)


@pytest.mark.parametrize("name", OUTSIDERS)
def test_what_somebody_else_changed_is_put_back(bench: Bench, name: str) -> None:
    sample, full, field = OUTSIDERS[name]
    resource = sample.resource(sample.full[full])
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, resource))
    old = bench.live(resource)
    raw = sample.raw[field]
    assert not isinstance(raw, str)
    reply = bench.send(raw(bench.at(resource, *sample.needs)))
    left = bench.plan(*around(sample, resource))
    if not reply.ok or not left.changes:
        assert is_fixed(sample, field), f"nobody can change it, and the kind says that one can: {reply}"
        return
    if KINDS[sample.kind].ownership in RECORDED and not is_address(sample, field):
        assert {each.cause for each in left.changes} == {Cause.OUTSIDE}, lines(left)
    bench.finish(left, *around(sample, resource))
    new = bench.live(resource)
    assert value(new, field) == value(old, field)
    assert new.id == old.id or is_fixed(sample, field) or is_address(sample, field)


@pytest.mark.parametrize("name", TAKEN)
def test_what_somebody_else_took_away_is_put_back(bench: Bench, name: str) -> None:
    """An entry, or the whole object: archived ones come back the same, deleted ones are made anew."""
    sample, taken = TAKEN[name]
    resource = sample.resource(next(iter(sample.full.values())))
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, resource))
    world, old = bench.world(on_sale=True), bench.live(resource)
    assert bench.send(sample.taken[taken](bench.at(resource, *sample.needs))).ok
    assert bench.world(on_sale=True) != world
    left = bench.settle(*around(sample, resource))
    if taken != "deleted":
        known = KINDS[sample.kind].ownership in RECORDED
        assert {each.cause for each in left.changes} == {Cause.OUTSIDE if known else Cause.UNKNOWN}, lines(left)
    assert bench.world(on_sale=True) == world
    assert bench.live(resource).id == old.id or taken == "deleted"


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_others_attach_survives_every_change(bench: Bench, kind: str) -> None:
    """Keys of other applications in the metadata, metafields, custom fields, headers."""
    sample = SAMPLES[kind]
    full = next(iter(sample.full.values()))
    resource = sample.resource(full)
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, resource))
    at = bench.at(resource, *sample.needs)
    for foreign in sample.foreign:
        assert bench.send(foreign.put(at)).ok, foreign.name

    def lost() -> list[str]:
        return [each.name for each in sample.foreign if not each.is_there(bench.ask(each.look(at)))]

    assert lost() == []
    assert lines(bench.plan(*around(sample, resource))) == []
    for case in sample.cases:
        if case.before != full or is_fixed(sample, case.field):
            continue
        after = sample.resource(case.after)
        made = bench.plan(*around(sample, after))
        if any(each.action != "update" for each in made.changes):
            continue
        bench.apply(made)
        assert lost() == [], f"after {case}"
    bench.settle(*around(sample, resource))
    assert lost() == []
    assert bare(bench.live(resource).id) == at.id
