"""One small shop per rule: what is wrong with it, and what is said about that."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from billform.catalog.rules import (
    Rule,
    amounts,
    discounts,
    names,
    plans,
    portal,
    prices,
    references,
    store,
    storefront,
    tax,
    webhooks,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

SHOP: dict[str, Any] = {
    "catalog": "nimbus",
    "products": {"cloud": {"name": "Nimbus Cloud"}},
    "plans": {
        "pro": {
            "product": "cloud",
            "charges": {
                "base": {
                    "prices": {
                        "monthly": {"every": "month", "amount": {"usd": 49, "eur": 45}},
                        "yearly": {"every": "year", "amount": {"usd": 490, "eur": 450}},
                    }
                }
            },
        }
    },
}
"""A shop that nothing is wrong with."""


@dataclass(frozen=True)
class Case:
    """A change to the shop and what is found then."""

    name: str
    rule: Rule
    codes: tuple[str, ...]
    change: dict[str, Any]
    says: str = ""
    storefronts: dict[str, Any] = field(default_factory=dict)
    mode: str = "simulated"

    @property
    def environment(self) -> Any:
        """An environment, where the case needs one."""
        if not self.storefronts and self.mode == "simulated":
            return None
        sites = {name: SimpleNamespace(store="main", **site) for name, site in self.storefronts.items()}
        return SimpleNamespace(storefronts=sites, mode=self.mode)


def laid_over(below: Any, above: Any) -> Any:
    """The shop with a change: maps are joined, anything else is replaced, None takes away."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    joined = {**below, **{key: laid_over(below.get(key), value) for key, value in above.items()}}
    return {key: value for key, value in joined.items() if value is not None}


def price(**words: Any) -> dict[str, Any]:
    """The shop's plan with one price more on its base charge."""
    return base(extra={"every": "month", **words} if "every" not in words or words["every"] else words)


def base(**more: Any) -> dict[str, Any]:
    """The shop's plan with these prices on its base charge."""
    cleaned = {
        key: {word: value for word, value in each.items() if value is not None} if isinstance(each, dict) else each
        for key, each in more.items()
    }
    return {"plans": {"pro": {"charges": {"base": {"prices": cleaned}}}}}


def charge(prices: dict[str, Any], **words: Any) -> dict[str, Any]:
    """The shop's plan with a charge more, `usage`, on the meter `calls`."""
    return {
        "meters": {"calls": {}},
        "plans": {"pro": {"charges": {"usage": {"meter": "calls", **words, "prices": prices}}}},
    }


def tiers(*steps: dict[str, Any]) -> dict[str, Any]:
    """The shop's plan with usage in tiers."""
    return charge({"monthly": {"every": "month", "tiers": {"steps": list(steps)}}})


def both(**amounts: Any) -> dict[str, Any]:
    """An amount in both currencies of the shop."""
    return {"usd": 5, "eur": 5, **amounts}


def plan(key: str, **words: Any) -> dict[str, Any]:
    """A plan more, with one price in both currencies."""
    charges = {"base": {"prices": {"monthly": {"every": "month", "amount": both()}}}}
    return {"plans": {key: {"product": "cloud", "charges": charges, **words}}}


def addon(**words: Any) -> dict[str, Any]:
    """An add-on `storage`, with one price in both currencies."""
    return {"addons": {"storage": {"prices": {"monthly": {"every": "month", "amount": both()}}, **words}}}


def front(**words: Any) -> dict[str, Any]:
    """The shop's plan, sold on BigCommerce."""
    return {"plans": {"pro": {"storefront": words}}}


def listed(key: str, **words: Any) -> dict[str, Any]:
    """A price list."""
    return {"storefront": {"price_lists": {key: words}}}


HOOK = {"scope": "store/order/created", "destination": "https://hooks.example/bc"}
ENDPOINT = {"url": "https://hooks.example/stripe", "events": ["invoice.paid"]}
OFFICE = {"settings": {"head_office": {"country": "IE"}, "tax_behavior": "exclusive"}}


def hook(**words: Any) -> dict[str, Any]:
    """A BigCommerce hook."""
    return {"webhooks": {"bigcommerce": {"orders": {**HOOK, **words}}}}


def endpoint(**words: Any) -> dict[str, Any]:
    """A Stripe endpoint."""
    return {"webhooks": {"stripe": {"worker": {**ENDPOINT, **words}}}}


def registered(**registrations: dict[str, Any]) -> dict[str, Any]:
    """A business with a head office and these registrations."""
    return {"tax": {**OFFICE, "registrations": registrations}}


