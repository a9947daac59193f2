"""Makes one tree of many files: sections side by side, templates filled in, an environment laid over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_origin

from pydantic import BaseModel

from billform.catalog.expected import UNFIT_KINDS, unfit
from billform.catalog.locate import is_model, models_at, types_at, words
from billform.catalog.nodes import (
    MapNode,
    Node,
    Path,
    Place,
    ScalarNode,
    SpanMap,
    is_null,
    map_node,
    merged,
    plain,
    span,
)
from billform.catalog.nothing import taken_by_a_slip
from billform.catalog.yaml import MAX_DEPTH
from billform.core.diagnostic import Diagnostic, Span, nearest

TEMPLATES = "templates"
EXTENDS = "extends"
MAX_NODES = 300_000
"""Keys and values in the merged catalog, templates and aliases written out."""


def together(trees: Iterable[MapNode], model: type[BaseModel]) -> tuple[MapNode, list[Diagnostic]]:
    """All files as one tree; what two files say both is a problem at the second place that names the first."""
    everything = list(trees)
    # What belongs to no one file is said of the one nearest to the directory: `catalog.yaml`, not `addons/….yaml`.
    place = min((tree.place for tree in everything), key=_depth, default=("", 1, 1, 1, 1))
    whole = MapNode({}, place)
    gathering = _Gathering(model)
    for tree in everything:
        gathering.add(whole, tree, ())
    gathering.count(whole, ())
    if whole.size > MAX_NODES:
        gathering.problems.append(_too_large(whole))
    return whole, gathering.problems


def _depth(place: Place) -> tuple[int, str]:
    return place[0].count("/"), place[0]


class _Gathering:
    """Puts files side by side in nodes of its own, however many files there are."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model
        self._shared: dict[Path, bool] = {(): True}
        self.problems: list[Diagnostic] = []

    def add(self, into: MapNode, tree: MapNode, path: Path) -> None:
        """Adds one file's entries."""
        for key, (place, node) in tree.entries.items():
            here = (*path, key)
            is_open = isinstance(node, MapNode) and self._is_shared(here)
            known = into.entries.get(key)
            if known is not None and self._is_shared(here) and not (is_open and isinstance(known[1], MapNode)):
                # One of the two is no mapping at all: that is what is wrong, not that there are two.
                wrong = map_node({key: known}, into.place) if is_open else tree
                self._no_mapping(here, SpanMap(wrong).value((key,)), known[1] if is_open else node)
                if not is_open:
                    continue
                known = None
            if known is None and is_open:
                known = into.entries[key] = (place, MapNode({}, node.place))
            if known is None:
                into.entries[key] = (place, node)
            elif is_open and isinstance(known[1], MapNode):
                assert isinstance(node, MapNode)
                self.add(known[1], node, here)
            else:
                self._given_twice(here, known[0], place)

    def count(self, node: Node, path: Path) -> None:
        """Counts the nodes that were gathered."""
        if isinstance(node, MapNode) and self._is_shared(path):
            for key, (_, value) in node.entries.items():
                self.count(value, (*path, key))
            node.size = map_node(node.entries, node.place).size

    def _is_shared(self, path: Path) -> bool:
        """Whether several files may add to what stands here: a section, or a mapping of items, but not one item."""
        if path not in self._shared:
            types = types_at(self._model, path)
            self._shared[path] = self._shared[path[:-1]] and (
                any(get_origin(each) is dict for each in types) or (len(path) == 1 and any(map(is_model, types)))
            )
        return self._shared[path]

    def _given_twice(self, path: Path, first: Place, second: Place) -> None:
        hint = f"the other is {span(first)}; keep one of the two, or give one another key"
        self.problems.append(
            Diagnostic("C011", f"`{'.'.join(map(str, path))}` is given in two files", span(second), hint)
        )

    def _no_mapping(self, path: Path, place: Span, node: Node) -> None:
        wording = unfit([UNFIT_KINDS["dict_type"]], plain(node))
        self.problems.append(Diagnostic(wording.code, f"`{path[-1]}`: {wording.summary}", place, wording.hint))


def with_templates(tree: MapNode, model: type[BaseModel]) -> tuple[MapNode, list[Diagnostic]]:
    """Every item that extends a template with the template's words filled in."""
    section = tree.get(TEMPLATES)
    templates = section if isinstance(section, MapNode) else map_node({}, tree.place)
    filling = _Filling(templates, tree, model)
    entries = dict(tree.entries)
    size = tree.size
    for name, (place, part) in tree.entries.items():
        if isinstance(part, MapNode) and any(EXTENDS in words(each) for each in models_at(model, (name, "*"))):
            items = {key: (at, filling.filled((name, key), item)) for key, (at, item) in part.entries.items()}
            entries[name] = (place, map_node(items, part.place))
            size += entries[name][1].size - part.size
            if size > MAX_NODES:
                return tree, [_too_large(tree)]
    return map_node(entries, tree.place), filling.problems


