"""Every rule of the catalog, each on a small shop that breaks it."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from pydantic import ValidationError

from billform.catalog.models import Catalog
from billform.catalog.rules import _MODULES as MODULES
from billform.catalog.rules import CODES, RULES, Rule, check
from billform.core.diagnostic import Diagnostic

from .rule_cases import CASES, NOW, SHOP, Case, laid_over


def _found(case: Case, rules: tuple[Rule, ...] = RULES) -> tuple[Diagnostic, ...]:
    catalog = Catalog.model_validate(laid_over(SHOP, case.change))
    return check(catalog, case.environment, now=NOW, rules=rules)


def _codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return sorted(each.code for each in found)


def test_nothing_is_wrong_with_the_shop() -> None:
    """The shop that every case changes is free of findings."""
    assert check(Catalog.model_validate(SHOP), now=NOW) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactly_that_is_found(case: Case) -> None:
    """Each broken shop gives exactly the findings it should, and says what is wrong."""
    found = _found(case)
    assert _codes(found) == sorted(case.codes), [each.summary for each in found]
    assert any(case.says in each.summary for each in found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nobody_else_finds_it(case: Case) -> None:
    """Without the rule the finding is gone: no other rule covers for it."""
    missing = set(_codes(_found(case))) - set(_codes(_found(case, tuple(each for each in RULES if each != case.rule))))
    assert missing, f"{case.rule.__name__} makes no difference"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_has_a_case(rule: Rule) -> None:
    """No rule is without a shop that breaks it."""
    assert any(case.rule == rule for case in CASES)


def test_every_code_has_a_case_and_a_page() -> None:
    """Codes that are given are explained, and codes that are explained are given."""
    given = {code for case in CASES for code in case.codes}
    assert given == set(CODES)


def test_no_code_has_two_pages() -> None:
    """Each code is explained by one module."""
    pages = [code for module in MODULES for code in module.CODES]
    assert sorted(pages) == sorted(set(pages))


@pytest.mark.parametrize("code", sorted(CODES))
def test_pages_are_written(code: str) -> None:
    """Each page says what it means and how to mend it, in sentences."""
    page = CODES[code]
    assert page.title[0].isupper()
    assert not page.title.endswith(".")
    assert page.meaning.endswith(".")
    assert page.mend.endswith((".", "`"))


def _is_found(change: dict[str, Any]) -> list[str]:
    return _codes(check(Catalog.model_validate(laid_over(SHOP, change)), now=NOW))


@pytest.mark.parametrize(
    "prices",
    [
        {"monthly": {"amount": {"usd": 49, "eur": 45}}, "yearly": {"amount": {"usd": 588, "eur": 540}}},
        {"weekly": {"every": "week", "amount": {"usd": 1, "eur": 1}}},
        {"free": {"every": "month", "amount": 0}},
        {"triennial": {"every": "3 years", "amount": {"usd": 999, "eur": 999}}},
    ],
    ids=["twelve_months_exactly", "weeks_do_not_make_months", "nothing_in_every_currency", "three_years"],
)
def test_what_is_not_wrong(prices: dict[str, Any]) -> None:
    """Shops at the edge of a rule, on the right side of it."""
    assert _is_found({"plans": {"pro": {"charges": {"base": {"prices": prices}}}}}) == []


def test_fractions_of_a_cent_per_unit_are_fine() -> None:
    """Usage, packages and labelled units may cost less than a coin; twelve decimals are enough for anybody."""
    usage = {"every": "month", "tiers": {"steps": [{"unit": {"usd": "0.000000000001", "eur": "0.0004"}}]}}
    package = {"every": "month", "per": 1000, "amount": {"usd": "0.155", "eur": "0.145"}}
    change = {
        "meters": {"calls": {}},
        "plans": {
            "pro": {
                "charges": {
                    "usage": {"meter": "calls", "prices": {"monthly": usage}},
                    "blocks": {"prices": {"monthly": package}},
                    "seats": {
                        "unit_label": "seat",
                        "prices": {"monthly": {"every": "month", "amount": {"usd": "0.005", "eur": "0.004"}}},
                    },
                }
            }
        },
    }
    assert _is_found(change) == []


def test_ten_products_fit_into_a_portal() -> None:
    """The limit is ten products, not nine."""
    case = next(each for each in CASES if each.name == "portal_of_eleven")
    change = laid_over(case.change, {"plans": {"p10": None}})
    change["portal"]["default"]["subscription_update"]["products"].pop()
    assert _is_found(change) == []


def test_rules_bear_each_other() -> None:
    """Whatever is wrong at the same time, every rule has its say and none stumbles over what another one finds."""
    chance = random.Random(20261120)
    for _ in range(400):
        together = chance.sample(CASES, 4)
        change: dict[str, Any] = {}
        for case in together:
            change = laid_over(change, case.change)
        try:
            catalog = Catalog.model_validate(laid_over(SHOP, change))
        except ValidationError:
            continue
        environment = next((case.environment for case in together if case.environment), None)
        assert isinstance(check(catalog, environment, now=NOW), tuple)


def test_an_empty_catalog_has_no_findings() -> None:
    """A name is a catalog."""
    assert check(Catalog.model_validate({"catalog": "nimbus"}), now=NOW) == ()


def test_a_large_catalog_is_checked_at_once() -> None:
    """Three hundred plans take no longer than a person notices."""
    plan = {**SHOP["plans"]["pro"], "storefront": {}}
    portal = {"default": {"subscription_update": {"allow": ["price"], "products": [{"plan": "p1"}] * 9}}}
    catalog = Catalog.model_validate({**SHOP, "plans": {f"p{n}": plan for n in range(300)}, "portal": portal})
    begun = time.process_time()
    found = check(catalog, now=NOW)
    assert {each.code for each in found} == {"C074"}
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"payment_methods": {"p": {"methods": {"sepa": "on"}}}}, "did you mean `sepa_debit`?"),
        ({"payment_methods": {"p": {"methods": {"crad": "on"}}}}, "did you mean `card`?"),
        ({"webhooks": {"stripe": {"w": {"url": "https://x.example", "events": ["invoice.payed"]}}}}, "`invoice.paid`"),
        ({"addons": {"x": {"for_plans": ["po"], "prices": {"o": {"amount": {"usd": 5, "eur": 5}}}}}}, "`pro`"),
        (
            {"addons": {"x": {"for_plans": ["zzz"], "prices": {"o": {"amount": {"usd": 5, "eur": 5}}}}}},
            "defined are `pro`",
        ),
        ({"plans": {"pro": {"features": {"sso": True}}}}, "no feature is defined yet"),
    ],
)
def test_hints_name_what_was_meant(change: dict[str, Any], hint: str) -> None:
    """A name that goes on where the word stops, else the nearest one, else what there is."""
    (found,) = check(Catalog.model_validate(laid_over(SHOP, change)), now=NOW)
    assert found.hint is not None
    assert hint in found.hint
