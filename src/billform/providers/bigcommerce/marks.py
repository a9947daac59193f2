"""Marks of ownership: BigCommerce has no metadata, so they are metafields of the store that only their writer sees.

They are read once per snapshot. Writes that arrive while one is under way leave together in the next. What is about to
be made is announced among them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from billform.core.resource import Address, Mark
from billform.providers.bigcommerce import announced
from billform.providers.bigcommerce import notes as paper
from billform.providers.bigcommerce.announced import Announced, Announcement, Named
from billform.providers.bigcommerce.notes import Notes, Record
from billform.providers.http import LostAnswer, VendorError

if TYPE_CHECKING:
    from billform.providers.bigcommerce.client import Store

PATH = "/v3/store/metafields"
TOGETHER = 10
"""Metafields in one request. The vendor documents no maximum; ten is what its other batches take at least."""

Key = tuple[str, str, str]
"""Catalog, kind, id."""


@dataclass(slots=True, eq=False)
class _Errand:
    """One mark on its way."""

    kind: str
    id: str
    mark: Mark
    notes: Notes
    done: bool = False
    problem: Exception | None = None

    @property
    def key(self) -> Key:
        return self.mark.catalog, self.kind, self.id

    @property
    def named(self) -> Named:
        return self.mark.catalog, self.kind, self.mark.key

    def body(self, there: Record | Announcement | None) -> dict[str, Any]:
        """The metafield; with its number where it is there already, be it as the announcement of the object."""
        key, value = paper.metafield_key(self.kind, self.id), paper.written(self.id, self.mark, self.notes)
        return _field(self.mark.catalog, key, value, there)


@dataclass(slots=True, eq=False)
class Marks:
    """The marks of one store."""

    store: Store
    _known: dict[Key, Record] | None = None
    _announced: Announced = field(default_factory=Announced)
    _queue: list[_Errand] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, kind: str) -> dict[str, Record]:
        """The marks on objects of a kind (`product`), by id; of several catalogs' marks the one written last."""
        known = await self._all()
        return {record.id: record for record in sorted(known.values(), key=_age) if record.kind == kind}

    async def ours(self, kind: str) -> dict[str, Record]:
        """The marks of the catalog that the store is compared with on objects of a kind, by id."""
        marks = await self.of(kind)
        return {number: each for number, each in marks.items() if each.mark.catalog == self.store.wanted.catalog}

    async def get(self, kind: str, identity: str, catalog: str) -> Record | None:
        """The mark of one catalog on one object."""
        return (await self._all()).get((catalog, kind, identity))

    async def announcements(self, kind: str) -> list[Announcement]:
        """What the catalog that the store is compared with was about to make, and has not marked since."""
        await self._all()
        return self._announced.open(self.store.wanted.catalog, kind)

    def never_made(self, kind: str, there: Iterable[str]) -> None:
        """Of what earlier runs announced, only these (as `Announcement.covers` says them) are there."""
        self._announced.never_made(self.store.wanted.catalog, kind, frozenset(there))

    def before(self, kind: str, mark: Mark) -> int | None:
        """The greatest id of its kind before this run announced an object; None where it has not."""
        return self._announced.before((mark.catalog, kind, mark.key))

    async def announce(self, kind: str, names: Mapping[Mark, frozenset[str]], after: int) -> None:
        """Writes down that objects with ids that grow are about to be made; their marks take its place.

        `names` are their natural keys, `after` is the greatest id of the kind so far. Raises a BillformError.
        """
        wanted = {(mark.catalog, kind, mark.key): each for mark, each in names.items()}
        async with self._turn:
            await self._all()
            worded = self._announced.worded(wanted, after)
            try:
                await self._announce(worded)
            except LostAnswer:
                self.forget()
                await self._announce(worded)
            self._announced.heard(wanted, after)

    async def retract(self, kind: str, mark: Mark) -> None:
        """Takes back that an object is about to be made, which the store has refused."""
        async with self._turn:
            await self._all()
            self._announced.refused((mark.catalog, kind, mark.key))
            await self._clear()

    async def write(self, kind: str, identity: str, mark: Mark, notes: Notes | None = None) -> None:
        """Puts a mark on an object; takes away another catalog's. Raises a BillformError where the store refuses."""
        errand = _Errand(kind, identity, mark, notes or Notes())
        self._queue.append(errand)
        while not errand.done:
            async with self._turn:
                if not errand.done:
                    await self._leave()
        if errand.problem is not None:
            raise errand.problem

    async def annotate(self, kind: str, identity: str, catalog: str, **changes: Any) -> None:
        """Changes the notes of a mark and nothing else; harmless where there is no mark."""
        record = await self.get(kind, identity, catalog)
        if record is not None:
            await self.write(kind, identity, record.mark, record.notes.model_copy(update=changes))

    async def drop(self, kind: str, identity: str) -> None:
        """Takes away the marks of an object that is gone."""
        async with self._turn:
            known = await self._all()
            await self._delete([each for each in known.values() if (each.kind, each.id) == (kind, identity)])

    async def bury(self, kind: str, identity: str, mark: Mark) -> None:
        """Takes away what is left of objects that stood for an address before `identity`, and were deleted by hand."""
        known = await self._all()
        same = (mark.catalog, kind, mark.key)
        old = [each for each in known.values() if (each.mark.catalog, each.kind, each.mark.key) == same]
        if gone := [each for each in old if each.id != identity]:
            async with self._turn:
                await self._delete(gone)

    def forget(self) -> None:
        """Reads them anew when next asked."""
        self._known = None

    async def _all(self) -> dict[Key, Record]:
        async with self._reading:  # many kinds ask at the same time, and one read serves them all
            if self._known is None:
                rows = await self.store.chained(PATH)
                found = (record for row in rows if (record := paper.read(row)))
                self._known = {(each.mark.catalog, each.kind, each.id): each for each in sorted(found, key=_age)}
                self._announced.load(rows, self._known.values())
            return self._known

    async def _leave(self) -> None:
        """Writes everything that waits; what an interruption leaves undone waits on."""
        # Two marks of one object go one after the other, or the first to arrive would be the one that stays.
        batch = list({each.key: each for each in reversed(self._queue)}.values())[::-1]
        self._queue = [each for each in self._queue if each not in batch]
        try:
            await self._deliver(batch)
        finally:
            self._queue = [each for each in batch if not each.done] + self._queue

    async def _deliver(self, batch: list[_Errand]) -> None:
        await self._all()
        # Until all others have their marks, the announcement proves whose they are: its place is taken last.
        last = self._announced.closing(each.named for each in batch)
        for is_last, known in ((False, True), (False, False), (True, True), (True, False)):
            await self._all()
            some = (each for each in batch if not each.done and (each.named in last) is is_last)
            chosen = [each for each in some if (self._there(each) is not None) is known]
            for start in range(0, len(chosen), TOGETHER):
                await self._send("PUT" if known else "POST", chosen[start : start + TOGETHER])
        undone = [each for each in batch if not each.done]
        if undone:
            # An answer was lost, or somebody else wrote or deleted the metafield: look before trying once more.
            self.forget()
            await self._all()
            for each in undone:
                await self._last_try(each, "POST" if self._there(each) is None else "PUT")
            if lost := [each for each in undone if isinstance(each.problem, LostAnswer)]:
                with suppress(VendorError):
                    await self._look_once_more(lost)
        gone = {(each.kind, each.id): each.mark.catalog for each in batch if each.problem is None}
        others = [
            record
            for record in (await self._all()).values()
            if gone.get((record.kind, record.id), record.mark.catalog) != record.mark.catalog
        ]
        await self._delete(others)
        await self._clear()

    async def _send(self, method: str, errands: list[_Errand]) -> None:
        bodies = [each.body(self._there(each)) for each in errands]
        try:
            answer = await self.store.call(method, PATH, body=bodies, accept={409, 422})
        except LostAnswer:
            return
        self._note_done(errands, answer.rows())

    async def _last_try(self, errand: _Errand, method: str) -> None:
        try:
            there, accept = self._there(errand), {400, 404, 409, 422}
            answer = await self.store.call(method, PATH, body=[errand.body(there)], accept=accept)
            self._note_done([errand], answer.rows())
            if not errand.done and isinstance(there, Announcement):  # the store keeps to the key that it was made with
                answer = await self.store.call("POST", PATH, body=[errand.body(None)], accept=accept)
                self._note_done([errand], answer.rows())
            if not errand.done:
                subject = Address.at(f"bigcommerce.{errand.kind}", self.store.alias, errand.mark.key)
                errand.problem = self.store.refused(answer, subject)
        except Exception as problem:  # noqa: BLE001  # it belongs to the one who asked for this mark
            errand.problem = problem
        errand.done = True

    async def _look_once_more(self, lost: Iterable[_Errand]) -> None:
        """Finds the marks that were written though no answer said so: nothing else would end what announced them."""
        self.forget()
        known = await self._all()
        for each in lost:
            record = known.get(each.key)
            if record is not None and (record.mark, record.notes) == (each.mark, each.notes):
                self._announced.marked(each.named, each.id, record.metafield)
                each.problem = None

    def _note_done(self, errands: Iterable[_Errand], rows: Iterable[Mapping[str, Any]]) -> None:
        numbers = {(str(row["namespace"]), str(row["key"])): int(row["id"]) for row in rows}
        for each in errands:
            place = paper.namespace(each.mark.catalog), paper.metafield_key(each.kind, each.id)
            if place in numbers and self._known is not None:
                self._known[each.key] = Record(numbers[place], each.kind, each.id, each.mark, each.notes)
                self._announced.marked(each.named, each.id, numbers[place])
                each.done = True

    def _there(self, errand: _Errand) -> Record | Announcement | None:
        """The metafield that becomes the mark: the mark as it is, or what announced this and nothing else any more."""
        return (self._known or {}).get(errand.key) or self._announced.last(errand.named)

    async def _announce(self, worded: list[Announcement]) -> None:
        await self._all()
        there = self._announced.notes
        bodies = [_field(each.catalog, each.key, announced.value(each), there.get(each.place)) for each in worded]
        for known, method in ((True, "PUT"), (False, "POST")):
            chosen = [each for each in bodies if ("id" in each) is known]
            for start in range(0, len(chosen), TOGETHER):
                answer = await self.store.call(method, PATH, body=chosen[start : start + TOGETHER])
                for row in answer.rows():
                    self._announced.made(row)

    async def _clear(self) -> None:
        """Takes away announcements that nothing is waited for and no mark took the place of."""
        spare = self._announced.spare(self.store.wanted.catalog)
        if spare:
            await self.store.call("DELETE", PATH, body=[each.metafield for each in spare], accept={404, 422})
        for each in spare:
            self._announced.dropped(each)

    async def _delete(self, records: list[Record]) -> None:
        for start in range(0, len(records), TOGETHER):
            chunk = records[start : start + TOGETHER]
            await self.store.call("DELETE", PATH, body=[each.metafield for each in chunk], accept={404, 422})
            for each in chunk:
                (await self._all()).pop((each.mark.catalog, each.kind, each.id), None)


def _field(catalog: str, key: str, value: str, there: Record | Announcement | None) -> dict[str, Any]:
    return {
        **({"id": there.metafield} if there else {}),
        "permission_set": "app_only",
        "namespace": paper.namespace(catalog),
        "key": key,
        "value": value,
        "description": "Written by Billform: do not change",
    }


def _age(record: Record) -> int:
    return record.metafield
