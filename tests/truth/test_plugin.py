"""The plugin in a session of its own: what is untrue fails its test, wherever it happens, and all is counted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.truth.departures import DEPARTURES
from tests.truth.summary import Tally

ROOT = Path(__file__).parents[2]
CONFTEST = """
from tests.truth.plugin import Report

def pytest_configure(config):
    config.pluginmanager.register(Report(config, None), "truth")
"""
SESSION = """
import subprocess, sys
from functools import partial

import httpx
import pytest

from billform.simulator.server import Simulator
from billform.simulator.stripe import app

CHILD = "import test_session; test_session.app.json_answer = test_session.untrue; test_session.ask()"
was = app.json_answer

def untrue(status, content, **words):
    return was(status, {**content, "colour": "red"}, **words)

def ask(path="/v1/account"):
    with Simulator() as simulator:
        httpx.get(simulator.stripe_url + path, headers={"Authorization": "Bearer sk_test_simulator"})

def test_true():
    ask()

def test_here(monkeypatch):
    monkeypatch.setattr(app, "json_answer", untrue)
    ask()

def test_in_a_process_of_its_own():
    subprocess.run([sys.executable, "-c", CHILD], check=True)

@pytest.fixture
def asking(monkeypatch):
    monkeypatch.setattr(app, "json_answer", untrue)
    yield
    ask()

def test_while_it_is_torn_down(asking):
    pass

def test_true_again():
    ask("/v1/products?limit=1")
"""


def session(directory: Path) -> tuple[int, str]:
    """Run the session in two workers; answer its exit code and what it said."""
    (directory / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (directory / "test_session.py").write_text(SESSION, encoding="utf-8")
    # Nothing of ours may see it, for what it tells is untrue.
    environ = {name: value for name, value in os.environ.items() if name != "BILLFORM_EXCHANGES"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2"],
        cwd=directory,
        env={**environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(directory)])},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_session(tmp_path: Path) -> None:
    """Three tests are failed for it, two are not; and the counts are of all processes together."""
    code, said = session(tmp_path)
    assert code == 1, said
    assert "2 failed, 3 passed, 1 error" in said, said
    for name in ("test_here", "test_in_a_process_of_its_own", "test_while_it_is_torn_down"):
        assert f"test_session.py::{name}" in said, said
    assert "types of the stripe package: GET /v1/account: account.colour: no such field" in said
    assert "stripe: 5 requests" in said, said


def test_departures_that_no_longer_occur_are_told() -> None:
    """Those of a source that is not there cannot occur."""
    of_types = [each for each in DEPARTURES if each.startswith("types of the stripe package")]
    assert len(Tally(excuses=set(of_types)).stale(None)) == 0
    assert len(Tally().stale(None)) == len(of_types)
    assert len(Tally().stale(Path("specs"))) == len(DEPARTURES)
