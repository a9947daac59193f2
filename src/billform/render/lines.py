"""Styled lines: what every renderer of a plan has in common, before colour, wrapping and escaping."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What a piece of a line is, never how it looks: each renderer has its own table."""

    PLAIN = "plain"
    STRONG = "strong"
    DIM = "dim"
    NOTE = "note"
    CREATE = "create"
    UPDATE = "update"
    VERSION = "version"
    RESTORE = "restore"
    ADOPT = "adopt"
    ARCHIVE = "archive"
    REFUSE = "refuse"


STYLE_OF_ACTION = {
    "create": Style.CREATE,
    "update": Style.UPDATE,
    "new_version": Style.VERSION,
    "recreate": Style.VERSION,
    "restore": Style.RESTORE,
    "adopt": Style.ADOPT,
    "archive": Style.ARCHIVE,
    "refuse": Style.REFUSE,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in one style; never holds a control character."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output; when it is too long for the screen it goes on under `indent`."""

    pieces: tuple[Piece, ...] = ()
    indent: int = 0

    @property
    def text(self) -> str:
        """The line without its styles."""
        return "".join(each.text for each in self.pieces)


BLANK = Line()


def line(*parts: str | Piece, indent: int = 0) -> Line:
    """A line of parts; everything that is not text to look at is written as an escape."""
    pieces = (Piece(each) if isinstance(each, str) else each for each in parts)
    return Line(tuple(Piece(visible(each.text), each.style) for each in pieces if each.text), indent)


_JOINERS = frozenset("\u200c\u200d")  # parts of written words and of emoji, and harmless


def visible(text: str) -> str:
    """The text with control characters and direction marks as escapes: a name from a vendor cannot steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(each) for each in text)


def _visible(character: str) -> str:
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and character not in _JOINERS:
        return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"
    return character


def width(text: str) -> int:
    """How many columns a terminal gives to the text: two for each wide character."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # only for text that is not plain

    return cell_len(text)


def padded(text: str, columns: int) -> str:
    """The text filled up with spaces to so many columns."""
    return text + " " * (columns - width(text))


def wrapped(lines: Iterable[Line], columns: int) -> Iterator[Line]:
    """The same lines, none wider than `columns`, broken at spaces where there are any."""
    for each in lines:
        if width(each.text) <= columns:
            yield each
        else:
            yield from _broken(each, columns)


def _broken(long: Line, columns: int) -> Iterator[Line]:
    indent = long.indent if long.indent <= columns // 2 else 4
    pieces: list[Piece] = []
    used = 0
    for piece in long.pieces:
        for word in _words(piece.text):
            rest = word
            if used + width(rest.rstrip()) > columns and used > indent:
                yield Line(_trimmed(pieces), long.indent)
                pieces, used = [Piece(" " * indent)], indent
                rest = rest.lstrip()
            while width(rest.rstrip()) > columns - used:
                head, rest = _split(rest, columns - used)
                yield Line((*pieces, Piece(head, piece.style)), long.indent)
                pieces, used = [Piece(" " * indent)], indent
            if rest:
                _append(pieces, rest, piece.style)
                used += width(rest)
    if any(each.text.strip() for each in pieces):
        yield Line(_trimmed(pieces), long.indent)


def _append(pieces: list[Piece], text: str, style: Style) -> None:
    if pieces and pieces[-1].style is style:
        pieces[-1] = Piece(pieces[-1].text + text, style)
    else:
        pieces.append(Piece(text, style))


def _words(text: str) -> Iterator[str]:
    """The words of a text, each with the spaces that follow it."""
    start = 0
    for place in range(1, len(text)):
        if text[place] != " " and text[place - 1] == " ":
            yield text[start:place]
            start = place
    yield text[start:]


def _split(text: str, columns: int) -> tuple[str, str]:
    """As much of the text as fits, at least one character, and the rest."""
    used = 0
    for place, character in enumerate(text):
        used += width(character)
        if used > columns and place > 0:
            return text[:place], text[place:]
    return text, ""


def _trimmed(pieces: list[Piece]) -> tuple[Piece, ...]:
    if not pieces:
        return ()
    last = pieces[-1]
    return (*pieces[:-1], Piece(last.text.rstrip(), last.style))
