"""Whatever the catalog says: one apply is enough, the next one too, and the way back leads to the same prices."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from billform.catalog.load import load
from billform.catalog.models import Catalog
from billform.core.plan import Plan
from billform.core.resource import Resource, Spec
from tests.contract.bench import ENVIRONMENT, KINDS, Bench, lines

from .catalogs import Words, catalogs, read

LONG = bool(os.environ.get("BILLFORM_LONG"))
"""Set it to look for hours; without it the same few examples are tried every time."""


def few(examples: int) -> settings:
    """So many examples in a normal run, and a hundred times as many in a long one."""
    return settings(
        max_examples=examples * 100 if LONG else examples,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def resources(catalog: Catalog) -> list[Resource[Spec]]:
    """Everything that a catalog asks for, of all kinds."""
    return [each for kind in KINDS.values() for each in kind.desired(catalog, ENVIRONMENT)]


def wanted(words: Words) -> list[Resource[Spec]]:
    """The same for a catalog that the rules let pass."""
    catalog = read(words)
    assume(catalog is not None)
    assert catalog is not None
    return resources(catalog)


def fresh(world: Bench) -> Bench:
    """An empty world, in which every kind is looked at."""
    world.reset()
    world.seen = set(KINDS)
    return world


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


@few(10)
@given(words=catalogs(), seed=st.integers(0, 2**16))
def test_the_order_of_files_and_keys_says_nothing(
    world: Bench, tmp_path_factory: pytest.TempPathFactory, words: Words, seed: int
) -> None:
    """The same plan, change by change, from one file or from many, whatever their names."""
    wanted(words)
    plans = []
    for layout in (one_file, many_files):
        directory = tmp_path_factory.mktemp("catalog")
        layout(directory, words, random.Random(seed))
        bench = fresh(world)
        bench.epoch = "the same"
        made = bench.plan(*resources(load(directory, ENVIRONMENT)))
        plans.append([each.model_copy(update={"place": None}) for each in made.changes])
        assert lines(made)
    assert plans[0] == plans[1]


def one_file(directory: Path, words: Words, chance: random.Random) -> None:
    """All in one, as it came."""
    (directory / "catalog.yaml").write_text(yaml.safe_dump(words, sort_keys=False, allow_unicode=True), "utf-8")


def many_files(directory: Path, words: Words, chance: random.Random) -> None:
    """A file for every plan, coupon and so on, their names and the order of their keys by chance."""
    (directory / "zz.yaml").write_text(yaml.safe_dump({"catalog": words["catalog"]}), "utf-8")
    for part, entries in words.items():
        if part == "catalog":
            continue
        for key, entry in entries.items():
            name = f"{chance.randrange(10**9)}-{part}-{key}.yaml"
            text = yaml.safe_dump({part: {key: shuffled(entry, chance)}}, sort_keys=False, allow_unicode=True)
            (directory / name).write_text(text, "utf-8")


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same words in another order, but for prices and currencies: the first of those stands out on purpose."""
    if not isinstance(value, dict):
        return value
    keys = list(value)
    if not {"prices", "base", "monthly", "yearly", "quarterly", "once", "usd"} & set(keys):
        chance.shuffle(keys)
    return {key: shuffled(value[key], chance) for key in keys}
