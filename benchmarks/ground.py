"""Where a benchmark plays: a seeded simulator in a process of its own, and an account that is spoken to as a real one.

Nothing of Billform is bypassed: plans and applies go through the same functions as the commands, with the pace that
the documentation of the vendors asks for. Only seeding skips HTTP and the limits, for it is not what is measured.
"""

from __future__ import annotations

import asyncio
import atexit
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from billform.catalog.environment import Environment, load_environment
from billform.catalog.load import digest, load
from billform.catalog.models import Catalog
from billform.core.draft import Scope
from billform.core.graph import Graph
from billform.core.kind import AnyKind
from billform.core.plan import Plan
from billform.core.planner import plan
from billform.core.resource import Snapshot
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
from billform.providers.stripe.lists import (
    COUPONS,
    FEATURES,
    METERS,
    PAYMENT_METHODS,
    PORTALS,
    PRODUCTS,
    PROMOTION_CODES,
    REGISTRATIONS,
    WEBHOOKS,
)
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
PER_ENDPOINT = 25
IN_ALL = {"live": 100, "test": 25}
"""Requests a second, https://docs.stripe.com/rate-limits."""
Mode = Literal["live", "test"]


def surroundings() -> str:
    """What a figure in seconds depends on, for the note below a table."""
    return f"Latency 100 ms; {os.cpu_count()} processors, on average {os.getloadavg()[0]:.1f} busy or waited for."


# Files


@dataclass(frozen=True, slots=True)
class Files:
    """A generated catalog with its environment, read and understood."""

    catalog: Catalog
    environment: Environment
    graph: Graph
    kinds: dict[str, AnyKind]
    digest: str

    def scope(self, epoch: str) -> Scope:
        """What a plan of it is about."""
        where = self.environment
        return Scope(self.catalog.name, self.digest, where.name, where.mode, {"stripe": ACCOUNT}, epoch=epoch)

    def count(self, kind: str) -> int:
        """How many objects of a kind the catalog wants."""
        return sum(each.address.kind == kind for each in self.graph)


@cache
def scratch() -> Path:
    """A directory that is gone when the process ends."""
    directory = tempfile.TemporaryDirectory(prefix="benchmark-")
    atexit.register(directory.cleanup)
    return Path(directory.name)


@cache
def files(shape: catalogs.Shape) -> Files:
    """A catalog of that shape, written and read as a command reads it."""
    directory = scratch() / f"{shape.prices}-{shape.granting}"
    catalogs.write(directory, shape)
    environment = load_environment("bench", catalogs.write_live(directory, ACCOUNT))
    catalog = load(directory / "catalog", environment)
    kinds = dict(registry.kinds())
    graph = Graph(
        (each for kind in kinds.values() for each in kind.desired(catalog, environment)),
        lookups=[name for name, kind in kinds.items() if kind.lookup],
    )
    return Files(catalog, environment, graph, kinds, digest(catalog))


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

    def log(self) -> list[dict[str, Any]]:
        """Every request since the log was last emptied."""
        return list(self.control("GET", "log")["data"])


@contextmanager
def served(state: Path | None = None, *, per_endpoint: float = PER_ENDPOINT) -> Iterator[Served]:
    """A simulator far away, with the documented limits, that serves a copy of a state."""
    command = [sys.executable, "-m", "benchmarks.serve"]
    with tempfile.TemporaryDirectory(dir=scratch()) as place:
        if state is not None:
            command.append(str(shutil.copy(state, place)))
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            found = Served(process.stdout.readline().strip())
            found.control("POST", "faults", {"action": "latency", "ms": int(LATENCY * 1000), "count": None})
            found.control("PUT", "limits", {"stripe_endpoint_per_second": per_endpoint})
            yield found
        finally:
            process.terminate()
            process.wait()


# An account


def connections(transport: Transport, mode: Mode, found: Files) -> registry.Connections:
    """The account as `registry.connect` opens it, with a base URL that no environment file can name for a live key."""
    key = Key(f"sk_{mode}_simulator", mode, restricted=False, environment=found.environment)
    tally = registry.Tally(None)
    transport.on_request = tally
    sdk = stripe_client(key.text, transport)
    account = StripeAccount(sdk, transport, key=key, account=ACCOUNT, wanted=wanted(found.catalog))
    return registry.Connections(
        {("stripe", ""): account}, {"stripe": ACCOUNT}, tally=tally, register=StripeRegister(account)
    )


