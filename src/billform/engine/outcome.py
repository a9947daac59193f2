"""What became of a plan: change by change, with diagnostics, figures, and the exit code that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from billform.core.diagnostic import Diagnostic
from billform.core.plan import Change, Plan, Refuse
from billform.core.stages import Step
from billform.providers.http import Counts


class Status(StrEnum):
    """What became of a step or a change."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of one write."""

    step: Step
    status: Status
    id: str = ""
    """The vendor's id of the object that was written."""
    shown_id: str = ""
    reason: str = ""
    """Why it was skipped."""
    diagnostic: Diagnostic | None = None
    """Why it failed."""
    error: BaseException | None = field(default=None, repr=False, compare=False)
    """For `--debug`."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What became of one change: done when all of its steps are."""

    change: Change
    status: Status
    steps: tuple[StepResult, ...]

    @property
    def shown_id(self) -> str:
        """Of the object that now stands for the address, where there is one."""
        return next((each.shown_id or each.id for each in self.steps if each.id), "")

    @property
    def reason(self) -> str:
        """Why it was skipped."""
        return next((each.reason for each in self.steps if each.reason), "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an apply."""

    results: tuple[ChangeResult, ...]
    counts: Counts = field(default_factory=Counts)
    by_vendor: Mapping[str, Counts] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False

    def count(self, status: Status) -> int:
        """How many changes ended so."""
        return sum(each.status is status for each in self.results)

    @property
    def done(self) -> int:
        """Changes that were made."""
        return self.count(Status.DONE)

    @property
    def failed(self) -> int:
        """Changes that a vendor, or something on the way, said no to."""
        return self.count(Status.FAILED)

    @property
    def skipped(self) -> int:
        """Changes that were not begun, or not ended because something before them failed."""
        return self.count(Status.SKIPPED)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Why things failed, each reason once, in the order of the plan."""
        found = (step.diagnostic for each in self.results for step in each.steps)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @property
    def errors(self) -> tuple[BaseException, ...]:
        """The exceptions behind the diagnostics, for `--debug`."""
        return tuple(step.error for each in self.results for step in each.steps if step.error is not None)

    @property
    def written(self) -> bool:
        """Whether anything at all was written."""
        return any(step.status is Status.DONE for each in self.results for step in each.steps)

    @property
    def complete(self) -> bool:
        """Whether the whole plan was done."""
        return all(each.status is Status.DONE for each in self.results)

    @property
    def exit_code(self) -> int:
        """0 all done, 130 interrupted, 4 in part, 1 nothing."""
        if self.complete:
            return 0
        if self.interrupted:
            return 130
        return 4 if self.written else 1


def change_results(plan: Plan, steps: Mapping[int, StepResult]) -> tuple[ChangeResult, ...]:
    """The steps' results gathered by change, in the plan's order."""
    by_change: dict[int, list[StepResult]] = {}
    for number in sorted(steps):
        by_change.setdefault(id(steps[number].step.change), []).append(steps[number])
    return tuple(
        ChangeResult(change, _status(by_change.get(id(change), [])), tuple(by_change.get(id(change), [])))
        for change in plan.changes
        if not isinstance(change, Refuse)
    )


def _status(steps: list[StepResult]) -> Status:
    for status in (Status.FAILED, Status.SKIPPED):
        if any(each.status is status for each in steps):
            return status
    return Status.DONE
