"""Shops that break the rules about the store."""

from __future__ import annotations

from billform.catalog.rules import lists, store, storefront

from .rule_shop import Case, addon, both, bulk, front, laid_over, listed, plan, tiers

CASES: tuple[Case, ...] = (
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
    Case(
        "retail_price_of_nothing",
        store.prices_beside_are_something,
        ("C116",),
        front(variants={"base.yearly": {"retail_price": 0}}),
    ),
    Case(
        "sale_for_nothing",
        store.prices_beside_are_something,
        ("C116", "C116"),
        laid_over(
            front(),
            listed(
                "x",
                storefronts=["us"],
                records={"pro.base.monthly": {"price": 9, "sale_price": {"usd": 0, "eur": 4}, "retail_price": 0}},
            ),
        ),
    ),
    # price lists
    Case(
        "two_lists_on_one_storefront",
        lists.customers_have_one_list,
        ("C117",),
        laid_over(
            listed("x", currencies=["eur"], storefronts=["us"]), listed("y", currencies=["usd"], storefronts=["us"])
        ),
        "storefront `us`",
    ),
    Case(
        "two_lists_for_one_group",
        lists.customers_have_one_list,
        ("C117",),
        laid_over(
            {"storefront": {"customer_groups": {"vip": {}, "few": {}}}},
            laid_over(
                listed("x", customer_groups=["vip"], currencies=["eur"]),
                listed("y", customer_groups=["few", "vip"], currencies=["eur"]),
            ),
        ),
        "group `vip`",
    ),
    Case(
        "amount_off_in_no_currency",
        lists.tiers_have_amounts,
        ("C118", "C118"),
        bulk({"min": 10, "max": 49, "amount": 5}, {"min": 50, "type": "percent", "amount": {"usd": 20}}),
        "`eur`",
    ),
    Case(
        "amount_off_in_a_currency_taken_over",
        lists.tiers_have_amounts,
        ("C118",),
        laid_over(bulk({"min": 10, "amount": {"usd": 5, "eur": 4}}), listed("x", currencies=["jpy"])),
        "`jpy`",
    ),
    Case(
        "tiers_overlap",
        lists.tiers_follow_each_other,
        ("C119", "C119"),
        bulk({"min": 50, "amount": both()}, {"min": 10, "max": 60, "amount": both()}, {"min": 99, "amount": both()}),
    ),
    Case(
        "more_than_everything_off",
        lists.tiers_follow_each_other,
        ("C119",),
        bulk({"min": 10, "type": "percent", "amount": 101}),
    ),
    Case(
        "converted_at_some_rate",
        lists.storefronts_have_amounts_of_their_own,
        ("C120",),
        laid_over(
            {"storefront": {"customer_groups": {"vip": {}}}},
            laid_over(front(), listed("x", currencies=["eur"], storefronts=["eu"], customer_groups=["vip"])),
        ),
        "`eu`",
        storefronts={"us": {"currency": "usd"}, "eu": {"currency": "eur"}},
    ),
    Case(
        "for_nothing_in_dollars",
        lists.stores_have_amounts_of_their_own,
        ("C121",),
        laid_over(
            plan(
                "euro",
                charges={"base": {"prices": {"monthly": {"every": "month", "amount": {"eur": 9}}}}},
                storefront={"storefronts": ["eu"]},
            ),
            listed("x", currencies=["eur"], storefronts=["eu"]),
        ),
        "`euro.base.monthly`",
        storefronts={"us": {"currency": "usd"}, "eu": {"currency": "eur"}},
    ),
)
