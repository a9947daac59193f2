"""What is there and not in the catalog: archived where it is ours, told where it matters, and otherwise left alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from billform.core.diagnostic import BillformError, Diagnostic, Severity
from billform.core.draft import Draft
from billform.core.graph import Graph
from billform.core.inventory import AnyLive, Inventory
from billform.core.kind import AnyKind, Ownership
from billform.core.plan import Archive, Change, Found, Refuse
from billform.core.resource import Address, Snapshot
from billform.core.show import noun
from billform.core.values import refs

_NAMED = 3
"""How many of others' objects are named in one finding."""


def retire_unwanted(desired: Graph, snapshot: Snapshot, inventory: Inventory, draft: Draft) -> None:
    """Archives what is ours, on sale and not wanted; raises a BillformError where it was not read to the end."""

    def archive(address: Address, live: AnyLive) -> None:
        if not snapshot.is_complete(address.kind, address.site):
            raise BillformError(incomplete(address.kind, address.site))
        inventory.claimed.add((live.kind, live.id))
        draft.archive(address, live)

    for address in sorted(inventory.versions, reverse=True):
        kind = draft.kinds[address.kind]
        if address in desired or kind.lookup:
            continue
        for live in inventory.versions[address]:
            if (live.kind, live.id) in inventory.claimed:
                continue  # it goes on under another key
            if (live.active or inventory.wakes(live, desired)) and kind.retirable:
                archive(address, live)
            elif live.active:
                draft.findings.append(_stays(address, live))
    archived = {(each.address.kind, each.found.id) for each in draft.changes if isinstance(each, Archive)}
    for (name, _site), strangers in sorted(inventory.strangers.items()):
        kind = draft.kinds[name]
        if kind.ownership is not Ownership.NATURAL and not kind.ends_unmarked:
            continue
        for live in strangers:
            if not (inventory.is_ours(live) and live.active) or (name, live.id) in inventory.claimed:
                continue
            if not kind.retirable:
                draft.findings.append(_stays(_address(live, desired), live))
                continue
            if not any(ref.kind in kind.leaves_with and (ref.kind, ref.id) in archived for ref in refs(live.spec)):
                archive(_address(live, desired), live)


def _address(live: AnyLive, desired: Graph) -> Address:
    """What the catalog called an object without a mark; its natural key where that is unknown or another's by now."""
    made = Address.at(live.kind, live.site, live.known_as)
    if live.known_as and made not in desired:
        return made
    # Blanks and commas cannot stand in an address that people name on the command line.
    return Address.at(live.kind, live.site, re.sub(r"[\s,]", _quoted, min(live.natural, default=live.id)))


def _quoted(sign: re.Match[str]) -> str:
    return quote(sign[0], safe="")


def report_orphans(inventory: Inventory, draft: Draft) -> None:
    """Tells what is in force and nobody's, of the kinds where that is worth a word."""
    for (name, _site), strangers in sorted(inventory.strangers.items()):
        if not draft.kinds[name].reports_orphans:
            continue
        draft.findings.extend(
            Diagnostic(
                "P030",
                f"{name} {live.shown_id} is in force, and the catalog does not know it",
                subject=f"{name}#{live.id}",
                hint="declare it, or end it at the vendor; Billform leaves it alone",
                severity=Severity.NOTE,
            )
            for live in strangers
            if live.active and live.current and (name, live.id) not in inventory.claimed
        )


def pointed_at(changes: Iterable[Change], left_out: Mapping[Address, Iterable[AnyLive]]) -> Iterator[Diagnostic]:
    """What is to go although something that is left out, and so stays as it is, still points at it."""
    pointing = {
        (ref.kind, ref.id): address
        for address, lives in left_out.items()
        for live in lives
        if live.active
        for ref in refs(live.spec)
    }
    for change in changes:
        for each in _gone(change):
            if (user := pointing.get((change.address.kind, each.id))) is not None:
                yield Diagnostic(
                    "P027",
                    f"{change.address} ({each.shown_id}) cannot go: {user} points at it, and is left out of this plan",
                    subject=str(change.address),
                    hint=f"mend what keeps {user} out, and plan again",
                )


def rested_on(changes: Iterable[Change], inventory: Inventory, kinds: Mapping[str, AnyKind]) -> Iterator[Diagnostic]:
    """What is to go although something that others have made, and that customers know, rests on it."""
    resting: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for (name, _site), strangers in sorted(inventory.strangers.items()):
        kind = kinds[name]
        if kind.ownership is Ownership.NATURAL or not kind.who:
            continue
        for live in strangers:
            if live.active and (name, live.id) not in inventory.claimed:
                for ref in refs(live.spec):
                    resting[ref.kind, ref.id].append(f"{noun(name)} {live.shown_id}")
    for change in changes:
        for each in _gone(change):
            if others := sorted(resting.get((change.address.kind, each.id), ())):
                more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
                yield Diagnostic(
                    "P032",
                    f"{change.address} ({each.shown_id}) goes, and others have made what rests on it: "
                    f"{', '.join(others[:_NAMED])}{more}",
                    subject=str(change.address),
                    hint="make that anew on something that stays, or declare it, if it is to go on",
                    severity=Severity.WARNING,
                )


def _gone(change: Change) -> tuple[Found, ...]:
    if isinstance(change, Refuse):
        return ()
    return (change.found,) if isinstance(change, Archive) else change.supersedes


def incomplete(kind: str, site: str) -> Diagnostic:
    """An incomplete read never leads to a change: absence would be a guess."""
    where = f"{kind} at {site}" if site else kind
    return Diagnostic("P004", f"{where} was not read to the end, so nothing is planned", hint="run it again")


def _stays(address: Address, live: AnyLive) -> Diagnostic:
    """What customers would lose something by stays, and nobody is left to believe that it is still looked after."""
    return Diagnostic(
        "P031",
        f"{address} ({live.shown_id}) is no longer in the catalog; it stays as it is",
        subject=str(address),
        hint="end it at the vendor once nobody needs it, or declare it again",
        severity=Severity.NOTE,
    )
