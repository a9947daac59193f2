"""`billform explain`: what a diagnostic's code means, and how to mend what it is about."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from textwrap import fill, indent

import click

from billform.cli import console
from billform.cli.exits import Exit
from billform.core.codes import Explanation
from billform.core.diagnostic import BillformError, Diagnostic, nearest

TABLES = (
    "billform.catalog.file_codes",
    "billform.catalog.rules",
    "billform.catalog.environment_codes",
    "billform.core.plan_codes",
    "billform.engine.codes",
    "billform.providers.codes",
    "billform.cli.codes",
    "billform.cli.start_codes",
)
"""Every layer's table of codes."""

WIDTH = 100


def codes() -> dict[str, Explanation]:
    """Every code of every layer, in order."""
    found: dict[str, Explanation] = {}
    for name in TABLES:
        if find_spec(name) is not None:
            table: dict[str, Explanation] = import_module(name).CODES
            found.update(table)
    return dict(sorted(found.items()))


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
        near = nearest(wanted, known)
        hint = (f"did you mean {near}? " if near else "") + "`billform explain` lists them all"
        raise BillformError(Diagnostic("X004", f"there is no code {code}", hint=hint))
    console.out(page(wanted, known[wanted]))
    return Exit.OK


def page(code: str, about: Explanation) -> str:
    """One code's page as text."""
    parts = [f"{code}: {about.title}", fill(about.meaning, WIDTH), fill(f"To mend it: {about.mend}", WIDTH)]
    if about.example:
        parts.append(indent(about.example.rstrip(), "    "))
    return "\n\n".join(parts)
