"""The switches of the simulator, and that what was stored outlives it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from billform.simulator.limits import Limits
from billform.simulator.server import Simulator
from tests.simulator.bigcommerce.client import STORE, TOKEN, Store, metafield


def test_somebody_changes_a_product_in_the_control_panel(shop: Store) -> None:
    """Drift can be made without the API."""
    product = shop.product()
    shop.control("PATCH", f"bigcommerce/objects/{STORE}/products/{product['id']}", {"price": 1})
    assert shop.data(f"v3/catalog/products/{product['id']}")["price"] == 1


def test_the_profile_can_be_changed(shop: Store) -> None:
    """A store may have another plan, name or currency."""
    shop.control("PATCH", f"bigcommerce/stores/{STORE}", {"plan_name": "Core", "settings": {"price_lists": False}})
    assert shop.get("v2/store").json()["plan_name"] == "Core"
    assert [row["id"] for row in shop.control("GET", "bigcommerce/stores")["data"]] == [STORE]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PATCH", f"stores/{STORE}", {"settings": {"teleport": True}}, 400),
        ("PATCH", f"stores/{STORE}", {"colour": "red"}, 400),
        ("PATCH", "stores/nowhere", {}, 400),
        ("POST", "stores", {"hash": STORE}, 400),
        ("POST", "accounts", {"token": "t", "store": "nowhere", "client_id": "c"}, 400),
        ("GET", "nothing", None, 404),
    ],
)
def test_switches_that_are_not_there(shop: Store, method: str, path: str, body: object, status: int) -> None:
    """Wrong words are told, not swallowed."""
    url = f"{shop.simulator.control_url}/bigcommerce/{path}"
    assert shop.http.request(method, url, json=body).status_code == status


def test_a_reset_brings_back_the_seed(shop: Store) -> None:
    """After a reset the store is as it was at first."""
    shop.product()
    shop.another("t2", "c2")
    shop.control("POST", "reset")
    assert shop.data("v3/catalog/products") == []
    assert len(shop.control("GET", "bigcommerce/accounts")["data"]) == 1


def test_state_outlives_the_process(tmp_path: Path) -> None:
    """What was answered is on disk: products, metafields, ids that are not given twice."""
    state = tmp_path / "state.sqlite"
    with httpx.Client() as http:
        with Simulator(state, limits=Limits.off()) as simulator:
            first = Store(simulator, http)
            product = first.product(price=49.99)
            field = first.made(f"v3/catalog/products/{product['id']}/metafields", metafield())
        with Simulator(state, limits=Limits.off()) as simulator:
            again = Store(simulator, http)
            assert again.data(f"v3/catalog/products/{product['id']}")["price"] == 49.99
            assert again.data("v3/catalog/products/metafields") == [field]
            assert again.product("Other")["id"] > product["id"]


def test_a_lost_answer_was_a_write(shop: Store) -> None:
    """A fault after the write: the client hears nothing, the product is there, and a retry is a duplicate."""
    fault = {"action": "lost_answer", "vendor": "bigcommerce", "method": "POST", "path": "*/catalog/products"}
    shop.control("POST", "faults", fault)
    with pytest.raises(httpx.TransportError):
        shop.product("Pro")
    body = {"name": "Pro", "type": "digital", "weight": 0, "price": 1}
    assert shop.post("v3/catalog/products", body).status_code == 409
    assert len(shop.data("v3/catalog/products")) == 1


def test_the_log_names_the_operation(shop: Store) -> None:
    """The log has the path's template and the store."""
    shop.control("DELETE", "log")
    shop.get("v3/catalog/products/5/metafields/6")
    (line,) = [entry for entry in shop.control("GET", "log")["data"] if entry["vendor"] == "bigcommerce"]
    assert line["endpoint"] == "GET /v3/catalog/products/{product_id}/metafields/{metafield_id}"
    assert (line["account"], line["status"]) == (STORE, 404)


def test_an_ordered_server_error(shop: Store) -> None:
    """A 500 comes in the version's shape, with the quota headers."""
    for path, kind in (("v2/store", list), ("v3/channels", dict)):
        shop.control("POST", "faults", {"action": "server_error", "vendor": "bigcommerce", "status": 503})
        answer = Store(shop.simulator, shop.http, TOKEN).get(path)
        assert (answer.status_code, type(answer.json())) == (503, kind)
        assert "x-rate-limit-requests-left" in answer.headers
