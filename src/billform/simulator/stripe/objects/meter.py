"""Billing meters: what usage is counted, one active per event name."""

from __future__ import annotations

from billform.simulator.stripe import change, lists, rules
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import StripeError
from billform.simulator.world import Row

KIND = Kind(name="billing.meter", what="billing meter")


def create(ctx: Context) -> Row:
    """POST /v1/billing/meters."""
    params = ctx.params
    _refuse_second(ctx, params["event_name"], None)
    now = ctx.now
    row: Row = {
        "id": ctx.token("mtr_"),
        "object": "billing.meter",
        "created": now,
        "customer_mapping": params.get(
            "customer_mapping", {"event_payload_key": "stripe_customer_id", "type": "by_id"}
        ),
        "default_aggregation": params["default_aggregation"],
        "display_name": params["display_name"],
        "event_name": params["event_name"],
        "event_time_window": params.get("event_time_window"),
        "livemode": ctx.livemode,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": now,
        "value_settings": params.get("value_settings", {"event_payload_key": "value"}),
    }
    return change.answer(ctx, KIND, change.create(ctx, KIND, row, event="billing.meter.created"))


def retrieve(ctx: Context) -> Row:
    """GET /v1/billing/meters/{id}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def update(ctx: Context) -> Row:
    """POST /v1/billing/meters/{id}: the display name and nothing else."""
    fields = {key: ctx.params[key] for key in ("display_name",) if key in ctx.params}
    row = change.update(ctx, KIND, ctx.in_path(KIND), fields, event="billing.meter.updated")
    return change.answer(ctx, KIND, row)


def deactivate(ctx: Context) -> Row:
    """POST /v1/billing/meters/{id}/deactivate."""
    row = ctx.in_path(KIND)
    if row["status"] == "inactive":
        raise StripeError(f"The meter {row['id']} is already inactive.")
    fields = {"status": "inactive", "status_transitions": {"deactivated_at": ctx.now}}
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event="billing.meter.deactivated"))


def reactivate(ctx: Context) -> Row:
    """POST /v1/billing/meters/{id}/reactivate: unless another one has taken the event name."""
    row = ctx.in_path(KIND)
    if row["status"] == "active":
        raise StripeError(f"The meter {row['id']} is already active.")
    _refuse_second(ctx, row["event_name"], row["id"])
    fields = {"status": "active", "status_transitions": {"deactivated_at": None}}
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event="billing.meter.reactivated"))


def listing(ctx: Context) -> Row:
    """GET /v1/billing/meters: active and inactive alike unless `status` is given."""
    status = ctx.params.get("status")
    return lists.page(ctx, KIND, url="/v1/billing/meters", keep=lambda row: status in (None, row["status"]))


def _refuse_second(ctx: Context, event_name: str, own: str | None) -> None:
    for other in ctx.table(KIND).where("event_name", event_name):
        if other["id"] != own and other["status"] == "active":
            text = f"There is already an active meter with the event name `{event_name}`: {other['id']}."
            raise StripeError(text, param="event_name")


ROUTES = (
    Route(
        method="POST",
        template="/v1/billing/meters",
        params="billing._meter_create",
        permission="billing_meter_write",
        handler=create,
        texts=rules.METER_TEXTS,
    ),
    Route(
        method="GET",
        template="/v1/billing/meters",
        params="billing._meter_list",
        permission="billing_meter_read",
        handler=listing,
    ),
    Route(
        method="GET",
        template="/v1/billing/meters/{id}",
        params="billing._meter_retrieve",
        permission="billing_meter_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/billing/meters/{id}",
        params="billing._meter_update",
        permission="billing_meter_write",
        handler=update,
        texts=rules.METER_TEXTS,
    ),
    Route(
        method="POST",
        template="/v1/billing/meters/{id}/deactivate",
        params="billing._meter_deactivate",
        permission="billing_meter_write",
        handler=deactivate,
    ),
    Route(
        method="POST",
        template="/v1/billing/meters/{id}/reactivate",
        params="billing._meter_reactivate",
        permission="billing_meter_write",
        handler=reactivate,
    ),
)
