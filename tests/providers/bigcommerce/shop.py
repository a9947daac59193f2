"""A simulated store with a catalog: observe, plan and apply as the engine does, with Stripe reduced to a counter."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from billform.catalog.environment import Environment, StorefrontSite
from billform.catalog.environment import Store as StoreWords
from billform.catalog.load import load
from billform.catalog.models import Catalog
from billform.core.draft import Scope
from billform.core.graph import Graph
from billform.core.kind import AnyKind, Immutable, Kind, Made, OnImmutable, Write
from billform.core.money import Money
from billform.core.plan import Adopt, Plan, Restore, Update
from billform.core.planner import plan
from billform.core.resource import Address, Live, Mark, Ref, Resource, Snapshot, Spec
from billform.core.stages import Step, stages
from billform.providers import bigcommerce
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.connect import connect, verify
from billform.providers.bigcommerce.secrets import Variables, declared
from billform.providers.http import BigCommercePolicy, Patience, Transport, Unavailable
from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

TOKEN = "bc_simulator_token"
HASH = "simstore1"
ENVIRONMENT = Environment(
    mode="simulated",
    stores={"main": StoreWords(hash=HASH, token_env="STORE_TOKEN")},
    storefronts={
        "us": StorefrontSite(store="main", channel="Nimbus US", currency="usd"),
        "eu": StorefrontSite(store="main", channel="Nimbus EU", currency="eur"),
    },
).located("test")
VARIABLES = {"STORE_TOKEN": TOKEN, "HOOK_TOKEN": "correct horse battery staple"}
R = TypeVar("R")


class ThingSpec(Spec):
    """Stands for a Stripe product or price: what is immutable about it makes a new version."""

    amount: Annotated[Money | None, Immutable("Stripe fixes a price's amount")] = None


class Thing(Kind[ThingSpec, Any, Catalog, Environment]):
    """Stripe, as far as a store can tell: ids that change when an amount does."""

    spec = ThingSpec
    on_immutable = OnImmutable.NEW_VERSION

    def __init__(self, name: str, prefix: str) -> None:
        self.name = name  # type: ignore[misc]  # two kinds of one class
        self.prefix = prefix
        self.lives: dict[str, Live[ThingSpec]] = {}

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[ThingSpec]]:
        if self.prefix == "price_":
            for price in catalog.sold_prices():
                amount = Money(price.base.unit, price.currency) if price.base.unit is not None else None
                yield Resource(Address(self.name, price.address), ThingSpec(amount=amount))
        else:
            for product in catalog.sold_products():
                yield Resource(Address(self.name, product.address), ThingSpec())

    async def observe(self, client: Any) -> AsyncIterator[Live[ThingSpec]]:
        for each in self.lives.values():
            yield each

    async def create(self, client: Any, write: Write[ThingSpec]) -> Made:
        identity = f"{self.prefix}{len(self.lives) + 1}"
        self.lives[identity] = Live(self.name, identity, write.spec, mark=write.mark, created=len(self.lives))
        return Made(identity)

    async def update(self, client: Any, identity: str, write: Write[ThingSpec]) -> None:
        self.lives[identity] = Live(self.name, identity, write.spec, mark=write.mark)

    async def retire(self, client: Any, live: Live[ThingSpec], idempotency: str) -> None:
        old = self.lives[live.id]
        self.lives[live.id] = Live(
            self.name, live.id, old.spec, mark=old.mark, active=False, current=False, created=old.created
        )

    async def restore(self, client: Any, identity: str, write: Write[ThingSpec]) -> None:
        self.lives[identity] = Live(self.name, identity, write.spec, mark=write.mark, created=len(self.lives))


def store_kinds() -> dict[str, AnyKind]:
    """Every kind of the provider, found as the registry finds them."""
    found: dict[str, AnyKind] = {}
    for module in pkgutil.iter_modules(bigcommerce.__path__):
        kind = getattr(importlib.import_module(f"{bigcommerce.__name__}.{module.name}"), "KIND", None)
        if kind is not None:
            found[kind.name] = kind
    return found


@dataclass
class Shop:
    """The simulated store and the catalog that a test writes."""

    simulator: Simulator
    directory: Path
    environment: Environment = ENVIRONMENT
    token: str = TOKEN
    stores: dict[str, Store] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=lambda: dict(VARIABLES))
    last: Catalog | None = None
    """The catalog that was asked for last: a store is always compared with one."""
    things: dict[str, Thing] = field(
        default_factory=lambda: {
            "stripe.product": Thing("stripe.product", "prod_"),
            "stripe.price": Thing("stripe.price", "price_"),
        }
    )

    @property
    def kinds(self) -> dict[str, AnyKind]:
        return {**store_kinds(), **self.things}

    def catalog(self, text: str) -> Catalog:
        """The catalog that a text is."""
        (self.directory / "catalog.yaml").write_text(text, encoding="utf-8")
        self.last = load(self.directory, self.environment)
        return self.last

    # With a store

    def run(self, work: Callable[[Store], Awaitable[R]], catalog: Catalog | None = None) -> R:
        """Runs something with a verified connection of its own."""

        async def inside() -> R:
            async with AsyncExitStack() as stack:
                for alias in self.environment.stores:
                    transport = await stack.enter_async_context(self.transport())
                    self.stores[alias] = self.store(transport, catalog, alias)
                    await verify(self.stores[alias])
                return await work(self.stores["main"])

        return asyncio.run(inside())

    def transport(self) -> Transport:
        policy = BigCommercePolicy(patience=Patience(tries=3, total=5, first=0.01, most=0.05))
        return Transport(policy, base_url=self.simulator.bigcommerce_url)

    def store(self, transport: Transport, catalog: Catalog | None = None, alias: str = "main") -> Store:
        names = declared(catalog) if catalog else frozenset[str]()
        secrets = Variables(names, self.variables)
        token = self.token if alias == "main" else f"{self.token}_{alias}"
        return connect(self.environment, alias, secrets, catalog=catalog or self.last, token=token, transport=transport)

    # The engine in small

    def plan(self, text: str, *, adopt: tuple[str, ...] = ()) -> Plan:
        """The plan of a catalog, without doing anything."""
        catalog = self.catalog(text)
        return self.run(lambda store: self._plan(store, catalog, adopt), catalog)

    def apply(self, text: str, *, adopt: tuple[str, ...] = ()) -> Plan:
        """Plans and does it; answers the plan. Raises the first failure, after everything that could be done."""
        catalog = self.catalog(text)

        async def work(store: Store) -> Plan:
            made = await self._plan(store, catalog, adopt)
            assert not made.refusals, [each.why for each in made.refusals]
            await self._apply(store, made)
            return made

        return self.run(work, catalog)

    def settle(self, text: str) -> None:
        """Applies, and makes sure that nothing is left to do."""
        self.apply(text)
        left = self.plan(text)
        assert left.changes == (), described(left)

    def observe(self, kind: str, catalog: Catalog | None = None) -> list[Live[Any]]:
        """The objects of a kind as the planner sees them."""
        return self.run(lambda store: _listed(self.kinds[kind], store), catalog)

    async def _plan(self, store: Store, catalog: Catalog, adopt: tuple[str, ...]) -> Plan:
        lives: list[Live[Spec]] = []
        complete: set[tuple[str, str]] = set()
        unavailable: dict[tuple[str, str], str] = {}
        deleted: set[tuple[str, Address]] = set()
        wanted: list[Resource[Spec]] = []
        for name, kind in self.kinds.items():
            wanted += kind.desired(catalog, self.environment)
            for site, client in self.stores.items() if name.startswith("bigcommerce") else [("", store)]:
                try:
                    lives += await _listed(kind, client)
                    complete.add((name, site))
                    marks = await kind.deleted(client)
                    deleted |= {(mark.catalog, Address.at(name, site, mark.key)) for mark in marks}
                except Unavailable as gate:
                    unavailable[name, site] = gate.reason
        lookups = [name for name, kind in self.kinds.items() if kind.lookup]
        snapshot = Snapshot(tuple(lives), frozenset(complete), unavailable, frozenset(deleted))
        scope = Scope(catalog.name, "digest", "test", "simulated", adopt=adopt)
        return plan(Graph(wanted, lookups), snapshot, self.kinds, scope)

    async def _apply(self, store: Store, made: Plan) -> None:
        ids, done, failures = dict(made.ids), set[int](), list[Exception]()
        # What is changed in place keeps its id, so that others may refer to it at once.
        ids.update(
            (str(Ref.to(each.address)), each.found.id)
            for each in made.changes
            if isinstance(each, Update | Adopt | Restore)
        )
        waiting = list(stages(made, self.kinds))
        while ready := [step for step in waiting if step.needs <= done]:
            groups: dict[tuple[str, str, str], list[Step]] = {}
            for step in ready:
                groups.setdefault((step.address.kind, step.address.site, step.action), []).append(step)
            for (kind, site, action), steps in groups.items():
                client = self.stores.get(site, store)
                outcomes = await self._do(self.kinds[kind], client, action, steps, made, ids)
                for step, outcome in zip(steps, outcomes, strict=True):
                    waiting.remove(step)
                    if isinstance(outcome, Exception):
                        failures.append(outcome)
                        continue
                    done.add(step.number)
                    if isinstance(outcome, Made):
                        ids[str(Ref.to(step.address))] = outcome.id
                    elif step.action in ("update", "restore") and step.found:
                        ids[str(Ref.to(step.address))] = step.found.id
        if failures:
            raise failures[0]

    async def _do(
        self, kind: AnyKind, store: Store, action: str, steps: list[Step], made: Plan, ids: dict[str, str]
    ) -> list[Any]:
        if action == "retire":
            return [
                await _outcome(kind.retire(store, step.found.live(kind.name), "key")) for step in steps if step.found
            ]
        writes = [_write(step, made, ids, kind) for step in steps]
        if action == "create":
            if kind.batch > 1:
                made_ = await _outcome(kind.create_many(store, writes))
                return [made_ for _ in steps] if isinstance(made_, Exception) else made_
            return [await _outcome(kind.create(store, each)) for each in writes]
        targets = [(step.found.id if step.found else "", write) for step, write in zip(steps, writes, strict=True)]
        if action == "restore":
            return [await _outcome(kind.restore(store, *each)) for each in targets]
        if kind.batch > 1:
            return list(await kind.update_many(store, targets))
        return [await _outcome(kind.update(store, *each)) for each in targets]

    # Somebody else

    def raw(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Any:
        """A request of somebody who is not Billform."""
        url = f"{self.simulator.bigcommerce_url}/stores/{self.environment.stores['main'].hash}{path}"
        headers = {"X-Auth-Token": token or self.token, "Content-Type": "application/json"}
        return _http(method, url, body, headers)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the simulator itself."""
        return _http(method, f"{self.simulator.control_url}/{path}", body, {"Content-Type": "application/json"})

    def fault(self, **words: Any) -> None:
        """Orders a fault."""
        self.control("POST", "faults", {"vendor": "bigcommerce", **words})

    def writes(self) -> list[str]:
        """What was written since the log was emptied: `PUT /v3/catalog/variants`."""
        rows = self.control("GET", "log")["data"]
        prefix = f"/stores/{self.environment.stores['main'].hash}"
        return [f"{row['method']} {row['path'].removeprefix(prefix)}" for row in rows if row["method"] != "GET"]

    def requests(self) -> list[str]:
        """Everything that was asked since the log was emptied."""
        rows = self.control("GET", "log")["data"]
        prefix = f"/stores/{self.environment.stores['main'].hash}"
        return [f"{row['method']} {row['path'].removeprefix(prefix)}" for row in rows]


