"""What holds the name that something wanted must have, and was not marked as that: taken, adopted or refused."""

from __future__ import annotations

from fnmatch import fnmatchcase

from billform.core.declared import spec_digest
from billform.core.diff import creation
from billform.core.draft import Draft, Scope
from billform.core.graph import Graph
from billform.core.inventory import AnyLive, Inventory, standing
from billform.core.kind import Ownership
from billform.core.plan import Adopt, Cause, Create, Restore
from billform.core.resource import Address, Resource, Spec
from billform.core.values import rebound, refs
from billform.core.weigh import changed, differences, fits, fixed, further, lines


def matched(
    resource: Resource[Spec], desired: Graph, inventory: Inventory, draft: Draft, scope: Scope
) -> list[AnyLive] | None:
    """The object that stands for the wanted one without a mark; None when a clash was dealt with here."""
    address, kind = resource.address, draft.kinds[resource.address.kind]
    keys = kind.natural_keys(resource.spec, address)
    holders = inventory.holders(address.kind, address.site, keys)
    free = [each for each in holders if (address.kind, each.id) not in inventory.claimed]
    if not free:
        joined = inventory.having(kind.joins, resource)
        unclaimed = [each for each in joined if (each.kind, each.id) not in inventory.claimed]
        # Where a mark says whose it is, it may be somebody else's just as well, and stands in the way.
        is_marked = kind.ownership is not Ownership.NATURAL
        free = [each for each in unclaimed if is_marked or _goes_on(each, desired, inventory, scope)]
    if kind.ownership is Ownership.NATURAL:
        fitting = [each for each in free if each.active or fits(resource, each, inventory)]
        if sum(each.active for each in fitting) > 1:
            _several(resource, fitting, draft)
            return None
        if not fitting and obstructed(resource, inventory, draft, scope):
            return None
        return sorted(fitting, key=standing, reverse=True)[:1]
    if not free:
        return None if obstructed(resource, inventory, draft, scope) else []
    if len(free) == 1 and (left := left_behind(free[0], desired, scope)) is not None:
        return [] if _inherited(resource, left, free[0], inventory, draft) else None
    if kind.takes_names and all(each.mark and each.mark.catalog == scope.catalog for each in free):
        return []
    _clash(resource, free, inventory, draft, scope)
    return None


def _goes_on(live: AnyLive, desired: Graph, inventory: Inventory, scope: Scope) -> bool:
    """Whether an object that joins what the wanted one is to join can be it, whatever it was called."""
    return inventory.is_ours(live) if live.mark is None else left_behind(live, desired, scope) is not None


def obstructed(resource: Resource[Spec], inventory: Inventory, draft: Draft, scope: Scope) -> bool:
    """Whether others leave no room for it, or have what only one can have; then it is refused here."""
    kind = draft.kinds[resource.address.kind]
    for ref in refs(resource.spec) if inventory.crowded else ():
        others = inventory.crowded.get((ref.kind, inventory.by_id(ref).id or ""))
        if others and (told := kind.crowded_out(resource.spec, others)) is not None:
            draft.refuse(resource, *told)
            return True
    for other in inventory.having(kind.spot, resource):
        if inventory.is_ours(other) or (other.mark is not None and other.mark.catalog == scope.catalog):
            continue
        joined = kind.joins(resource.spec)
        if joined is not None and joined == kind.joins(rebound(other.spec, inventory.named)):
            continue  # it is of what is refused or taken over here: that is told there
        code, why, way_out = kind.in_the_way(other)
        draft.refuse(resource, code, why, way_out, found=other)
        return True
    return False


def left_behind(live: AnyLive, desired: Graph, scope: Scope) -> Address | None:
    """The address of an object of this catalog that nothing in it asks for any more; None for all others."""
    if live.mark is None or live.mark.catalog != scope.catalog:
        return None
    address = Address.at(live.kind, live.site, live.mark.key)
    return None if address in desired else address


def _inherited(resource: Resource[Spec], left: Address, other: AnyLive, inventory: Inventory, draft: Draft) -> bool:
    """What has the name is ours and left the catalog: it goes on as the wanted one where it can become that.

    Otherwise answers whether a new one can be made that takes the name along; where not, it is refused here.
    """
    address, kind = resource.address, draft.kinds[resource.address.kind]
    differing = differences(resource, other, inventory)
    if kind.restorable and other.unfinished is None and not fixed(differing):
        names = [each.name for each in differing]
        inventory.claimed.add((other.kind, other.id))
        inventory.address_of[other.kind, other.id] = address
        inventory.taken_over[address] = other.id
        draft.write(
            resource,
            Adopt if other.active else Restore,
            found=other,
            changes=lines(differing),
            fields=None if other.active else names,
            why=f"was {left}, which the catalog no longer has; it goes on under this key",
            cause=Cause.CATALOG,
            now=other.spec,
            weighed=further(changed(other, resource, names, inventory), other, inventory),
        )
        return False
    if kind.takes_names:
        draft.rest_on(address, other)
        if other.active:
            return True  # it goes in the same plan, and the new one is weighed beside it
        told = {each.name for each in differing}
        draft.write(
            resource,
            Create,
            changes=(*lines(differing), *(each for each in creation(resource.spec) if each.path not in told)),
            version=1,
            why=f"has its name from {left} ({other.shown_id}), which the catalog no longer has",
            now=other.spec,
            ended=True,
            weighed=further(resource.spec, other, inventory),
        )
        return False
    draft.refuse(
        resource,
        "P024",
        f"{left} ({other.shown_id}) is no longer in the catalog and still holds the same unique name or code"
        + (f", and differs in {fixed(differing)}, which the vendor fixes" if fixed(differing) else ""),
        _way_out(left, other, draft),
        found=other,
        changes=lines(differing),
    )
    return False


