"""Three times the catalog is three times the work, counted in steps of the interpreter: no load can change that."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from billform.catalog.environment import load_environment
from billform.catalog.load import load
from billform.catalog.models import Catalog
from billform.core.declared import declared, spec_digest
from billform.core.draft import Scope
from billform.core.graph import Graph
from billform.core.kind import Ownership
from billform.core.money import Money
from billform.core.plan import Plan
from billform.core.planner import plan
from billform.core.resource import Address, Live, Mark, Ref, Snapshot, Spec
from billform.core.stages import stages
from billform.core.values import rebound
from billform.providers import registry
from billform.providers.stripe.price_spec import PriceSpec

SMALL, LARGE = 8, 24
MOST = 1.06 * LARGE / SMALL
"""A step for each pair would make it nine times as many; sorting adds a little to three times as many."""

HEAD = """\
catalog: linear
products: { cloud: { name: Cloud } }
meters: { calls: { name: Calls } }
storefront:
  customer_groups: { members: { name: Members } }
"""
ITEM = """\
features:
  feature-{n}: {{ name: Feature {n} }}
plans:
  plan-{n}:
    product: cloud
    features: {{ feature-{n}: true }}
    charges:
      base:
        prices:
          monthly: {{ every: month, amount: {{ usd: {a}, eur: {a} }} }}
          yearly: {{ every: year, amount: {{ usd: {a}, eur: {a} }} }}
      usage: {{ meter: calls, prices: {{ monthly: {{ every: month, tiers: {{ steps: [{{ unit: 0.5 }}] }} }} }} }}
    storefront:
      sells: [base.monthly, base.yearly]
      variants: {{ base.monthly: {{ label: By the month }} }}
      customer_group: members
addons:
  addon-{n}: {{ prices: {{ once: {{ amount: {{ usd: 9, eur: 9 }} }} }} }}
  extra-{n}: {{ for_plans: [plan-{n}], prices: {{ once: {{ amount: {{ usd: 9, eur: 9 }} }} }} }}
coupons:
  coupon-{n}: {{ percent_off: 10, duration: once, plans: [plan-{n}, plan-{n}.usage], addons: [addon-{n}] }}
promotion_codes:
  code-{n}: {{ coupon: coupon-{n} }}
"""
ENVIRONMENT = """\
mode: simulated
stores: { main: { hash: simstore1 } }
storefronts: { us: { channel: Shop, currency: usd } }
"""


def _steps(work: Callable[[], object]) -> int:
    """How many instructions of Python's own interpreter some work takes."""
    count = 0

    def each(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return each

    before = sys.gettrace()
    sys.settrace(each)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def _written(directory: Path, items: int) -> Path:
    (directory / "catalog").mkdir(parents=True)
    (directory / "environments").mkdir()
    (directory / "catalog" / "head.yaml").write_text(HEAD)
    for number in range(items):
        (directory / "catalog" / f"item-{number}.yaml").write_text(ITEM.format(n=number, a=10 + number))
    (directory / "environments" / "here.yaml").write_text(ENVIRONMENT)
    return directory


class Case:
    """A catalog of some size, and what Stripe's kinds make of it."""

    def __init__(self, directory: Path, items: int) -> None:
        self.directory = _written(directory, items)
        self.environment = load_environment("here", directory / "environments")
        self.catalog = self.load()
        self.kinds = {name: kind for name, kind in registry.kinds().items() if name.startswith("stripe.")}
        self.graph = Graph(each for each in self.desired() if each.address.kind in self.kinds)

    def load(self) -> Catalog:
        return load(self.directory / "catalog", self.environment)

    def desired(self) -> Graph:
        """What the catalog asks for at both vendors."""
        catalog, kinds = self.catalog.model_copy(), registry.kinds()  # a copy has not worked anything out yet
        wanted = [each for kind in kinds.values() for each in kind.desired(catalog, self.environment)]
        return Graph(wanted, lookups=[name for name, kind in kinds.items() if kind.lookup])

    def plan(self, graph: Graph, lives: tuple[Live[Spec], ...]) -> Plan:
        snapshot = Snapshot(lives, frozenset((name, "") for name in self.kinds))
        return plan(graph, snapshot, self.kinds, Scope("linear", "", "here", "simulated"))

    def there(self, *, other: bool = False) -> tuple[Live[Spec], ...]:
        """All that is wanted, as an earlier run left it; with `other` amounts and names, as an earlier catalog did."""
        return tuple(self._live(each.address, _other(each.spec) if other else each.spec) for each in self.graph)

    def _live(self, address: Address, spec: Spec) -> Live[Spec]:
        kind = self.kinds[address.kind]
        marked = kind.ownership is not Ownership.NATURAL
        mark = Mark("linear", address.local_key, spec_digest(spec), declared(spec)) if marked else None
        found = rebound(spec, lambda ref: Ref.found(ref.kind, str(ref.address)))
        natural = kind.natural_keys(spec, address)
        return Live(address.kind, str(address), found, mark=mark, natural=natural, owned=True)


def _other(spec: Spec) -> Spec:
    """Another amount where there is one, or another name."""
    if isinstance(spec, PriceSpec):
        return spec.model_copy(update={"unit_amount": Money(Decimal(1), "usd")} if spec.unit_amount else {"tiers": ()})
    return spec.model_copy(update={"name": "Another"}) if "name" in type(spec).model_fields else spec


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("small"), SMALL)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("large"), LARGE)


WORK: dict[str, Callable[[Case], Callable[[], object]]] = {
    "load": lambda case: case.load,
    "desired": lambda case: case.desired,
    "a first plan": lambda case: lambda: case.plan(case.graph, ()),
    "nothing to do": lambda case: partial(case.plan, case.graph, case.there()),
    "everything changes": lambda case: partial(case.plan, case.graph, case.there(other=True)),
    "everything goes": lambda case: partial(case.plan, Graph(()), case.there()),
    "the steps of a change": lambda case: partial(stages, case.plan(case.graph, case.there(other=True)), case.kinds),
    "the steps of an end": lambda case: partial(stages, case.plan(Graph(()), case.there()), case.kinds),
}


@pytest.mark.parametrize("name", WORK)
def test_three_times_the_catalog_is_three_times_the_work(name: str, small: Case, large: Case) -> None:
    """Nothing is looked for by going through everything."""
    few, many = (WORK[name](case) for case in (small, large))
    few()  # what is found out once for each kind is not counted
    assert _steps(many) / _steps(few) < MOST


def test_what_is_measured_happens(small: Case) -> None:
    """The plans are those that their names promise."""
    first, same = small.plan(small.graph, ()), small.plan(small.graph, small.there())
    changed, gone = small.plan(small.graph, small.there(other=True)), small.plan(Graph(()), small.there())
    assert {each.action for each in first.changes} == {"create"}
    assert same.changes == ()
    assert {each.action for each in changed.changes} >= {"update", "new_version"}
    assert {each.action for each in gone.changes} == {"archive"}
    assert min(len(each.changes) for each in (first, changed, gone)) >= 5 * SMALL
