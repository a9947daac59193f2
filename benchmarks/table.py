"""What a benchmark answers: rows of words under columns, and what has to be known to read them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """One table; figures are words already, with their units."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    """Sentences: how it was measured, what the bound is made of, what a row leaves out."""

    def text(self) -> str:
        """The table as Markdown, columns aligned, so that it can be pasted as it is printed."""
        lines = [self.columns, *self.rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        head, *rows = (
            "| " + " | ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)) + " |"
            for line in lines
        )
        rule = "| " + " | ".join("-" * width for width in widths) + " |"
        return "\n".join([f"### {self.title}", "", head, rule, *rows, *(f"\n{note}" for note in self.notes), ""])
