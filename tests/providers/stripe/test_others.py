"""What others do to the same account, in the Dashboard or from elsewhere: theirs stays theirs, ours comes right."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from billform.providers.http import VendorError
from billform.providers.stripe.client import StripeAccount

from .shop import KINDS, Shop, catalog


def selling(amount: int = 49, **words: Any) -> Any:
    price = {"every": "month", "amount": amount, **words}
    return catalog(plans={"pro": {"name": "Pro", "charges": {"base": {"prices": {"monthly": price}}}}})


def prices(shop: Shop, **filters: str) -> list[Any]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    found: list[Any] = shop.raw("GET", f"/v1/prices?limit=100&{query}")["data"]
    return found


def marked(metadata: dict[str, str]) -> dict[str, str]:
    """Metadata as form parameters: what a copy takes along."""
    return {f"metadata[{key}]": value for key, value in metadata.items()}


def test_the_prices_of_a_product_that_somebody_copied_are_prices_of_the_copy(shop: Shop) -> None:
    shop.apply(selling())
    (ours,) = prices(shop)
    shop.control("PUT", "clock", {"offset": 3600})
    mark = marked(shop.raw("GET", "/v1/products/nimbus-pro")["metadata"])
    copy = shop.raw("POST", "/v1/products", {"name": "Pro for Acme", **mark})["id"]
    amount = {"currency": "usd", "unit_amount": "1900", "recurring[interval]": "month"}
    theirs = shop.raw("POST", "/v1/prices", {"product": copy, **amount, **marked(ours["metadata"])})["id"]
    shop.raw("POST", f"/v1/products/{copy}", {"default_price": theirs})
    assert not shop.plan(selling()).changes
    shop.apply(selling(59))
    shop.apply(catalog())
    assert shop.raw("GET", f"/v1/prices/{theirs}")["active"]


def test_a_lookup_key_that_somebody_took_after_the_plan_stays_with_them(shop: Shop) -> None:
    made = shop.plan(selling())
    other = shop.raw("POST", "/v1/products", {"name": "Theirs"})["id"]
    amount = {"currency": "usd", "unit_amount": "1900", "lookup_key": "pro.base.monthly"}
    theirs = shop.raw("POST", "/v1/prices", {"product": other, **amount})["id"]
    with pytest.raises(VendorError, match="already uses that lookup key"):
        shop.run(made)
    assert shop.raw("GET", f"/v1/prices/{theirs}")["lookup_key"] == "pro.base.monthly"
    assert len(prices(shop)) == 1
    assert "P022" in [each.code for each in shop.plan(selling()).findings]


def test_a_price_that_is_asked_for_under_another_idempotency_key_is_not_made_twice(shop: Shop) -> None:
    """The lookup key is taken by the very price that is asked for."""
    made = shop.plan(selling())
    shop.run(made)
    shop.run(made.model_copy(update={"epoch": "a day later"}))
    assert len(prices(shop)) == 1


def test_a_price_under_a_new_address_takes_the_lookup_key_from_one_that_leaves(shop: Shop) -> None:
    shop.apply(selling(lookup_key="pro"))
    (old,) = prices(shop)
    yearly = {"every": "year", "amount": 490, "lookup_key": "pro"}
    shop.apply(catalog(plans={"pro": {"name": "Pro", "charges": {"base": {"prices": {"yearly": yearly}}}}}))
    (new,) = prices(shop)
    assert (new["lookup_key"], new["id"] != old["id"]) == ("pro", True)
    assert [each["id"] for each in prices(shop, active="false")] == [old["id"]]


@pytest.mark.parametrize("sort", ["price", "feature"])
def test_what_is_archived_while_lists_are_read_is_not_taken_for_absent(shop: Shop, sort: str) -> None:
    """Stripe lists what is in use and what is archived apart; in between, an object can move from one to the other."""
    wanted = selling() if sort == "price" else catalog(features={"sso": {"name": "SSO"}})
    shop.apply(wanted)
    (before,) = shop.observe(f"stripe.{sort}", of=wanted)
    path = "/v1/prices" if sort == "price" else "/v1/entitlements/features"
    in_use = ("active", "true") if sort == "price" else ("archived", "false")

    async def read(client: StripeAccount) -> list[Any]:
        get, others = client.get, asyncio.Event()

        async def slowly(asked: str, params: Any = None) -> Any:
            name, value = in_use
            if asked == path and params[name] == value:
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.3):
                        await others.wait()
                if sort == "price":
                    shop.raw("POST", "/v1/products/nimbus-pro", {"default_price": second})
                shop.raw("POST", f"{path}/{before.id}", {"active": "false"})
            answer = await get(asked, params)
            if asked == path:
                others.set()
            return answer

        client.get = slowly  # type: ignore[assignment, method-assign]  # somebody else is quicker, at just this moment
        return [live async for live in KINDS[f"stripe.{sort}"].observe(client)]

    amount = {"currency": "usd", "unit_amount": "1900"}
    second = shop.raw("POST", "/v1/prices", {"product": "nimbus-pro", **amount})["id"] if sort == "price" else ""
    after = [live for live in shop.with_client(read, of=wanted) if live.id == before.id]
    assert [live.active for live in after] == [False]


@pytest.mark.parametrize("default", ["exclusive", "inferred_by_currency"])
def test_a_price_that_leaves_its_tax_to_the_account_is_not_made_anew_for_ever(shop: Shop, default: str) -> None:
    """Stripe reads it back with the account's default, and would do so with the next one, too."""
    shop.raw("POST", "/v1/tax/settings", {"defaults[tax_behavior]": default})
    shop.apply(selling(tax_behavior="unspecified"))
    (price,) = prices(shop)
    assert price["tax_behavior"] == "exclusive"


