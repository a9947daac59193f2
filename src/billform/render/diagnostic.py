"""Diagnostics as people, continuous integration and programs read them; values in, text out."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from billform.core.diagnostic import Diagnostic, Severity, Span
from billform.core.redact import mask, redact

Source: TypeAlias = Callable[[str, int], str | None]
"""Answers a file's line by its number, or None where it cannot be read."""

TAB = "    "
WIDEST = 120
"""Longer source lines are shown in part, around what is underlined."""
MOST = 200
"""More diagnostics than this are counted, not shown."""

_COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_BOLD, _BLUE, _GREEN = "1", "34", "32"


def render(diagnostics: Sequence[Diagnostic], *, source: Source, files: int | None = None, color: bool = False) -> str:
    """Every diagnostic with its line, what to do about it, and one last line that counts them."""
    blocks = [block(each, source=source, color=color) for each in diagnostics[:MOST]]
    if len(diagnostics) > MOST:
        blocks.append(f"and {len(diagnostics) - MOST:,} more that are not shown")
    return "\n\n".join([*blocks, summary(diagnostics, files)])


def block(diagnostic: Diagnostic, *, source: Source, color: bool = False) -> str:
    """One diagnostic: what is wrong, where, and what to do about it."""
    paint = _paint if color else _plain
    tone = _COLORS[diagnostic.severity]
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", f"{_BOLD};{tone}")
    lines = [f"{head}{paint(': ' + _clean(diagnostic.summary), _BOLD)}"]
    if diagnostic.span is not None:
        lines += _excerpt(diagnostic.span, source, tone, paint)
    elif diagnostic.subject is not None and diagnostic.subject not in diagnostic.summary:
        lines.append(f"  {paint('-->', _BLUE)} {_clean(diagnostic.subject)}")
    lines += [f"  {_clean(each)}" for each in diagnostic.detail]
    if diagnostic.hint is not None:
        first, *rest = _clean(diagnostic.hint, keep="\n").split("\n")
        lines += [f"{paint('hint', _GREEN)}: {first}", *(f"      {each}" for each in rest)]
    return "\n".join(lines)


def summary(diagnostics: Iterable[Diagnostic], files: int | None = None) -> str:
    """`3 errors, 1 warning in 2 of 11 files`; always the last line."""
    everything = list(diagnostics)
    counts = [(severity, sum(each.severity is severity for each in everything)) for severity in Severity]
    said = ", ".join(f"{count:,} {severity}{'' if count == 1 else 's'}" for severity, count in counts if count)
    concerned = len({each.span.file for each in everything if each.span is not None})
    if files is None or not concerned:
        return said
    # A file that could not be listed or opened is concerned, but was not counted by whoever read the others.
    return f"{said} in {concerned} of {max(files, concerned)} file{'' if max(files, concerned) == 1 else 's'}"


def github(diagnostics: Iterable[Diagnostic]) -> str:
    """One GitHub workflow command per diagnostic: shown beside the line in a pull request.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message
    """
    return "\n".join(_annotation(each) for each in diagnostics)


def facts(diagnostic: Diagnostic) -> dict[str, object]:
    """One diagnostic for programs, places flattened; nothing in it is a secret."""
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "summary": _clean(diagnostic.summary, keep="\n"),
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "subject": diagnostic.subject,
        "detail": [_clean(each, keep="\n") for each in diagnostic.detail],
        "hint": _clean(diagnostic.hint, keep="\n") if diagnostic.hint is not None else None,
    }


def _annotation(diagnostic: Diagnostic) -> str:
    severity = "notice" if diagnostic.severity is Severity.NOTE else str(diagnostic.severity)
    properties: list[tuple[str, object]] = []
    if (span := diagnostic.span) is not None:
        properties += [("file", span.file), ("line", span.line), ("col", span.column), ("endLine", span.end_line)]
        if span.end_line == span.line:
            properties.append(("endColumn", max(span.end_column - 1, span.column)))
    properties.append(("title", diagnostic.code))
    parts = [diagnostic.summary, *diagnostic.detail, *([f"hint: {diagnostic.hint}"] if diagnostic.hint else [])]
    message = _clean("\n".join(parts), keep="\n").replace("%", "%25").replace("\n", "%0A")
    named = ",".join(f"{name}={_property(_clean(str(value)))}" for name, value in properties)
    return f"::{severity} {named}::{message}"


