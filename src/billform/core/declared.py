"""What a spec declares, under the markers of each field: names, values, order and digest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from billform.core.kind import FixedEntries, Hidden, Immutable, Kept, PerKey, Secret, SetOnce, Unordered, marker
from billform.core.resource import Spec
from billform.core.values import canonical, digest

BY_ENTRY = (PerKey, FixedEntries)


def declared(spec: Spec) -> frozenset[str]:
    """The declared fields that differ from the vendor's default, entries of mappings one by one."""
    return frozenset(_declared(spec))


def _declared(spec: Spec) -> Iterator[str]:
    policies = policies_of(type(spec))
    for name in spec.model_fields_set:
        value, policy = getattr(spec, name), policies[name]
        if policy.by_entry:
            yield from (f"{name}.{key}" for key in value or ())
        elif value != policy.default:
            yield name


@dataclass(frozen=True, slots=True)
class Policy:
    """How a field is compared: its markers, read once for each class."""

    default: Any
    by_entry: bool
    immutable: Immutable | None
    once: SetOnce | None
    kept: bool
    hidden: bool
    secret: bool
    unordered: bool


@cache
def policies_of(sort: type[Spec]) -> Mapping[str, Policy]:
    """How each field is compared, in their order."""
    return {
        name: Policy(
            default(sort, name),
            _by_entry(sort, name),
            marker(sort, name, Immutable),
            marker(sort, name, SetOnce),
            *(marker(sort, name, each) is not None for each in (Kept, Hidden, Secret, Unordered)),
        )
        for name in sort.model_fields
    }


@cache
def default(sort: type[Spec], name: str) -> Any:
    """The vendor's default of a field, to compare with; None where the field is required."""
    info = sort.model_fields[name]
    return None if info.is_required() else info.get_default(call_default_factory=True)


def restricted(spec: Spec, names: frozenset[str]) -> dict[str, object]:
    """The named fields and entries with their values: what a digest covers."""
    found: dict[str, object] = {}
    for name, policy in policies_of(type(spec)).items():
        if policy.by_entry:
            value = getattr(spec, name)
            found.update((f"{name}.{key}", value[key]) for key in value or () if f"{name}.{key}" in names)
        elif name in names and (value := getattr(spec, name)) != policy.default:
            found[name] = sorted_if_unordered(type(spec), name, value)
    return found


def spec_digest(spec: Spec, names: frozenset[str] | None = None) -> str:
    """Digest of the declared fields, or of the named ones; defaults are left out, so that a field which a later
    release adds to a spec does not look like drift on every object."""
    return digest(restricted(spec, declared(spec) if names is None else names))


def _by_entry(sort: type[Spec], name: str) -> bool:
    return any(marker(sort, name, each) is not None for each in BY_ENTRY)


def sorted_if_unordered(sort: type[Spec], name: str, value: Any) -> Any:
    """A list whose order says nothing, in one order."""
    if value is None or not policies_of(sort)[name].unordered:
        return value
    return tuple(sorted(value, key=as_text))


def in_order(spec: Spec) -> Spec:
    """The same, with every list whose order says nothing in one order: a plan does not tell how the files say it."""
    turned = {name: sorted_if_unordered(type(spec), name, getattr(spec, name)) for name in _unordered(type(spec))}
    changed = {name: new for name, new in turned.items() if new != getattr(spec, name)}
    return spec.model_copy(update=changed) if changed else spec


@cache
def _unordered(sort: type[Spec]) -> tuple[str, ...]:
    return tuple(name for name in sort.model_fields if marker(sort, name, Unordered) is not None)


def as_text(value: Any) -> str:
    """What tells a value from another in a list without an order."""
    return json.dumps(canonical(value), sort_keys=True)
