"""An object beside what is wanted of it: what differs, what that weighs, whether it is mended in place, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from billform.core.declared import declared, spec_digest
from billform.core.diff import Difference, FieldChange, compare
from billform.core.inventory import AnyLive, Inventory
from billform.core.kind import Weighed, marker
from billform.core.plan import Cause
from billform.core.resource import Resource, Spec
from billform.core.values import rebound, refs
from billform.core.weight import Weight, of_money


def differences(resource: Resource[Spec], live: AnyLive, inventory: Inventory) -> tuple[Difference, ...]:
    """What must change for the object to be as wanted."""
    recorded = live.mark.fields if live.mark else frozenset[str]()
    return compare(resource.spec, rebound(live.spec, inventory.named), recorded)


def fits(resource: Resource[Spec], live: AnyLive, inventory: Inventory) -> bool:
    """Whether the object can become what is wanted in place."""
    return not any(each.immutable for each in differences(resource, live, inventory))


def lines(differing: Iterable[Difference]) -> tuple[FieldChange, ...]:
    """Every line of them."""
    return tuple(line for each in differing for line in each.lines)


def weight(sort: type[Spec], line: FieldChange) -> Weight | None:
    """What a line weighs; None where it moves no amount."""
    if line.money is not None:
        return replace(of_money(line.path, *line.money), before=line.before, after=line.after)
    weighed = marker(sort, line.path, Weighed) if line.path in sort.model_fields else None
    if weighed is None or (weighed.absent is None and None in (line.before, line.after)):
        return None
    found = Weight(line.path, line.before, line.after)
    if not weighed.measured:
        return found
    was, will = (Decimal(each or weighed.absent or 0) for each in (line.before, line.after))
    return replace(found, size=(will, was) if weighed.divides else (was, will))


def further(after: Spec, live: AnyLive, inventory: Inventory) -> tuple[Weight, ...]:
    """What `after` costs beside the object, as far as no field of it says so by itself."""
    return tuple(each for each in after.costs(rebound(live.spec, inventory.named)) if each.share)


def changed(live: AnyLive, resource: Resource[Spec], names: Iterable[str], inventory: Inventory) -> Spec:
    """The object with the named fields and entries as they are wanted."""
    spec = rebound(live.spec, inventory.named)
    update: dict[str, Any] = {}
    for name in names:
        field, _, entry = name.partition(".")
        value = getattr(resource.spec, field)
        if entry and isinstance(value, Mapping):
            there = update.setdefault(field, dict(getattr(spec, field)))
            there.pop(entry, None)
            there.update({entry: value[entry]} if entry in value else {})
        else:
            update[field] = value
    after: Spec = spec.model_copy(update=update)
    return after


def fixed(differing: Iterable[Difference]) -> str:
    """The names of those that the vendor fixes, for a sentence; empty where there are none."""
    return ", ".join(sorted({each.name for each in differing if each.immutable}))


def cause(resource: Resource[Spec], live: AnyLive, inventory: Inventory) -> Cause:
    """From three digests: wanted, live, last written."""
    last = rebound(live.spec, inventory.still_named)
    if live.mark is None or not live.mark.digest:
        follows = _refers_to_replaced(live, inventory) and not compare(resource.spec, last, frozenset())
        return Cause.FOLLOWS if follows else Cause.UNKNOWN
    outside = spec_digest(last, live.mark.fields) != live.mark.digest
    catalog = spec_digest(resource.spec) != live.mark.digest
    if outside:
        return Cause.BOTH if catalog else Cause.OUTSIDE
    if catalog:
        return Cause.CATALOG
    # Digests leave out what is declared at the vendor's default: that alone must have been changed by somebody.
    return Cause.FOLLOWS if _refers_to_replaced(live, inventory) else Cause.OUTSIDE


def ended(live: AnyLive) -> Cause:
    """Who took an object out of sale: what Billform retires bears a trace of that."""
    if live.retired is None:
        return Cause.UNKNOWN
    return Cause.CATALOG if live.retired or live.spent else Cause.OUTSIDE


def _refers_to_replaced(live: AnyLive, inventory: Inventory) -> bool:
    return any(inventory.named(ref) != inventory.still_named(ref) for ref in refs(live.spec))


def is_stale(resource: Resource[Spec], live: AnyLive) -> bool:
    """Whether the mark does not say what the catalog declares, or that it is retired, although it is as wanted."""
    if live.mark is None or not live.mark.digest:
        return False
    names = declared(resource.spec)
    return live.retired is True or live.mark.fields != names or live.mark.digest != spec_digest(resource.spec, names)
