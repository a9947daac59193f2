"""The options and the output that every command with a plan shares."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from billform.cli import console, debug
from billform.cli.options import directories

if TYPE_CHECKING:
    from billform.cli.session import Session
    from billform.core.diagnostic import Diagnostic
    from billform.core.plan import Plan

F = TypeVar("F", bound=Callable[..., Any])
WIDEST = 120
"""Columns. Longer lines are hard to read, however wide the window is."""
_FIGURE, _ADDRESS = r"[1-9][0-9]*", r"[a-z]+\.[a-z_]+/[^,\s]+"
ALLOWED = {"archive": _FIGURE, "amounts": _FIGURE, "protected": f"{_ADDRESS}(,{_ADDRESS})*"}
"""What `--allow` takes, and the form of its value."""


def selection(command: F) -> F:
    """Adds `--only`, `--adopt` and `--allow`, and the directories."""
    for option in (
        click.option(
            "--allow",
            multiple=True,
            metavar="NAME=VALUE",
            callback=lambda *each: allow(each[2]),
            help="Let it past: archive=N, amounts=N, protected=ADDRESS.",
        ),
        click.option("--adopt", multiple=True, metavar="GLOB", help="Take over what is in the way at these addresses."),
        click.option("--only", multiple=True, metavar="GLOB", help="Only these addresses, and what they need."),
    ):
        command = option(command)
    return directories(command)


def allow(value: Iterable[str]) -> dict[str, str]:
    """`archive=9` as a mapping; `protected` may be said once for each address, a figure once.

    Raises click.BadParameter for everything else.
    """
    allowed: dict[str, str] = {}
    for each in value:
        name, _, what = each.partition("=")
        if name not in ALLOWED or not re.fullmatch(ALLOWED[name], what):
            forms = "archive=NUMBER, amounts=NUMBER, protected=ADDRESS"
            raise click.BadParameter(f"{each!r} is not one of {forms}, as the guardrail's hint has it")
        if name in allowed and name != "protected":
            raise click.BadParameter(f"{name} is given twice; it takes the one figure that the guardrail's hint names")
        allowed[name] = f"{allowed[name]},{what}" if name in allowed else what
    return allowed


def no_color(command: F) -> F:
    """Adds `--no-color`."""
    return click.option("--no-color", is_flag=True, help="No colour, whatever the terminal can show.")(command)


def waited(work: Coroutine[Any, Any, int]) -> int:
    """Runs a command's work to its exit code."""
    with debug.heard():
        return asyncio.run(work)


def columns() -> int | None:
    """How wide to write: the terminal's width, or None for a pipe, where lines stay whole."""
    if not console.is_terminal(sys.stdout):
        return None
    return min(WIDEST, shutil.get_terminal_size().columns)


def show(session: Session, plan: Plan, *, no_color: bool = False) -> None:
    """The plan as text on standard output."""
    from billform.render.effort import effort
    from billform.render.terminal import plan_text

    colour = console.out_colored() and not no_color
    text = plan_text(plan, effort(plan, session.kinds), colour=colour, columns=columns())
    console.out(text.rstrip("\n"))


def tell(plan: Plan, guards: Iterable[Diagnostic]) -> None:
    """What there is to say about the plan, on standard error."""
    from billform.render.summary import left_in_place

    findings, left = left_in_place(plan.findings)
    console.report((*findings, *guards))
    if left is not None:
        console.err(f"{left}.")
