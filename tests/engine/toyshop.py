"""A small vendor over real HTTP, with idempotency keys and faults to order, and small kinds that speak to it."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.draft import Scope
from billform.core.graph import Graph
from billform.core.kind import AnyKind, Immutable, Kind, Made, OnImmutable, Unordered, Write
from billform.core.plan import Plan
from billform.core.planner import plan
from billform.core.resource import Address, Live, Mark, Ref, Resource, Snapshot, Spec
from billform.engine.apply import apply
from billform.engine.observe import observe
from billform.engine.outcome import Outcome
from billform.engine.progress import Progress, quiet
from billform.engine.secrets import SecretSink
from billform.providers.http import LostAnswer, Patience, StripePolicy, Transport, Unavailable, VendorError
from billform.providers.registry import Connections, Tally
from tests.providers.loopback import Asked, FakeClock, Reply, Vendor, vendor

CATALOG = "shop"
Fault = Callable[[Asked], str | None]
"""Of one request: `lost` and `saved` (with a 500) after it was done, `cut`, `500`, `429`, `403` before, or None."""


@dataclass
class Shop:
    """The vendor: objects by kind, the answers to idempotency keys, and what went on."""

    objects: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    writes: list[tuple[str, str]] = field(default_factory=list)
    """(method and path, name) of everything that was really done."""
    fault: Fault = lambda asked: None
    vendor: Vendor | None = None

    def __call__(self, asked: Asked) -> Reply:
        fault = self.fault(asked)
        match fault:
            case "cut":
                return Reply(cut="before")
            case "500" | "down":
                return Reply(500, {"error": {"message": "An unknown error occurred"}})
            case "403":
                return Reply(403, {"error": {"message": "The key lacks a permission"}})
            case "400":
                return Reply(400, {"error": {"message": "That will not do"}})
            case "429":
                return Reply(429, {"error": {"message": "too fast"}}, {"Stripe-Rate-Limited-Reason": "endpoint-rate"})
            case "html":
                return Reply(502, b"<html>", kind="text/html")
        reply = self._done(asked)
        if fault == "saved":
            # As Stripe does: the failure is what the key stands for from now on, though the work is done.
            self.answers[asked.headers["idempotency-key"]] = {}
            return Reply(500, {"error": {"message": "An unknown error occurred"}})
        return Reply(cut="before") if fault == "lost" else reply

    def _done(self, asked: Asked) -> Reply:
        kind, _, identity = asked.path.strip("/").partition("/")
        if asked.method == "GET":
            return Reply(body={"data": list(self.objects[kind].values())})
        key = asked.headers["idempotency-key"]
        if self.answers.get(key) == {}:
            return Reply(500, {"error": {"message": "An unknown error occurred"}}, {"Idempotent-Replayed": "true"})
        if key not in self.answers:
            self.answers[key] = self._written(kind, identity, asked)
        return Reply(body=self.answers[key])

    def _written(self, kind: str, identity: str, asked: Asked) -> dict[str, Any]:
        sent = json.loads(asked.body)
        rows = sent if isinstance(sent, list) else [sent]
        done = []
        for row in rows:
            found = row.get("id") or identity or f"{kind}_{len(self.objects[kind]) + 1}"
            old = self.objects[kind].get(found, {"id": found, "active": True, "created": len(self.writes)})
            self.objects[kind][found] = {**old, **row, "id": found}
            self.writes.append((f"{asked.method} {asked.path}", self.objects[kind][found].get("key", "")))
            done.append(self.objects[kind][found])
        return {"data": done} if isinstance(sent, list) else {**done[0], "secret": f"whsec_sentinel{found}"}

    def keys(self, kind: str) -> list[str]:
        """The keys of a kind's objects on sale, each as often as it is there."""
        return sorted(each["key"] for each in self.objects[kind].values() if each["active"])


