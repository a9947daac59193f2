"""Two specs of one kind to the differences between them, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from types import NoneType
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from billform.core.declared import as_text, declared, policies_of, restricted, sorted_if_unordered
from billform.core.kind import FixedEntries, marker
from billform.core.money import Money
from billform.core.resource import Spec
from billform.core.show import show
from billform.core.values import canonical

HIDDEN = "(hidden)"
"""What stands in the place of a secret."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One line of a change: where, what it was, what it will be, and why that matters."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    path: str
    before: str | None = None
    after: str | None = None
    note: str | None = None
    money: tuple[Money | None, Money | None] | None = None
    """The amounts themselves where either side is money: what guardrails weigh. None is free, or nothing yet."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A declared field, or one entry of a mapping, that differs."""

    name: str
    """What `Write.fields` names: a field, or `metadata.KEY`."""
    lines: tuple[FieldChange, ...]
    immutable: str | None = None
    """The reason why the vendor does not change it in place, or None where it does."""


def compare(wanted: Spec, live: Spec, recorded: frozenset[str]) -> tuple[Difference, ...]:
    """What must change for `live` to be as wanted.

    Compared are the fields that the catalog declares, those that an earlier run declared (`recorded`) and the
    immutable ones; everything else at the vendor is somebody else's and survives.
    """
    return tuple(_differences(wanted, live, recorded))


def _differences(wanted: Spec, live: Spec, recorded: frozenset[str]) -> Iterator[Difference]:
    sort, fields_set = type(wanted), wanted.model_fields_set
    entries = [each for each in recorded if "." in each]
    for name, policy in policies_of(sort).items():
        if policy.by_entry:
            yield from _entries(sort, name, getattr(wanted, name) or {}, getattr(live, name) or {}, entries)
            continue
        immutable, once = policy.immutable, policy.once
        if name not in fields_set and not (immutable or (name in recorded and not policy.kept)):
            continue
        after, before = getattr(wanted, name), getattr(live, name)
        if once is not None and after == once.unset and name not in recorded:
            continue  # nobody of ours has set it: the account has a default of its own, and a new one would get it too
        if _same(after, before) or _key(sort, name, after) == _key(sort, name, before):
            continue
        reason = immutable.reason if immutable else once.reason if once and before != once.unset else None
        yield Difference(name, tuple(_lines(sort, name, before, after, reason)), reason)


def _entries(
    sort: type[Spec], name: str, wanted: Mapping[str, Any], live: Mapping[str, Any], recorded: Iterable[str]
) -> Iterator[Difference]:
    fixed = marker(sort, name, FixedEntries)
    ours = set(wanted) | {each[len(name) + 1 :] for each in recorded if each.startswith(f"{name}.")}
    for key in sorted(ours):
        after, before = wanted.get(key), live.get(key)
        if _same(after, before) or canonical(after) == canonical(before):
            continue
        reason = fixed.reason if fixed and before is not None else None
        path = f"{name}.{key}"
        yield Difference(path, tuple(_lines(sort, path, before, after, reason)), reason)


def undeclared(wanted: Spec, live: Spec, recorded: frozenset[str]) -> tuple[str, ...]:
    """What somebody else has set on an object, and one made anew in its place would not have, in words."""
    policies = policies_of(type(live))
    theirs = declared(live) - declared(wanted) - recorded

    def is_lost(name: str) -> bool:
        field, _, entry = name.partition(".")
        policy = policies[field]
        return policy.immutable is None and not policy.hidden and (bool(entry) or field not in wanted.model_fields_set)

    values = restricted(live, frozenset(filter(is_lost, theirs)))
    return tuple(
        f"{name} {HIDDEN if policies[name.partition('.')[0]].secret else show(value)}" for name, value in values.items()
    )


def creation(spec: Spec) -> tuple[FieldChange, ...]:
    """The lines of a new object: its declared fields."""
    return tuple(
        FieldChange(path=path, before=HIDDEN, after=HIDDEN) if is_secret else FieldChange(path=path, after=show(value))
        for path, value, is_secret in _created(spec)
    )


def _created(spec: Spec) -> Iterator[tuple[str, object, bool]]:
    """Path, value, and whether it is a secret, of what is declared and told of a new object."""
    for name, policy in policies_of(type(spec)).items():
        if policy.hidden or name not in spec.model_fields_set:
            continue
        value = getattr(spec, name)
        if policy.by_entry:
            yield from ((f"{name}.{key}", value[key], policy.secret) for key in sorted(value or ()))
        elif value != policy.default:
            yield name, value, policy.secret


