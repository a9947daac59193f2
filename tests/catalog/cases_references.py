"""Shops that break the rules about references and names."""

from __future__ import annotations

from billform.catalog.rules import names, references

from .rule_shop import Case, addon, base, both, front, hook, laid_over, listed, registered, switching, tiers

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
)
