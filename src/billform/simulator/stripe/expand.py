"""`expand`: ids become objects, and fields appear that come only when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from billform.simulator.stripe.kind import Context, Kind
from billform.simulator.stripe.problem import StripeError, invalid
from billform.simulator.stripe.rules import EXPAND_DEPTH
from billform.simulator.world import Row

KINDS: dict[str, Kind] = {}
"""Every kind by the value of `object`; filled when the objects are discovered."""

LOOKUPS: dict[str, Callable[[Context, str], Row | None]] = {}
"""Where the rows of a kind do not live in its own table: how to find one."""


@dataclass(frozen=True)
class Expansion:
    """What is to be expanded, as a tree of names."""

    children: dict[str, Expansion] = field(default_factory=dict)
    listed: bool = False

    @classmethod
    def of(cls, paths: Sequence[str]) -> Expansion:
        """Answer the tree of the paths of a single object."""
        return _tree(paths)

    @classmethod
    def of_list(cls, paths: Sequence[str]) -> Expansion:
        """Answer the tree below `data.` of the paths of a list."""
        for path in paths:
            if path.split(".")[0] != "data":
                raise _cannot(path, f" You may want to try expanding 'data.{path}' instead.")
        inner = _tree(paths).children.get("data", Expansion())
        return Expansion(inner.children, listed=True)


def render(ctx: Context, kind: Kind, row: Row, expansion: Expansion | None = None) -> Row:
    """Answer the object as the API shows it, expanded where asked."""
    wanted = expansion or Expansion()
    shaped = kind.shape(ctx, row) if kind.shape else row
    answer = {key: value for key, value in shaped.items() if not key.startswith("_")}
    for path in kind.hidden:
        _hide(answer, path.split("."), wanted)
    _expand(ctx, kind, answer, wanted, path="data." if wanted.listed else "")
    return answer


def _expand(ctx: Context, kind: Kind, node: Row, wanted: Expansion, *, path: str) -> None:
    for name, child in wanted.children.items():
        here = path + name
        value = node.get(name)
        inside = here.removeprefix("data.")
        if inside in kind.references:
            target = KINDS[kind.references[inside]]
            if isinstance(value, str):
                node[name] = _fetched(ctx, target, value, child)
            elif isinstance(value, list):
                node[name] = [_fetched(ctx, target, item, child) for item in value]
        elif isinstance(value, dict) and value.get("object") in KINDS:
            continue  # expanding what is embedded anyway changes nothing
        elif not _leads_somewhere(kind, inside):
            raise _cannot(here)
        elif isinstance(value, dict):
            node[name] = dict(value)
            _expand(ctx, kind, node[name], child, path=f"{here}.")


def _fetched(ctx: Context, kind: Kind, wanted: str, expansion: Expansion) -> Any:
    lookup = LOOKUPS.get(kind.name)
    row = lookup(ctx, wanted) if lookup else ctx.table(kind).get(wanted)
    return wanted if row is None else render(ctx, kind, row, Expansion(expansion.children))


def _hide(node: Row, steps: list[str], wanted: Expansion) -> None:
    """Drop what the path leads to unless it was asked for; copies what it changes below the top."""
    step, rest = steps[0], steps[1:]
    names = list(node) if step == "*" else [step] if step in node else []
    for name in names:
        child = wanted.children.get(name)
        if not rest:
            if child is None:
                del node[name]
        elif isinstance(node[name], dict):
            node[name] = dict(node[name])
            _hide(node[name], rest, child or Expansion())


def _leads_somewhere(kind: Kind, path: str) -> bool:
    """Tell whether a path is, or begins, one of those that can be expanded."""
    steps = path.split(".")
    for known in (*kind.hidden, *kind.references):
        pattern = known.split(".")[: len(steps)]
        if len(pattern) == len(steps) and all(a in ("*", b) for a, b in zip(pattern, steps, strict=True)):
            return True
    return False


def _tree(paths: Sequence[str]) -> Expansion:
    root = Expansion()
    for path in paths:
        steps = path.split(".")
        if len(steps) > EXPAND_DEPTH:
            raise invalid(f"You cannot expand more than {EXPAND_DEPTH} levels of a property. Property: {path}")
        node = root
        for step in steps:
            node = node.children.setdefault(step, Expansion())
    return root


def _cannot(path: str, hint: str = "") -> StripeError:
    return invalid(f"This property cannot be expanded ({path}).{hint}", param="expand")
