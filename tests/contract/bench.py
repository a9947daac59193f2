"""A bench for kinds: the simulator over real HTTP, the registry's connections, and the engine between the two."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from billform.catalog.environment import Environment, Store, StorefrontSite
from billform.catalog.models import Catalog
from billform.cli.plan_file import completed
from billform.core.declared import declared, spec_digest
from billform.core.draft import Scope
from billform.core.graph import Graph
from billform.core.inventory import Inventory, standing
from billform.core.kind import AnyKind, Write
from billform.core.plan import Plan
from billform.core.plan_file import plan_from_json, plan_to_json
from billform.core.planner import plan
from billform.core.resource import Address, Live, Mark, Ref, Resource, Snapshot, Spec
from billform.core.values import canonical, rebound, refs
from billform.engine.apply import apply
from billform.engine.observe import observe
from billform.engine.outcome import Outcome
from billform.providers import registry
from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

from .samples import At
from .vendors import HASH, STORE, STRIPE_KEY, TOKEN, State, Vendors, load, saved

KINDS: Mapping[str, AnyKind] = registry.kinds()
LOOKUPS = tuple(name for name, kind in KINDS.items() if kind.lookup)
CATALOG = "nimbus"
HOOK_TOKEN = "correct horse battery staple"
WORDS = Catalog.model_validate(
    {
        "catalog": CATALOG,
        "webhooks": {
            "bigcommerce": {
                "orders": {
                    "scope": "store/order/created",
                    "destination": "https://billing.nimbus.example/store",
                    "headers": {"X-Token": "env:HOOK_TOKEN", "X-From": "nimbus"},
                }
            }
        },
    }
)
"""Tells the store's client what is a secret and what is none; the resources themselves come from the samples."""
ENVIRONMENT = Environment(
    mode="simulated",
    stores={STORE: Store(hash=HASH)},
    storefronts={
        "us": StorefrontSite(store=STORE, channel="Nimbus US", currency="usd"),
        "eu": StorefrontSite(store=STORE, channel="Nimbus EU", currency="eur"),
    },
).located("local")
T = TypeVar("T")


class HurriedClock:
    """Never waits: what it is asked to wait for has passed."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def now(self) -> float:
        return time.monotonic() + self.skipped

    async def sleep(self, seconds: float) -> None:
        self.skipped += seconds
        await asyncio.sleep(0)


@dataclass
class MemorySink:
    """Keeps secrets where a test can count them."""

    stored: dict[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Always ready."""

    def store(self, name: str, secret: str) -> None:
        """Keeps the last one of a name."""
        self.stored[name] = secret


