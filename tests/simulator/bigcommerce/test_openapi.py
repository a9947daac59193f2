"""What is delivered to hooks, and which scopes there are, as the vendor's OpenAPI files say.

Requests and answers are held to them by `tests/truth`, in every test.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from billform.simulator.bigcommerce import scopes
from tests.simulator.bigcommerce.client import Store, metafield
from tests.simulator.bigcommerce.receiver import Receiver

SPECS = os.environ.get("BILLFORM_SPECS") or None
pytestmark = pytest.mark.skipif(SPECS is None, reason="BILLFORM_SPECS names no directory with the OpenAPI files")


def test_payloads_are_documented(shop: Store, receiver: Receiver) -> None:
    """What is delivered holds to the payload schemas of the events pages."""
    schemas = _payloads()["schemas"]
    for family in ("product", "sku", "category", "priceList", "metafield", "store", "channel"):
        shop.made("v3/hooks", {"scope": f"store/{family}/*", "destination": receiver.url})
    product, option, variants = shop.plan()
    number = product["id"]
    shop.put(f"v3/catalog/products/{number}", {"price": 50})
    shop.put(f"v3/catalog/products/{number}/variants/{variants[0]['id']}", {"price": 50})
    shop.made(f"v3/catalog/products/{number}/metafields", metafield())
    shop.made(f"v3/catalog/products/{number}/variants/{variants[0]['id']}/metafields", metafield())
    shop.made("v3/store/metafields", [metafield()])
    shop.made("v3/channels/1/metafields", metafield())
    shop.made("v3/catalog/trees/categories", [{"name": "Teams", "tree_id": 1, "parent_id": 0}])
    price_list = shop.made("v3/pricelists", {"name": "Europe"})
    path = f"v3/pricelists/{price_list['id']}"
    shop.put(f"{path}/records", [{"variant_id": variants[0]["id"], "currency": "EUR", "price": 1}])
    shop.put(f"{path}/records/{variants[1]['id']}/EUR", {"price": 1})
    shop.delete(f"{path}/records/{variants[1]['id']}/EUR")
    shop.delete(f"{path}/records?currency=EUR")
    shop.post("v3/pricelists/assignments", [{"price_list_id": price_list["id"], "channel_id": 1}])
    shop.delete(f"v3/catalog/products/{number}/options/{option['id']}")
    shop.delete(f"v3/catalog/products/{number}")
    while shop.control("GET", "deliveries")["pending"]:
        time.sleep(0.01)
    events = receiver.events(len(receiver.got))
    documented = {event["scope"] for event in events} & set(schemas)
    assert len(documented) >= 17, sorted(documented)
    for event in events:
        if event["scope"] in documented:
            Draft202012Validator(schemas[event["scope"]]).validate(event)


def _payloads() -> Any:
    return json.loads((Path(str(SPECS)) / "bigcommerce" / "webhook-callbacks.schema.json").read_text("utf-8"))


def test_the_scopes_are_the_documented_ones() -> None:
    """Every scope of the events pages may be asked for; `{channel_id}` is a number there."""
    schema = _payloads()
    unknown = [
        scope
        for scope in (*schema["scopes_documented"], *schema["schemas"])
        if not scopes.known(scope.replace("{channel_id}", "1"))
    ]
    assert unknown == []
