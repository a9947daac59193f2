"""Events: one for each change, with what it was before, none where Stripe has none, delivered signed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import stripe

from billform.simulator.server import Simulator
from tests.simulator.stripe.shop import HEAD_OFFICE, Shop

PORTAL = "/v1/billing_portal/configurations"


def newest(shop: Shop) -> Any:
    return shop.get("/v1/events", limit=1)["data"][0]


def test_each_change_has_its_event(shop: Shop) -> None:
    """The catalog's changes are recorded under the names that Stripe gives them."""
    ids = shop.ids
    steps: list[tuple[str, str, dict[str, Any], str]] = [
        ("POST", "/v1/products", {"name": "x", "id": "prod_x"}, "product.created"),
        ("POST", "/v1/products/prod_x", {"name": "y"}, "product.updated"),
        ("DELETE", "/v1/products/prod_x", {}, "product.deleted"),
        ("POST", "/v1/prices", {"product": "prod_pro", "currency": "usd", "unit_amount": 1}, "price.created"),
        ("POST", f"/v1/prices/{ids['price']}", {"nickname": "n"}, "price.updated"),
        ("POST", "/v1/coupons", {"id": "X", "percent_off": 1}, "coupon.created"),
        ("POST", "/v1/coupons/X", {"name": "n"}, "coupon.updated"),
        ("DELETE", "/v1/coupons/X", {}, "coupon.deleted"),
        ("POST", f"/v1/promotion_codes/{ids['code']}", {"active": "false"}, "promotion_code.updated"),
        ("POST", f"/v1/billing/meters/{ids['meter']}", {"display_name": "n"}, "billing.meter.updated"),
        ("POST", f"/v1/billing/meters/{ids['meter']}/deactivate", {}, "billing.meter.deactivated"),
        ("POST", f"/v1/billing/meters/{ids['meter']}/reactivate", {}, "billing.meter.reactivated"),
        ("POST", f"{PORTAL}/{ids['portal']}", {"name": "n"}, "billing_portal.configuration.updated"),
        ("POST", "/v1/tax/settings", HEAD_OFFICE, "tax.settings.updated"),
    ]
    for method, path, form, name in steps:
        shop.ok(method, path, form)
        assert newest(shop)["type"] == name
    names = {event["type"] for event in shop.get("/v1/events", limit=100)["data"]}
    assert {"promotion_code.created", "billing.meter.created", "billing_portal.configuration.created"} <= names


def test_kinds_without_events(shop: Shop) -> None:
    """Features, attachments, registrations, endpoints and payment methods record nothing: poll them."""
    ids = shop.ids
    shop.post("/v1/tax/settings", **HEAD_OFFICE)
    before = newest(shop)["id"]
    shop.post(f"/v1/entitlements/features/{ids['feature']}", name="n")
    shop.ok("DELETE", f"/v1/products/prod_pro/features/{ids['attached']}")
    form = {"country": "DE", "active_from": "now", "country_options[de][type]": "standard"}
    shop.post("/v1/tax/registrations", **form)
    shop.post(f"/v1/webhook_endpoints/{ids['hook']}", disabled="true")
    shop.post(f"/v1/payment_method_configurations/{ids['methods']}", name="n")
    assert newest(shop)["id"] == before


def test_previous_attributes(shop: Shop) -> None:
    """An update says what changed was before: metadata key by key, a new key as null, lists whole."""
    shop.post("/v1/products/prod_pro", **{"metadata[a]": "1", "metadata[b]": "2", "images[]": "https://a.example/1"})
    shop.post("/v1/products/prod_pro", **{"metadata[a]": "9", "metadata[b]": "", "metadata[c]": "3", "images": ""})
    event = newest(shop)
    before = event["data"]["previous_attributes"]
    before.pop("updated", None)
    assert before == {"metadata": {"a": "1", "b": "2", "c": None}, "images": ["https://a.example/1"]}
    assert event["data"]["object"]["metadata"] == {"a": "9", "c": "3"}
    created = shop.get("/v1/events", type="product.created")["data"][0]
    assert "previous_attributes" not in created["data"]


def test_no_change_no_event(shop: Shop) -> None:
    """An update that changes nothing records nothing."""
    before = newest(shop)["id"]
    updated = shop.get("/v1/products/prod_pro")["updated"]
    assert shop.post("/v1/products/prod_pro", name="Pro Plan")["updated"] == updated
    assert newest(shop)["id"] == before


