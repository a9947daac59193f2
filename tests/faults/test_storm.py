"""A storm over each story, and storms over reading alone; `python -m tests.faults.storm --long` plays many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .crash_matrix import APPLY, on_ground, set_up
from .ground import Ground, Scene
from .state import likeness
from .stories import STORIES
from .storm import ENDS, SHARE, storm, weather

SEEDS = {"first": (3, 8), "rise": (1,), "removal": (2,), "every_kind": (4,), "rollback": (5,)}
PAGE = 100


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with on_ground(speed=25) as found:
        yield found


@pytest.mark.parametrize("name", STORIES)
def test_what_a_storm_leaves_undone_the_next_run_does(name: str, ground: Ground) -> None:
    stage = set_up(STORIES[name], ground)
    for seed in SEEDS[name]:
        outcome = storm(stage, seed)
        assert outcome.wrong == ()
        assert outcome.code in ENDS
        assert outcome.requests < 30 or SHARE / 4 < outcome.hit / outcome.requests < 2 * SHARE


def test_every_way_in_which_requests_fail_has_its_days() -> None:
    heavy = {fault["action"] for seed in range(40) for fault in weather(seed) if fault["probability"] > SHARE / 10}
    assert heavy == {"rate_limit", "server_error", "lost_answer", "cut_connection", "cut_body", "html", "latency"}


# Reading


@pytest.fixture(scope="module")
def crowded(ground: Ground) -> Path:
    """Everything is as the catalog says, among so many things of others that lists have several pages."""
    ground.files()
    with ground.scene() as scene:
        assert scene.run(APPLY).code == 0
        for number in range(PAGE + 10):
            scene.stripe("POST", "/v1/products", data={"id": f"theirs{number}", "name": "Theirs", "type": "service"})
    return ground.keep("crowded")


def failing(page: str, **fault: Any) -> Any:
    words = " ".join(str(each) for each in fault.values())
    return pytest.param({"pages": page, "count": None, **fault}, id=f"{page} pages, {words}")


@pytest.mark.parametrize(
    "fault",
    [
        failing("later", action="server_error", vendor="stripe"),
        failing("later", action="cut_body", vendor="stripe"),
        failing("later", action="html", status=200),
        failing("first", action="html", status=200, vendor="bigcommerce"),
        failing("first", action="server_error", path="/v1/prices"),
        failing("first", action="cut_connection", path="*/v3/catalog/variants"),
    ],
)
@pytest.mark.parametrize("catalog", ["as it is", "with a plan less"])
def test_a_list_that_cannot_be_read_to_its_end_leads_to_no_write(
    catalog: str, fault: dict[str, Any], ground: Ground, crowded: Path
) -> None:
    ground.files()
    if catalog != "as it is":
        STORIES["removal"].change(ground.directory)
    with ground.scene(crowded) as scene:
        scene.control("POST", "faults", json=fault)
        ended = scene.run(APPLY)
        assert ended.code == 1, ended.said
        assert "error[V0" in ended.said
        assert scene.writes == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_over_reading_writes_what_is_planned_or_nothing(seed: int, ground: Ground, crowded: Path) -> None:
    ground.files()
    with ground.scene(crowded) as scene:
        before = likeness(scene.tables())
        order = [{**each, "writes": False} for each in weather(seed) if not each.get("writes")]
        scene.control("POST", "faults", json=order)
        ended = scene.run(APPLY)
        assert ended.code in {0, 1}, ended.said
        assert hit(scene) > 0
        assert scene.writes == 0
        assert likeness(scene.tables()).differences(before) == []


def hit(scene: Scene) -> int:
    return sum(bool(entry["faults"]) for entry in scene.log())
