"""Everything that is at the vendors, as one snapshot: every kind read to the end, or an error."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.kind import AnyKind
from billform.core.resource import Address, Live, Snapshot, Spec
from billform.providers.http import Failure, Unavailable, VendorError
from billform.providers.registry import Connections

from .progress import Observed, Progress, quiet


@dataclass(frozen=True, slots=True)
class _Read:
    """One kind at one site: its objects, or why this account cannot have any."""

    place: tuple[str, str]
    lives: tuple[Live[Spec], ...] = ()
    unavailable: str | None = None
    deleted: frozenset[tuple[str, Address]] = frozenset()


async def observe(
    kinds: Mapping[str, AnyKind] | Iterable[AnyKind], connections: Connections, *, progress: Progress = quiet
) -> Snapshot:
    """Reads all kinds at all their sites side by side.

    Raises BillformError where anything could not be read: a failed read is not absence, so there is no half snapshot.
    """
    connections.forget()
    places = [
        (kind, site)
        for kind in (kinds.values() if isinstance(kinds, Mapping) else kinds)
        for site in connections.sites(kind.name.partition(".")[0])
    ]
    problems: dict[Diagnostic, None] = {}
    reads: dict[tuple[str, str], _Read] = {}

    async def one(kind: AnyKind, site: str) -> None:
        try:
            read = reads[kind.name, site] = await _read(kind, site, connections)
        except BillformError as error:
            problems.update(dict.fromkeys(error.diagnostics))
            if not _is_about_one_kind(error):
                raise
        else:
            progress(Observed(kind.name, site, len(read.lives)))

    readings = [asyncio.ensure_future(one(kind, site)) for kind, site in places]
    try:
        await asyncio.gather(*readings)
    except BillformError as error:
        problems.update(dict.fromkeys(error.diagnostics))
    finally:
        for each in readings:
            each.cancel()
        await asyncio.gather(*readings, return_exceptions=True)
    if problems:
        raise BillformError(problems)
    ordered = [reads[kind.name, site] for kind, site in places]
    return Snapshot(
        lives=tuple(live for read in ordered for live in read.lives),
        complete=frozenset(read.place for read in ordered if read.unavailable is None),
        unavailable={read.place: read.unavailable for read in ordered if read.unavailable is not None},
        deleted=frozenset(each for read in ordered for each in read.deleted),
    )


async def _read(kind: AnyKind, site: str, connections: Connections) -> _Read:
    place = (kind.name, site)
    client = connections.client(kind.name.partition(".")[0], site)
    try:
        lives = [live async for live in kind.observe(client)]
        deleted = {(mark.catalog, Address.at(kind.name, site, mark.key)) for mark in await kind.deleted(client)}
    except Unavailable as gate:
        return _Read(place, unavailable=gate.reason)
    assert all(live.kind == kind.name for live in lives), f"{kind.name} observed objects of another kind"
    there = tuple(live if live.site == site else replace(live, site=site) for live in lives)
    return _Read(place, there, deleted=frozenset(deleted))


def _is_about_one_kind(error: BillformError) -> bool:
    """A missing permission is told together with all the others; a vendor that is down ends the reading at once."""
    return isinstance(error, VendorError) and error.failure is Failure.PERMISSION