def test_event_names_its_request(shop: Shop) -> None:
    """An event knows the request and the idempotency key that caused it."""
    answer = shop.send("POST", "/v1/products", {"name": "x"}, idempotency_key="k7")
    event = newest(shop)
    assert event["request"] == {"id": answer.headers["request-id"], "idempotency_key": "k7"}
    assert shop.get(f"/v1/events/{event['id']}") == event


def test_filters(shop: Shop) -> None:
    """Events are found by type, several types, or a wildcard."""
    assert {event["type"] for event in shop.get("/v1/events", type="price.*")["data"]} == {"price.created"}
    two = shop.get("/v1/events", **{"types[0]": "coupon.created", "types[1]": "billing.meter.created"})["data"]
    assert [event["type"] for event in two] == ["coupon.created", "billing.meter.created"]


@dataclass
class Receiver:
    """A webhook endpoint on loopback; the first answers come from `statuses`, then 200."""

    url: str
    statuses: list[int] = field(default_factory=list)
    received: list[tuple[str, bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A running endpoint."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.received.append((self.headers["stripe-signature"], body))
            self.send_response(found.statuses.pop(0) if found.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # the name that the base class gives
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Receiver(f"http://127.0.0.1:{server.server_port}/hooks")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def test_delivered_signed(simulator: Simulator, shop: Shop, receiver: Receiver) -> None:
    """An endpoint gets the events it asked for, and the package verifies their signature."""
    form = {"url": receiver.url, "enabled_events[]": "product.created", "api_version": "2026-09-30.endive"}
    secret = shop.post("/v1/webhook_endpoints", **form)["secret"]
    shop.post("/v1/coupons", percent_off=5)
    shop.post("/v1/products", name="Seen")
    assert simulator.setting.delivery.wait(5)
    [(signature, body)] = receiver.received
    assert stripe.WebhookSignature.verify_header(body.decode(), signature, secret, 300)
    event = json.loads(body)
    assert (event["type"], event["data"]["object"]["name"]) == ("product.created", "Seen")
    assert event["api_version"] == "2026-09-30.endive"
    assert newest(shop)["pending_webhooks"] == 2  # the shop has an endpoint of its own


def test_failed_delivery_is_tried_again(simulator: Simulator, shop: Shop, receiver: Receiver) -> None:
    """A failure, or a redirect, is tried again a few times, signed anew."""
    receiver.statuses[:] = [500, 302]
    shop.post("/v1/webhook_endpoints", url=receiver.url, **{"enabled_events[]": "product.created"})
    shop.post("/v1/products", name="Stubborn")
    assert simulator.setting.delivery.wait(5)
    attempts = [attempt for attempt in simulator.setting.delivery.attempts() if attempt["url"] == receiver.url]
    assert [(attempt["number"], attempt["status"]) for attempt in attempts] == [(1, 500), (2, 302), (3, 200)]


def test_delivery_success(simulator: Simulator, shop: Shop, receiver: Receiver) -> None:
    """Events can be told apart by whether every endpoint took them."""
    shop.post("/v1/webhook_endpoints", url=receiver.url, **{"enabled_events[]": "coupon.created"})
    coupon = shop.post("/v1/coupons", percent_off=5)
    assert simulator.setting.delivery.wait(5)
    done = shop.get("/v1/events", delivery_success="true", type="coupon.created")["data"]
    assert coupon["id"] in {event["data"]["object"]["id"] for event in done}
    assert shop.get("/v1/events", delivery_success="false")["data"] == []
    shop.post("/v1/products", name="Far away")
    failed = shop.get("/v1/events", delivery_success="false")["data"]
    assert [event["data"]["object"]["name"] for event in failed] == ["Far away"]


def test_disabled_endpoint_gets_nothing(simulator: Simulator, shop: Shop, receiver: Receiver) -> None:
    """A disabled endpoint is left alone."""
    hook = shop.post("/v1/webhook_endpoints", url=receiver.url, **{"enabled_events[]": "*"})["id"]
    shop.post(f"/v1/webhook_endpoints/{hook}", disabled="true")
    shop.post("/v1/products", name="Unseen")
    assert simulator.setting.delivery.wait(5)
    assert receiver.received == []


def test_nothing_leaves_the_machine(simulator: Simulator, shop: Shop) -> None:
    """An endpoint elsewhere is never called; the attempt says why."""
    shop.post("/v1/products", name="Far")
    [attempt] = [item for item in simulator.setting.delivery.attempts() if item["event"] == newest(shop)["id"]]
    assert attempt["url"] == "https://shop.example/hooks"
    assert attempt["status"] is None
    assert "loopback only" in attempt["problem"]
