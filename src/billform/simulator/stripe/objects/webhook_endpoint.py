"""Webhook endpoints: 16 at most, the secret shown once; no events are recorded for them."""

from __future__ import annotations

from typing import Any

from billform.simulator.stripe import change, lists, rules, schema
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import StripeError, invalid
from billform.simulator.world import Row

KIND = Kind(name="webhook_endpoint", what="webhook endpoint", path_param="webhook_endpoint")


def create(ctx: Context) -> Row:
    """POST /v1/webhook_endpoints: the only answer that carries the secret."""
    params = ctx.params
    mode = "live" if ctx.livemode else "test"
    if len(ctx.table(KIND)) >= rules.WEBHOOK_ENDPOINTS:
        raise StripeError(
            "Allowed webhook API limit exceeded. You have reached the maximum of "
            f"{rules.WEBHOOK_ENDPOINTS} {mode} webhook endpoints."
        )
    rules.url(params["url"], param="url", https=ctx.livemode)
    row: Row = {
        "id": ctx.token("we_"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": ctx.now,
        "description": params.get("description") or None,
        "enabled_events": _events(params["enabled_events"]),
        "livemode": ctx.livemode,
        "metadata": rules.metadata(params.get("metadata")),
        "status": "enabled",
        "url": params["url"],
        "_secret": ctx.token("whsec_", 32),
    }
    change.create(ctx, KIND, row, event=None)
    return {**change.answer(ctx, KIND, row), "secret": row["_secret"]}


def retrieve(ctx: Context) -> Row:
    """GET /v1/webhook_endpoints/{webhook_endpoint}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def update(ctx: Context) -> Row:
    """POST /v1/webhook_endpoints/{webhook_endpoint}: everything but the version."""
    row, params = ctx.in_path(KIND), ctx.params
    fields: Row = {}
    if "url" in params:
        fields["url"] = rules.url(params["url"], param="url", https=ctx.livemode)
    if "description" in params:
        fields["description"] = params["description"] or None
    if "enabled_events" in params:
        fields["enabled_events"] = _events(params["enabled_events"])
    if "disabled" in params:
        fields["status"] = "disabled" if params["disabled"] else "enabled"
    if "metadata" in params:
        fields["metadata"] = rules.metadata(params["metadata"], row["metadata"])
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event=None))


def delete(ctx: Context) -> Row:
    """DELETE /v1/webhook_endpoints/{webhook_endpoint}."""
    return change.delete(ctx, KIND, ctx.in_path(KIND), event=None)


def listing(ctx: Context) -> Row:
    """GET /v1/webhook_endpoints."""
    return lists.page(ctx, KIND, url="/v1/webhook_endpoints")


def known_events() -> frozenset[str]:
    """Answer every event name that an endpoint may ask for, and `*`."""
    return schema.literal_values("_webhook_endpoint_create_params", "WebhookEndpointCreateParams", "enabled_events")


def _events(given: list[Any]) -> list[str]:
    if not given:
        raise invalid("You must enable at least one event.", param="enabled_events")
    if "*" in given and len(given) > 1:
        raise invalid("`*` already stands for every event; give no other names with it.", param="enabled_events")
    return list(dict.fromkeys(given))


ROUTES = (
    Route(
        method="POST",
        template="/v1/webhook_endpoints",
        params="_webhook_endpoint_create",
        permission="webhook_write",
        handler=create,
    ),
    Route(
        method="GET",
        template="/v1/webhook_endpoints",
        params="_webhook_endpoint_list",
        permission="webhook_read",
        handler=listing,
    ),
    Route(
        method="GET",
        template="/v1/webhook_endpoints/{webhook_endpoint}",
        params="_webhook_endpoint_retrieve",
        permission="webhook_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/webhook_endpoints/{webhook_endpoint}",
        params="_webhook_endpoint_update",
        permission="webhook_write",
        handler=update,
    ),
    Route(
        method="DELETE",
        template="/v1/webhook_endpoints/{webhook_endpoint}",
        params="_webhook_endpoint_delete",
        permission="webhook_write",
        handler=delete,
    ),
)
