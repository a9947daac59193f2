"""Storefront scripts: /content/scripts. Each account sees and changes its own alone.

Ten per account, fifty per channel. Without a consent category a script is `unknown` and stores with the
cookie banner never show it. `checkout` and `all_pages` need the scope `store_content_checkout` besides.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from billform.simulator.bigcommerce import answers, callbacks, filters, pages, problems
from billform.simulator.bigcommerce.fields import Check, Errors, flag, integer, listing, record, text
from billform.simulator.bigcommerce.shop import Call, Route
from billform.simulator.message import Answer
from billform.simulator.world import Row

MOST_OF_CLIENT: Final = 10
MOST_OF_CHANNEL: Final = 50
CHECKOUT_SCOPE: Final = "store_content_checkout"

_FIELDS: Final[dict[str, Check]] = {
    "name": text(1, 255),
    "description": text(),
    "html": text(0, 65_536),
    "src": text(),
    "auto_uninstall": flag(),
    "load_method": text(one_of=("default", "async", "defer")),
    "location": text(one_of=("head", "footer")),
    "visibility": text(one_of=("storefront", "all_pages", "checkout", "order_confirmation")),
    "kind": text(one_of=("src", "script_tag")),
    "consent_category": text(one_of=("essential", "functional", "analytics", "targeting")),
    "enabled": flag(),
    "channel_id": integer(1),
    "integrity_hashes": listing(text(), most=5),
}
_DEFAULTS: Final[dict[str, Any]] = {
    "description": "",
    "html": "",
    "src": "",
    "auto_uninstall": False,
    "load_method": "default",
    "location": "head",
    "visibility": "storefront",
    "kind": "src",
    "consent_category": "unknown",
    "enabled": True,
    "channel_id": 1,
    "integrity_hashes": [],
}


def view(row: Row) -> dict[str, Any]:
    """Answer a script as the API shows it: its id is `uuid`."""
    return answers.pick(row, without=("id",))


def get_all(call: Call) -> Answer:
    """Answer a page of the caller's scripts."""
    rows = call.shop.table("scripts").where("api_client_id", call.caller.client_id)
    rows = filters.select(call, rows, {"channel_id:in": filters.number_in("channel_id")}, ("sort", "direction"))
    sort = call.query.get("sort", "date_created")
    if sort not in ("name", "description", "date_created", "date_modified"):
        raise problems.invalid({}, "The sort is not valid.")
    rows.sort(key=lambda row: str(row[sort]), reverse=call.query.get("direction") == "desc")
    return pages.paged(call, rows, view)


def get(call: Call) -> Answer:
    """Answer one script."""
    return answers.data(view(_one(call)))


def create(call: Call) -> Answer:
    """Make a script."""
    given = call.fields(record(_FIELDS, ("name",)))
    fresh = {**_DEFAULTS, **given}
    _check(call, fresh)
    _check_room(call, fresh["channel_id"])
    number = call.shop.next_id("scripts")
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{call.shop.hash}/script/{number}"))
    fresh |= {"id": name, "uuid": name, "api_client_id": call.caller.client_id}
    row = call.shop.add("scripts", {**fresh, "date_created": call.shop.zulu, "date_modified": call.shop.zulu})
    _announce(call, row, "created")
    return answers.data(view(row))


def update(call: Call) -> Answer:
    """Change a script; what the body leaves out stays."""
    row = _one(call)
    given = call.fields(record(_FIELDS))
    _check(call, {**row, **given})
    changed = call.shop.change("scripts", row, {**given, "date_modified": call.shop.zulu})
    _announce(call, changed, "updated")
    return answers.data(view(changed))


def delete(call: Call) -> Answer:
    """Remove a script."""
    call.shop.drop("scripts", _one(call))
    return answers.nothing()


def _check(call: Call, row: dict[str, Any]) -> None:
    errors: Errors = {}
    wanted, other = ("src", "html") if row["kind"] == "src" else ("html", "src")
    if not row[wanted]:
        errors[wanted] = f"is required when kind is {row['kind']}"
    if row[other]:
        errors[other] = f"must not be given when kind is {row['kind']}"
    if call.shop.find("channels", row["channel_id"]) is None:
        errors["channel_id"] = "the channel was not found"
    if errors:
        raise problems.invalid(errors)
    if row["visibility"] in ("checkout", "all_pages") and not call.caller.may(CHECKOUT_SCOPE, call.method):
        raise problems.v3(403, "You don't have a required scope to access the endpoint")


def _check_room(call: Call, channel_id: int) -> None:
    own = call.shop.table("scripts").where("api_client_id", call.caller.client_id)
    if len(own) >= MOST_OF_CLIENT:
        raise problems.invalid({}, f"An application may have {MOST_OF_CLIENT} scripts at most")
    if len(call.shop.table("scripts").where("channel_id", channel_id)) >= MOST_OF_CHANNEL:
        raise problems.invalid({}, f"A channel may have {MOST_OF_CHANNEL} scripts at most")


def _one(call: Call) -> Row:
    row = call.shop.find("scripts", call.params["uuid"])
    if row is None or row["api_client_id"] != call.caller.client_id:
        raise problems.v3(404, f"A script with the uuid of {call.params['uuid']} was not found")
    return row


def _announce(call: Call, row: Row, what: str) -> None:
    data = {"type": "script", "id": row["uuid"]}
    callbacks.announce(call.shop, f"store/channel/{row['channel_id']}/script/{what}", data)


_LIST: Final = "/v3/content/scripts"
_ITEM: Final = f"{_LIST}/{{uuid}}"
ROUTES: Final = tuple(
    Route(method=method, path=path, scope="store_v2_content", handle=handle)
    for method, path, handle in (
        ("GET", _LIST, get_all),
        ("POST", _LIST, create),
        ("GET", _ITEM, get),
        ("PUT", _ITEM, update),
        ("DELETE", _ITEM, delete),
    )
)
