"""What applying a plan will take: requests and seconds, told before it is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from billform.core.kind import AnyKind
from billform.core.plan import Plan
from billform.core.stages import Step, stages

_PACE = {"stripe": 20, "bigcommerce": 5}
"""Requests a second that the vendors' documented limits leave room for: Stripe 25 in test mode,
BigCommerce 150 in 30 seconds on its smallest plans."""
_ROUND_TRIP = 0.2
"""Seconds that one write waits for its answer; what depends on another waits for that one first."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How many requests to the vendors, and how many seconds, at least one."""

    requests: int
    seconds: int


def effort(plan: Plan, kinds: Mapping[str, AnyKind]) -> Effort:
    """Writes, batched where the vendor takes batches, and one read for each object that the plan rests on."""
    requests = Counter(each.address.vendor for each in plan.basis)
    steps = stages(plan, kinds)
    depth = _depths(steps)
    batches = Counter((each.address.kind, each.address.site, each.action, depth[each.number]) for each in steps)
    for (kind, _site, action, _depth), count in batches.items():
        size = kinds[kind].batch if action in {"create", "update"} else 1
        requests[kind.partition(".")[0]] += -(-count // size)
    paced = max((count / _PACE.get(vendor, 5) for vendor, count in requests.items()), default=0)
    chained = _ROUND_TRIP * max(depth.values(), default=0)
    return Effort(requests.total(), max(1, round(max(paced, chained))))


def _depths(steps: tuple[Step, ...]) -> dict[int, int]:
    """For each step, how many must be done one after the other until it is done."""
    depth: dict[int, int] = {}
    for step in steps:
        depth[step.number] = 1 + max((depth[each] for each in step.needs), default=0)
    return depth
