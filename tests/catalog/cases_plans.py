"""Shops that break the rules about plans, discounts and the portal."""

from __future__ import annotations

from billform.catalog.rules import discounts, plans, portal

from .rule_shop import MANY, Case, addon, both, front, laid_over, listed, plan, price, switching, tiers

CASES: tuple[Case, ...] = (
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
)
