"""`billform drift`: what was changed at the vendors outside Billform; nothing is written."""

from __future__ import annotations

from pathlib import Path

import click

from billform.cli import console
from billform.cli.exits import Exit
from billform.cli.planning import columns, no_color, selection, waited
from billform.cli.session import Wishes, opened, planned
from billform.core.diagnostic import Severity
from billform.core.plan import Cause, Create, Plan, Refuse
from billform.render.summary import counted, left_in_place

OUTSIDE = frozenset({Cause.OUTSIDE, Cause.BOTH, Cause.UNKNOWN})
"""Kinds without a record cannot tell; a monitor that stays silent would be worse than one that asks."""


@click.command("drift")
@click.argument("environment")
@selection
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to show it.")
@no_color
def command(
    *,
    environment: str,
    catalog: Path,
    environments: Path,
    only: tuple[str, ...],
    adopt: tuple[str, ...],
    allow: dict[str, str],
    form: str,
    no_color: bool,
) -> int:
    """Show what was changed outside Billform in ENVIRONMENT; exit with 3 when anything was."""
    wishes = Wishes(catalog, environments, only=only, adopt=adopt, allow=allow)
    return waited(_drift(environment, wishes, form=form, no_color=no_color))


async def _drift(name: str, wishes: Wishes, *, form: str, no_color: bool) -> int:
    async with opened(name, wishes) as session:
        plan = await planned(session)
    drifted = plan.model_copy(update={"changes": tuple(each for each in plan.changes if each.cause in OUTSIDE)})
    unsure = sum(isinstance(each, Create | Refuse) for each in plan.changes if each.cause not in OUTSIDE)
    if form == "json":
        from billform.cli import plan_file

        console.out(plan_file.text(drifted).rstrip("\n"))
    else:
        _show(drifted, unsure=unsure, no_color=no_color)
    # What stands in the way of a plan is not drift; what is in force unknown to the catalog is.
    findings, left = left_in_place(plan.findings)
    console.report(each for each in findings if each.severity is Severity.NOTE)
    if left is not None:
        console.err(f"{left}.")
    if others := len(plan.changes) - len(drifted.changes):
        why = "would come from the catalog" + (", or from deletions that left no trace" if unsure else "")
        console.err(f"{counted(others, 'other change')} {why}: `billform plan {name}`.")
    return Exit.CHANGES if drifted.changes else Exit.OK


def _show(plan: Plan, *, unsure: int, no_color: bool) -> None:
    """What drifted; `unsure` is how many changes may come from the catalog, or from somebody who left no trace."""
    from billform.render.explain import change_lines
    from billform.render.terminal import text

    if plan.changes:
        shown = text(change_lines(plan), colour=console.out_colored() and not no_color, columns=columns())
        console.out(shown + f"Drift: {counted(len(plan.changes), 'object')} changed outside Billform.")
    elif unsure:
        console.out(f"No drift to be seen, but {counted(unsure, 'change')} may come from outside or from the catalog.")
    else:
        console.out("No drift. Nothing was changed outside Billform.")
