"""A kind is one sort of object at a vendor: its spec, its policies, and how to read and write it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

from billform.core.resource import Address, Live, Mark, Ref, Resource, S, Spec


@dataclass(frozen=True, slots=True)
class Immutable:
    """The vendor fixes this field at creation; the reason is printed beside the change."""

    reason: str


@dataclass(frozen=True, slots=True)
class SetOnce:
    """May leave `unset` once, and is immutable from then on."""

    reason: str
    unset: object = None


@dataclass(frozen=True, slots=True)
class FixedEntries:
    """A mapping whose entries may be added in place, while changing or removing one needs a new version."""

    reason: str


@dataclass(frozen=True, slots=True)
class PerKey:
    """A mapping of which only the declared keys are ours; the others survive."""


@dataclass(frozen=True, slots=True)
class Unordered:
    """A list whose order says nothing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The vendor can replace the value but not take it away: once it is no longer declared, it stays."""

    reason: str


@dataclass(frozen=True, slots=True)
class Secret:
    """Shown nowhere: not in a plan, a log or a message."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What changes what customers pay, as an amount does: guardrails weigh it."""

    absent: int | None = 0
    """What it comes to where there is none; None where only a change of one that stays is weighed."""
    divides: bool = False
    """Whether customers pay less where it is greater, as for the size of a package."""
    measured: bool = True
    """False for what is no number: each change of it is more than any share."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Bookkeeping that is compared but not listed when an object is created."""


class OnImmutable(Enum):
    """What a change of an immutable field leads to."""

    NEW_VERSION = "new_version"
    """Make another, point everything at it, archive the old one, which can be restored."""
    RECREATE = "recreate"
    """Make another and delete the old one."""
    REFUSE = "refuse"
    """Neither is possible: stop and say the way out."""


class Ownership(Enum):
    """How a kind's objects are recognised as ours."""

    MARKED = "marked"
    """By a mark in metadata, written together with the object."""
    MARKED_AFTER = "marked_after"
    """By a mark in a second write: an unmarked object that equals the wanted one is an unfinished create."""
    NAMED = "named"
    """By its name, which says whose it is and has no room for what was last written: drift is not told from intent."""
    NATURAL = "natural"
    """The vendor offers no place for a mark: by the natural key."""


@dataclass(frozen=True, slots=True)
class Made:
    """The answer to a create: the vendor's id, and a secret that is shown only this once."""

    id: str
    secret: str | None = field(default=None, repr=False)
    shown_id: str = ""


@dataclass(frozen=True, slots=True)
class Write(Generic[S]):
    """Everything one write needs: the whole wanted spec, what to send of it, the mark, and resolved references."""

    address: Address
    spec: S
    fields: frozenset[str]
    """Top-level field names to send, and `metadata.KEY` for single keys of a PerKey mapping. A field that is
    not declared on the spec is to be cleared to its default."""
    mark: Mark
    ids: Mapping[str, str]
    idempotency: str
    """Derived from plan, address and step; the same for every retry of this write."""
    before: Live[S] | None = None
    """The object as it was planned against; None on create."""

    def id(self, ref: Ref) -> str:
        """The vendor's id behind a reference."""
        return ref.id if ref.id is not None else self.ids[str(ref)]

    def sends(self, name: str) -> bool:
        """Whether a field, or any key of it, is to be sent."""
        return name in self.fields or any(each.startswith(f"{name}.") for each in self.fields)

    def keys(self, name: str) -> frozenset[str]:
        """The single keys of a PerKey mapping that are to be sent."""
        return frozenset(each[len(name) + 1 :] for each in self.fields if each.startswith(f"{name}."))


ClientT = TypeVar("ClientT")
CatalogT = TypeVar("CatalogT")
EnvironmentT = TypeVar("EnvironmentT")


