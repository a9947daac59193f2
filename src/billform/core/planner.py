"""Wanted and found to a plan: pure, linear, and the same for the same input."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from billform.core.diagnostic import BillformError, Diagnostic, Severity
from billform.core.diff import Difference, FieldChange, compare, creation, declared, spec_digest
from billform.core.kind import AnyKind, OnImmutable, Ownership
from billform.core.plan import (
    Adopt,
    Archive,
    Basis,
    Cause,
    Change,
    Create,
    Found,
    NewVersion,
    Notice,
    Plan,
    Recreate,
    Refuse,
    Restore,
    Update,
    fingerprint,
)
from billform.core.resource import Address, Graph, Live, Mark, Ref, Resource, Snapshot, Spec, rebound, refs

AnyLive = Live[Spec]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan is for, beside the catalog and the snapshot."""

    catalog: str
    catalog_digest: str
    environment: str
    mode: str
    accounts: Mapping[str, str] = field(default_factory=dict)
    adopt: tuple[str, ...] = ()
    """Address globs whose clashing objects are to be taken over."""
    only: tuple[str, ...] = ()
    """Address globs; empty means everything. What they need comes with them."""
    epoch: str = ""
    revision: str | None = None
    made_at: str | None = None


def plan(desired: Graph, snapshot: Snapshot, kinds: Mapping[str, AnyKind], scope: Scope) -> Plan:
    """The changes that make the vendors match; raises a BillformError where a kind was not read to the end."""
    planner = _Planner(desired, snapshot, kinds, scope)
    return planner.run()


def plan_only(plan: Plan, globs: tuple[str, ...], kinds: Mapping[str, AnyKind]) -> Plan:
    """The part of a plan that the globs name, with what it needs to be whole."""
    from billform.core.stages import stages

    chosen = {each.address for each in plan.changes if any(fnmatchcase(str(each.address), glob) for glob in globs)}
    steps = stages(plan, kinds)
    by_number = {step.number: step for step in steps}
    needs: dict[Address, set[Address]] = defaultdict(set)
    for step in steps:
        needs[step.address] |= {by_number[number].address for number in step.needs}
    waiting = list(chosen)
    while waiting:
        for each in needs[waiting.pop()] - chosen:
            chosen.add(each)
            waiting.append(each)
    kept = tuple(each for each in plan.changes if each.address in chosen)
    return plan.model_copy(update={"changes": kept})


