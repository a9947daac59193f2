"""What is wanted and what was found: addresses, references, specs, resources and snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from billform.core.diagnostic import Span
from billform.core.weight import Weight


def _as_text(cls: type, parse: Callable[[str], object]) -> CoreSchema:
    """A value that JSON writes as its own text."""
    from_text = core_schema.no_info_after_validator_function(parse, core_schema.str_schema())
    return core_schema.json_or_python_schema(
        json_schema=from_text,
        python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
        serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json"),
    )


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """The stable name of a managed object, `stripe.price/pro.base.monthly` or `bigcommerce.product/main/pro`.

    Where a vendor has several sites (stores), the key opens with the site's alias and a slash.
    """

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"

    @classmethod
    def parse(cls, written: str) -> Address:
        """Reads what `str` wrote; raises ValueError on anything else."""
        kind, slash, key = written.partition("/")
        if not (slash and "." in kind and key):
            raise ValueError(f"not an address: {written!r}")
        return cls(kind, key)

    @classmethod
    def at(cls, kind: str, site: str, key: str) -> Address:
        """The address of `key` on a site; Stripe has one site, named by the empty string.

        Keys of the catalog hold no slash. One that comes from a vendor's own name may, and must not look like a site.
        """
        return cls(kind, f"{site}/{key}" if site else key.replace("/", "%2F"))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _as_text(cls, cls.parse)

    @property
    def vendor(self) -> str:
        """`stripe` or `bigcommerce`."""
        return self.kind.partition(".")[0]

    @property
    def site(self) -> str:
        """The store's alias, or the empty string where the vendor has one site only."""
        site, slash, _ = self.key.partition("/")
        return site if slash else ""

    @property
    def local_key(self) -> str:
        """The key without the site: what the mark on the object says."""
        return self.key.partition("/")[2] if "/" in self.key else self.key


@dataclass(frozen=True, slots=True)
class Ref:
    """A field that names another object: by address where it is wanted, by the vendor's id where it was found."""

    kind: str
    key: str | None = None
    id: str | None = None

    def __post_init__(self) -> None:
        assert (self.key is None) != (self.id is None), "a Ref has a key or an id, never both"

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}" if self.key is not None else f"{self.kind}#{self.id}"

    @classmethod
    def to(cls, address: Address) -> Ref:
        """A reference to a wanted object."""
        return cls(address.kind, key=address.key)

    @classmethod
    def found(cls, kind: str, identity: str) -> Ref:
        """A reference as the vendor answered it."""
        return cls(kind, id=identity)

    @classmethod
    def parse(cls, written: str) -> Ref:
        """Reads what `str` wrote; raises ValueError on anything else."""
        kind, hash_sign, identity = written.partition("#")
        if hash_sign and "/" not in kind:
            return cls.found(kind, identity)
        return cls.to(Address.parse(written))

    @property
    def address(self) -> Address:
        """The address of a wanted reference; a found one has none."""
        assert self.key is not None
        return Address(self.kind, self.key)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _as_text(cls, cls.parse)


_FIELD_SETS: dict[frozenset[str], set[str]] = {}


class Spec(BaseModel):
    """The managed fields of one kind, normalised; a field's default is the vendor's own default.

    A field that was not passed is not declared: it is left as it stands at the vendor, unless an earlier
    run declared it, in which case it is put back to its default. Immutable fields are always compared.
    Mappings marked `PerKey` are declared key by key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_post_init(self, context: Any, /) -> None:
        """Shares the set of declared fields with all who declare the same: of a price it is half of the memory."""
        names = self.model_fields_set
        object.__setattr__(self, "__pydantic_fields_set__", _FIELD_SETS.setdefault(frozenset(names), names))

    @classmethod
    def declare(cls, **fields: Any) -> Any:
        """Builds a spec from the fields that are not None; None means that the catalog does not declare it."""
        return cls(**{name: value for name, value in fields.items() if value is not None})

    def headline(self) -> str | None:
        """What a customer would say about it (`$49.00 a month`), for kinds that customers notice."""
        return None

    def noticed(self) -> Iterable[tuple[str, str, str]]:
        """What else customers notice once it changes: the field that says it, what it is, and its value."""
        return ()

    def costs(self, before: Any) -> Iterable[Weight]:
        """What customers pay beside what they paid by another spec of this kind, where no single field says it."""
        return ()


S = TypeVar("S", bound=Spec)
S_co = TypeVar("S_co", bound=Spec, covariant=True)


@dataclass(frozen=True, slots=True)
class Resource(Generic[S_co]):
    """An object that the catalog asks for."""

    address: Address
    spec: S_co
    span: Span | None = None
    after: tuple[Address, ...] = ()
    """What is written before it, where anything of that is to be written, although the spec does not refer to it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What Billform wrote on an object: whose it is, and what was last written."""

    catalog: str
    key: str
    """The address' key without the site."""
    digest: str
    """Digest of the declared fields as last written; empty where the vendor has no room for it."""
    fields: frozenset[str] = frozenset()
    """The declared fields that differ from the vendor's default, `metadata.KEY` for a single key."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Live(Generic[S_co]):
    """An object that a vendor answered, read into the same spec; its Refs carry ids."""

    kind: str
    id: str
    spec: S_co
    site: str = ""
    mark: Mark | None = None
    active: bool = True
    """On sale, in force: not archived, deactivated, hidden or expired."""
    current: bool = True
    """False for a version that has been superseded (a price whose lookup key moved on)."""
    natural: frozenset[str] = frozenset()
    """Its natural keys, comparable with `Kind.natural_keys` of a wanted spec."""
    owned: bool = False
    """Without a mark of its own: whether other objects prove that it is ours."""
    created: int = 0
    """Orders versions: seconds, or any number that grows."""
    unfinished: str | None = None
    """Why it must be made anew (for instance: its signing secret was never stored)."""
    label: str = ""
    """How people know it, when the id alone says nothing (`id 118`)."""
    retired: bool | None = None
    """Whether it bears the trace of having been taken out of sale by Billform; None where the kind keeps none."""
    known_as: str = ""
    """Of one without a mark: the key that the catalog made it under, where the marks of others tell that."""
    spent: bool = False
    """Out of use for good without anybody having taken it out: over, or used up. Nobody can put it back, so that it is
    as good as there where it is wanted."""
    asleep: Ref | None = None
    """What it is out of sale with, and will be back on sale with."""
    comes_with: tuple[Ref, ...] = ()
    """Of one that is nobody's: what it belongs to. Once all of that is ours, it is ours too."""

    others: tuple[str, ...] = ()
    """What others have put into it, by name, where that may leave no room for what is to refer to it."""

    @property
    def shown_id(self) -> str:
        """What the plan prints beside the address."""
        return self.label or self.id


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that was observed; a kind that is not complete may not lead to an archive."""

    lives: tuple[Live[Spec], ...] = ()
    complete: frozenset[tuple[str, str]] = frozenset()
    """The (kind, site) pairs that were read to the end."""
    unavailable: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The (kind, site) pairs that this account cannot have, with the vendor's reason (a plan gate)."""
    deleted: frozenset[tuple[str, Address]] = frozenset()
    """The catalog and address of what was made once and then deleted, where the vendor keeps a trace of that."""

    def is_complete(self, kind: str, site: str) -> bool:
        """Whether absence from the snapshot means absence at the vendor."""
        return (kind, site) in self.complete
