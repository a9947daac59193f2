"""What Stripe keeps of a portal configuration: what customers may do by themselves.

A part that is switched off says nothing more: Stripe fills in the rest as it likes.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from billform.core.kind import Kept, Unordered
from billform.core.resource import Ref, Spec

from .base import Metadata

Words = Annotated[tuple[str, ...], AfterValidator(lambda words: tuple(sorted(words)))]
"""A list whose order says nothing, in one order."""


class Part(BaseModel):
    """One feature of the portal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False


class CustomerUpdate(Part):
    """Editing one's own details."""

    allowed_updates: Words = ()


class PaymentMethodUpdate(Part):
    """Adding and removing payment methods."""

    configuration: Ref | None = None


class SubscriptionCancel(Part):
    """Cancelling."""

    mode: str = "at_period_end"
    proration_behavior: str = "none"
    reasons: Words = ()


class SubscriptionPause(Part):
    """Pausing: for one of the durations, or without end where there is none."""

    durations: tuple[str, ...] = ()


class SubscriptionUpdate(Part):
    """Switching plans and changing quantities."""

    allowed_updates: Words = ()
    proration_behavior: str = "none"
    billing_cycle_anchor: str = "unchanged"
    at_period_end_when: Words = ()
    trial_update_behavior: str = "end_trial"


class OnOffer(BaseModel):
    """A price that customers may switch to, and within which limits they may change its quantity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: Ref
    price: Ref
    adjustable: bool = False
    minimum: int = 1
    maximum: int | None = None


class PortalSpec(Spec):
    """A portal configuration."""

    name: str | None = None
    business_headline: str | None = None
    privacy_policy_url: Annotated[str | None, Kept("Stripe cannot clear the portal's links")] = None
    terms_of_service_url: Annotated[str | None, Kept("Stripe cannot clear the portal's links")] = None
    default_return_url: str | None = None
    login_page: bool = False
    invoice_history: Part = Part()
    customer_update: CustomerUpdate = CustomerUpdate()
    payment_method_update: PaymentMethodUpdate = PaymentMethodUpdate()
    subscription_cancel: SubscriptionCancel = SubscriptionCancel()
    subscription_pause: SubscriptionPause = SubscriptionPause()
    subscription_update: SubscriptionUpdate = SubscriptionUpdate()
    on_offer: Annotated[tuple[OnOffer, ...], Unordered()] = ()
    metadata: Metadata = Field(default_factory=dict)


FEATURES = (
    "invoice_history",
    "customer_update",
    "payment_method_update",
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
)
