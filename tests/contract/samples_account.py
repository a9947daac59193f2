"""Samples of what a Stripe account has beside its products: discounts, portal, tax, ways to pay, webhooks."""

from __future__ import annotations

from decimal import Decimal
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
from billform.providers.stripe.tax_registration import Election

from .samples import GONE, Sample, archive, bin_, case, each_of, entries, forget, instant, later, post, ref, want
from .samples_sold import (
    MONTHLY,
    PRO,
    TEAM,
    TEAM_MONTHLY,
    YEARLY,
    deleted,
    eur,
    inactive,
    metadata_of,
    usd,
    yen,
)

SOON, LATE, LATEST = later(100), later(200), later(300)
CARDS = want("stripe.payment_method_configuration", "cards", name="Cards")
DEBIT = want("stripe.payment_method_configuration", "debit", name="Debit")
SUMMER = want("stripe.coupon", "summer", id="summer", amount_off=usd("10"))
AUTUMN = want("stripe.coupon", "autumn", id="autumn", percent_off=Decimal(20))
OFFICE = want(
    "stripe.tax_settings",
    "settings",
    country="US",
    line1="1 Loopback Way",
    postal_code="94107",
    city="San Francisco",
    state="CA",
    tax_code="txcd_10103001",
)


def _coupon() -> Sample:
    base = {"id": "spring", "percent_off": Decimal("12.5")}
    percent = {
        **base,
        "name": "Spring",
        "duration": "repeating",
        "duration_in_months": 3,
        "applies_to": (ref("stripe.product/pro"), ref("stripe.product/team")),
        "max_redemptions": 100,
        "redeem_by": LATE,
        "metadata": {"team": "core", "tier": "1"},
    }
    amount = {"id": "spring", "amount_off": usd("10"), "currency_options": {"eur": eur("9"), "jpy": yen("1500")}}

    def change(**body: Any) -> Any:
        return lambda at: post(f"/v1/coupons/{at.id}", body)

    return Sample(
        kind="stripe.coupon",
        key="spring",
        base=base,
        full={"percent": percent, "amount": amount},
        cases=(
            *each_of(
                percent,
                id="spring-2",
                name="Spring sale",
                percent_off=Decimal(25),
                duration_in_months=6,
                applies_to=(ref("stripe.product/pro"),),
                max_redemptions=50,
                redeem_by=LATEST,
            ),
            case("duration", percent, duration="forever", duration_in_months=GONE),
            case("amount_off", amount, amount_off=usd("12")),
            *entries(
                "currency_options",
                amount,
                changed={"eur": eur("11"), "jpy": yen("1500")},
                added={"eur": eur("9"), "jpy": yen("1500"), "gbp": type(usd("8"))(Decimal(8), "gbp")},
                removed={"eur": eur("9")},
            ),
            *entries(
                "metadata",
                percent,
                changed={"team": "growth", "tier": "1"},
                added={"team": "core", "tier": "1", "new": "yes"},
                removed={"team": "core"},
            ),
        ),
        raw={
            "id": change(id="spring-2"),
            "name": change(name="Changed"),
            "percent_off": change(percent_off=50),
            "amount_off": change(amount_off=7700),
            "currency_options": change(currency_options={"eur": {"amount_off": 7700}}),
            "duration": change(duration="forever"),
            "duration_in_months": change(duration_in_months=9),
            "applies_to": change(applies_to={"products": ["nimbus-team"]}),
            "max_redemptions": change(max_redemptions=7),
            "redeem_by": change(redeem_by=instant(SOON)),
            "metadata": change(metadata={"team": "changed"}),
        },
        needs=(PRO, TEAM),
        taken={**bin_("/v1/coupons"), **forget("/v1/coupons")},
        out=deleted("/v1/coupons"),
        together={"duration": ("duration_in_months",), "duration_in_months": ("duration",)},
        always={"percent_off": "a coupon gives something", "amount_off": "a coupon gives something"},
        policy={"currency_options": "a coupon is worth the same for everybody who has it"},
        foreign=(metadata_of("/v1/coupons"),),
        another=True,
    )


