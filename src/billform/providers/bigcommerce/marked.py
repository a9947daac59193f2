"""Kinds whose marks are metafields of the store; and texts that come back changed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import replace
from typing import ClassVar

from billform.core.kind import Made, Ownership, Write
from billform.core.resource import Address, Live, Mark, S
from billform.providers.bigcommerce.base import StoreKind
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.notes import Echo, Notes, Record, sealed
from billform.providers.bigcommerce.wire import Row, age
from billform.providers.http import Failure, VendorError

REFUSED = frozenset({Failure.CONFLICT, Failure.INVALID, Failure.NOT_FOUND, Failure.PERMISSION})
"""Nothing was made."""


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

    def is_off(self, row: Row) -> bool:
        """Whether nobody can buy or use it, whoever took it out of sale."""
        return False

    def notes(self, write: Write[S], before: Notes) -> Notes:
        """What to write down beside the mark."""
        seen = {name: write.spec.model_dump(mode="json")[name] for name in self.unseen}
        return Notes(echoes=before.echoes, unseen=seen)

    async def is_untouched(self, client: Store, identity: str) -> bool:
        """Whether an object that was announced is as it was made; only asked of those that bear no mark."""
        return True

    async def look(self, client: Store) -> AsyncIterator[Live[S]]:
        records = await client.marks.of(self.short)
        announcements, there = await client.marks.announcements(self.short) if self.announced else [], set[str]()
        for row in await self.rows(client):
            live = await self.live(client, row, records.get(self.identity(row)))
            known = {
                key
                for each in announcements
                if live.mark is None and (key := each.covers(live.natural, age(live.id))) is not None
            }
            if known:
                there |= known
                # No mark can say that Billform took it out of sale, and nobody else knows of it.
                live = replace(live, owned=await self.is_untouched(client, live.id), active=not self.is_off(row))
            yield live
        client.marks.never_made(self.short, there)

    async def deleted(self, client: Store) -> Iterable[Mark]:
        there = {self.identity(row) for row in await self.rows(client)}
        return [each.mark for identity, each in (await client.marks.of(self.short)).items() if identity not in there]

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
            # Only what Billform itself took out of sale is archived.
            active=not (notes.retired and self.is_off(row)),
            natural=self.natural_keys(spec, Address.at(self.name, client.alias, identity)),
            created=age(identity),
            label=f"id {identity.rpartition('/')[2]}" if identity.rpartition("/")[2].isdigit() else "",
            retired=notes.retired,
        )

    async def add(self, client: Store, write: Write[S]) -> Made:
        await self.announce(client, [write])
        return await self.made(client, write, await self.make_announced(client, write))

    async def announce(self, client: Store, writes: list[Write[S]]) -> None:
        """Writes down what is about to be made and is not yet, for kinds that do."""
        names = {
            each.mark: self.natural_keys(each.spec, each.address)
            for each in writes
            if self.announced and client.marks.before(self.short, each.mark) is None
        }
        if not names:
            return
        client.forget_lists()  # what somebody made since they were read is not what this run makes
        there = [*map(self.identity, await self.rows(client)), *await client.marks.of(self.short)]
        await client.marks.announce(self.short, names, max(map(age, there), default=0))

    def is_new(self, client: Store, write: Write[S], row: Row) -> bool:
        """Whether an object of the wanted name can be what was asked for: what was there before cannot."""
        return age(self.identity(row)) > (client.marks.before(self.short, write.mark) or 0)

    async def make_announced(self, client: Store, write: Write[S], making: Awaitable[Row] | None = None) -> Row:
        """As `make`, or another way of making it; what the store refuses is not about to be made any more."""
        try:
            row = await (making or self.make(client, write))
            if self.announced and not self.is_new(client, write, row):
                raise _somebody_elses(self.identity(row), write.address)
        except VendorError as error:
            if self.announced and error.failure in REFUSED:
                await client.marks.retract(self.short, write.mark)
            raise
        return row

    async def made(self, client: Store, write: Write[S], row: Row) -> Made:
        """Marks a new object."""
        identity = self.identity(row)
        await self.mark(client, identity, write, row)
        # The planner makes a new one only where no object carries the mark of its address any more.
        await client.marks.bury(self.short, identity, write.mark)
        return Made(identity, shown_id=f"id {identity.rpartition('/')[2]}")

    async def alter(self, client: Store, identity: str, write: Write[S]) -> None:
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


def _somebody_elses(identity: str, address: Address) -> VendorError:
    return VendorError(
        Failure.CONFLICT,
        vendor="bigcommerce",
        message=f"id {identity.rpartition('/')[2]} came to hold its name or SKU after the plan was made",
        hint="plan again: what to do with it is said there",
    ).about(str(address))


def _as_sent(spec: S, notes: Notes) -> S:
    """The spec with every rewritten text as it was sent, while the answer still is the one that was noted."""
    sent = {
        name: echo.sent
        for name, echo in notes.echoes.items()
        if isinstance(got := getattr(spec, name, None), str) and sealed(got) == echo.got
    }
    return spec.model_copy(update=sent) if sent else spec