class _Filling:
    """Fills templates in, each template once."""

    def __init__(self, templates: MapNode, tree: MapNode, model: type[BaseModel]) -> None:
        self._templates = templates
        self._tree = tree
        self._model = model
        self._done: dict[str, Node] = {}
        self._circles: list[set[str]] = []
        self.problems: list[Diagnostic] = []

    def filled(self, path: tuple[str, str], item: Node, trail: tuple[str, ...] = ()) -> Node:
        """The item with its template's words under its own; only those words that such an item knows."""
        if not isinstance(item, MapNode) or not isinstance(wanted := item.get(EXTENDS), ScalarNode):
            return item
        name = wanted.value
        if not isinstance(name, str):
            return item  # the model says what is wrong with it
        if path[0] == TEMPLATES:
            trail = (*trail, path[1])
        template = self._templates.get(name)
        if template is None:
            self._unknown(name, wanted)
            return item
        if name in trail:
            self._circle(name, wanted, trail)
            return item
        if len(trail) > MAX_DEPTH:
            hint = "let templates build on fewer others"
            self.problems.append(
                Diagnostic("C017", f"more than {MAX_DEPTH} templates in a row", span(wanted.place), hint)
            )
            return item
        if name not in self._done:
            self._done[name] = self.filled((TEMPLATES, name), template, trail)
        base = self._done[name]
        if not isinstance(base, MapNode):
            return item
        known = {word for each in models_at(self._model, path) for word in words(each)} - {EXTENDS}
        usable = {key: entry for key, entry in base.entries.items() if key in known or not _known_to(self._model, key)}
        usable.pop(EXTENDS, None)
        self.problems += taken_by_a_slip(map_node(usable, base.place), item)
        return merged(map_node(usable, base.place), item, home="over")

    def _unknown(self, name: str, wanted: ScalarNode) -> None:
        near = nearest(name, self._templates.entries)
        if near:
            place = span(self._templates.entries[near][0])
            hint = f"did you mean `{near}`? ({place.file}:{place.line})"
        elif any(isinstance(part, MapNode) and name in part.entries for _, part in self._tree.entries.values()):
            hint = f"only what stands under `{TEMPLATES}:` can be extended; move what both share there"
        else:
            hint = f"describe it under `{TEMPLATES}:`"
        self.problems.append(Diagnostic("C012", f"template `{name}` is not defined", span(wanted.place), hint))

    def _circle(self, name: str, wanted: ScalarNode, trail: tuple[str, ...]) -> None:
        circle = trail[trail.index(name) :]
        if any(set(circle) <= known for known in self._circles):
            return
        self._circles.append(set(circle))
        summary = f"template `{name}` extends itself"
        if len(circle) > 1:
            around = " -> ".join([*circle, name])
            summary = f"these templates extend each other in a circle: {around}"
        self.problems.append(Diagnostic("C018", summary, span(wanted.place), "take one `extends` out"))


def _known_to(model: type[BaseModel], word: str) -> bool:
    """Whether templates know a word; one that they do not know is not passed over, but reported."""
    return any(word in words(each) for each in models_at(model, (TEMPLATES, "*")))


def laid_over(tree: MapNode, overlay: MapNode, model: type[BaseModel]) -> tuple[MapNode, list[Diagnostic]]:
    """The tree with an environment's words laid over it; naming something that is not there is a problem."""
    found = list(_absent(tree, overlay, (), model))
    result = merged(tree, overlay, home="base")
    assert isinstance(result, MapNode)
    return result, found


def _absent(base: Node | None, over: MapNode, path: Path, model: type[BaseModel]) -> Iterator[Diagnostic]:
    """Every key of the overlay that names an item the catalog does not have; fields may be added, items may not."""
    here = base if isinstance(base, MapNode) else None
    is_item = any(get_origin(each) is dict and models_at(model, (*path, "*")) for each in types_at(model, path))
    known = here.entries if here else {}
    for key, (place, value) in over.entries.items():
        if key not in known and (is_item or is_null(value)):
            near = nearest(key, known)
            where = f" in `{'.'.join(map(str, path))}`" if path else ""
            hint = f"did you mean `{near}`? ({span(known[near][0])})" if near else _present(list(known))
            summary = f"the catalog has no `{key}`{where} to lay this over"
            yield Diagnostic("E003", summary, span(place), hint)
        elif isinstance(value, MapNode):
            yield from _absent(known[key][1] if key in known else None, value, (*path, key), model)


def _present(names: list[str]) -> str:
    listed = ", ".join(f"`{each}`" for each in names[:12]) + (", …" if len(names) > 12 else "")
    return f"an environment changes what the catalog has: {listed or 'nothing here'}"


def _too_large(tree: MapNode) -> Diagnostic:
    summary = f"the catalog has more than {MAX_NODES:,} keys and values, templates and aliases written out"
    return Diagnostic("C017", summary, span(tree.place), "mind templates and aliases that repeat what already repeats")