def _promotion_code() -> Sample:
    base = {"code": "HELLO", "coupon": ref("stripe.coupon/summer")}
    full = {
        **base,
        "first_time_only": True,
        "minimum": usd("20"),
        "minimum_options": {"eur": eur("18"), "jpy": yen("3000")},
        "max_redemptions": 100,
        "expires_at": LATE,
        "metadata": {"team": "core", "tier": "1"},
    }

    def change(**body: Any) -> Any:
        return lambda at: post(f"/v1/promotion_codes/{at.id}", body)

    return Sample(
        kind="stripe.promotion_code",
        key="hello",
        base=base,
        full={"full": full},
        cases=(
            *each_of(
                full,
                code="WELCOME",
                coupon=ref("stripe.coupon/autumn"),
                first_time_only=False,
                minimum=usd("30"),
                max_redemptions=50,
                expires_at=LATEST,
            ),
            *entries(
                "minimum_options",
                full,
                changed={"eur": eur("19"), "jpy": yen("3000")},
                added={"eur": eur("18"), "jpy": yen("3000"), "gbp": type(usd("8"))(Decimal(15), "gbp")},
                removed={"eur": eur("18")},
            ),
            *entries(
                "metadata",
                full,
                changed={"team": "growth", "tier": "1"},
                added={"team": "core", "tier": "1", "new": "yes"},
                removed={"team": "core"},
            ),
        ),
        raw={
            "code": change(code="WELCOME"),
            "coupon": change(promotion={"type": "coupon", "coupon": "autumn"}),
            "first_time_only": change(restrictions={"first_time_transaction": False}),
            "minimum": change(restrictions={"minimum_amount": 7700}),
            "minimum_options": change(restrictions={"currency_options": {"eur": {"minimum_amount": 7700}}}),
            "max_redemptions": change(max_redemptions=7),
            "expires_at": change(expires_at=instant(SOON)),
            "metadata": change(metadata={"team": "changed"}),
        },
        needs=(SUMMER, AUTUMN),
        taken={**archive("/v1/promotion_codes"), **forget("/v1/promotion_codes")},
        out=inactive("/v1/promotion_codes"),
        together={"minimum": ("minimum_options",)},
        always={"coupon": "a code gives something"},
        policy={"minimum_options": "a code asks the same of everybody who has it"},
        foreign=(metadata_of("/v1/promotion_codes"),),
    )


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


def _tax_settings() -> Sample:
    base = {"tax_behavior": "exclusive"}
    full = {
        **base,
        "country": "US",
        "line1": "1 Loopback Way",
        "line2": "Floor 2",
        "postal_code": "94107",
        "city": "San Francisco",
        "state": "CA",
        "tax_code": "txcd_10103001",
    }

    def office(**body: Any) -> Any:
        return lambda at: post("/v1/tax/settings", {"head_office": {"address": {"country": "US", **body}}})

    return Sample(
        kind="stripe.tax_settings",
        key="settings",
        base=base,
        full={"full": full},
        cases=(
            case("country", full, country="DE", state="BE"),
            *each_of(
                full,
                line1="2 Loopback Way",
                line2="Floor 3",
                postal_code="94103",
                city="Oakland",
                state="OR",
                tax_code="txcd_10103000",
                tax_behavior="inclusive",
            ),
        ),
        raw={
            "country": lambda at: post("/v1/tax/settings", {"head_office": {"address": {"country": "FR"}}}),
            "line1": office(state="CA", line1="Changed"),
            "line2": office(state="CA", line2="Changed"),
            "postal_code": office(state="CA", postal_code="10001"),
            "city": office(state="CA", city="Changed"),
            "state": office(state="NY"),
            "tax_code": lambda at: post("/v1/tax/settings", {"defaults": {"tax_code": "txcd_10102001"}}),
            "tax_behavior": lambda at: post("/v1/tax/settings", {"defaults": {"tax_behavior": "inferred_by_currency"}}),
        },
        together={"country": ("line1", "line2", "postal_code", "city", "state"), "state": ("country",)},
        always={
            "country": "an address without a country is refused",
            "state": "an address in the United States without a state is refused",
        },
        out="there is one, and nothing of it can be taken away",
    )