def _lines(sort: type[Spec], path: str, before: Any, after: Any, reason: str | None) -> Iterator[FieldChange]:
    name = path.partition(".")[0]
    policy = policies_of(sort)[name]
    if policy.secret:
        yield FieldChange(path=path, before=HIDDEN, after=HIDDEN, note=reason)
    elif isinstance(before, BaseModel | Mapping | tuple) and type(before) is type(after) and before and after:
        yield from _nested(path, before, after, reason, unordered=policy.unordered)
    else:
        # An entry that comes or goes, such as a further currency, changes no amount that anybody pays.
        yield _line(path, before, after, reason, weighed={Money} if "." in path else {Money, NoneType})


def _line(
    path: str, before: Any, after: Any, reason: str | None, weighed: Set[type] = frozenset({Money, NoneType})
) -> FieldChange:
    money = (before, after) if {Money} <= {type(before), type(after)} <= weighed else None
    return FieldChange(path=path, before=show(before), after=show(after), note=reason, money=money)


def _nested(path: str, before: Any, after: Any, reason: str | None, *, unordered: bool) -> Iterator[FieldChange]:
    """The leaves that differ."""
    if unordered:
        yield from _members(path, before, after, reason)
        return
    old, new = leaves(before), leaves(after)
    for where in sorted(_paths(_readable(old), _readable(new))):
        written = path + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
        yield _line(written, _at(old, where), _at(new, where), reason)


def _paths(old: Any, new: Any) -> set[tuple[Any, ...]]:
    """Where two trees differ; where they are not of one shape, deepdiff finds what came and went."""
    if _alike(old, new):
        return set(_changed(old, new, ()))
    from deepdiff import DeepDiff  # heavy, and its paths become ours here

    found = DeepDiff(old, new, view="tree", threshold_to_diff_deeper=0)
    return {tuple(each.path(output_format="list")) for group in found.values() for each in group}


def _alike(old: Any, new: Any) -> bool:
    """Whether two trees have the same keys everywhere, and as many entries in lists of mappings."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_alike(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        pairs = list(zip(old, new, strict=False))
        return len(old) == len(new) and all(isinstance(was, dict) and _alike(was, will) for was, will in pairs)
    return not isinstance(old, dict | list) and not isinstance(new, dict | list)


def _changed(old: Any, new: Any, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(old, dict | list):
        for key in old if isinstance(old, dict) else range(len(old)):
            yield from _changed(old[key], new[key], (*above, key))
    elif old != new:
        yield above


def _members(path: str, before: Any, after: Any, reason: str | None) -> Iterator[FieldChange]:
    was, will = _by_text(before), _by_text(after)
    if gone := [str(show(was[text])) for text in sorted(was.keys() - will.keys())]:
        yield FieldChange(path=path, before=", ".join(gone), note=reason)
    if come := [str(show(will[text])) for text in sorted(will.keys() - was.keys())]:
        yield FieldChange(path=path, after=", ".join(come), note=reason)


def _by_text(values: Iterable[Any]) -> dict[str, Any]:
    return {as_text(each): each for each in values}


def leaves(value: Any) -> Any:
    """Models as plain mappings without defaults, down to values that are shown whole."""
    match value:
        case BaseModel():
            return {
                name: leaves(each)
                for name, info in type(value).model_fields.items()
                if (each := getattr(value, name)) is not None and each != info.get_default(call_default_factory=True)
            }
        case Mapping():
            return {key: leaves(each) for key, each in value.items()}
        case tuple():
            return [leaves(each) for each in value]
        case _:
            return value


def _readable(value: Any) -> Any:
    """The same tree with its leaves as text, so that deepdiff never looks inside a value of ours."""
    match value:
        case dict():
            return {key: _readable(each) for key, each in value.items()}
        case list():
            return [_readable(each) for each in value]
        case _:
            return show(value)


def _at(value: Any, where: tuple[Any, ...]) -> Any:
    for part in where:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _same(after: object, before: object) -> bool:
    """Whether two values are equal at first sight; where they are not, their canonical forms may still be."""
    return type(after) is type(before) and after == before


def _key(sort: type[Spec], name: str, value: Any) -> Any:
    return canonical(sorted_if_unordered(sort, name, value))
