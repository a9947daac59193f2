"""A project on both simulated vendors: look, plan and apply as `billform apply` does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from billform.catalog.environment import Environment
from billform.catalog.load import digest
from billform.catalog.models import Catalog
from billform.core.draft import Scope
from billform.core.graph import Graph
from billform.core.plan import Plan
from billform.core.planner import plan
from billform.core.resource import Snapshot
from billform.engine.apply import apply
from billform.engine.basis import check_basis
from billform.engine.observe import observe
from billform.engine.outcome import Outcome
from billform.engine.secrets import FileSink
from billform.providers import registry
from billform.providers.registry import Connections, Local
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
