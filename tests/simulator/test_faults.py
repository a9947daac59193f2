"""Faults on order: each does to the client, and to the state, what it says."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

KEY = {"Authorization": "Bearer sk_test_simulator"}


@dataclass(frozen=True)
class Rig:
    """A simulator and short ways to order faults and make products."""

    simulator: Simulator

    def order(self, **words: Any) -> dict[str, Any]:
        answer = httpx.post(f"{self.simulator.control_url}/faults", json=words)
        assert answer.status_code == 200, answer.text
        placed: dict[str, Any] = answer.json()
        return placed

    def make(self, name: str, key: str | None = None) -> httpx.Response:
        headers = KEY if key is None else {**KEY, "Idempotency-Key": key}
        return httpx.post(f"{self.simulator.stripe_url}/v1/products", data={"name": name}, headers=headers)

    def names(self) -> list[str]:
        answer = httpx.get(f"{self.simulator.stripe_url}/v1/products", headers=KEY)
        return [row["name"] for row in answer.json()["data"]]


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A fresh simulator."""
    with Simulator(limits=Limits.off()) as simulator:
        yield Rig(simulator)
        assert [entry.crash for entry in simulator.pipeline.log if entry.crash] == []


@pytest.mark.parametrize(
    "kind", ["global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency", "resource-specific"]
)
def test_429_of_each_kind(rig: Rig, kind: str) -> None:
    """The header names the reason, nothing is done, and one order hits one request."""
    rig.order(action="rate_limit", kind=kind)
    answer = rig.make("A")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit")
    assert answer.headers["stripe-rate-limited-reason"] == kind
    assert answer.headers["request-id"]
    assert rig.names() == []
    assert rig.make("A").status_code == 200


def test_lock_timeout(rig: Rig) -> None:
    """A lock timeout is a 429 without the header and without a request id; the SDK is told to retry."""
    rig.order(action="rate_limit", kind="lock_timeout")
    answer = rig.make("A")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "lock_timeout")
    assert "stripe-rate-limited-reason" not in answer.headers
    assert "request-id" not in answer.headers
    assert answer.headers["stripe-should-retry"] == "true"


def test_500_before_the_commit(rig: Rig) -> None:
    """Nothing was done, and the same idempotency key may be used again."""
    rig.order(action="server_error", moment="before")
    assert (rig.make("A", "k").status_code, rig.names()) == (500, [])
    assert rig.make("A", "k").status_code == 200


def test_500_after_the_commit(rig: Rig) -> None:
    """It was done, and the key replays the 500: the first result, whatever it was."""
    rig.order(action="server_error", moment="after", status=503)
    assert (rig.make("A", "k").status_code, rig.names()) == (503, ["A"])
    again = rig.make("A", "k")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (503, "true")


def test_500_after_the_commit_that_is_not_kept(rig: Rig) -> None:
    """On order the key replays the true answer instead."""
    rig.order(action="server_error", moment="after", saved=False)
    assert rig.make("A", "k").status_code == 500
    assert rig.make("A", "k").status_code == 200
    assert rig.names() == ["A"]


def test_lost_answer(rig: Rig) -> None:
    """The write is committed, the connection closes without a byte, the key replays the answer."""
    rig.order(action="lost_answer", writes=True)
    with pytest.raises(httpx.RemoteProtocolError):
        rig.make("A", "k")
    assert rig.names() == ["A"]
    assert rig.make("A", "k").headers["idempotent-replayed"] == "true"


def test_cut_connection(rig: Rig) -> None:
    """The connection closes before anything was done."""
    rig.order(action="cut_connection")
    with pytest.raises(httpx.RemoteProtocolError):
        rig.make("A")
    assert rig.names() == []


def test_cut_body(rig: Rig) -> None:
    """The answer begins and ends in the middle."""
    rig.order(action="cut_body", method="GET")
    rig.make("A")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        rig.names()
    assert rig.names() == ["A"]


@pytest.mark.parametrize(("moment", "names"), [("before", []), ("after", ["A"])])
def test_html_instead_of_json(rig: Rig, moment: str, names: list[str]) -> None:
    """A proxy's page comes instead, before or after the commit."""
    rig.order(action="html", moment=moment, status=502)
    answer = rig.make("A")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert rig.names() == names


