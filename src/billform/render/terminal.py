"""A plan as text for a terminal or a pipe: colour only when asked, wrapped to the columns there are."""

from __future__ import annotations

from collections.abc import Iterable

from billform.core.plan import Plan
from billform.render.effort import Effort
from billform.render.explain import plan_lines
from billform.render.lines import Line, Piece, Style, wrapped

_SGR = {
    Style.STRONG: "1",
    Style.DIM: "2",
    Style.NOTE: "36",
    Style.CREATE: "32",
    Style.UPDATE: "33",
    Style.VERSION: "35",
    Style.RESTORE: "34",
    Style.ADOPT: "34",
    Style.ARCHIVE: "31",
    Style.REFUSE: "1;31",
}
"""ECMA-48 Select Graphic Rendition parameters; only the eight colours that every theme has."""
MARGIN = 40
"""Narrower than this nothing lines up, and wrapping stops."""


def plan_text(plan: Plan, effort: Effort | None = None, *, colour: bool = False, columns: int | None = None) -> str:
    """The plan as people read it; ends with a newline; `columns` None leaves long lines whole."""
    return text(plan_lines(plan, effort, columns), colour=colour, columns=columns)


def text(lines: Iterable[Line], *, colour: bool, columns: int | None = None) -> str:
    """Lines as text, each with its newline."""
    if columns is not None and columns >= MARGIN:
        lines = wrapped(lines, columns)
    return "".join(f"{_written(each, colour=colour)}\n" for each in lines)


def _written(each: Line, *, colour: bool) -> str:
    return "".join(map(_coloured, each.pieces)) if colour else each.text.rstrip()


def _coloured(piece: Piece) -> str:
    code = _SGR.get(piece.style)
    return f"\x1b[{code}m{piece.text}\x1b[0m" if code and piece.text.strip() else piece.text
