"""Rate limits: the documented figures, per account and per endpoint, set by the control endpoint."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from billform.simulator.limits import Bucket, LimitError, Limits, Window
from billform.simulator.server import Simulator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulator with the documented limits."""
    with Simulator() as running:
        yield running


def burst(simulator: Simulator, key: str, paths: list[str]) -> list[httpx.Response]:
    """Send requests as fast as they go."""
    with httpx.Client(base_url=simulator.stripe_url, headers={"Authorization": f"Bearer {key}"}) as http:
        return [http.get(path) for path in paths]


def reasons(answers: list[httpx.Response]) -> Counter[str]:
    """Count the answers by the reason for which they were refused."""
    return Counter(answer.headers.get("stripe-rate-limited-reason", "fine") for answer in answers)


def allowed(since: float, rate: int = 25) -> int:
    """How many requests `rate` a second lets through, a second's worth at once: a slow machine sees more of them."""
    return 1 + rate + int(rate * (time.monotonic() - since))


def test_25_a_second_in_test_mode(simulator: Simulator) -> None:
    """Over all endpoints together a test account gets 25 requests a second."""
    paths = ["/v1/products", "/v1/prices", "/v1/coupons"] * 20
    before = time.monotonic()
    found = reasons(burst(simulator, "sk_test_simulator", paths))
    assert 25 <= found["fine"] <= allowed(before)
    assert found["global-rate"] == 60 - found["fine"]


def test_25_a_second_per_endpoint_in_live_mode(simulator: Simulator) -> None:
    """One endpoint gets 25 requests a second, whichever id is asked for; others are not touched."""
    paths = [f"/v1/products/prod_{number}" for number in range(40)]
    before = time.monotonic()
    answers = burst(simulator, "sk_live_simulator", [*paths, "/v1/prices"])
    found = reasons(answers)
    assert 25 <= found["fine"] - 1 <= allowed(before)
    assert found["endpoint-rate"] == 41 - found["fine"]
    assert answers[-1].status_code == 200


def test_modes_do_not_share(simulator: Simulator) -> None:
    """Using up the test mode leaves live mode alone."""
    burst(simulator, "sk_test_simulator", ["/v1/account"] * 40)
    assert burst(simulator, "sk_live_simulator", ["/v1/account"])[0].status_code == 200


def test_limits_can_be_set(simulator: Simulator) -> None:
    """A test lowers a figure, or switches one off, while the simulator runs."""
    control = f"{simulator.control_url}/limits"
    assert httpx.get(control).json()["stripe_test_per_second"] == 25
    httpx.put(control, json={"stripe_test_per_second": 3})
    before = time.monotonic()
    fine = reasons(burst(simulator, "sk_test_simulator", ["/v1/account"] * 10))["fine"]
    assert 3 <= fine <= allowed(before, 3)
    httpx.put(control, json={"stripe_test_per_second": None, "stripe_endpoint_per_second": None})
    assert reasons(burst(simulator, "sk_test_simulator", ["/v1/account"] * 100)) == {"fine": 100}
    for wrong in ({"stripe_per_hour": 5}, {"stripe_test_per_second": -1}, {"stripe_test_per_second": "many"}):
        assert httpx.put(control, json=wrong).status_code == 400


def test_a_bucket_fills_again() -> None:
    """A bucket gives its rate at once and then as time goes by."""
    bucket = Bucket(10)
    assert [bucket.take() for _ in range(12)].count(True) == 10
    bucket.at -= 0.5
    assert [bucket.take() for _ in range(12)].count(True) in (5, 6)


def test_a_window_resets() -> None:
    """A window counts down and starts anew at its end."""
    window = Window(3, 30_000)
    assert [window.take() for _ in range(4)] == [True, True, True, False]
    assert window.left == 0
    assert 29_000 < window.reset_ms <= 30_000
    window.ends -= 31
    assert window.take()
    assert window.left == 2


def test_words_that_mean_nothing() -> None:
    """Limits are changed by their names and sensible figures only."""
    with pytest.raises(LimitError, match="unknown limits: speed"):
        Limits().changed({"speed": 5})