def _property(value: str) -> str:
    for character, escape in (("%", "%25"), (":", "%3A"), (",", "%2C")):
        value = value.replace(character, escape)
    return value


def _excerpt(span: Span, source: Source, tone: str, paint: Callable[[str, str], str]) -> Iterator[str]:
    number = str(span.line)
    gutter = " " * len(number)
    yield f"{gutter}{paint('-->', _BLUE)} {_clean(str(span))}"
    is_whole_file = (span.end_line, span.end_column) == (span.line, span.column)
    line = None if is_whole_file else source(span.file, span.line)
    if line is None or not line.strip():
        return
    before, marked, after = _cells(_masked(line, source(span.file, span.line - 1) or ""), span)
    bar = paint("|", _BLUE)
    shown, offset = _window(before, marked, after)
    yield f"{gutter} {bar}"
    yield f"{paint(number, _BLUE)} {bar} {shown}".rstrip()
    yield f"{gutter} {bar} {' ' * offset}{paint('^' * max(1, min(_width(marked), WIDEST)), f'{_BOLD};{tone}')}"


def _cells(masked: str, span: Span) -> tuple[list[str], list[str], list[str]]:
    """What stands before, in and after the span, each character as it is shown: no tabs, no controls."""
    start = min(span.column - 1, len(masked))
    end = max(start, span.end_column - 1 if span.end_line == span.line else len(masked.rstrip()))
    # What is further away is not shown in any case, and a line may have millions of characters.
    parts = (
        masked[max(0, start - WIDEST) : start],
        masked[start : min(end, start + WIDEST + 1)],
        masked[end : end + WIDEST],
    )
    before, marked, after = ([_cell(character) for character in part] for part in parts)
    return before, marked, after


@lru_cache(maxsize=2)
def _masked(line: str, above: str) -> str:
    """Diagnostics come in the order of their places, so that many may point at one long line in a row."""
    return mask(line, above=above)


def _window(before: list[str], marked: list[str], after: list[str]) -> tuple[str, int]:
    """The part of a long line that holds what is underlined, and how far in that begins."""
    if _width(before) + _width(marked) + _width(after) <= WIDEST:
        return "".join([*before, *marked, *after]), _width(before)
    head, cut = before[-WIDEST // 3 :], len(before) > WIDEST // 3
    rest = [*marked, *after]
    tail = rest[: WIDEST - len(head)]
    lead = "…" if cut else ""
    return lead + "".join([*head, *tail]) + ("…" if len(tail) < len(rest) else ""), len(lead) + _width(head)


def _cell(character: str) -> str:
    if character in _SPACES:
        return _SPACES[character]
    steers = character in _REORDERING or unicodedata.category(character) in _UNPRINTABLE
    return "�" if steers else character


_SPACES = {"\t": TAB, "\n": " "}
# Controls, surrogates, and separators that end a line; and what makes a terminal write from right to left.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _width(cells: Iterable[str]) -> int:
    """Columns on a terminal: East Asian wide characters take two, combining and joining ones none."""
    return sum(
        0
        if unicodedata.category(each) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(each) in "WF"
        else 1
        for cell in cells
        for each in cell
    )


def _clean(text: str, keep: str = "") -> str:
    """Text that cannot steer a terminal and holds no secret."""
    return "".join(each if each in keep else _cell(each) for each in redact(text))


def _paint(text: str, codes: str) -> str:
    return f"\x1b[{codes}m{text}\x1b[0m"


def _plain(text: str, codes: str) -> str:
    return text
