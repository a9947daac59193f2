"""`billform validate`: everything that is wrong with the files, at once and offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

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
@click.pass_context
def command(context: click.Context, environment: str | None, catalog: Path, environments: Path, form: str) -> int:
    """Check every file, offline, and say all that is wrong.

    The catalog is checked as it is in ENVIRONMENT, or in every environment there is, with what each lays over it.
    """
    from billform.catalog.environment import load_environment, names
    from billform.catalog.load import examine_files, gather, in_order
    from billform.cli import named

    there = names(environments)
    wanted = [environment] if environment is not None else there
    named.hide((environments, catalog))
    gathered = gather(catalog)
    is_default = context.get_parameter_source("environments") is ParameterSource.DEFAULT
    found = [] if wanted else _nowhere(environments, is_default=is_default)
    seen: list[Examined] = []
    for name in wanted:
        try:
            where = load_environment(name, environments)
        except BillformError as error:
            found += error.diagnostics
        else:
            seen.append(examine_files(gathered, where))
    seen = seen or [examine_files(gathered)]
    diagnostics = in_order([*found, *(each for one in seen for each in one.diagnostics)])
    files = len(seen[0].files) + sum(name in there for name in wanted)
    if form == "json":
        _write_json(diagnostics, files, wanted)
    else:
        console.report(diagnostics, files=files)
        if not errors(diagnostics):
            console.out(_fine(seen[0], files, environment))
            if not wanted:
                console.err(f"No environment was checked: there is none in {environments}.")
    return Exit.REFUSED if errors(diagnostics) else Exit.OK


def _nowhere(environments: Path, *, is_default: bool) -> list[Diagnostic]:
    """What is wrong with a directory that holds no environment: nothing, but where it was named and is none."""
    if environments.is_dir() or (is_default and not environments.exists()):
        return []
    hint = "name the directory of the environments with `--environments DIR`, or leave it out"
    return [Diagnostic("E002", f"there is no directory {environments}", hint=hint)]


def _write_json(diagnostics: tuple[Diagnostic, ...], files: int, environments: list[str]) -> None:
    import json

    from billform.render.diagnostic import facts

    said = {
        "ok": not errors(diagnostics),
        "files": files,
        "environments": environments,
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
