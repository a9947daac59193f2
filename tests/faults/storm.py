"""The fault storm: one request in five goes wrong, in every way that requests do.

    python -m tests.faults.storm [--long] [--story NAME] [--seed N]

Under the storm an apply may end right (0), in part (4), or with nothing written (1). Then one re-run without faults
must end right: the state of an undisturbed run, an empty plan, nothing twice, nothing of anybody else's touched, at no
moment a plan without a price on sale.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from .always import Watch
from .crash_matrix import APPLY, PLAN, Stage, on_ground, set_up, told, wrong
from .state import likeness
from .stories import STORIES
from .zygote import Ended

SHARE = 0.2
"""Of all requests that are hit."""
SPEED = 25.0
"""Retries wait a minute at most, which is too long to wait for in a test."""
FAULTS: tuple[dict[str, Any], ...] = (
    *({"action": "rate_limit", "vendor": "stripe", "kind": kind}
      for kind in ("global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency", "resource-specific",
                   "lock_timeout")),
    *({"action": "rate_limit", "vendor": "bigcommerce", "kind": kind} for kind in ("quota", "concurrency", "overload")),
    {"action": "server_error", "moment": "before"},
    {"action": "server_error", "moment": "before", "saved": True, "writes": True, "vendor": "stripe"},
    {"action": "server_error", "moment": "before", "status": 503},
    {"action": "server_error", "moment": "after", "writes": True},
    {"action": "lost_answer"},
    {"action": "cut_connection"},
    {"action": "cut_body"},
    {"action": "html", "moment": "before", "status": 502},
    {"action": "html", "moment": "before", "status": 200},
    {"action": "html", "moment": "after", "status": 200, "writes": True},
    {"action": "latency", "ms": 200},
    {"action": "server_error", "pages": "first"},
    {"action": "cut_body", "pages": "later"},
)  # fmt: skip
ENDS = {0: "ended right", 4: "stopped in part", 1: "stopped before"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One storm: how the run under it ended, how many requests were hit, and what was wrong in the end."""

    story: str
    seed: int
    code: int
    requests: int
    hit: int
    wrong: tuple[str, ...]


def weather(seed: int) -> list[dict[str, Any]]:
    """A mix of faults that together hit one request in five; which ones prevail is different in every storm."""
    chance = random.Random(seed)
    weights = [chance.random() ** 2 for _ in FAULTS]
    return [
        {**fault, "probability": SHARE * weight / sum(weights) * 1.6, "seed": seed * 100 + number, "count": None}
        for number, (fault, weight) in enumerate(zip(FAULTS, weights, strict=True))
    ]


def storm(stage: Stage, seed: int) -> Outcome:
    """One run under the weather of a seed, and one after it."""
    with stage.ground.scene(stage.state) as scene:
        watch = Watch(scene.simulator)
        watch.start()
        running = scene.begin(APPLY)
        scene.control("POST", "faults", json=weather(seed))
        first = scene.zygote.end(running)
        log = scene.log()
        scene.control("DELETE", "faults")
        found = list(_first(stage, first, likeness(scene.tables()).differences(stage.beginning)))
        again, plan = scene.run(APPLY), scene.run(PLAN)
        found += wrong(stage, scene, watch, again, plan)
        return Outcome(
            stage.story.name, seed, first.code, len(log), sum(bool(each["faults"]) for each in log), tuple(found)
        )


def _first(stage: Stage, first: Ended, changed: list[str]) -> Iterator[str]:
    if first.code not in ENDS or "Traceback" in first.said or "X001" in first.said or "A009" in first.said:
        yield told("the run under the storm", first)
    own = [line for line in changed if "billform-lock" not in line and "billform_lock" not in line]
    if first.code == 1 and own:
        yield told("something was written, and the run", first) + "\n".join(own)


def _work(name: str, seeds: list[int]) -> list[Outcome]:
    with on_ground(speed=SPEED) as ground:
        stage = set_up(STORIES[name], ground)
        outcomes = []
        for seed in seeds:
            outcomes.append(outcome := storm(stage, seed))
            if outcome.wrong:
                _say(f"{name} seed {seed}:\n  " + "\n  ".join(outcome.wrong))
        return outcomes


def _line(name: str, outcomes: list[Outcome]) -> str:
    ends = Counter(each.code for each in outcomes)
    hit, requests = sum(each.hit for each in outcomes), sum(each.requests for each in outcomes)
    right = sum(not each.wrong for each in outcomes)
    columns = " ".join(f"{ends[code]:>{len(words)}}" for code, words in ENDS.items())
    return f"{name:<12} {len(outcomes):>6} {requests:>8} {hit / requests:>6.1%} {columns} {right:>22}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Prints a line for each story; answers 1 where a re-run did not end right."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.storm")
    parser.add_argument("--long", action="store_true", help="forty storms for each story, not four")
    parser.add_argument("--story", choices=STORIES, action="append", help="only this one")
    parser.add_argument("--seed", type=int, action="append", help="only this one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    words = parser.parse_args()
    seeds = words.seed or list(range(1, 41 if words.long else 5))
    jobs = min(words.jobs, len(seeds))
    _say(
        f"{'story':<12} {'storms':>6} {'requests':>8} {'hit':>6} {' '.join(ENDS.values())} {'right after a re-run':>22}"
    )
    fine = True
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for name in words.story or STORIES:
            futures = [pool.submit(_work, name, seeds[share::jobs]) for share in range(jobs)]
            outcomes = [each for future in futures for each in future.result()]
            _say(_line(name, outcomes))
            fine = fine and not any(each.wrong for each in outcomes)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
