"""The crash matrix: every story is killed before and after each of its writes, and run once more.

    python -m tests.faults.crash_matrix [--long] [--twice] [--story NAME] [--point before:12] [--jobs 2]

Killed "before": SIGKILL the moment the k-th write arrives, which the vendor then never does. Killed "after": the vendor
has done it, and SIGKILL comes before its answer. Then one plain re-run must end with exit code 0 in the state that an
undisturbed run ends in, and leave an empty plan; on the way, nothing may have been without a price on sale, and nothing
of anybody else's may have changed. Without `--long` a sample of the points is taken. With `--twice` the re-run is
killed as well, half as far on, and it is the third that must end right.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from .always import Watch, gaps, on_sale
from .foreign import Foreign, settle
from .ground import SINK, Ground, Scene, Tables
from .state import Likeness, likeness
from .stories import STORIES, Story
from .zygote import Ended, Zygote

Moment = Literal["before", "after"]
APPLY, PLAN = "apply local --yes", "plan local --detailed-exitcode"


@dataclass(frozen=True, slots=True)
class Point:
    """Where a story is killed: before or after the vendor does the write of this number, counted from 1."""

    story: str
    write: int
    moment: Moment

    def __str__(self) -> str:
        return f"{self.story} {self.moment}:{self.write}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one point; it survived where it was reached and nothing is wrong."""

    point: Point
    reached: bool
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A story that is ready to be killed: what it begins with, and how it ends when nobody disturbs it."""

    story: Story
    ground: Ground
    state: Path
    before: Tables
    foreign: Foreign
    beginning: Likeness
    undisturbed: Likeness
    writes: int
    keys: frozenset[str]
    """Lookup keys that are on sale before and after, and therefore all the time."""

    def points(self) -> list[Point]:
        """Every point there is."""
        moments: tuple[Moment, Moment] = ("before", "after")
        return [Point(self.story.name, write, moment) for write in range(1, self.writes + 1) for moment in moments]


def set_up(story: Story, ground: Ground) -> Stage:
    """Plays what comes before, lets somebody else move in, and applies the change undisturbed."""
    with ground.scene() as scene:
        for edit in story.before:
            ground.files()
            edit(ground.directory)
            _fine(scene.run(APPLY))
        foreign = settle(scene)
        before = scene.tables()
    state = ground.keep(story.name)
    ground.files()
    story.change(ground.directory)
    with ground.scene(state) as scene:
        _fine(scene.run(APPLY))
        writes, after = scene.writes, scene.tables()
        _fine(scene.run(PLAN))
    assert not foreign.harmed(after), foreign.harmed(after)
    return Stage(
        story=story,
        ground=ground,
        state=state,
        before=before,
        foreign=foreign,
        beginning=likeness(before),
        undisturbed=likeness(after),
        writes=writes,
        keys=on_sale(before) & on_sale(after),
    )


def kill(stage: Stage, point: Point, *, twice: bool = False) -> Verdict:
    """Kills the story at a point, runs it once more, and looks at everything."""
    with stage.ground.scene(stage.state) as scene:
        watch = Watch(scene.simulator)
        watch.start()
        first = _shot(scene, point.write, point.moment)
        if not first.killed:
            return Verdict(point, reached=False, wrong=() if first.code == 0 else (told("the first run", first),))
        if twice:
            scene.control("DELETE", "log")
            _shot(scene, max(1, point.write // 2), point.moment)
        again, plan = scene.run(APPLY), scene.run(PLAN)
        return Verdict(point, reached=True, wrong=tuple(wrong(stage, scene, watch, again, plan)))


def _shot(scene: Scene, write: int, moment: Moment) -> Ended:
    """A run that is killed at its write of this number; where it needs fewer, it comes to its own end."""
    running = scene.begin(APPLY)
    order = {"action": "kill", "write": write, "moment": moment, "pid": running.pid}
    scene.control("POST", "faults", json=order)
    ended = scene.zygote.end(running)
    scene.control("DELETE", "faults")
    return ended


def wrong(stage: Stage, scene: Scene, watch: Watch, again: Ended, plan: Ended) -> Iterator[str]:
    """Everything that is not as it should be after the re-run, in words."""
    after = scene.tables()
    if again.code != 0:
        yield told("the re-run", again)
    if plan.code != 0:
        yield told("the plan afterwards", plan)
    yield from likeness(after).differences(stage.undisturbed)
    yield from gaps(stage.before, after, stage.keys)
    yield from dict.fromkeys(watch.seen)
    yield from stage.foreign.harmed(after)
    yield from _lost_secrets(scene, after)


def _lost_secrets(scene: Scene, tables: Tables) -> Iterator[str]:
    """The sink must hold the secret of every endpoint that is ours, whatever became of the first run."""
    sink = scene.directory / SINK
    stored = sink.read_text(encoding="utf-8") if sink.exists() else ""
    for name, rows in tables.items():
        for key, row in rows.items() if name.endswith("/webhook_endpoint") else ():
            if "billform_key" in row["metadata"] and row["_secret"] not in stored:
                yield f"the signing secret of {key} is not in the sink"


def _fine(ended: Ended) -> None:
    assert ended.code == 0, ended.said


def told(who: str, ended: Ended) -> str:
    """How a process ended that should have ended otherwise."""
    return f"{who} ended with {ended.code}:\n{ended.said[-3000:]}"


@contextmanager
def on_ground(*, speed: float = 50.0) -> Iterator[Ground]:
    """A ground in a directory of its own, with a clock that runs so many times faster."""
    with tempfile.TemporaryDirectory() as place, Zygote(speed) as zygote:
        yield Ground(Path(place), zygote)


def sample(points: Sequence[Point], most: int) -> list[Point]:
    """So many points, from the first to the last, spread evenly over the run and over both moments."""
    chosen = {round(number * (len(points) - 1) / (most - 1)) for number in range(most)}
    moments: tuple[Moment, Moment] = ("after", "before")
    return [replace(points[each], moment=moments[number % 2]) for number, each in enumerate(sorted(chosen))]


# The table

_MINE: dict[str, Stage] = {}
"""Of a worker process: the stage of the story that it is at."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the matrix."""

    story: Story
    writes: int
    verdicts: tuple[Verdict, ...]

    @property
    def survived(self) -> int:
        """Points that were reached and came out right."""
        return sum(each.reached and not each.wrong for each in self.verdicts)

    @property
    def reached(self) -> int:
        """Points at which the process was killed."""
        return sum(each.reached for each in self.verdicts)


