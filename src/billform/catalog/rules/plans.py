"""Rules about plans, add-ons, meters and features."""

from __future__ import annotations

from billform.catalog.models import Feature, Path, Plan
from billform.core.codes import Explanation

from .shop import Found, Rule, Shop, repeated

CODES = {
    "C025": Explanation(
        title="Feature value of the wrong kind",
        meaning=(
            "A boolean feature is true or false; a limit is a whole number or `unlimited`; "
            "a metered one may say how much is included."
        ),
        mend="Correct the value, or the feature's `type`.",
        example="features: { projects: { type: limit } }\nplans: { pro: { features: { projects: true } } }",
    ),
    "C026": Explanation(
        title="Feature and meter do not match",
        meaning="A metered feature names the meter that counts it; other features have none.",
        mend="Add `meter:`, or change `type:`.",
    ),
    "C046": Explanation(
        title="Free plan that costs something",
        meaning="A plan of kind `free` has an amount greater than nothing.",
        mend="Make the amount 0, or remove `kind: free`.",
    ),
    "C047": Explanation(
        title="Custom plan with charges",
        meaning="A plan of kind `custom` is not sold in Stripe (customers talk to you), so nothing bills its charges.",
        mend="Remove the charges, or `kind: custom`.",
    ),
    "C048": Explanation(
        title="Nothing to pay",
        meaning="A paid plan or an add-on has no price at all, so nobody can buy it.",
        mend="Add a price; or say `kind: free` or `kind: custom`.",
    ),
    "C049": Explanation(
        title="Charge without a price",
        meaning="The charge would become a Stripe product that nobody can pay.",
        mend="Add `prices:`, or remove the charge.",
    ),
    "C050": Explanation(
        title="Least is more than most",
        meaning="The lower limit of a quantity is greater than its upper limit.",
        mend="Exchange or correct them.",
    ),
    "C051": Explanation(
        title="Event name used by two meters",
        meaning="Stripe has one active meter for each event name.",
        mend="Give one of the meters another `event_name`.",
    ),
    "C052": Explanation(
        title="Lookup key used by two features",
        meaning="Stripe finds a feature by its lookup key, so no two can have the same.",
        mend="Change one `lookup_key`, or leave it out: the feature's key is used then.",
    ),
}


def _wrong_value(feature: Feature, value: object) -> str | None:
    if feature.type == "boolean" and not isinstance(value, bool):
        return "true or false"
    if feature.type == "limit" and isinstance(value, bool) and value:
        return "a whole number or `unlimited`"
    return None


def feature_values_fit(shop: Shop) -> Found:
    """Each feature has a value of its type; `false` says of any feature that it is not had."""
    for path, key, item in shop.items:
        for name, value in item.features.items():
            feature = shop.catalog.features.get(name)
            wanted = _wrong_value(feature, value) if feature else None
            if feature and wanted:
                yield shop.problem(
                    "C025",
                    f"feature `{name}` of `{key}` is {str(value).lower()}, but a {feature.type} feature is {wanted}",
                    (*path, "features", name),
                    at="value",
                    hint=f"correct it, or the feature's `type`{shop.place(('features', name))}",
                )


def metered_features_have_meters(shop: Shop) -> Found:
    """Metered features name a meter and no others do."""
    for key, feature in shop.catalog.features.items():
        if feature.type == "metered" and feature.meter is None:
            hint = "add `meter:`"
            yield shop.problem("C026", f"metered feature `{key}` names no meter", ("features", key), hint=hint)
        if feature.type != "metered" and feature.meter is not None:
            yield shop.problem(
                "C026",
                f"{feature.type} feature `{key}` names a meter",
                ("features", key, "meter"),
                hint="add `type: metered`, or remove the meter",
            )


