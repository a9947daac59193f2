"""What a sample of a kind is: specs with few fields and with all, and for every field a change and a way to try it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from billform.core.declared import default
from billform.core.kind import FixedEntries, Immutable, Kept, SetOnce, marker
from billform.core.resource import Address, Ref, Resource, Spec
from billform.providers import registry

Fields = Mapping[str, Any]


class _Gone:
    def __repr__(self) -> str:
        return "GONE"


GONE = _Gone()
"""In a case: the field is no longer declared."""


@dataclass(frozen=True)
class Call:
    """One request as somebody else would send it."""

    method: str
    path: str
    body: Any = None


@dataclass(frozen=True)
class At:
    """An object at the vendor, and what other addresses are there."""

    id: str
    ids: Mapping[str, str]
    ask: Callable[[Call], Any]
    """What the vendor answers."""

    @property
    def parts(self) -> list[str]:
        """A composed id, taken apart."""
        return self.id.split("/")

    @property
    def last(self) -> str:
        """The vendor's own id of a composed one."""
        return self.parts[-1]

    def __getitem__(self, address: str) -> str:
        return self.ids[address]


Raw = Callable[[At], Call]


@dataclass(frozen=True)
class Case:
    """A field on its way from one value to another."""

    field: str
    name: str
    before: Fields
    after: Fields
    key: str | None = None
    """The address that the field leads to, where it is a part of the address."""

    def __str__(self) -> str:
        return f"{self.field}-{self.name}" if self.name else self.field


@dataclass(frozen=True)
class Foreign:
    """Something that others may attach to an object: how they do, and where it is seen."""

    name: str
    put: Raw
    look: Raw
    is_there: Callable[[Any], bool]


@dataclass(frozen=True)
class Sample:
    """One kind's part of the contract."""

    kind: str
    key: str
    base: Fields
    """As few fields as there can be."""
    full: Mapping[str, Fields]
    """By name; together they declare every field."""
    cases: tuple[Case, ...]
    """At least one for every field."""
    raw: Mapping[str, Raw | str]
    """By field: how somebody else would try to change it in place, or why nobody can."""
    out: Callable[[At], tuple[Call, Callable[[int, Any], bool]]] | str
    """A question to the vendor, and what it answers of an object that is out of sale; or why nothing leaves."""
    needs: tuple[Resource[Spec], ...] = ()
    """What must be there before."""
    proofs: tuple[Resource[Spec], ...] = ()
    """What refers to it, and so proves that it is ours where the vendor keeps no mark; it leaves with it."""
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields that mean nothing without these."""
    always: Mapping[str, str] = field(default_factory=dict)
    """Optional fields that cannot be taken out of their full spec by themselves, and why."""
    policy: Mapping[str, str] = field(default_factory=dict)
    """Fields that we treat as fixed although the vendor would change them, and why."""
    taken: Mapping[str, Raw] = field(default_factory=dict)
    """By name: what somebody else may take away, the object itself or an entry of it."""
    cleared: Mapping[str, Any] = field(default_factory=dict)
    """What the vendor answers where a field has been cleared, when that is not its default on the spec."""
    foreign: tuple[Foreign, ...] = ()
    whole: bool = False
    """Whether the catalog always declares every field, since nothing remembers which ones it did."""
    another: bool = False
    """Whether what comes back after it was retired is another object: the vendor deletes."""

    def resource(self, fields: Fields, key: str | None = None) -> Resource[Spec]:
        """The sample with these fields declared."""
        missing = [name for name in self.spec.model_fields if name not in fields] if self.whole else []
        return want(self.kind, key or self.key, **fields, **{name: default(self.spec, name) for name in missing})

    @property
    def spec(self) -> type[Spec]:
        """The spec of its kind."""
        return registry.kinds()[self.kind].spec


def around(sample: Sample, *resources: Resource[Spec]) -> tuple[Resource[Spec], ...]:
    """Everything that is to be there."""
    return (*sample.needs, *sample.proofs, *resources)


def is_fixed(sample: Sample, name: str) -> bool:
    """Whether our kind says that a field, or an entry of it, is not changed in place once it is there."""
    return any(marker(sample.spec, name, each) is not None for each in (Immutable, SetOnce, FixedEntries))


def is_kept(sample: Sample, name: str) -> bool:
    """Whether our kind says that a field stays once it is no longer declared."""
    return marker(sample.spec, name, Kept) is not None


def is_address(sample: Sample, name: str) -> bool:
    """Whether a field is a part of the address, so that another value is another object."""
    return any(each.field == name and each.key is not None for each in sample.cases)


def want(kind: str, key: str, /, **fields: Any) -> Resource[Spec]:
    """A wanted resource; its spec declares exactly the given fields."""
    return Resource(Address(kind, key), registry.kinds()[kind].spec(**fields))


def ref(written: str) -> Ref:
    """A reference to an address."""
    return Ref.to(Address.parse(written))


def case(changed: str, before: Fields, name: str = "", /, **after: Any) -> Case:
    """The field that changes, what was declared before, and what else is declared then."""
    whole = {**before, **after}
    return Case(changed, name, before, {key: value for key, value in whole.items() if value is not GONE})


def moved(changed: str, before: Fields, key: str, /, **after: Any) -> Case:
    """A field that is a part of the address: the object there leaves, and another comes."""
    return Case(changed, "", before, {**before, **after}, key)


def each_of(before: Fields, /, **after: Any) -> tuple[Case, ...]:
    """One case for every field: its other value, everything else as it was."""
    return tuple(case(name, before, **{name: value}) for name, value in after.items())


def entries(name: str, before: Fields, *, changed: Any, added: Any, removed: Any) -> tuple[Case, ...]:
    """The three ways of a mapping."""
    ways = {"changed": changed, "added": added, "removed": removed}
    return tuple(case(name, before, way, **{name: value}) for way, value in ways.items())


def later(days: int) -> str:
    """A moment to come, as specs write it."""
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(written: str) -> int:
    """The same in unix seconds."""
    return int(datetime.fromisoformat(written).timestamp())


def post(path: str, body: Any = None) -> Call:
    """A POST."""
    return Call("POST", path, body or {})


def put(path: str, body: Any) -> Call:
    """A PUT."""
    return Call("PUT", path, body)


def get(path: str) -> Call:
    """A GET."""
    return Call("GET", path)


def delete(path: str, body: Any = None) -> Call:
    """A DELETE."""
    return Call("DELETE", path, body)


def archive(path: str) -> Mapping[str, Raw]:
    """Somebody archives an object of Stripe's."""
    return {"archived": lambda at: post(f"{path}/{at.id}", {"active": False})}


def bin_(path: str) -> Mapping[str, Raw]:
    """Somebody deletes an object."""
    return {"deleted": lambda at: delete(f"{path}/{at.id}")}


def forget(path: str) -> Mapping[str, Raw]:
    """Somebody unsets a key of ours in the metadata."""
    return {"metadata": lambda at: post(f"{path}/{at.id}", {"metadata": {"team": ""}})}
