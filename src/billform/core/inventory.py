"""A snapshot put in order: which objects stand for which address, who else is there, and what ids mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Hashable, Mapping

from billform.core.kind import AnyKind
from billform.core.resource import Address, Live, Ref, Resource, Snapshot, Spec
from billform.core.values import rebound

AnyLive = Live[Spec]


class Inventory:
    """What was found. `address_of`, `replaced` and `claimed` grow while the planner decides, dependencies first."""

    def __init__(self, snapshot: Snapshot, kinds: Mapping[str, AnyKind], catalog: str) -> None:
        self.versions: dict[Address, list[AnyLive]] = defaultdict(list)
        """The marked objects of each address, the one that stands for it first."""
        self.strangers: dict[tuple[str, str], list[AnyLive]] = defaultdict(list)
        """Per kind and site: objects without our mark."""
        self.by_natural: dict[tuple[str, str, str], list[AnyLive]] = defaultdict(list)
        self.address_of: dict[tuple[str, str], Address] = {}
        """(kind, id) of the object that stands for each address."""
        self.version_of: dict[tuple[str, str], Address] = {}
        """(kind, id) of every version of each address."""
        self.replaced: set[Address] = set()
        """Addresses that another object will stand for once the plan is applied."""
        self.claimed: set[tuple[str, str]] = set()
        """(kind, id) of what some address stands for, or has to do with."""
        self.taken_over: dict[Address, str] = {}
        """The id of what an address is to stand for, and does not yet."""
        self.crowded = {(each.kind, each.id): each.others for each in snapshot.lives if each.others}
        """(kind, id) of what others have put something into: see `Live.others`."""
        self._lives = snapshot.lives
        self._having: dict[tuple[str, str, str], dict[Hashable, list[AnyLive]]] = {}
        for live in snapshot.lives:
            if live.mark is not None and (kinds[live.kind].lookup or live.mark.catalog == catalog):
                self.versions[Address.at(live.kind, live.site, live.mark.key)].append(live)
            else:
                self.strangers[live.kind, live.site].append(live)
            for key in live.natural:
                self.by_natural[live.kind, live.site, key].append(live)
        for address, versions in self.versions.items():
            versions.sort(key=standing, reverse=True)
            self.version_of.update(((each.kind, each.id), address) for each in versions)
            if versions[0].active or kinds[address.kind].lookup:
                self.address_of[address.kind, versions[0].id] = address
        ours = [
            *(versions[0] for versions in self.versions.values() if not kinds[versions[0].kind].lookup),
            *(live for strangers in self.strangers.values() for live in strangers if live.owned),
        ]
        self.population: Mapping[str, int] = Counter(live.kind for live in ours if live.active)

    def named(self, ref: Ref) -> Ref:
        """A found reference by address, unless another object is about to stand for that address."""
        if ref.id is None:
            return ref
        address = self.address_of.get((ref.kind, ref.id))
        return Ref.to(address) if address is not None and address not in self.replaced else ref

    def still_named(self, ref: Ref) -> Ref:
        """As `named`, also for what is being replaced and for older versions of it: none of that is drift."""
        if ref.id is None:
            return ref
        address = self.address_of.get((ref.kind, ref.id)) or self.version_of.get((ref.kind, ref.id))
        return Ref.to(address) if address is not None else ref

    def wakes(self, live: AnyLive, desired: Container[object]) -> bool:
        """Whether an object that nobody can buy is back on sale once the plan is applied, unless it is archived."""
        owner = live.asleep
        return owner is not None and self.version_of.get((owner.kind, owner.id or "")) in desired

    def is_ours(self, live: AnyLive) -> bool:
        """Whether an object without a mark is this catalog's, or comes to it with what this plan takes over."""
        return live.owned or (bool(live.comes_with) and all(map(self._is_ours, live.comes_with)))

    def _is_ours(self, ref: Ref) -> bool:
        place = ref.kind, ref.id or ""
        return place in self.version_of or self.address_of.get(place) in self.taken_over

    def population_with_taken(self) -> Mapping[str, int]:
        """The population with what comes along with what this plan takes over."""
        strangers = (live for group in self.strangers.values() for live in group) if self.taken_over else ()
        come = Counter(live.kind for live in strangers if live.active and not live.owned and self.is_ours(live))
        return {kind: self.population.get(kind, 0) + come[kind] for kind in {**self.population, **come}}

    def by_id(self, ref: Ref) -> Ref:
        """A wanted reference by the id of what stands for it; as it is where nothing does."""
        if ref.key is None:
            return ref
        versions = self.versions.get(ref.address)
        identity = versions[0].id if versions else self.taken_over.get(ref.address)
        return Ref.found(ref.kind, identity) if identity is not None else ref

    def having(self, what: Callable[[Spec], Hashable | None], resource: Resource[Spec]) -> list[AnyLive]:
        """The active objects that have what a wanted one is to have; `what` is its kind's `joins` or `spot`."""
        if what(resource.spec) is None:
            return []
        place = (what.__name__, resource.address.kind, resource.address.site)
        if (found := self._having.get(place)) is None:
            found = self._having[place] = defaultdict(list)
            for live in self._lives:
                if (live.kind, live.site) == place[1:] and live.active:
                    found[what(live.spec)].append(live)
        return found.get(what(rebound(resource.spec, self.by_id)), [])

    def holders(self, kind: str, site: str, keys: frozenset[str]) -> list[AnyLive]:
        """The objects that hold any of these natural keys, each once."""
        found = {live.id: live for key in sorted(keys) for live in self.by_natural.get((kind, site, key), ())}
        return list(found.values())


def standing(live: AnyLive) -> tuple[bool, bool, int, int, str]:
    """Which of several versions stands for the address: on sale, then current, then the newest.

    Being on sale comes first: not every price has a lookup key, so that there may be none that is current.
    """
    version = live.mark.version if live.mark else 0
    return (live.active, live.current, version, live.created, live.id)


def next_version(versions: list[AnyLive]) -> int:
    """The number of the version to come."""
    return 1 + max((each.mark.version for each in versions if each.mark), default=0)
