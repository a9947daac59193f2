"""Features attached to products; no events are recorded for them."""

from __future__ import annotations

from billform.simulator.stripe import change, lists
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.objects import feature, product
from billform.simulator.stripe.problem import StripeError, no_such
from billform.simulator.world import Row


def shape(ctx: Context, row: Row) -> Row:
    """Embed the whole feature, as it is today."""
    return {**row, "entitlement_feature": ctx.table(feature.KIND).get(row["_feature"])}


KIND = Kind(name="product_feature", what="product feature", shape=shape)


def create(ctx: Context) -> Row:
    """POST /v1/products/{product}/features: once per feature, and only active ones."""
    parent = ctx.in_path(product.KIND, "product")
    wanted = ctx.named(feature.KIND, ctx.params["entitlement_feature"], param="entitlement_feature")
    if not wanted["active"]:
        text = f"The feature {wanted['id']} is archived and cannot be attached to a product."
        raise StripeError(text, param="entitlement_feature")
    for other in ctx.table(KIND).where("_product", parent["id"]):
        if other["_feature"] == wanted["id"]:
            text = f"The feature {wanted['id']} is already attached to the product {parent['id']}."
            raise StripeError(text, param="entitlement_feature")
    row: Row = {
        "id": ctx.token("prodft_"),
        "object": "product_feature",
        "livemode": ctx.livemode,
        "_product": parent["id"],
        "_feature": wanted["id"],
    }
    return change.answer(ctx, KIND, change.create(ctx, KIND, row, event=None))


def retrieve(ctx: Context) -> Row:
    """GET /v1/products/{product}/features/{id}."""
    return change.answer(ctx, KIND, _found(ctx))


def delete(ctx: Context) -> Row:
    """DELETE /v1/products/{product}/features/{id}: detaches."""
    return change.delete(ctx, KIND, _found(ctx), event=None)


def listing(ctx: Context) -> Row:
    """GET /v1/products/{product}/features."""
    parent = ctx.in_path(product.KIND, "product")
    rows = ctx.table(KIND).where("_product", parent["id"])
    return lists.page(ctx, KIND, url=f"/v1/products/{parent['id']}/features", rows=rows)


def _found(ctx: Context) -> Row:
    parent = ctx.in_path(product.KIND, "product")
    row = ctx.in_path(KIND)
    if row["_product"] != parent["id"]:
        raise no_such(KIND.what, row["id"], param="id", in_path=True)
    return row


ROUTES = (
    Route(
        method="POST",
        template="/v1/products/{product}/features",
        params="_product_feature_create",
        permission="entitlements_write",
        handler=create,
    ),
    Route(
        method="GET",
        template="/v1/products/{product}/features",
        params="_product_feature_list",
        permission="entitlements_read",
        handler=listing,
    ),
    Route(
        method="GET",
        template="/v1/products/{product}/features/{id}",
        params="_product_feature_retrieve",
        permission="entitlements_read",
        handler=retrieve,
    ),
    Route(
        method="DELETE",
        template="/v1/products/{product}/features/{id}",
        params="_product_feature_delete",
        permission="entitlements_write",
        handler=delete,
    ),
)