def _work(
    name: str, share: int, shares: int, most: int | None, only: tuple[Point, ...], twice: bool
) -> tuple[int, list[Verdict]]:
    """One worker's share of a story."""
    with on_ground() as ground:
        stage = set_up(STORIES[name], ground)
        points = list(only) or stage.points()
        points = points if most is None else sample(points, most)
        verdicts = []
        for point in points[share::shares]:
            verdicts.append(verdict := kill(stage, point, twice=twice))
            if verdict.wrong:
                _say(f"{point}:\n  " + "\n  ".join(verdict.wrong))
        return stage.writes, verdicts


def run(
    names: Iterable[str], *, most: int | None, jobs: int, only: tuple[Point, ...] = (), twice: bool = False
) -> list[Row]:
    """The matrix of some stories, with at most so many points of each."""
    rows = []
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for name in names:
            began = time.monotonic()
            futures = [pool.submit(_work, name, share, jobs, most, only, twice) for share in range(jobs)]
            shares = [future.result() for future in futures]
            row = Row(STORIES[name], shares[0][0], tuple(each for _, verdicts in shares for each in verdicts))
            rows.append(row)
            _say(_line(row) + f"   {time.monotonic() - began:.0f} s")
    return rows


def _line(row: Row) -> str:
    return f"{row.story.name:<12} {row.writes:>6} {row.reached:>12} {row.survived:>8}   {row.story.about}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Prints the matrix; answers 1 where a point did not survive."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.crash_matrix")
    parser.add_argument("--long", action="store_true", help="every point, not a sample of eight")
    parser.add_argument("--twice", action="store_true", help="the re-run is killed as well")
    parser.add_argument("--story", choices=STORIES, action="append", help="only this one")
    parser.add_argument("--point", action="append", default=[], metavar="MOMENT:WRITE", help="only this one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    words = parser.parse_args()
    names = words.story or list(STORIES)
    only = tuple(Point(names[0], int(each.partition(":")[2]), each.partition(":")[0]) for each in words.point)
    _say(f"{'story':<12} {'writes':>6} {'crash points':>12} {'survived':>8}")
    most = None if words.long or only else 8
    rows = run(names, most=most, jobs=1 if only else words.jobs, only=only, twice=words.twice)
    reached, survived = sum(row.reached for row in rows), sum(row.survived for row in rows)
    missed = sum(len(row.verdicts) for row in rows) - reached
    _say(f"{'all':<12} {sum(row.writes for row in rows):>6} {reached:>12} {survived:>8}")
    if missed:
        _say(f"{missed} points were not reached: the run needed fewer writes")
    return 0 if reached == survived and not any(each.wrong for row in rows for each in row.verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
