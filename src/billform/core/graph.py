"""The wanted resources with their references, in the order in which they can be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.resource import Address, Resource, Spec
from billform.core.values import refs


class Graph:
    """The wanted resources with their references; raises one error that names every dangling or circular one."""

    def __init__(self, resources: Iterable[Resource[Spec]], lookups: Iterable[str] = ()) -> None:
        self.resources: dict[Address, Resource[Spec]] = {}
        problems: list[Diagnostic] = []
        for resource in resources:
            if (first := self.resources.setdefault(resource.address, resource)) is not resource:
                problems.append(
                    Diagnostic(
                        "P001",
                        f"two parts of the catalog ask for {resource.address}",
                        resource.span,
                        hint=f"the other stands at {first.span}" if first.span else None,
                    )
                )
        known = frozenset(lookups)
        self.needs: dict[Address, tuple[Address, ...]] = {}
        for address, resource in self.resources.items():
            targets = dict.fromkeys(ref.address for ref in refs(resource.spec) if ref.key is not None)
            for target in targets:
                if target not in self.resources and target.kind not in known:
                    problems.append(
                        Diagnostic("P002", f"{address} needs {target}, which nothing asks for", resource.span)
                    )
            self.needs[address] = tuple(targets)
        if problems:
            raise BillformError(problems)
        self.order: tuple[Address, ...] = tuple(_sorted(self.resources, self.needs))

    def __iter__(self) -> Iterator[Resource[Spec]]:
        return (self.resources[address] for address in self.order)

    def __contains__(self, address: object) -> bool:
        return address in self.resources


def _sorted(
    resources: Mapping[Address, Resource[Spec]], needs: Mapping[Address, tuple[Address, ...]]
) -> Iterator[Address]:
    """Dependencies first, otherwise by address; linear, and independent of the order of input."""
    done: set[Address] = set()
    for start in sorted(resources, key=attrgetter("kind", "key")):
        trail: list[tuple[Address, Iterator[Address]]] = []
        open_: dict[Address, None] = {}
        if start in done:
            continue
        trail.append((start, iter(sorted(needs[start]))))
        open_[start] = None
        while trail:
            address, rest = trail[-1]
            following = next((each for each in rest if each in resources and each not in done), None)
            if following is None:
                trail.pop()
                del open_[address]
                done.add(address)
                yield address
            elif following in open_:
                circle = [*list(open_)[list(open_).index(following) :], following]
                raise BillformError(
                    Diagnostic(
                        "P003",
                        "these need each other in a circle: " + " -> ".join(map(str, circle)),
                        resources[following].span,
                    )
                )
            else:
                trail.append((following, iter(sorted(needs[following]))))
                open_[following] = None