def test_a_tax_that_the_catalog_takes_back_needs_a_new_price(shop: Shop) -> None:
    shop.apply(selling(tax_behavior="inclusive"))
    shop.apply(selling(tax_behavior="unspecified"))
    (price,) = prices(shop)
    assert price["tax_behavior"] == "unspecified"


def test_what_others_rest_on_an_object_of_ours_is_told_before_that_goes(shop: Shop) -> None:
    def discount(percent: int) -> Any:
        return catalog(coupons={"spring": {"percent_off": percent, "duration": "once"}})

    def told(wanted: Any) -> list[str]:
        return [each.summary for each in shop.plan(wanted).findings if each.code == "P032"]

    shop.apply(discount(10))
    assert told(discount(20)) == []
    promotion = {"promotion[type]": "coupon", "promotion[coupon]": "spring"}
    for code in ("RADIO", "POSTER", "FLYER", "TV"):
        shop.raw("POST", "/v1/promotion_codes", {**promotion, "code": code})
    others = "promotion code FLYER, promotion code POSTER, promotion code RADIO and 1 more"
    told_of = f"stripe.coupon/spring (spring) goes, and others have made what rests on it: {others}"
    assert told(discount(20)) == [told_of]
    assert told(catalog()) == [told_of]
    assert told(discount(10)) == []


@pytest.mark.parametrize("version", [1, 2])
def test_a_coupon_that_somebody_made_after_one_of_ours_is_theirs(shop: Shop, version: int) -> None:
    """Whoever copies a coupon with its metadata has a coupon of his own, worth what he says."""
    for percent in (5, 10)[-version:]:
        wanted = catalog(coupons={"spring": {"percent_off": percent, "duration": "once"}})
        shop.apply(wanted)
    (ours,) = shop.raw("GET", "/v1/coupons")["data"]
    shop.control("PUT", "clock", {"offset": 3600})
    discount = {"id": "partner", "percent_off": "50", "duration": "once"}
    shop.raw("POST", "/v1/coupons", {**discount, **marked(ours["metadata"])})
    assert not shop.plan(wanted).changes
    shop.apply(catalog())
    assert [each["id"] for each in shop.raw("GET", "/v1/coupons")["data"]] == ["partner"]


def test_the_first_id_of_a_coupon_that_somebody_took_since_is_in_nobodys_way(shop: Shop) -> None:
    def discount(percent: int, name: str) -> Any:
        return catalog(coupons={"spring": {"percent_off": percent, "duration": "once", "name": name}})

    shop.apply(discount(10, "Spring"))
    shop.apply(discount(20, "Spring"))
    shop.raw("POST", "/v1/coupons", {"id": "spring", "percent_off": "50", "duration": "once"})
    shop.apply(discount(20, "Springtime"))
    shop.apply(discount(30, "Springtime"))
    assert sorted(each["id"] for each in shop.raw("GET", "/v1/coupons")["data"]) == ["spring", "spring-v3"]


