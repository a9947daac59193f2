"""Metafields of every kind of object: one object's own, and the store-wide collection with its batches.

The key is (owner's client id, namespace, key, resource type, resource id). `app_only` fields exist for their
owner alone; others may read, and with `write` change the value (not of a product's); whatever else
is the owner's, unless the token has `store_metafield_write_all`. Undocumented and chosen here: only the owner
may delete. `metafield_kinds.py` lists the objects; a new one is a line there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from billform.simulator.bigcommerce import callbacks, pages, problems
from billform.simulator.bigcommerce.fields import Check, text
from billform.simulator.bigcommerce.shop import Call, Shop
from billform.simulator.world import Row

WRITE: Final = "store_metafield_write"
WRITE_ALL: Final = "store_metafield_write_all"
MOST: Final = 250
PERMISSIONS: Final = ("app_only", "read", "write", "read_and_sf_access", "write_and_sf_access")
REQUIRED: Final = ("permission_set", "namespace", "key", "value")

FIELDS: Final[dict[str, Check]] = {
    "permission_set": text(one_of=PERMISSIONS),
    "namespace": text(1, 64),
    "key": text(1, 64),
    "value": text(1, 65_535),
    "description": text(0, 255),
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of object that carries metafields, and where its operations are."""

    name: str
    """The `resource_type`."""
    scope: str
    events: str
    """The webhook scope up to `/metafield/…`."""
    one: str | None
    """The path of one object's metafields; None when there is only a collection."""
    parent: str
    """The name in `one` that holds the object's id."""
    collection: str
    check: Callable[[Shop, int, int | None], None]
    """Raises 404 when there is no such object, or it is not of the product in the path."""
    most: int = MOST
    ids_are_text: bool = False
    owner: Callable[[Shop], int] | None = None
    """For a collection of one object (the store): its id."""


def view_of(kind: Kind) -> pages.View:
    """Answer how a metafield of that kind is shown."""

    def view(row: Row) -> dict[str, Any]:
        if not kind.ids_are_text:
            return dict(row)
        return {**row, "id": str(row["id"]), "resource_id": str(row["resource_id"])}

    return view


def visible(call: Call, kind: Kind, resource_id: int | None) -> list[Row]:
    """Answer the metafields of a kind, or of one object, that the caller may know of."""
    rows = call.shop.table("metafields").where("resource_type", kind.name)
    return [row for row in rows if (resource_id is None or row["resource_id"] == resource_id) and may_read(call, row)]


def add(call: Call, kind: Kind, resource_id: int, given: dict[str, Any]) -> Row:
    """Store a new metafield; raises 409 for a key that the caller's account has there, 422 over the limit."""
    own = _own(call, kind, resource_id)
    if any((row["namespace"], row["key"]) == (given["namespace"], given["key"]) for row in own):
        title = "A metafield with the same namespace and key already exists for this resource"
        raise problems.conflict(title, {"key": title})
    if len(own) >= kind.most:
        title = f"The limit of {kind.most} metafields per resource and client is reached"
        raise problems.invalid({"key": title}, title)
    fresh = {
        "id": call.shop.next_id("metafields"),
        "namespace": given["namespace"],
        "key": given["key"],
        "value": given["value"],
        "permission_set": given["permission_set"],
        "description": given.get("description", ""),
        "resource_type": kind.name,
        "resource_id": resource_id,
        "date_created": call.shop.stamp,
        "date_modified": call.shop.stamp,
        "owner_client_id": call.caller.client_id,
    }
    row = call.shop.add("metafields", fresh)
    _announce(call.shop, kind, row, "created")
    return row


def change(call: Call, kind: Kind, row: Row, given: dict[str, Any]) -> Row:
    """Change a metafield; raises 403 for what only its owner may, 409 for a key that is taken."""
    changed = {name for name, value in given.items() if name in FIELDS and row[name] != value}
    if not _owns(call, row):
        sealed = {"namespace", "key", "permission_set"} | ({"value"} if kind.name == "product" else set())
        if "write" not in row["permission_set"] or changed & sealed:
            raise problems.v3(403, "This metafield may only be changed by the account that created it")
    wanted = {**row, **{name: given[name] for name in changed}}
    for other in _own(call, kind, row["resource_id"], row["owner_client_id"]):
        if other["id"] != row["id"] and (other["namespace"], other["key"]) == (wanted["namespace"], wanted["key"]):
            title = "A metafield with the same namespace and key already exists for this resource"
            raise problems.conflict(title, {"key": title})
    fresh = {name: given[name] for name in changed}
    row = call.shop.change("metafields", row, {**fresh, "date_modified": call.shop.stamp})
    _announce(call.shop, kind, row, "updated")
    return row


def remove(call: Call, kind: Kind, row: Row) -> None:
    """Remove a metafield; raises 403 when it is somebody else's."""
    if not _owns(call, row):
        raise problems.v3(403, "This metafield may only be deleted by the account that created it")
    call.shop.drop("metafields", row)
    _announce(call.shop, kind, row, "deleted")


def _own(call: Call, kind: Kind, resource_id: int, client_id: str | None = None) -> list[Row]:
    owner = client_id or call.caller.client_id
    rows = call.shop.table("metafields").where("resource_id", resource_id)
    return [row for row in rows if row["resource_type"] == kind.name and row["owner_client_id"] == owner]


def _owns(call: Call, row: Row) -> bool:
    return row["owner_client_id"] == call.caller.client_id or WRITE_ALL in call.caller.scopes


def may_read(call: Call, row: Row) -> bool:
    return row["permission_set"] != "app_only" or _owns(call, row)


def _announce(shop: Shop, kind: Kind, row: Row, what: str) -> None:
    data = {"metafield_id": row["id"], "resource_id": str(row["resource_id"]), "namespace": row["namespace"]}
    callbacks.announce(shop, f"{kind.events}/metafield/{what}", data)
    callbacks.announce(shop, f"store/metafield/{what}", {**data, "resource_type": kind.name})
