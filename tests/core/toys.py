"""Small kinds with every policy, and snapshots built by hand: the planner is pure, so its tests are too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any

from billform.core.declared import declared, spec_digest
from billform.core.diagnostic import Span
from billform.core.draft import Scope
from billform.core.graph import Graph
from billform.core.kind import (
    AnyKind,
    FixedEntries,
    Hidden,
    Immutable,
    Kept,
    Kind,
    Made,
    OnImmutable,
    Ownership,
    PerKey,
    Secret,
    SetOnce,
    Unordered,
    Weighed,
    Write,
)
from billform.core.money import Money
from billform.core.plan import Plan
from billform.core.planner import plan
from billform.core.resource import Address, Live, Mark, Ref, Resource, Snapshot, Spec
from billform.core.weight import Weight


class ProductSpec(Spec):
    name: str
    description: str | None = None
    images: tuple[str, ...] = ()
    metadata: Annotated[Mapping[str, str], PerKey()] = {}


class PriceSpec(Spec):
    product: Annotated[Ref, Immutable("A price stays with its product")]
    unit_amount: Annotated[Money, Immutable("Stripe fixes a price's amount")]
    nickname: Annotated[str | None, Kept("A nickname can be replaced, not taken away")] = None
    tax_behavior: Annotated[str, SetOnce("It may be chosen once", unset="unspecified")] = "unspecified"
    options: Annotated[Mapping[str, Money], FixedEntries("An amount in another currency is fixed too")] = {}
    seats: int = 1

    def costs(self, before: Any) -> Iterable[Weight]:
        if before.seats != self.seats:
            yield Weight("what a seat costs", size=(Decimal(self.seats), Decimal(before.seats)))

    def headline(self) -> str:
        return self.unit_amount.shown()

    def noticed(self) -> Iterable[tuple[str, str, str]]:
        return [("tax_behavior", "tax", self.tax_behavior)] if self.tax_behavior != "unspecified" else []


class MeterSpec(Spec):
    event_name: Annotated[str, Immutable("Stripe fixes the event name")]
    display_name: str
    formula: Annotated[str, Immutable("Stripe fixes the formula")] = "sum"


class CodeSpec(Spec):
    code: Annotated[str, Immutable("Stripe fixes a code")]
    product: Annotated[Ref | None, Immutable("Stripe fixes what it is for")] = None


class PageSpec(Spec):
    prices: Annotated[tuple[Ref, ...], Unordered()] = ()
    title: str | None = None


class ShelfSpec(Spec):
    name: str
    category: Ref | None = None


class LinkSpec(Spec):
    product: Annotated[Ref, Immutable("A link is its ends")]

    def headline(self) -> str:
        return "a perk"


class MainSpec(Spec):
    price: Ref
    note: str | None = None


class GroupSpec(Spec):
    name: str
    sort: Annotated[str, Immutable("The store fixes the sort of a group")] = "plain"


class HookSpec(Spec):
    url: str
    fee: Money | None = None
    pack: Annotated[int | None, Weighed(absent=1, divides=True)] = None
    token: Annotated[str, Secret()] = ""
    stamp: Annotated[str, Hidden()] = ""
    maker: Annotated[str, Immutable("Whoever made it made it")] = ""

    def headline(self) -> str:
        return self.url


class CategorySpec(Spec):
    pass


class _Toy(Kind[Any, Any, Any, Any]):
    def desired(self, catalog: object, environment: object) -> Iterable[Resource[Any]]:
        return ()

    async def observe(self, client: object) -> AsyncIterator[Live[Any]]:
        nothing: tuple[Live[Any], ...] = ()
        for each in nothing:
            yield each

    async def create(self, client: object, write: Write[Any]) -> Made:
        return Made("new")

    async def update(self, client: object, identity: str, write: Write[Any]) -> None:
        return None

    async def retire(self, client: object, live: Live[Any], idempotency: str) -> None:
        return None


class Product(_Toy):
    name, spec, on_immutable = "toy.product", ProductSpec, OnImmutable.NEW_VERSION

    def natural_keys(self, spec: Any, address: Address) -> frozenset[str]:
        return frozenset({address.key})


class Price(_Toy):
    name, spec, on_immutable = "toy.price", PriceSpec, OnImmutable.NEW_VERSION
    who = "new checkouts; existing subscriptions keep their price"
    who_in_place = "everybody"
    takes_names = True
    retires_after = frozenset({"toy.product"})

    def natural_keys(self, spec: Any, address: Address) -> frozenset[str]:
        return frozenset({address.key})


class Meter(_Toy):
    name, spec, on_immutable = "toy.meter", MeterSpec, OnImmutable.REFUSE
    ownership, way_out = Ownership.NATURAL, "declare a new meter"
    reports_orphans = True

    def natural_keys(self, spec: Any, address: Address) -> frozenset[str]:
        return frozenset({spec.event_name})


class Code(_Toy):
    name, spec, on_immutable = "toy.code", CodeSpec, OnImmutable.RECREATE
    exclusive = True

    def natural_keys(self, spec: Any, address: Address) -> frozenset[str]:
        return frozenset({spec.code})


class Page(_Toy):
    name, spec, on_immutable = "toy.page", PageSpec, OnImmutable.REFUSE


class Shelf(_Toy):
    name, spec, on_immutable = "toy.shelf", ShelfSpec, OnImmutable.RECREATE
    ownership = Ownership.MARKED_AFTER

    def natural_keys(self, spec: Any, address: Address) -> frozenset[str]:
        return frozenset({spec.name})


class Link(_Toy):
    name, spec, on_immutable = "toy.link", LinkSpec, OnImmutable.RECREATE
    ownership = Ownership.NATURAL
    leaves_with = frozenset({"toy.product"})
    who, new_is_told = "whoever has it", False

    def natural_keys(self, spec: Any, address: Address) -> frozenset[str]:
        return frozenset({address.key})


class Main(_Toy):
    """As a default price: one for each product, without a mark, never taken away."""

    name, spec, on_immutable = "toy.main", MainSpec, OnImmutable.REFUSE
    ownership, retirable = Ownership.NATURAL, False

    def natural_keys(self, spec: Any, address: Address) -> frozenset[str]:
        return frozenset({address.local_key})


class Group(_Toy):
    """Marked, and never taken away from those who are in it."""

    name, spec, on_immutable, retirable = "toy.group", GroupSpec, OnImmutable.REFUSE, False

    def natural_keys(self, spec: Any, address: Address) -> frozenset[str]:
        return frozenset({spec.name})


class Hook(_Toy):
    name, spec, on_immutable, who = "toy.hook", HookSpec, OnImmutable.RECREATE, "whoever listens"

    def natural_keys(self, spec: Any, address: Address) -> frozenset[str]:
        return frozenset({spec.url})


class Category(_Toy):
    name, spec, on_immutable, lookup = "toy.category", CategorySpec, OnImmutable.REFUSE, True


class TaxClass(_Toy):
    name, spec, on_immutable, lookup = "toy.tax_class", CategorySpec, OnImmutable.REFUSE, True


KINDS: Mapping[str, AnyKind] = {
    each.name: each
    for each in (
        Product(),
        Price(),
        Meter(),
        Code(),
        Page(),
        Shelf(),
        Link(),
        Main(),
        Group(),
        Hook(),
        Category(),
        TaxClass(),
    )
}


def want(kind: str, key: str, *, line: int | None = None, **fields: Any) -> Resource[Spec]:
    """A wanted resource; its spec holds exactly the given fields."""
    span = Span("catalog.yaml", line) if line else None
    return Resource(Address(kind, key), KINDS[kind].spec(**fields), span)


def found(  # one keyword for each thing a vendor can say of an object
    kind: str,
    key: str | None,
    identity: str,
    *,
    written: Resource[Spec] | None = None,
    catalog: str = "shop",
    version: int = 1,
    active: bool = True,
    current: bool = True,
    natural: Iterable[str] = (),
    owned: bool = False,
    unfinished: str | None = None,
    site: str = "",
    created: int = 0,
    label: str = "",
    retired: bool | None = None,
    known_as: str = "",
    **fields: Any,
) -> Live[Spec]:
    """A live object; `written` is what Billform last wrote on it (by default: just what it has).

    What bears a mark and is not active was retired by Billform, unless `retired` says otherwise.
    """
    spec = KINDS[kind].spec(**fields)
    mark = None
    if key is not None:
        last = written.spec if written else None
        mark = Mark(
            catalog,
            key,
            spec_digest(last) if last else spec_digest(spec),
            declared(last) if last else declared(spec),
            version,
        )
    ended = retired if retired is not None or key is None else not active
    live = Live(
        kind, identity, spec, site, mark, active, current, frozenset(natural), owned, created, unfinished, label, ended
    )
    return replace(live, known_as=known_as)


def planned(
    wanted: Iterable[Resource[Spec]],
    lives: Iterable[Live[Spec]] = (),
    *,
    complete: Iterable[str] = tuple(KINDS),
    unavailable: Mapping[tuple[str, str], str] | None = None,
    sites: Iterable[str] = ("", "main"),
    deleted: Iterable[tuple[str, Address]] = (),
    **scope: Any,
) -> Plan:
    """The plan for a hand-made world."""
    read = frozenset((kind, site) for kind in complete for site in sites)
    snapshot = Snapshot(tuple(lives), read, unavailable or {}, frozenset(deleted))
    graph = Graph(wanted, lookups=[name for name, kind in KINDS.items() if kind.lookup])
    return plan(graph, snapshot, KINDS, Scope("shop", "digest", "test", "test", **scope))


def lines(made: Plan) -> list[str]:
    """The changes as short lines: `new_version toy.price/pro price_1 [unit_amount $49.00 -> $59.00]`."""
    return [
        " ".join(
            [
                change.action,
                str(change.address),
                *([each.id for each in [getattr(change, "found", None)] if each is not None]),
                *(f"[{each.path} {each.before} -> {each.after}]" for each in change.changes if not _is_create(change)),
            ]
        )
        for change in made.changes
    ]


def _is_create(change: Any) -> bool:
    return bool(change.action == "create")
