"""Meters, entitlement features and what attaches them to products."""

from __future__ import annotations

from typing import Any

import pytest

from billform.catalog.models import Catalog
from billform.core.diagnostic import Severity
from billform.core.plan import NewVersion, Refuse, Restore, Update

from .shop import Shop, catalog


def usage(**meter: Any) -> Catalog:
    prices = {"monthly": {"every": "month", "amount": "0.02"}}
    return catalog(
        meters={"calls": meter},
        plans={"pro": {"charges": {"calls": {"meter": "calls", "prices": prices}}}},
    )


def entitled(*granted: str, features: dict[str, Any] | None = None, **values: Any) -> Catalog:
    known = features if features is not None else {"sso": {}, "projects": {"type": "limit", "unit": "per site"}}
    return catalog(features=known, plans={"pro": {"features": {**dict.fromkeys(granted, True), **values}}})


def attached(shop: Shop) -> set[str]:
    answer = shop.raw("GET", "/v1/products/nimbus-pro/features")
    return {each["entitlement_feature"]["lookup_key"] for each in answer["data"]}


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"name": "API calls", "event_name": "api_call", "aggregation": "count"},
        {"aggregation": "last", "customer_key": "customer", "value_key": "amount", "time_window": "day"},
    ],
)
def test_a_meter_is_made_and_read_back(shop: Shop, words: dict[str, Any]) -> None:
    shop.apply(usage(**words))
    (live,) = shop.observe("stripe.meter")
    assert live.spec.event_name == words.get("event_name", "calls")
    assert live.owned


def test_a_meter_is_renamed_in_place(shop: Shop) -> None:
    shop.apply(usage(name="Calls"))
    made = shop.apply(usage(name="API calls"))
    assert [type(each) for each in made.changes] == [Update]


@pytest.mark.parametrize("words", [{"aggregation": "count"}, {"value_key": "n"}, {"time_window": "hour"}])
def test_what_stripe_fixes_of_a_meter_is_refused_with_a_way_out(shop: Shop, words: dict[str, Any]) -> None:
    shop.apply(usage())
    (change,) = shop.plan(usage(**words)).changes
    assert isinstance(change, Refuse)
    assert "another meter under another event name" in change.way_out


def test_a_meter_that_leaves_with_its_prices_goes_on_counting_what_their_subscribers_use(shop: Shop) -> None:
    shop.apply(usage(name="Calls"))
    (before,) = shop.observe("stripe.meter")
    made = shop.apply(catalog())
    assert "stripe.meter" not in {each.address.kind for each in made.changes}
    (told,) = [each for each in made.findings if (each.subject or "").startswith("stripe.meter")]
    assert (told.code, told.severity, told.subject) == ("P031", Severity.NOTE, "stripe.meter/calls")
    (live,) = shop.observe("stripe.meter")
    assert (live.id, live.active) == (before.id, True)
    shop.apply(usage(name="Calls again"))
    (live,) = shop.observe("stripe.meter")
    assert (live.id, live.active, live.spec.name) == (before.id, True, "Calls again")


def test_a_meter_that_somebody_took_out_of_use_comes_back_and_is_told_no_more_once_it_left(shop: Shop) -> None:
    shop.apply(usage(name="Calls"))
    (before,) = shop.observe("stripe.meter")
    for again in (1, 2):
        shop.raw("POST", f"/v1/billing/meters/{before.id}/deactivate", {})
        assert not [each for each in shop.plan(catalog()).findings if each.code == "P031"]
        made = shop.apply(usage(name=f"Calls {again}"))
        assert [type(each) for each in made.changes if each.address.kind == "stripe.meter"] == [Restore]
        (live,) = shop.observe("stripe.meter")
        assert (live.id, live.active, live.spec.name) == (before.id, True, f"Calls {again}")


def test_a_meter_that_somebody_else_bills_on_is_left_alone(shop: Shop) -> None:
    shop.apply(usage())
    (meter,) = shop.observe("stripe.meter")
    shop.raw("POST", "/v1/products", {"name": "Other", "id": "other"})
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter.id}
    form = {"product": "other", "currency": "usd", "unit_amount": "1"}
    shop.raw("POST", "/v1/prices", {**form, **{f"recurring[{k}]": v for k, v in recurring.items()}})
    shop.apply(catalog())
    assert [each.active for each in shop.observe("stripe.meter")] == [True]


def test_a_meter_of_another_catalog_is_none_of_ours(shop: Shop) -> None:
    shop.apply(usage())
    other = Catalog.model_validate({"catalog": "other"})
    assert not shop.plan(other).changes


