"""A part of a plan, whole in itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from billform.core.kind import AnyKind
from billform.core.plan import Archive, Found, Plan, Refuse
from billform.core.resource import Address
from billform.core.stages import stages
from billform.core.values import refs


def plan_only(plan: Plan, globs: tuple[str, ...], kinds: Mapping[str, AnyKind]) -> Plan:
    """The changes that the globs name, with all they need; also what is refused, where a chosen one needs that."""
    needs: dict[Address, set[Address]] = defaultdict(set)
    steps = stages(plan, kinds)
    for step in steps:
        needs[step.address].update(steps[number].address for number in step.needs)
    for user, refused in _held_up(plan):
        needs[user].add(refused)
    chosen = {each.address for each in plan.changes if _named(str(each.address), globs)}
    waiting = list(chosen)
    while waiting:
        further = needs[waiting.pop()] - chosen
        chosen |= further
        waiting.extend(further)
    subjects = {str(each) for each in chosen}
    kept = tuple(each for each in plan.changes if each.address in chosen)
    told = tuple(
        each
        for each in plan.findings
        if each.subject is None or each.subject in subjects or _named(each.subject, globs)
    )
    return plan.model_copy(update={"changes": kept, "findings": told})


def _named(address: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(address, glob) for glob in globs)


def _held_up(plan: Plan) -> Iterator[tuple[Address, Address]]:
    """What cannot be done because of what is refused: it refers to that, or is pointed at by it and is to go."""
    refused = {each.address: each.found for each in plan.changes if isinstance(each, Refuse)}
    pointing: dict[tuple[str, str | None], list[Address]] = defaultdict(list)
    for address, found in refused.items():
        for ref in refs(found.spec) if found else ():
            pointing[ref.kind, ref.id].append(address)
    for change in plan.changes:
        if isinstance(change, Refuse):
            continue
        gone: tuple[Found, ...] = (change.found,) if isinstance(change, Archive) else change.supersedes
        for old in gone:
            yield from ((change.address, each) for each in pointing[change.address.kind, old.id])
        if not isinstance(change, Archive):
            wanted = (ref.address for ref in refs(change.spec) if ref.key is not None)
            yield from ((change.address, each) for each in wanted if each in refused)
