"""Stripe customer portal configurations of our own; the Dashboard's default one stays as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

from billform.catalog import models as words
from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, Portal, PortalProduct, in_words
from billform.core.kind import OnImmutable, Write
from billform.core.resource import Address, Live, Ref, Resource

from . import marks
from .answers import Answer, part
from .base import UNSET, Params, StripeKind
from .client import StripeAccount
from .lists import PORTALS
from .portal_spec import (
    FEATURES,
    CustomerUpdate,
    OnOffer,
    Part,
    PaymentMethodUpdate,
    PortalSpec,
    SubscriptionCancel,
    SubscriptionPause,
    SubscriptionUpdate,
)
from .portal_wire import feature_params, read_features

PROFILE = {
    "business_headline": "headline",
    "privacy_policy_url": "privacy_policy_url",
    "terms_of_service_url": "terms_of_service_url",
}
"""Fields of the spec, and their names in Stripe's business profile."""


class PortalKind(StripeKind[PortalSpec]):
    """Portal configurations, found by their mark."""

    name = "stripe.portal_configuration"
    spec = PortalSpec
    path = "/v1/billing_portal/configurations"
    on_immutable = OnImmutable.REFUSE

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[PortalSpec]]:
        """Every portal of the catalog."""
        for key, portal in catalog.portal.items():
            spec = _wanted(key, portal.settled(), catalog.portal_products(portal))
            yield Resource(Address(self.name, key), spec, catalog.key_span("portal", key))

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[PortalSpec]]:
        """Every configuration of the account, archived ones and the Dashboard's included."""
        for answer in await client.read(PORTALS, by=self.name):
            yield _read(answer)

    def params(self, write: Write[PortalSpec], names: frozenset[str]) -> Params:
        """The named fields; of the features, all that the catalog declares or an earlier run declared."""
        spec = write.spec
        changes: Params = {
            "name": spec.name or UNSET,
            "default_return_url": spec.default_return_url or UNSET,
            "login_page": {"enabled": spec.login_page},
        }
        found = {name: value for name, value in changes.items() if name in names}
        if profile := {PROFILE[name]: getattr(spec, name) for name in PROFILE if name in names}:
            if "headline" in profile:
                profile["headline"] = profile["headline"] or UNSET
            found["business_profile"] = profile
        if features := _touched(spec, names):
            found["features"] = feature_params(spec, features, write.id, new=write.before is None)
        return found

    def birth(self, write: Write[PortalSpec]) -> Params:
        """Stripe wants features at birth, be it that there are none."""
        declared = _touched(write.spec, frozenset(write.spec.model_fields_set))
        return {} if declared else {"features": {"invoice_history": {"enabled": False}}}


def _touched(spec: PortalSpec, names: frozenset[str]) -> list[str]:
    """The features to send: with one of them, all that are declared, so that they fit together as a whole."""
    changed = {"subscription_update" if name == "on_offer" else name for name in names} & set(FEATURES)
    return [name for name in FEATURES if name in changed or (changed and name in spec.model_fields_set)]


def _wanted(key: str, portal: Portal, products: tuple[PortalProduct, ...]) -> PortalSpec:
    profile = portal.business_profile
    update = portal.subscription_update
    history, customer, methods = portal.invoice_history, portal.customer_update, portal.payment_method_update
    cancel, pause = portal.subscription_cancel, portal.subscription_pause
    spec: PortalSpec = PortalSpec.declare(
        name=portal.name or in_words(key),
        **({name: getattr(profile, theirs) for name, theirs in PROFILE.items()} if profile else {}),
        default_return_url=portal.default_return_url,
        login_page=portal.login_page,
        invoice_history=Part(enabled=history.enabled) if history else None,
        customer_update=_customer(customer) if customer else None,
        payment_method_update=_methods(methods) if methods else None,
        subscription_cancel=_cancel(cancel) if cancel else None,
        subscription_pause=_pause(pause) if pause else None,
        subscription_update=_update(update) if update else None,
        on_offer=(_on_offer(products) if update.enabled else ()) if update else None,
        metadata=dict(portal.metadata),
    )
    return spec


def _customer(customer: words.CustomerUpdate) -> CustomerUpdate:
    if not customer.enabled:
        return CustomerUpdate()
    return CustomerUpdate(enabled=True, allowed_updates=tuple(customer.allow))


def _methods(methods: words.PaymentMethodUpdate) -> PaymentMethodUpdate:
    if not methods.enabled:
        return PaymentMethodUpdate()
    chosen = methods.payment_methods
    configuration = Ref.to(Address("stripe.payment_method_configuration", chosen)) if chosen else None
    return PaymentMethodUpdate(enabled=True, configuration=configuration)


def _cancel(cancel: words.SubscriptionCancel) -> SubscriptionCancel:
    if not cancel.enabled:
        return SubscriptionCancel()
    return SubscriptionCancel(
        enabled=True, mode=cancel.mode, proration_behavior=cancel.proration, reasons=tuple(cancel.reasons)
    )


def _pause(pause: words.SubscriptionPause) -> SubscriptionPause:
    if not pause.enabled:
        return SubscriptionPause()
    if pause.durations == "indefinite":
        return SubscriptionPause(enabled=True)
    # One month is what Stripe offers where nothing is said.
    chosen = tuple(f"{each.count} {each.interval}" for each in pause.durations) or ("1 month",)
    return SubscriptionPause(enabled=True, durations=chosen)


def _update(update: words.SubscriptionUpdate) -> SubscriptionUpdate:
    if not update.enabled:
        return SubscriptionUpdate()
    return SubscriptionUpdate(
        enabled=True,
        allowed_updates=tuple(update.allow),
        proration_behavior=update.proration,
        billing_cycle_anchor=update.billing_cycle_anchor or "unchanged",
        at_period_end_when=tuple(update.at_period_end_when),
        trial_update_behavior=update.trial,
    )


def _on_offer(products: tuple[PortalProduct, ...]) -> tuple[OnOffer, ...]:
    return tuple(
        OnOffer(
            product=Ref.to(Address("stripe.product", each.product.address)),
            price=Ref.to(Address("stripe.price", price.address)),
            adjustable=adjustable,
            minimum=(each.quantity.min if adjustable and each.quantity and each.quantity.min is not None else 1),
            maximum=each.quantity.max if adjustable and each.quantity else None,
        )
        for each in products
        for adjustable in [each.quantity is not None and each.quantity.enabled]
        for price in each.prices
    )


def _read(answer: Answer) -> Live[PortalSpec]:
    metadata, profile = answer.get("metadata"), part(answer, "business_profile")
    spec = PortalSpec(
        name=answer.get("name"),
        **{name: profile.get(theirs) for name, theirs in PROFILE.items()},
        default_return_url=answer.get("default_return_url"),
        login_page=bool(part(answer, "login_page").get("enabled")),
        **read_features(answer),
        metadata=marks.authored(metadata),
    )
    return Live(
        kind=PortalKind.name,
        id=str(answer["id"]),
        spec=spec,
        mark=marks.read(metadata),
        active=bool(answer["active"]),
        created=int(answer.get("created") or 0),
        retired=marks.retired(metadata),
    )


KIND = PortalKind()