def over_http(url: str, mode: Mode) -> Transport:
    """The transport as it speaks to an account of that mode."""
    return Transport(StripePolicy(live=mode == "live"), base_url=url)


async def woken(url: str, mode: Mode, found: Files) -> None:
    """Asks for one object of each list: whatever a process loads when it is first needed is no part of a vendor."""
    async with connections(over_http(url, mode), mode, found) as opened:
        account = opened.client("stripe", "")
        for each in (PRODUCTS, account.prices, COUPONS, PROMOTION_CODES, FEATURES, METERS, PORTALS, REGISTRATIONS):
            await account.get(each.path, {**each.params(each.variants[0]), "limit": 1})
        for path in (PAYMENT_METHODS.path, WEBHOOKS.path, "/v1/tax/settings"):
            await account.get(path)


async def observed(found: Files, opened: registry.Connections) -> Snapshot:
    """Checks the account and reads everything, as every command does that speaks to a vendor."""
    await opened.client("stripe", "").verify()
    return await observe(found.kinds, opened)


async def applied(found: Files, opened: registry.Connections) -> tuple[Outcome, float]:
    """Plans, then does what the plan says, alone with the account; the seconds are those of the doing."""
    lease = Lease(opened.register, Holder(found.catalog.name, "bench", "bench"))
    await lease.look()
    made = compared(found, opened, await observed(found, opened))
    sink = open_sink(file="secrets.env", command=None, directory=scratch())
    began = asyncio.get_running_loop().time()
    async with lease.held(asyncio.Event()):
        outcome = await apply(made, found.kinds, opened, sink)
    assert outcome.complete, [each.summary for each in outcome.diagnostics][:5]
    return outcome, asyncio.get_running_loop().time() - began


def compared(found: Files, opened: registry.Connections, snapshot: Snapshot) -> Plan:
    """The plan."""
    return plan(found.graph, snapshot, found.kinds, found.scope(opened.epoch))


# Seeding


class _Unlimited(StripePolicy):
    def meters(self, request: Request) -> tuple[()]:
        """Nothing holds a request up."""
        return ()


class _Ageing(Transport):
    """Hands requests to a simulator of the same process, each write at a moment of its own."""

    def __init__(self, simulator: Simulator, ago: Callable[[int], float]) -> None:
        super().__init__(_Unlimited(live=True), base_url="http://127.0.0.1:1")
        self._simulator, self._ago, self._writes = simulator, ago, 0

    async def _send(self, request: Request) -> Response | Trouble:
        if request.write:
            self._simulator.setting.world.shift_clock(-round(self._ago(self._writes)))
            self._writes += 1
        words = {name.lower(): value for name, value in request.headers.items()}
        pipeline = self._simulator.pipeline
        asked = pipeline.receive(request.method, request.path, request.query, words, request.content or b"")
        answer = await pipeline.answer(self._simulator.vendor("stripe"), asked)
        assert not isinstance(answer, Cut)
        return Response(answer.status, {"content-type": answer.content_type, **answer.headers}, answer.body)


def in_one_apply(number: int, count: int) -> float:
    """How many seconds ago the object of that number was made, at 25 a second, the last one just now."""
    return (count - number) / PER_ENDPOINT


def in_eight_applies(number: int, count: int) -> float:
    """The same where an apply ended after each eighth, and the next came nine months later."""
    return in_one_apply(number, count) + (7 - min(7, 8 * number // count)) * 270 * 86_400


@cache
def seeded(shape: catalogs.Shape, made: Callable[[int, int], float] = in_one_apply, mode: Mode = "live") -> Path:
    """A state in which a catalog has been applied, its objects made at moments like those of a shop."""
    found = files(shape)
    state = scratch() / f"{shape.prices}-{shape.granting}-{made.__name__}-{mode}.db"
    simulator = Simulator(state, limits=Limits.off())
    count = sum(1 for _ in found.graph)

    async def run() -> None:
        opened = connections(_Ageing(simulator, lambda number: made(number, count)), mode, found)
        await applied(found, opened)
        left = compared(found, opened, await observed(found, opened)).changes
        assert not left, f"{len(left)} changes after an apply"

    try:
        asyncio.run(run())
        simulator.setting.world.shift_clock(0)
    finally:
        simulator.close()
    return state
