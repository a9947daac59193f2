"""A plan as a picture: an SVG of a terminal, complete in itself, for a README or a chat."""

from __future__ import annotations

import html
from collections.abc import Iterable

from billform.render.lines import Line, Piece, Style, width, wrapped

_COLOURS = {
    Style.DIM: "#8b949e",
    Style.NOTE: "#76c7d6",
    Style.CREATE: "#56d364",
    Style.UPDATE: "#e3b341",
    Style.VERSION: "#d2a8ff",
    Style.RESTORE: "#79c0ff",
    Style.ADOPT: "#79c0ff",
    Style.ARCHIVE: "#ff7b72",
    Style.REFUSE: "#ff7b72",
}
_CELL, _ROW, _SIZE = 8.4, 20, 14
"""Pixels: the width of a column, the height of a row, and the size of the letters."""
_MARGIN, _BAR = 18, 36


def plan_svg(lines: Iterable[Line], command: str, *, columns: int = 100) -> str:
    """The command and its output as an SVG document; letters are stretched to their columns in any font."""
    prompt = Line((Piece("$ ", Style.DIM), Piece(command, Style.STRONG)))
    rows = [prompt, Line(), *wrapped(lines, columns)]
    wide = 2 * _MARGIN + columns * _CELL
    high = _BAR + len(rows) * _ROW + _MARGIN
    title = html.escape(command)
    body = "\n".join(_row(each, _BAR + (place + 1) * _ROW - 5) for place, each in enumerate(rows) if each.text.strip())
    lights = "".join(
        f'<circle cx="{_MARGIN + 4 + 18 * place}" cy="18" r="5.5" fill="{colour}"/>'
        for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    size = f'viewBox="0 0 {wide:.0f} {high}" width="{wide:.0f}" height="{high}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="Output of {title}">
<title>{title}</title>
<rect width="100%" height="100%" rx="10" fill="#0d1117"/>
{lights}
<g font-family="{font}" font-size="{_SIZE}" fill="#e6edf3" xml:space="preserve">
{body}
</g>
</svg>
"""


def _row(each: Line, bottom: int) -> str:
    spans: list[str] = []
    column = 0
    for piece in each.pieces:
        text, size = piece.text.strip(" "), width(piece.text)
        if text:
            before = width(piece.text) - width(piece.text.lstrip(" "))
            spans.append(_span(text, piece.style, column + before))
        column += size
    return f'<text y="{bottom}">{"".join(spans)}</text>'


def _span(text: str, style: Style, column: int) -> str:
    colour = f' fill="{_COLOURS[style]}"' if style in _COLOURS else ""
    weight = ' font-weight="bold"' if style in {Style.STRONG, Style.REFUSE} else ""
    place = f'x="{_MARGIN + column * _CELL:.1f}" textLength="{width(text) * _CELL:.1f}"'
    # Runs of spaces inside a piece align columns; XML would fold them into one.
    shown = html.escape(text).replace("  ", "\u00a0\u00a0")
    return f"<tspan {place}{colour}{weight}>{shown}</tspan>"
