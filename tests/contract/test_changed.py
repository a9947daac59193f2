"""Every field, changed: in place under the same id, or as a new object where the vendor fixes it."""

from __future__ import annotations

import pytest

from billform.core.declared import declared
from billform.core.kind import OnImmutable, Unordered, marker
from billform.core.resource import Resource, Spec

from .bench import KINDS, Bench
from .everything import CASES, value
from .samples import Case, Sample, around, is_kept

REPLACED = {"new_version", "recreate", "restore", "create"}


@pytest.mark.parametrize("name", CASES)
def test_a_changed_field_is_changed_at_the_vendor(bench: Bench, name: str) -> None:
    """And changed back: what stood before stands again. What we make anew, the vendor does not change in place."""
    sample, case = CASES[name]
    before, after = sample.resource(case.before), sample.resource(case.after, case.key)
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, before))
    old = bench.live(before)
    made = bench.plan(*around(sample, after))
    change = next((each for each in made.changes if each.address == after.address), None)
    if case.name == "reordered":
        assert (change is None) is (marker(sample.spec, case.field, Unordered) is not None)
    if change is None:
        known = case.name == "reordered" or is_kept(sample, case.field) or case.field == "settings"
        assert known, "it goes unnoticed"
        return
    if change.action in REPLACED | {"refuse"}:
        ask_the_vendor(bench, sample, case, before)
    if change.action == "refuse":
        assert KINDS[sample.kind].on_immutable is OnImmutable.REFUSE
        assert (change.code, bool(KINDS[sample.kind].way_out)) == ("P026", True), "a refusal says the way out"
        return
    bench.finish(made, *around(sample, after))
    new = bench.live(after)
    assert declared(after.spec) - {"settings"} <= declared(new.spec), "what was declared is there"
    if change.action == "update":
        assert new.id == old.id
        assert value(new, case.field) != value(old, case.field)
    else:
        assert change.action in REPLACED
        assert new.id != old.id or case.key is not None
    bench.settle(*around(sample, before))
    back = value(bench.live(before), case.field)
    assert back == value(old, case.field) or is_kept(sample, case.field)


def ask_the_vendor(bench: Bench, sample: Sample, case: Case, resource: Resource[Spec]) -> None:
    """Our markers could claim anything: what they call fixed must be refused, or at least ignored, when tried."""
    raw = sample.raw[case.field]
    if isinstance(raw, str) or case.field in sample.policy or case.key is not None:
        return
    old = bench.live(resource)
    reply = bench.send(raw(bench.at(resource, *sample.needs)))
    new = bench.live(resource)
    assert not reply.ok or value(new, case.field) == value(old, case.field), f"the vendor changes {case.field}"
