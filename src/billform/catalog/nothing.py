"""A word that is written without a value: in a file it is a slip, for what it was to say would silently go unsaid.

`null` means something only where it takes something away: in an environment's `catalog:`, and in an item that extends
a template. There it is gone once the trees are merged, so that whatever is left of it is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_origin

from pydantic import BaseModel

from billform.catalog.locate import is_model, types_at
from billform.catalog.nodes import MapNode, Node, Path, Place, ScalarNode, is_null, span
from billform.core.diagnostic import Diagnostic


def unsaid(tree: MapNode, model: type[BaseModel], *, without: str | None = None) -> Iterator[tuple[Path, Diagnostic]]:
    """Every word below that has no value, with its path; the section `without` is passed over."""
    full: set[int] = set()
    for key, (place, node) in tree.entries.items():
        if key != without:
            yield from _unsaid((key,), place, node, model, full)


def _unsaid(
    path: Path, place: Place, node: Node, model: type[BaseModel], full: set[int]
) -> Iterator[tuple[Path, Diagnostic]]:
    if isinstance(node, ScalarNode):
        if is_null(node):
            yield path, _diagnostic(path, place, node, model)
        return
    if id(node) in full:
        return  # an alias may repeat it a thousand times
    found = False
    entries = (
        node.entries.items() if isinstance(node, MapNode) else enumerate((each.place, each) for each in node.items)
    )
    for key, (at, below) in entries:
        for each in _unsaid((*path, key), at, below, model, full):
            found = True
            yield each
    if not found:
        full.add(id(node))


def taken_by_a_slip(base: Node, over: Node) -> Iterator[Diagnostic]:
    """Every word of a template that an item takes away by leaving its value out, where `null` would say that."""
    if not (isinstance(base, MapNode) and isinstance(over, MapNode)):
        return
    for key, (place, node) in over.entries.items():
        if (below := base.get(key)) is None:
            continue
        if isinstance(node, ScalarNode) and is_null(node) and not node.written:
            hint = "write a value; or `null`, to take away what the template says"
            yield Diagnostic("C014", f"`{key}` has no value", span(_at(place, node)), hint)
        else:
            yield from taken_by_a_slip(below, node)


def _diagnostic(path: Path, place: Place, node: ScalarNode, model: type[BaseModel]) -> Diagnostic:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    holds_words = any(is_model(each) or get_origin(each) in {dict, list} for each in types_at(model, path))
    if node.written:
        summary = f"`{name}`: `{node.written}` takes nothing away here"
        hint = "write a value, or delete the line"
    else:
        summary = f"`{name}` has no value"
        hint = "indent what belongs to it, or delete the line" if holds_words else "write a value, or delete the line"
    return Diagnostic("C014", summary, span(_at(place, node)), hint)


def _at(place: Place, node: ScalarNode) -> Place:
    """What can be underlined: the value where there is one, else its key."""
    return node.place if node.written else place
