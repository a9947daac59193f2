"""How many requests a plan costs: Stripe meters reads, so nothing is asked twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.cases.story import staged


def test_a_plan_asks_for_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with staged(tmp_path) as stage:
        assert stage.command("apply local --yes")[0] == 0
        stage.control("DELETE", "log")
        code, out, _ = stage.command("plan local")
        log = stage.control("GET", "log").json()["data"]
    assert (code, "No changes" in out) == (0, True)
    asked = Counter((each["vendor"], each["method"], each["path"], each["query"]) for each in log)
    assert {what: times for what, times in asked.items() if times > 1} == {}
    assert {each["method"] for each in log} == {"GET"}, "a plan only reads"