def test_features_are_made_attached_detached_and_archived(shop: Shop) -> None:
    shop.apply(entitled("sso", projects=50))
    assert attached(shop) == {"sso", "projects"}
    (projects,) = shop.ours("stripe.feature", "projects")
    assert projects.spec.terms == {"type": "limit", "unit": "per site"}
    shop.apply(entitled("sso", projects=100))
    shop.apply(entitled("sso", projects=0))
    assert attached(shop) == {"sso"}
    shop.apply(entitled(sso=False))
    assert attached(shop) == set()
    shop.apply(entitled(features={}))
    assert [each.active for each in shop.observe("stripe.feature")] == [False, False]
    made = shop.apply(entitled("sso"))
    assert len([each for each in made.changes if isinstance(each, Restore)]) == 2
    assert attached(shop) == {"sso"}


def test_a_feature_that_a_plan_loses_goes_by_the_name_that_it_came_under(shop: Shop) -> None:
    """So that `--only` and guardrails that name it mean it when it goes, too."""
    shop.apply(entitled("sso", projects=50))
    made = shop.apply(entitled(projects=50))
    assert [(each.action, str(each.address)) for each in made.changes] == [
        ("archive", "stripe.product_feature/pro.sso")
    ]
    assert attached(shop) == {"projects"}


def test_a_feature_that_somebody_attached_stays_attached(shop: Shop) -> None:
    shop.apply(entitled("sso"))
    theirs = shop.raw("POST", "/v1/entitlements/features", {"name": "Theirs", "lookup_key": "theirs"})
    shop.raw("POST", "/v1/products/nimbus-pro/features", {"entitlement_feature": theirs["id"]})
    assert not shop.plan(entitled("sso")).changes
    shop.apply(entitled())
    assert attached(shop) == {"theirs"}


def test_another_lookup_key_makes_another_feature_and_moves_the_plans_to_it(shop: Shop) -> None:
    shop.apply(entitled("sso", features={"sso": {"name": "SSO"}}))
    made = shop.apply(entitled("sso", features={"sso": {"name": "SSO", "lookup_key": "single_sign_on"}}))
    assert any(isinstance(each, NewVersion) for each in made.changes)
    assert attached(shop) == {"single_sign_on"}
    assert {each.spec.lookup_key: each.active for each in shop.observe("stripe.feature")} == {
        "sso": False,
        "single_sign_on": True,
    }


def test_names_with_a_slash_are_no_sites(shop: Shop) -> None:
    """A feature's lookup key and a meter's event name may hold one; what they name has to go all the same."""
    shop.apply(entitled("sso", features={"sso": {"lookup_key": "auth/sso, old"}}))
    made = shop.apply(entitled("sso", features={"sso": {"lookup_key": "auth/login"}}))
    assert "stripe.product_feature/nimbus-pro+auth%2Fsso%2C%20old" in {
        str(each.address) for each in made.changes if each.action == "archive"
    }
    assert attached(shop) == {"auth/login"}
    assert not shop.plan(entitled("sso", features={"sso": {"lookup_key": "auth/login"}})).changes


def test_a_meter_whose_event_has_a_slash_leaves_without_stopping_the_plan(shop: Shop) -> None:
    shop.apply(usage(event_name="api/calls"))
    assert [each.code for each in shop.apply(catalog()).findings if "meter" in (each.subject or "")] == ["P031"]


def test_a_feature_under_another_key_is_the_same_feature(shop: Shop) -> None:
    """Lookup keys of features stay reserved for ever: no other could be made under it."""
    shop.apply(entitled("sso", features={"sso": {"name": "SSO"}}))
    made = shop.apply(entitled("login", features={"login": {"name": "SSO", "lookup_key": "sso"}}))
    assert [(each.action, str(each.address)) for each in made.changes] == [("adopt", "stripe.feature/login")]
    assert len(shop.observe("stripe.feature")) == 1
    shop.apply(entitled(features={}))
    made = shop.apply(entitled("again", features={"again": {"name": "SSO", "lookup_key": "sso"}}))
    assert ("restore", "stripe.feature/again") in [(each.action, str(each.address)) for each in made.changes]
    assert attached(shop) == {"sso"}


def test_subscribers_of_an_archived_plan_keep_what_it_entitles_to(shop: Shop) -> None:
    known: dict[str, Any] = {"sso": {}}
    shop.apply(entitled("sso", features=known))
    shop.apply(catalog(features=known))
    assert shop.raw("GET", "/v1/products/nimbus-pro")["active"] is False
    assert attached(shop) == {"sso"}


def looked_at(shop: Shop, wanted: Catalog) -> set[str]:
    """The products whose features a plan asks for, each once."""
    shop.control("DELETE", "log")
    shop.plan(wanted)
    found = [each["path"].split("/")[3] for each in shop.requests() if each["path"].endswith("/features")]
    products = [each for each in found if each != "features"]
    assert len(products) == len(set(products))
    return set(products)