@dataclass
class Client:
    """What toy kinds speak through."""

    transport: Transport
    forgotten: int = 0

    async def read(self, kind: str) -> list[dict[str, Any]]:
        answer = await self.transport.send("GET", f"/{kind}", endpoint=f"GET {kind}", write=False, idempotent=True)
        rows: list[dict[str, Any]] = answer.json()["data"]
        return rows

    async def post(self, path: str, body: Any, idempotency: str) -> dict[str, Any]:
        answer = await self.transport.send(
            "POST",
            f"/{path}",
            endpoint=f"POST {path.partition('/')[0]}",
            write=True,
            idempotent=True,
            headers={"Idempotency-Key": idempotency},
            content=json.dumps(body),
        )
        done: dict[str, Any] = answer.json()
        return done

    def forget(self) -> None:
        self.forgotten += 1


class ToySpec(Spec):
    title: str = ""
    fixed: Annotated[str, Immutable("The shop fixes it")] = ""
    parts: Annotated[tuple[Ref, ...], Unordered()] = ()


class Toy(Kind[ToySpec, Client, None, None]):
    spec = ToySpec
    on_immutable = OnImmutable.NEW_VERSION

    @property
    def path(self) -> str:
        return self.name.partition(".")[2]

    def desired(self, catalog: None, environment: None) -> Iterable[Resource[ToySpec]]:
        return ()

    async def observe(self, client: Client) -> AsyncIterator[Live[ToySpec]]:
        for row in await client.read(self.path):
            mark = Mark(CATALOG, row["key"], row["digest"], frozenset(row["fields"]), row["version"])
            parts = tuple(Ref.found(*each) for each in row["parts"])
            yield Live(
                self.name,
                row["id"],
                ToySpec(title=row["title"], fixed=row["fixed"], parts=parts),
                mark=mark if row["marked"] else None,
                active=row["active"],
                natural=frozenset({row["key"]}),
                created=row["created"],
                unfinished=row.get("unfinished"),
            )

    def natural_keys(self, spec: ToySpec, address: Address) -> frozenset[str]:
        return frozenset({address.local_key})

    def body(self, write: Write[ToySpec]) -> dict[str, Any]:
        return {
            "key": write.mark.key,
            "title": write.spec.title,
            "fixed": write.spec.fixed,
            "parts": [(ref.kind, write.id(ref)) for ref in write.spec.parts],
            "digest": write.mark.digest,
            "fields": sorted(write.mark.fields),
            "version": write.mark.version,
            "marked": True,
        }

    async def create(self, client: Client, write: Write[ToySpec]) -> Made:
        return Made((await client.post(self.path, self.body(write), write.idempotency))["id"])

    async def update(self, client: Client, identity: str, write: Write[ToySpec]) -> None:
        await client.post(f"{self.path}/{identity}", self.body(write), write.idempotency)

    async def retire(self, client: Client, live: Live[ToySpec], idempotency: str) -> None:
        await client.post(f"{self.path}/{live.id}", {"active": False}, idempotency)

    async def restore(self, client: Client, identity: str, write: Write[ToySpec]) -> None:
        await client.post(f"{self.path}/{identity}", {**self.body(write), "active": True}, write.idempotency)


class Part(Toy):
    name = "toy.part"


class Thing(Toy):
    name = "toy.thing"


class Label(Toy):
    """Written on the thing that it refers to."""

    name = "toy.label"
    also_writes = frozenset({"toy.thing"})


class Sheet(Toy):
    """Fifty in one request."""

    name = "toy.sheet"
    batch = 50

    async def create_many(self, client: Client, writes: list[Write[ToySpec]]) -> list[Made | Exception]:
        bad = [each.spec.title == "bad" for each in writes]
        good = [each for each, no in zip(writes, bad, strict=True) if not no]
        done = iter((await client.post(self.path, [self.body(each) for each in good], writes[0].idempotency))["data"])
        return [ValueError("a bad title") if no else Made(next(done)["id"]) for no in bad]

    async def update_many(self, client: Client, writes: list[tuple[str, Write[ToySpec]]]) -> list[Exception | None]:
        rows = [{**self.body(write), "id": identity} for identity, write in writes]
        await client.post(self.path, rows, writes[0][1].idempotency)
        return [None] * len(writes)


