"""A few points of the crash matrix for each story; `python -m tests.faults.crash_matrix --long` takes them all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .crash_matrix import kill, on_ground, sample, set_up
from .ground import Ground
from .stories import STORIES

POINTS = 4


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with on_ground() as found:
        yield found


@pytest.mark.parametrize("name", STORIES)
def test_a_run_that_is_killed_is_finished_by_the_next(name: str, ground: Ground) -> None:
    stage = set_up(STORIES[name], ground)
    verdicts = [kill(stage, point) for point in sample(stage.points(), POINTS)]
    assert {str(each.point): each.wrong for each in verdicts if each.wrong} == {}
    # What can be sent together depends on what is ready together, so that a run may need a write less than another.
    assert all(each.reached for each in verdicts[:-1])
