"""A plan as styled lines: what every person reads, on a terminal, in a comment or in a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from billform.core.diff import FieldChange
from billform.core.plan import (
    SYMBOLS,
    Adopt,
    Archive,
    Cause,
    Change,
    Create,
    NewVersion,
    Notice,
    Plan,
    Recreate,
    Refuse,
    Restore,
    Update,
)
from billform.core.resource import Address
from billform.core.values import refs
from billform.render.effort import Effort
from billform.render.lines import BLANK, STYLE_OF_ACTION, Line, Piece, Style, line, padded, visible, width
from billform.render.summary import VENDORS, ends, plan_summary
from billform.render.values import short, short_pair

LEGEND = {
    "create": "create",
    "update": "update in place",
    "new_version": "new version, archive the old",
    "recreate": "make anew, end the old",
    "restore": "put back on sale",
    "adopt": "take over",
    "archive": "archive",
    "refuse": "cannot be done",
}
_HEAD = ("", "what", "now", "after", "who")
_PRICES = frozenset({"price", "variant", "price_record"})
"""Kinds of which each object is a price, whatever it is called at the vendor."""
_PATH_COLUMNS = 34
"""Field names longer than this do not push the values of their neighbours to the right."""
_CELL = 52
"""A longer cell of the table pushes only its own row to the right."""
_PAIR = 3
"""Before, arrow, after."""
_ONE_LINE = 100
"""Characters of two values together; longer ones stand one under the other."""


def plan_lines(plan: Plan, effort: Effort | None = None, columns: int | None = None) -> Iterator[Line]:
    """The whole plan: money first, the legend of the symbols in use, the changes, and the summary last."""
    if plan.changes:
        yield from notice_lines(plan, columns)
        yield _legend(plan)
        yield BLANK
        yield from change_lines(plan)
    yield line(Piece(plan_summary(plan, effort), Style.STRONG), indent=2)


def notices(plan: Plan) -> tuple[tuple[Change, Notice], ...]:
    """The changes that customers will notice: first what they have already, then what is new; prices before all."""
    told = [(each, each.notice) for each in plan.changes if each.notice is not None]
    return tuple(sorted(told, key=lambda each: (each[1].now is None, _noun(each[0]) != "price", _noun(each[0]))))


def _noun(change: Change) -> str:
    return change.address.kind.partition(".")[2]


def head(told: Iterable[tuple[Change, Notice]]) -> tuple[str, ...]:
    """The head of the table; its first column is `price` where nothing else stands in it."""
    return (_HEAD[0], "price", *_HEAD[2:]) if all(_noun(change) in _PRICES for change, _ in told) else _HEAD


def notice_lines(plan: Plan, columns: int | None = None) -> Iterator[Line]:
    """The table of what customers will notice; nothing where they notice nothing.

    Where so many columns do not hold it, each row stands by itself, one cell under the other.
    """
    told = notices(plan)
    if not told:
        return
    yield line(Piece("What customers will notice", Style.STRONG))
    yield BLANK
    rows = [
        tuple(map(visible, (SYMBOLS[change.action], notice.what, notice.now or "–", notice.after or "–", notice.who)))
        for change, notice in told
    ]
    styles = [STYLE_OF_ACTION[change.action] for change, _ in told]
    heads = head(told)
    widths = [_column([row[place] for row in [heads, *rows]]) for place in range(len(heads))]
    # Up to the last cell, which may go on under itself where the window leaves it half of its columns.
    start = 2 * len(_HEAD) + sum(widths[:-1])
    is_even = all(width(cell) <= most for row in rows for cell, most in zip(row[:-1], widths, strict=False))
    widest = max(start + width(row[-1]) for row in rows)
    if columns is None or (is_even and (widest <= columns or start <= columns // 2)):
        yield from _table([heads, *rows], styles, widths, start if is_even else 8)
    else:
        yield from _stacked(rows, styles)


def _table(rows: list[tuple[str, ...]], styles: list[Style], widths: list[int], start: int) -> Iterator[Line]:
    heads, *below = rows
    yield line(Piece("  " + "  ".join(map(padded, heads, widths)).rstrip(), Style.DIM), indent=4)
    for row, style in zip(below, styles, strict=True):
        cells = [padded(cell, most) for cell, most in zip(row, widths, strict=True)]
        yield line(
            "  ",
            Piece(cells[0], style),
            f"  {cells[1]}  ",
            Piece(cells[2], Style.DIM),
            "  ",
            Piece(cells[3], Style.STRONG),
            f"  {row[4]}",
            indent=start,
        )
    yield BLANK


def _stacked(rows: list[tuple[str, ...]], styles: list[Style]) -> Iterator[Line]:
    for row, style in zip(rows, styles, strict=True):
        yield line("  ", Piece(row[0], style), f" {row[1]}", indent=6)
        for name, cell, tone in zip(_HEAD[2:], row[2:], (Style.DIM, Style.STRONG, Style.PLAIN), strict=True):
            yield line(Piece(f"      {padded(name, 5)}  ", Style.DIM), Piece(cell, tone), indent=13)
        yield BLANK


def _column(cells: list[str]) -> int:
    """As wide as the widest cell, but for those that are so long that everything else would stand far away."""
    return max(each for each in map(width, cells) if each <= _CELL)


def _legend(plan: Plan) -> Line:
    used = [each for each in LEGEND if plan.count(each)]
    parts: list[str | Piece] = []
    for each in used:
        parts += ["  " if not parts else "   ", Piece(SYMBOLS[each], STYLE_OF_ACTION[each]), f" {LEGEND[each]}"]
    return line(*parts, indent=2)


def change_lines(plan: Plan) -> Iterator[Line]:
    """Each change with its reason and its fields, a blank line after each."""
    moving = moved(plan)
    for change in plan.changes:
        yield header(change)
        yield from reasons(change, moving)
        yield from _fields(change)
        yield from consequences(change)
        yield BLANK


def moved(plan: Plan) -> frozenset[Address]:
    """The addresses that will have another object behind them."""
    sorts = Create | NewVersion | Recreate | Restore | Adopt
    return frozenset(each.address for each in plan.changes if isinstance(each, sorts))


def header(change: Change) -> Line:
    """Symbol, address, the vendor's id, and the file and line that ask for it."""
    style = STYLE_OF_ACTION[change.action]
    found = None if isinstance(change, Create) else change.found
    return line(
        "  ",
        Piece(SYMBOLS[change.action], style),
        " ",
        Piece(str(change.address), Style.STRONG),
        f"  {found.shown_id}" if found else "",
        Piece(f"  {change.place}", Style.DIM) if change.place else "",
        indent=8,
    )


