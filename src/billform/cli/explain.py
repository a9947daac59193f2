"""`billform explain`: what a diagnostic's code means, and how to mend what it is about."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from textwrap import fill, indent

import click

import billform
from billform.cli import console
from billform.cli.exits import Exit
from billform.core.codes import Explanation
from billform.core.diagnostic import BillformError, Diagnostic, nearest

WIDTH = 100


def codes() -> dict[str, Explanation]:
    """Every code of every layer, in order; a layer's table is found by its module's name, `…codes.py`."""
    found: dict[str, Explanation] = {}
    for name in tables():
        table: dict[str, Explanation] = getattr(import_module(name), "CODES", {})
        found.update(table)
    return dict(sorted(found.items()))


def tables() -> list[str]:
    """The modules that hold tables of codes."""
    root = Path(billform.__file__).parent
    paths = (path.relative_to(root.parent).with_suffix("") for path in root.rglob("*codes.py"))
    return sorted(".".join(path.parts) for path in paths)


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> int:
    """Say what CODE means and how to mend it; without a code, list them all."""
    known = codes()
    if code is None:
        console.out("\n".join(f"{each}  {page.title}" for each, page in known.items()))
        return Exit.OK
    wanted = code.strip("[]").upper()
    if wanted not in known:
        near = _filled(wanted, known) or nearest(wanted, known)
        hint = (f"did you mean {near}? " if near else "") + "`billform explain` lists them all"
        raise BillformError(Diagnostic("X004", f"there is no code {code}", hint=hint))
    console.out(page(wanted, known[wanted]))
    return Exit.OK


def _filled(wanted: str, known: Collection[str]) -> str | None:
    """`C13` -> `C013`: most often it is a zero that is missing."""
    letter, number = wanted[:1], wanted[1:]
    code = f"{letter}{number.lstrip('0').zfill(3)}"
    return code if number.isdigit() and code in known else None


def page(code: str, about: Explanation) -> str:
    """One code's page as text."""
    parts = [f"{code}: {about.title}", fill(about.meaning, WIDTH), fill(f"To mend it: {about.mend}", WIDTH)]
    if about.example:
        parts.append(indent(about.example.rstrip(), "    "))
    return "\n\n".join(parts)
