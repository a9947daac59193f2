"""What the kinds of this provider share: ids that are unique beyond one store, references, and batches item by item."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Any, TypeVar

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.kind import Kind, Made, Write
from billform.core.resource import Address, Live, Mark, Ref, Resource, S, Spec
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.sites import bare, inward, made_outward, outward, write_inward
from billform.providers.bigcommerce.wire import age

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

    # As the store knows it: `look` for `observe` and so on, with ids that mean something in this store alone.

    @abstractmethod
    def look(self, client: Store) -> AsyncIterator[Live[S]]:
        """Every object of this kind in the store; raises where a page could not be read."""

    @abstractmethod
    async def add(self, client: Store, write: Write[S]) -> Made:
        """Makes an object, once."""

    @abstractmethod
    async def alter(self, client: Store, identity: str, write: Write[S]) -> None:
        """Changes the named fields and the mark in place."""

    @abstractmethod
    async def withdraw(self, client: Store, live: Live[S], idempotency: str) -> None:
        """Takes an object out of sale; harmless where it is out already."""

    async def bring_back(self, client: Store, identity: str, write: Write[S]) -> None:
        """Puts an object back on sale; only for kinds that keep what they take out of it."""
        raise AssertionError(f"{self.name} cannot be restored")

    async def add_many(self, client: Store, writes: list[Write[S]]) -> list[Made | Exception]:
        """Batch form of `add`."""
        raise AssertionError(f"{self.name} has no batch form")

    async def alter_many(self, client: Store, writes: list[tuple[str, Write[S]]]) -> list[Exception | None]:
        """Batch form of `alter`."""
        raise AssertionError(f"{self.name} has no batch form")

    # As everybody else knows it

    async def observe(self, client: Store) -> AsyncIterator[Live[S]]:
        async for live in self.look(client):
            yield outward(live, client.alias)

    async def create(self, client: Store, write: Write[S]) -> Made:
        return made_outward(await self.add(client, write_inward(write)), client.alias)

    async def update(self, client: Store, identity: str, write: Write[S]) -> None:
        await self.alter(client, bare(identity), write_inward(write))

    async def retire(self, client: Store, live: Live[S], idempotency: str) -> None:
        await self.withdraw(client, inward(live), idempotency)

    async def restore(self, client: Store, identity: str, write: Write[S]) -> None:
        await self.bring_back(client, bare(identity), write_inward(write))

    async def create_many(self, client: Store, writes: list[Write[S]]) -> list[Made | Exception]:
        made = await self.add_many(client, [write_inward(each) for each in writes])
        return [each if isinstance(each, Exception) else made_outward(each, client.alias) for each in made]

    async def update_many(self, client: Store, writes: list[tuple[str, Write[S]]]) -> list[Exception | None]:
        return await self.alter_many(client, [(bare(identity), write_inward(write)) for identity, write in writes])


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

    async def add(self, client: Store, write: Write[S]) -> Made:
        raise AssertionError(f"{self.name} is only looked up")

    async def alter(self, client: Store, identity: str, write: Write[S]) -> None:
        raise AssertionError(f"{self.name} is only looked up")

    async def withdraw(self, client: Store, live: Live[S], idempotency: str) -> None:
        raise AssertionError(f"{self.name} is only looked up")


class NamedSpec(Spec):
    """Of something that is only looked up: its name."""

    called: str


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
