"""Webhooks: who owns them, where they may point, and what is delivered, signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any

import pytest

from billform.simulator.bigcommerce.callbacks import covers, signature
from billform.simulator.bigcommerce.seed import CLIENT_SECRET
from tests.simulator.bigcommerce.client import CLIENT, STORE, Store, metafield
from tests.simulator.bigcommerce.receiver import Receiver

HOOK = {"scope": "store/product/*", "destination": "https://billing.example.com/hooks"}


def test_the_signature_of_the_sheet() -> None:
    """A13: the test vector of Standard Webhooks under a raw client secret."""
    body = (
        b'{"producer":"stores/abcde12345","hash":"64d346b71e4c02453da81c5d97cec8063a6e7a4d",'
        b'"created_at":1786447828,"store_id":"1003502318","scope":"store/order/created",'
        b'"data":{"type":"order","id":173331}}'
    )
    signed = signature(
        "bc_test_client_secret_0123456789abcdef", "64d346b71e4c02453da81c5d97cec8063a6e7a4d", 1786447831, body
    )
    assert signed == "v1,1cAaXSxWyYNSHwuS9LhjN2W8HZRm1T9t1/FhpzFLM5E="


def test_a_hook(shop: Store) -> None:
    """A13: the envelope, unix times, headers null unless given; DELETE answers 200 and the hook."""
    made = shop.made("v3/hooks", HOOK)
    assert (made["client_id"], made["store_hash"], made["is_active"]) == (CLIENT, STORE, True)
    assert made["headers"] is None
    assert isinstance(made["created_at"], int)
    path = f"v3/hooks/{made['id']}"
    assert shop.data(path) == made
    changed = shop.put(path, {"is_active": False, "headers": {"x-secret": "s"}}).json()["data"]
    assert (changed["is_active"], changed["headers"]) == (False, {"x-secret": "s"})
    gone = shop.delete(path)
    assert (gone.status_code, gone.json()["data"]["id"]) == (200, made["id"])
    assert shop.get(path).status_code == 404
    assert shop.delete(path).status_code == 404


def test_hooks_belong_to_their_client(shop: Store) -> None:
    """A1: only visible to and editable by the account that made them."""
    made = shop.made("v3/hooks", HOOK)
    other = shop.another("t2", "c2")
    path = f"v3/hooks/{made['id']}"
    assert other.data("v3/hooks") == []
    assert [other.get(path).status_code, other.put(path, {}).status_code, other.delete(path).status_code] == [404] * 3
    assert other.post("v3/hooks", HOOK).status_code == 200
    assert len(shop.data("v3/hooks")) == 1


def test_a_second_token_of_the_same_client(shop: Store) -> None:
    """A1: ownership goes by client id, not by token."""
    made = shop.made("v3/hooks", HOOK)
    assert shop.another("t2", CLIENT).data("v3/hooks") == [made]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"destination": "http://billing.example.com/hooks"}, "destination"),
        ({"destination": "https://billing.example.com:8443/hooks"}, "destination"),
        ({"destination": "billing.example.com"}, "destination"),
        ({"destination": "http://127.0.0.1:8000/"}, "destination"),
        ({"destination": "https://billing.example.com:port/"}, "destination"),
        ({"scope": "store/plan/created"}, "scope"),
        ({"scope": "store/product/created/"}, "scope"),
        ({"is_active": "yes"}, "is_active"),
        ({"headers": {"x": 5}}, "headers.x"),
    ],
)
def test_hooks_that_do_not_fit(shop: Store, words: dict[str, Any], field: str) -> None:
    """A13: https on port 443 alone; documented scopes; headers of text."""
    answer = shop.post("v3/hooks", {**HOOK, **words})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


@pytest.mark.parametrize("field", ["scope", "destination"])
def test_what_a_hook_needs(shop: Store, field: str) -> None:
    """A15: this service's codes end with a full stop."""
    answer = shop.post("v3/hooks", {name: value for name, value in HOOK.items() if name != field})
    assert (answer.status_code, answer.json()["errors"]) == (422, {field: "error.path.missing."})


@pytest.mark.parametrize(
    "scope",
    [
        "store/customer/created",
        "store/order/*",
        "store/channel/1/order/created",
        "store/channel/2/script/updated",
        "store/priceList/assignment/updated",
        "store/hook/deliveryException",
        "store/app/uninstalled",
        "store/metafield/*",
    ],
)
def test_scopes_that_are_documented(shop: Store, scope: str) -> None:
    """A13: the scopes that matter for billing are known."""
    assert shop.made("v3/hooks", {**HOOK, "scope": scope})["scope"] == scope


