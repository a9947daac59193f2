"""Every field, changed: in place under the same id, or as a new object where the vendor fixes it; and put back."""

from __future__ import annotations

from typing import Any

import pytest

from billform.core.diff import declared, default
from billform.core.kind import FixedEntries, Immutable, Kept, OnImmutable, Ownership, PerKey, SetOnce, marker
from billform.core.plan import Cause
from billform.core.resource import Live, Resource, Spec, rebound

from .bench import KINDS, Bench, lines
from .everything import CASES, SAMPLES
from .samples import Sample

REPLACED = {"new_version", "recreate", "restore", "create"}
UNTOUCHED = {"reordered"}


def value(live: Live[Spec], name: str) -> Any:
    """A field as it is found."""
    return getattr(live.spec, name)


def around(sample: Sample, *resources: Resource[Spec]) -> tuple[Resource[Spec], ...]:
    """Everything that is to be there."""
    return (*sample.needs, *sample.proofs, *resources)


def attempt(bench: Bench, sample: Sample, field: str, resource: Resource[Spec]) -> bool:
    """Tries, as somebody else would, to change a field in place; answers whether it has changed."""
    raw = sample.raw[field]
    assert not isinstance(raw, str)
    before = value(bench.live(resource), field)
    reply = bench.send(raw(bench.at(resource, *sample.needs)))
    after = value(bench.live(resource), field)
    return reply.ok and after != before


def is_fixed(sample: Sample, field: str) -> bool:
    """Whether our kind claims that the vendor fixes a field."""
    return any(marker(sample.spec, field, each) is not None for each in (Immutable, FixedEntries))


@pytest.mark.parametrize("name", CASES)
def test_a_changed_field_is_changed_at_the_vendor(bench: Bench, name: str) -> None:
    sample, case = CASES[name]
    before, after = sample.resource(case.before), sample.resource(case.after, case.key)
    bench.settle(*around(sample, before))
    old = bench.live(before)
    made = bench.plan(*around(sample, after))
    change = next((each for each in made.changes if each.address == after.address), None)
    if case.name in UNTOUCHED and change is None:
        return
    if case.field == "settings":
        assert change is None, "it only says what comes first"
        return
    assert change is not None, f"{name} goes unnoticed"
    if change.action == "refuse":
        assert KINDS[sample.kind].on_immutable is OnImmutable.REFUSE
        assert change.code == "P026", change
        assert KINDS[sample.kind].way_out, "a refusal says the way out"
        return
    bench.settle(*around(sample, after))
    new = bench.live(after)
    wanted, found = after.spec, rebound(new.spec, lambda each: each)
    assert declared(wanted) <= declared(found) | {"settings"}, "what was declared is there"
    if change.action == "update":
        assert new.id == old.id
        if case.name not in UNTOUCHED:
            assert value(new, case.field) != value(old, case.field), "it has changed at the vendor"
    else:
        assert change.action in REPLACED
        assert new.id != old.id
    bench.settle(*around(sample, before))
    assert value(bench.live(before), case.field) == value(old, case.field), "and back again"


@pytest.mark.parametrize("name", CASES)
def test_what_we_make_anew_the_vendor_does_not_change_in_place(bench: Bench, name: str) -> None:
    """Asked of the vendor itself: our markers could claim anything."""
    sample, case = CASES[name]
    before, after = sample.resource(case.before), sample.resource(case.after, case.key)
    bench.settle(*around(sample, before))
    made = bench.plan(*around(sample, after))
    change = next((each for each in made.changes if each.address == after.address), None)
    replaced = change is not None and change.action in REPLACED | {"refuse"}
    raw = sample.raw[case.field]
    if not replaced or isinstance(raw, str) or case.field in sample.policy or case.key is not None:
        pytest.skip("changed in place, or nothing that anybody could try")
    assert not attempt(bench, sample, case.field, before), f"the vendor changes {case.field} in place"


def removable() -> dict[str, tuple[Sample, str, str]]:
    """Every optional field, in the full specs that declare it and can do without."""
    return {
        f"{sample.kind}/{name}/{field}": (sample, name, field)
        for sample in SAMPLES.values()
        for name, full in sample.full.items()
        for field in full
        if not sample.spec.model_fields[field].is_required()
        and field not in sample.always
        and field not in sample.base
    }


REMOVABLE = removable()


@pytest.mark.parametrize("name", REMOVABLE)
def test_a_field_that_is_no_longer_declared_is_cleared(bench: Bench, name: str) -> None:
    """Or stays, where the vendor cannot take it away or nothing remembers that we ever declared it."""
    sample, full, field = REMOVABLE[name]
    fields = sample.full[full]
    gone = {field, *sample.together.get(field, ())} - set(sample.always)
    before = sample.resource(fields)
    after = sample.resource({key: each for key, each in fields.items() if key not in gone})
    bench.settle(*around(sample, before))
    old = bench.live(before)
    bench.settle(*around(sample, after))
    new = bench.live(after)
    kept = marker(sample.spec, field, Kept) is not None
    kept |= KINDS[sample.kind].ownership is Ownership.NATURAL and not sample.whole and not is_fixed(sample, field)
    expected = value(old, field) if kept else default(sample.spec, field)
    found = value(new, field)
    assert (tuple(found) if isinstance(found, dict) else found) == (
        tuple(expected) if isinstance(expected, dict) else expected
    )


