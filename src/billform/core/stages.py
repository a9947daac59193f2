"""A plan as steps with what each waits for: one list, which `apply` runs and the renderers explain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from billform.core.kind import AnyKind
from billform.core.plan import (
    Adopt,
    Archive,
    Change,
    Create,
    Found,
    NewVersion,
    Plan,
    Recreate,
    Refuse,
    Restore,
    Update,
    Writing,
)
from billform.core.resource import Address, Ref
from billform.core.values import refs

Action = Literal["create", "update", "restore", "retire"]
Ending: TypeAlias = dict[tuple[str, str | None], list[int]]
"""Retiring steps, by the kind and id of what they retire."""
Leaving: TypeAlias = dict[tuple[str, Ref], list[int]]
"""The same, by their kind and what the retired object refers to."""


@dataclass(frozen=True, slots=True)
class Step:
    """One write at a vendor."""

    number: int
    action: Action
    address: Address
    change: Change
    found: Found | None
    """The object to write to or to retire; None on create."""
    needs: frozenset[int]
    """Numbers of the steps that must have succeeded before."""


@dataclass(slots=True)
class _Draft:
    action: Action
    change: Change
    found: Found | None
    needs: set[int]


def stages(plan: Plan, kinds: Mapping[str, AnyKind]) -> tuple[Step, ...]:
    """The steps in an order that honours every need.

    Whatever a change refers to is made first. An old version is retired only when its successor stands and
    everything that pointed at it points elsewhere; a kind whose old one blocks the new one goes the other way round.
    """
    drafts: list[_Draft] = []
    making: dict[Address, int] = {}
    retiring: dict[Address, list[int]] = defaultdict(list)
    pointing: dict[tuple[str, str], set[Address]] = defaultdict(set)
    for change in plan.changes:
        match change:
            case Refuse():
                continue
            case Archive():
                retiring[change.address].append(len(drafts))
                drafts.append(_Draft("retire", change, change.found, set()))
                found: tuple[Found, ...] = (change.found,)
            case Create() | NewVersion() | Recreate():
                making[change.address] = len(drafts)
                drafts.append(_Draft("create", change, None, set()))
                found = change.supersedes
            case Restore():
                making[change.address] = len(drafts)
                drafts.append(_Draft("restore", change, change.found, set()))
                found = (change.found, *change.supersedes)
            case Update() | Adopt():
                making[change.address] = len(drafts)
                action: Action = "update" if isinstance(change, Update) or change.found.active else "restore"
                drafts.append(_Draft(action, change, change.found, set()))
                found = (change.found, *change.supersedes)
            case _:
                assert_never(change)
        if not isinstance(change, Archive):
            for old in change.supersedes:
                retiring[change.address].append(len(drafts))
                drafts.append(_Draft("retire", change, old, set()))
        for each in found:
            for ref in refs(each.spec):
                if ref.id is not None:
                    pointing[ref.kind, ref.id].add(change.address)
    written = {each.address: each for each in plan.changes if not isinstance(each, Archive | Refuse)}
    opening = {each.address for each in written.values() if _is_back(each) and kinds[each.address.kind].opens_last}
    before = {address: set(_made_before(each, making, written, opening)) for address, each in written.items()}
    for address, writing in written.items():
        for other in opening.intersection(_named(writing)):
            before[other].add(making[address])
    ending, leaving = _going(drafts, retiring)
    coming: dict[tuple[str, str], list[int]] = defaultdict(list)
    for address, number in making.items():
        if kinds[address.kind].handed_over:
            coming[address.kind, address.site].append(number)
    reviving = {
        (draft.change.address.kind, draft.found.id): number
        for number, draft in enumerate(drafts)
        if draft.action == "restore" and draft.found is not None
    }
    for draft in drafts:
        if draft.action == "retire":
            # What comes back on sale with its owner can only be taken out of sale after that.
            owners = ((ref.kind, ref.id or "") for ref in (refs(draft.found.spec) if draft.found else ()))
            draft.needs.update(reviving[each] for each in owners if each in reviving)
            draft.needs.update(coming.get((draft.change.address.kind, draft.change.address.site), ()))
            _retire_needs(
                draft,
                kinds=kinds,
                before=before,
                ending=ending,
                leaving=leaving,
                making=making,
                retiring=retiring,
                pointing=pointing,
            )
        elif not isinstance(draft.change, Archive | Refuse):
            draft.needs |= before[draft.change.address]
            if kinds[draft.change.address.kind].exclusive:
                draft.needs |= set(retiring.get(draft.change.address, ()))
    return _numbered(drafts)


def _going(drafts: list[_Draft], retiring: Mapping[Address, list[int]]) -> tuple[Ending, Leaving]:
    """What retires each object, and what retires the objects of each kind that refer to it."""
    ending: Ending = defaultdict(list)
    leaving: Leaving = defaultdict(list)
    for address, numbers in retiring.items():
        for number in numbers:
            if one := drafts[number].found:
                ending[address.kind, one.id].append(number)
                for ref in refs(one.spec):
                    leaving[address.kind, ref].append(number)
    return ending, leaving


def _made_before(
    change: Writing, making: Mapping[Address, int], written: Mapping[Address, Writing], opening: Set[Address]
) -> Iterator[int]:
    """What makes the things that a change refers to, and what else it waits for.

    What is there can be referred to before it is changed: it may itself wait for this one. What is not there cannot.
    """
    here = change.address
    for each in _named(change):
        if each in making and each != here and each not in opening and not _waits(written[each], here):
            yield making[each]
    for each in change.after:
        if each in making and each != here and (_is_there(change) or here not in _named(written[each])):
            yield making[each]


def _named(change: Writing) -> list[Address]:
    return [ref.address for ref in refs(change.spec) if ref.key is not None]


def _waits(change: Writing, other: Address) -> bool:
    return _is_there(change) and other in change.after


def _is_there(change: Writing) -> bool:
    return isinstance(change, Update | Adopt | Restore)


def _is_back(change: Writing) -> bool:
    return isinstance(change, Adopt | Restore) and not change.found.active


def _retire_needs(
    draft: _Draft,
    *,
    kinds: Mapping[str, AnyKind],
    before: Mapping[Address, Set[int]],
    ending: Ending,
    leaving: Leaving,
    making: Mapping[Address, int],
    retiring: Mapping[Address, list[int]],
    pointing: Mapping[tuple[str, str], set[Address]],
) -> None:
    address, kind = draft.change.address, kinds[draft.change.address.kind]
    assert draft.found is not None
    if kind.exclusive and not isinstance(draft.change, Archive | Refuse):
        # It goes before its successor can be made: not before all else that the successor needs is there.
        draft.needs |= before[address]
    elif not kind.exclusive and address in making:
        draft.needs.add(making[address])
    for other in pointing.get((address.kind, draft.found.id), set()) - {address}:
        if other in making:
            draft.needs.add(making[other])
        if address.kind not in kinds[other.kind].retires_after:
            draft.needs |= set(retiring.get(other, ()))
    for ref in refs(draft.found.spec) if kind.retires_after else ():
        if ref.kind in kind.retires_after:
            draft.needs.update(ending.get((ref.kind, ref.id), ()))
        for sort in kind.retires_after:
            draft.needs.update(leaving.get((sort, ref), ()))


def _numbered(drafts: list[_Draft]) -> tuple[Step, ...]:
    """Topological order, stable in the plan's own order."""
    order: list[int] = []
    waiting = list(range(len(drafts)))
    users: dict[int, list[int]] = defaultdict(list)
    open_needs = {number: set(drafts[number].needs) for number in waiting}
    for number, needs in open_needs.items():
        for each in needs:
            users[each].append(number)
    ready = [number for number in waiting if not open_needs[number]]
    while ready:
        following: list[int] = []
        for number in ready:
            order.append(number)
            for user in users[number]:
                open_needs[user].discard(number)
                if not open_needs[user]:
                    following.append(user)
        ready = sorted(following)
    assert len(order) == len(drafts), "the planner made a circle"
    place = {number: position for position, number in enumerate(order)}
    return tuple(
        Step(
            place[number],
            drafts[number].action,
            drafts[number].change.address,
            drafts[number].change,
            drafts[number].found,
            frozenset(place[each] for each in drafts[number].needs),
        )
        for number in order
    )