class Bench(Vendors):
    """One simulated world, with our connections to it and anybody else's."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        self.sink = MemorySink()
        self.runs = 0
        self.epoch: str | None = None
        """Where it is set, all runs share it, and so their idempotency keys; in life each run has its own."""
        self.seen: set[str] = set()
        """The kinds that were ever wanted here: they are observed, so that what nobody wants any more is noticed."""
        self._prepared: dict[str, tuple[State, set[str]]] = {}
        self._runner = asyncio.Runner()
        self.connections = self.run(self._connect())

    def close(self) -> None:
        self.run(self.connections.__aexit__())
        self._runner.close()

    def run(self, work: Awaitable[T]) -> T:
        """Waits for something of ours."""

        async def inside() -> T:
            return await work

        return self._runner.run(inside())

    async def _connect(self) -> registry.Connections:
        local = registry.Local(
            self.simulator.stripe_url, self.simulator.bigcommerce_url, key=STRIPE_KEY, tokens={STORE: TOKEN}
        )
        connections = await registry.connect(ENVIRONMENT, {"HOOK_TOKEN": HOOK_TOKEN}, catalog=WORDS, local=local)
        for client in connections.clients.values():
            transport = client.transport if hasattr(client, "transport") else client._transport
            transport._clock = HurriedClock()
        return connections

    def reset(self) -> None:
        """An empty world."""
        self.control("POST", "reset")
        self.sink.stored.clear()
        self.epoch = None
        self.seen.clear()
        self.connections.forget()

    def prepared(self, name: str, *wanted: Resource[Spec]) -> None:
        """A world with only these in it; what it takes is done once for each name, and looked up from then on."""
        if name not in self._prepared:
            self.reset()
            self.settle(*wanted)
            self._prepared[name] = saved(self.simulator), set(self.seen)
        state, seen = self._prepared[name]
        load(self.simulator, state)
        self.seen = set(seen)
        self.sink.stored.clear()
        self.connections.forget()

    def client(self, kind: str) -> Any:
        vendor = kind.partition(".")[0]
        return self.connections.client(vendor, STORE if vendor == "bigcommerce" else "")

    # Observe, plan, apply

    def observe(self, *names: str) -> Snapshot:
        """What is there of the named kinds, or of all that were ever wanted here, with what can be looked up."""
        wanted = set(names) or self.seen | self._lookups()
        return self.run(observe([KINDS[name] for name in sorted(wanted)], self.connections))

    def _lookups(self) -> set[str]:
        return set(LOOKUPS) if any(name.startswith("bigcommerce.") for name in self.seen) else set()

    def plan(self, *wanted: Resource[Spec], adopt: tuple[str, ...] = ()) -> Plan:
        """What it takes for exactly these to be there."""
        self.runs += 1
        graph = Graph(wanted, lookups=LOOKUPS)
        self.seen |= {each.address.kind for each in wanted}
        self.seen |= {ref.kind for each in wanted for ref in refs(each.spec)}
        epoch = self.epoch or f"run{self.runs}"
        scope = Scope(CATALOG, "digest", "local", "simulated", adopt=adopt, epoch=epoch)
        made = plan(graph, self.observe(), KINDS, scope)
        if not made.changes:
            return made
        written = plan_to_json(made)
        secrets = (HOOK_TOKEN, *self.sink.stored.values())
        assert not [each for each in secrets if each in written], "a plan holds a secret"
        again = completed(plan_from_json(written, registry.specs()), graph.resources)
        assert plan_to_json(again) == written, "a plan file says what the plan said"
        return again

    def apply(self, made: Plan) -> Outcome:
        """Does it as far as it goes."""
        return self.run(apply(made, KINDS, self.connections, self.sink))

    def settle(self, *wanted: Resource[Spec], adopt: tuple[str, ...] = ()) -> Plan:
        """Plans, applies, and makes sure that a second plan has nothing left to do; answers the first."""
        made = self.plan(*wanted, adopt=adopt)
        self.finish(made, *wanted)
        return made

    def finish(self, made: Plan, *wanted: Resource[Spec]) -> None:
        """Applies a plan, and makes sure that a second one has nothing left to do."""
        assert not made.refusals, [(str(each.address), each.why) for each in made.refusals]
        assert not [each for each in made.findings if each.is_error], made.findings
        outcome = self.apply(made)
        assert outcome.complete, [(each.summary, *each.detail) for each in outcome.diagnostics]
        left = self.plan(*wanted)
        assert lines(left) == [], lines(left)

    # Objects

    def versions(self, resource: Resource[Spec], snapshot: Snapshot | None = None) -> list[Live[Spec]]:
        """Every object that was made for an address, the one that stands for it first."""
        address = resource.address
        inventory = Inventory(snapshot or self.observe(address.kind), KINDS, CATALOG)
        if marked := inventory.versions.get(address):
            return marked
        keys = KINDS[address.kind].natural_keys(resource.spec, address)
        return sorted(inventory.holders(address.kind, address.site, keys), key=standing, reverse=True)

    def live(self, resource: Resource[Spec], snapshot: Snapshot | None = None) -> Live[Spec]:
        """The one object that stands for an address."""
        found = [each for each in self.versions(resource, snapshot) if each.active]
        assert len(found) == 1, f"{resource.address}: {[each.id for each in found]}"
        return found[0]

    def at(self, resource: Resource[Spec], *around: Resource[Spec]) -> At:
        """An object as somebody else finds it, among others and what can be looked up."""
        ids = {address: bare(identity) for address, identity in self.ids(resource, *around).items()}
        return At(ids[str(resource.address)], ids, self.ask)

    def ids(self, *resources: Resource[Spec]) -> dict[str, str]:
        """The vendors' ids behind addresses, and behind everything that is looked up."""
        looked_up = self._lookups()
        snapshot = self.observe(*{each.address.kind for each in resources}, *looked_up)
        found = {
            str(Address.at(live.kind, live.site, live.mark.key)): live.id
            for live in snapshot.lives
            if live.kind in looked_up and live.mark is not None
        }
        return {**found, **{str(each.address): self.live(each, snapshot).id for each in resources}}

    def write(
        self, resource: Resource[Spec], ids: Mapping[str, str], key: str, *, catalog: str = CATALOG
    ) -> Write[Any]:
        """A create as the engine would ask for it."""
        spec = resource.spec
        mark = Mark(catalog, resource.address.local_key, spec_digest(spec), declared(spec))
        return Write(resource.address, spec, declared(spec), mark, ids, key)

    def world(self, *, on_sale: bool = False) -> list[str]:
        """Everything that is there, by what it is called; the same for two worlds that differ in ids alone."""
        lives = self.observe().lives
        called = {
            (each.kind, each.id): each.mark.key if each.mark else " ".join(sorted(each.natural)) or each.id
            for each in lives
        }

        def by_name(ref: Ref) -> Ref:
            return Ref(ref.kind, key=called[ref.kind, ref.id or ""]) if (ref.kind, ref.id) in called else ref

        # Stripe says when a registration began.
        specs = [rebound(each.spec.model_copy(update={"starts": None}), by_name) for each in lives]
        return sorted(
            json.dumps([live.kind, called[live.kind, live.id], live.active, live.unfinished, canonical(spec)])
            for live, spec in zip(lives, specs, strict=True)
            if live.active or not on_sale
        )


def bare(identity: str) -> str:
    """An id as the store knows it: ours open with the store's alias."""
    return identity.removeprefix(f"{STORE}:")


def lines(made: Plan) -> list[str]:
    """The changes as short lines: `update stripe.price/pro [nickname "a" -> "b"]`."""
    return [
        " ".join(
            [
                each.action,
                str(each.address),
                each.cause.value,
                *(f"[{line.path} {line.before} -> {line.after}]" for line in each.changes),
            ]
        )
        for each in made.changes
    ]


@contextmanager
def open_bench() -> Iterator[Bench]:
    """An empty world."""
    with Simulator(None, limits=Limits.off()) as simulator:
        bench = Bench(simulator)
        try:
            yield bench
        finally:
            bench.close()
