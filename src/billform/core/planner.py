"""Wanted and found to a plan: pure, linear, and the same for the same input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from billform.core.diagnostic import BillformError, Diagnostic, Severity
from billform.core.diff import Difference, FieldChange, compare, creation, declared, in_order, spec_digest
from billform.core.draft import Draft, Scope
from billform.core.inventory import AnyLive, Inventory, next_version, standing
from billform.core.kind import AnyKind, OnImmutable, Ownership
from billform.core.only import plan_only
from billform.core.plan import Adopt, Archive, Cause, Create, NewVersion, Plan, Recreate, Restore, Update
from billform.core.resource import Address, Graph, Resource, Snapshot, Spec, rebound, refs


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
        self.skipped: set[Address] = set()
        """Wanted, and not to be had in this account."""
        self.claimed: set[tuple[str, str]] = set()
        """(kind, id) of what some address already stands for."""

    def run(self) -> Plan:
        self._demand_complete()
        for resource in self.desired:
            spec = in_order(resource.spec)
            self._decide(resource if spec is resource.spec else replace(resource, spec=spec))
        self._retire_unwanted()
        self._report_orphans()
        return self.draft.finish(self.scope, self._standing(), self.inventory.population)

    def _demand_complete(self) -> None:
        """An incomplete read never leads to a change: absence would be a guess."""
        wanted = {(each.address.kind, each.address.site) for each in self.desired}
        missing = sorted(
            each for each in wanted if not self.snapshot.is_complete(*each) and each not in self.snapshot.unavailable
        )
        if missing:
            raise BillformError(_incomplete(kind, site) for kind, site in missing)

    def _standing(self) -> Mapping[Address, AnyLive]:
        """What stood for each address before the plan."""
        by_id = {(each.kind, each.id): each for each in self.snapshot.lives}
        return {address: by_id[key] for key, address in self.inventory.address_of.items()}

    # One wanted object

    def _decide(self, resource: Resource[Spec]) -> None:
        address, kind = resource.address, self.kinds[resource.address.kind]
        if self._unreachable(resource):
            return
        versions = self.inventory.versions.get(address) or self._matched(resource)
        if versions is None:
            return
        if not versions:
            self._create(resource)
            return
        self.claimed.update((address.kind, each.id) for each in versions)
        current = versions[0]
        if current.active:
            self.inventory.address_of[address.kind, current.id] = address
            self._compare(resource, current, versions[1:])
        elif (old := self._equal_version(resource, versions)) is not None:
            self._restore(resource, old, [])
        elif kind.on_immutable is OnImmutable.REFUSE and kind.ownership is not Ownership.NATURAL:
            self._refuse_change(resource, current, self._differences(resource, current))
        else:
            self._create(resource, version=next_version(versions))

    def _create(self, resource: Resource[Spec], version: int = 1) -> None:
        self.draft.write(resource, Create, changes=creation(resource.spec), version=version)

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
            noun = unknown.kind.partition(".")[2].replace("_", " ")
            self.draft.refuse(
                resource,
                "P021",
                f"there is no {noun} named {unknown.local_key!r} at {unknown.vendor}",
                f"create it at {unknown.vendor}, or write the name of one that is there",
            )
        else:
            return False
        self.skipped.add(address)
        return True

    def _matched(self, resource: Resource[Spec]) -> list[AnyLive] | None:
        """Unmarked objects that hold the wanted one's natural key; None when the clash was dealt with here."""
        address, kind = resource.address, self.kinds[resource.address.kind]
        keys = kind.natural_keys(resource.spec, address)
        holders = self.inventory.holders(address.kind, address.site, keys)
        clashing = [each for each in holders if (address.kind, each.id) not in self.claimed]
        if kind.ownership is Ownership.NATURAL:
            fitting = [each for each in clashing if each.active or self._fits(resource, each)]
            return sorted(fitting, key=standing, reverse=True)[:1]
        if not clashing:
            return []
        self._clash(resource, clashing)
        return None

    def _clash(self, resource: Resource[Spec], clashing: list[AnyLive]) -> None:
        address, kind, other = resource.address, self.kinds[resource.address.kind], clashing[0]
        asked = any(fnmatchcase(str(address), glob) for glob in self.scope.adopt)
        if len(clashing) > 1:
            shown = ", ".join(each.shown_id for each in clashing)
            self.draft.refuse(
                resource, "P023", f"several objects answer to it: {shown}", "leave one of them and run again"
            )
        elif other.mark is not None and other.mark.catalog == self.scope.catalog:
            holder = Address.at(other.kind, other.site, other.mark.key)
            self.draft.refuse(
                resource,
                "P024",
                f"{holder} ({other.shown_id}) holds the same unique name or code",
                "give this one another, or rename the other first",
            )
        elif kind.ownership is Ownership.MARKED_AFTER and other.mark is None and not self._differences(resource, other):
            self._adopt(resource, other, "made by an earlier run that stopped before it was marked", Cause.UNFINISHED)
        elif asked:
            self._adopt(resource, other, "taken over as asked", Cause.CATALOG)
        else:
            owner = f"the catalog {other.mark.catalog!r}" if other.mark else "nobody that Billform knows"
            self._note_refused(resource, other)
            self.draft.refuse(
                resource,
                "P022",
                f"{other.shown_id} holds the same unique name or code and belongs to {owner}",
                f"run again with `--adopt {address}` to take it over, or rename this one",
                found=other,
            )

    def _adopt(self, resource: Resource[Spec], live: AnyLive, why: str, cause: Cause) -> None:
        differences = self._differences(resource, live)
        if any(each.immutable for each in differences):
            fixed = ", ".join(sorted({each.name for each in differences if each.immutable}))
            self._note_refused(resource, live)
            self.draft.refuse(
                resource,
                "P025",
                f"{live.shown_id} differs in {fixed}, which the vendor fixes at creation",
                "archive or rename it at the vendor, and let Billform make its own",
                found=live,
                changes=_lines(differences),
            )
            return
        self.claimed.add((live.kind, live.id))
        self.inventory.address_of[live.kind, live.id] = resource.address
        self.draft.write(resource, Adopt, found=live, changes=_lines(differences), why=why, cause=cause, now=live.spec)

    def _compare(self, resource: Resource[Spec], current: AnyLive, older: list[AnyLive]) -> None:
        address, kind = resource.address, self.kinds[resource.address.kind]
        differences = self._differences(resource, current)
        on_sale = [each for each in older if each.active]
        if current.unfinished is None and not any(each.immutable for each in differences):
            self._in_place(resource, current, differences, on_sale)
        elif kind.on_immutable is OnImmutable.REFUSE and current.unfinished is None:
            self._refuse_change(resource, current, differences)
        elif (old := self._equal_version(resource, older)) is not None:
            self._restore(resource, old, [current, *(each for each in on_sale if each.id != old.id)])
        else:
            self.inventory.replaced.add(address)
            self.draft.write(
                resource,
                NewVersion if kind.on_immutable is OnImmutable.NEW_VERSION else Recreate,
                found=current,
                changes=_lines(differences),
                supersedes=[current, *on_sale],
                why=current.unfinished,
                cause=Cause.UNFINISHED if current.unfinished else self._cause(resource, current),
                version=next_version([current, *older]),
                now=current.spec,
            )

    def _in_place(
        self, resource: Resource[Spec], current: AnyLive, differences: tuple[Difference, ...], on_sale: list[AnyLive]
    ) -> None:
        if differences:
            self.draft.write(
                resource,
                Update,
                found=current,
                changes=_lines(differences),
                fields=[each.name for each in differences],
                supersedes=on_sale,
                cause=self._cause(resource, current),
                now=current.spec,
            )
        elif on_sale:
            why = "an earlier run stopped before it archived " + ", ".join(each.shown_id for each in on_sale)
            self.draft.write(
                resource, Update, found=current, fields=[], supersedes=on_sale, why=why, cause=Cause.UNFINISHED
            )
        elif self._is_stale(resource, current):
            why = "already as wanted; records that the catalog declares it"
            self.draft.write(resource, Update, found=current, fields=[], why=why, cause=Cause.RECORD)
        else:
            self.draft.unchanged += 1

    def _is_stale(self, resource: Resource[Spec], current: AnyLive) -> bool:
        """Whether the mark does not say what the catalog declares, although the object is as wanted."""
        if current.mark is None:
            return False
        names = declared(resource.spec)
        return current.mark.fields != names or current.mark.digest != spec_digest(resource.spec, names)

    def _restore(self, resource: Resource[Spec], old: AnyLive, supersedes: list[AnyLive]) -> None:
        differences = self._differences(resource, old)
        notable = (
            [each for each in _lines(self._differences(resource, supersedes[0])) if each.note] if supersedes else []
        )
        if supersedes:
            self.inventory.replaced.add(resource.address)
        else:
            self.inventory.address_of[old.kind, old.id] = resource.address
        self.draft.write(
            resource,
            Restore,
            found=old,
            changes=tuple(notable) or _lines(differences),
            fields=[each.name for each in differences],
            supersedes=supersedes,
            why=f"{old.shown_id} is equal and archived; it goes back on sale",
            now=supersedes[0].spec if supersedes else None,
        )

    def _equal_version(self, resource: Resource[Spec], versions: Iterable[AnyLive]) -> AnyLive | None:
        """The newest older version that only needs to be put back on sale."""
        return next((each for each in versions if each.unfinished is None and self._fits(resource, each)), None)

    def _fits(self, resource: Resource[Spec], live: AnyLive) -> bool:
        return not any(each.immutable for each in self._differences(resource, live))

    def _differences(self, resource: Resource[Spec], live: AnyLive) -> tuple[Difference, ...]:
        recorded = live.mark.fields if live.mark else frozenset[str]()
        return compare(resource.spec, rebound(live.spec, self.inventory.named), recorded)

    def _cause(self, resource: Resource[Spec], live: AnyLive) -> Cause:
        """From three digests: wanted, live, last written."""
        last = rebound(live.spec, self.inventory.still_named)
        if live.mark is None:
            follows = self._refers_to_replaced(live) and not compare(resource.spec, last, frozenset())
            return Cause.FOLLOWS if follows else Cause.UNKNOWN
        outside = spec_digest(last, live.mark.fields) != live.mark.digest
        catalog = spec_digest(resource.spec) != live.mark.digest
        if outside:
            return Cause.BOTH if catalog else Cause.OUTSIDE
        if catalog:
            return Cause.CATALOG
        # Digests leave out what is declared at the vendor's default: that alone must have been changed by somebody.
        return Cause.FOLLOWS if self._refers_to_replaced(live) else Cause.OUTSIDE

    def _refers_to_replaced(self, live: AnyLive) -> bool:
        return any(self.inventory.named(ref) != self.inventory.still_named(ref) for ref in refs(live.spec))

    def _refuse_change(self, resource: Resource[Spec], live: AnyLive, differences: tuple[Difference, ...]) -> None:
        fixed = ", ".join(sorted({each.name for each in differences if each.immutable}))
        self._note_refused(resource, live)
        self.draft.refuse(
            resource,
            "P026",
            f"{fixed} cannot be changed, and this kind can have neither a new version nor be made anew",
            self.kinds[live.kind].way_out or "declare a new one under another key",
            found=live,
            changes=_lines(differences),
        )

    def _note_refused(self, resource: Resource[Spec], live: AnyLive) -> None:
        """So that what refers to it is compared with the object that is there, and no second finding follows."""
        self.inventory.address_of[live.kind, live.id] = resource.address

    # What nobody wants

    def _retire_unwanted(self) -> None:
        """Ours, on sale, and not in the catalog."""
        for address in sorted(self.inventory.versions, reverse=True):
            kind = self.kinds[address.kind]
            if address in self.desired or kind.lookup:
                continue
            for live in self.inventory.versions[address]:
                if live.active and kind.retirable:
                    self._archive(address, live)
                elif live.active:
                    self._leave(address, live)
        archived = {(each.address.kind, each.found.id) for each in self.draft.changes if isinstance(each, Archive)}
        for (name, site), strangers in sorted(self.inventory.strangers.items()):
            kind = self.kinds[name]
            if kind.ownership is not Ownership.NATURAL or not kind.retirable:
                continue
            for live in strangers:
                if not (live.owned and live.active) or (name, live.id) in self.claimed:
                    continue
                if not any(ref.kind in kind.leaves_with and (ref.kind, ref.id) in archived for ref in refs(live.spec)):
                    self._archive(Address.at(name, site, min(live.natural, default=live.id)), live)

    def _archive(self, address: Address, live: AnyLive) -> None:
        if not self.snapshot.is_complete(address.kind, address.site):
            raise BillformError(_incomplete(address.kind, address.site))
        self.claimed.add((live.kind, live.id))
        self.draft.archive(address, live)

    def _leave(self, address: Address, live: AnyLive) -> None:
        """What customers would lose something by stays, and nobody is left to believe that it is still looked after."""
        self.draft.findings.append(
            Diagnostic(
                "P031",
                f"{address} ({live.shown_id}) is no longer in the catalog; it stays as it is",
                subject=str(address),
                hint="delete it at the vendor once nobody needs it, or declare it again",
                severity=Severity.NOTE,
            )
        )

    def _report_orphans(self) -> None:
        for (name, _site), strangers in sorted(self.inventory.strangers.items()):
            if not self.kinds[name].reports_orphans:
                continue
            self.draft.findings.extend(
                Diagnostic(
                    "P030",
                    f"{name} {live.shown_id} is in force, and the catalog does not know it",
                    subject=f"{name}#{live.id}",
                    hint="declare it, or end it at the vendor; Billform leaves it alone",
                    severity=Severity.NOTE,
                )
                for live in strangers
                if live.active and live.current and (name, live.id) not in self.claimed
            )


def _lines(differences: Iterable[Difference]) -> tuple[FieldChange, ...]:
    return tuple(line for each in differences for line in each.lines)


def _incomplete(kind: str, site: str) -> Diagnostic:
    where = f"{kind} at {site}" if site else kind
    return Diagnostic("P004", f"{where} was not read to the end, so nothing is planned", hint="run it again")
