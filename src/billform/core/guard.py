"""What an environment forbids a plan to do, however well formed: shares, amounts and protected addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict

from billform.core.diagnostic import Diagnostic
from billform.core.money import text
from billform.core.plan import Archive, Cause, Create, NewVersion, Plan, Recreate, Restore, Writing
from billform.core.show import noun
from billform.core.weigh import weight
from billform.core.weight import Weight

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
            nouns = f"{noun(kind)}s"
            yield Diagnostic(
                "G001",
                f"this plan archives {count} of {population} {nouns}, more than the {limits.archive_percent} % "
                f"{plan.environment} allows",
                subject=kind,
                hint=f"run again with `--allow archive={total}`",
            )


def _amounts(plan: Plan, limits: Limits, allowed: Mapping[str, str]) -> Iterator[Diagnostic]:
    limit = limits.amount_percent
    if limit is None:
        return
    writing = (each for each in plan.changes if isinstance(each, Writing))
    steep = [(change, each) for change in writing for each in _weights(change) if each.share > limit]
    if allowed.get("amounts") == str(len(steep)):
        return
    for change, each in steep:
        sides = f"({each.before or 'nothing'} -> {each.after or 'nothing'})"
        if each.share.is_finite():
            what = f"{each.what} by {_shown(each.share, limit)} % {sides}"
        else:
            what = f"{each.what} {each.how if each.size is None else 'from nothing'} {sides}"
        yield Diagnostic(
            "G002",
            f"{change.address} changes {what}, more than the {limit} % {plan.environment} allows",
            subject=str(change.address),
            hint=f"if the amount is right, run again with `--allow amounts={len(steep)}`",
        )


def _weights(change: Writing) -> Iterator[Weight]:
    """The amounts that its fields tell, and further ones that are steeper than all of those."""
    follows = change.cause is Cause.FOLLOWS
    # What a new object has by itself is no change of anything.
    lines = (each for each in change.changes if each.money or each.before or not isinstance(change, Create))
    found = (weight(type(change.spec), line) for line in lines)
    # What only points at the successor of the same is weighed there.
    told = [each for each in found if each is not None and not (follows and each.size is None)]
    yield from told
    most = max((each.share for each in told), default=Decimal(0))
    yield from (each for each in change.weighed if each.size is None or each.share > most)


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
