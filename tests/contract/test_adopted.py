"""What somebody else made under our name: told, never touched, and taken over once that is asked for."""

from __future__ import annotations

import pytest

from billform.core.kind import Ownership
from billform.core.plan import Adopt

from .bench import CATALOG, KINDS, Bench
from .everything import SAMPLES
from .samples import around

MARKED = tuple(kind for kind in SAMPLES if KINDS[kind].ownership is not Ownership.NATURAL)
"""For the others nothing tells whose they are but what refers to them."""
UNIQUE = tuple(
    kind
    for kind in MARKED
    for resource in [SAMPLES[kind].resource(SAMPLES[kind].base)]
    if KINDS[kind].natural_keys(resource.spec, resource.address)
)


@pytest.mark.parametrize("kind", UNIQUE)
def test_what_another_catalog_made_is_left_alone_until_we_are_asked_to_take_it_over(bench: Bench, kind: str) -> None:
    sample = SAMPLES[kind]
    resource = sample.resource(sample.base)
    bench.prepared(sample.kind, *sample.needs)
    bench.plan(*around(sample, resource))
    write = bench.write(resource, bench.ids(*sample.needs), "theirs", catalog="another")
    made = bench.run(KINDS[kind].create(bench.client(kind), write))
    bench.run(KINDS[kind].secret_stored(bench.client(kind), made.id, write))
    before = bench.world()

    refused = bench.plan(*around(sample, resource))
    assert {(each.address, each.code) for each in refused.refusals} == {(resource.address, "P022")}
    # A product's mark only counts under the id that its catalog would have chosen.
    assert "'another'" in (refused.refusals[0].why or "") or kind == "stripe.product"
    assert bench.world() == before

    taken = bench.settle(*around(sample, resource), adopt=(str(resource.address),))
    assert [each.found.id for each in taken.changes if isinstance(each, Adopt)] == [made.id]
    live = bench.live(resource)
    assert (live.id, live.mark.catalog if live.mark else None) == (made.id, CATALOG)


@pytest.mark.parametrize("kind", MARKED)
def test_what_another_catalog_wants_is_never_retired_by_ours(bench: Bench, kind: str) -> None:
    """Two catalogs in one account: neither sees an object of the other as one that nobody asks for."""
    sample = SAMPLES[kind]
    resource = sample.resource(sample.base)
    bench.prepared(sample.kind, *sample.needs)
    bench.plan(*around(sample, resource))
    write = bench.write(resource, bench.ids(*sample.needs), "theirs", catalog="another")
    bench.run(KINDS[kind].create(bench.client(kind), write))
    assert bench.plan(*sample.needs).changes == ()
