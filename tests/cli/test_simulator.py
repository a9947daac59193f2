"""`billform simulator`: served, shared, emptied, and refusing what it cannot use."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from billform.cli import local
from billform.cli.main import run
from billform.core.diagnostic import BillformError


@contextmanager
def serving(directory: Path, *options: str) -> Iterator[tuple[str, str]]:
    """A `billform simulator` process, with the base URLs that it prints."""
    start = "from billform.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", start, "simulator", *options],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline(), process.stdout.readline()]
        stripe, bigcommerce = (re.search(r"http://127\.0\.0\.1:\d+", each) for each in lines)
        assert stripe is not None, process.stderr and process.stderr.read()
        assert bigcommerce is not None
        yield stripe[0], bigcommerce[0]
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said.count("Traceback")) == (0, 0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_prints_where_it_serves_and_others_share_it(here: Path) -> None:
    with serving(here) as (stripe, bigcommerce), local.running() as bases:
        assert (bases.stripe, bases.bigcommerce) == (stripe, bigcommerce)
    assert not (here / ".billform/simulator.json").exists()
    assert (here / ".billform/simulator.db").exists()


def test_the_key_and_the_token_that_it_prints_are_those_that_open_it(here: Path) -> None:
    """They are the same everywhere and open nothing else: no secrets, whatever they look like."""
    start = [sys.executable, "-c", "from billform.cli.main import main; main()", "simulator", "--memory"]
    running = subprocess.Popen(start, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        words = [re.split(r",? +", running.stdout.readline().strip()) for _ in range(2)]
        (stripe, key), (bigcommerce, token) = ((each[1], each[-1]) for each in words)
        assert key.isascii()
        account = httpx.get(f"{stripe}/v1/account", headers={"Authorization": f"Bearer {key}"})
        store = httpx.get(f"{bigcommerce}/stores/{words[1][3]}/v2/store", headers={"X-Auth-Token": token})
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=20)
    assert (account.json()["id"], store.json()["id"]) == (words[0][3], words[1][3])


def test_state_lasts_between_commands_until_it_is_emptied(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def keys() -> set[str]:
        with local.running() as bases:
            return set(local.control(bases, "GET", "stripe/keys"))

    with local.running() as bases:
        local.control(bases, "POST", "stripe/keys", {"key": "sk_test_mine", "account": "acct_1Mine"})
    assert "sk_test_mine" in keys()
    assert run(["simulator", "reset"]) == 0
    assert "sk_test_mine" not in keys()
    assert capsys.readouterr().out == "Emptied .billform/simulator.db: the simulated accounts are as new.\n"


def test_a_running_simulator_is_emptied_where_it_runs(here: Path) -> None:
    with serving(here) as (stripe, bigcommerce):
        bases = local.Bases(stripe, bigcommerce)
        local.control(bases, "POST", "stripe/keys", {"key": "sk_test_mine", "account": "acct_1Mine"})
        assert run(["simulator", "reset"]) == 0
        assert "sk_test_mine" not in local.control(bases, "GET", "stripe/keys")


def test_nothing_to_empty_is_fine(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulator", "reset"]) == 0
    assert capsys.readouterr().out == "Nothing to empty: there is no .billform/simulator.db.\n"


def test_memory_leaves_nothing_behind(here: Path) -> None:
    with serving(here, "--memory"):
        pass
    assert list(here.iterdir()) == []


def test_a_state_file_can_be_named(here: Path) -> None:
    with serving(here, "--state", "elsewhere/sim.db"):
        pass
    assert [each.name for each in (here / "elsewhere").iterdir()] == ["sim.db"]


def test_two_may_not_serve_one_state(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(here) as (stripe, bigcommerce):
        assert run(["simulator"]) == 1
        assert "error[S001]" in capsys.readouterr().err
        assert local.served(local.STATE) == local.Bases(stripe, bigcommerce)  # the word of the first one stays


def test_a_simulator_that_serves_one_command_only_is_not_shared(here: Path) -> None:
    with local.running(), pytest.raises(BillformError) as error, local.running():
        pass
    assert [each.code for each in error.value.diagnostics] == ["S001"]


def test_a_port_that_is_taken_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert run(["simulator", "--memory", "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert "error[S004]" in said
    assert str(port) in said


def test_a_file_that_no_simulator_wrote_is_left_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / ".billform").mkdir()
    (here / ".billform/simulator.db").write_text("the only copy of a novel", encoding="utf-8")
    assert [run(["simulator"]), run(["simulator", "reset"])] == [1, 1]
    assert capsys.readouterr().err.count("error[S002]") == 2
    assert (here / ".billform/simulator.db").read_text(encoding="utf-8") == "the only copy of a novel"


def test_a_file_in_the_place_of_the_directory_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / ".billform").write_text("", encoding="utf-8")
    assert run(["simulator"]) == 1
    said = capsys.readouterr().err
    assert "error[S002]" in said
    assert ".billform" in said


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a directory that even root cannot write to")
def test_a_directory_that_cannot_be_written_to_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulator", "--state", "/proc/billform/simulator.db"]) == 1
    said = capsys.readouterr().err
    assert "error[S002]: the simulator's state /proc/billform/simulator.db cannot be used: " in said
    assert said.count("cannot be used") == 1
    assert "Errno" not in said


def test_a_setting_that_the_simulator_does_not_know_is_told_in_its_words(here: Path) -> None:
    with local.running() as bases, pytest.raises(BillformError, match="S003") as caught:
        local.control(bases, "POST", "faults", {"action": "sing"})
    assert "start it again" in str(caught.value.diagnostics[0].hint)


def test_a_simulated_account_belongs_to_whoever_names_it(here: Path) -> None:
    from billform.catalog.environment import Environment

    words = {"mode": "simulated", "stripe": {"account": "acct_1Mine00"}, "stores": {"shop": {"hash": "mystore1"}}}
    environment = Environment.model_validate(words)
    with local.running() as bases:
        key, tokens = local.fitted(bases, environment)
        assert local.fitted(bases, environment) == (key, tokens)  # asking twice changes nothing
        assert local.control(bases, "GET", "stripe/keys")[key]["account"] == "acct_1Mine00"
        accounts = local.control(bases, "GET", "bigcommerce/accounts")["data"]
        assert {each["store"] for each in accounts if each["token"] == tokens["shop"]} == {"mystore1"}


def test_the_storefronts_of_an_environment_have_their_channels(here: Path) -> None:
    from billform.catalog.environment import Environment

    sites = {
        "uk": {"store": "main", "channel": "Acme UK", "currency": "gbp"},
        "us": {"store": "main", "channel": "Nimbus US", "currency": "usd"},
    }
    words = {"mode": "simulated", "stores": {"main": {"hash": "simstore1"}}, "storefronts": sites}
    environment = Environment.model_validate(words)
    with local.running() as bases:
        local.fitted(bases, environment)
        local.fitted(bases, environment)
        state = local.control(bases, "GET", "state")
    assert {each["name"] for each in state["bigcommerce/simstore1/channels"].values()} == {"Acme UK", "Nimbus US"}
