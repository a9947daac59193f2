"""Coupons: a discount under an id that the caller may choose."""

from __future__ import annotations

from typing import Any

from billform.simulator.stripe import change, lists, rules
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import StripeError, exclusive, invalid, missing_param, no_such
from billform.simulator.world import Row

_DELETED = "coupon_deleted"


def shape(ctx: Context, row: Row) -> Row:
    """Compute whether it can still be redeemed."""
    return {**row, "valid": is_valid(ctx, row)}


def lookup(ctx: Context, wanted: str) -> Row | None:
    """Find a coupon for a promotion code that outlived it: the deleted ones can still be expanded."""
    return ctx.table(KIND).get(wanted) or ctx.table(_DELETED).get(wanted)


KIND = Kind(
    name="coupon",
    what="coupon",
    path_param="coupon",
    hidden=frozenset({"applies_to", "currency_options"}),
    shape=shape,
)


def is_valid(ctx: Context, row: Row) -> bool:
    """Tell whether the coupon is neither deleted, expired nor used up."""
    if row["id"] not in ctx.table(KIND):
        return False
    expired = row["redeem_by"] is not None and row["redeem_by"] <= ctx.now
    used_up = row["max_redemptions"] is not None and row["times_redeemed"] >= row["max_redemptions"]
    return not (expired or used_up)


def create(ctx: Context) -> Row:
    """POST /v1/coupons."""
    params = ctx.params
    _check_worth(params)
    duration = params.get("duration", "once")
    months = params.get("duration_in_months")
    if duration == "repeating" and months is None:
        raise missing_param("duration_in_months")
    if duration != "repeating" and months is not None:
        text = "`duration_in_months` can only be set if `duration` is `repeating`."
        raise invalid(text, param="duration_in_months")
    rules.at_least(months, 1, param="duration_in_months")
    rules.at_least(params.get("max_redemptions"), 1, param="max_redemptions")
    rules.in_five_years(params.get("redeem_by"), ctx.now, param="redeem_by")
    products = params.get("applies_to", {}).get("products")
    for product in products or ():
        if product not in ctx.table("product"):
            raise no_such("product", product, param="applies_to[products]")
    wanted: str | None = params.get("id")
    if wanted is not None and wanted in ctx.table(KIND):
        raise StripeError("Coupon already exists.", code="resource_already_exists", param="id")
    amount = params.get("amount_off")
    row: Row = {
        "id": wanted or ctx.token("", 8),
        "object": "coupon",
        "amount_off": amount,
        "created": ctx.now,
        "currency": params["currency"] if amount is not None else None,
        "duration": duration,
        "duration_in_months": months,
        "livemode": ctx.livemode,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": rules.metadata(params.get("metadata")),
        "name": params.get("name"),
        "percent_off": params.get("percent_off"),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }
    if products:
        row["applies_to"] = {"products": products}
    if amount is not None:
        row["currency_options"] = {row["currency"]: {"amount_off": amount}}
        row["currency_options"].update(_options(params.get("currency_options", {}), row["currency"]))
    return change.answer(ctx, KIND, change.create(ctx, KIND, row, event="coupon.created"))


def retrieve(ctx: Context) -> Row:
    """GET /v1/coupons/{coupon}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def update(ctx: Context) -> Row:
    """POST /v1/coupons/{coupon}: name, metadata, and currencies that are merged in."""
    row, params = ctx.in_path(KIND), ctx.params
    fields: Row = {}
    if "name" in params:
        fields["name"] = params["name"]
    if "metadata" in params:
        fields["metadata"] = rules.metadata(params["metadata"], row["metadata"])
    if "currency_options" in params:
        if row["amount_off"] is None:
            raise invalid("`currency_options` can only be set on a coupon with `amount_off`.", param="currency_options")
        fields["currency_options"] = {
            **row["currency_options"],
            **_options(params["currency_options"], row["currency"]),
        }
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event="coupon.updated"))


def delete(ctx: Context) -> Row:
    """DELETE /v1/coupons/{coupon}: always possible; its promotion codes end with it."""
    from billform.simulator.stripe.objects import promotion_code

    row = ctx.in_path(KIND)
    promotion_code.end_all(ctx, row["id"])
    ctx.table(_DELETED).put(row["id"], row)
    return change.delete(ctx, KIND, row, event="coupon.deleted")


def listing(ctx: Context) -> Row:
    """GET /v1/coupons."""
    return lists.page(ctx, KIND, url="/v1/coupons")


def _check_worth(params: dict[str, Any]) -> None:
    percent, amount = params.get("percent_off"), params.get("amount_off")
    if percent is not None and amount is not None:
        raise exclusive("percent_off", "amount_off")
    if percent is None and amount is None:
        raise invalid("Must provide percent_off or amount_off", param="percent_off")
    if percent is not None and not 0.01 <= percent <= 100:
        raise invalid("Invalid percent_off: must be between 0.01 and 100", param="percent_off")
    if "currency" in params:
        rules.currency(params["currency"], param="currency")
    if amount is not None:
        rules.at_least(amount, 1, param="amount_off")
        if "currency" not in params:
            raise missing_param("currency")
    elif "currency_options" in params:
        raise invalid("`currency_options` can only be set with `amount_off`.", param="currency_options")


def _options(given: dict[str, Any], own: str) -> Row:
    options: Row = {}
    for key, value in given.items():
        inner = f"currency_options[{key}]"
        rules.currency_key(key, param="currency_options")
        if key == own:
            text = "You are specifying a currency option that matches the top-level currency for this coupon."
            raise invalid(text, param=inner)
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=inner)
        rules.at_least(value["amount_off"], 1, param=f"{inner}[amount_off]")
        options[key] = {"amount_off": value["amount_off"]}
    return options


ROUTES = (
    Route(
        method="POST",
        template="/v1/coupons",
        params="_coupon_create",
        permission="coupon_write",
        handler=create,
        texts=rules.COUPON_TEXTS,
    ),
    Route(method="GET", template="/v1/coupons", params="_coupon_list", permission="coupon_read", handler=listing),
    Route(
        method="GET",
        template="/v1/coupons/{coupon}",
        params="_coupon_retrieve",
        permission="coupon_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/coupons/{coupon}",
        params="_coupon_update",
        permission="coupon_write",
        handler=update,
        texts=rules.COUPON_TEXTS,
    ),
    Route(
        method="DELETE",
        template="/v1/coupons/{coupon}",
        params="_coupon_delete",
        permission="coupon_write",
        handler=delete,
    ),
)
