"""What a plan makes under one key while it takes the same away under another: weighed as the change that it may be."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from billform.core.diff import Difference, compare
from billform.core.kind import AnyKind
from billform.core.plan import Archive, Change, Create
from billform.core.resource import Address, Spec
from billform.core.values import refs
from billform.core.weigh import lines, weight
from billform.core.weight import Weight

Place: TypeAlias = tuple[str, str, int, tuple[str, ...]]
"""Kind, site, which part of the key is left out, and the others; -1 and a name, where the vendor knows it by one."""
_TOO_MANY = 10
"""Of more that could be meant, none is: it is no renaming that takes so much away at once."""


def weighed_beside_gone(changes: Iterable[Change], kinds: Mapping[str, AnyKind]) -> tuple[Change, ...]:
    """The changes, with what is new weighed beside what leaves under the same name, or a key that is nearly the same.

    Only where the two are alike but for names and amounts; of several, the one whose amounts are nearest counts.
    """
    told = tuple(changes)
    gone: dict[Place, list[Archive]] = defaultdict(list)
    for change in told:
        if isinstance(change, Archive):
            for place in _places(change.address, change.found.spec, kinds):
                gone[place].append(change)
    return tuple(_weighed(each, gone, kinds) if isinstance(each, Create) and gone else each for each in told)


def _places(address: Address, spec: Spec, kinds: Mapping[str, AnyKind]) -> Iterator[Place]:
    """Where to look for the other: its key with one part left out, for each of several parts, and its names."""
    for name in kinds[address.kind].natural_keys(spec, address):
        yield address.kind, address.site, -1, (name,)
    parts = tuple(re.split(r"[./]", address.local_key))
    if len(parts) > 1:
        for number in range(len(parts)):
            yield address.kind, address.site, number, (*parts[:number], *parts[number + 1 :])


def _weighed(new: Create, gone: Mapping[Place, list[Archive]], kinds: Mapping[str, AnyKind]) -> Create:
    if new.weighed or any(each.before is not None for each in new.changes):
        return new  # it has been weighed beside the version before
    there = (gone.get(place, []) for place in _places(new.address, new.spec, kinds))
    old = {id(each): each for group in there if len(group) <= _TOO_MANY for each in group}
    beside = [found for each in old.values() if (found := _beside(new, each)) is not None]
    if not beside:
        return new
    nearest = min(beside, key=lambda each: max((weight.share for weight in each), default=Decimal(0)))
    return new.model_copy(update={"weighed": nearest})


def _beside(new: Create, old: Archive) -> tuple[Weight, ...] | None:
    """What weighs between the two; None where they are not alike."""
    sort, before = type(new.spec), old.found.spec
    differing = [each for each in compare(new.spec, before, frozenset()) if not _names(new.spec, before, each)]
    told = [(line, weight(sort, line)) for line in lines(differing)]
    if any(found is None and line.note for line, found in told):
        return None
    further = [each for each in new.spec.costs(before) if each.share]
    weights = [*(found for _, found in told if found is not None and found.share), *further]
    return tuple(replace(each, what=f"{each.what}, beside that of {old.address}, which goes,") for each in weights)


def _names(new: Spec, old: Spec, difference: Difference) -> bool:
    """Whether a difference is in what an object belongs to rather than in what it is."""
    field = difference.name.partition(".")[0]
    return any(True for side in (new, old) for _ in refs(getattr(side, field)))
