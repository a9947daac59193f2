"""What the YAML parser complained about, in the words of someone who wants to help."""

from __future__ import annotations

import yaml

from billform.core.diagnostic import Diagnostic, Span

_QUOTE = "put the whole text into quotes if it is meant as text"


def explained(error: yaml.MarkedYAMLError, text: str, file: str) -> Diagnostic:
    """The one problem that ended the reading of a file; the same for libyaml and for PyYAML's own parser."""
    mark = error.problem_mark or error.context_mark
    lines = text.split("\n")
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if line >= len(lines) or (line == len(lines) - 1 and not lines[line] and line > 0):
        line, column = len(lines) - 2 if len(lines) > 1 else 0, 10**6  # the end of the file is not a line to show
    written = lines[line]
    column = min(column, len(written))
    here = Span(file, line + 1, column + 1, line + 1, column + 2)
    found = written[column : column + 1]
    problem, context = error.problem or "", error.context or ""

    if "\t" in written[: column + 1] and not written[: column + 1].strip(" \t-?:"):
        tab = written.index("\t") + 1
        return Diagnostic(
            "C006",
            "a tab is used to indent",
            Span(file, line + 1, tab, line + 1, tab + 1),
            "YAML indents with spaces; set your editor to write two spaces for a tab",
        )
    opened = error.context_mark
    if opened and "quoted scalar" in context and "end of stream" in problem:
        place = Span(file, opened.line + 1, opened.column + 1, opened.line + 1, opened.column + 2)
        return _syntax("the text that opens with this quote is never closed", place, "add the closing quote")
    if "mapping values are not allowed" in problem:
        hint = f"{_QUOTE}; otherwise check the indentation"
        return _syntax("a colon ends a key, but no key can stand here", here, hint)
    if "cannot start any token" in problem:
        return _syntax(f"a value cannot begin with `{found}`", here, _QUOTE)
    if "unknown escape" in problem:
        return _syntax("`\\` begins an escape that does not exist", here, "write it twice, or use single quotes")
    if opened and "flow" in context:
        wanted = "`,` or `]`" if "sequence" in context else "`,` or `}`"
        return _syntax(f"{wanted} is missing before this", here, f"close what opens in line {opened.line + 1}")
    if "block mapping" in context or "block collection" in context or "simple key" in context:
        hint = f"keys of one mapping begin in the same column and end in a colon; {_QUOTE}"
        return _syntax("this does not line up with the lines before it", here, hint)
    return _syntax(f"this is not YAML: {problem}", here, None)


def _syntax(summary: str, place: Span, hint: str | None) -> Diagnostic:
    return Diagnostic("C005", summary, place, hint)
