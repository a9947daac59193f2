"""What is said counts, and not how: in which file, in which order, in which style, or laid over by an environment."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from billform.catalog.environment import Environment, load_environment
from billform.catalog.load import digest, load
from billform.catalog.models import Catalog
from billform.core.diagnostic import BillformError
from tests.contract.bench import ENVIRONMENT, Bench, lines

from .accounts import Words
from .catalogs import catalogs
from .profiles import few
from .styles import Chance, many_files, one_file, shuffled, written
from .worlds import fresh, resources, wanted

SEEDS = st.integers(0, 2**32)
Factory = pytest.TempPathFactory


@few(10)
@given(words=catalogs(), seed=SEEDS)
def test_the_order_of_files_keys_and_lists_says_nothing(
    world: Bench, tmp_path_factory: Factory, words: Words, seed: int
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
        assert lines(made)
        nowhere = tuple(each.model_copy(update={"place": None}) for each in made.changes)
        plans.append(made.model_copy(update={"changes": nowhere}))
    assert plans[0].changes == plans[1].changes
    assert plans[0].digest == plans[1].digest


@few(40)
@given(words=catalogs(), seed=SEEDS)
def test_a_catalog_is_the_same_in_every_style(tmp_path_factory: Factory, words: Words, seed: int) -> None:
    asked = wanted(words)
    for number in range(3):
        directory = tmp_path_factory.mktemp("catalog")
        (directory / "catalog.yaml").write_text(written(words, random.Random(seed + number)), "utf-8")
        catalog = load(directory, ENVIRONMENT)
        assert [(each.address, each.spec) for each in resources(catalog)] == [
            (each.address, each.spec) for each in asked
        ]


@few(40)
@given(words=catalogs(), other=catalogs(), seed=SEEDS)
def test_laying_over_and_writing_in_another_style_go_in_any_order(
    tmp_path_factory: Factory, words: Words, other: Words, seed: int
) -> None:
    """A catalog with an overlay says what a catalog says that was changed by hand; or both are refused."""
    chance = random.Random(seed)
    overlay = differing(words, other, chance)
    assume(overlay)
    by_hand = read(tmp_path_factory.mktemp("hand"), laid_over(words, overlay), {}, chance, style=False)
    for style in (False, True):
        laid = read(tmp_path_factory.mktemp("laid"), words, overlay, chance, style=style)
        assert laid == by_hand


def read(directory: Path, words: Words, overlay: Words, chance: Chance, *, style: bool) -> tuple[str, list[Any]] | None:
    """What files and an environment come to: the catalog's digest with what it asks for; None where it is refused."""
    said = ENVIRONMENT.model_dump(mode="json", exclude_unset=True) | ({"catalog": overlay} if overlay else {})
    write = written if style else plainly
    (directory / "environments").mkdir()
    (directory / "environments" / "local.yaml").write_text(write(said, chance), "utf-8")
    (directory / "catalog").mkdir()
    (directory / "catalog" / "catalog.yaml").write_text(write(words, chance), "utf-8")
    environment: Environment = load_environment("local", directory / "environments")
    try:
        catalog: Catalog = load(directory / "catalog", environment)
    except BillformError:
        return None
    return digest(catalog), [(each.address, each.spec) for each in resources(catalog)]


def plainly(words: Words, chance: Chance) -> str:
    """As a program writes it."""
    return yaml.safe_dump(words, sort_keys=False, allow_unicode=True)


ENTRIES = {
    "addons", "bigcommerce", "charges", "coupons", "customer_attributes", "customer_groups", "features", "meters",
    "payment_methods", "plans", "portal", "price_lists", "prices", "promotion_codes", "registrations", "scripts",
    "storefront", "stripe", "tax", "webhooks",
}  # fmt: skip
"""Maps by keys of the author's own: an environment changes them or takes them away, and makes none."""


def differing(words: Words, other: Words, chance: Chance) -> Words:
    """Some of what another catalog says differently, and some entries taken away; nothing where they are alike."""
    found: Words = {}
    for key in sorted(words.keys() & other.keys()):
        one, two = words[key], other[key]
        if isinstance(one, dict) and isinstance(two, dict):
            inner = differing(one, two, chance)
            if chance.random() < 0.1 and one and key in ENTRIES:
                inner[chance.choice(list(one))] = None
            if chance.random() < 0.3 and key not in ENTRIES:
                inner |= {each: two[each] for each in two if each not in one}
            if inner:
                found[key] = inner
        elif one != two and chance.random() < 0.5:
            found[key] = two
    return found


def laid_over(words: Words, overlay: Words) -> Words:
    """By hand: maps are merged, null takes away, everything else is replaced."""
    found = dict(words)
    for key, each in overlay.items():
        if each is None:
            found.pop(key, None)
        elif isinstance(each, dict) and isinstance(found.get(key), dict):
            found[key] = laid_over(found[key], each)
        else:
            found[key] = each
    return found


def test_shuffling_changes_the_order_and_nothing_else() -> None:
    chance = random.Random(1)
    words = {"coupons": {key: {"plans": ["a", "b", "c"]} for key in "abcdef"}}
    turned = shuffled(words, chance)
    assert turned != words or list(turned["coupons"]) != list(words["coupons"])
    assert {key: sorted(each["plans"]) for key, each in turned["coupons"].items()} == {
        key: each["plans"] for key, each in words["coupons"].items()
    }
