"""Product families, plans, add-ons, and what they entitle to: features and meters."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from .charge import Charge, Price
from .storefront import StorefrontProduct
from .words import Count, Days, Key, Metadata, Model, TaxCode, Text, Url, Whole


class ProductFamily(Model):
    """What several plans are plans of."""

    name: Text | None = Field(
        default=None, max_length=100, description="First part of every product name.", examples=["Nimbus Cloud"]
    )
    description: Text | None = Field(
        default=None,
        description="What it is, for readers of the catalog.",
        examples=["Build and run web applications."],
    )


class Meter(Model):
    """Counts usage events; Stripe fixes all of it but the name."""

    name: Text | None = Field(default=None, max_length=250, description="Name in Stripe.", examples=["API calls"])
    event_name: Text | None = Field(
        default=None,
        max_length=100,
        description="Name of the usage events; the key where left out.",
        examples=["api_call"],
    )
    aggregation: Literal["sum", "count", "last"] = Field(
        default="sum", description="How events become the billed quantity."
    )
    customer_key: Text = Field(
        default="stripe_customer_id",
        max_length=100,
        description="Field of the event that holds the customer.",
        examples=["customer_id"],
    )
    value_key: Text = Field(
        default="value", max_length=100, description="Field of the event that holds the number.", examples=["gigabytes"]
    )
    time_window: Literal["day", "hour"] | None = Field(
        default=None, description="Window in which events are pre-aggregated, where usage arrives so."
    )


class Feature(Model):
    """Something a plan entitles to; a Stripe entitlement feature."""

    name: Text | None = Field(default=None, max_length=80, description="Name in Stripe.", examples=["Single sign-on"])
    description: Text | None = Field(
        default=None, description="What it is, for readers of the catalog.", examples=["SAML and OpenID Connect."]
    )
    type: Literal["boolean", "limit", "metered"] = Field(
        default="boolean", description="On or off, a number, or usage counted by a meter."
    )
    meter: Key | None = Field(
        default=None, description="The meter that counts it; for `metered` only.", examples=["api_calls"]
    )
    unit: Text | None = Field(default=None, description="What a limit counts.", examples=["project"])
    lookup_key: Text | None = Field(
        default=None,
        max_length=80,
        description="The Stripe lookup key, where the catalog key cannot be used.",
        examples=["sso_2026"],
    )
    metadata: Metadata = Field(default_factory=dict, description="Your own facts about the feature.")


def _feature_value(value: Any) -> Any:
    if isinstance(value, bool) or value == "unlimited":
        return value
    if not isinstance(value, int | Decimal) or value != Decimal(value).to_integral_value() or value < 0:
        raise PydanticCustomError(
            "not_a_feature_value", "a feature's value is true, false, a whole number or `unlimited`"
        )
    return int(value)


FeatureValue = Annotated[
    bool | int | Literal["unlimited"],
    BeforeValidator(
        _feature_value,
        json_schema_input_type=Annotated[
            Any,
            WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 0}, {"const": "unlimited"}]}),
        ],
    ),
]


class Sold(Model):
    """The words that plans, add-ons and templates share."""

    extends: Key | None = Field(
        default=None, description="A template that fills in what is not written here.", examples=["saas"]
    )
    product: Key | None = Field(default=None, description="The product family it belongs to.", examples=["cloud"])
    name: Text | None = Field(
        default=None,
        max_length=100,
        description="What customers call it; the key in words where left out.",
        examples=["Pro"],
    )
    product_name: Text | None = Field(
        default=None,
        max_length=250,
        description="The Stripe product's whole name, in place of the composed one.",
        examples=["Nimbus Pro"],
    )
    description: Text | None = Field(
        default=None, max_length=40000, description="What customers read about it.", examples=["For growing teams."]
    )
    images: list[Url] = Field(
        default_factory=list,
        max_length=8,
        description="Pictures by URL, in order.",
        examples=[["https://nimbus.example/pro.png"]],
    )
    url: Url | None = Field(
        default=None, description="A public page about it.", examples=["https://nimbus.example/pricing"]
    )
    tax_code: TaxCode | None = Field(default=None, description="Stripe tax code.", examples=["txcd_10103001"])
    statement_descriptor: Text | None = Field(
        default=None,
        max_length=22,
        pattern=r"^[^<>\\'\"*]+$",
        description="Text on card statements.",
        examples=["NIMBUS"],
    )
    unit_label: Text | None = Field(
        default=None, max_length=12, description="What one unit is called on invoices.", examples=["seat"]
    )
    marketing_features: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field(
        default_factory=list,
        max_length=15,
        description="Lines for pricing tables, in order.",
        examples=[["50 projects", "Single sign-on"]],
    )
    metadata: Metadata = Field(default_factory=dict, description="Your own facts about it.")
    visibility: Literal["public", "hidden"] = Field(
        default="public", description="Whether it is offered, or kept for those who have it and those you tell."
    )
    features: dict[Key, FeatureValue] = Field(
        default_factory=dict,
        description="What it entitles to, each feature with its value.",
        examples=[{"sso": True, "projects": 50}],
    )
    charges: dict[Key, Charge] = Field(
        default_factory=dict, description="What it bills; the one with the key `base` is its own fee."
    )
    storefront: StorefrontProduct | None = Field(
        default=None, description="How it is sold on BigCommerce; left out where it is not."
    )


class Plan(Sold):
    """Something a customer subscribes to."""

    kind: Literal["paid", "free", "custom"] = Field(
        default="paid", description="`free` bills nothing; `custom` means talk to us: nothing is sold in Stripe."
    )
    trial_days: Days | None = Field(
        default=None, description="Days of trial that new subscriptions start with.", examples=[14]
    )


class Quantity(Model):
    """How many may be bought."""

    min: Whole = Field(default=1, description="At least this many.", examples=[1])
    max: Count | None = Field(default=None, description="At most this many; no limit where left out.", examples=[20])


class AddOn(Sold):
    """Something bought on top of a plan."""

    for_plans: list[Key] = Field(
        default_factory=list,
        description="The plans it goes with; every plan where left out.",
        examples=[["pro", "team"]],
    )
    quantity: Quantity | None = Field(
        default=None, description="How many may be bought.", examples=[{"min": 1, "max": 20}]
    )
    prices: dict[Key, Price] = Field(
        default_factory=dict,
        description="Short for the prices of the charge `base`, where there is no other word to say.",
    )


class Template(Sold):
    """Defaults that plans and add-ons take over with `extends`."""

    kind: Literal["paid", "free", "custom"] | None = Field(default=None, description="See plans.")
    trial_days: Days | None = Field(default=None, description="See plans.")
    for_plans: list[Key] | None = Field(default=None, description="See add-ons.")
    quantity: Quantity | None = Field(default=None, description="See add-ons.")
    prices: dict[Key, Price] | None = Field(default=None, description="See add-ons.")
