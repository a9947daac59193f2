"""A whole catalog over both simulated vendors while requests fail: nothing twice, nothing lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from billform.catalog.environment import Environment, load_environment
from billform.catalog.load import digest, load
from billform.catalog.models import Catalog
from billform.core.draft import Scope
from billform.core.plan import Plan
from billform.core.planner import plan
from billform.core.resource import Graph, Snapshot
from billform.engine.apply import apply
from billform.engine.basis import check_basis
from billform.engine.observe import observe
from billform.engine.outcome import Outcome
from billform.engine.secrets import FileSink
from billform.providers import registry
from billform.providers.http import RealClock
from billform.providers.registry import Connections, Local
from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

PROJECT = Path(__file__).parents[1] / "cases" / "_project"
TOKEN = "bc_simulator_token"


@dataclass
class Run:
    """One look at the vendors, the plan that follows, and what became of it."""

    plan: Plan
    snapshot: Snapshot
    outcome: Outcome


@dataclass
class Project:
    """The catalog of a small shop, and a simulator to put it on."""

    catalog: Catalog
    environment: Environment
    simulator: Simulator
    secrets: Path

    def run(self) -> Run:
        return asyncio.run(self._run())

    async def _run(self) -> Run:
        kinds = registry.kinds()
        local = Local(
            self.simulator.stripe_url,
            self.simulator.bigcommerce_url,
            "sk_test_simulator",
            dict.fromkeys(self.environment.stores, TOKEN),
        )
        opening = registry.connect(self.environment, {}, catalog=self.catalog, local=local)
        async with await opening as connections:
            snapshot = await observe(kinds, connections)
            made = plan(self.desired(), snapshot, kinds, self.scope(connections))
            await check_basis(made, kinds, connections)
            outcome = await apply(made, kinds, connections, FileSink(self.secrets))
            return Run(made, snapshot, outcome)

    def desired(self) -> Graph:
        kinds = registry.kinds()
        return Graph(
            (each for kind in kinds.values() for each in kind.desired(self.catalog, self.environment)),
            lookups=[name for name, kind in kinds.items() if kind.lookup],
        )

    def scope(self, connections: Connections) -> Scope:
        where = self.environment
        return Scope(
            self.catalog.name,
            digest(self.catalog),
            where.name,
            where.mode,
            connections.accounts,
            epoch=connections.epoch,
        )

    def order(self, **fault: Any) -> None:
        answer = httpx.post(f"{self.simulator.control_url}/faults", json=fault)
        assert answer.is_success, answer.text

    def calm(self) -> None:
        httpx.delete(f"{self.simulator.control_url}/faults")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    async def soon(clock: RealClock, seconds: float) -> None:
        await asyncio.sleep(seconds * 0.02)

    monkeypatch.setattr(RealClock, "sleep", soon)
    environment = load_environment("local", PROJECT / "environments")
    with Simulator(limits=Limits.off()) as simulator:
        yield Project(load(PROJECT / "catalog", environment), environment, simulator, tmp_path / "secrets.env")


def shape(snapshot: Snapshot) -> Counter[tuple[str, str, str]]:
    """What is on sale, by kind and key, each as often as it is there."""
    return Counter(
        (live.kind, live.site, live.mark.key if live.mark else min(live.natural, default=""))
        for live in snapshot.lives
        if live.active
    )


def test_a_catalog_is_applied_and_then_there_is_nothing_to_do(project: Project) -> None:
    first, second = project.run(), project.run()
    assert first.outcome.exit_code == 0
    assert first.outcome.done == len(first.plan.changes) > 20
    assert second.plan.changes == ()
    assert max(shape(second.snapshot).values()) == 1
    assert project.secrets.read_text().count("whsec_") == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_of_faults_ends_right_or_the_next_run_does(project: Project, seed: int) -> None:
    """Every fifth request is hit, reads and writes alike, before and after the vendor did its part."""
    sorts: list[dict[str, Any]] = [
        {"action": "lost_answer"},
        {"action": "cut_connection"},
        {"action": "cut_body"},
        {"action": "server_error", "moment": "before"},
        {"action": "server_error", "moment": "after"},
        {"action": "html", "status": 502, "moment": "after"},
        {"action": "rate_limit", "vendor": "stripe", "kind": "endpoint-rate"},
        {"action": "rate_limit", "vendor": "bigcommerce", "kind": "overload"},
    ]
    for number, sort in enumerate(sorts):
        project.order(**sort, probability=0.2 / len(sorts), seed=seed * 100 + number, count=None)
    run = project.run()
    project.calm()
    assert run.outcome.exit_code in {0, 4}
    again = project.run()
    assert again.outcome.exit_code == 0
    assert len(again.plan.changes) <= run.outcome.failed + run.outcome.skipped
    last = project.run()
    assert last.plan.changes == ()
    assert max(shape(last.snapshot).values()) == 1


@pytest.mark.parametrize("vendor", ["stripe", "bigcommerce"])
def test_a_vendor_that_fails_all_reads_changes_nothing(project: Project, vendor: str) -> None:
    project.run()
    project.order(action="server_error", vendor=vendor, writes=False, path="*product*", count=None)
    with pytest.raises(Exception, match="V004"):
        project.run()
    project.calm()
    assert project.run().plan.changes == ()