def test_one_hook_per_scope_and_destination(shop: Store) -> None:
    """A5: one per store, client, scope and destination; a change may not make a second either."""
    shop.made("v3/hooks", HOOK)
    assert shop.post("v3/hooks", HOOK).status_code == 422
    other = shop.made("v3/hooks", {**HOOK, "scope": "store/sku/*"})
    assert shop.put(f"v3/hooks/{other['id']}", {"scope": HOOK["scope"]}).status_code == 422


def test_ten_hooks_per_scope(shop: Store) -> None:
    """A5: ten per scope; one of deliveryException."""
    for number in range(10):
        shop.made("v3/hooks", {**HOOK, "destination": f"https://d{number}.example.com/"})
    assert shop.post("v3/hooks", HOOK).status_code == 422
    watch = {**HOOK, "scope": "store/hook/deliveryException"}
    shop.made("v3/hooks", watch)
    assert shop.post("v3/hooks", {**watch, "destination": "https://other.example.com/"}).status_code == 422


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("scope=store/sku/*", 1),
        ("is_active=false", 1),
        ("destination=https://a.example.com/", 1),
        ("limit=1", 1),
        ("", 3),
    ],
)
def test_hooks_are_found(shop: Store, query: str, count: int) -> None:
    """A13: filters is_active, scope, destination."""
    shop.made("v3/hooks", HOOK)
    shop.made("v3/hooks", {**HOOK, "scope": "store/sku/*", "is_active": False})
    shop.made("v3/hooks", {**HOOK, "destination": "https://a.example.com/"})
    assert len(shop.data(f"v3/hooks?{query}")) == count


def test_who_is_told_of_failing_hooks(shop: Store) -> None:
    """A13: GET and PUT /hooks/admin; 204 on PUT."""
    shop.made("v3/hooks", HOOK)
    assert shop.put("v3/hooks/admin", {"emails": ["ops@example.com"]}).status_code == 204
    admin = shop.data("v3/hooks/admin")
    assert admin["emails"] == ["ops@example.com"]
    assert [hook["status"] for hook in admin["hooks_list"]] == ["active"]


@pytest.mark.parametrize(
    ("wanted", "happened", "told"),
    [
        ("store/product/created", "store/product/created", True),
        ("store/product/*", "store/product/metafield/created", True),
        ("store/product/*", "store/productX/created", False),
        ("store/product/created", "store/product/updated", False),
        ("store/sku/*", "store/product/created", False),
    ],
)
def test_which_hooks_are_told(wanted: str, happened: str, told: bool) -> None:
    """A13: the scope itself, or a wildcard above it."""
    assert covers(wanted, happened) is told


# -- deliveries ------------------------------------------------------------------------------------------


