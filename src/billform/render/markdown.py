"""The pull-request comment: what customers will notice, warnings, the folded plan, and its digest."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from billform.core.diagnostic import Diagnostic, Severity
from billform.core.plan import SYMBOLS, Cause, Change, Plan
from billform.core.resource import Address
from billform.render.effort import Effort
from billform.render.explain import consequences, head, header, moved, names, notices, reasons
from billform.render.lines import padded, visible
from billform.render.summary import counted, left_in_place, plan_summary
from billform.render.values import short, short_pair

LIMIT = 65_536
"""Characters that GitHub takes in one comment."""
_RESERVE = 400
"""Room for the sentences that say what was left out."""
_MARKUP = r"[|*_~`$\\\[\]]"
_SIGN = {"+": "+", "-": "-", "^": "+", ">": "+", "~": "!", "±": "!", "!": "!"}


def marker(environment: str) -> str:
    """The invisible first line by which a later run finds its comment and edits it in place."""
    return f"<!-- billform:plan:{re.sub(r'[^A-Za-z0-9_.-]', '-', environment)} -->"


def plan_markdown(plan: Plan, effort: Effort | None = None, guards: Iterable[Diagnostic] = ()) -> str:
    """One comment for one environment, at most 65,536 characters; the diff is what gives way."""
    summary = plan_summary(plan, effort)
    command = f"billform plan {plan.environment}"
    head = [marker(plan.environment), f"### Billform: {_code(plan.environment)}", ""]
    guards = tuple(guards)
    warnings = list(_warnings(plan, (*plan.findings, *guards)))
    blocked = bool(plan.refusals) or any(each.is_error for each in (*plan.findings, *guards))
    foot = list(_foot(plan, blocked=blocked))
    if not plan.changes:
        return _within("\n".join([*head, summary, "", *warnings, *foot]), command)
    fixed = [*head, *warnings, *foot, summary]
    room = LIMIT - _RESERVE - sum(len(each) + 1 for each in fixed)
    table = _cut(list(_table(plan)), room, "row", f"`{command}` shows all of them", joined="\n\n")
    room -= sum(len(each) + 1 for each in table)
    return _within("\n".join([*head, *table, *warnings, *_folded(plan, summary, room, command), *foot]), command)


def _table(plan: Plan) -> Iterator[str]:
    told = notices(plan)
    if not told:
        yield "Customers will notice nothing."
        yield ""
        return
    yield "**What customers will notice**"
    yield ""
    yield f"| {' | '.join(head(told)[1:])} |"
    yield "|---|---|---|---|"
    for _, each in told:
        now, after = (_code(side) if side else "–" for side in (each.now, each.after))
        yield f"| {_code(each.what)} | {now} | {after} | {_prose(each.who)} |"
    yield ""


def _warnings(plan: Plan, findings: Iterable[Diagnostic]) -> Iterator[str]:
    drifted = [each.address for each in plan.changes if each.cause in {Cause.OUTSIDE, Cause.BOTH}]
    findings, left = left_in_place(findings)
    told = [each for each in findings if each.severity is not Severity.NOTE]
    notes = [each for each in findings if each.severity is Severity.NOTE] if told or drifted else list(findings)
    if any(each.is_error for each in told):
        yield "> [!CAUTION]"
        yield "> This plan cannot be applied as it is."
        yield ""
    if drifted:
        yield f"⚠️ **{counted(len(drifted), 'object')} changed outside Billform**: {_named(drifted)}"
        yield ""
    for each in [*told, *notes]:
        sign = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}[each.severity]
        hint = f" – {_prose(each.hint)}" if each.hint else ""
        yield f"{sign} **{each.code}** {_prose(each.summary)}{hint}"
        yield ""
    if left is not None:
        yield f"ℹ️ {_prose(left)}"
        yield ""


def _named(addresses: list[Address]) -> str:
    shown = ", ".join(_code(str(each)) for each in addresses[:5])
    return f"{shown} and {len(addresses) - 5:,} more" if len(addresses) > 5 else shown


def _folded(plan: Plan, summary: str, room: int, command: str) -> Iterator[str]:
    diff = list(_diff(plan))
    fence = "`" * max(3, 1 + max((len(run) for each in diff for run in re.findall("`+", each)), default=0))
    opening = [f"<details><summary>{_prose(summary)}</summary>", "", f"{fence}diff"]
    room -= sum(len(each) + 1 for each in opening) + 2 * len(fence)
    yield from opening
    yield from _cut(diff, room, "line", f"`{command}` shows all of them")
    yield fence
    yield ""
    yield "</details>"
    yield ""


def _diff(plan: Plan) -> Iterator[str]:
    """As the terminal's plan, with the sign in the first column that colours a diff, and two lines for a field that
    goes from one value to another."""
    moving = moved(plan)
    for change in plan.changes:
        shown, symbol = header(change).text.strip(), SYMBOLS[change.action]
        sign = _SIGN[symbol]
        yield shown if sign == symbol else f"{sign} {shown}"
        yield from (each.text.rstrip() for each in reasons(change, moving))
        yield from _fields(change, sign)
        yield from (each.text.rstrip() for each in consequences(change))
        yield ""


def _fields(change: Change, sign: str) -> Iterator[str]:
    paths, column = names(change)
    for path, each in zip(paths, change.changes, strict=True):
        name, note = padded(path, column), f"  # {visible(each.note)}" if each.note else ""
        match each.before, each.after:
            case str(before), str(after):
                old, new = short_pair(before, after)
                yield f"-     {name}  {visible(old)}"
                yield f"+     {name}  {visible(new)}{note}"
            case None, str(after):
                yield f"+     {name}  {visible(short(after))}{note}"
            case str(before), None:
                yield f"-     {name}  {visible(short(before))}{note}"
            case _:
                yield f"{sign}     {name}{note}"


def _foot(plan: Plan, *, blocked: bool) -> Iterator[str]:
    made = f" from {_code(plan.revision)}" if plan.revision else ""
    if blocked:
        yield f"Plan {_code(plan.digest)}{made}: nothing of it is applied until the above is settled."
    elif plan.changes:
        command = _code(f"billform apply {plan.environment}")
        yield f"Plan {_code(plan.digest)}{made}: this is what {command} would do now."
    else:
        yield f"Plan {_code(plan.digest)}{made}: there is nothing to apply."
    yield ""


def _cut(lines: list[str], room: int, noun: str, where: str, *, joined: str = "\n") -> list[str]:
    """The first lines that fit, and a last one that says how many do not."""
    used = 0
    for place, each in enumerate(lines):
        used += len(each) + 1
        if used > room:
            return [*lines[:place], joined[1:] + f"… {counted(len(lines) - place, noun)} left out; {where}", ""]
    return lines


def _within(written: str, command: str) -> str:
    """Never longer than GitHub takes: only thousands of warnings get here."""
    if len(written) <= LIMIT:
        return written
    return written[: LIMIT - _RESERVE] + f"\n\n… the rest does not fit into a comment; `{command}` shows it\n"


def _code(text: str) -> str:
    """Set as code, where GitHub reads no mention; as entities, so that nothing in it is markup or mathematics."""
    escaped = html.escape(visible(text), quote=False)
    return f"<code>{re.sub(_MARKUP, lambda match: f'&#{ord(match[0])};', escaped)}</code>"


def _prose(text: str) -> str:
    """A sentence in which backticks set code; nobody is mentioned and no tag is opened by it."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:
        return _safe("'".join(parts))
    return "".join(_code(each) if place % 2 else _safe(each) for place, each in enumerate(parts))


def _safe(text: str) -> str:
    escaped = html.escape(text, quote=False)
    # A zero-width space ends a mention, an issue number and a formula before they begin.
    return re.sub(r"([@#$])(?=\S)", "\\1\u200b", re.sub(r"([\\*_\[\]|~])", r"\\\1", escaped))
