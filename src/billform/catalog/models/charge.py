"""Charges and their prices: what a customer pays for, how often, and how much."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .when import Every
from .words import Amounts, ByShape, Count, Currency, Days, Key, Metadata, Model, TaxBehavior, TaxCode, Text

TaxBehaviors = Annotated[
    TaxBehavior | dict[Currency, TaxBehavior],
    ByShape(dict, shaped=dict[Currency, TaxBehavior], other=TaxBehavior),
]


class Tier(Model):
    """One step of a tiered price; the last one has no `up_to`."""

    up_to: Count | None = Field(
        default=None, description="The last unit of this step; left out on the last step.", examples=[1000]
    )
    unit: Amounts | None = Field(default=None, description="Amount for each unit in this step.", examples=["0.0004"])
    flat: Amounts | None = Field(default=None, description="Amount for reaching this step at all.", examples=[5])


class Tiers(Model):
    """A price that depends on the quantity."""

    mode: Literal["graduated", "volume"] = Field(
        default="graduated",
        description="`graduated` prices each unit by its own step, `volume` all units by the step reached.",
    )
    steps: list[Tier] = Field(
        min_length=1,
        description="The steps, rising; the last one open.",
        examples=[[{"up_to": 1000, "unit": 0}, {"unit": "0.0004"}]],
    )


class CustomerChooses(Model):
    """Pay what you want, within limits; for one-time prices."""

    minimum: Amounts | None = Field(default=None, description="The least a customer may pay.", examples=[5])
    preset: Amounts | None = Field(default=None, description="What the field shows at first.", examples=[20])
    maximum: Amounts | None = Field(default=None, description="The most a customer may pay.", examples=[500])


class Price(Model):
    """One way to pay a charge: an interval with its amounts."""

    every: Every | None = Field(
        default=None,
        description="The billing interval: `month`, `3 months`; left out for a price paid once.",
        examples=["month", "3 months"],
    )
    amount: Amounts | None = Field(
        default=None,
        description="Amount per unit (or per package) in major units, bare or by currency.",
        examples=[49, {"usd": 49, "eur": 45, "jpy": 6900}],
    )
    tiers: Tiers | None = Field(default=None, description="Steps by quantity, in place of `amount`.")
    customer_chooses: CustomerChooses | None = Field(
        default=None, description="The customer names the amount, in place of `amount`."
    )
    per: Count | None = Field(
        default=None, description="The amount buys a package of this many units.", examples=[1000]
    )
    round: Literal["up", "down"] | None = Field(
        default=None, description="What happens to a package that is not full: `up` (the default) or `down`."
    )
    separate_currencies: bool = Field(
        default=False, description="Make one Stripe price per currency rather than one price with currency options."
    )
    tax_behavior: TaxBehaviors | None = Field(
        default=None,
        description="Whether amounts include tax; one word, or one for each currency.",
        examples=["exclusive", {"usd": "exclusive", "eur": "inclusive"}],
    )
    trial_days: Days | None = Field(
        default=None, description="Trial days fixed on the Stripe price itself; cannot be changed later.", examples=[14]
    )
    nickname: Text | None = Field(
        default=None, description="A short description that customers do not see.", examples=["Pro (monthly)"]
    )
    default: bool = Field(default=False, description="Whether this is the product's default price.")
    lookup_key: Text | None = Field(
        default=None,
        max_length=200,
        description="The Stripe lookup key, where the price's own address cannot be used.",
        examples=["pro_monthly_2026"],
    )
    metadata: Metadata = Field(default_factory=dict, description="Your own facts about the price.")

    @property
    def is_recurring(self) -> bool:
        """Whether it is billed again and again."""
        return self.every is not None


class Charge(Model):
    """Something a plan or add-on bills: its base fee, seats, usage, a set-up fee."""

    name: Text | None = Field(
        default=None,
        max_length=100,
        description="What customers call it; the key in words where left out.",
        examples=["Seats"],
    )
    product_name: Text | None = Field(
        default=None,
        max_length=250,
        description="The Stripe product's whole name, in place of the composed one.",
        examples=["Nimbus seats"],
    )
    description: Text | None = Field(
        default=None, max_length=40000, description="What customers read about it.", examples=["One person's access."]
    )
    unit_label: Text | None = Field(
        default=None, max_length=12, description="What one unit is called on invoices.", examples=["seat"]
    )
    tax_code: TaxCode | None = Field(default=None, description="Stripe tax code, where it differs from the plan's.")
    statement_descriptor: Text | None = Field(
        default=None,
        max_length=22,
        pattern=r"^[^<>\\'\"*]+$",
        description="Text on card statements.",
        examples=["NIMBUS SEATS"],
    )
    meter: Key | None = Field(
        default=None,
        description="The meter whose usage is billed; makes every price of the charge metered.",
        examples=["api_calls"],
    )
    prices: dict[Key, Price] = Field(default_factory=dict, description="The prices, by key.")
    metadata: Metadata = Field(default_factory=dict, description="Your own facts about the charge's Stripe product.")
