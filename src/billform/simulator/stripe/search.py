"""The search endpoints: clauses joined by AND or OR over fields and metadata, newest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from billform.simulator.stripe.expand import Expansion, render
from billform.simulator.stripe.kind import Context, Kind
from billform.simulator.stripe.problem import invalid
from billform.simulator.world import Row

_CLAUSE: Final = re.compile(
    r"""\s*(?P<negated>-)?(?:metadata\[(?P<q>["'])(?P<key>.*?)(?P=q)\]|(?P<field>[a-z_.]+))\s*"""
    r"""(?P<operator>:|~|>=|<=|>|<)\s*(?:(?P<q2>["'])(?P<text>.*?)(?P=q2)|(?P<word>null|\d+))"""
)
_MOST: Final = 100


def page(ctx: Context, kind: Kind, *, url: str, fields: Sequence[str]) -> Row:
    """Answer the rows that match `query`; unlike the real one it never lags behind the writes."""
    limit = ctx.params.get("limit", 10)
    if not 1 <= limit <= _MOST:
        raise invalid(f"Invalid limit: must be between 1 and {_MOST}", code="parameter_invalid_integer", param="limit")
    clauses, any_of = _parse(ctx.params["query"], fields)
    combine = any if any_of else all
    rows = [row for row in ctx.table(kind).newest() if combine(_holds(row, clause) for clause in clauses)]
    start = _start(ctx.params.get("page"))
    shown, more = rows[start : start + limit], len(rows) > start + limit
    expansion = Expansion.of_list(ctx.params.get("expand", []))
    return {
        "object": "search_result",
        "data": [render(ctx, kind, row, expansion) for row in shown],
        "has_more": more,
        "next_page": str(start + limit) if more else None,
        "url": url,
    }


def _start(page: str | None) -> int:
    if page is None:
        return 0
    if not page.isdecimal():
        raise invalid(f"Invalid page: {page}", param="page")
    return int(page)


def _parse(query: str, fields: Sequence[str]) -> tuple[list[dict[str, Any]], bool]:
    clauses: list[dict[str, Any]] = []
    joints: set[str] = set()
    rest = query
    while True:
        found = _CLAUSE.match(rest)
        if found is None:
            raise invalid(f"We were unable to parse your search query: {query}", param="query")
        clause = found.groupdict()
        if clause["field"] is not None and clause["field"] not in fields:
            known = ", ".join(fields)
            text = f"Field `{clause['field']}` is an unsupported search field. Supported fields: {known}, metadata."
            raise invalid(text, param="query")
        clauses.append(clause)
        rest = rest[found.end() :].lstrip()
        if not rest:
            break
        joint, _, rest = rest.partition(" ")
        joints.add(joint.upper())
    if joints - {"AND", "OR"} or len(joints) > 1:
        raise invalid("Search queries join their clauses either all by AND or all by OR.", param="query")
    return clauses, joints == {"OR"}


def _holds(row: Row, clause: dict[str, Any]) -> bool:
    value = row["metadata"].get(clause["key"]) if clause["key"] is not None else row.get(clause["field"])
    if clause["word"] == "null":
        result = value is None
    else:
        wanted = clause["text"] if clause["text"] is not None else clause["word"]
        result = value is not None and _compare(_as_text(value), clause["operator"], wanted)
    return not result if clause["negated"] else result


def _compare(value: str, operator: str, wanted: str) -> bool:
    match operator:
        case "~":
            return wanted.lower() in value.lower()
        case ":":
            return value.lower() == wanted.lower()
        case _:
            if not (value.isdecimal() and wanted.isdecimal()):
                return False
            left, right = int(value), int(wanted)
            return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[operator]


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
