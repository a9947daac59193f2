"""Account-wide settings: tax, payment methods, webhooks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from .when import Moment
from .words import Country, Key, Metadata, Model, TaxCode, Text, Url


class PostalAddress(Model):
    """Where the business is."""

    country: Country = Field(description="Two capital letters.")
    line1: Text | None = Field(default=None, description="Street and number.", examples=["12 Harbour Street"])
    line2: Text | None = Field(default=None, description="Floor, suite.", examples=["Third floor"])
    postal_code: Text | None = Field(default=None, description="Postal code.", examples=["D02 AB12"])
    city: Text | None = Field(default=None, description="City.", examples=["Dublin"])
    state: Text | None = Field(default=None, description="State or province, without the country.", examples=["NY"])


class TaxSettings(Model):
    """Stripe Tax settings of the account; none can be taken back, only changed."""

    head_office: PostalAddress | None = Field(default=None, description="Where the business is, for tax.")
    tax_code: TaxCode | None = Field(default=None, description="Tax code of products that have none.")
    tax_behavior: Literal["exclusive", "inclusive", "inferred_by_currency"] | None = Field(
        default=None, description="Tax behavior of prices that have none."
    )


class Election(Model):
    """How a US state's sales tax is collected."""

    type: Literal["local_use_tax", "simplified_sellers_use_tax", "single_local_use_tax"] = Field(description="Which.")
    jurisdiction: Text | None = Field(
        default=None, description="FIPS code, where the type needs one.", examples=["003"]
    )


class Registration(Model):
    """A place where the business collects tax; Stripe fixes all of it but its dates."""

    country: Country = Field(description="Two capital letters.", examples=["DE", "US"])
    type: Text = Field(
        default="standard",
        description="How it is registered there: standard, simplified, oss_union, state_sales_tax, …",
        examples=["standard", "oss_union", "state_sales_tax"],
    )
    state: Text | None = Field(default=None, description="US state.", examples=["CA"])
    province: Text | None = Field(
        default=None, description="Canadian province, for `province_standard`.", examples=["QC"]
    )
    jurisdiction: Text | None = Field(default=None, description="FIPS code, for local US taxes.", examples=["17031"])
    elections: list[Election] = Field(default_factory=list, description="For `state_sales_tax`.")
    place_of_supply: Literal["standard", "inbound_goods", "small_seller"] | None = Field(
        default=None, description="Place of supply scheme, for `standard`; Stripe's default is `standard`."
    )
    starts: Moment | None = Field(
        default=None, description="From when, a day counting from its start; from the first apply on where left out."
    )
    ends: Moment | None = Field(default=None, description="Until when; a day counts to its end.")


class Tax(Model):
    """Whether and where tax is collected."""

    automatic: bool | None = Field(default=None, description="Whether Stripe computes tax on new subscriptions.")
    settings: TaxSettings | None = Field(default=None, description="Stripe Tax settings.")
    registrations: dict[Key, Registration] = Field(default_factory=dict, description="Registrations, by key.")


def _read_preference(value: Any) -> Any:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else value


Preference = Annotated[
    Literal["on", "off", "none"],
    BeforeValidator(_read_preference, json_schema_input_type=Literal["on", "off", "none"] | bool),
]


SIGNATURE = " (billform {catalog}/{key})"
"""Closes the name of a payment method configuration at Stripe, which has no other place to say whose it is."""


class PaymentMethods(Model):
    """A payment method configuration; methods that are not named are left as they are."""

    name: Text | None = Field(
        default=None,
        max_length=100,
        description="Name in Stripe, which `(billform CATALOG/KEY)` is added to; the key in words where left out.",
        examples=["Checkout"],
    )
    active: bool = Field(default=True, description="Whether it can be used.")
    methods: dict[Key, Preference] = Field(
        default_factory=dict,
        description="`on`, `off` or `none` (no preference) by payment method.",
        examples=[{"card": "on", "sepa_debit": "on", "link": "off"}],
    )


class StripeWebhook(Model):
    """An endpoint that Stripe sends events to."""

    url: Url = Field(description="Where events go.", examples=["https://hooks.nimbus.example/stripe"])
    events: list[Text] = Field(min_length=1, description="Event names, or `*`.", examples=[["invoice.paid"]])
    api_version: Text | None = Field(
        default=None,
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z]+)?$",
        description="The API version that events are rendered in; cannot be changed later.",
        examples=["2026-10-28.endive"],
    )
    description: Text | None = Field(
        default=None, description="What it is for.", examples=["Keeps subscriptions in step."]
    )
    enabled: bool = Field(default=True, description="Whether events are sent.")
    connect: bool = Field(default=False, description="Whether events of connected accounts are sent instead.")
    metadata: Metadata = Field(default_factory=dict, description="Your own facts about the endpoint.")


class BigCommerceWebhook(Model):
    """A hook that BigCommerce sends one scope of events to."""

    scope: Text = Field(description="What is sent.", examples=["store/order/statusUpdated", "store/customer/*"])
    destination: Url = Field(
        description="Where it goes; https on port 443.", examples=["https://hooks.nimbus.example/bigcommerce"]
    )
    headers: dict[Text, Text] = Field(
        default_factory=dict,
        description="Extra request headers; `env:NAME` takes a secret from the environment.",
        examples=[{"X-Hook-Token": "env:HOOK_TOKEN"}],
    )
    active: bool = Field(default=True, description="Whether it is sent.")
    storefronts: list[Key] = Field(
        default_factory=list, description="Stores concerned; all where left out.", examples=[["us", "eu"]]
    )


class Webhooks(Model):
    """Both vendors' webhooks."""

    stripe: dict[Key, StripeWebhook] = Field(default_factory=dict, description="Stripe endpoints, by key.")
    bigcommerce: dict[Key, BigCommerceWebhook] = Field(default_factory=dict, description="BigCommerce hooks, by key.")