def free_plans_cost_nothing(shop: Shop) -> Found:
    """Plans of kind `free` bill nothing."""
    for at in shop.prices:
        if isinstance(at.item, Plan) and at.item.kind == "free":
            for below, amounts in at.amounts:
                if any(each > 0 for each in amounts.in_currencies(shop.catalog.defaults.currency).values()):
                    yield shop.problem(
                        "C046",
                        f"price `{at.address}` of a free plan costs something",
                        (*at.path, *below),
                        at="value",
                        hint="make it 0, or remove `kind: free`",
                    )


def custom_plans_are_not_billed(shop: Shop) -> Found:
    """Plans of kind `custom` have no charges."""
    for key, plan in shop.catalog.plans.items():
        if plan.kind == "custom" and plan.charges:
            yield shop.problem(
                "C047",
                f"custom plan `{key}` has charges, but is not sold in Stripe",
                ("plans", key, "charges"),
                hint="remove the charges, or `kind: custom`",
            )


def everything_sold_has_a_price(shop: Shop) -> Found:
    """Paid plans and add-ons can be bought, and so can each of their charges."""
    priced = {each.owner for each in shop.charges if each.prices}
    for path, key, item in shop.items:
        if isinstance(item, Plan) and item.kind != "paid":
            continue
        if key not in priced:
            what = "plan" if isinstance(item, Plan) else "add-on"
            hint = "add a price, or say `kind: free` or `kind: custom`" if what == "plan" else "add `prices:`"
            yield shop.problem("C048", f"{what} `{key}` has no price", path, hint=hint)
    for charge in shop.charges:
        if not charge.prices and charge.owner in priced:
            yield shop.problem("C049", f"charge `{charge.address}` has no price", charge.path, hint="add `prices:`")


def limits_are_ordered(shop: Shop) -> Found:
    """No lower limit of a quantity is above its upper one."""
    found: list[tuple[Path, int | None, int | None]] = []
    for path, _, item in shop.items:
        quantity = getattr(item, "quantity", None)
        if quantity is not None:
            found.append(((*path, "quantity", "min"), quantity.min, quantity.max))
        if item.storefront is not None:
            place = (*path, "storefront", "quantity_min")
            found.append((place, item.storefront.quantity_min, item.storefront.quantity_max))
    for key, portal in shop.catalog.portal.items():
        for index, target in enumerate(portal.subscription_update.products if portal.subscription_update else ()):
            if target.quantity is not None:
                place = ("portal", key, "subscription_update", "products", index, "quantity", "min")
                found.append((place, target.quantity.min, target.quantity.max))
    for key, prices in shop.catalog.storefront.price_lists.items():
        for address, record in prices.records.items():
            for index, tier in enumerate(record.bulk):
                place = ("storefront", "price_lists", key, "records", address, "bulk", index, "min")
                found.append((place, tier.min, tier.max))
    for place, low, high in found:
        if low is not None and high is not None and low > high:
            yield shop.problem("C050", f"at least {low} is more than at most {high}", place, at="value")


def event_names_are_single(shop: Shop) -> Found:
    """No two meters count the same event."""
    for key, first, event in repeated({key: each.event_name or key for key, each in shop.catalog.meters.items()}):
        yield shop.problem(
            "C051",
            f"meters `{key}` and `{first}` both count the event `{event}`",
            ("meters", key, "event_name"),
            at="value",
            hint="use one meter for both, or another `event_name`",
        )


def feature_keys_are_single(shop: Shop) -> Found:
    """No two features have one lookup key."""
    for key, first, name in repeated({key: each.lookup_key or key for key, each in shop.catalog.features.items()}):
        yield shop.problem(
            "C052",
            f"features `{key}` and `{first}` have the same lookup key `{name}`",
            ("features", key, "lookup_key"),
            at="value",
            hint="change one of them",
        )


RULES: tuple[Rule, ...] = (
    feature_values_fit,
    metered_features_have_meters,
    free_plans_cost_nothing,
    custom_plans_are_not_billed,
    everything_sold_has_a_price,
    limits_are_ordered,
    event_names_are_single,
    feature_keys_are_single,
)
