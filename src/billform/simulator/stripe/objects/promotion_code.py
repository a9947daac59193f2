"""Promotion codes: what a customer types to get a coupon."""

from __future__ import annotations

import re
from typing import Any, Final

from billform.simulator.stripe import change, lists, rules
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.objects import coupon
from billform.simulator.stripe.problem import StripeError, invalid, missing_param, no_such
from billform.simulator.world import Row

_CODE: Final = re.compile(r"[a-zA-Z0-9\-_]+\Z")


def shape(ctx: Context, row: Row) -> Row:
    """Compute whether it is active: switched on, and redeemable."""
    return {**row, "active": row["active"] and _redeemable(ctx, row)}


KIND = Kind(
    name="promotion_code",
    what="promotion code",
    path_param="promotion_code",
    references={"promotion.coupon": "coupon", "customer": "customer"},
    hidden=frozenset({"restrictions.currency_options"}),
    shape=shape,
)


def create(ctx: Context) -> Row:
    """POST /v1/promotion_codes."""
    params = ctx.params
    coupon_id = params["promotion"].get("coupon")
    if coupon_id is None:
        raise missing_param("promotion[coupon]")
    parent = ctx.named(coupon.KIND, coupon_id, param="promotion[coupon]")
    if not coupon.is_valid(ctx, parent):
        raise StripeError("This coupon has expired.", code="coupon_expired", param="promotion[coupon]")
    for owner in ("customer", "customer_account"):
        if owner in params:
            raise no_such("customer", params[owner], param=owner)
    code = params.get("code") or ctx.token("", 8).upper()
    if not _CODE.match(code):
        text = "The promotion code can only contain letters, digits, dashes (-) and underscores (_)."
        raise invalid(text, param="code")
    rules.at_least(params.get("max_redemptions"), 1, param="max_redemptions")
    rules.in_five_years(params.get("expires_at"), ctx.now, param="expires_at")
    _check_against(parent, params)
    if params.get("active", True):
        _refuse_second(ctx, code, None)
    row: Row = {
        "id": ctx.token("promo_"),
        "object": "promotion_code",
        "active": params.get("active", True),
        "code": code,
        "created": ctx.now,
        "customer": None,
        "customer_account": None,
        "expires_at": params.get("expires_at"),
        "livemode": ctx.livemode,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": rules.metadata(params.get("metadata")),
        "promotion": {"coupon": parent["id"], "type": "coupon"},
        "restrictions": _restrictions(params.get("restrictions", {})),
        "times_redeemed": 0,
        "_folded": code.lower(),
        "_coupon": parent["id"],
    }
    return change.answer(ctx, KIND, change.create(ctx, KIND, row, event="promotion_code.created"))


