"""Payment method configurations: which ways to pay are offered; no events are recorded for them."""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.stripe import change, lists, rules
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import StripeError
from billform.simulator.world import Row

KIND = Kind(name="payment_method_configuration", what="payment method configuration", path_param="configuration")

_OFFERED: Final = {
    "acss_debit": False,
    "affirm": False,
    "afterpay_clearpay": False,
    "alipay": False,
    "amazon_pay": True,
    "apple_pay": True,
    "bancontact": True,
    "card": True,
    "cashapp": True,
    "eps": True,
    "google_pay": True,
    "ideal": True,
    "klarna": False,
    "link": True,
    "p24": False,
    "sepa_debit": False,
    "us_bank_account": False,
    "wechat_pay": False,
}
"""What an account in the United States can offer, and whether Stripe's own preference has it on."""
_OTHER: Final = frozenset({"active", "expand", "name", "parent"})


def seed(ctx: Context) -> None:
    """Store the default configuration that every account has."""
    _store(ctx, {"name": "Default"}, is_default=True)


def create(ctx: Context) -> Row:
    """POST /v1/payment_method_configurations."""
    if "parent" in ctx.params:
        ctx.named(KIND, ctx.params["parent"], param="parent")
    return change.answer(ctx, KIND, _store(ctx, ctx.params, is_default=False))


def retrieve(ctx: Context) -> Row:
    """GET /v1/payment_method_configurations/{configuration}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def update(ctx: Context) -> Row:
    """POST /v1/payment_method_configurations/{configuration}: only the ways to pay that are given change."""
    row, params = ctx.in_path(KIND), ctx.params
    if params.get("active") is False and row["is_default"]:
        raise StripeError("The default payment method configuration cannot be deactivated.", param="active")
    fields: Row = {key: params[key] for key in ("active", "name") if key in params}
    fields.update({key: _method(key, given, row.get(key)) for key, given in params.items() if key not in _OTHER})
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event=None))


def listing(ctx: Context) -> Row:
    """GET /v1/payment_method_configurations."""
    active = ctx.params.get("active")
    return lists.page(
        ctx, KIND, url="/v1/payment_method_configurations", keep=lambda row: active in (None, row["active"])
    )


def _store(ctx: Context, params: dict[str, Any], *, is_default: bool) -> Row:
    row: Row = {
        "id": ctx.token("pmc_"),
        "object": "payment_method_configuration",
        "active": True,
        "application": None,
        "is_default": is_default,
        "livemode": ctx.livemode,
        "name": params.get("name", "Custom configuration"),
        "parent": params.get("parent"),
    }
    for key in {**_OFFERED, **{name: None for name in params if name not in _OTHER}}:
        row[key] = _method(key, params.get(key, {}), None)
    return change.create(ctx, KIND, row, event=None)


def _method(key: str, given: dict[str, Any], current: Row | None) -> Row:
    old = current["display_preference"]["preference"] if current else "none"
    preference = given.get("display_preference", {}).get("preference", old)
    by_itself = "on" if _OFFERED.get(key) else "off"
    return {
        "available": key in _OFFERED,
        "display_preference": {
            "overridable": None,
            "preference": preference,
            "value": by_itself if preference == "none" else preference,
        },
    }


ROUTES = (
    Route(
        method="POST",
        template="/v1/payment_method_configurations",
        params="_payment_method_configuration_create",
        permission="payment_method_configurations_write",
        handler=create,
        texts=rules.PAYMENT_METHODS_TEXTS,
    ),
    Route(
        method="GET",
        template="/v1/payment_method_configurations",
        params="_payment_method_configuration_list",
        permission="payment_method_configurations_read",
        handler=listing,
    ),
    Route(
        method="GET",
        template="/v1/payment_method_configurations/{configuration}",
        params="_payment_method_configuration_retrieve",
        permission="payment_method_configurations_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/payment_method_configurations/{configuration}",
        params="_payment_method_configuration_update",
        permission="payment_method_configurations_write",
        handler=update,
        texts=rules.PAYMENT_METHODS_TEXTS,
    ),
)