def selling(*keys: str, grants: dict[str, Any], **parts: Any) -> Catalog:
    """Plans with seats beside the base, which all grant the same."""
    seats = {"seats": {"prices": {"monthly": {"every": "month", "amount": "5"}}}}
    return catalog(plans={key: {"features": grants, "charges": seats} for key in keys}, **parts)


def test_without_a_feature_of_ours_no_product_is_asked_for_its_features(shop: Shop) -> None:
    plain = selling("pro", "team", grants={})
    shop.apply(plain)
    theirs = shop.raw("POST", "/v1/entitlements/features", {"name": "Theirs", "lookup_key": "theirs"})
    shop.raw("POST", "/v1/products/nimbus-pro/features", {"entitlement_feature": theirs["id"]})
    assert looked_at(shop, plain) == set()


def test_a_feature_that_left_the_catalog_is_still_looked_for_and_detached(shop: Shop) -> None:
    shop.apply(entitled("sso", features={"sso": {}}))
    shop.apply(entitled(features={}))
    assert attached(shop) == set()
    (feature,) = shop.observe("stripe.feature")
    assert not feature.active
    # Somebody may have attached it again before it was archived; that is drift as well.
    shop.raw("POST", f"/v1/entitlements/features/{feature.id}", {"active": "true"})
    shop.raw("POST", "/v1/products/nimbus-pro/features", {"entitlement_feature": feature.id})
    shop.raw("POST", f"/v1/entitlements/features/{feature.id}", {"active": "false"})
    assert [each.action for each in shop.plan(entitled(features={})).changes] == ["archive"]


def test_a_feature_of_somebody_elses_that_is_taken_over_is_already_attached(shop: Shop) -> None:
    known: dict[str, Any] = {"sso": {"name": "SSO"}}
    shop.apply(entitled(features={}))
    theirs = shop.raw("POST", "/v1/entitlements/features", {"name": "SSO", "lookup_key": "sso"})
    shop.raw("POST", "/v1/products/nimbus-pro/features", {"entitlement_feature": theirs["id"]})
    made = shop.apply(entitled("sso", features=known), adopt=("stripe.feature/sso",))
    assert [str(each.address) for each in made.changes] == ["stripe.feature/sso"]


def test_products_of_charges_are_not_asked_for_features(shop: Shop) -> None:
    granting = selling("pro", "team", grants={"sso": True}, features={"sso": {}})
    shop.apply(granting)
    assert looked_at(shop, granting) == {"nimbus-pro", "nimbus-team"}


def test_products_that_left_for_good_are_not_asked_for_features(shop: Shop) -> None:
    known: dict[str, Any] = {"sso": {}}
    shop.apply(selling("pro", "team", grants={"sso": True}, features=known))
    shop.apply(selling("pro", grants={"sso": True}, features=known))
    assert looked_at(shop, selling("pro", grants={"sso": True}, features=known)) == {"nimbus-pro"}


def test_a_plan_that_comes_back_keeps_what_it_still_entitles_to(shop: Shop) -> None:
    granting = selling("pro", "team", grants={"sso": True}, features={"sso": {}})
    shop.apply(granting)
    shop.apply(selling("team", grants={"sso": True}, features={"sso": {}}))
    made = shop.apply(granting)
    assert "stripe.product_feature" not in {each.address.kind for each in made.changes}


def test_a_plan_that_comes_back_with_less_loses_what_it_no_longer_grants(shop: Shop) -> None:
    known: dict[str, Any] = {"sso": {}}
    shop.apply(entitled("sso", features=known))
    shop.apply(catalog(features=known))
    shop.apply(entitled(features=known))
    assert attached(shop) == set()


@pytest.mark.parametrize("change", ["detached", "attached"])
def test_what_somebody_did_to_a_link_of_ours_is_seen_and_put_right(shop: Shop, change: str) -> None:
    shop.apply(entitled("sso"))
    if change == "detached":
        (link,) = shop.raw("GET", "/v1/products/nimbus-pro/features")["data"]
        shop.raw("DELETE", f"/v1/products/nimbus-pro/features/{link['id']}")
    else:
        projects = next(each for each in shop.observe("stripe.feature") if each.spec.lookup_key == "projects")
        shop.raw("POST", "/v1/products/nimbus-pro/features", {"entitlement_feature": projects.id})
    assert len(shop.plan(entitled("sso")).changes) == 1
    shop.apply(entitled("sso"))
    assert attached(shop) == {"sso"}


def test_attaching_after_a_lost_answer_attaches_once(shop: Shop) -> None:
    shop.apply(entitled())
    feature = next(each for each in shop.observe("stripe.feature") if each.spec.lookup_key == "sso")
    plan = shop.plan(entitled("sso"))
    shop.raw("POST", "/v1/products/nimbus-pro/features", {"entitlement_feature": feature.id})
    shop.run(plan)
    assert attached(shop) == {"sso"}
    assert not shop.plan(entitled("sso")).changes
