"""What Billform writes down about one object of a store that has no place for a mark of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from billform.core.resource import Mark

PREFIX = "billform."
"""Opens the namespace of the store metafields that hold marks: `billform.CATALOG`."""
LONGEST = 60_000
"""A metafield's value takes 65535 characters; echoes that would not fit are left out."""


class Part(BaseModel):
    """A frozen part of what is written down; words of a later release are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Echo(Part):
    """A text that the store answered differently from how it was sent, as it may with HTML."""

    sent: str
    got: str
    """Digest of the answer: while it stands, the text is as it was sent."""


class Notes(Part):
    """What a mark says beside whose the object is."""

    retired: bool = False
    """Billform took it out of sale; told apart from somebody who hid it."""
    echoes: Mapping[str, Echo] = {}
    unseen: Mapping[str, Any] = {}
    """Fields that no list shows, as last written."""
    plain: Mapping[str, str] = {}
    """Header values that are no secret: digests of them, by header."""


class _Stored(Part):
    id: str
    key: str
    digest: str
    fields: tuple[str, ...] = ()
    version: int = 1
    notes: Notes = Notes()


@dataclass(frozen=True, slots=True)
class Record:
    """One mark as it was found: on which object, and in which metafield."""

    metafield: int
    kind: str
    """Without the vendor: `product`."""
    id: str
    mark: Mark
    notes: Notes


def sealed(value: str) -> str:
    """Sixteen hex digits of the SHA-256 of a text."""
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def namespace(catalog: str) -> str:
    """Where a catalog's marks are; a catalog's name has at most 40 characters, a namespace 64."""
    return PREFIX + catalog


def metafield_key(kind: str, identity: str) -> str:
    """The key of the metafield that marks an object: `variant.118-77`; at most 64 characters."""
    return f"{kind}.{identity.replace('/', '-')}"


def written(identity: str, mark: Mark, notes: Notes) -> str:
    """The value of the metafield."""
    stored = _Stored(
        id=identity,
        key=mark.key,
        digest=mark.digest,
        fields=tuple(sorted(mark.fields)),
        version=mark.version,
        notes=notes,
    )
    value = stored.model_dump_json(exclude_defaults=True)
    if len(value) <= LONGEST:
        return value
    return stored.model_copy(update={"notes": notes.model_copy(update={"echoes": {}})}).model_dump_json(
        exclude_defaults=True
    )


def read(field: Mapping[str, Any]) -> Record | None:
    """The mark that a store metafield holds, or None where it holds something else."""
    space, key = str(field["namespace"]), str(field["key"])
    if not space.startswith(PREFIX):
        return None
    try:
        stored = _Stored.model_validate(json.loads(str(field["value"])))
    except (ValueError, ValidationError):
        return None
    mark = Mark(space.removeprefix(PREFIX), stored.key, stored.digest, frozenset(stored.fields), stored.version)
    return Record(int(field["id"]), key.partition(".")[0], stored.id, mark, stored.notes)
