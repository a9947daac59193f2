"""Where a benchmark plays: a seeded simulator in a process of its own, and an account that is spoken to as a real one.

Nothing of Billform is bypassed: plans and applies go through the same functions as the commands, with the pace that
the documentation of the vendors asks for. Only seeding skips HTTP and the limits, for it is not what is measured.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from billform.catalog.environment import Environment, load_environment
from billform.catalog.load import digest, load
from billform.catalog.models import Catalog
from billform.core.draft import Scope
from billform.core.kind import AnyKind
from billform.core.plan import Plan
from billform.core.planner import plan
from billform.core.resource import Graph, Snapshot
from billform.engine.apply import apply
from billform.engine.lease import Holder, Lease
from billform.engine.observe import observe
from billform.engine.outcome import Outcome
from billform.engine.secrets import open_sink
from billform.providers import registry
from billform.providers.http import Response, StripePolicy, Transport, Trouble
from billform.providers.http.answer import Request
from billform.providers.stripe.client import StripeAccount
from billform.providers.stripe.keys import Key
from billform.providers.stripe.register import StripeRegister
from billform.providers.stripe.sdk import stripe_client
from billform.providers.stripe.wanted import wanted
from billform.simulator.limits import Limits
from billform.simulator.pipeline import Cut
from billform.simulator.server import Simulator

from . import catalogs

ACCOUNT = "acct_1BillformLocal00"
LATENCY = 0.1
"""Seconds that every request takes on its way, as between two continents."""
Mode = Literal["live", "test"]


@dataclass(frozen=True, slots=True)
class Files:
    """A generated catalog with its environment, read and understood."""

    catalog: Catalog
    environment: Environment
    graph: Graph
    kinds: dict[str, AnyKind]
    digest: str

    def scope(self, epoch: str = "") -> Scope:
        """What a plan of it is about."""
        where = self.environment
        return Scope(self.catalog.name, self.digest, where.name, where.mode, {"stripe": ACCOUNT}, epoch=epoch)


def read(directory: Path) -> Files:
    """Reads what `written` wrote, as a command does."""
    environment = load_environment("bench", directory / "environments")
    catalog = load(directory / "catalog", environment)
    kinds = dict(registry.kinds())
    graph = Graph(
        (each for kind in kinds.values() for each in kind.desired(catalog, environment)),
        lookups=[name for name, kind in kinds.items() if kind.lookup],
    )
    return Files(catalog, environment, graph, kinds, digest(catalog))


def written(directory: Path, shape: catalogs.Shape) -> Path:
    """A catalog of that shape with its environment, in files; answers the directory."""
    catalogs.write(directory, shape)
    catalogs.write_live(directory, ACCOUNT)
    return directory


# The simulator


class Served:
    """A simulator in another process, as a vendor is on another machine."""

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to its control endpoint."""
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        connection.request(method, f"/_simulator/{path}", json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        content = json.loads(answer.read())
        connection.close()
        assert answer.status == http.client.OK, content
        return content

    def slow(self) -> None:
        """From now on every request takes its time on the way."""
        self.control("POST", "faults", {"action": "latency", "ms": int(LATENCY * 1000), "count": None})

    def log(self) -> list[dict[str, Any]]:
        """Every request since the log was last emptied."""
        return list(self.control("GET", "log")["data"])


@contextmanager
def served(state: Path | None = None) -> Iterator[Served]:
    """A simulator with the documented limits that serves a copy of a state."""
    command = [sys.executable, "-m", "benchmarks.serve"]
    copy = None
    if state is not None:
        copy = state.with_suffix(".served")
        shutil.copyfile(state, copy)
        command.append(str(copy))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Served(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait()
        if copy is not None:
            copy.unlink()


# An account


def connections(transport: Transport, mode: Mode, catalog: Catalog) -> registry.Connections:
    """The account as `registry.connect` opens it, with a base URL that no environment file can name for a live key."""
    key = Key(f"sk_{mode}_simulator", mode, restricted=False, variable=None)
    tally = registry.Tally(None)
    transport.on_request = tally
    account = StripeAccount(
        stripe_client(key.text, transport),
        transport,
        key=key,
        account=ACCOUNT,
        wanted=wanted(catalog),
    )
    found = {("stripe", ""): account}
    return registry.Connections(found, {"stripe": ACCOUNT}, tally=tally, register=StripeRegister(account))


async def observed(files: Files, opened: registry.Connections) -> Snapshot:
    """Checks the account and reads everything, as every command does that speaks to a vendor."""
    account = opened.client("stripe", "")
    await account.verify()
    return await observe(files.kinds, opened)


async def planned(files: Files, opened: registry.Connections) -> Plan:
    """Reads everything and plans."""
    snapshot = await observed(files, opened)
    return plan(files.graph, snapshot, files.kinds, files.scope(opened.epoch))


async def applied(files: Files, opened: registry.Connections, made: Plan, directory: Path) -> Outcome:
    """Does what a plan says, alone with the account."""
    sink = open_sink(file="secrets.env", command=None, directory=directory)
    lease = Lease(opened.register, Holder(files.catalog.name, made.environment, "bench"))
    await lease.look()
    async with lease.held(asyncio.Event()):
        return await apply(made, files.kinds, opened, sink)


def over_http(url: str, mode: Mode) -> Transport:
    """The transport as it speaks to an account of that mode."""
    return Transport(StripePolicy(live=mode == "live"), base_url=url)


# Seeding


class _Unlimited(StripePolicy):
    def meters(self, request: Request) -> tuple[()]:
        """Nothing holds a request up."""
        return ()


class _Within(Transport):
    """Hands requests to a simulator of the same process, without HTTP."""

    def __init__(self, simulator: Simulator, mode: Mode) -> None:
        super().__init__(_Unlimited(live=mode == "live"), base_url="http://127.0.0.1:1")
        self._simulator = simulator

    async def _send(self, request: Request) -> Response | Trouble:
        words = {name.lower(): value for name, value in request.headers.items()}
        pipeline = self._simulator.pipeline
        asked = pipeline.receive(request.method, request.path, request.query, words, request.content or b"")
        answer = await pipeline.answer(self._simulator.vendor("stripe"), asked)
        assert not isinstance(answer, Cut)
        return Response(answer.status, {"content-type": answer.content_type, **answer.headers}, answer.body)


def seeded(files: Files, state: Path, *, spread: float, mode: Mode = "live") -> Path:
    """A state in which a catalog has been applied, its objects made `spread` seconds apart, the last one just now."""
    simulator = Simulator(state, limits=Limits.off())
    world = simulator.setting.world
    count = sum(1 for _ in files.graph)

    class Ageing(_Within):
        made = 0

        async def _send(self, request: Request) -> Response | Trouble:
            if request.write:
                self.made += 1
                world.shift_clock(-round((count - self.made) * spread))
            return await super()._send(request)

    async def run() -> None:
        opened = connections(Ageing(simulator, mode), mode, files.catalog)
        made = await planned(files, opened)
        outcome = await applied(files, opened, made, state.parent)
        assert outcome.complete, [each.summary for each in outcome.diagnostics][:5]
        world.shift_clock(0)
        again = await planned(files, opened)
        assert not again.changes, f"{len(again.changes)} changes after an apply"

    try:
        asyncio.run(run())
    finally:
        simulator.close()
    return state