def _way_out(left: Address, other: AnyLive, draft: Draft) -> str:
    """What frees the name that an object which left the catalog has."""
    if other.active and draft.kinds[other.kind].exclusive:
        return f"take that out first, with `--only {left}`, and run this again"
    return f"give this one another name or code, or change that of {other.shown_id} at {left.vendor}"


def taken(
    resource: Resource[Spec],
    versions: list[AnyLive],
    *,
    desired: Graph,
    inventory: Inventory,
    draft: Draft,
    scope: Scope,
) -> bool:
    """Whether a name or code that the object is to change to belongs to another; then it is refused here.

    Of what the catalog has, the rules have seen to it that no two want one name; and a name that was written on this
    one before is its own, whoever has moved it since.
    """
    address, kind = resource.address, draft.kinds[resource.address.kind]
    if kind.ownership is Ownership.NATURAL:
        return False
    own = {key for each in versions for key in each.natural}
    # A coupon's new version has an id of its own, and what the catalog calls it does not change with that.
    own.update(key for each in versions if each.active for key in kind.natural_keys(each.spec, address))
    new = kind.natural_keys(resource.spec, address) - own
    if not new or any(each.mark and each.mark.digest == spec_digest(resource.spec) for each in versions):
        return False
    for other in inventory.holders(address.kind, address.site, new):
        if other.mark is not None and other.mark.catalog == scope.catalog:
            left = left_behind(other, desired, scope)
            if left is None or kind.takes_names:
                continue
            draft.refuse(
                resource,
                "P024",
                f"{left} ({other.shown_id}) is no longer in the catalog and still holds the unique name or code "
                f"{', '.join(sorted(new & other.natural))}, which this one is to change to",
                _way_out(left, other, draft),
                found=versions[0],
            )
            return True
        draft.refuse(
            resource,
            "P022",
            f"{other.shown_id} holds the unique name or code {', '.join(sorted(new & other.natural))}, which this one "
            f"is to change to, and belongs to {_owner(other)}",
            "give this one another name or code, or free it at the vendor",
            found=versions[0],
        )
        return True
    return False


def _owner(live: AnyLive) -> str:
    return f"the catalog {live.mark.catalog!r}" if live.mark else "nobody that Billform knows"


def _clash(resource: Resource[Spec], clashing: list[AnyLive], inventory: Inventory, draft: Draft, scope: Scope) -> None:
    address, kind, other = resource.address, draft.kinds[resource.address.kind], clashing[0]
    asked = any(fnmatchcase(str(address), glob) for glob in scope.adopt)
    if len(clashing) > 1:
        _several(resource, clashing, draft)
    elif other.mark is not None and other.mark.catalog == scope.catalog:
        holder = Address.at(other.kind, other.site, other.mark.key)
        draft.refuse(
            resource,
            "P024",
            f"{holder} ({other.shown_id}) holds the same unique name or code",
            f"give this one another; where the catalog renames the other, do that first, with `--only {holder}`",
        )
    elif (
        kind.ownership is Ownership.MARKED_AFTER
        and other.mark is None
        and (other.owned if kind.announced else not differences(resource, other, inventory))
    ):
        why = "made by an earlier run that stopped before it was marked"
        _adopt(resource, other, inventory, draft, why=why, cause=Cause.UNFINISHED)
    elif asked:
        _adopt(resource, other, inventory, draft, why="taken over as asked", cause=Cause.CATALOG)
    else:
        inventory.address_of[other.kind, other.id] = address  # what refers to it is no second finding
        draft.refuse(
            resource,
            "P022",
            f"{other.shown_id} holds the same unique name or code and belongs to {_owner(other)}",
            f"run again with `--adopt {address}` to take it over, or rename this one",
            found=other,
        )


def _several(resource: Resource[Spec], clashing: list[AnyLive], draft: Draft) -> None:
    shown = ", ".join(each.shown_id for each in clashing)
    draft.refuse(resource, "P023", f"several objects answer to it: {shown}", "leave one of them and run again")


def _adopt(
    resource: Resource[Spec], live: AnyLive, inventory: Inventory, draft: Draft, *, why: str, cause: Cause
) -> None:
    differing = differences(resource, live, inventory)
    inventory.address_of[live.kind, live.id] = resource.address
    if names := fixed(differing):
        draft.refuse(
            resource,
            "P025",
            f"{live.shown_id} differs in {names}, which the vendor fixes at creation",
            "declare it as it is there, or give this one another id, name or code, so that a new one is made",
            found=live,
            changes=lines(differing),
        )
        return
    inventory.claimed.add((live.kind, live.id))
    inventory.taken_over[resource.address] = live.id
    after = changed(live, resource, [each.name for each in differing], inventory)
    weighed = further(after, live, inventory)
    draft.write(
        resource, Adopt, found=live, changes=lines(differing), why=why, cause=cause, now=live.spec, weighed=weighed
    )
