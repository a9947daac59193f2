"""Lists as Stripe pages them: newest first, by cursor, with `created` ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final

from billform.simulator.stripe.expand import Expansion, render
from billform.simulator.stripe.kind import Context, Kind
from billform.simulator.stripe.problem import exclusive, invalid, no_such
from billform.simulator.world import Row

_DEFAULT: Final = 10
_MOST: Final = 100


def page(
    ctx: Context,
    kind: Kind,
    *,
    url: str,
    keep: Callable[[Row], bool] = lambda row: True,
    rows: Iterable[Row] | None = None,
) -> Row:
    """Answer one page of the rows that `keep` lets through; `rows` (oldest first) narrows what is looked at."""
    params = ctx.params
    limit = params.get("limit", _DEFAULT)
    if not 1 <= limit <= _MOST:
        raise invalid(f"Invalid limit: must be between 1 and {_MOST}", code="parameter_invalid_integer", param="limit")
    after, before = _cursor(ctx, kind, "starting_after"), _cursor(ctx, kind, "ending_before")
    if after and before:
        raise exclusive("starting_after", "ending_before")
    if "created" in params:
        inside = _range(params["created"])
        candidates = (row for row in _candidates(ctx, kind, rows, after, before) if inside(row["created"]))
    else:
        candidates = (row for row in _candidates(ctx, kind, rows, after, before))
    found = list(islice((row for row in candidates if keep(row)), limit + 1))
    shown = found[:limit]
    if before:
        shown.reverse()
    expansion = Expansion.of_list(params.get("expand", []))
    data = [render(ctx, kind, row, expansion) for row in shown]
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": url}


def _candidates(
    ctx: Context, kind: Kind, rows: Iterable[Row] | None, after: str | None, before: str | None
) -> Iterable[Row]:
    table = ctx.table(kind)
    if rows is None:
        return table.newest(after=after, before=before)
    places = [(table.position(row["id"]), row) for row in rows]
    if before:
        return [row for place, row in sorted(places, key=lambda item: item[0]) if place > table.position(before)]
    edge = table.position(after) if after else None
    places.sort(key=lambda item: -item[0])
    return [row for place, row in places if edge is None or place < edge]


def _cursor(ctx: Context, kind: Kind, name: str) -> str | None:
    wanted: str | None = ctx.params.get(name)
    if wanted is not None and wanted not in ctx.table(kind):
        raise no_such(kind.what, wanted, param=name)
    return wanted


def _range(given: Any) -> Callable[[int], bool]:
    if isinstance(given, int):
        return lambda created: created == given
    low = max(given.get("gte", 0), given.get("gt", -1) + 1)
    high = min(given.get("lte", 2**63), given.get("lt", 2**63) - 1)
    return lambda created: low <= created <= high
