"""Tokens, scopes, plans, quota and the ways in which a request is turned away before anything is done."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from tests.simulator.bigcommerce.client import STORE, TOKEN, Store

READ_ONE_OF_EACH = [
    ("v2/store", "store_v2_information"),
    ("v2/currencies", "store_v2_information"),
    ("v2/tax_classes", "store_v2_information"),
    ("v3/tax/settings", "store_v2_information"),
    ("v3/store/metafields", "store_v2_information"),
    ("v3/catalog/products", "store_v2_products"),
    ("v3/catalog/variants", "store_v2_products"),
    ("v3/catalog/products/metafields", "store_v2_products"),
    ("v3/catalog/trees", "store_v2_products"),
    ("v3/pricelists", "store_v2_products"),
    ("v3/catalog/products/channel-assignments", "store_v2_products"),
    ("v2/customer_groups/count", "store_v2_customers"),
    ("v3/customers/attributes", "store_v2_customers"),
    ("v3/channels", "store_channel_settings"),
    ("v3/channels/1/site", "store_sites"),
    ("v3/content/scripts", "store_v2_content"),
]


@pytest.mark.parametrize(("path", "scope"), READ_ONE_OF_EACH)
def test_each_area_needs_its_scope(shop: Store, path: str, scope: str) -> None:
    """A1: the scope of the area, or its read-only form for reading; without it 403 in the version's shape."""
    assert shop.get(path).status_code == 200
    assert shop.another("reader", "c-reader", scopes=[f"{scope}_read_only"]).get(path).status_code == 200
    refused = shop.another("nobody", "c-nobody", scopes=["store_cart"]).get(path)
    assert refused.status_code == 403
    body = refused.json()
    title = body[0]["message"] if path.startswith("v2/") else body["title"]
    assert title == "You don't have a required scope to access the endpoint"


@pytest.mark.parametrize("path", ["v3/hooks", "v2/time"])
def test_hooks_and_time_need_no_scope(shop: Store, path: str) -> None:
    """A1: webhooks belong to the default scope."""
    assert shop.another("bare", "c-bare", scopes=[]).get(path).status_code == 200


def test_a_read_only_scope_does_not_write(shop: Store) -> None:
    """A1: the read-only form of a scope reads alone."""
    reader = shop.another("reader", "c-reader", scopes=["store_v2_products_read_only"])
    body = {"name": "x", "type": "digital", "weight": 0, "price": 1}
    assert reader.post("v3/catalog/products", body).status_code == 403
    assert shop.data("v3/catalog/products") == []


@pytest.mark.parametrize(("token", "path"), [("", "v3/channels"), ("wrong", "v3/channels"), ("wrong", "v2/store")])
def test_a_token_that_is_not_one(shop: Store, token: str, path: str) -> None:
    """A15: 401, an object in v3 and an array in v2."""
    answer = Store(shop.simulator, shop.http, token).get(path)
    assert answer.status_code == 401
    first = answer.json()[0] if path.startswith("v2/") else answer.json()
    assert first["status"] == 401


def test_a_revoked_token(shop: Store) -> None:
    """A1: app tokens die when scopes or the owner change; they never expire by time."""
    shop.control("POST", "bigcommerce/accounts/revoke", {"token": TOKEN})
    assert shop.get("v3/channels").status_code == 401


def test_a_token_of_another_store(shop: Store) -> None:
    """A15: not a valid combination of token and store."""
    shop.control("POST", "bigcommerce/stores", {"hash": "other", "name": "Other"})
    assert Store(shop.simulator, shop.http, TOKEN, "other").get("v2/store").status_code == 401
    shop.control("POST", "bigcommerce/accounts", {"token": "t2", "store": "other", "client_id": "c2"})
    assert Store(shop.simulator, shop.http, "t2", "other").get("v2/store").json()["name"] == "Other"


def test_a_store_that_does_not_exist(shop: Store) -> None:
    """Gateway: an unknown store hash is 404."""
    assert Store(shop.simulator, shop.http, TOKEN, "nowhere").get("v2/store").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "v3/catalog/nothing", 404), ("GET", "v2/nothing", 404), ("DELETE", "v2/store", 405)],
)
def test_no_such_operation(shop: Store, method: str, path: str, status: int) -> None:
    """Status codes page: 404 for no such resource, 405 for a method that it does not have."""
    assert shop.call(method, path).status_code == status


def test_two_stores_do_not_see_each_other(shop: Store) -> None:
    """A token is for one store, and so is all that it makes."""
    shop.product("Pro")
    shop.control("POST", "bigcommerce/stores", {"hash": "other"})
    shop.control("POST", "bigcommerce/accounts", {"token": "t2", "store": "other", "client_id": "c2"})
    other = Store(shop.simulator, shop.http, "t2", "other")
    assert other.data("v3/catalog/products") == []
    other.product("Pro")
    assert len(shop.data("v3/catalog/products")) == 1