class _Planner:
    """The working state of one planning run."""

    def __init__(self, desired: Graph, snapshot: Snapshot, kinds: Mapping[str, AnyKind], scope: Scope) -> None:
        self.desired, self.snapshot, self.kinds, self.scope = desired, snapshot, kinds, scope
        self.versions: dict[Address, list[AnyLive]] = defaultdict(list)
        self.strangers: dict[tuple[str, str], list[AnyLive]] = defaultdict(list)
        self.by_natural: dict[tuple[str, str, str], list[AnyLive]] = defaultdict(list)
        self.address_of: dict[tuple[str, str], Address] = {}
        """(kind, id) of the current object of each address."""
        self.version_of: dict[tuple[str, str], Address] = {}
        """(kind, id) of every version of each address."""
        self.replaced: set[Address] = set()
        self.skipped: set[Address] = set()
        self.changes: list[Change] = []
        self.findings: list[Diagnostic] = []
        self.unchanged = 0
        self.ids: dict[str, str] = {}
        self.basis: dict[tuple[Address, str], str] = {}
        self.claimed: set[tuple[str, str]] = set()

    def run(self) -> Plan:
        self._index()
        self._demand_complete()
        for resource in self.desired:
            self._decide(resource)
        self._retire_unwanted()
        self._report_orphans()
        ids = self._ids()
        made = Plan(
            catalog=self.scope.catalog,
            catalog_digest=self.scope.catalog_digest,
            environment=self.scope.environment,
            mode=self.scope.mode,
            accounts=dict(self.scope.accounts),
            changes=tuple(self.changes),
            unchanged=self.unchanged,
            population=dict(sorted(self._population().items())),
            findings=tuple(self.findings),
            ids=ids,
            basis=tuple(Basis(address=a, id=i, fingerprint=f) for (a, i), f in sorted(self.basis.items())),
            epoch=self.scope.epoch,
            revision=self.scope.revision,
            made_at=self.scope.made_at,
        )
        return plan_only(made, self.scope.only, self.kinds) if self.scope.only else made

    # What was found

    def _index(self) -> None:
        for live in self.snapshot.lives:
            kind = self.kinds[live.kind]
            if live.mark is not None and (kind.lookup or live.mark.catalog == self.scope.catalog):
                self.versions[Address.at(live.kind, live.site, live.mark.key)].append(live)
            else:
                self.strangers[live.kind, live.site].append(live)
            for key in live.natural:
                self.by_natural[live.kind, live.site, key].append(live)
        for address, versions in self.versions.items():
            versions.sort(key=_standing, reverse=True)
            self.version_of.update(((each.kind, each.id), address) for each in versions)
            if versions[0].active or self.kinds[address.kind].lookup:
                self.address_of[address.kind, versions[0].id] = address

    def _demand_complete(self) -> None:
        """An incomplete read never leads to a change: absence would be a guess."""
        missing = sorted(
            {
                (each.address.kind, each.address.site)
                for each in self.desired
                if not self.snapshot.is_complete(each.address.kind, each.address.site)
                and (each.address.kind, each.address.site) not in self.snapshot.unavailable
            }
        )
        if missing:
            raise BillformError(
                Diagnostic("P004", f"{kind} {site} was not read to the end".replace("  ", " "), hint="run it again")
                for kind, site in missing
            )

    def _population(self) -> Counter[str]:
        return Counter(
            address.kind
            for address, versions in self.versions.items()
            if versions[0].active and not self.kinds[address.kind].lookup
        )

    # One wanted object

    def _decide(self, resource: Resource[Spec]) -> None:
        address, kind = resource.address, self.kinds[resource.address.kind]
        if self._unreachable(resource):
            return
        versions = self.versions.get(address) or self._matched(resource)
        if versions is None:
            return
        if not versions:
            self._write(resource, Create, changes=creation(resource.spec))
            return
        for each in versions:
            self.claimed.add((address.kind, each.id))
        current = versions[0]
        if current.active:
            self.address_of[address.kind, current.id] = address
            self._compare(resource, current, versions[1:])
        elif (old := self._equal_version(resource, versions)) is not None:
            self._restore(resource, old, [])
        elif kind.on_immutable is OnImmutable.REFUSE and kind.ownership is not Ownership.NATURAL:
            self._refuse_change(resource, current, self._differences(resource, current))
        else:
            self._write(resource, Create, changes=creation(resource.spec), version=_next_version(versions))

    def _unreachable(self, resource: Resource[Spec]) -> bool:
        """Whether the account cannot have this object, or refers to something that is not there."""
        address = resource.address
        if reason := self.snapshot.unavailable.get((address.kind, address.site)):
            self._finding("P020", f"{address} is left out: {reason}", resource, severity=Severity.WARNING)
            self.skipped.add(address)
            return True
        for target in self.desired.needs[address]:
            if target in self.skipped:
                self._finding(
                    "P020", f"{address} is left out, because {target} is", resource, severity=Severity.WARNING
                )
                self.skipped.add(address)
                return True
            if self.kinds[target.kind].lookup and target not in self.versions:
                noun = target.kind.partition(".")[2].replace("_", " ")
                self._refuse(
                    resource,
                    "P021",
                    f"there is no {noun} named {target.local_key!r} at {target.vendor}",
                    f"create it at {target.vendor}, or write the name of one that is there",
                )
                self.skipped.add(address)
                return True
        return False

    def _matched(self, resource: Resource[Spec]) -> list[AnyLive] | None:
        """Unmarked objects that hold the wanted one's natural key; None when the clash was dealt with here."""
        address, kind = resource.address, self.kinds[resource.address.kind]
        holders: dict[str, AnyLive] = {}
        for key in sorted(kind.natural_keys(resource.spec, address)):
            for live in self.by_natural.get((address.kind, address.site, key), ()):
                holders.setdefault(live.id, live)
        clashing = [each for each in holders.values() if (address.kind, each.id) not in self.claimed]
        if not clashing:
            return []
        if kind.ownership is Ownership.NATURAL:
            fitting = [each for each in clashing if each.active or self._fits(resource, each)]
            return sorted(fitting, key=_standing, reverse=True)[:1]
        other = clashing[0]
        ours = other.mark is not None and other.mark.catalog == self.scope.catalog
        if len(clashing) > 1:
            shown = ", ".join(each.shown_id for each in clashing)
            self._refuse(
                resource, "P023", f"several objects answer to {address}: {shown}", "leave one of them and run again"
            )
        elif ours:
            assert other.mark is not None
            holder = Address.at(other.kind, other.site, other.mark.key)
            self._refuse(
                resource,
                "P024",
                f"{holder} ({other.shown_id}) holds the same unique name or code",
                "give this one another, or rename the other first",
            )
        elif kind.ownership is Ownership.MARKED_AFTER and other.mark is None and not self._differences(resource, other):
            self._adopt(resource, other, "made by an earlier run that stopped before it was marked", Cause.UNFINISHED)
        elif any(fnmatchcase(str(address), glob) for glob in self.scope.adopt):
            self._adopt(resource, other, "taken over as asked", Cause.CATALOG)
        else:
            owner = f"catalog {other.mark.catalog!r}" if other.mark else "nobody that Billform knows"
            self._refuse(
                resource,
                "P022",
                f"{other.shown_id} holds the same unique name or code and belongs to {owner}",
                f"run again with `--adopt {address}` to take it over, or rename this one",
                found=other,
            )
        return None

    def _adopt(self, resource: Resource[Spec], live: AnyLive, why: str, cause: Cause) -> None:
        differences = self._differences(resource, live)
        if any(each.immutable for each in differences):
            self._refuse_change(resource, live, differences, code="P025")
            return
        self.claimed.add((live.kind, live.id))
        self.address_of[live.kind, live.id] = resource.address
        if not live.active:
            self.replaced.add(resource.address)
        self._write(resource, Adopt, found=live, changes=_lines(differences), why=why, cause=cause)

    def _compare(self, resource: Resource[Spec], current: AnyLive, older: list[AnyLive]) -> None:
        address, kind = resource.address, self.kinds[resource.address.kind]
        differences = self._differences(resource, current)
        on_sale = [each for each in older if each.active]
        fixed = [each for each in differences if each.immutable] or current.unfinished is not None
        if not fixed:
            self._in_place(resource, current, differences, on_sale)
        elif kind.on_immutable is OnImmutable.REFUSE and current.unfinished is None:
            self._refuse_change(resource, current, differences)
        elif (old := self._equal_version(resource, older)) is not None:
            self._restore(resource, old, [current, *(each for each in on_sale if each.id != old.id)])
        else:
            self.replaced.add(address)
            self._write(
                resource,
                NewVersion if kind.on_immutable is OnImmutable.NEW_VERSION else Recreate,
                found=current,
                changes=_lines(differences),
                supersedes=[current, *on_sale],
                why=current.unfinished,
                cause=Cause.UNFINISHED if current.unfinished else self._cause(resource, current, differences),
                version=_next_version([current, *older]),
            )

    def _in_place(
        self, resource: Resource[Spec], current: AnyLive, differences: tuple[Difference, ...], on_sale: list[AnyLive]
    ) -> None:
        stale = (
            current.mark is not None
            and self.kinds[current.kind].ownership is not Ownership.NATURAL
            and (current.mark.digest, current.mark.fields) != (spec_digest(resource.spec), declared(resource.spec))
        )
        if differences:
            self._write(
                resource,
                Update,
                found=current,
                changes=_lines(differences),
                fields=[each.name for each in differences],
                supersedes=on_sale,
                cause=self._cause(resource, current, differences),
            )
        elif stale or on_sale:
            cause = Cause.UNFINISHED if on_sale else Cause.RECORD
            why = (
                "an earlier run stopped before it archived " + ", ".join(each.shown_id for each in on_sale)
                if on_sale
                else "already as wanted; records that the catalog declares it"
            )
            self._write(resource, Update, found=current, fields=[], supersedes=on_sale, why=why, cause=cause)
        else:
            self.unchanged += 1

    def _restore(self, resource: Resource[Spec], old: AnyLive, supersedes: list[AnyLive]) -> None:
        differences = self._differences(resource, old)
        notable = _lines(self._differences(resource, supersedes[0])) if supersedes else ()
        if supersedes:
            self.replaced.add(resource.address)
        else:
            self.address_of[old.kind, old.id] = resource.address
        self._write(
            resource,
            Restore,
            found=old,
            changes=tuple(each for each in notable if each.note) or _lines(differences),
            fields=[each.name for each in differences],
            supersedes=supersedes,
            why=f"{old.shown_id} is equal and archived; it goes back on sale",
            now_of=supersedes[0] if supersedes else None,
            version=old.mark.version if old.mark else 1,
        )

    def _equal_version(self, resource: Resource[Spec], versions: Iterable[AnyLive]) -> AnyLive | None:
        """The newest older version that only needs to be put back on sale."""
        if self.kinds[resource.address.kind].on_immutable is OnImmutable.RECREATE and any(
            each.unfinished for each in versions
        ):
            return None
        return next((each for each in versions if self._fits(resource, each)), None)

    def _fits(self, resource: Resource[Spec], live: AnyLive) -> bool:
        return not any(each.immutable for each in self._differences(resource, live))

    def _differences(self, resource: Resource[Spec], live: AnyLive) -> tuple[Difference, ...]:
        recorded = live.mark.fields if live.mark else frozenset[str]()
        return compare(resource.spec, rebound(live.spec, self._named), recorded)

    def _named(self, ref: Ref) -> Ref:
        """A found reference by address, unless that address is about to be somewhere else."""
        if ref.id is None:
            return ref
        address = self.address_of.get((ref.kind, ref.id))
        return Ref.to(address) if address is not None and address not in self.replaced else ref

    def _cause(self, resource: Resource[Spec], live: AnyLive, differences: Iterable[Difference]) -> Cause:
        """From three digests: wanted, live, last written."""
        if live.mark is None:
            return Cause.UNKNOWN
        replaced = {
            str(ref)
            for ref in refs(live.spec)
            if ref.id is not None and self.address_of.get((ref.kind, ref.id)) in self.replaced
        }
        last = rebound(live.spec, self._still_named)
        outside = spec_digest(last, live.mark.fields) != live.mark.digest
        catalog = spec_digest(resource.spec) != live.mark.digest
        if outside:
            return Cause.BOTH if catalog else Cause.OUTSIDE
        return Cause.FOLLOWS if replaced and not catalog else Cause.CATALOG

    def _still_named(self, ref: Ref) -> Ref:
        """As `_named`, also for what this plan replaces, and for older versions of it: none of that is drift."""
        if ref.id is None:
            return ref
        address = self.address_of.get((ref.kind, ref.id)) or self.version_of.get((ref.kind, ref.id))
        return Ref.to(address) if address is not None else ref

    # What is no longer wanted

    def _retire_unwanted(self) -> None:
        """Ours, on sale, and not in the catalog: last in, first out."""
        for address in sorted(self.versions, reverse=True):
            kind = self.kinds[address.kind]
            if address in self.desired or kind.lookup or not kind.retirable:
                continue
            if not self.snapshot.is_complete(address.kind, address.site):
                raise BillformError(Diagnostic("P004", f"{address.kind} was not read to the end", hint="run it again"))
            for live in self.versions[address]:
                if live.active:
                    self._archive(address, live)
        for (name, site), strangers in sorted(self.strangers.items()):
            kind = self.kinds[name]
            if kind.ownership is not Ownership.NATURAL or not kind.retirable:
                continue
            for live in strangers:
                if live.owned and live.active and (name, live.id) not in self.claimed:
                    self._archive(Address.at(name, site, min(live.natural, default=live.id)), live)

    def _archive(self, address: Address, live: AnyLive) -> None:
        kind = self.kinds[address.kind]
        self.claimed.add((live.kind, live.id))
        self._rest_on(address, live)
        self.changes.append(
            Archive(
                address=address,
                found=Found.of(live),
                why="no longer in the catalog",
                notice=_notice(kind, address, live.spec, None),
            )
        )

    def _report_orphans(self) -> None:
        for (name, _site), strangers in sorted(self.strangers.items()):
            if not self.kinds[name].reports_orphans:
                continue
            for live in strangers:
                if live.active and (name, live.id) not in self.claimed:
                    self.findings.append(
                        Diagnostic(
                            "P030",
                            f"{name} {live.shown_id} is in force, and the catalog does not know it",
                            subject=f"{name}#{live.id}",
                            hint="declare it, or end it at the vendor; Billform leaves it alone",
                            severity=Severity.NOTE,
                        )
                    )

    # Writing it down

    def _write(
        self,
        resource: Resource[Spec],
        sort: type[Create] | type[Update] | type[NewVersion] | type[Recreate] | type[Restore] | type[Adopt],
        *,
        changes: tuple[FieldChange, ...] = (),
        found: AnyLive | None = None,
        fields: Iterable[str] | None = None,
        supersedes: Iterable[AnyLive] = (),
        why: str | None = None,
        cause: Cause = Cause.CATALOG,
        version: int | None = None,
        now_of: AnyLive | None = None,
    ) -> None:
        address, kind = resource.address, self.kinds[resource.address.kind]
        for live in [*([found] if found else []), *supersedes]:
            self._rest_on(address, live)
        if sort is Create:
            self.replaced.add(address)
        now = now_of or (found if sort is not Restore else None)
        told = sort is not Update or any(each.money for each in changes)
        self.changes.append(
            sort(
                address=address,
                place=f"{resource.span.file}:{resource.span.line}" if resource.span else None,
                spec=resource.spec,
                fields=tuple(sorted(declared(resource.spec) | self._recorded(found) if fields is None else fields)),
                changes=changes,
                why=why,
                cause=cause,
                version=version if version is not None else found.mark.version if found and found.mark else 1,
                supersedes=tuple(Found.of(each) for each in supersedes),
                notice=_notice(kind, address, now.spec if now else None, resource.spec) if told else None,
                **({"found": Found.of(found)} if found is not None else {}),
            )
        )

    @staticmethod
    def _recorded(found: AnyLive | None) -> frozenset[str]:
        return found.mark.fields if found is not None and found.mark is not None else frozenset()

    def _rest_on(self, address: Address, live: AnyLive) -> None:
        self.basis[address, live.id] = fingerprint(live)

    def _ids(self) -> dict[str, str]:
        """The ids behind what the changes refer to and this plan leaves in place."""
        standing = {address: identity for (_, identity), address in self.address_of.items()}
        changing = {each.address for each in self.changes if not isinstance(each, Update | Refuse | Archive | Adopt)}
        wanted = {
            ref.address
            for each in self.changes
            if not isinstance(each, Archive | Refuse)
            for ref in refs(each.spec)
            if ref.key is not None
        }
        return {
            str(Ref.to(each)): standing[each] for each in sorted(wanted) if each in standing and each not in changing
        }

    def _refuse_change(
        self,
        resource: Resource[Spec],
        live: AnyLive,
        differences: tuple[Difference, ...],
        *,
        code: str = "P026",
    ) -> None:
        kind = self.kinds[resource.address.kind]
        fixed = ", ".join(sorted({each.name for each in differences if each.immutable}))
        why = (
            f"{live.shown_id} differs in {fixed}, which the vendor fixes at creation"
            if code == "P025"
            else f"{fixed} cannot be changed, and this kind can have neither a new version nor be made anew"
        )
        way_out = kind.way_out or "declare a new one under another key"
        self._refuse(resource, code, why, way_out, found=live, changes=_lines(differences))

    def _refuse(
        self,
        resource: Resource[Spec],
        code: str,
        why: str,
        way_out: str,
        *,
        found: AnyLive | None = None,
        changes: tuple[FieldChange, ...] = (),
    ) -> None:
        if found is not None:
            self.claimed.add((found.kind, found.id))
            self.address_of.setdefault((found.kind, found.id), resource.address)
        self.changes.append(
            Refuse(
                address=resource.address,
                place=f"{resource.span.file}:{resource.span.line}" if resource.span else None,
                found=Found.of(found) if found else None,
                changes=changes,
                code=code,
                why=why,
                way_out=way_out,
            )
        )
        self._finding(code, f"{resource.address}: {why}", resource, hint=way_out)

    def _finding(
        self,
        code: str,
        summary: str,
        resource: Resource[Spec],
        *,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.findings.append(
            Diagnostic(code, summary, resource.span, hint=hint, subject=str(resource.address), severity=severity)
        )


def _standing(live: AnyLive) -> tuple[bool, bool, int, int, str]:
    """Which of several versions stands for the address: on sale and current before anything else, then the newest."""
    return (live.active and live.current, live.current, live.mark.version if live.mark else 0, live.created, live.id)


def _next_version(versions: Iterable[AnyLive]) -> int:
    return 1 + max((each.mark.version for each in versions if each.mark), default=0)


def _lines(differences: Iterable[Difference]) -> tuple[FieldChange, ...]:
    return tuple(line for each in differences for line in each.lines)


def _notice(kind: AnyKind, address: Address, now: Spec | None, after: Spec | None) -> Notice | None:
    if not kind.who:
        return None
    before, later = now.headline() if now else None, after.headline() if after else None
    if before == later:
        return None
    return Notice(what=address.local_key, now=before, after=later, who=kind.who)


def mark_of(catalog: str, resource: Resource[Spec], version: int = 1) -> Mark:
    """The mark that an object carries when it is as wanted."""
    return Mark(catalog, resource.address.local_key, spec_digest(resource.spec), declared(resource.spec), version)
