"""The tree that was read: every key and value with its place, before it means anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from billform.core.diagnostic import Span

Home: TypeAlias = Literal["base", "over"]
Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the top of the merged tree."""
Plain: TypeAlias = "str | int | Decimal | bool | dict[str, Plain] | list[Plain] | None"
"""What a tree holds when its places are left out; never a float."""

# (file, line, column, end line, end column), as Span counts them. A tuple is several times cheaper than a Span,
# and most places are never asked for.
Place: TypeAlias = tuple[str, int, int, int, int]


@dataclass(slots=True, eq=False)
class ScalarNode:
    """A single value; `written` is what stands in the file, for messages about numbers that are not numbers."""

    value: str | int | Decimal | bool | None
    written: str
    place: Place
    size: int = 1
    quoted: bool = False


@dataclass(slots=True, eq=False)
class ListNode:
    """A list; nodes are shared where an alias stands, and never changed once composed."""

    items: list[Node]
    place: Place
    size: int = 1


@dataclass(slots=True, eq=False)
class MapNode:
    """A mapping; an entry is the key's place and the value."""

    entries: dict[str, tuple[Place, Node]]
    place: Place
    size: int = 1

    def get(self, key: str) -> Node | None:
        """The value under a key, or None."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node: TypeAlias = ScalarNode | ListNode | MapNode


def span(place: Place) -> Span:
    """A place as diagnostics carry it."""
    return Span(*place)


def is_null(node: Node) -> bool:
    """Whether the author wrote `null`, `~` or nothing."""
    return isinstance(node, ScalarNode) and node.value is None


def plain(node: Node) -> Plain:
    """The tree without its places; parts that an alias repeats are one object."""
    return _plain(node, {})


def _plain(node: Node, done: dict[int, Plain]) -> Plain:
    if isinstance(node, ScalarNode):
        return node.value
    if (known := done.get(id(node))) is not None:
        return known
    made: Plain
    if isinstance(node, MapNode):
        made = {key: _plain(value, done) for key, (_, value) in node.entries.items()}
    else:
        made = [_plain(item, done) for item in node.items]
    done[id(node)] = made
    return made


def merged(base: Node, over: Node, *, home: Home) -> Node:
    """`over` laid over `base`: mappings key by key to any depth, everything else replaced; null takes an entry away.

    `home` says which of the two a mapping that stands in both is at home in: a plan in its own file, not in the
    template it extends; but also in its own file, not in the environment that changes one word of it.
    """
    if not (isinstance(base, MapNode) and isinstance(over, MapNode)):
        return over
    entries = dict(base.entries)
    for key, (place, value) in over.entries.items():
        if is_null(value):
            entries.pop(key, None)
        elif (below := entries.get(key)) is None:
            entries[key] = (place, value)
        else:
            both = isinstance(below[1], MapNode) and isinstance(value, MapNode)
            entries[key] = (
                below[0] if both and home == "base" else place,
                merged(below[1], value, home=home),
            )
    return map_node(entries, base.place if home == "base" else over.place)


def map_node(entries: dict[str, tuple[Place, Node]], place: Place) -> MapNode:
    """A mapping with its size counted."""
    return MapNode(entries, place, 1 + sum(value.size for _, value in entries.values()))


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node below, with its path, parents first."""
    trail: list[tuple[Path, Node]] = [(path, node)]
    while trail:
        here, each = trail.pop()
        yield here, each
        if isinstance(each, MapNode):
            trail.extend(((*here, key), value) for key, (_, value) in reversed(each.entries.items()))
        elif isinstance(each, ListNode):
            trail.extend(((*here, index), item) for index, item in reversed(list(enumerate(each.items))))


class SpanMap:
    """Where each key and value of a merged tree was written; asked with a path of keys and indices."""

    __slots__ = ("_root",)

    def __init__(self, root: Node) -> None:
        self._root = root

    def key(self, path: Path) -> Span:
        """The place of the key (for a list item: of the item); of the nearest ancestor where there is none."""
        return Span(*self._reached(path)[0])

    def value(self, path: Path) -> Span:
        """The place of the value; of the nearest ancestor where there is none."""
        place, node = self._reached(path)
        return Span(*(place if node is None or _is_open(node) else node.place))

    def node(self, path: Path) -> Node | None:
        """What stands there, or None."""
        return self._reached(path)[1] if path else self._root

    def __contains__(self, path: Path) -> bool:
        return self.node(path) is not None

    def _reached(self, path: Path) -> tuple[Place, Node | None]:
        """How far a path leads: the place of the last key on it, and the node there where it leads to the end."""
        place, here = self._root.place, self._root
        for part in path:
            if isinstance(here, MapNode):
                entry = here.entries.get(part) if isinstance(part, str) else None
                if entry is None:
                    return place, None
                place, here = entry
            elif isinstance(here, ListNode) and isinstance(part, int) and 0 <= part < len(here.items):
                here = here.items[part]
                place = here.place
            else:
                return place, None
        return place, here if path else None


def _is_open(node: Node) -> bool:
    """A mapping or list over several lines has no one place to underline: its key speaks for it."""
    return not isinstance(node, ScalarNode) and node.place[1] != node.place[3]