def outsiders() -> dict[str, tuple[Sample, str, str]]:
    """Every field that somebody else could change, in a spec that declares it."""
    found = {}
    for sample in SAMPLES.values():
        for field, raw in sample.raw.items():
            if isinstance(raw, str):
                continue
            full = next(name for name, fields in sample.full.items() if field in fields)
            found[f"{sample.kind}/{field}"] = (sample, full, field)
    return found


OUTSIDERS = outsiders()


@pytest.mark.parametrize("name", OUTSIDERS)
def test_what_somebody_else_changed_is_put_back(bench: Bench, name: str) -> None:
    sample, full, field = OUTSIDERS[name]
    resource = sample.resource(sample.full[full])
    bench.settle(*around(sample, resource))
    old = bench.live(resource)
    raw = sample.raw[field]
    assert not isinstance(raw, str)
    reply = bench.send(raw(bench.at(resource, *sample.needs)))
    left = bench.plan(*around(sample, resource))
    if not reply.ok or not left.changes:
        once = marker(sample.spec, field, SetOnce) is not None
        assert is_fixed(sample, field) or once, f"{name} cannot be changed: {reply}"
        return
    if KINDS[sample.kind].ownership is not Ownership.NATURAL:
        assert {each.cause for each in left.changes} == {Cause.OUTSIDE}, lines(left)
    bench.settle(*around(sample, resource))
    new = bench.live(resource)
    assert value(new, field) == value(old, field)
    if not is_fixed(sample, field) and not [each for each in sample.cases if each.field == field and each.key]:
        assert new.id == old.id


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_others_set_survives_every_change(bench: Bench, kind: str) -> None:
    """Fields that the catalog does not declare, one after the other declared and no longer declared."""
    sample = SAMPLES[kind]
    base = sample.resource(sample.base)
    bench.settle(*around(sample, base))
    identity = bench.live(base).id
    theirs: dict[str, Any] = {}
    for field, raw in sample.raw.items():
        if field in sample.base or isinstance(raw, str) or is_fixed(sample, field) or sample.whole:
            continue
        reply = bench.send(raw(bench.at(base, *sample.needs)))
        if reply.ok and value(bench.live(base), field) != default(sample.spec, field):
            theirs[field] = value(bench.live(base), field)
        assert lines(bench.plan(*around(sample, base))) == [], field
    theirs = {field: value(bench.live(base), field) for field in theirs}
    for field in theirs:
        full = next(fields for fields in sample.full.values() if field in fields)
        group = {field, *sample.together.get(field, ())}
        wider = sample.resource({**sample.base, **{name: full[name] for name in group if name in full}})
        bench.settle(*around(sample, wider))
        assert bench.live(wider).id == identity
        others = {name: value(bench.live(wider), name) for name in theirs if name not in group}
        assert others == {name: theirs[name] for name in others}, f"{field} was declared"
        bench.settle(*around(sample, base))
        others = {name: value(bench.live(base), name) for name in theirs if name not in group}
        assert others == {name: theirs[name] for name in others}, f"{field} was no longer declared"
        raw = sample.raw[field]
        assert not isinstance(raw, str)
        bench.send(raw(bench.at(base, *sample.needs)))


FOREIGN = {f"{kind}/{each.name}": (sample, each) for kind, sample in SAMPLES.items() for each in sample.foreign}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_others_attach_survives_every_change(bench: Bench, name: str) -> None:
    sample, foreign = FOREIGN[name]
    full = next(iter(sample.full.values()))
    resource = sample.resource(full)
    bench.settle(*around(sample, resource))
    at = bench.at(resource, *sample.needs)
    assert bench.send(foreign.put(at)).ok
    assert foreign.is_there(bench.send(foreign.look(at)).content)
    assert lines(bench.plan(*around(sample, resource))) == []
    here = [each for each in sample.cases if each.before == full and not is_fixed(sample, each.field)]
    for case in here:
        after = sample.resource(case.after)
        if bench.plan(*around(sample, after)).refusals:
            continue
        made = bench.settle(*around(sample, after))
        if {each.action for each in made.changes} <= {"update"}:
            assert foreign.is_there(bench.send(foreign.look(at)).content), f"after {case}"
        bench.settle(*around(sample, resource))
    if bench.live(resource).id == at.id:
        assert foreign.is_there(bench.send(foreign.look(at)).content)


