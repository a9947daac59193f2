"""Stripe meters: what usage events are counted as; without metadata, and fixed but for the name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Annotated

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, in_words
from billform.core.kind import Immutable, OnImmutable, Ownership, Write
from billform.core.resource import Address, Live, Resource, Spec

from .answers import Answer, ident, part
from .base import Params, StripeKind
from .client import StripeAccount
from .lists import METERS
from .price_wire import mark_of
from .whole_tiers import listed


class MeterSpec(Spec):
    """What Stripe keeps of a meter."""

    name: str
    event_name: Annotated[str, Immutable("Stripe fixes the name of a meter's events")]
    aggregation: Annotated[str, Immutable("Stripe fixes how a meter counts")]
    customer_key: Annotated[str, Immutable("Stripe fixes where a meter finds the customer")] = "stripe_customer_id"
    value_key: Annotated[str, Immutable("Stripe fixes where a meter finds the number")] = "value"
    time_window: Annotated[str | None, Immutable("Stripe fixes a meter's time window")] = None


class MeterKind(StripeKind[MeterSpec]):
    """Meters, found by the name of their events; one that leaves stays on, for subscribers whose usage it counts."""

    name = "stripe.meter"
    spec = MeterSpec
    path = "/v1/billing/meters"
    on_immutable = OnImmutable.REFUSE
    ownership = Ownership.NATURAL
    way_out = "declare another meter under another event name, move the prices to it, and take this one out"
    retirable = False

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[MeterSpec]]:
        """Every meter of the catalog."""
        for key, meter in catalog.meters.items():
            spec = MeterSpec.declare(
                name=meter.name or in_words(key),
                event_name=meter.event_name or key,
                aggregation=meter.aggregation,
                customer_key=meter.customer_key,
                value_key=meter.value_key,
                time_window=meter.time_window,
            )
            yield Resource(Address(self.name, key), spec, catalog.key_span("meters", key))

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[MeterSpec]]:
        """Every meter of the account, inactive ones included."""
        answers = await client.read(METERS, by=self.name)
        ours = _ours(client.wanted.catalog, await listed(client, by=self.name)) if answers else frozenset()
        for answer in answers:
            yield _read(answer, owned=answer["id"] in ours)

    def natural_keys(self, spec: MeterSpec, address: Address) -> frozenset[str]:
        """The name of its events: unique among active meters."""
        return frozenset({spec.event_name})

    def params(self, write: Write[MeterSpec], names: frozenset[str]) -> Params:
        """The name: all that can change."""
        return {"display_name": write.spec.name} if "name" in names else {}

    def birth(self, write: Write[MeterSpec]) -> Params:
        """Everything that Stripe fixes."""
        spec = write.spec
        return {
            "event_name": spec.event_name,
            "default_aggregation": {"formula": spec.aggregation},
            "customer_mapping": {"type": "by_id", "event_payload_key": spec.customer_key},
            # A count has no value to look for, yet Stripe keeps the key all the same.
            "value_settings": {"event_payload_key": spec.value_key},
            "event_time_window": spec.time_window,
        }

    async def restore(self, client: StripeAccount, identity: str, write: Write[MeterSpec]) -> None:
        """Reactivates it, and gives it the wanted name where that differs."""
        await _reactivate(client, identity, write.idempotency)
        if write.fields:
            changes = self.params(write, write.fields)
            await client.update(self.path, identity, changes, f"{write.idempotency}-fields")


async def _reactivate(client: StripeAccount, identity: str, idempotency: str) -> None:
    """Stripe refuses to do so twice; asked again under another key while it only replays an earlier run's answer."""
    for key in (idempotency, f"{idempotency}-2", f"{idempotency}-3"):
        if (await client.retrieve(MeterKind.path, identity))["status"] == "active":
            return
        await client.act(MeterKind.path, identity, "reactivate", key)


def _ours(catalog: str, prices: tuple[Answer, ...]) -> frozenset[str]:
    """Meters that a price of this catalog bills on, and no other price that is on sale."""
    ours: set[str] = set()
    shared: set[str] = set()
    for price in prices:
        meter = ident(part(price, "recurring").get("meter"))
        if meter is None:
            continue
        mark = mark_of(price)
        if mark is not None and mark.catalog == catalog:
            ours.add(meter)
        elif price["active"]:
            shared.add(meter)
    return frozenset(ours - shared)


def _read(answer: Answer, *, owned: bool) -> Live[MeterSpec]:
    spec = MeterSpec(
        name=answer["display_name"],
        event_name=answer["event_name"],
        aggregation=answer["default_aggregation"]["formula"],
        customer_key=part(answer, "customer_mapping").get("event_payload_key") or "stripe_customer_id",
        value_key=part(answer, "value_settings").get("event_payload_key") or "value",
        time_window=answer.get("event_time_window"),
    )
    return Live(
        kind=MeterKind.name,
        id=str(answer["id"]),
        spec=spec,
        active=answer["status"] == "active",
        natural=frozenset({spec.event_name}),
        owned=owned,
        created=int(answer.get("created") or 0),
    )


KIND = MeterKind()
