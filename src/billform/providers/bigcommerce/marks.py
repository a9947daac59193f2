"""Marks of ownership: BigCommerce has no metadata, so they are metafields of the store that only their writer sees.

They are read once per snapshot. Writes that arrive while one is under way leave together in the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from billform.core.resource import Address, Mark
from billform.providers.bigcommerce import notes as paper
from billform.providers.bigcommerce.notes import Notes, Record
from billform.providers.http import LostAnswer

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

    def body(self, known: Mapping[Key, Record]) -> dict[str, Any]:
        """The metafield; with its number where it is there already."""
        record = known.get(self.key)
        return {
            **({"id": record.metafield} if record else {}),
            "permission_set": "app_only",
            "namespace": paper.namespace(self.mark.catalog),
            "key": paper.metafield_key(self.kind, self.id),
            "value": paper.written(self.id, self.mark, self.notes),
            "description": "Written by Billform: do not change",
        }


@dataclass(slots=True, eq=False)
class Marks:
    """The marks of one store."""

    store: Store
    _known: dict[Key, Record] | None = None
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
        for known, method in ((True, "PUT"), (False, "POST")):
            marks = await self._all()
            chosen = [each for each in batch if (each.key in marks) is known]
            for start in range(0, len(chosen), TOGETHER):
                await self._send(method, chosen[start : start + TOGETHER])
        undone = [each for each in batch if not each.done]
        if undone:
            # An answer was lost, or somebody else wrote or deleted the metafield: look before trying once more.
            self.forget()
            marks = await self._all()
            for each in undone:
                await self._last_try(each, "PUT" if each.key in marks else "POST")
        gone = {(each.kind, each.id): each.mark.catalog for each in batch if each.problem is None}
        others = [
            record
            for record in (await self._all()).values()
            if gone.get((record.kind, record.id), record.mark.catalog) != record.mark.catalog
        ]
        await self._delete(others)

    async def _send(self, method: str, errands: list[_Errand]) -> None:
        marks = await self._all()
        try:
            answer = await self.store.call(method, PATH, body=[each.body(marks) for each in errands], accept={409, 422})
        except LostAnswer:
            return
        self._note_done(errands, answer.rows())

    async def _last_try(self, errand: _Errand, method: str) -> None:
        try:
            body = [errand.body(await self._all())]
            answer = await self.store.call(method, PATH, body=body, accept={400, 404, 409, 422})
            self._note_done([errand], answer.rows())
            if not errand.done:
                subject = Address.at(f"bigcommerce.{errand.kind}", self.store.alias, errand.mark.key)
                errand.problem = self.store.refused(answer, subject)
        except Exception as problem:  # noqa: BLE001  # it belongs to the one who asked for this mark
            errand.problem = problem
        errand.done = True

    def _note_done(self, errands: Iterable[_Errand], rows: Iterable[Mapping[str, Any]]) -> None:
        numbers = {(str(row["namespace"]), str(row["key"])): int(row["id"]) for row in rows}
        for each in errands:
            place = paper.namespace(each.mark.catalog), paper.metafield_key(each.kind, each.id)
            if place in numbers and self._known is not None:
                self._known[each.key] = Record(numbers[place], each.kind, each.id, each.mark, each.notes)
                each.done = True

    async def _delete(self, records: list[Record]) -> None:
        for start in range(0, len(records), TOGETHER):
            chunk = records[start : start + TOGETHER]
            await self.store.call("DELETE", PATH, body=[each.metafield for each in chunk], accept={404, 422})
            for each in chunk:
                (await self._all()).pop((each.mark.catalog, each.kind, each.id), None)


def _age(record: Record) -> int:
    return record.metafield
