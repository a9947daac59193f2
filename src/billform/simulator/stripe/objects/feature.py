"""Entitlement features; no events are recorded for them."""

from __future__ import annotations

from billform.simulator.stripe import change, lists, rules
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import StripeError
from billform.simulator.world import Row

KIND = Kind(name="entitlements.feature", what="feature")


def create(ctx: Context) -> Row:
    """POST /v1/entitlements/features: the lookup key stays taken for ever, archived or not."""
    params = ctx.params
    if ctx.table(KIND).where("lookup_key", params["lookup_key"]):
        text = f"A feature with the lookup key `{params['lookup_key']}` already exists."
        raise StripeError(text, param="lookup_key")
    row: Row = {
        "id": ctx.token("feat_"),
        "object": "entitlements.feature",
        "active": True,
        "livemode": ctx.livemode,
        "lookup_key": params["lookup_key"],
        "metadata": rules.metadata(params.get("metadata")),
        "name": params["name"],
    }
    return change.answer(ctx, KIND, change.create(ctx, KIND, row, event=None))


def retrieve(ctx: Context) -> Row:
    """GET /v1/entitlements/features/{id}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def update(ctx: Context) -> Row:
    """POST /v1/entitlements/features/{id}: name, metadata, and active, which archives."""
    row, params = ctx.in_path(KIND), ctx.params
    fields: Row = {key: params[key] for key in ("active", "name") if key in params}
    if "metadata" in params:
        fields["metadata"] = rules.metadata(params["metadata"], row["metadata"])
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event=None))


def listing(ctx: Context) -> Row:
    """GET /v1/entitlements/features: without the archived ones, or with `archived=true` only those."""
    archived = ctx.params.get("archived", False)
    lookup_key = ctx.params.get("lookup_key")

    def keep(row: Row) -> bool:
        return bool(row["active"] != archived and lookup_key in (None, row["lookup_key"]))

    return lists.page(ctx, KIND, url="/v1/entitlements/features", keep=keep)


ROUTES = (
    Route(
        method="POST",
        template="/v1/entitlements/features",
        params="entitlements._feature_create",
        permission="entitlements_write",
        handler=create,
        texts=rules.FEATURE_TEXTS,
    ),
    Route(
        method="GET",
        template="/v1/entitlements/features",
        params="entitlements._feature_list",
        permission="entitlements_read",
        handler=listing,
    ),
    Route(
        method="GET",
        template="/v1/entitlements/features/{id}",
        params="entitlements._feature_retrieve",
        permission="entitlements_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/entitlements/features/{id}",
        params="entitlements._feature_update",
        permission="entitlements_write",
        handler=update,
        texts=rules.FEATURE_TEXTS,
    ),
)