def retrieve(ctx: Context) -> Row:
    """GET /v1/promotion_codes/{promotion_code}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def update(ctx: Context) -> Row:
    """POST /v1/promotion_codes/{promotion_code}: active, metadata, and the minimum in further currencies."""
    row, params = ctx.in_path(KIND), ctx.params
    fields: Row = {}
    if "active" in params:
        if params["active"] and not shape(ctx, row)["active"]:
            if not _redeemable(ctx, row):
                text = "This promotion code cannot be reactivated: it, or its coupon, can no longer be redeemed."
                raise StripeError(text, param="active")
            _refuse_second(ctx, row["code"], row["id"])
        fields["active"] = params["active"]
    if "metadata" in params:
        fields["metadata"] = rules.metadata(params["metadata"], row["metadata"])
    options = params.get("restrictions", {}).get("currency_options")
    if options is not None:
        own = row["restrictions"]
        if own["minimum_amount_currency"] is None:
            text = "`currency_options` needs `minimum_amount` and `minimum_amount_currency`."
            raise invalid(text, param="restrictions[currency_options]")
        merged = {**own["currency_options"], **_options(options, own["minimum_amount_currency"])}
        fields["restrictions"] = {**own, "currency_options": merged}
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event="promotion_code.updated"))


def listing(ctx: Context) -> Row:
    """GET /v1/promotion_codes: active and not alike unless `active` is given; `code` ignores case."""
    params = ctx.params
    rows = None
    if "coupon" in params:
        ctx.named(coupon.KIND, params["coupon"], param="coupon")
        rows = ctx.table(KIND).where("_coupon", params["coupon"])
    for owner in ("customer", "customer_account"):
        if owner in params:
            raise no_such("customer", params[owner], param=owner)
    code = params["code"].lower() if "code" in params else None
    if rows is None and code is not None:
        rows = ctx.table(KIND).where("_folded", code)

    def keep(row: Row) -> bool:
        if code is not None and row["_folded"] != code:
            return False
        return "active" not in params or shape(ctx, row)["active"] == params["active"]

    return lists.page(ctx, KIND, url="/v1/promotion_codes", keep=keep, rows=rows)


def end_all(ctx: Context, coupon_id: str) -> None:
    """Switch off every code of a coupon that is being deleted."""
    for row in ctx.table(KIND).where("_coupon", coupon_id):
        change.update(ctx, KIND, row, {"active": False}, event="promotion_code.updated")


def _redeemable(ctx: Context, row: Row) -> bool:
    parent = ctx.table(coupon.KIND).get(row["_coupon"])
    if parent is None or not coupon.is_valid(ctx, parent):
        return False
    expired = row["expires_at"] is not None and row["expires_at"] <= ctx.now
    used_up = row["max_redemptions"] is not None and row["times_redeemed"] >= row["max_redemptions"]
    return not (expired or used_up)


def _refuse_second(ctx: Context, code: str, own: str | None) -> None:
    for other in ctx.table(KIND).where("_folded", code.lower()):
        if other["id"] != own and shape(ctx, other)["active"]:
            raise StripeError(f"An active promotion code with `code: {code}` already exists.")


def _check_against(parent: Row, params: dict[str, Any]) -> None:
    """A code cannot give more than its coupon."""
    most, until = parent["max_redemptions"], parent["redeem_by"]
    if most is not None and params.get("max_redemptions", 0) > most:
        text = "The promotion code's max_redemptions cannot exceed that of its coupon."
        raise invalid(text, param="max_redemptions")
    if until is not None and params.get("expires_at", 0) > until:
        raise invalid("The promotion code cannot expire later than its coupon's redeem_by.", param="expires_at")


def _restrictions(given: dict[str, Any]) -> Row:
    amount, currency = given.get("minimum_amount"), given.get("minimum_amount_currency")
    if amount is not None and currency is None:
        raise missing_param("restrictions[minimum_amount_currency]")
    if currency is not None and amount is None:
        raise missing_param("restrictions[minimum_amount]")
    rules.at_least(amount, 1, param="restrictions[minimum_amount]")
    options: Row = {}
    if currency is not None:
        rules.currency(currency, param="restrictions[minimum_amount_currency]")
        options = {currency: {"minimum_amount": amount}, **_options(given.get("currency_options", {}), currency)}
    elif "currency_options" in given:
        raise missing_param("restrictions[minimum_amount]")
    answer = {
        "first_time_transaction": given.get("first_time_transaction", False),
        "minimum_amount": amount,
        "minimum_amount_currency": currency,
    }
    return {**answer, "currency_options": options} if options else answer


def _options(given: dict[str, Any], own: str) -> Row:
    options: Row = {}
    for key, value in given.items():
        inner = f"restrictions[currency_options][{key}]"
        rules.currency_key(key, param="restrictions[currency_options]")
        if key == own:
            text = "You are specifying a currency option that matches the top-level currency of this minimum."
            raise invalid(text, param=inner)
        if not isinstance(value, dict) or "minimum_amount" not in value:
            raise missing_param(f"{inner}[minimum_amount]")
        rules.at_least(value["minimum_amount"], 1, param=f"{inner}[minimum_amount]")
        options[key] = {"minimum_amount": value["minimum_amount"]}
    return options


ROUTES = (
    Route(
        method="POST",
        template="/v1/promotion_codes",
        params="_promotion_code_create",
        permission="promotion_code_write",
        handler=create,
        texts=rules.PROMOTION_CODE_TEXTS,
    ),
    Route(
        method="GET",
        template="/v1/promotion_codes",
        params="_promotion_code_list",
        permission="promotion_code_read",
        handler=listing,
    ),
    Route(
        method="GET",
        template="/v1/promotion_codes/{promotion_code}",
        params="_promotion_code_retrieve",
        permission="promotion_code_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/promotion_codes/{promotion_code}",
        params="_promotion_code_update",
        permission="promotion_code_write",
        handler=update,
    ),
)
