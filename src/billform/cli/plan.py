"""`billform plan`: what would change, why, and what customers will notice; nothing is written at a vendor."""

from __future__ import annotations

from pathlib import Path

import click

from billform.cli import console
from billform.cli.exits import Exit
from billform.cli.planning import no_color, selection, show, tell, waited
from billform.cli.session import Session, Wishes, guarded, is_blocked, opened, planned
from billform.core.diagnostic import Diagnostic
from billform.core.plan import Plan


@click.command("plan")
@click.argument("environment")
@selection
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the plan for `apply FILE`; `-` is refused."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", help="How to show it."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 3 when changes are pending.")
@no_color
def command(
    *,
    environment: str,
    catalog: Path,
    environments: Path,
    only: tuple[str, ...],
    adopt: tuple[str, ...],
    allow: dict[str, str],
    out: Path | None,
    form: str,
    detailed_exitcode: bool,
    no_color: bool,
) -> int:
    """Show what would change at Stripe and BigCommerce in ENVIRONMENT, and why."""
    wishes = Wishes(catalog, environments, only=only, adopt=adopt, allow=allow)
    return waited(_plan(environment, wishes, out=out, form=form, detailed=detailed_exitcode, no_color=no_color))


async def _plan(name: str, wishes: Wishes, *, out: Path | None, form: str, detailed: bool, no_color: bool) -> int:
    from billform.cli import plan_file

    if out is not None:
        plan_file.demand_place(out)
    async with opened(name, wishes) as session:
        plan = await planned(session)
        guards = guarded(session, plan)
        if form == "text":
            show(session, plan, no_color=no_color)
        else:
            console.out(_written(session, form, plan, guards).rstrip("\n"))
        tell(plan, guards)
        blocked = is_blocked(plan, guards)
        if out is not None:
            plan_file.write(plan, out)
            use = "nothing of it is applied as it is" if blocked else f"`billform apply {out}` applies exactly this"
            console.err(f"Plan {plan.digest} is in {out}; {use}.")
    if blocked:
        return Exit.REFUSED
    return Exit.CHANGES if detailed and plan.changes else Exit.OK


def _written(session: Session, form: str, plan: Plan, guards: tuple[Diagnostic, ...]) -> str:
    if form == "json":
        from billform.cli import plan_file

        # Whoever applies it is asked anew: what `--allow` names then is no part of the plan.
        return plan_file.text(plan.model_copy(update={"findings": (*plan.findings, *guards)}))
    from billform.render.effort import effort
    from billform.render.markdown import plan_markdown

    return plan_markdown(plan, effort(plan, session.kinds), guards)