def opened(directory: Path) -> Simulator:
    """A store in memory whose limits never refuse."""
    return Simulator(None, limits=Limits.off())


def described(made: Plan) -> list[str]:
    """Changes as short lines."""
    return [
        f"{change.action} {change.address} "
        + " ".join(f"[{each.path}: {each.before} -> {each.after}]" for each in change.changes)
        for change in made.changes
    ]


def actions(made: Plan, kind: str = "") -> list[str]:
    """`create bigcommerce.product/main/pro`, for kinds that begin so."""
    return [f"{each.action} {each.address}" for each in made.changes if each.address.kind.startswith(kind)]


async def _listed(kind: AnyKind, store: Store) -> list[Live[Any]]:
    return [live async for live in kind.observe(store)]


async def _outcome(work: Awaitable[R]) -> R | Exception:
    try:
        return await work
    except Exception as problem:  # noqa: BLE001  # the engine goes on with what does not depend on it
        return problem


def _write(step: Step, made: Plan, ids: dict[str, str], kind: AnyKind) -> Write[Any]:
    change: Any = step.change
    mark: Mark = change.mark(made.catalog)
    before = step.found.live(kind.name) if step.found else None
    return Write(step.address, change.spec, frozenset(change.fields), mark, dict(ids), f"key {step.number}", before)


def _http(method: str, url: str, body: Any, headers: dict[str, str]) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        content = answer.read()
        return json.loads(content) if content else None
