"""Portal, tax, payment methods and webhooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from billform.catalog.models import Catalog
from billform.core.plan import Adopt, Archive, Create, Recreate, Refuse, Restore, Update
from billform.core.resource import Live
from billform.providers.stripe import tax_registration

from .shop import KINDS, Shop, catalog

PRICES = {
    "monthly": {"every": "month", "amount": 49},
    "yearly": {"every": "year", "amount": 490},
}
PLANS: dict[str, Any] = {each: {"charges": {"base": {"prices": PRICES}}} for each in ("pro", "team")}
OFFICE = {"country": "US", "line1": "1 Main St", "city": "Springfield", "state": "IL", "postal_code": "62701"}


def portal(**words: Any) -> Catalog:
    return catalog(plans=PLANS, portal={"default": words}, payment_methods={"eu": {"methods": {"card": "on"}}})


PORTALS: dict[str, dict[str, Any]] = {
    "hands off": {"preset": "hands_off"},
    "name only": {"name": "Mine"},
    "page": {
        "business_profile": {
            "headline": "Hello",
            "privacy_policy_url": "https://example.com/p",
            "terms_of_service_url": "https://example.com/t",
        },
        "default_return_url": "https://example.com",
        "login_page": True,
        "metadata": {"a": "b"},
    },
    "everything": {
        "invoice_history": True,
        "customer_update": {"allow": ["tax_id", "address", "name"]},
        "payment_method_update": {"payment_methods": "eu"},
        "subscription_cancel": {
            "mode": "immediately",
            "proration": "create_prorations",
            "reasons": ["unused", "other", "low_quality"],
        },
        "subscription_pause": {"durations": ["1 month", "3 months"]},
        "subscription_update": {
            "allow": ["quantity", "price"],
            "products": [
                {"plan": "team", "prices": ["base.yearly", "base.monthly"], "quantity": {"min": 2, "max": 50}},
                {"plan": "pro"},
            ],
            "proration": "always_invoice",
            "billing_cycle_anchor": "now",
            "at_period_end_when": ["shortening_interval", "decreasing_item_amount"],
            "trial": "continue_trial",
        },
    },
    "pause without end": {"subscription_pause": {"durations": "indefinite"}},
    "pause as Stripe likes": {"subscription_pause": True},
    "switched off, with details": {"subscription_cancel": {"enabled": False, "mode": "immediately"}},
}


def raw_portal(shop: Shop) -> Any:
    (live,) = [each for each in shop.ours("stripe.portal_configuration", "default") if each.active]
    path = f"/v1/billing_portal/configurations/{live.id}?expand[0]=features.subscription_update.products"
    return shop.raw("GET", path)


@pytest.mark.parametrize("sort", PORTALS)
def test_every_portal_is_made_and_read_back(shop: Shop, sort: str) -> None:
    shop.apply(portal(**PORTALS[sort]))
    assert raw_portal(shop)["is_default"] is False


@pytest.mark.parametrize("after", PORTALS)
@pytest.mark.parametrize("before", ["everything", "hands off", "page"])
def test_every_portal_becomes_every_other_in_place(shop: Shop, before: str, after: str) -> None:
    shop.apply(portal(**PORTALS[before]))
    identity = raw_portal(shop)["id"]
    made = shop.apply(portal(**PORTALS[after]))
    assert {type(each) for each in made.changes} <= {Update}
    assert raw_portal(shop)["id"] == identity


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("customer_update", {"allow": ["email"]}),
        ("payment_method_update", {}),
        ("subscription_cancel", {"mode": "at_period_end"}),
        ("subscription_cancel", {"mode": "immediately", "reasons": ["unused"]}),
        ("subscription_pause", {"durations": ["1 year"]}),
        ("subscription_pause", {"durations": "indefinite"}),
        ("subscription_update", {"allow": ["price"], "products": [{"plan": "pro", "quantity": {"min": 0}}]}),
    ],
)
def test_each_part_changes_on_its_own_and_what_it_no_longer_says_goes(
    shop: Shop, part: str, change: dict[str, Any]
) -> None:
    shop.apply(portal(**PORTALS["everything"]))
    made = shop.apply(portal(**{**PORTALS["everything"], part: change}))
    assert [type(each) for each in made.changes] == [Update]


def test_a_part_that_is_not_declared_is_left_as_somebody_set_it(shop: Shop) -> None:
    shop.apply(portal(invoice_history=True))
    path = f"/v1/billing_portal/configurations/{raw_portal(shop)['id']}"
    theirs = {"features[customer_update][enabled]": "true", "features[customer_update][allowed_updates][0]": "email"}
    shop.raw("POST", path, {**theirs, "metadata[x]": "y"})
    assert not shop.plan(portal(invoice_history=True)).changes
    shop.apply(portal(invoice_history=False, subscription_cancel=True))
    features = raw_portal(shop)["features"]
    assert features["customer_update"] == {"allowed_updates": ["email"], "enabled": True}
    assert raw_portal(shop)["metadata"]["x"] == "y"


def test_the_portal_follows_a_price_to_its_new_version(shop: Shop) -> None:
    shop.apply(portal(**PORTALS["everything"]))
    dearer = {"monthly": {"every": "month", "amount": 59}, "yearly": PRICES["yearly"]}
    raised = portal(**PORTALS["everything"]).model_copy(
        update={"plans": catalog(plans={**PLANS, "pro": {"charges": {"base": {"prices": dearer}}}}).plans}
    )
    shop.apply(raised)
    live = next(each for each in shop.ours("stripe.price", "pro.base.monthly") if each.active)
    on_offer = [
        price for each in raw_portal(shop)["features"]["subscription_update"]["products"] for price in each["prices"]
    ]
    assert live.id in on_offer
    assert len(on_offer) == 4


def test_a_portal_that_leaves_is_archived_and_comes_back_while_the_dashboards_own_stays(shop: Shop) -> None:
    shop.apply(portal(preset="hands_off"))
    identity = raw_portal(shop)["id"]
    nothing = portal().model_copy(update={"portal": {}})
    made = shop.apply(nothing)
    assert [type(each) for each in made.changes] == [Archive]
    defaults = [each for each in shop.raw("GET", "/v1/billing_portal/configurations")["data"] if each["is_default"]]
    assert [each["active"] for each in defaults] == [True]
    shop.apply(portal(preset="hands_off"))
    assert raw_portal(shop)["id"] == identity


def taxed(registrations: dict[str, Any] | None = None, **settings: Any) -> Catalog:
    return catalog(tax={"settings": {"head_office": OFFICE, **settings}, "registrations": registrations or {}})


def test_tax_settings_are_set_changed_and_never_taken_away(shop: Shop) -> None:
    shop.apply(taxed(tax_code="txcd_10103001", tax_behavior="exclusive"))
    found = shop.raw("GET", "/v1/tax/settings")
    assert found["head_office"]["address"]["city"] == "Springfield"
    assert found["defaults"]["tax_behavior"] == "exclusive"
    made = shop.apply(taxed(tax_code="txcd_10103001", tax_behavior="inclusive"))
    assert [type(each) for each in made.changes] == [Update]
    assert not shop.plan(taxed()).changes
    assert not shop.plan(catalog()).changes
    assert shop.raw("GET", "/v1/tax/settings")["defaults"]["tax_behavior"] == "inclusive"


REGISTRATIONS: dict[str, dict[str, Any]] = {
    "de": {"country": "DE"},
    "de small": {"country": "DE", "place_of_supply": "small_seller"},
    "oss": {"country": "IE", "type": "oss_union"},
    "ca": {"country": "US", "type": "state_sales_tax", "state": "CA"},
    "il": {
        "country": "US",
        "type": "state_sales_tax",
        "state": "IL",
        "elections": [{"type": "local_use_tax", "jurisdiction": "003"}],
    },
    "chicago": {"country": "US", "type": "local_amusement_tax", "state": "IL", "jurisdiction": "14000"},
    "bc": {"country": "CA", "type": "province_standard", "province": "BC"},
    "au": {"country": "AU", "starts": "2020-01-01"},
    "later": {"country": "NZ", "starts": "2028-01-01", "ends": "2030-12-31"},
}


@pytest.mark.parametrize("sort", REGISTRATIONS)
def test_every_registration_is_made_and_read_back_and_no_other_made(shop: Shop, sort: str) -> None:
    shop.apply(taxed({"here": REGISTRATIONS[sort]}))
    (found,) = shop.raw("GET", "/v1/tax/registrations?status=all")["data"]
    assert found["country"] == REGISTRATIONS[sort]["country"]


def test_several_registrations_of_one_country_are_told_apart(shop: Shop) -> None:
    shop.apply(taxed({each: REGISTRATIONS[each] for each in ("ca", "il", "chicago", "de", "oss")}))
    assert len(shop.raw("GET", "/v1/tax/registrations?status=all")["data"]) == 5


def test_a_registration_ends_when_the_catalog_says_so_and_not_by_leaving_it(shop: Shop) -> None:
    shop.apply(taxed({"de": {"country": "DE"}}))
    plan = shop.plan(taxed())
    assert not plan.changes
    assert [each.code for each in plan.findings] == ["P030"]
    made = shop.apply(taxed({"de": {"country": "DE", "ends": "2030-12-31"}}))
    assert [type(each) for each in made.changes] == [Update]
    (found,) = shop.raw("GET", "/v1/tax/registrations?status=all")["data"]
    assert found["expires_at"] == int(datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


def test_a_registration_that_is_over_wants_nothing_and_a_new_one_can_follow(shop: Shop) -> None:
    shop.apply(taxed({"de": {"country": "DE"}}))
    (before,) = shop.raw("GET", "/v1/tax/registrations?status=all")["data"]
    shop.raw("POST", f"/v1/tax/registrations/{before['id']}", {"expires_at": "now"})
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    over = taxed({"de": {"country": "DE", "ends": yesterday}})
    plan = shop.plan(over)
    assert not plan.changes
    assert not plan.findings
    made = shop.apply(taxed({"de": {"country": "DE", "ends": yesterday}, "again": {"country": "DE"}}))
    assert [type(each) for each in made.changes] == [Create]


def test_an_end_that_has_passed_ends_no_registration_that_is_in_force(shop: Shop) -> None:
    """Stripe ends none in the past, and another moment would have other consequences."""
    shop.apply(taxed({"de": {"country": "DE"}}))
    over = {"country": "DE", "ends": "2020-01-31"}
    (change,) = shop.plan(taxed({"de": over})).changes
    assert isinstance(change, Refuse)
    assert (change.code, "a moment to come" in change.way_out) == ("P028", True)
    for keys in (("de", "again"), ("again", "de")):
        entries = {"de": over, "again": {"country": "DE"}}
        assert not shop.plan(taxed({key: entries[key] for key in keys})).changes, "it is the successor"


def test_another_place_under_one_key_is_another_registration(shop: Shop) -> None:
    shop.apply(taxed({"here": {"country": "DE"}}))
    made = shop.apply(taxed({"here": {"country": "FR"}}))
    assert [type(each) for each in made.changes] == [Create]
    assert len(shop.raw("GET", "/v1/tax/registrations?status=all")["data"]) == 2


def test_what_stripe_fixes_of_a_registration_is_refused(shop: Shop) -> None:
    shop.apply(taxed({"de": {"country": "DE"}}))
    (change,) = shop.plan(taxed({"de": {"country": "DE", "place_of_supply": "small_seller"}})).changes
    assert isinstance(change, Refuse)


def test_stripes_own_elections_are_no_difference(shop: Shop) -> None:
    answer = {
        "id": "taxreg_1",
        "country": "US",
        "country_options": {
            "us": {
                "state": "IL",
                "type": "state_sales_tax",
                "state_sales_tax": {"elections": [{"type": "simplified_sellers_use_tax"}]},
            }
        },
        "active_from": 1,
        "expires_at": None,
        "status": "active",
    }
    from billform.core.diff import compare

    (wanted,) = KINDS["stripe.tax_registration"].desired(
        taxed({"il": {"country": "US", "type": "state_sales_tax", "state": "IL"}}), None
    )
    live: Live[Any] = tax_registration._read(answer)
    fields = {each.name for each in compare(wanted.spec, live.spec, frozenset())}
    assert fields <= {"settings"}  # which only the planner can resolve


def paying(**configurations: Any) -> Catalog:
    return catalog(payment_methods=configurations)


def test_payment_methods_are_made_changed_and_archived_on_request(shop: Shop) -> None:
    shop.apply(paying(eu={"methods": {"card": "on", "sepa_debit": "on", "link": "off"}}))
    live = next(each for each in shop.observe("stripe.payment_method_configuration") if each.spec.name == "Eu")
    made = shop.apply(paying(eu={"methods": {"card": "on", "link": "none"}}))
    assert [type(each) for each in made.changes] == [Update]
    found = shop.raw("GET", f"/v1/payment_method_configurations/{live.id}")
    assert found["sepa_debit"]["display_preference"]["preference"] == "on"
    shop.apply(paying(eu={"active": False}))
    assert shop.raw("GET", f"/v1/payment_method_configurations/{live.id}")["active"] is False
    shop.apply(paying(eu={"active": True}))
    plan = shop.plan(paying())
    assert not plan.changes
    assert [(each.code, each.subject) for each in plan.findings] == [("P031", "stripe.payment_method_configuration/eu")]


def test_payment_methods_can_be_made_archived(shop: Shop) -> None:
    shop.apply(paying(eu={"active": False, "methods": {"card": "off"}}))


def test_a_configuration_of_the_wanted_name_is_somebody_elses_until_we_are_asked_to_take_it_over(shop: Shop) -> None:
    theirs = shop.raw(
        "POST", "/v1/payment_method_configurations", {"name": "Eu", "card[display_preference][preference]": "on"}
    )
    wanted = paying(eu={"methods": {"card": "off", "link": "off"}})
    (refused,) = shop.plan(wanted).refusals
    assert (refused.code, refused.found and refused.found.id) == ("P022", theirs["id"])
    made = shop.apply(wanted, adopt=("stripe.payment_method_configuration/*",))
    assert [type(each) for each in made.changes] == [Adopt]
    found = shop.raw("GET", f"/v1/payment_method_configurations/{theirs['id']}")
    assert (found["name"], found["card"]["display_preference"]["preference"]) == ("Eu (billform nimbus/eu)", "off")


def test_stripes_own_default_is_taken_over_only_when_asked(shop: Shop) -> None:
    """Whoever pays without a configuration of their own pays by it."""
    wanted = paying(default={"methods": {"klarna": "on"}})
    assert [each.code for each in shop.plan(wanted).refusals] == ["P022"]
    made = shop.apply(wanted, adopt=("stripe.payment_method_configuration/default",))
    assert [type(each) for each in made.changes] == [Adopt]


def test_a_configuration_that_another_catalog_made_is_left_alone(shop: Shop) -> None:
    shop.apply(paying(eu={"methods": {"card": "on"}}))
    other = catalog(catalog="tools", payment_methods={"eu": {"methods": {"card": "off"}}})
    (refused,) = shop.plan(other).refusals
    assert "'nimbus'" in str(refused.why)
    apart = catalog(catalog="tools", payment_methods={"eu": {"name": "Tools", "methods": {"card": "off"}}})
    assert [each.action for each in shop.apply(apart).changes] == ["create"]
    assert shop.plan(paying(eu={"methods": {"card": "on"}})).changes == ()


def test_a_configuration_keeps_its_id_under_another_name(shop: Shop) -> None:
    shop.apply(paying(eu={"name": "Europe (and more)"}))
    before = shop.observe("stripe.payment_method_configuration")
    made = shop.apply(paying(eu={"name": "The whole world"}))
    assert [type(each) for each in made.changes] == [Update]
    assert {each.id for each in shop.observe("stripe.payment_method_configuration")} == {each.id for each in before}


def test_a_configuration_that_somebody_put_another_name_on_is_not_ours_any_more(shop: Shop) -> None:
    wanted = paying(eu={"methods": {"card": "on"}})
    shop.apply(wanted)
    live = next(each for each in shop.observe("stripe.payment_method_configuration") if each.mark)
    shop.raw("POST", f"/v1/payment_method_configurations/{live.id}", {"name": "Eu"})
    assert [each.code for each in shop.plan(wanted).refusals] == ["P022"]
    shop.raw("POST", f"/v1/payment_method_configurations/{live.id}", {"name": "Mine"})
    assert [each.action for each in shop.apply(wanted).changes] == ["create"]


def test_of_a_configuration_and_its_copy_neither_is_chosen(shop: Shop) -> None:
    """Nor is one of them archived as an older version."""
    wanted = paying(eu={"methods": {"card": "on"}})
    shop.apply(wanted)
    shop.raw("POST", "/v1/payment_method_configurations", {"name": "Eu (billform nimbus/eu)"})
    assert [(each.action, each.code) for each in shop.plan(wanted).refusals] == [("refuse", "P023")]


HOOK: dict[str, Any] = {"url": "https://example.com/hook", "events": ["invoice.paid", "customer.updated"]}


def hooks(**endpoints: Any) -> Catalog:
    return catalog(webhooks={"stripe": endpoints})


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"events": ["*"], "api_version": "2026-10-28.endive", "description": "Main", "metadata": {"a": "b"}},
        {"connect": True},
        {"enabled": False},
    ],
)
def test_an_endpoint_is_made_once_and_its_secret_handed_out_once(shop: Shop, words: dict[str, Any]) -> None:
    shop.apply(hooks(main={**HOOK, **words}))
    secret = shop.secrets["stripe.webhook_endpoint/main"]
    assert secret.startswith("whsec_")
    (live,) = shop.ours("stripe.webhook_endpoint", "main")
    assert live.unfinished is None
    assert secret not in repr(live)


def test_an_endpoint_changes_in_place_but_for_its_version(shop: Shop) -> None:
    shop.apply(hooks(main={**HOOK, "description": "Main", "metadata": {"a": "b"}}))
    (before,) = shop.ours("stripe.webhook_endpoint", "main")
    after = {"url": "https://example.com/2", "events": ["invoice.paid"], "enabled": False}
    made = shop.apply(hooks(main=after))
    assert [type(each) for each in made.changes] == [Update]
    found = shop.raw("GET", f"/v1/webhook_endpoints/{before.id}")
    assert (found["url"], found["status"], found["description"]) == ("https://example.com/2", "disabled", None)
    made = shop.apply(hooks(main={**after, "api_version": "2026-10-28.endive"}))
    assert [type(each) for each in made.changes] == [Recreate]
    (live,) = shop.ours("stripe.webhook_endpoint", "main")
    assert live.id != before.id
    assert len(shop.raw("GET", "/v1/webhook_endpoints")["data"]) == 1


def test_the_order_of_events_says_nothing(shop: Shop) -> None:
    shop.apply(hooks(main=HOOK))
    assert not shop.plan(hooks(main={**HOOK, "events": list(reversed(HOOK["events"]))})).changes


def test_an_endpoint_that_somebody_disabled_is_enabled_again(shop: Shop) -> None:
    shop.apply(hooks(main=HOOK))
    (live,) = shop.ours("stripe.webhook_endpoint", "main")
    shop.raw("POST", f"/v1/webhook_endpoints/{live.id}", {"disabled": "true"})
    shop.apply(hooks(main=HOOK))
    assert shop.raw("GET", f"/v1/webhook_endpoints/{live.id}")["status"] == "enabled"


def test_an_endpoint_whose_secret_was_never_stored_is_made_anew(shop: Shop) -> None:
    shop.apply(hooks(main=HOOK))
    (live,) = shop.ours("stripe.webhook_endpoint", "main")
    shop.raw("POST", f"/v1/webhook_endpoints/{live.id}", {"metadata[billform_secret]": ""})
    made = shop.apply(hooks(main=HOOK))
    assert [type(each) for each in made.changes] == [Recreate]
    assert made.changes[0].why == "its signing secret was never stored"
    (after,) = shop.ours("stripe.webhook_endpoint", "main")
    assert after.id != live.id


def test_a_change_of_an_endpoint_that_stopped_half_way_and_is_rolled_back_leaves_one_whose_secret_is_known(
    shop: Shop,
) -> None:
    """The secret that is kept is the successor's: the one before cannot come back."""
    before, after = hooks(main=HOOK), hooks(main={**HOOK, "connect": True})
    shop.apply(before)
    (first,) = shop.observe("stripe.webhook_endpoint")
    shop.run(shop.plan(after), steps=1)
    second = shop.secrets["stripe.webhook_endpoint/main"]
    made = shop.apply(before)
    assert [type(each) for each in made.changes] == [Recreate]
    (live,) = shop.observe("stripe.webhook_endpoint")
    assert live.id != first.id
    assert shop.secrets["stripe.webhook_endpoint/main"] != second


def test_an_endpoint_of_somebody_else_at_the_url_is_a_finding_and_can_be_adopted(shop: Shop) -> None:
    form = {"url": HOOK["url"], "enabled_events[0]": "invoice.paid"}
    identity = shop.raw("POST", "/v1/webhook_endpoints", form)["id"]
    assert [each.code for each in shop.plan(hooks(main=HOOK)).refusals] == ["P022"]
    shop.apply(hooks(main=HOOK), adopt=("stripe.webhook_endpoint/main",))
    assert [each.id for each in shop.ours("stripe.webhook_endpoint", "main")] == [identity]
    assert not shop.secrets


def test_an_endpoint_that_leaves_is_deleted(shop: Shop) -> None:
    shop.apply(hooks(main=HOOK))
    shop.apply(hooks())
    assert shop.raw("GET", "/v1/webhook_endpoints")["data"] == []
    shop.apply(hooks(main=HOOK))


def test_restoring_is_never_asked_of_what_is_deleted(shop: Shop) -> None:
    shop.apply(hooks(main=HOOK))
    shop.apply(hooks())
    assert not [each for each in shop.plan(hooks(main=HOOK)).changes if isinstance(each, Restore)]
