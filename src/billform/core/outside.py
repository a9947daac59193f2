"""What others have set on an object and the catalog does not declare: told where another object takes its place."""

from __future__ import annotations

from billform.core.diagnostic import Severity
from billform.core.diff import undeclared
from billform.core.draft import Draft
from billform.core.inventory import AnyLive, Inventory
from billform.core.resource import Resource, Spec
from billform.core.values import rebound


def tell_what_is_lost(resource: Resource[Spec], current: AnyLive, *, inventory: Inventory, draft: Draft) -> None:
    """One made anew has what the catalog declares, and nothing that others have set on the one before."""
    if lost := _set_outside(resource, current, inventory):
        draft.find(
            "P029",
            f"{resource.address} is made anew without what was set outside the catalog: {', '.join(lost)}",
            resource,
            hint="declare it if it is to stay, or set it again on the new one",
            severity=Severity.WARNING,
        )


def tell_what_comes_back(
    resource: Resource[Spec], old: AnyLive, current: AnyLive, *, inventory: Inventory, draft: Draft
) -> None:
    """One that is put back on sale has what others have set on it, and not what they have set on its successor."""
    was, will = _set_outside(resource, current, inventory), _set_outside(resource, old, inventory)
    lost, more = ([each for each in one if each not in other] for one, other in ((was, will), (will, was)))
    words = [f"{word} {', '.join(some)}" for word, some in (("without", lost), ("with", more)) if some]
    if words:
        draft.find(
            "P029",
            f"{resource.address} goes back to {old.shown_id}, {' and '.join(words)}, set outside the catalog",
            resource,
            hint="declare what is to stay, or set it right at the vendor",
            severity=Severity.WARNING,
        )


def _set_outside(resource: Resource[Spec], live: AnyLive, inventory: Inventory) -> tuple[str, ...]:
    recorded = live.mark.fields if live.mark else frozenset[str]()
    return undeclared(resource.spec, rebound(live.spec, inventory.named), recorded)
