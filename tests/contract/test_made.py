"""What was created is found again unchanged, and specs say the same wherever they are written down."""

from __future__ import annotations

import pytest

from billform.core.declared import declared
from billform.core.diff import compare
from billform.core.kind import FixedEntries, Immutable, Kept, SetOnce, policy
from billform.core.values import refs

from .bench import KINDS, Bench
from .everything import CASES, FULL, SAMPLES
from .samples import around

SENTENCES = Immutable | SetOnce | FixedEntries | Kept


def test_every_kind_has_a_sample_and_every_field_a_value_and_a_change() -> None:
    assert set(SAMPLES) == {name for name, kind in KINDS.items() if not kind.lookup}
    for name, sample in SAMPLES.items():
        fields = set(sample.spec.model_fields)
        assert {field for full in sample.full.values() for field in full} == fields, name
        assert {case.field for case in sample.cases} == fields, name
        assert set(sample.raw) == fields, name


@pytest.mark.parametrize("kind", SAMPLES)
def test_few_fields_are_found_again(bench: Bench, kind: str) -> None:
    """Whatever the vendor fills in by itself is no difference."""
    sample = SAMPLES[kind]
    resource = sample.resource(sample.base)
    made = bench.settle(*around(sample, resource))
    assert resource.address in {each.address for each in made.changes}


@pytest.mark.parametrize("name", FULL)
def test_all_fields_are_found_again(bench: Bench, name: str) -> None:
    """With everything that they refer to."""
    sample, full = FULL[name]
    resource = sample.resource(sample.full[full])
    bench.settle(*around(sample, resource))
    there = {(each.kind, each.id) for each in bench.observe().lives}
    named = [each for each in refs(bench.live(resource).spec) if each.id is not None]
    assert {(each.kind, each.id) for each in named} <= there


@pytest.mark.parametrize("name", [*FULL, *CASES])
def test_a_spec_survives_json(name: str) -> None:
    """Also which of its fields are declared, on which everything rests."""
    sample, fields = (
        (FULL[name][0], FULL[name][0].full[FULL[name][1]]) if name in FULL else (CASES[name][0], CASES[name][1].after)
    )
    spec = sample.resource(fields).spec
    again = sample.spec.model_validate_json(spec.model_dump_json(exclude_unset=True))
    assert again == spec
    assert declared(again) == declared(spec)
    assert compare(spec, again, declared(spec)) == ()


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_reason_is_a_sentence(kind: str) -> None:
    """It stands in the plan beside the change, after a `#`."""
    spec = SAMPLES[kind].spec
    for field in spec.model_fields:
        for marker in policy(spec, field):
            if isinstance(marker, SENTENCES):
                assert marker.reason[0].isupper(), marker.reason
                assert len(marker.reason.split()) > 3, marker.reason
                assert not marker.reason.endswith("."), marker.reason
                assert len(marker.reason) < 80, marker.reason
