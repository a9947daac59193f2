"""Whether a plan still holds: everything that it rests on is read again and compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from billform.core import planner
from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.draft import Scope
from billform.core.graph import Graph
from billform.core.kind import AnyKind
from billform.core.plan import Archive, Create, NewVersion, Plan, Recreate, Refuse, fingerprint
from billform.core.resource import Address, Live, Snapshot, Spec
from billform.providers.registry import Connections

from .observe import observe
from .progress import Progress, quiet


class StaleError(BillformError):
    """A plan does not hold any more (A001, A002), with what was read to tell: all of the kinds concerned."""

    def __init__(self, moved: Iterable[Diagnostic], snapshot: Snapshot) -> None:
        super().__init__(moved)
        self.snapshot = snapshot


async def check_basis(
    plan: Plan, kinds: Mapping[str, AnyKind], connections: Connections, *, progress: Progress = quiet
) -> None:
    """Reads the kinds concerned again; raises StaleError, which names every object that has moved."""
    names = {each.address.kind for each in plan.basis} | {each.address.kind for each in plan.changes}
    if not names:
        return
    snapshot = await observe([kinds[name] for name in sorted(names)], connections, progress=progress)
    if moved := [*_moved(plan, snapshot), *_appeared(plan, snapshot, kinds)]:
        raise StaleError(moved, snapshot)


def is_applied(
    plan: Plan, snapshot: Snapshot, desired: Graph, kinds: Mapping[str, AnyKind], catalog_digest: str
) -> bool:
    """Whether everything that a plan was to change is as it wants it, going by the kinds that it concerns.

    It refers to nothing of other kinds: what stays as it is is part of what it rests on.
    """
    read = {name for name, _ in (*snapshot.complete, *snapshot.unavailable)}
    concerned = [each for address, each in desired.resources.items() if address.kind in read]
    elsewhere = [name for name, kind in kinds.items() if kind.lookup or name not in read]
    scope = Scope(plan.catalog, catalog_digest, plan.environment, plan.mode)
    left = planner.plan(Graph(concerned, elsewhere), snapshot, kinds, scope).changes
    return not {each.address for each in plan.changes} & {each.address for each in left}


def _moved(plan: Plan, snapshot: Snapshot) -> Iterator[Diagnostic]:
    by_id = {(live.kind, live.site, live.id): live for live in snapshot.lives}
    for each in plan.basis:
        live = by_id.get((each.address.kind, each.address.site, each.id))
        if live is None:
            what = f"{each.address} ({each.id}) is gone since the plan was made"
        elif fingerprint(live) != each.fingerprint:
            what = f"{each.address} ({live.shown_id}) has changed since the plan was made"
        else:
            continue
        yield Diagnostic("A001", what, subject=str(each.address), hint=_again(plan))


def _appeared(plan: Plan, snapshot: Snapshot, kinds: Mapping[str, AnyKind]) -> Iterator[Diagnostic]:
    """What a plan puts in force must not be there yet: somebody else, or this very plan, has seen to it meanwhile.

    Of what a plan makes, a version that was archived since counts as well: Stripe would answer its create with that.
    """
    known = {(each.address, each.id) for each in plan.basis}
    marked: dict[Address, list[Live[Spec]]] = defaultdict(list)
    natural: dict[tuple[str, str, str], list[Live[Spec]]] = defaultdict(list)
    for live in snapshot.lives:
        if live.mark is not None and live.mark.catalog == plan.catalog:
            marked[Address.at(live.kind, live.site, live.mark.key)].append(live)
        for key in live.natural:
            natural[live.kind, live.site, key].append(live)
    for change in plan.changes:
        if isinstance(change, Archive | Refuse):
            continue
        address = change.address
        found = {live.id: live for live in marked[address] if live.active}
        if isinstance(change, Create | NewVersion | Recreate):
            later = (live for live in marked[address] if live.mark is not None and live.mark.version >= change.version)
            found |= {live.id: live for live in later}
        if isinstance(change, Create):
            keys = kinds[address.kind].natural_keys(change.spec, address)
            holders = (live for key in sorted(keys) for live in natural[address.kind, address.site, key])
            found |= {live.id: live for live in holders if live.active}
        superseded = {each.id for each in change.supersedes}
        for live in found.values():
            if (address, live.id) not in known and live.id not in superseded:
                what = f"{address} ({live.shown_id}) has been made since the plan was made"
                yield Diagnostic("A002", what, subject=str(address), hint=_again(plan))
                break


def _again(plan: Plan) -> str:
    return f"make the plan again: `billform plan {plan.environment}`"
