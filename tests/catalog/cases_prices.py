"""Shops that break the rules about prices and their amounts."""

from __future__ import annotations

from billform.catalog.rules import amounts, prices

from .rule_shop import Case, addon, base, both, charge, price, tiers

CASES: tuple[Case, ...] = (
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
    Case(
        "dear_year",
        prices.longer_is_not_dearer,
        ("C041",),
        base(yearly={"amount": {"usd": 589}}),
        "costs $589.00, more than 12 × $49.00 of",
    ),
    Case(
        "dear_quarter",
        prices.longer_is_not_dearer,
        ("C041",),
        base(quarterly={"every": "3 months", "amount": {"usd": 130, "eur": 136}}),
        "costs €136.00, more than 3 × €45.00 of",
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
    Case(
        "half_a_cent", amounts.amounts_can_be_paid, ("C040",), base(monthly={"amount": {"usd": "49.005"}}), "$49.005 of"
    ),
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
        "is more than its maximum $8.00",
    ),
)
