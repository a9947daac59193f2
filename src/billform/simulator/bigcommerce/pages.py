"""Pages of lists, by offset and by cursor, and which fields of a row are shown.

`limit` is 50 unless said and 250 at most; more is 413 (status codes page).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import quote

from billform.simulator.bigcommerce import problems
from billform.simulator.bigcommerce.answers import bare, data
from billform.simulator.bigcommerce.filters import PAGE_WORDS, whole, words
from billform.simulator.bigcommerce.shop import Call
from billform.simulator.message import Answer
from billform.simulator.world import Row

View = Callable[[Row], dict[str, Any]]

DEFAULT_LIMIT: Final = 50
MOST: Final = 250
_CURSOR_WORDS: Final = frozenset({"before", "after"})


def limit_of(call: Call, default: int = DEFAULT_LIMIT) -> int:
    """Answer the page size; raises 413 over 250, 422 for what is no size."""
    if "limit" not in call.query:
        return default
    limit = whole("limit", call.query["limit"])
    if limit > MOST:
        raise problems.v3(413, f"The limit parameter may not be more than {MOST}")
    if limit < 1:
        raise problems.invalid({}, "The limit parameter must be at least 1")
    return limit


def page_of(call: Call) -> int:
    """Answer the number of the page, from 1; raises 422."""
    page = whole("page", call.query.get("page", "1"))
    if page < 1:
        raise problems.invalid({}, "The page parameter must be at least 1")
    return page


def paged(call: Call, rows: Sequence[Row], view: View, *, most: int | None = None, links: bool = True) -> Answer:
    """Answer one page by offset; `most` cuts the page size in silence, as some includes do."""
    limit, page = limit_of(call), page_of(call)
    size = limit if most is None else min(limit, most)
    chosen = rows[(page - 1) * size : page * size]
    return data(
        [view(row) for row in chosen],
        {"pagination": _pagination(call, rows, chosen, page=page, size=size, links=links)},
    )


def cursored(call: Call, rows: Sequence[Row], view: View, *, page_excludes_cursor: bool = True) -> Answer:
    """Answer one page by cursor, by offset, or with both words of meta when neither was asked for.

    Price lists say so: a cursor leaves `cursor_pagination` alone, `page` leaves `pagination` alone; they
    exclude each other. A cursor is the base64 of a row's serial number.
    """
    limit = limit_of(call)
    given = [name for name in ("before", "after") if name in call.query]
    if len(given) > 1 or (given and "page" in call.query):
        raise problems.invalid({}, "The parameters before, after and page cannot be used together")
    if given:
        chosen = _beyond(rows, given[0], call.query[given[0]], limit)
        return data([view(row) for row in chosen], {"cursor_pagination": _cursors(call, rows, chosen, limit)})
    page = page_of(call)
    chosen = list(rows[(page - 1) * limit : page * limit])
    meta: dict[str, Any] = {
        "pagination": _pagination(call, rows, chosen, page=page, size=limit, links=not page_excludes_cursor)
    }
    if "page" not in call.query or (page == 1 and not page_excludes_cursor):
        meta["cursor_pagination"] = _cursors(call, rows, chosen, limit)
    return data([view(row) for row in chosen], meta)


def listed(call: Call, rows: Sequence[Row], view: View) -> Answer:
    """Answer one page of v2: a bare array, and 204 without a body when it is empty."""
    limit, page = limit_of(call), page_of(call)
    return bare([view(row) for row in rows[(page - 1) * limit : page * limit]])


def _pagination(
    call: Call, rows: Sequence[Row], chosen: Sequence[Row], *, page: int, size: int, links: bool
) -> dict[str, Any]:
    pages = -(-len(rows) // size)
    meta: dict[str, Any] = {
        "total": len(rows),
        "count": len(chosen),
        "per_page": size,
        "current_page": page,
        "total_pages": pages,
    }
    if links:
        around = {
            "previous": page - 1 if page > 1 else None,
            "current": page,
            "next": page + 1 if page < pages else None,
        }
        meta["links"] = {
            name: _link(call, page=number, limit=size) for name, number in around.items() if number is not None
        }
    return meta


def _cursors(call: Call, rows: Sequence[Row], chosen: Sequence[Row], limit: int) -> dict[str, Any]:
    meta: dict[str, Any] = {"count": len(chosen), "per_page": limit}
    links: dict[str, str] = {}
    if chosen:
        meta["start_cursor"], meta["end_cursor"] = _cursor(chosen[0]), _cursor(chosen[-1])
        if chosen[0] is not rows[0]:
            links["previous"] = _link(call, before=meta["start_cursor"], limit=limit)
        if chosen[-1] is not rows[-1]:
            links["next"] = _link(call, after=meta["end_cursor"], limit=limit)
    return {**meta, "links": links}


def _beyond(rows: Sequence[Row], direction: str, cursor: str, limit: int) -> list[Row]:
    try:
        serial = int(base64.b64decode(cursor, validate=True))
    except (ValueError, binascii.Error):
        raise problems.invalid({}, f"The parameter {direction} is not a valid cursor") from None
    # Serials follow the order of the list, either way: compare in that direction.
    falling = len(rows) > 1 and _serial(rows[0]) > _serial(rows[-1])
    later = [row for row in rows if (_serial(row) < serial if falling else _serial(row) > serial)]
    if direction == "after":
        return later[:limit]
    earlier = [row for row in rows if row not in later and _serial(row) != serial]
    return earlier[-limit:]


def _serial(row: Row) -> int:
    return int(row["serial"] if "serial" in row else row["id"])


def _cursor(row: Row) -> str:
    return base64.b64encode(str(_serial(row)).encode()).decode()


def _link(call: Call, **pages: object) -> str:
    kept = {name: raw for name, raw in call.query.items() if name not in PAGE_WORDS and name not in _CURSOR_WORDS}
    pairs = [*kept.items(), *((name, str(value)) for name, value in pages.items())]
    return "?" + "&".join(f"{quote(name, safe=':')}={quote(value, safe='')}" for name, value in pairs)


def shown(call: Call, view: View, *, always: tuple[str, ...] = ("id",)) -> View:
    """Answer a view that obeys `include_fields` and `exclude_fields`; `always` stays whatever is asked."""
    wanted = words(call.query.get("include_fields", ""))
    unwanted = words(call.query.get("exclude_fields", ""))

    def narrowed(row: Row) -> dict[str, Any]:
        full = view(row)
        if wanted:
            full = {name: value for name, value in full.items() if name in wanted or name in always}
        return {name: value for name, value in full.items() if name not in unwanted}

    return narrowed
