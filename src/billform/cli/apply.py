"""`billform apply`: plan, show, confirm, do; or do exactly what a plan file says."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from billform.cli import console, debug, plan_file, secrets
from billform.cli.confirm import Declined, confirm
from billform.cli.exits import Exit
from billform.cli.planning import columns, no_color, selection, show, tell, waited
from billform.cli.session import Session, Wishes, guarded, is_blocked, opened, planned
from billform.cli.stopping import StoppedAtOnce, until_stopped
from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.plan import Plan
from billform.render.summary import plan_summary

if TYPE_CHECKING:
    from billform.engine.basis import StaleError
    from billform.engine.lease import Lease
    from billform.engine.outcome import Outcome


@click.command("apply")
@click.argument("environment_or_plan", metavar="ENVIRONMENT|PLANFILE")
@selection
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--confirm", "typed", metavar="NAME", help="The environment's name, where it wants to have it typed.")
@no_color
def command(
    *,
    environment_or_plan: str,
    catalog: Path,
    environments: Path,
    only: tuple[str, ...],
    adopt: tuple[str, ...],
    allow: dict[str, str],
    yes: bool,
    typed: str | None,
    no_color: bool,
) -> int:
    """Make Stripe and BigCommerce match the catalog, or do what a plan file says.

    With an environment's name it plans, shows, asks and does. With a file that `billform plan --out` wrote it does
    exactly that, or stops where something that the plan rests on has moved.
    """
    wishes = Wishes(catalog, environments, only=only, adopt=adopt, allow=allow)
    if (slip := plan_file.misread(environment_or_plan, environments, "apply")) is not None:
        raise BillformError(slip)
    if not plan_file.is_plan_file(environment_or_plan, environments):
        return _agreed(_apply(environment_or_plan, wishes, yes=yes, typed=typed, no_color=no_color))
    if only or adopt:
        raise click.UsageError("a plan file is applied as it is; --only and --adopt go with `billform plan`")
    return _agreed(_apply_file(Path(environment_or_plan), wishes, yes=yes, typed=typed, no_color=no_color))


def _agreed(work: Coroutine[Any, Any, int]) -> int:
    """The work's exit code; a no from whoever was asked is not listed as an error."""
    try:
        return waited(work)
    except Declined:
        console.err("Not confirmed. Nothing was written.")
        return Exit.REFUSED


async def _apply(name: str, wishes: Wishes, *, yes: bool, typed: str | None, no_color: bool) -> int:
    from billform.engine.basis import check_basis
    from billform.engine.lock import locked

    async with opened(name, wishes) as session:
        # From here on, so that what is planned is not being changed by another apply.
        with locked(session.environment.name) as lock:
            lease = _lease(session, lock)
            await lease.look()
            plan = await planned(session)
            guards = guarded(session, plan)
            show(session, plan, no_color=no_color)
            tell(plan, guards)
            if is_blocked(plan, guards):
                return Exit.REFUSED
            if not plan.changes:
                await lease.tidy()
                return Exit.OK
            if confirm(session.environment, yes=yes, typed=typed):
                await lease.look()
                await check_basis(plan, session.kinds, session.connections)
            return await _do(session, plan, lease)


async def _apply_file(path: Path, wishes: Wishes, *, yes: bool, typed: str | None, no_color: bool) -> int:
    from billform.engine.basis import StaleError, check_basis
    from billform.engine.lock import locked
    from billform.providers.registry import specs
    from billform.render.explain import notice_lines
    from billform.render.terminal import text

    plan = plan_file.read(path, specs())
    made = f", made {_ago(plan.made_at)}" if plan.made_at else ""
    console.err(f"Plan {plan.digest} for {plan.environment}{made}{f' from {plan.revision}' if plan.revision else ''}.")
    async with opened(plan.environment, wishes) as session:
        _check_same(session, plan)
        plan = plan_file.completed(plan, session.desired.resources)
        guards = guarded(session, plan)
        wide = columns()
        noticed = text(notice_lines(plan, wide), colour=console.out_colored() and not no_color, columns=wide)
        console.out(noticed + plan_summary(plan))
        tell(plan, guards)
        if is_blocked(plan, guards):
            return Exit.REFUSED
        if not plan.changes:
            return Exit.OK
        confirm(session.environment, yes=yes, typed=typed)
        with locked(session.environment.name) as lock:
            lease = _lease(session, lock)
            await lease.look()
            try:
                await check_basis(plan, session.kinds, session.connections)
            except StaleError as error:
                raise _stale(session, plan, error) from None
            return await _do(session, plan, lease)


def _stale(session: Session, plan: Plan, error: StaleError) -> BillformError:
    """Why a plan file no longer holds: most often it has been applied, and then that is all there is to say."""
    from billform.engine.basis import is_applied

    if is_applied(plan, error.snapshot, session.desired, session.kinds, session.digest):
        what = "this plan has been applied: what it was to change is as it wants it"
        hint = f"there is nothing to do; `billform plan {plan.environment}` shows what else there is"
        return BillformError(Diagnostic("P016", what, subject=plan.environment, hint=hint))
    console.err("What this plan rests on has changed since it was made. Nothing is applied.\n")
    return error


