"""How a price charges: amounts, tiers, packages, intervals, further currencies; checked and as it comes back."""

from __future__ import annotations

from typing import Any

from billform.simulator.stripe import rules
from billform.simulator.stripe.kind import Context
from billform.simulator.stripe.objects import tax_settings
from billform.simulator.stripe.problem import StripeError, exclusive, invalid, missing_param, no_such
from billform.simulator.world import Row


def model(ctx: Context, params: dict[str, Any], *, name: str = "") -> Row:
    """Answer every field of a price that its create parameters fix for ever."""

    def full(key: str) -> str:
        return f"{name}[{key}]" if name else key

    rules.currency(params["currency"], param=full("currency"))
    scheme: str = params.get("billing_scheme", "per_unit")
    recurring = _recurring(ctx, params.get("recurring"), name=full("recurring"))
    if scheme == "tiered":
        _check_tiered(params, full)
    else:
        for key in ("tiers", "tiers_mode"):
            if key in params:
                raise invalid(f"`{key}` can only be set if `billing_scheme` is set to `tiered`.", param=full(key))
    if "transform_quantity" in params:
        rules.at_least(params["transform_quantity"]["divide_by"], 1, param=f"{full('transform_quantity')}[divide_by]")
    if "custom_unit_amount" in params and recurring is not None:
        text = "`custom_unit_amount` is not supported for recurring prices."
        raise invalid(text, param=full("custom_unit_amount"))
    own = _amounts(scheme, params, name=name, top=True)
    behavior = params.get("tax_behavior", "unspecified")
    if behavior == "unspecified":
        behavior = tax_settings.default_behavior(ctx, params["currency"])
    options = {params["currency"]: {**own, "tax_behavior": behavior}}
    for key, value in params.get("currency_options", {}).items():
        inner = f"{full('currency_options')}[{key}]"
        rules.currency_key(key, param=full("currency_options"))
        if key == params["currency"]:
            text = "You are specifying a currency option that matches the top-level currency for this price."
            raise invalid(f"{text} Please remove it and set the top-level params instead.", param=inner)
        options[key] = option(scheme, value, name=inner)
    return {
        "billing_scheme": scheme,
        "currency": params["currency"],
        "currency_options": options,
        "custom_unit_amount": own["custom_unit_amount"],
        "recurring": recurring,
        "tax_behavior": behavior,
        **({"tiers": own["tiers"]} if scheme == "tiered" else {}),
        "tiers_mode": params.get("tiers_mode"),
        "transform_quantity": params.get("transform_quantity"),
        "type": "one_time" if recurring is None else "recurring",
        "unit_amount": own["unit_amount"],
        "unit_amount_decimal": own["unit_amount_decimal"],
    }


def option(scheme: str, given: dict[str, Any], *, name: str) -> Row:
    """Answer one further currency as it comes back."""
    if not isinstance(given, dict):
        raise invalid("Invalid object", param=name)
    return {**_amounts(scheme, given, name=name, top=False), "tax_behavior": given.get("tax_behavior", "unspecified")}


def _amounts(scheme: str, given: dict[str, Any], *, name: str, top: bool) -> Row:
    def full(key: str) -> str:
        return f"{name}[{key}]" if name else key

    ways = [key for key in ("unit_amount", "unit_amount_decimal", "custom_unit_amount", "tiers") if key in given]
    if len(ways) > 1:
        raise exclusive(*(full(key) for key in ways))
    if not ways:
        if scheme == "tiered":
            raise missing_param(full("tiers"))
        text = "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set."
        raise StripeError(text, param=None if top else full("unit_amount"))
    if (scheme == "tiered") != (ways == ["tiers"]):
        raise invalid(f"`{ways[0]}` does not go with `billing_scheme={scheme}`.", param=full(ways[0]))
    whole, exact = rules.amounts(given, "unit_amount", name=name)
    answer: Row = {
        "custom_unit_amount": _custom(given.get("custom_unit_amount"), name=full("custom_unit_amount")),
        "unit_amount": whole,
        "unit_amount_decimal": exact,
    }
    if scheme == "tiered":
        answer["tiers"] = _tiers(given["tiers"], name=full("tiers"))
    return answer


