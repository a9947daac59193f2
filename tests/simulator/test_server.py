"""The server: two ports, quick and quiet, state that lasts, one process that stops when told."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from billform.simulator.limits import Limits
from billform.simulator.server import PortTaken, Simulator
from billform.simulator.world import StateInUse

KEY = {"Authorization": "Bearer sk_test_simulator"}

PROGRAM = """
import sys
from pathlib import Path
from billform.simulator.limits import Limits
from billform.simulator.server import serve

def started(simulator):
    print(simulator.stripe_url, flush=True)

serve(Path(sys.argv[1]), limits=Limits.off(), started=started)
"""


def start(state: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a simulator in a process of its own; answer it and its Stripe address."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(state)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def products(url: str) -> list[str]:
    """The names of the products, newest first."""
    answer = httpx.get(f"{url}/v1/products", headers=KEY)
    return [product["name"] for product in answer.json()["data"]]


def test_both_vendors_from_one_process() -> None:
    """Each vendor answers on its own port; the control endpoint is on both."""
    with Simulator() as simulator:
        assert simulator.stripe_url != simulator.bigcommerce_url
        assert httpx.get(f"{simulator.stripe_url}/v1/account", headers=KEY).status_code == 200
        assert httpx.get(f"{simulator.bigcommerce_url}/stores/simstore1/v2/store").status_code == 401
        for url in (simulator.stripe_url, simulator.bigcommerce_url):
            assert httpx.get(f"{url}/_simulator/clock").json()["now"] == pytest.approx(time.time(), abs=5)
            assert httpx.get(f"{url}/_simulator/nothing").status_code == 404


def test_starts_and_stops_at_once() -> None:
    """Neither takes a time that a person, or a test, would notice."""
    with Simulator():
        pass  # the modules are loaded now
    begun = time.monotonic()
    with Simulator() as simulator, httpx.Client() as http:
        http.get(f"{simulator.stripe_url}/v1/account", headers=KEY)  # a connection that stays open
        assert time.monotonic() - begun < 1
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
    with pytest.raises(httpx.ConnectError):
        httpx.get(simulator.stripe_url)


def test_chosen_ports(unused_ports: int) -> None:
    """A port that is asked for is Stripe's, and the next is BigCommerce's."""
    with Simulator(port=unused_ports) as simulator:
        assert simulator.ports == (unused_ports, unused_ports + 1)
        with pytest.raises(PortTaken, match=str(unused_ports)):
            Simulator(port=unused_ports)


@pytest.fixture
def unused_ports() -> int:
    """A port that is free together with the next one."""
    for port in range(24_100, 24_900, 2):
        try:
            for wanted in (port, port + 1):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", wanted))
        except OSError:
            continue
        return port
    raise AssertionError("no two free ports")


def test_state_lasts_between_runs(tmp_path: Path) -> None:
    """What one simulator stored, the next one on the same file serves."""
    file = tmp_path / "state.sqlite"
    with Simulator(file) as simulator:
        httpx.post(f"{simulator.stripe_url}/v1/products", data={"name": "Pro"}, headers=KEY)
        with pytest.raises(StateInUse):
            Simulator(file)
    with Simulator(file) as simulator:
        assert products(simulator.stripe_url) == ["Pro"]
        httpx.post(f"{simulator.control_url}/reset")
        assert products(simulator.stripe_url) == []
    with Simulator(file) as simulator:
        assert products(simulator.stripe_url) == []


def test_a_killed_simulator_loses_nothing(tmp_path: Path) -> None:
    """Every answer that went out is on disk, even when the process is killed."""
    process, url = start(tmp_path / "state.sqlite")
    try:
        for number in range(20):
            httpx.post(f"{url}/v1/products", data={"name": f"P{number}"}, headers=KEY)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    with Simulator(tmp_path / "state.sqlite") as simulator:
        answer = httpx.get(f"{simulator.stripe_url}/v1/products", params={"limit": 100}, headers=KEY)
    assert [row["name"] for row in answer.json()["data"]] == [f"P{number}" for number in range(19, -1, -1)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_blocking_form_stops_when_told(tmp_path: Path, number: signal.Signals) -> None:
    """SIGINT and SIGTERM end it in order, without a word."""
    process, url = start(tmp_path / "state.sqlite")
    assert httpx.get(f"{url}/v1/account", headers=KEY).status_code == 200
    process.send_signal(number)
    assert process.wait(timeout=10) == 0
    assert process.stdout is not None
    assert process.stdout.read() == ""
    process.stdout.close()


def test_the_log_says_what_was_asked() -> None:
    """Every request is in the log with its numbers; emptying it counts from 1 again."""
    with Simulator(limits=Limits.off()) as simulator:
        url, control = simulator.stripe_url, simulator.control_url
        httpx.get(f"{url}/v1/products", params={"limit": 3}, headers=KEY)
        httpx.post(f"{url}/v1/products", data={"name": "Pro"}, headers={**KEY, "Idempotency-Key": "k"})
        httpx.get(f"{url}/v1/prices/price_gone", headers=KEY)
        httpx.post(f"{url}/v1/products")
        entries: list[dict[str, Any]] = httpx.get(f"{control}/log").json()["data"]
        found = [(e["number"], e["method"], e["path"], e["status"], e["write"], e["endpoint"]) for e in entries]
        assert found == [
            (1, "GET", "/v1/products", 200, None, "GET /v1/products"),
            (2, "POST", "/v1/products", 200, 1, "POST /v1/products"),
            (3, "GET", "/v1/prices/price_gone", 404, None, "GET /v1/prices/{price}"),
            (4, "POST", "/v1/products", 401, 2, None),
        ]
        assert entries[0]["query"] == "limit=3"
        assert entries[1]["idempotency_key"] == "k"
        assert "request_body" not in entries[1]
        httpx.delete(f"{control}/log")
        httpx.put(f"{control}/log", json={"bodies": True})
        httpx.post(f"{url}/v1/products", data={"name": "Pro"}, headers=KEY)
        [entry] = httpx.get(f"{control}/log").json()["data"]
        assert (entry["number"], entry["write"], entry["request_body"]) == (1, 1, "name=Pro")
        assert '"name":"Pro"' in entry["answer_body"]


def test_the_state_can_be_read() -> None:
    """A test sees every table, and reads the clock forward."""
    with Simulator() as simulator:
        httpx.post(f"{simulator.stripe_url}/v1/products", data={"name": "Pro", "id": "prod_pro"}, headers=KEY)
        state = httpx.get(f"{simulator.control_url}/state").json()
        assert state["stripe/acct_1BillformLocal00/test/product"]["prod_pro"]["name"] == "Pro"
        later = httpx.put(f"{simulator.control_url}/clock", json={"offset": 86_400}).json()["now"]
        assert later == pytest.approx(time.time() + 86_400, abs=5)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have only one loopback address")
def test_loopback_only() -> None:
    """It listens on 127.0.0.1 alone: the same port on another address is free."""
    with Simulator() as simulator, socket.socket() as probe:
        probe.bind(("127.0.0.2", simulator.ports[0]))