def _sentence(text: str, style: Style = Style.PLAIN) -> Line:
    return line("      ", Piece(text, style), indent=8)


def reasons(change: Change, moving: frozenset[Address]) -> Iterator[Line]:
    """Why it differs, where that is not simply that the catalog changed."""
    match change.cause:
        case Cause.CATALOG:
            return
        case Cause.OUTSIDE:
            yield _sentence("changed outside Billform; this puts it back", Style.NOTE)
        case Cause.BOTH:
            yield _sentence("changed in the catalog and outside Billform; the catalog is what counts", Style.NOTE)
        case Cause.UNFINISHED:
            yield _sentence(f"{change.why or 'an earlier run stopped half-way'}; this finishes it", Style.NOTE)
        case Cause.FOLLOWS:
            yield _sentence(f"follows {_followed(change, moving)}", Style.NOTE)
        case Cause.RECORD:
            yield _sentence(change.why or "only the record of what the catalog declares changes", Style.NOTE)
        case Cause.UNKNOWN:
            vendor = VENDORS.get(change.address.vendor, change.address.vendor)
            yield _sentence(f"changed here or at {vendor}, which keeps no record of it for us", Style.NOTE)
        case _:
            assert_never(change.cause)


def _followed(change: Change, moving: frozenset[Address]) -> str:
    if isinstance(change, Archive | Refuse):
        return "what this plan replaces"
    wanted = (each.address for each in refs(change.spec) if each.key is not None)
    found = dict.fromkeys(str(each) for each in wanted if each in moving)
    return ", ".join(found) or "what this plan replaces"


def _fields(change: Change) -> Iterator[Line]:
    paths, column = names(change)
    plain = isinstance(change, Create)
    for path, each in zip(paths, change.changes, strict=True):
        note = Piece(f"  # {each.note}", Style.NOTE) if each.note else ""
        value = _value(each, plain=plain)
        name = f"      {padded(path, column)}  "
        if len(value) == _PAIR and sum(len(part.text) for part in value if isinstance(part, Piece)) > _ONE_LINE:
            yield line(name, value[0], indent=column + 11)
            yield line(" " * (column + 5), *value[1:], note, indent=column + 11)
        else:
            yield line(name, *value, note, indent=column + 8)


def names(change: Change) -> tuple[list[str], int]:
    """The names of the fields that change, and the column that their values start at."""
    paths = [visible(each.path) for each in change.changes]
    return paths, min(_PATH_COLUMNS, max(map(width, paths), default=0))


def _value(field: FieldChange, *, plain: bool) -> tuple[str | Piece, ...]:
    match field.before, field.after:
        case None, None:
            return ("(nothing)",)
        case None, str(after):
            return (short(after),) if plain else (Piece("added ", Style.CREATE), short(after))
        case str(before), None:
            return (Piece("removed ", Style.ARCHIVE), short(before))
        case str(before), str(after):
            old, new = short_pair(before, after)
            return (Piece(old, Style.ARCHIVE), " -> ", Piece(new, Style.CREATE))
    raise AssertionError(field)


def consequences(change: Change) -> Iterator[Line]:
    """What else happens, and the way out where nothing can."""
    told = change.cause in {Cause.UNFINISHED, Cause.RECORD}
    if change.why and not told and not isinstance(change, Refuse):
        yield _sentence(change.why)
    match change:
        case Refuse():
            if change.why:
                yield _sentence(change.why, Style.REFUSE)
            yield _sentence(f"way out: {change.way_out}")
        case NewVersion() | Recreate() | Restore():
            if change.notice:
                yield _sentence(f"holds for {change.notice.who}")
            verb = f"{ends(change)}s"
            old = ", ".join(each.shown_id for each in change.supersedes)
            if old and (isinstance(change, Restore) or len(change.supersedes) > 1):
                yield _sentence(f"{verb} {old}")
        case Archive():
            if change.notice:
                yield _sentence(f"holds for {change.notice.who}")
        case Create() | Update() | Adopt():
            return
        case _:
            assert_never(change)