def _check_same(session: Session, plan: Plan) -> None:
    """Raises BillformError where the files or the accounts are not those that the plan was made from."""
    environment, hint = session.environment, f"make the plan again: `billform plan {plan.environment}`"
    wrong: list[Diagnostic] = []
    if plan.mode != environment.mode:
        what = f"the plan was made for mode {plan.mode}, and {environment.name} is {environment.mode} now"
        wrong.append(Diagnostic("P014", what, environment.value_span("mode"), hint))
    for place in sorted({*plan.accounts, *session.connections.accounts}):
        planned_for, found = plan.accounts.get(place), session.connections.accounts.get(place)
        if planned_for != found:
            what = (
                f"the plan was made for {place} {planned_for or '(none)'}, and {environment.name} has {found or 'none'}"
            )
            wrong.append(Diagnostic("P014", what, subject=environment.name, hint=hint))
    if plan.catalog_digest != session.digest or plan.catalog != session.catalog.name:
        made_at = f" at {plan.revision}" if plan.revision else ""
        what = f"the catalog has changed since the plan was made{made_at}"
        wrong.append(Diagnostic("P015", what, subject=environment.name, hint=hint))
    if wrong:
        raise BillformError(wrong)


def _lease(session: Session, lock: str) -> Lease:
    from billform.engine.lease import Holder, Lease

    holder = Holder(session.catalog.name, session.environment.name, lock)
    return Lease(session.connections.register, holder)


async def _do(session: Session, plan: Plan, lease: Lease) -> int:
    """Applies what has been agreed to, and says what became of it."""
    from billform.cli.progress import reporting
    from billform.engine.apply import apply
    from billform.engine.secrets import open_sink

    sink = session.environment.sink
    noted = secrets.Noted(open_sink(file=sink.file, command=sink.command, directory=Path.cwd()))
    if (warning := secrets.about_to_be_lost(session.environment, plan, session.kinds, Path.cwd())) is not None:
        console.report([warning])
    stop = asyncio.Event()
    try:
        async with lease.held(stop):
            with reporting(plan, session.kinds, session.watch) as progress:
                work = apply(plan, session.kinds, session.connections, noted, progress=progress, stop=stop)
                outcome = await until_stopped(work, stop)
    except StoppedAtOnce:
        again = f"`billform apply {plan.environment}` looks up what was done before it goes on"
        console.err(f"Stopped at once: what was under way may have been done or not; {again}.")
        _tell_secrets(session, noted)
        return Exit.INTERRUPTED
    if lease.lost is not None:
        console.report([lease.lost])
    _close(session, plan, outcome)
    _tell_secrets(session, noted)
    if lease.lost is not None and lease.lost.is_error and not outcome.complete:
        return Exit.PARTIAL if outcome.written else Exit.REFUSED
    return outcome.exit_code


def _close(session: Session, plan: Plan, outcome: Outcome) -> None:
    from billform.engine.outcome import Status
    from billform.render.outcome import made_lines, named, outcome_summary

    if debug.is_on():
        import traceback

        for error in outcome.errors:
            console.err("".join(traceback.format_exception(error)).rstrip())
    console.report(session.fitting(outcome.diagnostics))
    console.out(outcome_summary(done=outcome.done, failed=outcome.failed, skipped=outcome.skipped))
    if outcome.interrupted and not outcome.complete:
        left = named(each.change.address for each in outcome.results if each.status is not Status.DONE)
        console.err(f"Stopped. Left: {left}.\n`billform apply {plan.environment}` goes on from here.")
    elif not outcome.complete:
        console.err(f"Run `billform apply {plan.environment}` again; what is done is not done twice.")
    elif session.is_local and not plan.unchanged:
        console.err("\n".join(["", *made_lines(plan), *_next(plan.environment)]))


def _tell_secrets(session: Session, noted: secrets.Noted) -> None:
    if noted.names:
        console.err(f"\n{secrets.where(session.environment, noted.names)}")


def _next(name: str) -> list[str]:
    return [
        "",
        "Both are simulated on this machine and last between commands. What to try next:",
        f"  billform apply {name}        once more: no changes",
        f"  billform plan {name}         after you change an amount in a file under catalog/",
        "  billform simulator           and point the Stripe CLI, or anything else, at it",
        "  billform simulator reset     to begin again with empty accounts",
    ]


def _ago(moment: str) -> str:
    """`4 minutes ago`; the moment itself where it cannot be read."""
    from billform.render.summary import counted

    try:
        seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    except (ValueError, TypeError):
        return f"at {moment}"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{counted(int(seconds // size), unit)} ago"
    return "just now"
