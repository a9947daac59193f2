"""What the catalog no longer asks for is out of sale, stays out, and comes back."""

from __future__ import annotations

import pytest

from .bench import KINDS, Bench, lines
from .everything import SAMPLES
from .samples import around

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
        bench.settle(*around(sample, resource))
        assert bench.live(resource).id == live.id or sample.another


@pytest.mark.parametrize("kind", STAYING)
def test_what_cannot_leave_stays_as_it_is(bench: Bench, kind: str) -> None:
    """Without a word in the plan, this time and the next."""
    sample = SAMPLES[kind]
    resource = sample.resource(next(iter(sample.full.values())))
    bench.prepared(sample.kind, *sample.needs)
    bench.settle(*around(sample, resource))
    world = bench.world()
    assert lines(bench.plan(*sample.needs)) == []
    assert bench.world() == world
    assert lines(bench.plan(*around(sample, resource))) == []
