"""What the kinds of this provider share: marks in the store's metafields, and texts that come back changed."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Any, ClassVar, TypeVar

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.kind import Kind, Made, Ownership, Write
from billform.core.resource import Address, Live, Mark, Ref, Resource, S, Spec
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.notes import Echo, Notes, Record, sealed
from billform.providers.bigcommerce.wire import Row

T = TypeVar("T")


class StoreKind(Kind[S, Store, Catalog, Environment]):
    """A kind of object in a store."""

    @property
    def short(self) -> str:
        """Without the vendor: `product`."""
        return self.name.partition(".")[2]

    def address(self, alias: str, key: str) -> Address:
        """The address of one object."""
        return Address.at(self.name, alias, key)


class MarkedKind(StoreKind[S]):
    """A kind whose marks are metafields of the store, written right after the object itself."""

    ownership = Ownership.MARKED_AFTER
    echoed: ClassVar[tuple[str, ...]] = ()
    """Text fields that the store may answer differently from how they were sent."""
    unseen: ClassVar[tuple[str, ...]] = ()
    """Fields that no list of the store shows; they are compared with what was last written."""

    @abstractmethod
    async def rows(self, client: Store) -> Iterable[Row]:
        """Every object of this kind in the store."""

    @abstractmethod
    def identity(self, row: Row) -> str:
        """The id that specs refer to."""

    @abstractmethod
    async def read(self, client: Store, row: Row, notes: Notes) -> S:
        """The spec of one object, normalised."""

    @abstractmethod
    async def make(self, client: Store, write: Write[S]) -> Row:
        """Makes the object, once; answers it."""

    @abstractmethod
    async def change(self, client: Store, identity: str, write: Write[S]) -> Row | None:
        """Writes the named fields; answers the object where the store does."""

    def is_active(self, row: Row, notes: Notes) -> bool:
        """Whether it is on sale; only what Billform itself took out of sale is archived."""
        return True

    def notes(self, write: Write[S], before: Notes) -> Notes:
        """What to write down beside the mark."""
        seen = {name: write.spec.model_dump(mode="json")[name] for name in self.unseen}
        return Notes(echoes=before.echoes, unseen=seen)

    async def observe(self, client: Store) -> AsyncIterator[Live[S]]:
        records = await client.marks.of(self.short)
        for row in await self.rows(client):
            yield await self.live(client, row, records.get(self.identity(row)))

    async def live(self, client: Store, row: Row, record: Record | None) -> Live[S]:
        """One object as the planner sees it."""
        notes = record.notes if record else Notes()
        spec = _as_sent(await self.read(client, row, notes), notes)
        identity = self.identity(row)
        return Live(
            kind=self.name,
            id=identity,
            spec=spec,
            site=client.alias,
            mark=record.mark if record else None,
            active=self.is_active(row, notes),
            natural=self.natural_keys(spec, Address.at(self.name, client.alias, identity)),
            created=age(identity),
            label=f"id {identity.rpartition('/')[2]}" if identity.rpartition("/")[2].isdigit() else "",
        )

    async def create(self, client: Store, write: Write[S]) -> Made:
        row = await self.make(client, write)
        return await self.made(client, write, row)

    async def made(self, client: Store, write: Write[S], row: Row) -> Made:
        """Marks a new object."""
        identity = self.identity(row)
        await self.mark(client, identity, write, row)
        # The planner makes a new one only where no object carries the mark of its address any more.
        await client.marks.bury(self.short, identity, write.mark)
        return Made(identity, shown_id=f"id {identity.rpartition('/')[2]}")

    async def update(self, client: Store, identity: str, write: Write[S]) -> None:
        row = await self.change(client, identity, write) if write.fields else None
        await self.mark(client, identity, write, row)

    async def mark(self, client: Store, identity: str, write: Write[S], row: Row | None) -> None:
        """Writes the mark, with what the store made of the texts that were sent."""
        record = await client.marks.get(self.short, identity, write.mark.catalog)
        notes = self.notes(write, record.notes if record else Notes())
        if row is not None and any(write.sends(name) for name in self.echoed):
            answered = await self.read(client, row, notes)
            notes = notes.model_copy(update={"echoes": self._echoes(write, notes, answered)})
        await client.marks.write(self.short, identity, write.mark, notes)

    def _echoes(self, write: Write[S], notes: Notes, answered: S) -> dict[str, Echo]:
        before = write.before.spec if write.before else None
        echoes = {name: each for name, each in notes.echoes.items() if not write.sends(name)}
        for name in self.echoed:
            sent, got = getattr(write.spec, name), getattr(answered, name)
            # An answer that is what stood there before is a change that was ignored, not one that was rewritten.
            if write.sends(name) and sent and got != sent and (before is None or got != getattr(before, name)):
                echoes[name] = Echo(sent=sent, got=sealed(got))
        return echoes


def _as_sent(spec: S, notes: Notes) -> S:
    """The spec with every rewritten text as it was sent, while the answer still is the one that was noted."""
    sent = {
        name: echo.sent
        for name, echo in notes.echoes.items()
        if isinstance(got := getattr(spec, name, None), str) and sealed(got) == echo.got
    }
    return spec.model_copy(update=sent) if sent else spec


class LookupKind(StoreKind[S]):
    """Something that the store has and the catalog only names."""

    lookup = True
    retirable = False

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[S]]:
        return ()

    def found(self, client: Store, identity: str, name: str, spec: S) -> Live[S]:
        """One of them, known by its name."""
        mark = Mark(catalog="", key=name, digest="")
        return Live(self.name, identity, spec, client.alias, mark, created=-age(identity), label=name)

    async def create(self, client: Store, write: Write[S]) -> Made:
        raise AssertionError(f"{self.name} is only looked up")

    async def update(self, client: Store, identity: str, write: Write[S]) -> None:
        raise AssertionError(f"{self.name} is only looked up")

    async def retire(self, client: Store, live: Live[S], idempotency: str) -> None:
        raise AssertionError(f"{self.name} is only looked up")


class NamedSpec(Spec):
    """Of something that is only looked up: its name."""

    called: str


def age(identity: str) -> int:
    """Newer objects have greater ids; ids that are no numbers say nothing."""
    last = identity.rpartition("/")[2]
    return int(last) if last.isascii() and last.isdigit() else 0


def found(kind: str, identity: object) -> Ref:
    """A reference as the store answered it."""
    return Ref.found(f"bigcommerce.{kind}", str(identity))


async def settled(works: Iterable[Awaitable[T]]) -> list[T | Exception]:
    """Everything at once, each with its answer or its failure; only an interruption ends them all."""
    done = await asyncio.gather(*works, return_exceptions=True)
    found: list[T | Exception] = []
    for each in done:
        if isinstance(each, BaseException) and not isinstance(each, Exception):
            raise each
        found.append(each)
    return found


def wire_id(identity: str) -> int:
    """The number that the store knows an object by: the last part of a composed id."""
    return int(identity.rpartition("/")[2])


def wire_body(write: Write[Any], names: dict[str, str]) -> dict[str, Any]:
    """The plain fields of a write by their wire names; `names` maps ours to the store's."""
    return {wire: getattr(write.spec, ours) for ours, wire in names.items() if write.sends(ours)}
