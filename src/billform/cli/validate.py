"""`billform validate`: everything that is wrong with the files, at once and offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from billform.cli import console
from billform.cli.exits import Exit
from billform.cli.options import directories
from billform.core.diagnostic import BillformError, Diagnostic, errors

if TYPE_CHECKING:
    from billform.catalog.load import Examined


@click.command("validate")
@click.argument("environment", required=False)
@directories
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to say it.")
def command(environment: str | None, catalog: Path, environments: Path, form: str) -> int:
    """Check every file, offline, and say all that is wrong.

    With ENVIRONMENT, the catalog is checked as it is there, with the environment's own words laid over it;
    without, the catalog is checked as it stands, and every environment is checked over it.
    """
    from billform.catalog.environment import load_environment, names
    from billform.catalog.load import examine

    wanted = [environment] if environment is not None else names(environments)
    found: list[Diagnostic] = []
    examined: Examined | None = None if environment is not None else examine(catalog)
    if examined is not None:
        found += examined.diagnostics
    for name in wanted:
        try:
            where = load_environment(name, environments)
        except BillformError as error:
            found += error.diagnostics
            continue
        if examined is None or where.overlay is not None:
            over = examine(catalog, where)
            examined = examined or over
            found += over.diagnostics
    if environment is not None and examined is None:
        examined = examine(catalog)
        found += examined.diagnostics
    assert examined is not None
    diagnostics = tuple(dict.fromkeys(found))
    files = len(examined.files) + len(wanted)
    if form == "json":
        _write_json(diagnostics, files)
    else:
        console.report(diagnostics, files=files)
        if not errors(diagnostics):
            console.out(_fine(examined, files, environment))
    return Exit.REFUSED if errors(diagnostics) else Exit.OK


def _write_json(diagnostics: tuple[Diagnostic, ...], files: int) -> None:
    import json

    from billform.render.diagnostic import facts

    said = {
        "ok": not errors(diagnostics),
        "files": files,
        "diagnostics": [facts(each) for each in diagnostics],
    }
    console.out(json.dumps(said, indent=2, ensure_ascii=False))


def _fine(examined: Examined, files: int, environment: str | None) -> str:
    catalog = examined.catalog
    assert catalog is not None
    held = [
        f"{count} {noun}{'' if count == 1 else 's'}"
        for count, noun in (
            (len(catalog.plans), "plan"),
            (len(catalog.addons), "add-on"),
            (len(list(catalog.sold_prices())), "price"),
            (len(catalog.coupons), "coupon"),
        )
        if count
    ]
    where = f" for {environment}" if environment else ""
    whole = f"Catalog {catalog.name} is valid{where}: {files} file{'' if files == 1 else 's'}"
    return ", ".join([whole, *held]) + "."
