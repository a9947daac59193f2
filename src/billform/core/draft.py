"""A plan in the making: changes and findings are written down here, with what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from billform.core.declared import declared
from billform.core.diagnostic import Diagnostic, Severity
from billform.core.diff import FieldChange
from billform.core.inventory import AnyLive
from billform.core.kind import AnyKind
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
)
from billform.core.resource import Address, Ref, Resource, Spec
from billform.core.values import refs
from billform.core.weight import Weight


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


class Draft:
    """Collects changes in the order they are decided."""

    def __init__(self, kinds: Mapping[str, AnyKind]) -> None:
        self.kinds = kinds
        self.changes: list[Change] = []
        self.findings: list[Diagnostic] = []
        self.unchanged = 0
        self._basis: dict[tuple[Address, str], str] = {}
        self._found: dict[tuple[str, str, str], Found] = {}

    def write(
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
        now: Spec | None = None,
        ended: bool = False,
        weighed: Iterable[Weight] = (),
    ) -> None:
        """A change that ends in the wanted object; without `fields` everything declared is sent.

        `now` is what customers have of it, or had last, where that has `ended`.
        """
        if (told := self.kinds[resource.address.kind].unwritable(resource.spec)) is not None:
            self.refuse(resource, *told, found=found, changes=changes)
            return
        kept = self.rest_on(resource.address, found) if found is not None else None
        self.changes.append(
            sort(
                address=resource.address,
                place=_place(resource),
                spec=resource.spec,
                fields=tuple(sorted(declared(resource.spec) | _recorded(found) if fields is None else fields)),
                changes=changes,
                why=why,
                cause=cause,
                version=version if version is not None else found.mark.version if found and found.mark else 1,
                supersedes=tuple(self.rest_on(resource.address, each) for each in supersedes),
                after=resource.after,
                weighed=tuple(weighed),
                notice=self._notice(
                    resource.address, now, resource.spec, changes, in_place=sort is Update, ended=ended
                ),
                **({"found": kept} if kept is not None else {}),
            )
        )

    def archive(self, address: Address, live: AnyLive) -> None:
        """Ours and no longer wanted."""
        why, cause = "no longer in the catalog", Cause.CATALOG
        if live.mark is None and not live.owned:
            why = "comes with what is taken over, and is not in the catalog"
        if live.retired and live.active:
            why, cause = f"{why}; archived once, and put back on sale since", Cause.OUTSIDE
        notice = self._notice(address, live.spec, None)
        found = self.rest_on(address, live)
        self.changes.append(Archive(address=address, found=found, why=why, cause=cause, notice=notice))

    def refuse(
        self,
        resource: Resource[Spec],
        code: str,
        why: str,
        way_out: str,
        *,
        found: AnyLive | None = None,
        changes: tuple[FieldChange, ...] = (),
    ) -> None:
        """What can be done in no way; also a finding."""
        self.changes.append(
            Refuse(
                address=resource.address,
                place=_place(resource),
                found=Found.of(found) if found else None,
                changes=changes,
                code=code,
                why=why,
                way_out=way_out,
            )
        )
        self.find(code, f"{resource.address}: {why}", resource, hint=way_out)

    def find(
        self,
        code: str,
        summary: str,
        resource: Resource[Spec],
        *,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Something that people should know of."""
        self.findings.append(
            Diagnostic(code, summary, resource.span, hint=hint, subject=str(resource.address), severity=severity)
        )

    def rest_on(self, address: Address, live: AnyLive) -> Found:
        """The plan holds only as long as this object stays as it is; answers it as the plan keeps it."""
        place = (live.kind, live.site, live.id)
        found = self._found[place] = self._found.get(place) or Found.of(live)
        self._basis[address, live.id] = found.fingerprint
        return found

    def finish(self, scope: Scope, standing: Mapping[Address, AnyLive], population: Mapping[str, int]) -> Plan:
        """The plan; `standing` are the objects that stand for their addresses before it is applied."""
        ids = self._ids(standing)
        written = {each.address for each in self.changes if not isinstance(each, Archive | Refuse)}
        return Plan(
            catalog=scope.catalog,
            catalog_digest=scope.catalog_digest,
            environment=scope.environment,
            mode=scope.mode,
            accounts=dict(scope.accounts),
            changes=tuple(_waiting_for(each, written) for each in self.changes),
            unchanged=self.unchanged,
            population=dict(sorted(population.items())),
            findings=tuple(self.findings),
            ids=ids,
            basis=tuple(
                Basis(address=address, id=identity, fingerprint=print_)
                for (address, identity), print_ in sorted(self._basis.items())
            ),
            epoch=scope.epoch,
            revision=scope.revision,
            made_at=scope.made_at,
        )

    def _ids(self, standing: Mapping[Address, AnyLive]) -> dict[str, str]:
        """The ids behind what the changes refer to and this plan leaves in place."""
        moving = {each.address for each in self.changes if isinstance(each, Create | NewVersion | Recreate | Restore)}
        wanted = {
            ref.address
            for each in self.changes
            if not isinstance(each, Archive | Refuse)
            for ref in refs(each.spec)
            if ref.key is not None
        }
        kept = sorted(each for each in wanted if each in standing and each not in moving)
        for address in kept:
            self.rest_on(address, standing[address])
        return {str(Ref.to(each)): standing[each].id for each in kept}

    def _notice(
        self,
        address: Address,
        now: Spec | None,
        after: Spec | None,
        changes: tuple[FieldChange, ...] = (),
        *,
        in_place: bool = False,
        ended: bool = False,
    ) -> Notice | None:
        kind = self.kinds[address.kind]
        if not kind.who or (now is None and not kind.new_is_told):
            return None
        before, later = now.headline() if now else None, after.headline() if after else None
        more = _noticed(now, after, changes) if now and after else []
        amounts = [f"{each.path} {each.before} -> {each.after}" for each in changes if each.money is not None]
        if (in_place or before == later) and not (amounts or more or ended):
            return None
        if before == later and amounts:
            # Not all amounts stand in a headline: a further currency's tiers are too long for it.
            later = f"{later}; {', '.join(amounts[:2])}{', …' if len(amounts) > 2 else ''}"
        # What `who` says after the semicolon is about those who have the old one.
        who = (in_place and kind.who_in_place) or (kind.who if now is not None else kind.who.split(";")[0])
        was, will = _side(before, (was for was, _ in more)), _side(later, (will for _, will in more))
        if ended and was is not None:
            was = f"{was} (ended)"
        return Notice(what=address.local_key, now=was, after=will, who=who)


def _side(headline: str | None, more: Iterable[str]) -> str | None:
    return "; ".join(each for each in (headline, *more) if each) or None


def _noticed(now: Spec, after: Spec, changes: Iterable[FieldChange]) -> list[tuple[str, str]]:
    """What no headline says and the change does not leave as it is: before and after, empty where there is nothing."""
    changed = {each.path.partition(".")[0].partition("[")[0] for each in changes}
    was, will = ({what: value for name, what, value in side.noticed() if name in changed} for side in (now, after))
    return [
        (f"{what} {was[what]}" if what in was else "", f"{what} {will[what]}" if what in will else "")
        for what in {**was, **will}
        if was.get(what) != will.get(what)
    ]


def _waiting_for(change: Change, written: Set[Address]) -> Change:
    """The change without what stays as it is: nobody waits for that."""
    if isinstance(change, Archive | Refuse) or not change.after:
        return change
    return change.model_copy(update={"after": tuple(each for each in change.after if each in written)})


def _place(resource: Resource[Spec]) -> str | None:
    return f"{resource.span.file}:{resource.span.line}" if resource.span else None


def _recorded(found: AnyLive | None) -> frozenset[str]:
    return found.mark.fields if found is not None and found.mark is not None else frozenset()
