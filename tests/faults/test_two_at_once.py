"""Two applies at the same time: nothing twice, nothing lost, and the second says who is at work."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from .ground import Ground, Scene
from .state import Likeness, likeness
from .stories import replaced
from .zygote import ROOT, Ended, Zygote

APPLY = "apply local --yes"
PROJECT = ROOT / "tests/cases/_project"


@dataclass(slots=True)
class Pair:
    """Two directories with the same project and the same accounts, and a process of `billform` in each."""

    ground: Ground
    there: Path
    other: Zygote

    @property
    def here(self) -> Path:
        """The first directory, beside which the simulator keeps its state."""
        return self.ground.directory

    def join(self) -> None:
        """Lets the second directory find the first one's simulator."""
        place = self.there / ".billform"
        place.mkdir(exist_ok=True)
        (place / "simulator.db").unlink(missing_ok=True)
        (place / "simulator.db").symlink_to(self.here / ".billform/simulator.db")
        shutil.copy(self.here / ".billform/simulator.json", place)

    def together(self, *, machine: str | None, directory: Path | None = None) -> tuple[Ended, Ended]:
        """Both start at the same moment; the second believes to be on `machine`."""
        first = self.ground.zygote.begin(self.here, APPLY.split())
        second = self.other.begin(directory or self.there, APPLY.split(), machine=machine)
        with ThreadPoolExecutor(2) as pool:
            one, two = pool.submit(self.ground.zygote.end, first), pool.submit(self.other.end, second)
            return one.result(), two.result()

    def run(self, *, machine: str | None = None) -> Ended:
        """An apply in the second directory."""
        return self.other.end(self.other.begin(self.there, APPLY.split(), machine=machine))


@pytest.fixture(scope="module")
def zygotes() -> Iterator[tuple[Zygote, Zygote]]:
    with Zygote() as one, Zygote() as other:
        yield one, other


@pytest.fixture
def pair(zygotes: tuple[Zygote, Zygote], tmp_path: Path) -> Pair:
    here, there = tmp_path / "here", tmp_path / "there"
    for each in (here, there):
        shutil.copytree(PROJECT, each)
    return Pair(Ground(here, zygotes[0], PROJECT), there, zygotes[1])


def dearer(directory: Path, amount: int) -> None:
    replaced(
        directory, "catalog/plans/pro.yaml", ("usd: 49, eur: 45 }, nickname", f"usd: {amount}, eur: 45 }}, nickname")
    )


def undisturbed(pair: Pair, *amounts: int | None) -> Likeness:
    """The state after applying one after the other what costs so much."""
    with pair.ground.scene() as scene:
        for amount in amounts:
            pair.ground.files()
            if amount is not None:
                dearer(pair.here, amount)
            assert scene.run(APPLY).code == 0
        return likeness(scene.tables())


def winner_and_loser(one: Ended, two: Ended) -> tuple[Ended, Ended]:
    assert sorted((one.code, two.code)) == [0, 1], f"{one.said}\n{two.said}"
    return (one, two) if one.code == 0 else (two, one)


def quiet(scene: Scene) -> None:
    """Each write takes a moment, so that two runs have time to meet."""
    scene.control("POST", "faults", json={"action": "latency", "ms": 150, "writes": True, "count": None})


def test_two_in_one_directory(pair: Pair) -> None:
    expected = undisturbed(pair, None)
    with pair.ground.scene() as scene:
        quiet(scene)
        _, loser = winner_and_loser(*pair.together(machine=None, directory=pair.here))
        assert re.search(
            r"error\[S010\]: another apply for local is at work: process \d+ on \S+, since \d\d:", loser.said
        )
        assert likeness(scene.tables()).differences(expected) == []
        assert "No changes." in scene.run(APPLY).said


@pytest.mark.parametrize("machine", [None, "another"], ids=["two directories", "two machines"])
def test_the_same_plan_in(machine: str | None, pair: Pair) -> None:
    expected = undisturbed(pair, None)
    with pair.ground.scene() as scene:
        pair.join()
        quiet(scene)
        _, loser = winner_and_loser(*pair.together(machine=machine))
        assert re.search(
            r"error\[S01[34]\]: another apply .*: process \d+ on \S+, with the catalog acme, environment local, "
            r"since \d\d:\d\d:\d\d",
            loser.said,
        ), loser.said
        assert "nothing was changed" in loser.said
        assert likeness(scene.tables()).differences(expected) == []
        assert "No changes." in pair.run(machine=machine).said


@pytest.mark.parametrize("machine", [None, "another"], ids=["two directories", "two machines"])
def test_different_plans_in(machine: str | None, pair: Pair) -> None:
    """Whoever comes second says so, and afterwards makes its own plan of what it then finds."""
    ends = {"here": undisturbed(pair, None, 59, 69), "there": undisturbed(pair, None, 69, 59)}
    with pair.ground.scene() as scene:
        pair.ground.files()
        assert scene.run(APPLY).code == 0
        pair.join()
        dearer(pair.here, 59)
        dearer(pair.there, 69)
        quiet(scene)
        one, two = pair.together(machine=machine)
        winner_and_loser(one, two)
        after = pair.run(machine=machine) if one.code == 0 else scene.run(APPLY)
        assert after.code == 0, after.said
        assert likeness(scene.tables()).differences(ends["here" if one.code == 0 else "there"]) == []


def test_one_that_is_killed_holds_up_other_machines_and_nobody_else(pair: Pair) -> None:
    expected = undisturbed(pair, None)
    with pair.ground.scene() as scene:
        pair.join()
        running = scene.begin(APPLY)
        order = {"action": "kill", "write": 9, "moment": "after", "pid": running.pid}
        scene.control("POST", "faults", json=order)
        assert scene.zygote.end(running).code == -signal.SIGKILL
        scene.control("DELETE", "faults")

        elsewhere = pair.run(machine="another")
        assert elsewhere.code == 1
        assert f"process {running.pid} on " in elsewhere.said
        assert "if that process is gone, its hold ends by itself at " in elsewhere.said

        same_machine = pair.run()
        assert same_machine.code == 0, same_machine.said
        assert likeness(scene.tables()).differences(expected) == []


def test_a_run_without_changes_writes_nothing(pair: Pair) -> None:
    with pair.ground.scene() as scene:
        assert scene.run(APPLY).code == 0
        scene.control("DELETE", "log")
        assert scene.run(APPLY).code == 0
        assert scene.run("plan local").code == 0
        assert scene.writes == 0


def test_it_costs_two_writes(pair: Pair) -> None:
    with pair.ground.scene() as scene:
        assert scene.run(APPLY).code == 0
        scene.control("DELETE", "log")
        dearer(pair.here, 59)
        assert scene.run(APPLY).code == 0
        own = [entry for entry in scene.log() if "billform-lock" in entry["path"]]
        assert [entry["method"] for entry in own] == ["GET", "POST", "POST"]