def test_a_delivery_is_signed(shop: Store, receiver: Receiver) -> None:
    """A13: the payload, and headers that verify under the client secret; webhook-id is the hash."""
    shop.made("v3/hooks", {"scope": "store/product/created", "destination": receiver.url, "headers": {"x-own": "1"}})
    product = shop.product()
    (event,) = receiver.events(1)
    assert event["data"] == {"type": "product", "id": product["id"]}
    assert event["producer"] == f"stores/{STORE}"
    assert event["store_id"] == str(shop.get("v2/store").json()["store_id"])
    assert re.fullmatch(r"[0-9a-f]{40}", event["hash"])
    headers, body = receiver.got[0]
    assert headers["webhook-id"] == event["hash"]
    assert headers["x-own"] == "1"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 5
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(CLIENT_SECRET.encode(), message, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_each_account_signs_with_its_own_secret(shop: Store, receiver: Receiver) -> None:
    """A13: the key is the secret of the account that made the hook."""
    other = shop.another("t2", "c2", client_secret="another secret")
    other.made("v3/hooks", {"scope": "store/product/created", "destination": receiver.url})
    shop.product()
    receiver.events(1)
    headers, body = receiver.got[0]
    signed = signature("another secret", headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert headers["webhook-signature"] == signed


def test_variants_and_products_are_told_apart(shop: Store, receiver: Receiver) -> None:
    """A13: sku events carry the SKU's id and name the variant inside; a change of nothing is silent."""
    product, _, variants = shop.plan()
    for scope in ("store/product/*", "store/sku/*"):
        shop.made("v3/hooks", {"scope": scope, "destination": receiver.url})
    path = f"v3/catalog/products/{product['id']}/variants/{variants[0]['id']}"
    shop.put(path, {"price": 45})
    shop.put(path, {"price": 45})
    shop.put(f"v3/catalog/products/{product['id']}", {"price": 50})
    of_product, of_sku = receiver.events(2)
    assert of_product["scope"] == "store/product/updated"
    inner = {"product_id": product["id"], "variant_id": variants[0]["id"]}
    assert of_sku["data"] == {"type": "sku", "id": variants[0]["sku_id"], "sku": inner}


def test_what_prices_tell(shop: Store, receiver: Receiver) -> None:
    """A13: batches of records tell of `records`, single ones of `record`; no product or sku event comes."""
    variant = shop.base_variant(shop.product())
    for scope in ("store/priceList/*", "store/product/*", "store/sku/*"):
        shop.made("v3/hooks", {"scope": scope, "destination": receiver.url})
    price_list = shop.made("v3/pricelists", {"name": "Europe"})
    path = f"v3/pricelists/{price_list['id']}"
    shop.put(f"{path}/records", [{"variant_id": variant, "currency": "EUR", "price": 1}])
    shop.put(f"{path}/records/{variant}/JPY", {"price": 100})
    shop.put(path, {"name": "Europe", "active": False})
    shop.post("v3/pricelists/assignments", [{"price_list_id": price_list["id"], "channel_id": 2}])
    events = {event["scope"].removeprefix("store/priceList/"): event["data"] for event in receiver.events(6)}
    record = {"price_list_id": price_list["id"], "variant_id": variant}
    assert events == {
        "created": {"price_list_id": price_list["id"]},
        "records/created": [{**record, "currency_code": "EUR"}],
        "record/created": {**record, "currency_code": "JPY"},
        "updated": {"price_list_id": price_list["id"]},
        "deactivated": {"price_list_id": price_list["id"]},
        "assignment/updated": {"price_list_id": price_list["id"], "channel_id": 2},
    }


def test_what_metafields_tell(shop: Store, receiver: Receiver) -> None:
    """A7: the id of the resource is text; the general scope names its type."""
    product = shop.product()
    for scope in ("store/metafield/*", "store/product/metafield/*"):
        shop.made("v3/hooks", {"scope": scope, "destination": receiver.url})
    field = shop.made(f"v3/catalog/products/{product['id']}/metafields", metafield())
    general, own = receiver.events(2)
    assert own["data"] == {"metafield_id": field["id"], "resource_id": str(product["id"]), "namespace": "billing"}
    assert general["data"] == {**own["data"], "resource_type": "product"}


def test_channels_and_scripts_tell(shop: Store, receiver: Receiver) -> None:
    """A13: scripts and assignments are told of through their channel."""
    product = shop.product()
    for scope in ("store/channel/2/product/assigned", "store/channel/1/script/created"):
        shop.made("v3/hooks", {"scope": scope, "destination": receiver.url})
    for channel in (1, 2):
        body = [{"product_id": product["id"], "channel_id": channel}]
        assert shop.put("v3/catalog/products/channel-assignments", body).status_code == 204
    shop.made("v3/content/scripts", {"name": "x", "src": "https://example.com/x.js"})
    scopes = [event["scope"] for event in receiver.events(2)]
    assert scopes == ["store/channel/1/script/created", "store/channel/2/product/assigned"]


def test_inactive_hooks_and_refused_requests_tell_nothing(shop: Store, receiver: Receiver) -> None:
    """Nothing is told of what was not done, nor to a hook that is not active."""
    shop.made("v3/hooks", {"scope": "store/product/created", "destination": receiver.url})
    off = {"scope": "store/product/*", "destination": receiver.url, "is_active": False}
    shop.made("v3/hooks", off)
    shop.post("v3/catalog/products", {"name": "x"})
    variants = [{"sku": "", "option_values": []}]
    body = {"name": "x", "type": "digital", "weight": 0, "price": 1, "variants": variants}
    assert shop.post("v3/catalog/products", body).status_code == 422
    shop.product()
    receiver.events(1)
