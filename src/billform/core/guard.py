"""What an environment forbids a plan to do, however well formed: shares, amounts and protected addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict

from billform.core.diagnostic import Diagnostic
from billform.core.diff import FieldChange
from billform.core.kind import Weighed, marker
from billform.core.money import text
from billform.core.plan import Archive, NewVersion, Plan, Recreate, Restore, Update
from billform.core.resource import Spec

_WIDE = Context(prec=60)
"""Python's own context has no room for the decimals of a share beside a great one."""


class Limits(BaseModel):
    """The guardrails of one environment; None switches one off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    archive_percent: Decimal | None = None
    """At most this share of a kind's active objects may be archived by one plan."""
    amount_percent: Decimal | None = None
    """No amount may change by more than this share of what it was."""
    protected: tuple[str, ...] = ()
    """Address globs that may be created and updated, but not archived, replaced or deleted."""


def guard(plan: Plan, limits: Limits, allowed: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Every guardrail that the plan runs into, but for those that `--allow` names by figure."""
    return tuple(each for rule in (_archives, _amounts, _protected) for each in rule(plan, limits, allowed))


def _archives(plan: Plan, limits: Limits, allowed: Mapping[str, str]) -> Iterator[Diagnostic]:
    if limits.archive_percent is None:
        return
    gone = Counter(each.address.kind for each in plan.changes if isinstance(each, Archive))
    total = sum(gone.values())
    if allowed.get("archive") == str(total):
        return
    for kind, count in sorted(gone.items()):
        population = plan.population.get(kind, count)
        if Decimal(100 * count) > limits.archive_percent * population:
            noun = kind.partition(".")[2].replace("_", " ") + "s"
            yield Diagnostic(
                "G001",
                f"this plan archives {count} of {population} {noun}, more than the {limits.archive_percent} % "
                f"{plan.environment} allows",
                subject=kind,
                hint=f"run again with `--allow archive={total}`",
            )


def _amounts(plan: Plan, limits: Limits, allowed: Mapping[str, str]) -> Iterator[Diagnostic]:
    if limits.amount_percent is None:
        return
    steep = [
        (change, line, share)
        for change in plan.changes
        if isinstance(change, Update | NewVersion | Recreate | Restore)
        for line in change.changes
        if (share := _share(type(change.spec), line)) > limits.amount_percent
    ]
    if allowed.get("amounts") == str(len(steep)):
        return
    for change, line, share in steep:
        was, will = line.money or (None, None)
        if share.is_finite():
            size = f"by {_shown(share, limits.amount_percent)} %"
        else:
            size = f"from {was.currency} to {will.currency}" if was and will and was.amount else "from nothing"
        yield Diagnostic(
            "G002",
            f"{change.address} changes {line.path} {size} ({line.before or 'nothing'} -> {line.after or 'nothing'}), "
            f"more than the {limits.amount_percent} % {plan.environment} allows",
            subject=str(change.address),
            hint=f"if the amount is right, run again with `--allow amounts={len(steep)}`",
        )


def _share(sort: type[Spec], line: FieldChange) -> Decimal:
    """By how much of what it was, in percent; beyond all measure from nothing and into another currency."""
    if line.money is not None:
        before, after = line.money
        was, will = (each.amount if each else Decimal(0) for each in line.money)
        if before and after and before.currency != after.currency and (was or will):
            return Decimal("Infinity")
    elif line.path in sort.model_fields and (weighed := marker(sort, line.path, Weighed)) is not None:
        was, will = (Decimal(each or weighed.absent) for each in (line.before, line.after))
        if weighed.divides:
            was, will = will, was
    else:
        return Decimal(0)
    if was == will:
        return Decimal(0)
    return abs(will - was) * 100 / abs(was) if was else Decimal("Infinity")


def _shown(share: Decimal, limit: Decimal) -> str:
    """The share, over the limit, with as few decimals as leave it there."""
    rounded = (share.quantize(Decimal(1).scaleb(-places), context=_WIDE) for places in range(20))
    return text(next((each for each in rounded if each > limit), share))


def _protected(plan: Plan, limits: Limits, allowed: Mapping[str, str]) -> Iterator[Diagnostic]:
    for change in plan.changes:
        if not isinstance(change, Archive | NewVersion | Recreate | Restore):
            continue
        glob = next((each for each in limits.protected if fnmatchcase(str(change.address), each)), None)
        if glob is not None and str(change.address) not in allowed.get("protected", "").split(","):
            verb = "archives" if isinstance(change, Archive) else "replaces"
            yield Diagnostic(
                "G003",
                f"this plan {verb} {change.address}, which {plan.environment} protects with {glob!r}",
                subject=str(change.address),
                hint=f"run again with `--allow protected={change.address}`",
            )
