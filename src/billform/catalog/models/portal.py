"""The customer portal: what customers may do by themselves."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from .when import Every
from .words import ByShape, Count, Key, Metadata, Model, PriceRef, Text, Url, Whole


class Switch(Model):
    """A part of the portal that is on or off; a bare yes or no is enough to say so."""

    enabled: bool = Field(default=True, description="Whether customers see it.")


class CustomerUpdate(Switch):
    """What customers may change about themselves."""

    allow: list[Literal["address", "email", "name", "phone", "shipping", "tax_id"]] = Field(
        default_factory=list, description="The fields they may edit.", examples=[["address", "tax_id"]]
    )


class PaymentMethodUpdate(Switch):
    """Adding and removing payment methods."""

    payment_methods: Key | None = Field(
        default=None,
        description="The payment method configuration that says which; Stripe's default where left out.",
        examples=["default"],
    )


CancellationReason = Literal[
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
]


class SubscriptionCancel(Switch):
    """Cancelling."""

    mode: Literal["at_period_end", "immediately"] = Field(default="at_period_end", description="When it takes effect.")
    proration: Literal["none", "create_prorations"] = Field(
        default="none", description="Whether unused time is credited; only with `immediately`."
    )
    reasons: list[CancellationReason] = Field(
        default_factory=list, description="Reasons to choose from; customers are not asked where left out."
    )


class SubscriptionPause(Switch):
    """Pausing, for a time that customers choose from a list, or without end."""

    durations: Annotated[
        list[Every] | Literal["indefinite"], ByShape(list, shaped=list[Every], other=Literal["indefinite"])
    ] = Field(
        default_factory=list,
        description="Choices such as `1 month`, or `indefinite`.",
        examples=[["1 month", "3 months"]],
    )


class AdjustableQuantity(Switch):
    """Whether the quantity can be changed, and how far."""

    min: Whole | None = Field(default=None, description="At least.", examples=[1])
    max: Count | None = Field(default=None, description="At most.", examples=[50])


T = TypeVar("T")


def _read_switch(value: Any) -> Any:
    return {"enabled": value} if isinstance(value, bool) else value


class _BareSwitch:
    """Lets a bare yes or no stand for a map with nothing but `enabled`."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_read_switch, handler(source))

    @staticmethod
    def __get_pydantic_json_schema__(schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        inner = schema["schema"] if schema["type"] == "function-before" else schema
        return {"anyOf": [{"type": "boolean"}, handler(inner)]}


OnOff = Annotated[T, _BareSwitch]


class SwitchTarget(Model):
    """A plan or add-on that customers may switch to, with its prices."""

    plan: Key | None = Field(default=None, description="The plan.")
    addon: Key | None = Field(default=None, description="Or the add-on.", examples=["extra_storage"])
    prices: list[PriceRef] = Field(
        default_factory=list,
        description="Its prices on offer, CHARGE.PRICE; all recurring prices of the base charge where left out.",
        examples=[["base.monthly", "base.yearly"]],
    )
    quantity: OnOff[AdjustableQuantity] | None = Field(
        default=None, description="Whether the quantity can be changed.", examples=[{"min": 1, "max": 50}]
    )


class SubscriptionUpdate(Switch):
    """Switching plans and changing quantities."""

    allow: list[Literal["price", "quantity", "promotion_code"]] = Field(
        default_factory=list, description="What may be changed."
    )
    products: list[SwitchTarget] = Field(default_factory=list, description="What customers may switch to; ten at most.")
    proration: Literal["none", "create_prorations", "always_invoice"] = Field(
        default="none", description="How a change in mid-period is billed."
    )
    billing_cycle_anchor: Literal["now", "unchanged"] | None = Field(
        default=None, description="Whether a change starts a new billing period."
    )
    at_period_end_when: list[Literal["decreasing_item_amount", "shortening_interval"]] = Field(
        default_factory=list, description="Changes that wait for the end of the period."
    )
    trial: Literal["end_trial", "continue_trial"] = Field(
        default="end_trial", description="What a change does to a running trial."
    )


class BusinessProfile(Model):
    """What the portal says about the business."""

    headline: Text | None = Field(
        default=None, max_length=60, description="One line at the top.", examples=["Nimbus. Your bills, in one place."]
    )
    privacy_policy_url: Url | None = Field(
        default=None, description="Link.", examples=["https://nimbus.example/privacy"]
    )
    terms_of_service_url: Url | None = Field(
        default=None, description="Link.", examples=["https://nimbus.example/terms"]
    )


class Portal(Model):
    """One portal configuration; a part that is not declared is left as Stripe has it."""

    name: Text | None = Field(
        default=None,
        max_length=256,
        description="Name in Stripe; the key in words where left out.",
        examples=["Nimbus billing"],
    )
    preset: Literal["hands_off"] | None = Field(
        default=None,
        description=(
            "Recommended settings for all parts that are not declared: invoices, payment methods and billing "
            "address on; name, e-mail, cancelling, pausing, switching and quantities off."
        ),
    )
    business_profile: BusinessProfile | None = Field(default=None, description="What the portal says about you.")
    default_return_url: Url | None = Field(
        default=None, description="Where the portal's way back leads.", examples=["https://nimbus.example/account"]
    )
    login_page: bool | None = Field(default=None, description="Whether Stripe hosts a login page for it.")
    invoice_history: OnOff[Switch] | None = Field(default=None, description="Whether customers see their invoices.")
    customer_update: OnOff[CustomerUpdate] | None = Field(default=None, description="Editing their own details.")
    payment_method_update: OnOff[PaymentMethodUpdate] | None = Field(
        default=None, description="Adding and removing payment methods."
    )
    subscription_cancel: OnOff[SubscriptionCancel] | None = Field(default=None, description="Cancelling.")
    subscription_pause: OnOff[SubscriptionPause] | None = Field(default=None, description="Pausing.")
    subscription_update: OnOff[SubscriptionUpdate] | None = Field(
        default=None, description="Switching plans and changing quantities."
    )
    metadata: Metadata = Field(default_factory=dict, description="Your own facts about the configuration.")

    def settled(self) -> Portal:
        """With the preset filled in where nothing is declared."""
        if self.preset is None:
            return self
        missing = {name: part for name, part in _HANDS_OFF.items() if getattr(self, name) is None}
        return self.model_copy(update=missing)


_HANDS_OFF: dict[str, Switch] = {
    "invoice_history": Switch(),
    "customer_update": CustomerUpdate(allow=["address"]),
    "payment_method_update": PaymentMethodUpdate(),
    "subscription_cancel": SubscriptionCancel(enabled=False),
    "subscription_pause": SubscriptionPause(enabled=False),
    "subscription_update": SubscriptionUpdate(enabled=False),
}
