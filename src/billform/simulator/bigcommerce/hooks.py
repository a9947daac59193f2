"""Webhooks: /hooks. Each account sees and changes its own alone.

One per scope and destination of an account, ten per scope; destinations are https on port 443. A store's
setting `loopback_hooks`, which the vendor does not have, lets http on 127.0.0.1 by so that deliveries can be
received on the same machine. Undocumented and chosen here: a second hook of the same scope and destination
is 422, and so is a scope that no page documents.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from billform.simulator.bigcommerce import answers, filters, pages, problems, scopes
from billform.simulator.bigcommerce.fields import Check, Errors, flag, listing, record, text, texts_by_name
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer
from billform.simulator.world import Row

MOST_PER_SCOPE: Final = 10
ONCE: Final = "store/hook/deliveryException"
"""One per account, and never to a destination that it watches."""

_FIELDS: Final[dict[str, Check]] = {
    "scope": text(1),
    "destination": text(1),
    "is_active": flag(),
    "headers": texts_by_name(nullable=True),
}
_FILTERS: Final[filters.Filters] = {
    "is_active": filters.is_flag("is_active"),
    "scope": filters.is_exactly("scope"),
    "destination": filters.is_exactly("destination"),
}


def get_all(call: Call) -> Answer:
    """Answer a page of the caller's hooks."""
    return pages.paged(call, filters.select(call, _own(call), _FILTERS), dict)


def get(call: Call) -> Answer:
    """Answer one hook."""
    return answers.data(_one(call))


def create(call: Call) -> Answer:
    """Make a hook."""
    given = _given(call, ("scope", "destination"))
    fresh = {
        "id": call.shop.next_id("hooks"),
        "client_id": call.caller.client_id,
        "store_hash": call.shop.hash,
        "headers": None,
        "is_active": True,
        **given,
        "created_at": call.shop.now,
        "updated_at": call.shop.now,
    }
    _check(call, fresh)
    return answers.data(call.shop.add("hooks", fresh))


def update(call: Call) -> Answer:
    """Change a hook; what the body leaves out stays."""
    row = _one(call)
    wanted = {**row, **_given(call, ()), "updated_at": call.shop.now}
    _check(call, wanted)
    return answers.data(call.shop.change("hooks", row, wanted))


def delete(call: Call) -> Answer:
    """Remove a hook and answer what it was."""
    row = _one(call)
    call.shop.drop("hooks", row)
    return answers.data(row)


def get_admin(call: Call) -> Answer:
    """Answer who is told of failing hooks, and the caller's hooks with their status."""
    hooks = [{**row, "status": "active" if row["is_active"] else "inactive"} for row in _own(call)]
    emails = (call.shop.find("hook_admin", call.caller.client_id) or {}).get("emails", [])
    return answers.data({"emails": emails, "hooks_list": hooks, "blocked_domains": []})


def put_admin(call: Call) -> Answer:
    """Set who is told of failing hooks."""
    given = call.fields(record({"emails": listing(text(3))}))
    call.shop.add("hook_admin", {"id": call.caller.client_id, "emails": given.get("emails", [])})
    return answers.nothing()


def _given(call: Call, required: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(call.body, dict):
        raise problems.malformed("v3")
    errors: Errors = {}
    cleaned: dict[str, Any] = record(_FIELDS, required)(call.body, "", errors)
    if errors:
        # This service ends its codes with a full stop.
        raise problems.invalid({name: f"{one}." for name, one in errors.items()}, "Unprocessable Entity")
    return cleaned


def _check(call: Call, row: dict[str, Any]) -> None:
    errors: Errors = {}
    if not scopes.known(row["scope"]):
        errors["scope"] = f"The scope {row['scope']} is not supported."
    if not _may_deliver(call.shop, row["destination"]):
        errors["destination"] = "The destination must be an https URL on port 443."
    others = [other for other in _own(call) if other["id"] != row["id"] and other["scope"] == row["scope"]]
    if any(other["destination"] == row["destination"] for other in others):
        errors["destination"] = "A webhook with the same scope and destination already exists."
    elif len(others) >= MOST_PER_SCOPE or (others and row["scope"] == ONCE):
        errors["scope"] = f"The scope {row['scope']} has as many webhooks as it may have."
    if errors:
        raise problems.invalid(errors, "Unprocessable Entity")


def _may_deliver(shop: Shop, destination: str) -> bool:
    parts = urlsplit(destination)
    try:
        port = parts.port
    except ValueError:
        return False
    if shop.profile["settings"]["loopback_hooks"] and parts.scheme == "http" and parts.hostname == "127.0.0.1":
        return True
    return parts.scheme == "https" and bool(parts.hostname) and port in (None, 443)


def _own(call: Call) -> list[Row]:
    return call.shop.table("hooks").where("client_id", call.caller.client_id)


def _one(call: Call) -> Row:
    row = call.shop.find("hooks", call.number("webhook_id"))
    if row is None or row["client_id"] != call.caller.client_id:
        raise problems.v3(404, f"The webhook with id {call.params['webhook_id']} was not found")
    return row


_ITEM: Final = "/v3/hooks/{webhook_id}"
ROUTES: Final = (
    Route(method="GET", path="/v3/hooks", scope=None, handle=get_all),
    Route(method="POST", path="/v3/hooks", scope=None, handle=create),
    Route(method="GET", path="/v3/hooks/admin", scope=None, handle=get_admin),
    Route(method="PUT", path="/v3/hooks/admin", scope=None, handle=put_admin),
    Route(method="GET", path=_ITEM, scope=None, handle=get),
    Route(method="PUT", path=_ITEM, scope=None, handle=update),
    Route(method="DELETE", path=_ITEM, scope=None, handle=delete),
)