def _tax_registration() -> Sample:
    first = {"settings": ref("stripe.tax_settings/settings")}
    base = {"country": "CH", "type": "standard", **first}
    us = {
        "country": "US",
        "type": "state_sales_tax",
        "state": "IL",
        "elections": (Election(type="simplified_sellers_use_tax"),),
        "starts": SOON,
        "ends": LATE,
        **first,
    }
    local = {**first, "country": "US", "type": "local_lease_tax", "state": "IL", "jurisdiction": "14000"}
    province = {**first, "country": "CA", "type": "province_standard", "province": "BC"}
    placed = {**first, "country": "DE", "type": "standard", "place_of_supply": "small_seller"}

    def change(**body: Any) -> Any:
        return lambda at: post(f"/v1/tax/registrations/{at.id}", body)

    def options(country: str, **body: Any) -> Any:
        return change(country_options={country: body})

    return Sample(
        kind="stripe.tax_registration",
        key="here",
        base=base,
        full={"us": us, "local": local, "province": province, "placed": placed},
        cases=(
            case("country", base, country="NO"),
            case("type", placed, type="oss_union", place_of_supply=GONE),
            case("state", us, state="TX"),
            case("province", province, province="QC"),
            case("jurisdiction", local, jurisdiction="02154"),
            case("elections", us, elections=(Election(type="state_sales_tax"),)),
            case("place_of_supply", placed, place_of_supply="standard"),
            case("starts", us, starts=later(120)),
            case("ends", us, ends=LATEST),
            case("settings", base, settings=GONE),
        ),
        raw={
            "country": change(country="NO"),
            "type": options("de", type="oss_union"),
            "state": options("us", type="state_sales_tax", state="TX"),
            "province": options("ca", type="province_standard", province_standard={"province": "QC"}),
            "jurisdiction": options("us", type="local_lease_tax", local_lease_tax={"jurisdiction": "02154"}),
            "elections": options("us", state_sales_tax={"elections": [{"type": "state_sales_tax"}]}),
            "place_of_supply": options("de", standard={"place_of_supply_scheme": "standard"}),
            "starts": change(active_from=instant(later(130))),
            "ends": change(expires_at=instant(later(140))),
            "settings": "it only says what comes first",
        },
        needs=(OFFICE,),
        always={
            "state": "a registration in the United States is in a state",
            "province": "it is what is registered",
            "jurisdiction": "it is what is registered",
            "settings": "it only says what comes first",
        },
        out="to end a registration is a legal act, which only `ends` asks for",
    )


def _payment_methods() -> Sample:
    base = {"name": "Europe"}
    full = {**base, "active": True, "methods": {"card": "on", "sepa_debit": "on", "link": "off"}}
    path = "/v1/payment_method_configurations"

    def change(**body: Any) -> Any:
        return lambda at: post(f"{path}/{at.id}", body)

    return Sample(
        kind="stripe.payment_method_configuration",
        key="europe",
        base=base,
        full={"full": full},
        cases=(
            case("name", full, name="European Union"),
            case("active", full, active=False),
            *entries(
                "methods",
                full,
                changed={"card": "on", "sepa_debit": "none", "link": "off"},
                added={"card": "on", "sepa_debit": "on", "link": "off", "ideal": "off"},
                removed={"card": "on", "sepa_debit": "on"},
            ),
        ),
        raw={
            "name": change(name="Changed"),
            "active": change(active=False),
            "methods": change(card={"display_preference": {"preference": "off"}}),
        },
        policy={"name": "it is all that tells one configuration from another"},
        whole=True,
        out="nothing tells whose a configuration is: only `active: false` takes one out of use",
    )


def _webhook() -> Sample:
    base = {"url": "https://billing.nimbus.example/stripe", "events": ("price.created", "price.updated")}
    full = {
        **base,
        "api_version": "2026-10-28.endive",
        "connect": True,
        "description": "Billing",
        "enabled": True,
        "metadata": {"team": "core", "tier": "1"},
    }
    path = "/v1/webhook_endpoints"

    def change(**body: Any) -> Any:
        return lambda at: post(f"{path}/{at.id}", body)

    return Sample(
        kind="stripe.webhook_endpoint",
        key="events",
        base=base,
        full={"full": full},
        cases=(
            *each_of(
                full,
                url="https://billing.nimbus.example/stripe-2",
                events=("price.created", "product.created"),
                api_version="2025-03-31.basil",
                connect=False,
                description="Billing events",
                enabled=False,
            ),
            case("events", full, "reordered", events=("price.updated", "price.created")),
            *entries(
                "metadata",
                full,
                changed={"team": "growth", "tier": "1"},
                added={"team": "core", "tier": "1", "new": "yes"},
                removed={"team": "core"},
            ),
        ),
        raw={
            "url": change(url="https://elsewhere.example/stripe"),
            "events": change(enabled_events=["*"]),
            "api_version": change(api_version="2025-03-31.basil"),
            "connect": change(connect=False),
            "description": change(description="Changed"),
            "enabled": change(disabled=True),
            "metadata": change(metadata={"team": "changed"}),
        },
        taken={**bin_(path), **forget(path)},
        out=deleted(path),
        foreign=(metadata_of(path),),
        another=True,
    )


ACCOUNT = (
    _coupon(),
    _promotion_code(),
    _portal(),
    _tax_settings(),
    _tax_registration(),
    _payment_methods(),
    _webhook(),
)