@pytest.mark.parametrize(
    ("setting", "path"),
    [("price_lists", "v3/pricelists"), ("customer_groups", "v2/customer_groups/count")],
)
def test_what_the_plan_does_not_have(shop: Store, setting: str, path: str) -> None:
    """A8: price lists and customer groups belong to some plans only; the others answer 403."""
    assert shop.get(path).status_code == 200
    shop.control("PATCH", f"bigcommerce/stores/{STORE}", {"settings": {setting: False}})
    assert shop.get(path).status_code == 403


def test_quota_headers_on_every_answer(shop: Store) -> None:
    """A2: window, time to reset, quota and what is left, on refusals too."""
    for path, status in (("v2/store", 200), ("v3/catalog/products/999", 404), ("v3/nothing", 404)):
        answer = shop.get(path)
        assert answer.status_code == status
        for name in ("Time-Window-Ms", "Time-Reset-Ms", "Requests-Quota", "Requests-Left"):
            assert answer.headers[f"X-Rate-Limit-{name}"].isdigit()


def test_the_quota_runs_out(shop: Store) -> None:
    """A2: 429 with the headers; all accounts of a store share the quota."""
    shop.control("PUT", "limits", {"bigcommerce_quota": 3})
    other = shop.another("t2", "c2")
    try:
        left = [shop.get("v2/time").headers["x-rate-limit-requests-left"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        refused = other.get("v2/time")
        assert refused.status_code == 429
        assert 0 < int(refused.headers["x-rate-limit-time-reset-ms"]) <= 30_000
    finally:
        shop.control("PUT", "limits", {"bigcommerce_quota": None})


def test_the_window_starts_anew(shop: Store) -> None:
    """A2: the quota is whole again after Time-Reset-Ms."""
    shop.control("PUT", "limits", {"bigcommerce_quota": 1, "bigcommerce_window_ms": 200})
    try:
        shop.get("v2/time")
        refused = shop.get("v2/time")
        assert refused.status_code == 429
        wait = int(refused.headers["x-rate-limit-time-reset-ms"]) / 1000
        time.sleep(wait + 0.01)
        assert shop.get("v2/time").status_code == 200
    finally:
        shop.control("PUT", "limits", {"bigcommerce_quota": None, "bigcommerce_window_ms": 30_000})


def test_an_overloaded_platform_says_429_without_headers(shop: Store) -> None:
    """A2: a 429 that has no quota headers is the platform's, and calls for backing off."""
    shop.control("POST", "faults", {"action": "rate_limit", "vendor": "bigcommerce", "kind": "overload"})
    answer = shop.get("v2/time")
    assert answer.status_code == 429
    assert not any(name.startswith("x-rate-limit") for name in answer.headers)
    assert shop.get("v2/time").status_code == 200


def test_too_many_upserts_at_once(shop: Store) -> None:
    """A2: two upserts of price records at once per store; the third is 429."""
    shop.control("PUT", "limits", {"bigcommerce_concurrency": True})
    price_list = shop.made("v3/pricelists", {"name": "EU"})
    product = shop.product()
    body = [{"variant_id": shop.base_variant(product), "currency": "USD", "price": 1}]
    shop.control(
        "POST",
        "faults",
        {"action": "latency", "vendor": "bigcommerce", "method": "PUT", "ms": 400, "count": 3},
    )
    statuses: list[int] = []

    def send() -> None:
        with httpx.Client() as http:
            statuses.append(
                Store(shop.simulator, http).put(f"v3/pricelists/{price_list['id']}/records", body).status_code
            )

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shop.control("PUT", "limits", {"bigcommerce_concurrency": False})
    assert sorted(statuses) == [200, 200, 429]


@pytest.mark.parametrize(("path", "status"), [("v3/catalog/products", 400), ("v2/customer_groups", 400)])
def test_a_body_that_is_not_json(shop: Store, path: str, status: int) -> None:
    """A15: 400 for what cannot be read."""
    url = f"{shop.simulator.bigcommerce_url}/stores/{STORE}/{path}"
    headers = {"X-Auth-Token": TOKEN, "Content-Type": "application/json"}
    answer = shop.http.post(url, content=b'{"name": ', headers=headers)
    assert answer.status_code == status
    assert isinstance(answer.json(), list) == path.startswith("v2")


def test_a_body_of_another_kind(shop: Store) -> None:
    """Custom fields page: 415, as HTML, for a content type that is not JSON."""
    url = f"{shop.simulator.bigcommerce_url}/stores/{STORE}/v3/catalog/products"
    answer = shop.http.post(url, content=b"name=Pro", headers={"X-Auth-Token": TOKEN})
    assert answer.status_code == 415
    assert answer.headers["content-type"].startswith("text/html")


def test_secrets_are_not_listed(shop: Store) -> None:
    """The control endpoint names the accounts and keeps their secrets."""
    accounts = shop.control("GET", "bigcommerce/accounts")["data"]
    assert [account["client_id"] for account in accounts] == ["simclient1"]
    assert "client_secret" not in accounts[0]
