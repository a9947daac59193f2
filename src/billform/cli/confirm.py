"""Asking before anything is written: a yes, or the environment's name typed out where real money is concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billform.cli import console
from billform.core.diagnostic import BillformError, Diagnostic

if TYPE_CHECKING:
    from billform.catalog.environment import Environment


class Declined(BillformError):  # noqa: N818  # named as the condition
    """Somebody was asked and did not agree; no more is wrong than that."""


def confirm(environment: Environment, *, yes: bool, typed: str | None) -> bool:
    """Returns when the plan may be applied; raises BillformError (X010 to X012) when it may not:
    Declined where a person says no.

    `yes` is `--yes`, and `typed` what `--confirm` says; the latter is as good as typing it. Answers whether
    somebody was asked, for then time has passed.
    """
    name, wants_name = environment.name, environment.confirmation == "typed"
    if typed is not None and typed != name:
        hint = f"`--confirm {name}` does; nothing was written"
        raise _refusal("X012", f"`--confirm {typed}` does not name the environment {name}", hint)
    if typed == name or (yes and not wants_name):
        return False
    if yes:
        hint = f"pass `--yes --confirm {name}`, or leave both out at a terminal and type it"
        raise _refusal("X011", f"{name} wants its name typed before anything is written; `--yes` is not enough", hint)
    if not console.interactive():
        way = f"`--confirm {name}`" if wants_name else "`--yes`"
        raise _refusal("X010", "nobody is there to ask, for this is not a terminal", f"run it again with {way}")
    if wants_name:
        agreed = console.ask("Type the environment's name to go on:") == name
    else:
        agreed = console.ask("Apply this plan? [y/N]").lower() in {"y", "yes"}
    if not agreed:
        raise Declined(Diagnostic("X012", "not confirmed; nothing was written"))
    return True


def _refusal(code: str, summary: str, hint: str) -> BillformError:
    return BillformError(Diagnostic(code, summary, hint=hint))