def test_latency(rig: Rig) -> None:
    """An answer is held back, and another fault may hit the same request."""
    rig.order(action="latency", ms=150, count=2)
    rig.order(action="server_error", count=1)
    begun = time.monotonic()
    assert rig.make("A").status_code == 500
    assert rig.make("A").status_code == 200
    assert time.monotonic() - begun > 0.3


def test_a_failing_page(rig: Rig) -> None:
    """Only later pages of a list fail."""
    rig.order(action="server_error", path="/v1/products", pages="later", count=None)
    for name in "abc":
        rig.make(name)
    url = f"{rig.simulator.stripe_url}/v1/products"
    first = httpx.get(url, params={"limit": 1}, headers=KEY)
    assert first.status_code == 200
    cursor = first.json()["data"][0]["id"]
    assert httpx.get(url, params={"limit": 1, "starting_after": cursor}, headers=KEY).status_code == 500


def test_conditions(rig: Rig) -> None:
    """Vendor, method, path, writes, n-th match and write number choose the request."""
    rig.order(action="server_error", vendor="bigcommerce", count=None)
    rig.order(action="server_error", path="/v1/coupons*", count=None)
    rig.order(action="server_error", writes=False, method="POST", count=None)
    rig.order(action="server_error", path="/v1/products", method="POST", nth=3)
    httpx.delete(f"{rig.simulator.control_url}/log")
    assert [rig.make(name).status_code for name in "abcd"] == [200, 200, 500, 200]
    rig.order(action="server_error", write=6)
    assert [rig.make(name).status_code for name in "efg"] == [200, 500, 200]
    listed = httpx.get(f"{rig.simulator.control_url}/faults").json()["data"]
    assert [(order["matched"], order["fired"]) for order in listed] == [(0, 0), (0, 0), (0, 0), (3, 1), (1, 1)]


def test_probability_is_repeatable(rig: Rig) -> None:
    """The same seed hits the same requests."""

    def run() -> list[int]:
        httpx.delete(f"{rig.simulator.control_url}/faults")
        rig.order(action="server_error", probability=0.3, seed=7, count=None)
        return [rig.make("x").status_code for _ in range(40)]

    first = run()
    assert run() == first
    assert 4 < first.count(500) < 25


def test_orders_are_taken_back(rig: Rig) -> None:
    """One order, or all, can be taken back."""
    first = rig.order(action="server_error", count=None)["id"]
    rig.order(action="latency", ms=1, count=None)
    httpx.delete(f"{rig.simulator.control_url}/faults/{first}")
    assert rig.make("A").status_code == 200
    assert len(httpx.get(f"{rig.simulator.control_url}/faults").json()["data"]) == 1
    httpx.delete(f"{rig.simulator.control_url}/faults")
    assert httpx.get(f"{rig.simulator.control_url}/faults").json()["data"] == []


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"action": "explode"},
        {"action": "latency", "millis": 5},
        {"action": "kill"},
        {"action": "server_error", "moment": "during"},
        {"action": "rate_limit", "kind": "bad-mood", "vendor": "stripe"},
        {"action": "rate_limit", "kind": "bad-mood"},
        {"action": "latency", "vendor": "shopify"},
    ],
)
def test_orders_that_mean_nothing(rig: Rig, words: dict[str, Any]) -> None:
    """A mistyped order is refused, so that no test passes because its fault never came."""
    answer = httpx.post(f"{rig.simulator.control_url}/faults", json=words)
    assert answer.status_code == 400
    assert answer.json()["problem"]


CLIENT = """
import sys, httpx
print("ready", flush=True)
sys.stdin.readline()
for name in "abc":
    httpx.post(sys.argv[1] + "/v1/products", data={"name": name}, headers={"Authorization": "Bearer sk_test_simulator"})
"""


@pytest.mark.parametrize(("moment", "names"), [("before", ["a"]), ("after", ["b", "a"])])
def test_kill(rig: Rig, moment: str, names: list[str]) -> None:
    """A client is killed at its second write: just before it reaches the vendor, or just after the commit."""
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, rig.simulator.stripe_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdout is not None
    client.stdout.readline()
    rig.order(action="kill", pid=client.pid, write=2, moment=moment)
    client.communicate("go\n")
    assert client.returncode == -9
    assert rig.names() == names