def _check_tiered(params: dict[str, Any], full: Any) -> None:
    for key in ("tiers", "tiers_mode"):
        if key not in params:
            raise missing_param(full(key))
    if "transform_quantity" in params:
        raise exclusive(full("tiers"), full("transform_quantity"))


def _tiers(given: list[dict[str, Any]], *, name: str) -> list[Row]:
    if not given:
        raise invalid("Invalid array: at least one tier is needed", param=name)
    tiers: list[Row] = []
    floor = 0
    for place, tier in enumerate(given):
        inner = f"{name}[{place}]"
        unit, unit_exact = rules.amounts(tier, "unit_amount", name=inner)
        flat, flat_exact = rules.amounts(tier, "flat_amount", name=inner)
        if unit_exact is None and flat_exact is None:
            text = "Each tier needs at least one of `unit_amount`, `unit_amount_decimal`, `flat_amount`."
            raise invalid(text, param=inner)
        last = place == len(given) - 1
        if (tier["up_to"] == "inf") != last:
            text = "The last tier, and only the last, must have `up_to` set to `inf`."
            raise invalid(text, param=f"{inner}[up_to]")
        if not last:
            if tier["up_to"] <= floor:
                raise invalid("The `up_to` of each tier must be greater than the one before.", param=f"{inner}[up_to]")
            floor = tier["up_to"]
        tiers.append(
            {
                "flat_amount": flat,
                "flat_amount_decimal": flat_exact,
                "unit_amount": unit,
                "unit_amount_decimal": unit_exact,
                "up_to": None if last else tier["up_to"],
            }
        )
    return tiers


def _custom(given: dict[str, Any] | None, *, name: str) -> Row | None:
    if given is None:
        return None
    if not given["enabled"]:
        raise invalid("`custom_unit_amount[enabled]` must be true.", param=f"{name}[enabled]")
    low, high, preset = given.get("minimum"), given.get("maximum"), given.get("preset")
    for key, value in (("minimum", low), ("maximum", high), ("preset", preset)):
        rules.at_least(value, 0, param=f"{name}[{key}]")
    if low is not None and high is not None and high < low:
        raise invalid("The maximum must be at least the minimum.", param=f"{name}[maximum]")
    if preset is not None and ((low is not None and preset < low) or (high is not None and preset > high)):
        raise invalid("The preset must lie between the minimum and the maximum.", param=f"{name}[preset]")
    return {"maximum": high, "minimum": low, "preset": preset}


def _recurring(ctx: Context, given: dict[str, Any] | None, *, name: str) -> Row | None:
    if given is None:
        return None
    interval, count = given["interval"], given.get("interval_count", 1)
    rules.at_least(count, 1, param=f"{name}[interval_count]")
    if count > rules.LONGEST_INTERVAL[interval]:
        most = rules.LONGEST_INTERVAL[interval]
        text = f"Invalid interval_count: the maximum for `{interval}` is {most} (three years)."
        raise invalid(text, param=f"{name}[interval_count]")
    trial = given.get("trial_period_days")
    rules.at_least(trial, 0, param=f"{name}[trial_period_days]")
    rules.at_most(trial, rules.TRIAL_DAYS, param=f"{name}[trial_period_days]")
    usage, meter = given.get("usage_type", "licensed"), given.get("meter")
    if usage == "metered" and meter is None:
        raise StripeError(
            "Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.",
            param=f"{name}[meter]",
        )
    if usage != "metered" and meter is not None:
        raise invalid("`meter` can only be set if `usage_type` is `metered`.", param=f"{name}[meter]")
    if meter is not None:
        _check_meter(ctx, meter, param=f"{name}[meter]")
    return {
        "interval": interval,
        "interval_count": count,
        "meter": meter,
        "trial_period_days": trial,
        "usage_type": usage,
    }


def _check_meter(ctx: Context, wanted: str, *, param: str) -> None:
    meter = ctx.table("billing.meter").get(wanted)
    if meter is None:
        raise no_such("billing meter", wanted, param=param)
    if meter["status"] != "active":
        raise StripeError(f"The meter {wanted} is inactive; prices can only use an active meter.", param=param)
