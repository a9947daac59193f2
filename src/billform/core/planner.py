"""Wanted and found to a plan: pure, linear, and the same for the same input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from billform.core.clash import matched, taken
from billform.core.declared import in_order
from billform.core.diagnostic import BillformError, Severity
from billform.core.diff import Difference, creation
from billform.core.draft import Draft, Scope
from billform.core.graph import Graph
from billform.core.inventory import AnyLive, Inventory, next_version
from billform.core.kind import AnyKind, OnImmutable, Ownership
from billform.core.left import incomplete, pointed_at, report_orphans, rested_on, retire_unwanted
from billform.core.only import plan_only
from billform.core.outside import tell_what_comes_back, tell_what_is_lost
from billform.core.plan import Cause, Create, NewVersion, Plan, Recreate, Restore, Update
from billform.core.renamed import weighed_beside_gone
from billform.core.resource import Address, Resource, Snapshot, Spec
from billform.core.show import noun
from billform.core.weigh import cause, changed, differences, ended, fits, fixed, further, is_stale, lines, weight


def plan(desired: Graph, snapshot: Snapshot, kinds: Mapping[str, AnyKind], scope: Scope) -> Plan:
    """The changes that make the vendors match; raises a BillformError where a kind was not read to the end."""
    made = _Planner(desired, snapshot, kinds, scope).run()
    return plan_only(made, scope.only, kinds) if scope.only else made


class _Planner:
    """The working state of one planning run."""

    def __init__(self, desired: Graph, snapshot: Snapshot, kinds: Mapping[str, AnyKind], scope: Scope) -> None:
        self.desired, self.snapshot, self.kinds, self.scope = desired, snapshot, kinds, scope
        self.inventory = Inventory(snapshot, kinds, scope.catalog)
        self.draft = Draft(kinds)
        self.skipped: dict[Address, list[AnyLive]] = {}
        """Wanted, and not to be had in this account; with what is there of it all the same."""

    def run(self) -> Plan:
        self._demand_complete()
        for resource in self.desired:
            spec = in_order(resource.spec)
            self._decide(resource if spec is resource.spec else replace(resource, spec=spec))
        retire_unwanted(self.desired, self.snapshot, self.inventory, self.draft)
        report_orphans(self.inventory, self.draft)
        self.draft.changes = list(weighed_beside_gone(self.draft.changes, self.kinds))
        self.draft.findings.extend(pointed_at(self.draft.changes, self.skipped))
        self.draft.findings.extend(rested_on(self.draft.changes, self.inventory, self.kinds))
        return self.draft.finish(self.scope, self._standing(), self.inventory.population_with_taken())

    def _demand_complete(self) -> None:
        """An incomplete read never leads to a change: absence would be a guess."""
        wanted = {(each.address.kind, each.address.site) for each in self.desired}
        missing = sorted(
            each for each in wanted if not self.snapshot.is_complete(*each) and each not in self.snapshot.unavailable
        )
        if missing:
            raise BillformError(incomplete(kind, site) for kind, site in missing)

    def _standing(self) -> Mapping[Address, AnyLive]:
        """What stood for each address before the plan."""
        by_id = {(each.kind, each.id): each for each in self.snapshot.lives}
        return {address: by_id[key] for key, address in self.inventory.address_of.items()}

    def _decide(self, resource: Resource[Spec]) -> None:
        address, kind = resource.address, self.kinds[resource.address.kind]
        if self._unreachable(resource):
            return
        versions = self.inventory.versions.get(address) or matched(
            resource, self.desired, self.inventory, self.draft, self.scope
        )
        if versions is None:
            return
        if kind.over(resource.spec):
            self._leave(resource, versions)
            return
        if not versions:
            self._create(resource)
            return
        self.inventory.claimed.update((address.kind, each.id) for each in versions)
        current = versions[0]
        waking = [each for each in versions if self.inventory.wakes(each, self.desired)]
        if taken(
            resource, versions, desired=self.desired, inventory=self.inventory, draft=self.draft, scope=self.scope
        ):
            self.inventory.address_of[address.kind, current.id] = address  # what refers to it is no second finding
        elif current.active or (current.spent and fits(resource, current, self.inventory)):
            self.inventory.address_of[address.kind, current.id] = address
            self._compare(resource, current, versions[1:])
        elif (old := self._equal_version(resource, versions)) is not None:
            rest = [each for each in waking if each.id != old.id]
            why = ended(current) if old is current else _beside(ended(current))
            self._restore(resource, old, rest, last=current, cause=why)
        elif kind.on_immutable is OnImmutable.REFUSE and kind.ownership is not Ownership.NATURAL:
            self._refuse_change(resource, current, differences(resource, current, self.inventory))
        else:
            self._create_after(resource, versions, waking)

    def _create(self, resource: Resource[Spec]) -> None:
        gone = (self.scope.catalog, resource.address) in self.snapshot.deleted
        self.draft.write(
            resource,
            Create,
            changes=creation(resource.spec),
            version=1,
            why="it was deleted at the vendor" if gone else None,
            cause=Cause.OUTSIDE if gone else Cause.CATALOG,
        )

    def _create_after(self, resource: Resource[Spec], versions: list[AnyLive], waking: Iterable[AnyLive]) -> None:
        """A new one where all there ever were are out of sale: told beside the last of them, which customers know."""
        last = versions[0]
        differing = differences(resource, last, self.inventory)
        told = {each.name for each in differing}
        archived = "archived outside Billform" if ended(last) is Cause.OUTSIDE else "archived"
        self.draft.rest_on(resource.address, last)
        self.draft.write(
            resource,
            Create,
            changes=(*lines(differing), *(each for each in creation(resource.spec) if each.path not in told)),
            version=next_version(versions),
            supersedes=waking,
            why=f"{last.shown_id}, the version before, was {archived}",
            cause=_beside(ended(last)),
            now=last.spec,
            ended=True,
            weighed=further(resource.spec, last, self.inventory),
        )

    def _leave(self, resource: Resource[Spec], versions: list[AnyLive]) -> None:
        """Its time has passed. No vendor ends anything in the past, and when to end it instead is not ours to say."""
        address, kind = resource.address, self.kinds[resource.address.kind]
        self.inventory.claimed.update((address.kind, each.id) for each in versions)
        there = [each for each in versions if each.active or each.spent]
        if not there:
            self.skipped[address] = versions
            return
        self.inventory.address_of[address.kind, there[0].id] = address
        lasting = next((each for each in there if each.active and not kind.over(each.spec)), None)
        if lasting is None:
            self.draft.unchanged += 1
            return
        self.draft.refuse(
            resource,
            "P028",
            f"its end has passed in the catalog, and {lasting.shown_id} is in force all the same",
            "write a moment to come for it to end at, or no end at all",
            found=lasting,
            changes=lines(differences(resource, lasting, self.inventory)),
        )

    def _unreachable(self, resource: Resource[Spec]) -> bool:
        """Whether the account cannot have this object, or refers to something that is not there."""
        address = resource.address
        reason, needs = self.snapshot.unavailable.get((address.kind, address.site)), self.desired.needs[address]
        absent = next((each for each in needs if each in self.skipped), None)
        unknown = next(
            (each for each in needs if self.kinds[each.kind].lookup and each not in self.inventory.versions),
            None,
        )
        if reason or absent:
            summary = f"{address} is left out: {reason}" if reason else f"{address} is left out, because {absent} is"
            self.draft.find("P020", summary, resource, severity=Severity.WARNING)
        elif unknown is not None:
            self.draft.refuse(
                resource,
                "P021",
                f"there is no {noun(unknown.kind)} named {unknown.local_key!r} at {unknown.vendor}",
                f"create it at {unknown.vendor}, or write the name of one that is there",
            )
        else:
            return False
        there = self.inventory.versions.get(address) or self.inventory.holders(
            address.kind, address.site, self.kinds[address.kind].natural_keys(resource.spec, address)
        )
        # That it cannot be looked after is no reason to take it away.
        self.inventory.claimed.update((address.kind, each.id) for each in there)
        self.skipped[address] = there
        return True

    def _compare(self, resource: Resource[Spec], current: AnyLive, older: list[AnyLive]) -> None:
        address, kind = resource.address, self.kinds[resource.address.kind]
        differing = differences(resource, current, self.inventory)
        on_sale = [each for each in older if each.active]
        if current.unfinished is None and not fixed(differing):
            self._in_place(resource, current, differing, on_sale)
        elif kind.on_immutable is OnImmutable.REFUSE and current.unfinished is None:
            self._refuse_change(resource, current, differing)
        elif (old := self._equal_version(resource, older)) is not None:
            supersedes = [current, *(each for each in on_sale if each.id != old.id)]
            # What is on sale had been retired: somebody swapped the two.
            why = Cause.OUTSIDE if current.retired else Cause.CATALOG
            self._restore(resource, old, supersedes, last=current, cause=why)
        else:
            self.inventory.replaced.add(address)
            tell_what_is_lost(resource, current, inventory=self.inventory, draft=self.draft)
            self.draft.write(
                resource,
                NewVersion if kind.on_immutable is OnImmutable.NEW_VERSION else Recreate,
                found=current,
                changes=lines(differing),
                supersedes=[current, *on_sale],
                why=current.unfinished,
                cause=Cause.UNFINISHED if current.unfinished else cause(resource, current, self.inventory),
                version=next_version([current, *older]),
                now=current.spec,
                weighed=further(resource.spec, current, self.inventory),
            )

    def _in_place(
        self, resource: Resource[Spec], current: AnyLive, differing: tuple[Difference, ...], on_sale: list[AnyLive]
    ) -> None:
        if differing:
            names = [each.name for each in differing]
            self.draft.write(
                resource,
                Update,
                found=current,
                changes=lines(differing),
                fields=names,
                supersedes=on_sale,
                cause=cause(resource, current, self.inventory),
                now=current.spec,
                weighed=further(changed(current, resource, names, self.inventory), current, self.inventory),
            )
        elif on_sale:
            shown, revived = ", ".join(each.shown_id for each in on_sale), any(each.retired for each in on_sale)
            self.draft.write(
                resource,
                Update,
                found=current,
                fields=[],
                supersedes=on_sale,
                why=f"{shown} put back on sale" if revived else f"an earlier run stopped before it archived {shown}",
                cause=Cause.OUTSIDE if revived else Cause.UNFINISHED,
            )
        elif is_stale(resource, current):
            why = "already as wanted; records that the catalog declares it"
            self.draft.write(resource, Update, found=current, fields=[], why=why, cause=Cause.RECORD)
        else:
            self.draft.unchanged += 1

    def _restore(
        self, resource: Resource[Spec], old: AnyLive, supersedes: list[AnyLive], *, last: AnyLive, cause: Cause
    ) -> None:
        """Puts an equal one back on sale; what that changes for customers is told and weighed beside the `last`."""
        differing = differences(resource, old, self.inventory)
        names = [each.name for each in differing]
        is_other, was_on_sale = last is not old, bool(supersedes)
        beside = lines(differences(resource, last, self.inventory)) if is_other else ()
        notable = tuple(each for each in beside if each.note or weight(type(resource.spec), each))
        after = changed(old, resource, names, self.inventory)
        weighed = further(after, last, self.inventory)
        if supersedes:
            self.inventory.replaced.add(resource.address)
            tell_what_comes_back(resource, old, last, inventory=self.inventory, draft=self.draft)
        else:
            self.inventory.address_of[old.kind, old.id] = resource.address
            if is_other:
                self.draft.rest_on(resource.address, last)
        was = "was replaced" if old.active else "archived outside Billform" if cause is Cause.OUTSIDE else "archived"
        self.draft.write(
            resource,
            Restore,
            found=old,
            changes=notable or lines(differing),
            fields=names,
            supersedes=supersedes,
            why=f"{old.shown_id} is equal and {was}; it goes back on sale",
            cause=cause,
            now=last.spec if is_other else None,
            ended=is_other and not was_on_sale,
            weighed=weighed,
        )

    def _equal_version(self, resource: Resource[Spec], versions: Iterable[AnyLive]) -> AnyLive | None:
        """The newest older version that only needs to be put back on sale."""
        if not self.kinds[resource.address.kind].restorable:
            return None
        return next(
            (each for each in versions if each.unfinished is None and fits(resource, each, self.inventory)), None
        )

    def _refuse_change(self, resource: Resource[Spec], live: AnyLive, differing: tuple[Difference, ...]) -> None:
        self.inventory.address_of[live.kind, live.id] = resource.address  # what refers to it is no second finding
        self.draft.refuse(
            resource,
            "P026",
            f"{fixed(differing)} cannot be changed, and this kind can have neither a new version nor be made anew",
            self.kinds[live.kind].way_out or "declare a new one under another key",
            found=live,
            changes=lines(differing),
        )


def _beside(ending: Cause) -> Cause:
    """The cause where the catalog changed too, given who took the last version out of sale."""
    return Cause.BOTH if ending is Cause.OUTSIDE else ending
