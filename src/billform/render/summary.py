"""The sentences of fixed shape that close every output."""

from __future__ import annotations

from collections.abc import Iterable

from billform.core.diagnostic import Diagnostic
from billform.core.plan import Change, Plan, Recreate
from billform.render.effort import Effort

VENDORS = {"stripe": "Stripe", "bigcommerce": "BigCommerce"}
_ENDS = {"stripe.promotion_code": "deactivate"}


def plan_summary(plan: Plan, effort: Effort | None = None) -> str:
    """`Plan: 1 to create, 2 to update, … About 9 requests, 1 s.`, or `No changes. 42 objects match.`"""
    if not plan.changes:
        return f"No changes. {counted(plan.unchanged, 'object')} {'matches' if plan.unchanged == 1 else 'match'}."
    made = f"{plan.count('create'):,} to create, {plan.count('update'):,} to update"
    versions = counted(plan.count("new_version"), "new version")
    parts = [made, versions]
    # These are rare, and named only when there are any; the other four are always there to be searched for.
    parts += [f"{plan.count('recreate'):,} to make anew"] if plan.count("recreate") else []
    parts += [f"{plan.count('restore'):,} to restore"] if plan.count("restore") else []
    parts += [f"{plan.count('adopt'):,} to adopt"] if plan.count("adopt") else []
    parts += [f"{plan.count('archive'):,} to archive"]
    parts += [f"{plan.count('refuse'):,} refused"] if plan.count("refuse") else []
    tail = (
        f" About {counted(effort.requests, 'request')}, {duration(effort.seconds)}."
        if effort and effort.requests
        else ""
    )
    return f"Plan: {', '.join(parts)}. {plan.unchanged:,} unchanged.{tail}"


def ends(change: Change) -> str:
    """What is done to the version before: `archive`, `delete`, or what the vendor has in place of either."""
    return _ENDS.get(change.address.kind) or ("delete" if isinstance(change, Recreate) else "archive")


def left_in_place(findings: Iterable[Diagnostic]) -> tuple[list[Diagnostic], str | None]:
    """The findings without P031, and one line for all of those.

    They stay for as long as the objects do: said at length, they would hide what is new in every plan to come.
    """
    findings = list(findings)
    names = [each.subject or each.summary for each in findings if each.code == "P031"]
    if not names:
        return findings, None
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
    verb = "stays as it is" if len(names) == 1 else "stay as they are"
    line = f"{counted(len(names), 'object')} left the catalog and {verb}: {shown} (`billform explain P031`)"
    return [each for each in findings if each.code != "P031"], line


def counted(number: int, noun: str) -> str:
    """`1 object`, `42 objects`, `1,204 objects`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(seconds: int) -> str:
    """Seconds as people say them: `9 s`, `4 min`."""
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"