def test_a_plan_that_stripe_refused_can_be_applied_once_the_reason_is_gone(shop: Shop) -> None:
    """For a day Stripe answers the same key with the same refusal, whatever has been mended since."""
    event = {"enabled_events[0]": "invoice.paid"}
    there = [shop.raw("POST", "/v1/webhook_endpoints", {"url": f"https://a.test/{n}", **event}) for n in range(16)]
    made = shop.plan(catalog(webhooks={"stripe": {"sales": {"url": "https://b.test/", "events": ["invoice.paid"]}}}))
    with pytest.raises(VendorError, match="16"):
        shop.run(made)
    shop.raw("DELETE", f"/v1/webhook_endpoints/{there[0]['id']}")
    shop.run(made)
    assert len(shop.observe("stripe.webhook_endpoint")) == 16


def test_a_change_that_stripe_refused_can_be_made_once_the_reason_is_gone(shop: Shop) -> None:
    shop.apply(selling())
    (old,) = prices(shop)
    amount = {"currency": "usd", "unit_amount": "1900", "product": "nimbus-pro"}
    other = shop.raw("POST", "/v1/prices", amount)["id"]
    shop.raw("POST", "/v1/products/nimbus-pro", {"default_price": other})
    made = shop.plan(selling())
    shop.raw("POST", f"/v1/prices/{old['id']}", {"active": "false"})
    with pytest.raises(VendorError):
        shop.run(made)
    shop.raw("POST", f"/v1/prices/{old['id']}", {"active": "true"})
    shop.run(made)
    assert shop.raw("GET", "/v1/products/nimbus-pro")["default_price"] == old["id"]


def test_a_price_that_comes_back_tells_what_others_have_set_on_it_and_on_its_successor(shop: Shop) -> None:
    shop.apply(selling(49))
    (first,) = prices(shop)
    shop.raw("POST", f"/v1/prices/{first['id']}", {"currency_options[gbp][unit_amount]": "3900"})
    shop.apply(selling(59))
    (second,) = prices(shop)
    assert not shop.plan(selling(59)).findings
    shop.raw("POST", f"/v1/prices/{second['id']}", {"currency_options[chf][unit_amount]": "5500"})
    (found,) = shop.plan(selling(49)).findings
    assert found.code == "P029"
    assert found.summary == (
        f"stripe.price/pro.base.monthly goes back to {first['id']}, without currency_options.chf 55.00 CHF "
        "and with currency_options.gbp £39.00, set outside the catalog"
    )


def test_a_price_that_others_have_made_of_a_product_of_ours_is_told_before_that_goes(shop: Shop) -> None:
    shop.apply(selling())
    assert not shop.plan(catalog()).findings
    amount = {"currency": "usd", "unit_amount": "100000", "recurring[interval]": "year"}
    theirs = shop.raw("POST", "/v1/prices", {"product": "nimbus-pro", **amount})["id"]
    (found,) = shop.plan(catalog()).findings
    assert (found.code, found.subject) == ("P032", "stripe.product/pro")
    assert theirs in found.summary


def test_a_registration_waits_for_the_one_before_it_to_end(shop: Shop) -> None:
    """Whatever they are called: the one that is there is the one that ends first, and gets its end."""
    office = {"settings": {"head_office": {"country": "DE"}}}
    before = {"old": {"country": "DE"}}
    shop.apply(catalog(tax={**office, "registrations": before}))
    soon = {"old": {"country": "DE", "ends": "2027-01-31"}}
    after = {"new": {"country": "DE", "place_of_supply": "small_seller"}}
    shop.apply(catalog(tax={**office, "registrations": {**after, **soon}}))
    (there,) = shop.raw("GET", "/v1/tax/registrations?status=all")["data"]
    assert there["expires_at"] is not None
    assert there["country_options"]["de"]["standard"]["place_of_supply_scheme"] == "standard"
