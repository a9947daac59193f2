"""Form decoding as Stripe does it: `a[b][0][c]=v` becomes nested maps and lists of strings."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from billform.simulator.stripe.problem import invalid

Tree = dict[str, Any]
_DEPTH = 20


def decode(text: str) -> Tree:
    """Answer the tree of a query or of a form body; raises StripeError for a shape that makes no sense."""
    root: Tree = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _place(root, _path(name), value, name)
    return {key: _lists(value) for key, value in root.items()}


def _path(name: str) -> list[str]:
    head, bracket, rest = name.partition("[")
    if not bracket:
        return [head]
    if not rest.endswith("]"):
        raise invalid(f"Invalid parameter name: {name}")
    path = [head, *rest[:-1].split("][")]
    if len(path) > _DEPTH:
        raise invalid(f"Parameter nested too deeply: {name}")
    return path


def _place(root: Tree, path: list[str], value: str, name: str) -> None:
    node = root
    for step, following in pairwise(path):
        child = node.setdefault(step or _next(node, following), {})
        if not isinstance(child, dict):
            raise invalid(f"Invalid parameter: {name} is both a value and a map", param=path[0])
        node = child
    last = path[-1] or _next(node, "")
    if isinstance(node.get(last), dict):
        raise invalid(f"Invalid parameter: {name} is both a value and a map", param=path[0])
    node[last] = value


def _next(node: Tree, following: str) -> str:
    """Answer the place that `[]` stands for: the next one, or the last while its map lacks the key."""
    last = node.get(str(len(node) - 1))
    if following and isinstance(last, dict) and following not in last:
        return str(len(node) - 1)
    return str(len(node))


def _lists(value: Any) -> Any:
    """Turn maps whose keys count up from 0 into lists; metadata with such keys is turned back by its type."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value) and sorted(map(int, value)) == list(range(len(value))):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(child) for key, child in value.items()}
