"""The real `stripe` package against the simulator, unchanged: sync and async."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import stripe

from billform.simulator.server import Simulator
from tests.simulator.stripe.shop import KEY

# The package hands httpx its form bodies by a parameter that httpx has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


def addresses(simulator: Simulator) -> Any:
    """All four base addresses, so that nothing of the package leaves the machine."""
    return dict.fromkeys(("api", "files", "connect", "meter_events"), simulator.stripe_url)


@pytest.fixture
def sdk(simulator: Simulator) -> Iterator[stripe.StripeClient]:
    """The package's client."""
    stripe.enable_telemetry = False
    http = stripe.HTTPXClient(timeout=10, allow_sync_methods=True)
    yield stripe.StripeClient(KEY, base_addresses=addresses(simulator), http_client=http)
    http.close()  # type: ignore[no-untyped-call]  # the package leaves it untyped


def test_create_and_read(sdk: stripe.StripeClient) -> None:
    """Objects come back as the package's own classes, decimals as Decimals."""
    product = sdk.v1.products.create({"name": "Pro Plan", "metadata": {"tier": "pro"}})
    price = sdk.v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "billing_scheme": "tiered",
            "tiers_mode": "graduated",
            "recurring": {"interval": "month"},
            "tiers": [
                {"up_to": 1000, "unit_amount_decimal": Decimal("0.4"), "flat_amount": 500},
                {"up_to": "inf", "unit_amount_decimal": Decimal("0.000001")},
            ],
            "currency_options": {"eur": {"tiers": [{"up_to": "inf", "unit_amount": 1}]}},
            "expand": ["tiers", "product"],
        }
    )
    assert isinstance(price, stripe.Price)
    assert isinstance(price.product, stripe.Product)
    assert price.tiers is not None
    assert [tier.unit_amount_decimal for tier in price.tiers] == [Decimal("0.4"), Decimal("0.000001")]
    assert [tier.up_to for tier in price.tiers] == [1000, None]
    assert sdk.v1.products.retrieve(product.id).metadata.to_dict() == {"tier": "pro"}


def test_paging(sdk: stripe.StripeClient) -> None:
    """auto_paging_iter walks every page, with the expansion carried over."""
    product = sdk.v1.products.create({"name": "Pro Plan"})
    for amount in range(25):
        sdk.v1.prices.create({"product": product.id, "currency": "usd", "unit_amount": amount})
    page = sdk.v1.prices.list({"limit": 10, "expand": ["data.product"]})
    prices = list(page.auto_paging_iter())
    assert [price.unit_amount for price in prices] == list(range(24, -1, -1))
    assert all(isinstance(price.product, stripe.Product) for price in prices)


def test_async(simulator: Simulator) -> None:
    """The asynchronous client works the same."""

    async def story() -> list[str]:
        http = stripe.HTTPXClient(timeout=10)
        coupons = stripe.StripeClient(KEY, base_addresses=addresses(simulator), http_client=http).v1.coupons
        await asyncio.gather(*(coupons.create_async({"id": f"C{n}", "percent_off": 10}) for n in range(20)))
        found = [coupon.id async for coupon in (await coupons.list_async({"limit": 7})).auto_paging_iter()]
        await http.close_async()  # type: ignore[no-untyped-call]  # the package leaves it untyped
        return found

    assert sorted(asyncio.run(story())) == sorted(f"C{n}" for n in range(20))


def test_every_kind_through_the_package(sdk: stripe.StripeClient) -> None:
    """Each kind of the catalog can be made, read and changed by its own service."""
    v1 = sdk.v1
    meter = v1.billing.meters.create(
        {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}
    )
    assert v1.billing.meters.deactivate(meter.id).status == "inactive"
    product = v1.products.create({"name": "Pro Plan"})
    feature = v1.entitlements.features.create({"name": "Exports", "lookup_key": "exports"})
    attached = v1.products.features.create(product.id, {"entitlement_feature": feature.id})
    assert attached.entitlement_feature.lookup_key == "exports"
    assert v1.products.features.delete(product.id, attached.id).deleted
    coupon = v1.coupons.create({"percent_off": 12.5, "duration": "repeating", "duration_in_months": 3})
    assert coupon.percent_off == 12.5
    code = v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HELLO"})
    assert v1.promotion_codes.update(code.id, {"active": False}).active is False
    portal = v1.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}})
    assert portal.features.invoice_history.enabled
    settings = v1.tax.settings.update(
        {"head_office": {"address": {"country": "DE"}}, "defaults": {"tax_code": "txcd_10103001"}}
    )
    assert settings.status == "active"
    registration = v1.tax.registrations.create(
        {"country": "DE", "active_from": "now", "country_options": {"de": {"type": "standard"}}}
    )
    assert v1.tax.registrations.update(registration.id, {"expires_at": "now"}).status == "expired"
    hook = v1.webhook_endpoints.create({"url": "https://shop.example", "enabled_events": ["price.created"]})
    assert hook.secret is not None
    methods = v1.payment_method_configurations.create(
        {"name": "Cards", "card": {"display_preference": {"preference": "on"}}}
    )
    assert methods.card is not None
    assert methods.card.display_preference.value == "on"
    assert v1.accounts.retrieve_current().id == "acct_1BillformLocal00"
    assert v1.tax_codes.retrieve("txcd_10103001").name.startswith("Software as a service")


def test_errors(sdk: stripe.StripeClient, simulator: Simulator) -> None:
    """Refusals become the package's own exceptions."""
    with pytest.raises(stripe.InvalidRequestError) as missing:
        sdk.v1.prices.retrieve("price_gone")
    assert (missing.value.http_status, missing.value.code, missing.value.param) == (404, "resource_missing", "price")
    assert str(missing.value.request_id).startswith("req_")
    sdk.v1.products.create({"name": "Once"}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError):
        sdk.v1.products.create({"name": "Twice"}, {"idempotency_key": "k1"})
    nobody = stripe.StripeClient("sk_test_nobody", base_addresses=addresses(simulator))
    with pytest.raises(stripe.AuthenticationError):
        nobody.v1.products.list()


def test_no_notices(sdk: stripe.StripeClient) -> None:
    """Nothing in the answers makes the package warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sdk.v1.products.list()
