"""Idempotency keys: replay, mismatch, in flight, and what is kept."""

from __future__ import annotations

import threading

import httpx

from billform.simulator.server import Simulator
from tests.simulator.stripe.shop import Shop, bearer


def test_replay(shop: Shop) -> None:
    """The same key with the same parameters answers again what it answered, and makes nothing."""
    first = shop.send("POST", "/v1/products", {"name": "Once"}, idempotency_key="k1")
    again = shop.send("POST", "/v1/products", {"name": "Once"}, idempotency_key="k1")
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert "idempotent-replayed" not in first.headers
    assert len([row for row in shop.get("/v1/products")["data"] if row["name"] == "Once"]) == 1


def test_other_parameters(shop: Shop) -> None:
    """The same key with other parameters is misuse."""
    shop.ok("POST", "/v1/products", {"name": "Once"}, idempotency_key="k1")
    answer = shop.send("POST", "/v1/products", {"name": "Twice"}, idempotency_key="k1")
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "idempotency_error")
    assert "same parameters" in answer.json()["error"]["message"]


def test_other_endpoint(shop: Shop) -> None:
    """The same key on another endpoint is misuse too."""
    shop.ok("POST", "/v1/products", {"name": "Once"}, idempotency_key="k1")
    answer = shop.send("POST", "/v1/coupons", {"percent_off": 5}, idempotency_key="k1")
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "idempotency_error")
    assert "same endpoint" in answer.json()["error"]["message"]


def test_in_flight(simulator: Simulator, shop: Shop) -> None:
    """While the first request is still under way, the second one with its key conflicts."""
    httpx.post(f"{simulator.control_url}/faults", json={"action": "latency", "ms": 400, "method": "POST"})
    answers: list[httpx.Response] = []

    def send() -> None:
        headers = {**bearer(), "Idempotency-Key": "k1"}
        answers.append(httpx.post(f"{simulator.stripe_url}/v1/products", data={"name": "Once"}, headers=headers))

    slow = threading.Thread(target=send)
    slow.start()
    while not any(entry.idempotency_key == "k1" for entry in simulator.pipeline.log):
        threading.Event().wait(0.01)
    conflict = shop.send("POST", "/v1/products", {"name": "Once"}, idempotency_key="k1")
    slow.join()
    assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "idempotency_key_in_use")
    assert answers[0].status_code == 200
    assert shop.ok("POST", "/v1/products", {"name": "Once"}, idempotency_key="k1") == answers[0].json()


def test_validation_failures_are_not_kept(shop: Shop) -> None:
    """A request that failed validation may be mended and sent again with its key."""
    shop.send("POST", "/v1/products", {"nme": "Once"}, idempotency_key="k1")
    assert shop.ok("POST", "/v1/products", {"name": "Once"}, idempotency_key="k1")["name"] == "Once"


def test_failures_of_the_endpoint_are_kept(shop: Shop) -> None:
    """Once the endpoint has begun, its refusal is the result, even when the reason has gone."""
    form = {"id": "prod_new", "name": "x"}
    shop.post("/v1/products", **form)
    refused = shop.send("POST", "/v1/products", form, idempotency_key="k1")
    shop.ok("DELETE", "/v1/products/prod_new")
    again = shop.send("POST", "/v1/products", form, idempotency_key="k1")
    assert again.status_code == refused.status_code == 400
    assert again.headers["idempotent-replayed"] == "true"


def test_kept_for_a_day(simulator: Simulator, shop: Shop) -> None:
    """After 24 hours a key is forgotten and makes a second object."""
    first = shop.ok("POST", "/v1/products", {"name": "Once"}, idempotency_key="k1")
    httpx.put(f"{simulator.control_url}/clock", json={"offset": 86_401})
    second = shop.ok("POST", "/v1/products", {"name": "Once"}, idempotency_key="k1")
    assert second["id"] != first["id"]


def test_delete_ignores_keys(shop: Shop) -> None:
    """DELETE does not look at the key: the second one finds nothing."""
    assert shop.send("DELETE", "/v1/coupons/SAVE10", idempotency_key="k1").status_code == 200
    assert shop.send("DELETE", "/v1/coupons/SAVE10", idempotency_key="k1").status_code == 404


def test_long_key(shop: Shop) -> None:
    """Keys have at most 255 characters."""
    assert shop.send("POST", "/v1/products", {"name": "x"}, idempotency_key="k" * 256).status_code == 400
