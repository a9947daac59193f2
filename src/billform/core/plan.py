"""A plan: the closed union of changes with all they need, what it rests on, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from billform.core.declared import declared, spec_digest
from billform.core.diagnostic import Diagnostic
from billform.core.diff import FieldChange
from billform.core.hidden import spec_as_json
from billform.core.resource import Address, Live, Mark, Spec
from billform.core.values import digest
from billform.core.weight import Weight

FORMAT = 1
"""Raised when an older Billform could no longer apply what a newer one wrote."""


AnySpec = Annotated[Spec, PlainSerializer(spec_as_json, return_type=dict[str, Any], when_used="json")]


class Value(BaseModel):
    """A frozen part of a plan; those of which there are many are dataclasses, which take a tenth of the memory."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_STRICT = ConfigDict(extra="forbid")


class Cause(StrEnum):
    """Why an object differs, told from three digests: wanted, live, and last written."""

    CATALOG = "catalog"
    OUTSIDE = "outside"
    BOTH = "both"
    UNFINISHED = "unfinished"
    """An earlier run stopped half-way."""
    FOLLOWS = "follows"
    """It refers to something that this plan replaces."""
    RECORD = "record"
    """Nothing changes but the record of what the catalog declares."""
    UNKNOWN = "unknown"
    """The vendor keeps no record for this kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A live object as the plan saw it: what a write needs to know of the past, and what the plan rests on."""

    __pydantic_config__: ClassVar = _STRICT

    id: str
    shown_id: str
    site: str = ""
    spec: AnySpec
    active: bool = True
    current: bool = True
    version: int = 1
    fingerprint: str
    catalog: str | None = None
    key: str | None = None
    label: str = ""

    @classmethod
    def of(cls, live: Live[Spec]) -> Found:
        """What the plan keeps of a live object."""
        return cls(
            id=live.id,
            shown_id=live.shown_id,
            site=live.site,
            spec=live.spec,
            active=live.active,
            current=live.current,
            version=live.mark.version if live.mark else 1,
            fingerprint=fingerprint(live),
            catalog=live.mark.catalog if live.mark else None,
            key=live.mark.key if live.mark else None,
            label=live.label,
        )

    def live(self, kind: str) -> Live[Spec]:
        """The live object again, for the kind's writers."""
        mark = Mark(self.catalog, self.key or "", digest="", version=self.version) if self.catalog is not None else None
        return Live(kind, self.id, self.spec, self.site, mark, self.active, self.current, label=self.label)


def fingerprint(live: Live[Spec]) -> str:
    """Changes whenever anything of a live object that a plan could rest on changes."""
    mark = live.mark
    return digest(
        [
            {name: getattr(live.spec, name) for name in type(live.spec).model_fields},
            live.active,
            live.current,
            live.retired,
            live.unfinished,
            [mark.catalog, mark.key, mark.version, mark.digest] if mark else None,
        ]
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """What customers will notice of one change."""

    __pydantic_config__: ClassVar = _STRICT

    what: str
    now: str | None
    after: str | None
    who: str


class _Change(Value):
    address: Address
    place: str | None = None
    """`file:line` that asks for it, or asked for the thing whose end this is."""
    changes: tuple[FieldChange, ...] = ()
    why: str | None = None
    """A sentence for people where the fields alone do not tell."""
    cause: Cause = Cause.CATALOG
    notice: Notice | None = None


class _Writing(_Change):
    spec: AnySpec
    fields: tuple[str, ...] = ()
    """What to send: field names and `metadata.KEY`; sorted."""
    version: int = 1
    supersedes: tuple[Found, ...] = ()
    """Older versions to retire once everything points at this one."""
    weighed: tuple[Weight, ...] = ()
    """What guardrails weigh beside the amounts that `changes` tell."""
    after: tuple[Address, ...] = ()
    """Other writes of this plan that must have succeeded before, beside those that make what the spec refers to."""

    def mark(self, catalog: str) -> Mark:
        """What to write on the object."""
        return Mark(catalog, self.address.local_key, spec_digest(self.spec), declared(self.spec), self.version)


class Create(_Writing):
    """Not there yet."""

    action: Literal["create"] = "create"


class Update(_Writing):
    """Changed in place."""

    action: Literal["update"] = "update"
    found: Found


class NewVersion(_Writing):
    """The vendor fixes a changed field: another is made, everything points at it, and the old one is archived."""

    action: Literal["new_version"] = "new_version"
    found: Found


class Recreate(_Writing):
    """The vendor fixes a changed field and keeps no versions: made anew, and the old one deleted."""

    action: Literal["recreate"] = "recreate"
    found: Found


class Restore(_Writing):
    """An archived object, equal to the wanted one, is put back on sale."""

    action: Literal["restore"] = "restore"
    found: Found


class Adopt(_Writing):
    """An object that Billform did not mark comes under its care."""

    action: Literal["adopt"] = "adopt"
    found: Found


class Archive(_Change):
    """No longer wanted, or superseded: taken out of sale."""

    action: Literal["archive"] = "archive"
    found: Found


class Refuse(_Change):
    """What can be done in no way; nothing of the plan is applied while one of these stands."""

    action: Literal["refuse"] = "refuse"
    found: Found | None = None
    code: str
    way_out: str


Writing = Create | Update | NewVersion | Recreate | Restore | Adopt
Change = Writing | Archive | Refuse
C = TypeVar("C", bound=Change)

SYMBOLS: Mapping[str, str] = {
    "create": "+",
    "update": "~",
    "new_version": "±",
    "recreate": "±",
    "restore": "^",
    "adopt": ">",
    "archive": "-",
    "refuse": "!",
}


@dataclass(frozen=True, slots=True)
class Basis:
    """An object that a plan rests on, as it was."""

    __pydantic_config__: ClassVar = _STRICT

    address: Address
    id: str
    fingerprint: str


class Plan(Value):
    """What to do, in order, and everything that a later `apply` needs to do exactly that or stop."""

    format: int = FORMAT
    catalog: str
    catalog_digest: str
    environment: str
    mode: str
    accounts: dict[str, str] = Field(default_factory=dict)
    """`stripe` -> account id, `bigcommerce/ALIAS` -> store hash."""
    changes: tuple[Annotated[Change, Field(discriminator="action")], ...] = ()
    unchanged: int = 0
    population: dict[str, int] = Field(default_factory=dict)
    """How many active objects of each kind are ours, for guardrails that speak in shares."""
    findings: tuple[Diagnostic, ...] = ()
    ids: dict[str, str] = Field(default_factory=dict)
    """References to objects that stay as they are -> vendor id."""
    basis: tuple[Basis, ...] = ()
    epoch: str = ""
    """When the vendors were read, in the vendor's own words; part of idempotency keys, not of the digest."""
    revision: str | None = None
    """The commit that the catalog was read at."""
    made_at: str | None = None

    @property
    def digest(self) -> str:
        """Twelve hex digits over everything that matters; the same plan twice has the same digest."""
        data = self.model_dump(mode="json", exclude={"epoch", "revision", "made_at", "findings"})
        written = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()[:12]

    @property
    def refusals(self) -> tuple[Refuse, ...]:
        """The changes that cannot be made."""
        return tuple(each for each in self.changes if isinstance(each, Refuse))

    def count(self, action: str) -> int:
        """How many changes of one sort."""
        return sum(each.action == action for each in self.changes)
