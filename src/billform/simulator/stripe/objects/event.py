"""Events, as far back as 30 days; read only."""

from __future__ import annotations

from fnmatch import fnmatchcase

from billform.simulator.stripe import change, lists
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import exclusive, invalid
from billform.simulator.stripe.rules import EVENT_DAYS, EVENT_TYPES_FILTER
from billform.simulator.world import Row

KIND = Kind(name="event", what="event")


def retrieve(ctx: Context) -> Row:
    """GET /v1/events/{id}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def listing(ctx: Context) -> Row:
    """GET /v1/events: by type, types or a wildcard, and by whether every delivery succeeded."""
    params = ctx.params
    if "type" in params and "types" in params:
        raise exclusive("type", "types")
    types = params.get("types", [])
    if len(types) > EVENT_TYPES_FILTER:
        raise invalid(f"You may only filter by up to {EVENT_TYPES_FILTER} types.", param="types")
    oldest = ctx.now - EVENT_DAYS * 86_400
    delivered = _delivered(ctx) if "delivery_success" in params else {}

    def keep(row: Row) -> bool:
        if row["created"] < oldest or (types and row["type"] not in types):
            return False
        if "type" in params and not fnmatchcase(row["type"], params["type"]):
            return False
        if "delivery_success" in params:
            done = delivered.get(row["id"], 0) >= row["pending_webhooks"]
            return bool(done == params["delivery_success"])
        return True

    return lists.page(ctx, KIND, url="/v1/events", keep=keep)


def _delivered(ctx: Context) -> dict[str, int]:
    """Count the endpoints that took each event."""
    counts: dict[str, int] = {}
    for attempt in ctx.setting.delivery.attempts():
        if attempt["status"] is not None and 200 <= attempt["status"] < 300:
            counts[attempt["event"]] = counts.get(attempt["event"], 0) + 1
    return counts


ROUTES = (
    Route(method="GET", template="/v1/events", params="_event_list", permission="event_read", handler=listing),
    Route(
        method="GET", template="/v1/events/{id}", params="_event_retrieve", permission="event_read", handler=retrieve
    ),
)
