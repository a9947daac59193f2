"""A Stripe account on the simulator, and the shortest engine that can run a plan against it."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.draft import Scope
from billform.core.graph import Graph
from billform.core.kind import AnyKind, Write
from billform.core.plan import Plan
from billform.core.plan_file import plan_from_json, plan_to_json
from billform.core.planner import plan
from billform.core.resource import Address, Live, Ref, Snapshot, Spec
from billform.core.stages import Step, stages
from billform.providers.stripe import (
    coupon,
    default_price,
    feature,
    meter,
    payment_method_configuration,
    portal_configuration,
    price,
    product,
    product_feature,
    promotion_code,
    tax_registration,
    tax_settings,
    webhook_endpoint,
)
from billform.providers.stripe.client import StripeAccount, connect
from billform.providers.stripe.wanted import wanted
from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

MODULES = (
    product,
    price,
    default_price,
    meter,
    feature,
    product_feature,
    coupon,
    promotion_code,
    portal_configuration,
    tax_settings,
    tax_registration,
    payment_method_configuration,
    webhook_endpoint,
)
KINDS: Mapping[str, AnyKind] = {module.KIND.name: module.KIND for module in MODULES}
KEY = "sk_test_simulator"
T = TypeVar("T")


def environment(**words: Any) -> Environment:
    """The simulated environment, `words` changed."""
    return Environment.model_validate({"mode": "simulated", **words}).located("local")


def catalog(**parts: Any) -> Catalog:
    """A catalog named nimbus with the given parts."""
    return Catalog.model_validate({"catalog": "nimbus", **parts})


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
class Shop:
    """One account, seen three ways: through our kinds, through raw requests, and through the request log."""

    simulator: Simulator
    secrets: dict[str, str] = field(default_factory=dict)
    """Signing secrets that came out of creates, by address."""
    runs: int = 0

    def with_client(self, work: Callable[[StripeAccount], Awaitable[T]], *, of: Catalog | None = None) -> T:
        """Runs `work` with a client of our own, which knows the catalog that it works for."""

        async def run() -> T:
            url = self.simulator.stripe_url
            client = await connect(environment(), {}, wanted=wanted(of or catalog()), url=url, clock=HurriedClock())
            async with client:
                return await work(client)

        return asyncio.run(run())

    def observe(self, *names: str, of: Catalog | None = None) -> list[Live[Any]]:
        """Everything that the named kinds find; all kinds where none is named."""

        async def run(client: StripeAccount) -> list[Live[Any]]:
            return [live for name in names or KINDS async for live in KINDS[name].observe(client)]

        return self.with_client(run, of=of)

    def ours(self, name: str, key: str) -> list[Live[Any]]:
        """The objects of one address, the newest first."""
        found = [(each.mark.version, each) for each in self.observe(name) if each.mark and each.mark.key == key]
        return [each for _, each in sorted(found, key=lambda pair: pair[0], reverse=True)]

    def plan(self, wanted: Catalog, *, adopt: tuple[str, ...] = ()) -> Plan:
        """What it takes to make the account match."""
        self.runs += 1
        desired = Graph(each for kind in KINDS.values() for each in kind.desired(wanted, environment()))
        snapshot = Snapshot(tuple(self.observe(of=wanted)), frozenset((name, "") for name in KINDS))
        scope = Scope(wanted.name, "", "local", "simulated", adopt=adopt, epoch=f"run{self.runs}")
        return plan(desired, snapshot, KINDS, scope)

    def apply(self, wanted: Catalog, *, adopt: tuple[str, ...] = ()) -> Plan:
        """Plans, does it, and makes sure that nothing is left to do."""
        made = self.plan(wanted, adopt=adopt)
        assert not made.refusals, made.refusals
        assert not [each for each in made.findings if each.is_error], made.findings
        read_again = plan_from_json(plan_to_json(made), {name: kind.spec for name, kind in KINDS.items()})
        self.run(read_again)
        left = self.plan(wanted)
        assert not left.changes, [(each.action, str(each.address), each.changes) for each in left.changes]
        return made

    def run(self, made: Plan, *, steps: int | None = None) -> None:
        """Does what a plan says, one step after the other; all of them, or only the first few."""

        async def run(client: StripeAccount) -> None:
            ids = dict(made.ids)
            for step in stages(made, KINDS)[:steps]:
                await self._step(client, made, step, ids)

        self.with_client(run, of=Catalog.model_validate({"catalog": made.catalog}))

    async def _step(self, client: StripeAccount, made: Plan, step: Step, ids: dict[str, str]) -> None:
        kind: AnyKind = KINDS[step.address.kind]
        live: Live[Spec] | None = step.found.live(step.address.kind) if step.found else None
        key = f"{made.epoch}-{made.digest}-{step.address}-{step.action}-{live.id if live else ''}"
        if step.action == "retire":
            assert live is not None
            await kind.retire(client, live, key)
            return
        change: Any = step.change
        write: Write[Any] = Write(
            step.address, change.spec, frozenset(change.fields), change.mark(made.catalog), ids, key, live
        )
        if live is None:
            born = await kind.create(client, write)
            ids[str(Ref.to(step.address))] = born.id
            if born.secret is not None:
                self.secrets[str(step.address)] = born.secret
                await kind.secret_stored(client, born.id, write)
            return
        ids[str(Ref.to(step.address))] = live.id
        await (kind.restore if step.action == "restore" else kind.update)(client, live.id, write)

    def raw(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Any:
        """One request as somebody else would send it."""
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(
            self.simulator.stripe_url + path, body, {"Authorization": f"Bearer {KEY}"}, method=method
        )
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def control(self, method: str, path: str, words: Any = None) -> Any:
        """One request to the simulator itself."""
        body = json.dumps(words).encode() if words is not None else None
        request = urllib.request.Request(f"{self.simulator.control_url}/{path}", body, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def requests(self) -> list[dict[str, Any]]:
        """Every request so far, the oldest first."""
        found: list[dict[str, Any]] = self.control("GET", "log")["data"]
        return found


@contextmanager
def open_shop() -> Iterator[Shop]:
    """An empty account."""
    with Simulator(limits=Limits.off()) as simulator:
        yield Shop(simulator)


def address(written: str) -> Address:
    """`stripe.price/pro.base.monthly`"""
    return Address.parse(written)
