"""Progress of an apply: a bar with rich where somebody looks on, plain lines elsewhere; a line for each change."""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from billform.cli import console
from billform.cli.spelling import spelled
from billform.core.plan import Change, Plan
from billform.core.stages import stages
from billform.engine.progress import Done, Event, Failed, Observed, Skipped, Started, Stopping
from billform.render.lines import Line
from billform.render.outcome import Ending, address_columns, progress_line, retired
from billform.render.terminal import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.progress import Progress, TaskID
    from rich.text import Text

    from billform.cli.waiting import Watch
    from billform.core.kind import AnyKind
    from billform.core.stages import Step


class Reporter:
    """Gathers the steps of each change and tells of it once, when it has ended, as `engine.outcome` counts it."""

    def __init__(
        self, plan: Plan, kinds: Mapping[str, AnyKind], write: Callable[[Line], None], *, width: int | None = None
    ) -> None:
        steps = stages(plan, kinds)
        self._open = Counter(id(each.change) for each in steps)
        self._total = len(self._open)
        self._told: set[int] = set()
        self._identity: dict[int, str] = {}
        self._seconds: defaultdict[int, float] = defaultdict(float)
        self._reasons: dict[int, str] = {}
        """Why a step was skipped; another one of the same change may still be under way, and may fail."""
        self._columns = address_columns(plan.changes, width)
        self._stopping = False
        self._write = write

    @property
    def total(self) -> int:
        """How many changes there are."""
        return self._total

    @property
    def ended(self) -> int:
        """How many of them have ended, in whatever way."""
        return len(self._told)

    def __call__(self, event: Event) -> None:
        """Takes one event of the engine."""
        match event:
            case Done(step=step, shown_id=shown, seconds=seconds):
                if step.action != "retire" or step.change.action == "archive":
                    self._identity[id(step.change)] = shown
                self._count(step, seconds)
            case Failed(step=step, diagnostic=diagnostic, seconds=seconds):
                self._seconds[id(step.change)] += seconds
                self._tell(step, Ending.FAILED, diagnostic.code)
                self._count(step, 0)
            case Skipped(step=step, reason=reason):
                if not self._stopping:
                    self._reasons.setdefault(id(step.change), reason)
                    self._count(step, 0)
            case Stopping():
                # What is left then is everything, and the last line counts it.
                self._stopping = True
            case Observed() | Started():
                return

    def _count(self, step: Step, seconds: float) -> None:
        key = id(step.change)
        self._open[key] -= 1
        self._seconds[key] += seconds
        if self._open[key] == 0:
            reason = self._reasons.get(key)
            self._tell(step, Ending.DONE if reason is None else Ending.SKIPPED, reason or retired(step.change))

    def _tell(self, step: Step, ending: Ending, note: str) -> None:
        key = id(step.change)
        if key in self._told:
            return
        self._told.add(key)
        identity = self._identity.get(key) or _known(step.change)
        number, seconds = len(self._told), self._seconds[key]
        ended = progress_line(number, self._total, step.change, ending, identity=identity, seconds=seconds, note=note)
        self._write(ended)


def _known(change: Change) -> str:
    """The id that a change begins with, where there is one."""
    return change.found.shown_id if change.action != "create" and change.found is not None else ""


@contextmanager
def reading(watch: Watch) -> Iterator[None]:
    """Says that the vendors are being read, and what takes its time there, where somebody looks on."""
    if not _is_watched():
        yield
        return
    from rich.console import Console

    with watch.shown(), Console(stderr=True).status(_Reading(watch)):
        yield


class _Reading:
    """What is going on, made anew each time that it is shown."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __rich__(self) -> Text:
        from rich.text import Text

        return Text(". ".join(filter(None, ("Reading Stripe and BigCommerce", console.safe(self._watch.now())))))


def _is_watched() -> bool:
    return console.is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"


@contextmanager
def reporting(plan: Plan, kinds: Mapping[str, AnyKind], watch: Watch) -> Iterator[Reporter]:
    """A reporter that writes to standard error for as long as the plan is applied."""
    if not _is_watched():
        yield Reporter(plan, kinds, lambda each: console.err(text([each], colour=False).rstrip("\n")))
        return
    with watch.shown(), _bar(watch) as bar:
        yield _live(plan, kinds, bar)


def _live(plan: Plan, kinds: Mapping[str, AnyKind], bar: Progress) -> Reporter:
    colour = console.err_colored()
    task: TaskID

    def write(each: Line) -> None:
        encoding = bar.console.encoding
        shown = spelled(console.safe(text([each], colour=colour, columns=bar.console.width)), encoding)
        # What cannot be shown, or a terminal that is gone, is no reason to stop half-way through an apply.
        with suppress(OSError, ValueError):
            bar.console.out(shown.encode(encoding, "replace").decode(encoding), end="", highlight=False)
            bar.update(task, completed=reporter.ended)

    reporter = Reporter(plan, kinds, write, width=bar.console.width)
    task = bar.add_task("Applying", total=reporter.total)
    return reporter


def _bar(watch: Watch) -> Progress:
    from rich.console import Console, RenderableType
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Bar(Progress):
        """With a line below it while something is waited for."""

        def get_renderables(self) -> Iterable[RenderableType]:
            yield from super().get_renderables()
            if waiting := watch.now():
                yield Text(console.safe(waiting))

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Bar(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
