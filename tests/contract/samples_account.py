"""Samples of what a Stripe account has beside its products: tax, ways to pay, webhooks."""

from __future__ import annotations

from typing import Any

from billform.providers.stripe.tax_registration import Election

from .samples import GONE, Sample, bin_, case, each_of, entries, forget, instant, later, post, ref, want
from .samples_sold import (
    deleted,
    metadata_of,
)

SOON, LATE, LATEST = later(100), later(200), later(300)
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
            "name": change(name="Changed (billform nimbus/europe)"),
            "active": change(active=False),
            "methods": change(card={"display_preference": {"preference": "off"}}),
        },
        whole=True,
        out="customers pay with them: only `active: false` takes one out of use",
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


ACCOUNT = (_tax_settings(), _tax_registration(), _payment_methods(), _webhook())
