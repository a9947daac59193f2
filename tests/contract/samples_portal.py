"""A sample of what customers may do by themselves: the portal's configuration."""

from __future__ import annotations

from typing import Any

from billform.providers.stripe.portal_spec import (
    CustomerUpdate,
    OnOffer,
    Part,
    PaymentMethodUpdate,
    SubscriptionCancel,
    SubscriptionPause,
    SubscriptionUpdate,
)

from .samples import Sample, archive, case, each_of, entries, forget, post, ref, want
from .samples_sold import MONTHLY, PRO, TEAM, TEAM_MONTHLY, YEARLY, inactive, metadata_of

CARDS = want("stripe.payment_method_configuration", "cards", name="Cards")
DEBIT = want("stripe.payment_method_configuration", "debit", name="Debit")


def _offer(key: str, product: str, **words: Any) -> OnOffer:
    return OnOffer(product=ref(f"stripe.product/{product}"), price=ref(f"stripe.price/{key}"), **words)


def _portal() -> Sample:
    base = {"name": "Portal"}
    offers = (
        _offer("pro.base.monthly", "pro", adjustable=True, minimum=2, maximum=20),
        _offer("pro.base.yearly", "pro", adjustable=True, minimum=2, maximum=20),
        _offer("team.base.monthly", "team"),
    )
    full = {
        **base,
        "business_headline": "Nimbus, in your hands",
        "privacy_policy_url": "https://nimbus.example/privacy",
        "terms_of_service_url": "https://nimbus.example/terms",
        "default_return_url": "https://nimbus.example/account",
        "login_page": True,
        "invoice_history": Part(enabled=True),
        "customer_update": CustomerUpdate(enabled=True, allowed_updates=("email", "address")),
        "payment_method_update": PaymentMethodUpdate(
            enabled=True, configuration=ref("stripe.payment_method_configuration/cards")
        ),
        "subscription_cancel": SubscriptionCancel(enabled=True, mode="immediately", reasons=("unused", "other")),
        "subscription_pause": SubscriptionPause(enabled=True, durations=("1 month", "3 month")),
        "subscription_update": SubscriptionUpdate(
            enabled=True,
            allowed_updates=("price", "quantity"),
            proration_behavior="create_prorations",
            billing_cycle_anchor="now",
            at_period_end_when=("shortening_interval",),
        ),
        "on_offer": offers,
        "metadata": {"team": "core", "tier": "1"},
    }
    path = "/v1/billing_portal/configurations"

    def change(**body: Any) -> Any:
        return lambda at: post(f"{path}/{at.id}", body)

    def feature(name: str, **body: Any) -> Any:
        return change(features={name: body})

    return Sample(
        kind="stripe.portal_configuration",
        key="main",
        base=base,
        full={"full": full},
        cases=(
            *each_of(
                full,
                name="Customer portal",
                business_headline="All your subscriptions",
                privacy_policy_url="https://nimbus.example/privacy-2",
                terms_of_service_url="https://nimbus.example/terms-2",
                default_return_url="https://nimbus.example/home",
                login_page=False,
                invoice_history=Part(),
                customer_update=CustomerUpdate(enabled=True, allowed_updates=("email",)),
                payment_method_update=PaymentMethodUpdate(
                    enabled=True, configuration=ref("stripe.payment_method_configuration/debit")
                ),
                subscription_cancel=SubscriptionCancel(enabled=True, mode="at_period_end", reasons=("other",)),
                subscription_pause=SubscriptionPause(enabled=True),
                subscription_update=SubscriptionUpdate(enabled=True, allowed_updates=("price",)),
                on_offer=offers[:2],
            ),
            case("customer_update", full, "off", customer_update=CustomerUpdate()),
            case("payment_method_update", full, "default", payment_method_update=PaymentMethodUpdate(enabled=True)),
            case("subscription_cancel", full, "no reasons", subscription_cancel=SubscriptionCancel(enabled=True)),
            case("subscription_update", full, "off", subscription_update=SubscriptionUpdate(), on_offer=()),
            case("on_offer", full, "reordered", on_offer=offers[::-1]),
            case("on_offer", full, "not adjustable", on_offer=(_offer("pro.base.monthly", "pro"),)),
            *entries(
                "metadata",
                full,
                changed={"team": "growth", "tier": "1"},
                added={"team": "core", "tier": "1", "new": "yes"},
                removed={"team": "core"},
            ),
        ),
        raw={
            "name": change(name="Changed"),
            "business_headline": change(business_profile={"headline": "Changed"}),
            "privacy_policy_url": change(business_profile={"privacy_policy_url": "https://nimbus.example/c"}),
            "terms_of_service_url": change(business_profile={"terms_of_service_url": "https://nimbus.example/c"}),
            "default_return_url": change(default_return_url="https://nimbus.example/c"),
            "login_page": lambda at: post(f"{path}/{at.id}", {"login_page": {"enabled": False}}),
            "invoice_history": feature("invoice_history", enabled=False),
            "customer_update": feature("customer_update", enabled=True, allowed_updates=["phone"]),
            "payment_method_update": lambda at: post(
                f"{path}/{at.id}",
                {
                    "features": {
                        "payment_method_update": {
                            "enabled": True,
                            "payment_method_configuration": at["stripe.payment_method_configuration/debit"],
                        }
                    }
                },
            ),
            "subscription_cancel": feature(
                "subscription_cancel",
                enabled=True,
                mode="at_period_end",
                cancellation_reason={"enabled": True, "options": ["too_complex"]},
            ),
            "subscription_pause": feature(
                "subscription_pause",
                enabled=True,
                duration={"type": "interval_options", "interval_options": [{"interval": "month", "interval_count": 2}]},
            ),
            "subscription_update": feature(
                "subscription_update", enabled=True, default_allowed_updates=["promotion_code"]
            ),
            "on_offer": lambda at: post(
                f"{path}/{at.id}",
                {
                    "features": {
                        "subscription_update": {
                            "enabled": True,
                            "default_allowed_updates": ["price"],
                            "products": [
                                {"product": "nimbus-pro", "prices": [at["stripe.price/pro.base.yearly"]]},
                            ],
                        }
                    }
                },
            ),
            "metadata": change(metadata={"team": "changed"}),
        },
        needs=(PRO, TEAM, MONTHLY, YEARLY, TEAM_MONTHLY, CARDS, DEBIT),
        taken={**archive(path), **forget(path)},
        out=inactive(path),
        together={"subscription_update": ("on_offer",), "on_offer": ("subscription_update",)},
        foreign=(metadata_of(path),),
    )


PORTALS = (_portal(),)
