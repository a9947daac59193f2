"""A problem is a value: what is wrong, where it stands, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic weighs: an error stops the command, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: 1-based lines and columns, the end column exclusive."""

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 2

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about the catalog, a vendor or a plan; `code` names its page in `billform explain`."""

    code: str
    summary: str
    span: Span | None = None
    hint: str | None = None
    detail: tuple[str, ...] = ()
    subject: str | None = None
    """The address or the environment concerned, where no file is to blame."""
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether this diagnostic stops the command."""
        return self.severity is Severity.ERROR


class BillformError(Exception):
    """Raised once, with every diagnostic that was collected."""

    def __init__(self, diagnostics: Iterable[Diagnostic] | Diagnostic) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = (
            (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        )
        super().__init__("; ".join(f"{each.code}: {each.summary}" for each in self.diagnostics))


def errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Only those that stop the command."""
    return tuple(each for each in diagnostics if each.is_error)


LONGEST_WORD = 100
"""Whoever wrote a longer word meant no word; and to compare long ones takes long."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be, or None when none is close."""
    import difflib  # only needed once something is wrong; keeps the start quick

    if len(word) > LONGEST_WORD:
        return None
    choices = sorted(known)
    folded = {each.lower(): each for each in reversed(choices)}
    found = difflib.get_close_matches(word.lower(), list(folded), n=1)
    return folded[found[0]] if found else None
