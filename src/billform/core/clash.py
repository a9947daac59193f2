"""What holds the name that something wanted must have, and was not marked as that: taken, adopted or refused."""

from __future__ import annotations

from fnmatch import fnmatchcase

from billform.core.draft import Draft, Scope
from billform.core.inventory import AnyLive, Inventory, standing
from billform.core.kind import Ownership
from billform.core.plan import Adopt, Cause
from billform.core.resource import Address, Resource, Spec
from billform.core.weigh import differences, fits, fixed, lines


def matched(resource: Resource[Spec], inventory: Inventory, draft: Draft, scope: Scope) -> list[AnyLive] | None:
    """The object that stands for the wanted one without a mark; None when a clash was dealt with here."""
    address, kind = resource.address, draft.kinds[resource.address.kind]
    keys = kind.natural_keys(resource.spec, address)
    holders = inventory.holders(address.kind, address.site, keys)
    free = [each for each in holders if (address.kind, each.id) not in inventory.claimed]
    if kind.ownership is Ownership.NATURAL:
        fitting = [each for each in free if each.active or fits(resource, each, inventory)]
        return sorted(fitting, key=standing, reverse=True)[:1]
    if not free:
        return []
    _clash(resource, free, inventory, draft, scope)
    return None


def _clash(resource: Resource[Spec], clashing: list[AnyLive], inventory: Inventory, draft: Draft, scope: Scope) -> None:
    address, kind, other = resource.address, draft.kinds[resource.address.kind], clashing[0]
    asked = any(fnmatchcase(str(address), glob) for glob in scope.adopt)
    if len(clashing) > 1:
        shown = ", ".join(each.shown_id for each in clashing)
        draft.refuse(resource, "P023", f"several objects answer to it: {shown}", "leave one of them and run again")
    elif other.mark is not None and other.mark.catalog == scope.catalog:
        holder = Address.at(other.kind, other.site, other.mark.key)
        draft.refuse(
            resource,
            "P024",
            f"{holder} ({other.shown_id}) holds the same unique name or code",
            "give this one another, or rename the other first",
        )
    elif (
        kind.ownership is Ownership.MARKED_AFTER and other.mark is None and not differences(resource, other, inventory)
    ):
        why = "made by an earlier run that stopped before it was marked"
        _adopt(resource, other, inventory, draft, why=why, cause=Cause.UNFINISHED)
    elif asked:
        _adopt(resource, other, inventory, draft, why="taken over as asked", cause=Cause.CATALOG)
    else:
        owner = f"the catalog {other.mark.catalog!r}" if other.mark else "nobody that Billform knows"
        inventory.address_of[other.kind, other.id] = address  # what refers to it is no second finding
        draft.refuse(
            resource,
            "P022",
            f"{other.shown_id} holds the same unique name or code and belongs to {owner}",
            f"run again with `--adopt {address}` to take it over, or rename this one",
            found=other,
        )


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
            "archive or rename it at the vendor, and let Billform make its own",
            found=live,
            changes=lines(differing),
        )
        return
    inventory.claimed.add((live.kind, live.id))
    draft.write(resource, Adopt, found=live, changes=lines(differing), why=why, cause=cause, now=live.spec)
