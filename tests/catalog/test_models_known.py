"""What the vendors know by name is what their own packages and papers say."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from stripe.params import PaymentMethodConfigurationCreateParams, WebhookEndpointCreateParams
from stripe.params.tax import _registration_create_params as registration

from billform.catalog.known import (
    BIGCOMMERCE_SCOPES,
    COUNTRIES,
    LOCAL_US_TAXES,
    PAYMENT_METHODS,
    REGISTRATION_TYPES,
    STRIPE_EVENTS,
)
from billform.core.money import CURRENCIES


def _literals(hint: Any) -> set[str]:
    found: set[str] = set()
    for each in get_args(hint):
        found |= {each} if isinstance(each, str) else _literals(each)
    return found


def test_stripe_events_are_those_of_the_sdk() -> None:
    """No event is missing and none is invented."""
    hint = WebhookEndpointCreateParams.__annotations__["enabled_events"]
    assert _literals(hint) - {"*"} == STRIPE_EVENTS


def test_payment_methods_are_those_of_the_sdk() -> None:
    """Every member of a configuration is known by its name."""
    members = set(PaymentMethodConfigurationCreateParams.__annotations__) - {"name", "parent", "expand"}
    assert members - set(_request_options()) == PAYMENT_METHODS


def _request_options() -> set[str]:
    from stripe import RequestOptions

    return set(RequestOptions.__annotations__)


def test_registrations_are_those_of_the_sdk() -> None:
    """Each country has the types that Stripe Tax gives it."""
    countries = registration.RegistrationCreateParamsCountryOptions.__annotations__
    namespace = vars(registration)
    types = {}
    for country in countries:
        options = namespace[f"RegistrationCreateParamsCountryOptions{country.strip('_').capitalize()}"]
        hint = get_type_hints(options, localns=namespace, include_extras=True)["type"]
        types[country.strip("_").upper()] = frozenset(_literals(hint))
    assert types == dict(REGISTRATION_TYPES)
    assert types["US"] >= LOCAL_US_TAXES
    assert types.keys() <= COUNTRIES


def test_bigcommerce_scopes_are_those_of_the_papers() -> None:
    """Every scope of a whole store that BigCommerce documents is known."""
    specs = os.environ.get("BILLFORM_SPECS")
    if not specs:
        pytest.skip("BILLFORM_SPECS does not say where the vendors' specifications are")
    callbacks = json.loads((Path(specs) / "bigcommerce" / "webhook-callbacks.schema.json").read_text())
    documented = {scope.rstrip("/") for scope in callbacks["scopes_documented"]}
    assert {scope for scope in documented if "{" not in scope and "/channel/*" not in scope} <= BIGCOMMERCE_SCOPES


def test_currencies_are_three_letters() -> None:
    """The lists hold no slips of the pen."""
    assert all(len(each) == 3 and each.islower() for each in CURRENCIES)
    assert all(len(each) == 2 and each.isupper() for each in COUNTRIES)
