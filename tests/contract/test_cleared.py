"""What is no longer declared: cleared where we declared it, left alone where somebody else did."""

from __future__ import annotations

from typing import Any

import pytest

from billform.core.declared import default

from .bench import Bench, lines
from .everything import REMOVABLE, SAMPLES, value
from .samples import Sample, around, is_fixed, is_kept


@pytest.mark.parametrize("name", REMOVABLE)
def test_a_field_that_is_no_longer_declared_is_cleared(bench: Bench, name: str) -> None:
    """Or stays, where the kind says that it cannot be taken away."""
    sample, full, field = REMOVABLE[name]
    fields = sample.full[full]
    gone = {field, *sample.together.get(field, ())} - set(sample.always)
    before = sample.resource(fields)
    after = sample.resource({key: each for key, each in fields.items() if key not in gone})
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, before))
    old = bench.live(before)
    made = bench.plan(*around(sample, after))
    if made.refusals:
        assert is_fixed(sample, field)
        return
    bench.finish(made, *around(sample, after))
    found = value(bench.live(after), field)
    if is_kept(sample, field):
        assert found == value(old, field)
    else:
        assert found == sample.cleared.get(field, default(sample.spec, field))


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_others_set_survives_every_change(bench: Bench, kind: str) -> None:
    """Fields that the catalog does not declare, one after the other declared and no longer declared."""
    sample = SAMPLES[kind]
    base = sample.resource(sample.base)
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, base))
    identity = bench.live(base).id
    theirs = [field for field in sample.raw if concerns_others(sample, field) and changes(bench, sample, field)]
    for field in theirs:
        full = next(fields for fields in sample.full.values() if field in fields)
        group = {field, *sample.together.get(field, ())}
        others = [each for each in theirs if each not in group]
        kept = values(bench, sample, sample.base, others)
        wider = {**sample.base, **{name: full[name] for name in group if name in full}}
        bench.settle(*around(sample, sample.resource(wider)))
        assert values(bench, sample, wider, others) == kept, f"{field} is declared"
        bench.settle(*around(sample, base))
        assert values(bench, sample, sample.base, others) == kept, f"{field} is no longer declared"
        changes(bench, sample, field)
    assert bench.live(base).id == identity


def concerns_others(sample: Sample, field: str) -> bool:
    """Whether somebody else can change a field that the catalog does not have to declare."""
    needed = field in sample.base or field in sample.always or sample.whole
    return not needed and not is_fixed(sample, field) and not isinstance(sample.raw[field], str)


def changes(bench: Bench, sample: Sample, field: str) -> bool:
    """Somebody else changes a field, which is no concern of the catalog's; answers whether they can."""
    base, raw = sample.resource(sample.base), sample.raw[field]
    assert not isinstance(raw, str)
    reply = bench.send(raw(bench.at(base, *sample.needs)))
    assert lines(bench.plan(*around(sample, base))) == [], field
    return reply.ok and value(bench.live(base), field) != default(sample.spec, field)


def values(bench: Bench, sample: Sample, fields: Any, names: list[str]) -> dict[str, Any]:
    """Some fields as they are found."""
    live = bench.live(sample.resource(fields))
    return {name: value(live, name) for name in names}
