"""Numbers that were written with commas inside of braces, which YAML takes for several entries."""

from __future__ import annotations

import re

from billform.catalog.expected import rewritten
from billform.catalog.nodes import MapNode, Path, ScalarNode, SpanMap
from billform.core.diagnostic import Diagnostic


def split_number(path: Path, spans: SpanMap) -> Diagnostic | None:
    """`{amount: 4,900}` is two entries to YAML, which nobody means; told once, where the second begins."""
    around = spans.node(path[:-1])
    if not path or not isinstance(around, MapNode) or not _is_piece(around, path[-1]):
        return None
    keys = list(around.entries)
    first = last = keys.index(str(path[-1]))
    while first > 0 and _is_piece(around, keys[first - 1]):
        first -= 1
    while last + 1 < len(keys) and _is_piece(around, keys[last + 1]):
        last += 1
    number = around.get(keys[first - 1]) if first else None
    if not isinstance(number, ScalarNode) or not re.fullmatch(r"-?[0-9]{1,3}", number.written):
        return None
    written = ",".join((number.written, *keys[first : last + 1]))
    summary = f"`{keys[first - 1]}`: `{written}` is not a number here: the comma ends it"
    return Diagnostic("C016", summary, spans.key((*path[:-1], keys[first])), rewritten(written))


def _is_piece(around: MapNode, key: str | int) -> bool:
    """Whether an entry is what YAML makes of the digits behind a comma: a key without a value."""
    node = around.get(str(key))
    return (
        isinstance(node, ScalarNode)
        and node.value is None
        and not node.written
        and re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", str(key)) is not None
    )
