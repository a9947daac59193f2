"""The features of a portal configuration: Stripe's defaults, the merge of an update, and what must fit together."""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.stripe import rules
from billform.simulator.stripe.kind import Context
from billform.simulator.stripe.problem import StripeError, invalid, missing_param, no_such
from billform.simulator.world import Row

DEFAULTS: Final[Row] = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "feedback_options": [], "options": []},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_pause": {"duration": {"interval_options": [], "type": "indefinite"}, "enabled": False},
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "products": [],
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}
_LISTS: Final = frozenset(
    {
        "allowed_updates",
        "options",
        "feedback_options",
        "interval_options",
        "default_allowed_updates",
        "products",
        "conditions",
    }
)


def merged(ctx: Context, current: Row, given: Row) -> Row:
    """Lay the given leaves over the current features and check the whole; lists are replaced."""
    features = _overlay(current, given)
    _check_customer_update(features["customer_update"])
    _check_payment_method_update(ctx, features["payment_method_update"])
    _check_cancel(ctx, features["subscription_cancel"])
    _check_pause(features["subscription_pause"])
    if "subscription_update" in given:
        features["subscription_update"] = _checked_update(ctx, features["subscription_update"])
    return features


def _overlay(current: Row, given: Row) -> Row:
    result = dict(current)
    for key, value in given.items():
        if value == "":
            result[key] = [] if key in _LISTS else None
        elif isinstance(value, dict) and isinstance(current.get(key), dict):
            result[key] = _overlay(current[key], value)
        else:
            result[key] = value
    return result


def _check_customer_update(feature: Row) -> None:
    if feature["enabled"] and not feature["allowed_updates"]:
        raise missing_param("features[customer_update][allowed_updates]")


def _check_payment_method_update(ctx: Context, feature: Row) -> None:
    wanted = feature["payment_method_configuration"]
    if wanted is not None and wanted not in ctx.table("payment_method_configuration"):
        param = "features[payment_method_update][payment_method_configuration]"
        raise no_such("payment method configuration", wanted, param=param)


def _check_cancel(ctx: Context, feature: Row) -> None:
    name = "features[subscription_cancel]"
    reason = feature["cancellation_reason"]
    if reason["enabled"] and not reason["options"] and not reason["feedback_options"]:
        raise missing_param(f"{name}[cancellation_reason][options]")
    for wanted in reason["feedback_options"]:
        if wanted not in ctx.table("billing.feedback_option"):
            raise no_such("feedback option", wanted, param=f"{name}[cancellation_reason][feedback_options]")
    if feature["proration_behavior"] == "always_invoice":
        raise invalid("`always_invoice` is not supported here.", param=f"{name}[proration_behavior]")
    if feature["mode"] == "at_period_end" and feature["proration_behavior"] != "none":
        text = "`proration_behavior` can only be set if `mode` is `immediately`."
        raise invalid(text, param=f"{name}[proration_behavior]")


def _check_pause(feature: Row) -> None:
    duration = feature["duration"]
    inner = "features[subscription_pause][duration][interval_options]"
    if duration["type"] == "interval_options":
        if not duration["interval_options"]:
            raise missing_param(inner)
        duration["interval_options"] = [{"interval_count": 1, **option} for option in duration["interval_options"]]
    elif duration["interval_options"]:
        raise invalid("`interval_options` can only be set if `type` is `interval_options`.", param=inner)


def _checked_update(ctx: Context, feature: Row) -> Row:
    name = "features[subscription_update]"
    products = feature["products"]
    if feature["enabled"]:
        if not products:
            raise missing_param(f"{name}[products]")
        if not feature["default_allowed_updates"]:
            raise missing_param(f"{name}[default_allowed_updates]")
    if len(products) > rules.PORTAL_PRODUCTS:
        raise invalid(f"You can have up to {rules.PORTAL_PRODUCTS} products.", param=f"{name}[products]")
    named = [product["product"] for product in products]
    if len(set(named)) != len(named):
        raise invalid("Each product can only be listed once.", param=f"{name}[products]")
    checked = [_product(ctx, product, f"{name}[products][{place}]") for place, product in enumerate(products)]
    return {**feature, "products": checked}


def _product(ctx: Context, given: dict[str, Any], name: str) -> Row:
    parent = ctx.table("product").get(given["product"])
    if parent is None:
        raise no_such("product", given["product"], param=f"{name}[product]")
    if not given["prices"]:
        raise invalid("At least one price is needed.", param=f"{name}[prices]")
    periods: set[tuple[str, int, str]] = set()
    for wanted in given["prices"]:
        price = ctx.table("price").get(wanted)
        if price is None:
            raise no_such("price", wanted, param=f"{name}[prices]")
        if price["product"] != parent["id"]:
            raise StripeError(
                f"The price {wanted} does not belong to the product {parent['id']}.", param=f"{name}[prices]"
            )
        if price["recurring"] is None:
            raise StripeError(f"The price {wanted} is not recurring.", param=f"{name}[prices]")
        if not price["active"]:
            raise StripeError(f"The price {wanted} is inactive.", param=f"{name}[prices]")
        period = (price["recurring"]["interval"], price["recurring"]["interval_count"], price["currency"])
        if period in periods:
            text = "Prices of one product must differ in their billing interval or currency."
            raise StripeError(text, param=f"{name}[prices]")
        periods.add(period)
    quantity = {"enabled": False, "maximum": None, "minimum": 1, **given.get("adjustable_quantity", {})}
    if quantity["maximum"] is not None and quantity["maximum"] < quantity["minimum"]:
        raise invalid("The maximum must be at least the minimum.", param=f"{name}[adjustable_quantity][maximum]")
    return {"adjustable_quantity": quantity, "prices": given["prices"], "product": parent["id"]}
