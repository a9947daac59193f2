"""Portal features to form parameters and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from billform.core.resource import Ref

from .answers import Answer, found, part
from .base import UNSET, Params
from .portal_spec import (
    CustomerUpdate,
    OnOffer,
    Part,
    PaymentMethodUpdate,
    PortalSpec,
    SubscriptionCancel,
    SubscriptionPause,
    SubscriptionUpdate,
)

Identify = Callable[[Ref], str]


def feature_params(spec: PortalSpec, features: Iterable[str], identify: Identify, *, new: bool) -> Params:
    """Whole features: whether Stripe lays an update over a feature or replaces it is not documented, and whole ones
    come out the same either way."""
    return {name: _feature(spec, name, identify, new=new) for name in features}


def _feature(spec: PortalSpec, name: str, identify: Identify, *, new: bool) -> Params:
    match getattr(spec, name):
        case Part(enabled=False):
            return {"enabled": False}
        case CustomerUpdate() as update:
            return {"enabled": True, "allowed_updates": list(update.allowed_updates) or UNSET}
        case PaymentMethodUpdate(configuration=configuration):
            chosen = identify(configuration) if configuration else UNSET
            return {"enabled": True, "payment_method_configuration": chosen}
        case SubscriptionCancel() as cancel:
            return {
                "enabled": True,
                "mode": cancel.mode,
                "proration_behavior": cancel.proration_behavior,
                "cancellation_reason": {"enabled": bool(cancel.reasons), "options": list(cancel.reasons) or UNSET},
            }
        case SubscriptionPause(durations=()):
            return {"enabled": True, "duration": {"type": "indefinite", "interval_options": UNSET}}
        case SubscriptionPause(durations=durations):
            options = [_interval(each) for each in durations]
            return {"enabled": True, "duration": {"type": "interval_options", "interval_options": options}}
        case SubscriptionUpdate() as update:
            return _subscription_update(update, spec.on_offer, identify, new=new)
        case _:
            return {"enabled": True}


def _subscription_update(
    update: SubscriptionUpdate, on_offer: tuple[OnOffer, ...], identify: Identify, *, new: bool
) -> Params:
    conditions = [{"type": each} for each in update.at_period_end_when]
    products: dict[str, Params] = {}
    for each in on_offer:
        identity = identify(each.product)
        quantity = {"enabled": each.adjustable, "minimum": each.minimum, "maximum": each.maximum}
        entry = products.setdefault(identity, {"product": identity, "prices": [], "adjustable_quantity": quantity})
        entry["prices"].append(identify(each.price))
    return {
        "enabled": True,
        "default_allowed_updates": list(update.allowed_updates) or UNSET,
        "proration_behavior": update.proration_behavior,
        "billing_cycle_anchor": update.billing_cycle_anchor,
        "trial_update_behavior": update.trial_update_behavior,
        # Only an update can take conditions away; a create without any says nothing of them.
        **({"schedule_at_period_end": {"conditions": conditions or UNSET}} if conditions or not new else {}),
        "products": list(products.values()) or UNSET,
    }


def _interval(written: str) -> Params:
    count, interval = written.split(" ")
    return {"interval": interval, "interval_count": int(count)}


def read_features(answer: Answer) -> dict[str, Any]:
    """The features of an answer by field of the spec."""
    features = part(answer, "features")

    def of(name: str) -> Answer:
        feature = part(features, name)
        return feature if feature.get("enabled") else {}

    history, customer, methods = of("invoice_history"), of("customer_update"), of("payment_method_update")
    cancel, pause, update = of("subscription_cancel"), of("subscription_pause"), of("subscription_update")
    reason, duration = part(cancel, "cancellation_reason"), part(pause, "duration")
    options = duration.get("interval_options") or () if duration.get("type") == "interval_options" else ()
    return {
        "invoice_history": Part(enabled=bool(history)),
        "customer_update": CustomerUpdate(
            enabled=bool(customer), allowed_updates=tuple(customer.get("allowed_updates") or ())
        ),
        "payment_method_update": PaymentMethodUpdate(
            enabled=bool(methods),
            configuration=found("stripe.payment_method_configuration", methods.get("payment_method_configuration")),
        ),
        "subscription_cancel": SubscriptionCancel(
            enabled=bool(cancel),
            mode=cancel.get("mode") or "at_period_end",
            proration_behavior=cancel.get("proration_behavior") or "none",
            reasons=tuple(reason.get("options") or ()) if reason.get("enabled") else (),
        ),
        "subscription_pause": SubscriptionPause(
            enabled=bool(pause),
            durations=tuple(f"{each.get('interval_count') or 1} {each['interval']}" for each in options),
        ),
        "subscription_update": SubscriptionUpdate(
            enabled=bool(update),
            allowed_updates=tuple(update.get("default_allowed_updates") or ()),
            proration_behavior=update.get("proration_behavior") or "none",
            billing_cycle_anchor=update.get("billing_cycle_anchor") or "unchanged",
            at_period_end_when=tuple(
                each["type"] for each in part(update, "schedule_at_period_end").get("conditions") or ()
            ),
            trial_update_behavior=update.get("trial_update_behavior") or "end_trial",
        ),
        "on_offer": tuple(_on_offer(update.get("products") or ())),
    }


def _on_offer(products: Iterable[Answer]) -> Iterable[OnOffer]:
    for each in products:
        quantity = part(each, "adjustable_quantity")
        adjustable = bool(quantity.get("enabled"))
        for price in each["prices"]:
            yield OnOffer(
                product=Ref.found("stripe.product", str(each["product"])),
                price=Ref.found("stripe.price", str(price)),
                adjustable=adjustable,
                minimum=quantity.get("minimum", 1) if adjustable else 1,
                maximum=quantity.get("maximum") if adjustable else None,
            )