class Hook(Toy):
    """Has a secret that is shown once."""

    name = "toy.hook"
    on_immutable = OnImmutable.RECREATE
    forgets = False

    async def create(self, client: Client, write: Write[ToySpec]) -> Made:
        body = {**self.body(write), "unfinished": "its secret was never stored"}
        made = await client.post(self.path, body, write.idempotency)
        return Made(made["id"], secret=None if self.forgets else made["secret"])

    async def secret_stored(self, client: Client, identity: str, write: Write[ToySpec]) -> None:
        await client.post(f"{self.path}/{identity}", {"unfinished": None}, f"{write.idempotency}-stored")


class Gated(Toy):
    """Only in larger shops."""

    name = "toy.gated"

    async def observe(self, client: Client) -> AsyncIterator[Live[ToySpec]]:
        try:
            rows = await client.read(self.path)
        except VendorError as error:
            raise Unavailable("this shop's plan has none") from error
        nothing: tuple[Live[ToySpec], ...] = ()
        assert not rows
        for live in nothing:
            yield live


KINDS: Mapping[str, AnyKind] = {each.name: each for each in (Gated(), Hook(), Label(), Part(), Sheet(), Thing())}


@dataclass
class Memory:
    """A sink that remembers; `broken` is when it fails: at `check` or at `store`."""

    broken: str = ""
    stored: dict[str, str] = field(default_factory=dict)

    def check(self) -> None:
        if self.broken == "check":
            raise BillformError(Diagnostic("S020", "the sink cannot be written", hint="mend it"))

    def store(self, name: str, secret: str) -> None:
        if self.broken == "store":
            raise BillformError(Diagnostic("S020", "the sink cannot be written", hint="mend it"))
        self.stored[name] = secret


@dataclass
class Opened:
    """A shop with its doors open."""

    shop: Shop
    connections: Connections
    client: Client
    clock: FakeClock
    kinds: Mapping[str, AnyKind] = field(default_factory=lambda: KINDS)

    async def snapshot(self) -> Snapshot:
        return await observe(self.kinds, self.connections)

    async def apply(
        self,
        plan: Plan,
        *,
        sink: SecretSink | None = None,
        progress: Progress = quiet,
        stop: asyncio.Event | None = None,
    ) -> Outcome:
        return await apply(plan, self.kinds, self.connections, sink or Memory(), progress=progress, stop=stop)

    async def plan(self, *wanted: Resource[ToySpec], epoch: str = "e1") -> Plan:
        return plan(Graph(wanted), await self.snapshot(), self.kinds, Scope(CATALOG, "d", "test", "test", epoch=epoch))


@asynccontextmanager
async def opened(shop: Shop, *, delay: float = 0.0) -> AsyncIterator[Opened]:
    """Serves the shop and connects to it; waits take no time."""
    tally, clock = Tally(None), FakeClock()
    async with vendor(shop, delay=delay) as running:
        shop.vendor = running
        policy = StripePolicy(live=True, patience=Patience(total=1e9))
        async with Transport(policy, base_url=running.url, clock=clock, on_request=tally) as transport:
            client = Client(transport)
            yield Opened(shop, Connections({("toy", ""): client}, {}, tally=tally), client, clock)


def want(kind: str, key: str, *parts: str, title: str = "t", fixed: str = "f") -> Resource[ToySpec]:
    """A wanted toy; `parts` are addresses."""
    found = tuple(Ref.to(Address.parse(each)) for each in parts)
    return Resource(Address(f"toy.{kind}", key), ToySpec(title=title, fixed=fixed, parts=found))


def statuses(outcome: Outcome) -> dict[str, str]:
    """What became of each change, by action and address."""
    return {f"{each.change.action} {each.change.address}": each.status.value for each in outcome.results}


__all__ = ["KINDS", "LostAnswer", "Shop", "opened", "statuses", "want"]
