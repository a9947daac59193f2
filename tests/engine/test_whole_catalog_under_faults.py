"""A whole catalog over both simulated vendors while requests fail: nothing twice, nothing lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from billform.core.resource import Snapshot

from .both import Project


def shape(snapshot: Snapshot) -> Counter[tuple[str, str, str]]:
    """What is on sale, by kind and key, each as often as it is there."""
    return Counter(
        (live.kind, live.site, live.mark.key if live.mark else min(live.natural, default=""))
        for live in snapshot.lives
        if live.active
    )


def test_a_catalog_is_applied_and_then_there_is_nothing_to_do(project: Project) -> None:
    first, second = project.run(), project.run()
    assert first.outcome.exit_code == 0
    assert first.outcome.done == len(first.plan.changes) > 20
    assert second.plan.changes == ()
    assert max(shape(second.snapshot).values()) == 1
    assert project.secrets.read_text().count("whsec_") == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_of_faults_ends_right_or_the_next_run_does(project: Project, seed: int) -> None:
    """Every fifth request is hit, reads and writes alike, before and after the vendor did its part."""
    sorts: list[dict[str, Any]] = [
        {"action": "lost_answer"},
        {"action": "cut_connection"},
        {"action": "cut_body"},
        {"action": "server_error", "moment": "before"},
        {"action": "server_error", "moment": "after"},
        {"action": "html", "status": 502, "moment": "after"},
        {"action": "rate_limit", "vendor": "stripe", "kind": "endpoint-rate"},
        {"action": "rate_limit", "vendor": "bigcommerce", "kind": "overload"},
    ]
    for number, sort in enumerate(sorts):
        project.order(**sort, probability=0.2 / len(sorts), seed=seed * 100 + number, count=None)
    run = project.run()
    project.calm()
    assert run.outcome.exit_code in {0, 4}
    again = project.run()
    assert again.outcome.exit_code == 0
    assert len(again.plan.changes) <= run.outcome.failed + run.outcome.skipped
    last = project.run()
    assert last.plan.changes == ()
    assert max(shape(last.snapshot).values()) == 1


@pytest.mark.parametrize("vendor", ["stripe", "bigcommerce"])
def test_a_vendor_that_fails_all_reads_changes_nothing(project: Project, vendor: str) -> None:
    project.run()
    project.order(action="server_error", vendor=vendor, writes=False, path="*product*", count=None)
    with pytest.raises(Exception, match="V004"):
        project.run()
    project.calm()
    assert project.run().plan.changes == ()