class Kind(ABC, Generic[S, ClientT, CatalogT, EnvironmentT]):
    """One module in `providers/<vendor>/` ends in `KIND = ...` of this; registry, order, diff and output follow."""

    name: ClassVar[str]
    """`stripe.price`"""
    spec: type[S]
    on_immutable: ClassVar[OnImmutable]
    ownership: ClassVar[Ownership] = Ownership.MARKED
    way_out: ClassVar[str] = ""
    """For REFUSE: what a person can do instead."""
    announced: ClassVar[bool] = False
    """For MARKED_AFTER: equality alone proves too little, so a create is written down before; then `Live.owned` says
    of an unmarked object that it is that one."""
    ends_unmarked: ClassVar[bool] = False
    """For those: one that a run left behind without a mark is taken out of sale where the catalog wants it no more."""
    lookup: ClassVar[bool] = False
    """A kind that is only read, so that others can refer to its objects by name (channels, categories)."""
    retirable: ClassVar[bool] = True
    """False where nothing may or can be taken away (a singleton); such objects are left alone."""
    restorable: ClassVar[bool] = True
    """False where an older version cannot come back: it is made anew, because the secret kept is its successor's."""
    takes_names: ClassVar[bool] = False
    """Whether a new one gets its unique name although another of ours has it: the vendor moves it, or allows two."""
    exclusive: ClassVar[bool] = False
    """The old one must be retired before the new one is made (a unique code among active ones)."""
    retires_after: ClassVar[frozenset[str]] = frozenset()
    """Kinds whose objects must be retired before the ones of this kind that refer to them, or to the same object;
    otherwise users go first."""
    opens_last: ClassVar[bool] = False
    """One that comes back on sale does so once all that refers to it is there, which others wait for it with."""
    handed_over: ClassVar[bool] = False
    """Making one may take the place of another: those that are to go do so when the new ones are there."""
    leaves_with: ClassVar[frozenset[str]] = frozenset()
    """Kinds whose archived objects keep the ones of this kind that refer to them: a link needs no end of its own."""
    reports_orphans: ClassVar[bool] = False
    """Unmarked live objects that the catalog does not know are worth a finding."""
    who: ClassVar[str] = ""
    """Whom a change touches, for the table of what customers will notice; empty: nobody notices."""
    who_in_place: ClassVar[str] = ""
    """The same for a change in place, where that touches others."""
    new_is_told: ClassVar[bool] = True
    """False where customers notice only that one goes: a new one comes with something that is told of itself."""
    batch: ClassVar[int] = 1
    """How many writes of one sort the vendor takes in one request."""
    also_writes: ClassVar[frozenset[str]] = frozenset()
    """Kinds of which a write of this kind changes the objects it refers to: such writes wait for each other."""

    @abstractmethod
    def desired(self, catalog: CatalogT, environment: EnvironmentT) -> Iterable[Resource[S]]:
        """The resources of this kind that the catalog asks for."""

    @abstractmethod
    def observe(self, client: ClientT) -> AsyncIterator[Live[S]]:
        """Every object of this kind at one site, also the archived ones; raises where a page could not be read."""

    async def deleted(self, client: ClientT) -> Iterable[Mark]:
        """Marks whose objects are not there any more, of whichever catalog; asked right after `observe`."""
        return ()

    def natural_keys(self, spec: S, address: Address) -> frozenset[str]:
        """What must be unique at the vendor: ids we choose, lookup keys, SKUs, codes, names."""
        return frozenset()

    def joins(self, spec: S) -> Hashable | None:
        """What it joins, for kinds that are nothing else: by that it is known when those go on under other keys.

        Asked of specs whose references are ids.
        """
        return None

    def spot(self, spec: S) -> Hashable | None:
        """What only one object at a time can have, asked as `joins` is; somebody else's that has it is in the way."""
        return None

    def in_the_way(self, other: Live[S]) -> tuple[str, str, str]:
        """The code, the reason and the way out where somebody else's object has its spot."""
        raise AssertionError(f"{self.name} has no spots")

    def unwritable(self, spec: S) -> tuple[str, str, str] | None:
        """The code, the reason and the way out where there is no room for what is written beside it; None where is."""
        return None

    def crowded_out(self, spec: S, others: tuple[str, ...]) -> tuple[str, str, str] | None:
        """The code, the reason and the way out where what others have put into what a new one refers to leaves it no
        room; None where it does. See `Live.others`."""
        return None

    def over(self, spec: S) -> bool:
        """Whether its time has passed: nothing is made of it any more, and what ran out with it is left alone."""
        return False

    async def announce(self, client: ClientT, writes: list[Write[S]]) -> None:
        """Hears of all that a run will make at one site before the first of it is made; asked where `announced`."""

    @abstractmethod
    async def create(self, client: ClientT, write: Write[S]) -> Made:
        """Makes it; the same idempotency key makes it once."""

    @abstractmethod
    async def update(self, client: ClientT, identity: str, write: Write[S]) -> None:
        """Changes the named fields and the mark in place."""

    @abstractmethod
    async def retire(self, client: ClientT, live: Live[S], idempotency: str) -> None:
        """Takes it out of sale; harmless where it is out already."""

    async def restore(self, client: ClientT, identity: str, write: Write[S]) -> None:
        """Puts an archived one back on sale, with the fields of `write`; only for kinds that keep what they retire."""
        raise AssertionError(f"{self.name} cannot be restored")

    async def secret_stored(self, client: ClientT, identity: str, write: Write[S]) -> None:
        """Notes that the secret of what `create` made is safe, so that it is not made anew.

        A kind that overrides this hands out secrets: the sink is tried before anything of it is made.
        """

    async def create_many(self, client: ClientT, writes: list[Write[S]]) -> list[Made | Exception]:
        """Batch form, in the order of `writes`; called only where `batch` is over 1."""
        raise AssertionError(f"{self.name} has no batch form")

    async def update_many(self, client: ClientT, writes: list[tuple[str, Write[S]]]) -> list[Exception | None]:
        """Batch form, in the order of `writes`; called only where `batch` is over 1."""
        raise AssertionError(f"{self.name} has no batch form")


AnyKind = Kind[Any, Any, Any, Any]


@cache
def policy(spec: type[Spec], name: str) -> tuple[object, ...]:
    """The markers on a field."""
    return tuple(
        each
        for each in spec.model_fields[name].metadata
        if isinstance(each, Immutable | SetOnce | FixedEntries | PerKey | Unordered | Kept | Secret | Weighed | Hidden)
    )


M = TypeVar("M")


def marker(spec: type[Spec], name: str, sort: type[M]) -> M | None:
    """The marker of one sort on a field, or None."""
    found: M | None = _by_sort(spec, name).get(sort)
    return found


@cache
def _by_sort(spec: type[Spec], name: str) -> Mapping[type[Any], Any]:
    return {type(each): each for each in policy(spec, name)}
