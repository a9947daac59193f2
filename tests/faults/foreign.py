"""What belongs to somebody else, in both accounts and on our own objects: none of it may change."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billform.cli import local

from .ground import Scene, Tables

MARK = {"crm_id": "C-4711"}
"""Metadata that somebody else keeps on our objects."""
_TEST = f"stripe/{local.ACCOUNT}/test"
_STORE = f"bigcommerce/{local.STORE}"
_TOUCHED_BY_NEIGHBOURS = {"date_modified"}
"""The store moves it on a product when anything of the product's changes, also by others."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Rows that were there before and are nobody's business, and metadata on rows that are ours."""

    rows: Mapping[tuple[str, str], Mapping[str, Any]]
    marked: frozenset[tuple[str, str]]

    def harmed(self, tables: Tables) -> list[str]:
        """What is not as it was, in words."""
        lines = [
            f"{table} {key} of somebody else: {'is gone' if now is None else f'was changed: {now}'}"
            for (table, key), row in self.rows.items()
            if (now := _still(tables.get(table, {}).get(key))) != _still(row)
        ]
        for table, key in sorted(self.marked):
            row = tables.get(table, {}).get(key)
            if row is not None and MARK.items() - row["metadata"].items():
                lines.append(f"{table} {key} lost the metadata of somebody else: {row['metadata']}")
        return lines


def _still(row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return {name: value for name, value in row.items() if name not in _TOUCHED_BY_NEIGHBOURS} if row else None


def settle(scene: Scene) -> Foreign:
    """Somebody else sets up shop beside us, and notes things on what we have made so far."""
    before = scene.tables()
    _in_stripe(scene)
    _in_store(scene)
    after = scene.tables()
    rows = {
        (table, key): copy.deepcopy(row)
        for table, rows in after.items()
        if table.startswith((_TEST, _STORE)) and not table.endswith(("/event", "/idempotency"))
        for key, row in rows.items()
        if key not in before.get(table, {})
    }
    marked = frozenset(
        (table, key)
        for table in (f"{_TEST}/product", f"{_TEST}/price", f"{_TEST}/coupon")
        for key in before.get(table, {})
    )
    for table, key in sorted(marked):
        words = {f"metadata[{name}]": value for name, value in MARK.items()}
        scene.stripe("POST", f"/v1/{table.rpartition('/')[2]}s/{key}", data=words)
    _on_our_products(scene, rows)
    return Foreign(rows, marked)


def _in_stripe(scene: Scene) -> None:
    mark = {f"metadata[{name}]": value for name, value in MARK.items()}
    scene.stripe("POST", "/v1/products", data={"id": "consulting", "name": "Consulting", **mark})
    price = {"product": "consulting", "currency": "usd", "unit_amount": 15000, "lookup_key": "consulting.hour", **mark}
    scene.stripe("POST", "/v1/prices", data=price)
    scene.stripe("POST", "/v1/coupons", data={"id": "FRIENDS", "percent_off": 5, "duration": "once"})
    scene.stripe(
        "POST", "/v1/promotion_codes", data={"promotion[type]": "coupon", "promotion[coupon]": "FRIENDS", "code": "FR5"}
    )
    hook = {"url": "https://crm.example/stripe", "enabled_events[]": "customer.created"}
    scene.stripe("POST", "/v1/webhook_endpoints", data=hook)
    portal = {"features[invoice_history][enabled]": "true", "name": "Somebody's portal"}
    scene.stripe("POST", "/v1/billing_portal/configurations", data=portal)
    meter = {"display_name": "Somebody's", "event_name": "somebodys_event", "default_aggregation[formula]": "count"}
    scene.stripe("POST", "/v1/billing/meters", data=meter)
    scene.stripe("POST", "/v1/entitlements/features", data={"name": "Somebody's", "lookup_key": "somebodys"})
    scene.stripe("POST", "/v1/payment_method_configurations", data={"name": "Somebody's"})


def _in_store(scene: Scene) -> None:
    other = {"token": "crm_token", "store": local.STORE, "client_id": "crm_client"}
    scene.control("POST", "bigcommerce/accounts", json=other)
    mug = {"name": "Mug", "type": "physical", "weight": 1, "price": 9, "sku": "MUG"}
    identity = scene.store("POST", "/v3/catalog/products", json=mug)["data"]["id"]
    fields = {"name": "Colour", "value": "blue"}
    scene.store("POST", f"/v3/catalog/products/{identity}/custom-fields", json=fields)
    hook = {"scope": "store/cart/*", "destination": "https://crm.example/bc", "is_active": True}
    scene.store("POST", "/v3/hooks", json=hook)
    scene.store("POST", "/v3/hooks", json={**hook, "scope": "store/order/*"}, token="crm_token")
    scene.store("POST", "/v3/pricelists", json={"name": "Wholesale", "active": True})
    scene.store("POST", "/v2/customer_groups", json={"name": "Staff"})
    scene.store("POST", "/v3/customers/attributes", json=[{"name": "Shoe size", "type": "number"}])
    script = {"name": "Chat", "html": "<script>1</script>", "kind": "script_tag", "load_method": "default",
              "location": "footer", "visibility": "storefront", "channel_id": 1}  # fmt: skip
    scene.store("POST", "/v3/content/scripts", json=script)


def _on_our_products(scene: Scene, rows: dict[tuple[str, str], Mapping[str, Any]]) -> None:
    """Metafields and custom fields of somebody else on products of ours; added to `rows`."""
    theirs = {"namespace": "erp", "key": "number", "value": "4711", "permission_set": "app_only"}
    ours = [row for row in scene.store("GET", "/v3/catalog/products")["data"] if row["sku"] != "MUG"]
    for row in ours:
        place = f"/v3/catalog/products/{row['id']}"
        made = scene.store("POST", f"{place}/metafields", json=theirs, token="crm_token")["data"]["id"]
        field = scene.store("POST", f"{place}/custom-fields", json={"name": "Shelf", "value": "7"})["data"]["id"]
        tables = scene.tables()
        for table, key in ((f"{_STORE}/metafields", made), (f"{_STORE}/custom_fields", field)):
            rows[table, str(key)] = copy.deepcopy(tables[table][str(key)])