def switching(*products: dict[str, Any], **words: Any) -> dict[str, Any]:
    """A portal that lets customers switch to these products."""
    update = {"allow": ["price"], "products": list(products), **words}
    return {"portal": {"default": {"subscription_update": update}}}


MANY = {
    "plans": {
        f"p{number}": {
            "product": "cloud",
            "charges": {"base": {"prices": {"monthly": {"every": "month", "amount": both()}}}},
        }
        for number in range(11)
    }
}

CASES: tuple[Case, ...] = (
    # references
    Case(
        "plan_of_no_family",
        references.references_resolve,
        ("C020",),
        {
            "plans": {"pro": {"product": "clout"}},
            "addons": {"x": {"product": "cloud", "prices": {"o": {"amount": both()}}}},
        },
        "product family `clout` is not defined",
    ),
    Case(
        "feature_that_is_not", references.references_resolve, ("C020",), {"plans": {"pro": {"features": {"sso": True}}}}
    ),
    Case("addon_for_no_plan", references.references_resolve, ("C020",), addon(for_plans=["prp"]), "plan `prp`"),
    Case(
        "charge_on_no_meter",
        references.references_resolve,
        ("C020",),
        laid_over(tiers({"unit": both()}), {"meters": None}),
        "meter `calls`",
    ),
    Case(
        "feature_on_no_meter",
        references.references_resolve,
        ("C020",),
        {"features": {"api": {"type": "metered", "meter": "calls"}}, "plans": {"pro": {"features": {"api": True}}}},
    ),
    Case(
        "code_of_no_coupon",
        references.references_resolve,
        ("C020",),
        {"promotion_codes": {"launch": {"coupon": "lunch"}}},
        "coupon `lunch`",
    ),
    Case(
        "coupon_for_no_plan",
        references.references_resolve,
        ("C020",),
        {"coupons": {"a": {"percent_off": 5, "plans": ["pro", "prq"]}}},
    ),
    Case(
        "coupon_for_no_charge",
        references.references_resolve,
        ("C020",),
        {"coupons": {"a": {"percent_off": 5, "plans": ["pro", "pro.seats"]}}},
        "charge `pro.seats`",
    ),
    Case(
        "portal_offers_no_price",
        references.references_resolve,
        ("C020",),
        switching({"plan": "pro", "prices": ["base.monthly", "base.weekly"]}),
        "price of `pro` `base.weekly`",
    ),
    Case("portal_offers_no_addon", references.references_resolve, ("C020",), switching({"addon": "x"}), "add-on `x`"),
    Case("portal_offers_no_plan", references.references_resolve, ("C020",), switching({"plan": "team"}), "plan `team`"),
    Case(
        "portal_with_no_payment_methods",
        references.references_resolve,
        ("C020",),
        {"portal": {"default": {"payment_method_update": {"payment_methods": "cards"}}}},
    ),
    Case("store_group_that_is_not", references.references_resolve, ("C020",), front(customer_group="vip")),
    Case("store_sells_no_price", references.references_resolve, ("C020",), front(sells=["base.monthly", "base.x"])),
    Case("variant_of_no_price", references.references_resolve, ("C020",), front(variants={"base.x": {"label": "X"}})),
    Case(
        "price_list_for_no_group",
        references.references_resolve,
        ("C020",),
        listed("vip", currencies=["eur"], customer_groups=["vip"]),
    ),
    Case(
        "price_list_of_no_price",
        references.references_resolve,
        ("C020",),
        listed("vip", records={"pro.base.x": {"price": 3}}, storefronts=["us"]),
    ),
    Case(
        "group_with_no_feature",
        references.references_resolve,
        ("C020",),
        {"storefront": {"customer_groups": {"vip": {"features": ["sso"]}}}},
    ),
    Case(
        "group_discount_on_no_product",
        references.references_resolve,
        ("C020",),
        {"storefront": {"customer_groups": {"vip": {"discounts": [{"type": "product", "product": "x", "amount": 5}]}}}},
    ),
    Case(
        "storefront_that_is_not",
        references.references_resolve,
        ("C020",),
        front(storefronts=["us", "eux"]),
        "storefront `eux`",
        storefronts={"us": {"currency": "usd"}, "eu": {"currency": "eur"}},
    ),
    Case(
        "hook_on_no_storefront",
        references.references_resolve,
        ("C020",),
        hook(storefronts=["uk"]),
        storefronts={"us": {"currency": "usd"}},
    ),
    Case(
        "script_on_no_storefront",
        references.references_resolve,
        ("C020",),
        {"storefront": {"scripts": {"s": {"html": "<script></script>", "storefronts": ["uk"]}}}},
        storefronts={"us": {"currency": "usd"}},
    ),
    Case(
        "plan_and_addon_of_one_key",
        references.keys_name_one_thing,
        ("C021",),
        {"addons": {"pro": {"prices": {"once": {"amount": both()}}}}},
    ),
    # names
    Case("idle_meter", names.meters_are_used, ("C022",), {"meters": {"calls": {}}}),
    Case("idle_feature", names.features_are_used, ("C023",), {"features": {"sso": {}}}),
    Case("idle_family", names.definitions_are_used, ("C024",), {"products": {"other": {}}}),
    Case("idle_template", names.definitions_are_used, ("C024",), {"templates": {"saas": {}}}),
    Case("default_currency", names.currencies_exist, ("C027",), {"defaults": {"currency": "usx"}}),
    Case(
        "currency_of_amounts",
        names.currencies_exist,
        ("C027", "C027"),
        base(monthly={"amount": {"gpb": 39}}, yearly={"amount": {"gpb": 390}}),
        "`gpb` is not a currency",
    ),
    Case(
        "currency_of_tax_behavior",
        names.currencies_exist,
        ("C027", "C036"),
        base(monthly={"tax_behavior": {"xxx": "inclusive"}}),
    ),
    Case(
        "currency_of_price_list",
        names.currencies_exist,
        ("C027",),
        listed("x", currencies=["zzz"], storefronts=["us"]),
    ),
    Case("timezone", names.timezone_exists, ("C028",), {"defaults": {"timezone": "Europe/Berln"}}),
    Case(
        "country_of_head_office",
        names.countries_exist,
        ("C029",),
        {"tax": {"settings": {"head_office": {"country": "UK"}}}},
    ),
    Case("country_of_registration", names.countries_exist, ("C029", "C081"), registered(x={"country": "ZQ"})),
    Case(
        "taken_metadata_key",
        names.metadata_is_the_authors,
        ("C053",),
        {"plans": {"pro": {"metadata": {"billform_key": "x"}}}},
    ),
    Case(
        "taken_metadata_key_of_a_price",
        names.metadata_is_the_authors,
        ("C053",),
        base(monthly={"metadata": {"billform_x": 1}}),
    ),
    # prices
    Case("price_of_nothing_said", prices.prices_cost_something, ("C030",), price()),
    Case(
        "price_said_twice",
        prices.prices_have_one_amount,
        ("C031",),
        price(amount=both(), tiers={"steps": [{"unit": both()}]}),
    ),
    Case(
        "round_without_package", prices.words_go_together, ("C032",), price(amount={"usd": 50, "eur": 50}, round="up")
    ),
    Case("package_with_tiers", prices.words_go_together, ("C032",), price(per=10, tiers={"steps": [{"unit": both()}]})),
    Case("choice_again_and_again", prices.words_go_together, ("C032",), price(customer_chooses={"minimum": both()})),
    Case(
        "trial_of_a_price_paid_once",
        prices.words_go_together,
        ("C032",),
        price(every=None, amount=both(), trial_days=3),
    ),
    Case("usage_paid_once", prices.words_go_together, ("C032",), charge({"once": {"amount": both()}})),
    Case(
        "choice_of_usage",
        prices.words_go_together,
        ("C032", "C032"),
        charge({"monthly": {"every": "month", "customer_chooses": {"preset": both()}}}),
    ),
    Case(
        "choice_in_packages",
        prices.words_go_together,
        ("C032",),
        price(every=None, per=10, customer_chooses={"preset": both()}),
    ),
    Case(
        "short_and_long_addon_prices",
        prices.addons_say_prices_once,
        ("C032",),
        addon(charges={"base": {"prices": {"yearly": {"every": "year", "amount": both(usd=50, eur=50)}}}}),
    ),
    Case("four_years", prices.intervals_fit, ("C033",), price(every="37 months", amount=both())),
    Case("dear_year", prices.longer_is_not_dearer, ("C041",), base(yearly={"amount": {"usd": 589}}), "12 × 49"),
    Case(
        "dear_quarter",
        prices.longer_is_not_dearer,
        ("C041",),
        base(quarterly={"every": "3 months", "amount": {"usd": 130, "eur": 136}}),
        "3 × 45",
    ),
    Case(
        "two_defaults",
        prices.defaults_are_single,
        ("C043",),
        base(monthly={"default": True}, yearly={"default": True}),
    ),
    Case(
        "lookup_key_of_204",
        prices.lookup_keys_fit,
        ("C044", "C044"),
        base(monthly={"lookup_key": "k" * 197, "separate_currencies": True}),
    ),
    Case(
        "lookup_key_twice",
        prices.lookup_keys_fit,
        ("C045",),
        base(yearly={"lookup_key": "pro.base.monthly"}),
    ),
    # amounts
    Case(
        "yearly_without_eur",
        amounts.siblings_share_currencies,
        ("C034",),
        base(yearly={"amount": {"usd": 490, "eur": None}}),
        "no amount in `eur`, which `pro.base.monthly` has",
    ),
    Case(
        "seats_without_eur",
        amounts.charges_share_currencies,
        ("C035",),
        {"plans": {"pro": {"charges": {"seats": {"prices": {"monthly": {"every": "month", "amount": {"usd": 9}}}}}}}},
    ),
    Case(
        "addon_without_eur",
        amounts.charges_share_currencies,
        ("C035",),
        addon(prices={"monthly": {"every": "month", "amount": 5}}),
    ),
    Case(
        "tier_without_eur",
        amounts.prices_are_whole_in_each_currency,
        ("C036",),
        tiers({"up_to": 10, "unit": both()}, {"unit": {"usd": 1}}),
    ),
    Case(
        "tier_bare",
        amounts.prices_are_whole_in_each_currency,
        ("C036",),
        tiers({"up_to": 9, "unit": both()}, {"unit": 1}),
    ),
    Case(
        "tiers_fall",
        amounts.tiers_rise,
        ("C037",),
        tiers({"up_to": 9, "unit": 0}, {"up_to": 9, "unit": both()}, {"unit": 0}),
    ),
    Case(
        "tiers_never_end", amounts.tiers_end, ("C038",), tiers({"up_to": 9, "unit": 0}, {"up_to": 10, "unit": both()})
    ),
    Case("tiers_end_at_once", amounts.tiers_end, ("C038",), tiers({"unit": 0}, {"unit": both()})),
    Case("tier_for_nothing", amounts.tiers_cost_something, ("C039",), tiers({"up_to": 9}, {"unit": both()})),
    Case("half_a_cent", amounts.amounts_can_be_paid, ("C040",), base(monthly={"amount": {"usd": "49.005"}})),
    Case(
        "half_a_yen",
        amounts.amounts_can_be_paid,
        ("C040",),
        base(monthly={"amount": {"jpy": "6900.5"}}, yearly={"amount": {"jpy": 69000}}),
        "jpy has no decimals",
    ),
    Case(
        "a_fils",
        amounts.amounts_can_be_paid,
        ("C040",),
        base(monthly={"amount": {"kwd": "15.125"}}, yearly={"amount": {"kwd": "150.120"}}),
        "third decimal",
    ),
    Case(
        "half_a_krona",
        amounts.amounts_can_be_paid,
        ("C040",),
        base(monthly={"amount": {"isk": "6900.50"}}, yearly={"amount": {"isk": 69000}}),
        "whole units",
    ),
    Case("flat_part_of_a_tier", amounts.amounts_can_be_paid, ("C040",), tiers({"flat": both(usd="0.001")})),
    Case("coupon_of_half_a_cent", amounts.amounts_can_be_paid, ("C040",), {"coupons": {"a": {"amount_off": "1.005"}}}),
    Case(
        "minimum_of_half_a_cent",
        amounts.amounts_can_be_paid,
        ("C040",),
        {"coupons": {"a": {"percent_off": 5}}, "promotion_codes": {"b": {"coupon": "a", "minimum": "1.005"}}},
    ),
    Case(
        "preset_above_maximum",
        amounts.choices_are_ordered,
        ("C042",),
        price(every=None, customer_chooses={"minimum": both(), "preset": both(usd=9), "maximum": both(usd=8)}),
    ),
    # plans
    Case(
        "limit_that_is_true",
        plans.feature_values_fit,
        ("C025",),
        {"features": {"projects": {"type": "limit"}}, "plans": {"pro": {"features": {"projects": True}}}},
    ),
    Case(
        "boolean_that_is_three",
        plans.feature_values_fit,
        ("C025",),
        {"features": {"sso": {}}, "plans": {"pro": {"features": {"sso": 3}}}},
    ),
    Case(
        "metered_by_nothing",
        plans.metered_features_have_meters,
        ("C026",),
        {"features": {"api": {"type": "metered"}}, "plans": {"pro": {"features": {"api": True}}}},
    ),
    Case(
        "counted_but_boolean",
        plans.metered_features_have_meters,
        ("C026",),
        {"meters": {"m": {}}, "features": {"api": {"meter": "m"}}, "plans": {"pro": {"features": {"api": True}}}},
    ),
    Case("free_for_five", plans.free_plans_cost_nothing, ("C046",), plan("free", kind="free")),
    Case("custom_with_charges", plans.custom_plans_are_not_billed, ("C047",), plan("big", kind="custom")),
    Case("paid_without_price", plans.everything_sold_has_a_price, ("C048",), plan("team", charges={})),
    Case("addon_without_price", plans.everything_sold_has_a_price, ("C048",), addon(prices={})),
    Case(
        "charge_without_price",
        plans.everything_sold_has_a_price,
        ("C049",),
        {"plans": {"pro": {"charges": {"seats": {"name": "Seats"}}}}},
    ),
    Case("addon_least_over_most", plans.limits_are_ordered, ("C050",), addon(quantity={"min": 5, "max": 2})),
    Case("store_least_over_most", plans.limits_are_ordered, ("C050",), front(quantity_min=5, quantity_max=2)),
    Case(
        "portal_least_over_most",
        plans.limits_are_ordered,
        ("C050",),
        switching({"plan": "pro", "quantity": {"min": 5, "max": 2}}),
    ),
    Case(
        "bulk_least_over_most",
        plans.limits_are_ordered,
        ("C050",),
        listed(
            "x",
            storefronts=["us"],
            records={"pro.base.monthly": {"price": 4, "bulk": [{"min": 5, "max": 2, "amount": 3}]}},
        ),
    ),
    Case(
        "event_counted_twice",
        plans.event_names_are_single,
        ("C051",),
        laid_over(
            tiers({"unit": both()}),
            {
                "meters": {"other": {"event_name": "calls"}},
                "features": {"f": {"type": "metered", "meter": "other"}},
                "plans": {"pro": {"features": {"f": 5}}},
            },
        ),
    ),
    Case(
        "feature_key_twice",
        plans.feature_keys_are_single,
        ("C052",),
        {
            "features": {"sso": {}, "saml": {"lookup_key": "sso"}},
            "plans": {"pro": {"features": {"sso": True, "saml": True}}},
        },
    ),
    # discounts
    Case("coupon_of_nothing", discounts.coupons_take_one_thing_off, ("C060",), {"coupons": {"a": {}}}),
    Case(
        "coupon_of_two_things",
        discounts.coupons_take_one_thing_off,
        ("C060",),
        {"coupons": {"a": {"percent_off": 5, "amount_off": 5}}},
    ),
    Case("coupon_of_zero", discounts.coupons_take_one_thing_off, ("C060",), {"coupons": {"a": {"amount_off": 0}}}),
    Case(
        "coupon_for_a_free_plan",
        discounts.coupons_can_apply,
        ("C061",),
        laid_over(
            {
                "plans": {
                    "free": {
                        "kind": "free",
                        "product": "cloud",
                        "charges": {"base": {"prices": {"m": {"every": "month", "amount": 0}}}},
                    }
                }
            },
            {"coupons": {"a": {"percent_off": 5, "plans": ["free"]}}},
        ),
    ),
    Case(
        "coupon_in_another_currency",
        discounts.coupons_can_apply,
        ("C061",),
        {"coupons": {"a": {"amount_off": {"usd": 5, "jpy": 500}}}},
    ),
    Case(
        "coupon_id_twice",
        discounts.coupon_ids_are_single,
        ("C062",),
        {"coupons": {"a": {"percent_off": 5}, "b": {"percent_off": 6, "id": "a"}}},
    ),
    Case(
        "code_twice_but_for_capitals",
        discounts.codes_are_single,
        ("C063",),
        {
            "coupons": {"a": {"percent_off": 5}},
            "promotion_codes": {"x": {"coupon": "a"}, "y": {"coupon": "a", "code": "x"}},
        },
    ),
    Case(
        "code_outlives_coupon",
        discounts.codes_keep_to_their_coupons,
        ("C064",),
        {
            "coupons": {"a": {"percent_off": 5, "ends": "2027-01-31"}},
            "promotion_codes": {"x": {"coupon": "a", "expires": "2027-02-01"}},
        },
    ),
    Case(
        "code_used_more_than_coupon",
        discounts.codes_keep_to_their_coupons,
        ("C064",),
        {
            "coupons": {"a": {"percent_off": 5, "max_redemptions": 5}},
            "promotion_codes": {"x": {"coupon": "a", "max_redemptions": 6}},
        },
    ),
    Case(
        "coupon_of_yesterday",
        discounts.dates_lie_ahead,
        ("C065",),
        {"coupons": {"a": {"percent_off": 5, "ends": "2026-11-19"}}},
    ),
    Case(
        "code_of_yesterday",
        discounts.dates_lie_ahead,
        ("C065",),
        {
            "coupons": {"a": {"percent_off": 5}},
            "promotion_codes": {"x": {"coupon": "a", "expires": "2026-11-20T11:59:59Z"}},
        },
    ),
    Case(
        "coupon_of_2032",
        discounts.dates_lie_ahead,
        ("C066",),
        {"coupons": {"a": {"percent_off": 5, "ends": "2031-11-21"}}},
    ),
    # portal
    Case(
        "portal_of_eleven",
        portal.portals_offer_few_products,
        ("C070",),
        laid_over(MANY, switching(*({"plan": key} for key in MANY["plans"]))),
        "11 products",
    ),
    Case("portal_product_of_no_name", portal.targets_have_one_name, ("C071",), switching({"prices": []})),
    Case(
        "portal_product_of_two_names",
        portal.targets_have_one_name,
        ("C071",),
        laid_over(addon(), switching({"plan": "pro", "addon": "storage"})),
    ),
    Case(
        "portal_offers_a_custom_plan",
        portal.targets_can_be_subscribed_to,
        ("C072",),
        laid_over(plan("big", kind="custom", charges={}), switching({"plan": "big"})),
    ),
    Case(
        "portal_offers_a_price_paid_once",
        portal.targets_can_be_subscribed_to,
        ("C072",),
        laid_over(price(every=None, amount=both()), switching({"plan": "pro", "prices": ["base.extra"]})),
    ),
    Case(
        "portal_offers_an_addon_paid_once",
        portal.targets_can_be_subscribed_to,
        ("C072",),
        laid_over(addon(prices={"once": {"amount": both()}}), switching({"addon": "storage"})),
    ),
    Case(
        "credit_at_the_end",
        portal.settings_agree,
        ("C073",),
        {"portal": {"default": {"subscription_cancel": {"proration": "create_prorations"}}}},
    ),
    Case(
        "switching_of_nothing", portal.settings_agree, ("C073",), {"portal": {"default": {"subscription_update": True}}}
    ),
    Case("switching_to_nothing", portal.settings_agree, ("C073",), switching()),
    Case("editing_of_nothing", portal.settings_agree, ("C073",), {"portal": {"default": {"customer_update": True}}}),
    Case(
        "pause_of_four_years",
        portal.settings_agree,
        ("C073",),
        {"portal": {"default": {"subscription_pause": {"durations": ["1 month", "4 years"]}}}},
    ),
    Case("portal_product_twice", portal.products_are_single, ("C074",), switching({"plan": "pro"}, {"plan": "pro"})),
    # tax
    Case(
        "automatic_tax_nowhere",
        tax.automatic_tax_has_registrations,
        ("C080",),
        {"tax": {"automatic": True, **OFFICE}},
    ),
    Case(
        "simplified_germany",
        tax.registration_types_exist,
        ("C081",),
        registered(de={"country": "DE", "type": "simplified"}),
    ),
    Case("tax_in_antarctica", tax.registration_types_exist, ("C081",), registered(aq={"country": "AQ"})),
    Case(
        "american_without_state",
        tax.registrations_have_places,
        ("C082",),
        registered(us={"country": "US", "type": "state_sales_tax"}),
    ),
    Case(
        "canadian_without_province",
        tax.registrations_have_places,
        ("C082",),
        registered(ca={"country": "CA", "type": "province_standard"}),
    ),
    Case(
        "parking_without_jurisdiction",
        tax.registrations_have_places,
        ("C082",),
        registered(us={"country": "US", "type": "parking_tax", "state": "IL"}),
    ),
    Case("german_state", tax.registrations_have_places, ("C082",), registered(de={"country": "DE", "state": "BY"})),
    Case(
        "german_election",
        tax.registrations_have_places,
        ("C082",),
        registered(de={"country": "DE", "elections": [{"type": "local_use_tax"}]}),
    ),
    Case(
        "one_stop_with_place_of_supply",
        tax.registrations_have_places,
        ("C082",),
        registered(de={"country": "DE", "type": "oss_union", "place_of_supply": "standard"}),
    ),
    Case(
        "registered_twice",
        tax.registrations_are_single,
        ("C083",),
        registered(a={"country": "DE"}, b={"country": "DE"}),
    ),
    Case(
        "ends_before_it_starts",
        tax.registrations_end_after_they_start,
        ("C084",),
        registered(a={"country": "DE", "starts": "2027-02-01", "ends": "2027-01-31"}),
    ),
    Case(
        "registered_without_office",
        tax.head_office_is_known,
        ("C085",),
        {"tax": {"registrations": {"de": {"country": "DE"}}}},
    ),
    Case(
        "amounts_neither_way",
        tax.tax_behavior_is_known,
        ("C086", "C086"),
        laid_over(registered(de={"country": "DE"}), {"tax": {"automatic": True, "settings": {"tax_behavior": None}}}),
    ),
    Case(
        "method_that_is_not",
        tax.payment_methods_exist,
        ("C087",),
        {"payment_methods": {"default": {"methods": {"card": "on", "sepa": "on"}}}},
    ),
    # webhooks
    Case("event_that_is_not", webhooks.stripe_events_exist, ("C090",), endpoint(events=["invoice.payed"])),
    Case("scope_that_is_not", webhooks.bigcommerce_scopes_exist, ("C091",), hook(scope="store/orders/created")),
    Case(
        "hook_on_another_port",
        webhooks.webhooks_can_be_delivered,
        ("C092",),
        hook(destination="https://h.example:8443/"),
    ),
    Case("hook_in_plain_http", webhooks.webhooks_can_be_delivered, ("C092",), hook(destination="http://h.example/")),
    Case("endpoint_in_plain_http", webhooks.webhooks_can_be_delivered, ("C092",), endpoint(url="http://h.example/")),
    Case(
        "live_endpoint_on_this_machine",
        webhooks.webhooks_can_be_delivered,
        ("C092",),
        endpoint(url="http://localhost:4242/"),
        mode="live",
    ),
    Case(
        "seventeen_endpoints",
        webhooks.webhooks_are_few,
        ("C093",),
        {"webhooks": {"stripe": {f"e{n}": {**ENDPOINT, "url": f"https://h.example/{n}"} for n in range(17)}}},
    ),
    Case(
        "eleven_hooks_of_a_scope",
        webhooks.webhooks_are_few,
        ("C093",),
        {"webhooks": {"bigcommerce": {f"h{n}": {**HOOK, "destination": f"https://h.example/{n}"} for n in range(11)}}},
    ),
    Case(
        "endpoint_twice",
        webhooks.webhooks_are_single,
        ("C094",),
        {"webhooks": {"stripe": {"a": ENDPOINT, "b": {**ENDPOINT, "url": f"{ENDPOINT['url']}/"}}}},
    ),
    Case("hook_twice", webhooks.webhooks_are_single, ("C094",), {"webhooks": {"bigcommerce": {"a": HOOK, "b": HOOK}}}),
    Case("secret_written_out", webhooks.headers_keep_secrets_out, ("C095",), hook(headers={"X-Hook-Token": "s3cret"})),
    Case("secret_of_no_name", webhooks.headers_keep_secrets_out, ("C095",), hook(headers={"X-Any": "env:"})),
    Case("event_twice", webhooks.events_are_named_once, ("C096",), endpoint(events=["invoice.paid", "invoice.paid"])),
    Case("event_beside_all", webhooks.events_are_named_once, ("C096",), endpoint(events=["*", "invoice.paid"])),
    # storefront products
    Case(
        "sku_twice_but_for_capitals",
        storefront.skus_are_single,
        ("C100",),
        laid_over(front(), plan("team", storefront={"sku": "pro-monthly"})),
    ),
    Case(
        "name_twice",
        storefront.product_names_are_single,
        ("C101",),
        laid_over(front(), plan("team", storefront={"name": "nimbus cloud pro plan"})),
    ),
    Case(
        "nothing_to_sell",
        storefront.products_sell_something,
        ("C102",),
        addon(prices={"once": {"amount": both()}}, storefront={}),
    ),
    Case(
        "usage_in_a_store",
        storefront.variants_have_fixed_prices,
        ("C103",),
        laid_over(tiers({"unit": both()}), front(sells=["base.monthly", "usage.monthly"])),
    ),
    Case(
        "choice_in_a_store",
        storefront.variants_have_fixed_prices,
        ("C103",),
        addon(prices={"once": {"customer_chooses": {"preset": both()}}}, storefront={"sells": ["base.once"]}),
    ),
    Case("hidden_price", storefront.settings_agree, ("C104",), front(hide_price=True)),
    Case(
        "custom_plan_for_sale",
        storefront.settings_agree,
        ("C104",),
        plan("big", kind="custom", charges={}, storefront={}),
    ),
    Case(
        "label_twice",
        storefront.variants_differ,
        ("C105",),
        front(variants={"base.yearly": {"label": "monthly"}}),
    ),
    Case(
        "variant_not_sold",
        storefront.variants_differ,
        ("C105",),
        front(sells=["base.monthly"], variants={"base.yearly": {"label": "Yearly"}}),
    ),
    Case(
        "store_in_yen",
        storefront.stores_have_amounts,
        ("C113", "C113"),
        front(),
        "`jp`",
        storefronts={"us": {"currency": "usd"}, "jp": {"currency": "jpy"}},
    ),
    Case(
        "taken_namespace",
        storefront.metafields_differ,
        ("C115",),
        {"storefront": {"metafields": {"namespace": "billform.nimbus"}}},
    ),
    Case(
        "price_and_lookup_key_in_one",
        storefront.metafields_differ,
        ("C115",),
        {"storefront": {"metafields": {"lookup_key": "price_id"}}},
    ),
    Case("taken_metafield", storefront.metafields_differ, ("C115",), front(metafields={"product_id": "x"})),
    # the store
    Case("list_of_nothing", store.price_lists_have_effect, ("C106",), listed("x", storefronts=["us"])),
    Case("list_for_nobody", store.price_lists_have_effect, ("C106",), listed("x", currencies=["eur"])),
    Case(
        "group_with_both",
        store.groups_have_one_kind_of_price,
        ("C107",),
        laid_over(
            listed("x", currencies=["eur"], customer_groups=["vip"]),
            {"storefront": {"customer_groups": {"vip": {"discounts": [{"amount": 5}]}}}},
        ),
    ),
    Case(
        "two_default_groups",
        store.groups_stand_for_different_customers,
        ("C108",),
        {"storefront": {"customer_groups": {"a": {"default": True}, "b": {"default": True}}}},
    ),
    Case(
        "two_groups_of_guests",
        store.groups_stand_for_different_customers,
        ("C108",),
        {"storefront": {"customer_groups": {"a": {"guests": True}, "b": {"guests": True}}}},
    ),
    Case(
        "group_name_twice",
        store.names_are_single,
        ("C109",),
        {"storefront": {"customer_groups": {"vip": {}, "b": {"name": "Vip"}}}},
    ),
    Case(
        "attribute_name_twice",
        store.names_are_single,
        ("C109",),
        {"storefront": {"customer_attributes": {"status": {}, "b": {"name": "status"}}}},
    ),
    Case("script_of_nothing", store.scripts_have_one_content, ("C110",), {"storefront": {"scripts": {"s": {}}}}),
    Case(
        "script_of_two_things",
        store.scripts_have_one_content,
        ("C110",),
        {"storefront": {"scripts": {"s": {"html": "<script></script>", "src": "https://cdn.example/s.js"}}}},
    ),
    Case(
        "link_where_nobody_looks",
        store.scripts_work,
        ("C111",),
        {"storefront": {"scripts": {"s": {"visibility": "storefront", "portal_link": {"url": "https://n.example/p"}}}}},
    ),
    Case(
        "hashes_of_nothing",
        store.scripts_work,
        ("C111",),
        {"storefront": {"scripts": {"s": {"html": "<script></script>", "integrity": ["sha384-x"]}}}},
    ),
    Case(
        "specific_to_nothing",
        store.group_settings_are_whole,
        ("C112",),
        {"storefront": {"customer_groups": {"vip": {"category_access": {"type": "specific"}}}}},
    ),
    Case(
        "discount_on_no_category",
        store.group_settings_are_whole,
        ("C112",),
        {"storefront": {"customer_groups": {"vip": {"discounts": [{"type": "category", "amount": 5}]}}}},
    ),
    Case(
        "list_in_yen",
        store.price_lists_find_amounts,
        ("C114", "C114"),
        laid_over(front(), listed("x", currencies=["eur", "jpy"], storefronts=["us"])),
    ),
)
