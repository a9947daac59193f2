"""A plan to an outcome: dependencies first, side by side where nothing forbids it, stopping cleanly."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.kind import AnyKind
from billform.core.plan import Adopt, Plan, Restore, Update
from billform.core.resource import Ref
from billform.core.stages import Step, stages
from billform.providers.http import Failure, VendorError
from billform.providers.registry import Connections

from .outcome import Outcome, Status, StepResult, change_results
from .progress import Done, Failed, Progress, Skipped, Started, Stopping, quiet
from .schedule import Schedule, Skip
from .secrets import SecretSink
from .writing import Answer, Unwritten, Writer, Written, hands_out_secrets

IN_A_ROW = 3
"""After so many writes of one kind that a vendor failed on, one after the other, no more of that kind are tried."""
_DOWN = {Failure.NETWORK, Failure.TLS, Failure.AUTH, Failure.INSECURE}
"""What ends everything at one vendor: the next request would end the same way."""
_ILL = {Failure.SERVER, Failure.RATE, Failure.NOT_JSON, Failure.LOST}
"""What ends a kind when it happens again and again."""


async def apply(
    plan: Plan,
    kinds: Mapping[str, AnyKind],
    connections: Connections,
    sink: SecretSink,
    *,
    progress: Progress = quiet,
    stop: asyncio.Event | None = None,
) -> Outcome:
    """Makes the changes of a plan.

    Raises BillformError before anything is written where a change is refused (A003) or a secret could not be stored
    (S02x). Whatever happens later is in the outcome. Once `stop` is set, what is under way ends, and nothing more
    begins.
    """
    if plan.refusals:
        raise BillformError(_refused(plan))
    steps = stages(plan, kinds)
    secretive = {name for name, kind in kinds.items() if hands_out_secrets(kind)}
    if any(each.action == "create" and each.address.kind in secretive for each in steps):
        await asyncio.to_thread(sink.check)
    run = _Run(plan, kinds, connections, sink, progress=progress, stop=stop or asyncio.Event(), steps=steps)
    return await run.run()


class _Run:
    """The working state of one apply."""

    def __init__(
        self,
        plan: Plan,
        kinds: Mapping[str, AnyKind],
        connections: Connections,
        sink: SecretSink,
        *,
        progress: Progress,
        stop: asyncio.Event,
        steps: tuple[Step, ...],
    ) -> None:
        self._plan, self._connections, self._progress, self._stop = plan, connections, progress, stop
        ids = dict(plan.ids)
        # What is changed in place keeps its id, so that others may refer to it at once.
        ids.update(
            (str(Ref.to(each.address)), each.found.id)
            for each in plan.changes
            if isinstance(each, Update | Adopt | Restore)
        )
        self._schedule = Schedule(steps, kinds, ids)
        self._writer = Writer(plan, kinds, connections, sink, ids=ids, steps=steps)
        self._results: dict[int, StepResult] = {}
        self._ill: Counter[tuple[str, str]] = Counter()
        """By kind and site: failures of the vendor's since the last success."""

    async def run(self) -> Outcome:
        before, before_by = self._connections.counts, dict(self._connections.tally.counts)
        started = time.monotonic()
        under_way: dict[asyncio.Task[list[Answer]], tuple[list[Step], float]] = {}
        stopped = asyncio.ensure_future(self._stop.wait())
        told = False
        try:
            while True:
                if not self._stop.is_set():
                    for batch in self._schedule.start():
                        task = asyncio.ensure_future(self._writer.write(batch))
                        under_way[task] = (batch, time.monotonic())
                        for step in batch:
                            self._progress(Started(step))
                elif not told:
                    told = True
                    self._progress(Stopping(self._schedule.under_way))
                if not under_way:
                    break
                waited = {*under_way, stopped} if not stopped.done() else set(under_way)
                done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                for task in [each for each in under_way if each in done]:
                    batch, at = under_way.pop(task)
                    self._take(batch, task.result(), time.monotonic() - at)
        finally:
            for each in (*under_way, stopped):
                each.cancel()
            await asyncio.gather(*under_way, stopped, return_exceptions=True)
        self._skip(self._schedule.rest("it was stopped before this began"))
        counts_by = {
            vendor: each - before_by[vendor] if vendor in before_by else each
            for vendor, each in self._connections.tally.counts.items()
        }
        return Outcome(
            results=change_results(self._plan, self._results),
            counts=self._connections.counts - before,
            by_vendor=counts_by,
            seconds=time.monotonic() - started,
            interrupted=self._stop.is_set(),
        )

    def _take(self, batch: list[Step], answers: list[Answer], seconds: float) -> None:
        self._schedule.finished(batch)
        for step, answer in zip(batch, answers, strict=True):
            place = (step.address.kind, step.address.site)
            match answer:
                case Written(id=identity, shown_id=shown):
                    self._ill[place] = 0
                    self._results[step.number] = StepResult(step, Status.DONE, identity, shown, seconds=seconds)
                    self._schedule.done(step)
                    self._progress(Done(step, shown, seconds))
                case Unwritten(diagnostic=diagnostic, error=error):
                    self._results[step.number] = StepResult(
                        step, Status.FAILED, diagnostic=diagnostic, error=error, seconds=seconds
                    )
                    self._progress(Failed(step, diagnostic, seconds))
                    self._skip(self._schedule.failed(step))
                    self._give_up(step, error)

    def _give_up(self, step: Step, error: Exception) -> None:
        """A vendor that cannot be reached is not asked a thousand times more."""
        if not isinstance(error, VendorError):
            return
        address = step.address
        # One lost answer alone says nothing about the next request; one that was asked for again and again does.
        if error.cause in _DOWN and (error.failure is not Failure.LOST or error.tries > 1):
            reason = f"{error.vendor} is not asked any more: {error.message}"
            self._skip(self._schedule.close((address.vendor, address.site), None, reason))
        elif error.failure in _ILL:
            self._ill[address.kind, address.site] += 1
            if self._ill[address.kind, address.site] >= IN_A_ROW:
                reason = f"{IN_A_ROW} writes of {address.kind} failed in a row"
                self._skip(self._schedule.close((address.vendor, address.site), address.kind, reason))

    def _skip(self, skips: list[Skip]) -> None:
        for each in skips:
            self._results[each.step.number] = StepResult(each.step, Status.SKIPPED, reason=each.reason)
            self._progress(Skipped(each.step, each.reason))


def _refused(plan: Plan) -> list[Diagnostic]:
    return [
        Diagnostic(
            "A003",
            f"nothing is applied while {each.address} cannot be: {each.why}",
            subject=str(each.address),
            hint=each.way_out,
        )
        for each in plan.refusals
    ]
