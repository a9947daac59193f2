"""Whatever the catalog says: one apply is enough, the next one too, and the way back leads to the same prices."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from billform.core.plan import Plan
from billform.core.resource import Resource, Spec
from tests.contract.bench import KINDS, Bench

from .accounts import Words
from .catalogs import catalogs, read
from .profiles import few
from .worlds import fresh, resources, wanted


def price_ids(bench: Bench, all_of: list[Resource[Spec]]) -> Mapping[str, str]:
    """The id of each price, by address."""
    snapshot = bench.observe("stripe.price")
    return {str(each.address): bench.live(each, snapshot).id for each in all_of if each.address.kind == "stripe.price"}


def extended(made: Plan) -> set[str]:
    """Prices that were given something in place that Stripe does not take away again."""
    fixed = ("currency_options", "currency_tax", "tax_behavior")
    return {
        str(each.address)
        for each in made.changes
        if each.action == "update" and any(line.path.startswith(fixed) for line in each.changes)
    }


def test_random_catalogs_ask_for_every_kind() -> None:
    """Else what follows would say nothing of the others."""
    asked: set[str] = set()

    @few(100)
    @given(words=catalogs())
    def gather(words: Words) -> None:
        catalog = read(words)
        asked.update(each.address.kind for each in (resources(catalog) if catalog else ()))

    gather()
    assert asked == {name for name, kind in KINDS.items() if not kind.lookup}


@few(12)
@given(words=catalogs())
def test_one_apply_is_enough(world: Bench, words: Words) -> None:
    """And taking everything away again leaves nothing to do either."""
    bench, all_of = fresh(world), wanted(words)
    bench.settle(*all_of)
    bench.settle()


@few(12)
@given(first=catalogs(), second=catalogs())
def test_from_any_catalog_to_any_other_and_back_to_the_same_prices(world: Bench, first: Words, second: Words) -> None:
    bench, one, other = fresh(world), wanted(first), wanted(second)
    bench.settle(*one)
    before = price_ids(bench, one)
    there = bench.settle(*other)
    back = bench.settle(*one)
    after = price_ids(bench, one)
    same = before.keys() - extended(there) - extended(back)
    assert {each: after[each] for each in same} == {each: before[each] for each in same}


@few(4)
@given(first=catalogs(), second=catalogs(), write=st.integers(1, 40))
def test_killed_on_the_way_and_gone_on_from_there(world: Bench, first: Words, second: Words, write: int) -> None:
    """Where an uninterrupted run would have come to."""
    bench, one, other = fresh(world), wanted(first), wanted(second)
    bench.settle(*one)
    bench.settle(*other)
    clean = bench.world(on_sale=True)
    fresh(world).settle(*one)
    made = bench.plan(*other)
    with bench.fault("cut_connection", nth=write, count=None):
        bench.apply(made)
    bench.settle(*other)
    assert bench.world(on_sale=True) == clean
