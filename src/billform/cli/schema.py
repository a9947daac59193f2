"""`billform schema`: writes the JSON Schemas, or checks that those that stand there are fresh."""

from __future__ import annotations

from pathlib import Path

import click

from billform.cli import console
from billform.cli.exits import Exit
from billform.core.diagnostic import BillformError, Diagnostic


@click.command("schema")
@click.option("--check", is_flag=True, help="Write nothing; fail when a file is not as it would be written.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("schemas"),
    show_default=True,
    metavar="DIR",
    help="Directory of the schemas.",
)
def command(check: bool, output: Path) -> int:
    """Write the JSON Schemas that editors complete from: catalog, environment and plan."""
    texts = schemas()
    if not check:
        output.mkdir(parents=True, exist_ok=True)
    stale: list[Diagnostic] = []
    for name, text in texts.items():
        path = output / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            state = "is not as the models have it" if path.exists() else "is missing"
            hint = "run `billform schema` and commit what it writes"
            stale.append(Diagnostic("X005", f"{path.as_posix()} {state}", hint=hint))
        else:
            path.write_text(text, encoding="utf-8")
            console.err(f"Wrote {path.as_posix()}")
    if stale:
        raise BillformError(stale)
    if check:
        console.err(f"{len(texts)} schemas are fresh")
    return Exit.OK


def schemas() -> dict[str, str]:
    """File name -> what stands in it."""
    import json

    from billform.catalog.schema import catalog_schema, environment_schema
    from billform.render.json import plan_schema

    made = {
        "catalog.json": catalog_schema(),
        "environment.json": environment_schema(),
        "plan.json": plan_schema(),
    }
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in made.items()}
