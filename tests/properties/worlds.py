"""What catalogs ask for, and a world to put it in."""

from __future__ import annotations

from hypothesis import assume

from billform.catalog.models import Catalog
from billform.core.resource import Resource, Spec
from tests.contract.bench import ENVIRONMENT, KINDS, Bench

from .accounts import Words
from .catalogs import read


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
