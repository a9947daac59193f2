"""Coupons and promotion codes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .when import Moment
from .words import Amounts, ByShape, ChargeAddress, Count, Key, Metadata, Model, Percent, Text


class Months(Model):
    """A discount that lasts some months."""

    months: Count = Field(description="For how many months.", examples=[3])


Duration = Annotated[
    Literal["once", "forever"] | Months, ByShape(dict, shaped=Months, other=Literal["once", "forever"])
]


class Coupon(Model):
    """A discount; Stripe fixes all of it but name, metadata and further currencies, so other changes re-create it."""

    name: Text | None = Field(default=None, max_length=40, description="Shown on invoices.", examples=["Launch offer"])
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=200)] | None = Field(
        default=None, description="The coupon's id in Stripe; the key where left out.", examples=["LAUNCH-2026"]
    )
    percent_off: Percent | None = Field(
        default=None, description="Share of the price, more than 0 and at most 100.", examples=[25, "12.5"]
    )
    amount_off: Amounts | None = Field(
        default=None, description="A fixed amount, by currency.", examples=[{"usd": 10, "eur": 9}]
    )
    duration: Duration = Field(
        default="once", description="`once`, `forever` or {months: 3}.", examples=["once", {"months": 3}]
    )
    plans: list[ChargeAddress] = Field(
        default_factory=list,
        description="Plans it applies to, with all their charges, or single charges; everything where left out.",
        examples=[["pro", "team.seats"]],
    )
    addons: list[ChargeAddress] = Field(default_factory=list, description="Add-ons it applies to, likewise.")
    max_redemptions: Count | None = Field(
        default=None, description="How often it can be redeemed in all.", examples=[500]
    )
    ends: Moment | None = Field(
        default=None, description="Last moment for redeeming it, within five years; a day counts to its end."
    )
    metadata: Metadata = Field(default_factory=dict, description="Your own facts about the coupon.")


class PromotionCode(Model):
    """A word that customers type to get a coupon."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=500)] | None = Field(
        default=None, description="What customers type; the key in capitals where left out.", examples=["LAUNCH25"]
    )
    coupon: Key = Field(description="The coupon it gives.", examples=["launch25"])
    active: bool = Field(default=True, description="Whether it can be used.")
    first_time_only: bool = Field(default=False, description="Only for customers who have never paid.")
    minimum: Amounts | None = Field(default=None, description="Least purchase, by currency.", examples=[{"usd": 50}])
    max_redemptions: Count | None = Field(
        default=None, description="How often it can be redeemed in all.", examples=[100]
    )
    expires: Moment | None = Field(default=None, description="Last moment for using it; a day counts to its end.")
    metadata: Metadata = Field(default_factory=dict, description="Your own facts about the code.")
