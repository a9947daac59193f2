"""Whose store it is comes before everything; what the plan or the token does not allow is left out and said."""

from __future__ import annotations

import asyncio
import urllib.parse

import pytest

from billform.catalog.environment import Environment, StorefrontSite
from billform.catalog.environment import Store as StoreWords
from billform.core.diagnostic import BillformError, Diagnostic
from billform.providers.bigcommerce.codes import CODES
from billform.providers.bigcommerce.connect import PROBES, connect, verify
from billform.providers.bigcommerce.secrets import Variables
from billform.simulator.bigcommerce.seed import ALL_SCOPES

from .catalogs import PRO
from .shop import HASH, TOKEN, Shop, actions, described


def refusal(shop: Shop) -> Diagnostic:
    """The one error that stops everything."""
    with pytest.raises(BillformError) as caught:
        shop.plan(PRO)
    (found,) = caught.value.diagnostics
    assert shop.writes() == []
    return found


def account(shop: Shop, *, without: str = "", client_id: str = "other") -> None:
    """Makes an API account that lacks a scope, and uses its token."""
    scopes = [each for each in ALL_SCOPES if each != without]
    words = {"token": "their_token", "store": HASH, "client_id": client_id, "scopes": scopes}
    shop.control("POST", "bigcommerce/accounts", words)
    shop.token = "their_token"


def renamed(shop: Shop, **words: str) -> None:
    """Changes what the environment says about the store."""
    store = shop.environment.stores["main"].model_copy(update=words)
    shop.environment = shop.environment.model_copy(update={"stores": {"main": store}})


def test_a_token_that_was_revoked_stops_everything(shop: Shop) -> None:
    shop.control("POST", "bigcommerce/accounts/revoke", {"token": TOKEN})
    assert refusal(shop).code == "K042"


def test_a_token_of_another_store_stops_everything(shop: Shop) -> None:
    shop.control("POST", "bigcommerce/stores", {"hash": "otherstore", "name": "Other"})
    shop.control("POST", "bigcommerce/accounts", {"token": "other", "store": "otherstore", "client_id": "o"})
    shop.token = "other"
    assert refusal(shop).code == "K042"


def test_a_store_hash_that_is_nobodys_stops_everything(shop: Shop) -> None:
    renamed(shop, hash="nowhere1")
    assert refusal(shop).code == "K042"


def test_a_store_that_answers_under_another_hash_stops_everything(shop: Shop) -> None:
    shop.control("PATCH", f"bigcommerce/stores/{HASH}", {"id": "elsewhere"})
    found = refusal(shop)
    assert found.code == "K042"
    assert "elsewhere" in found.summary


def test_a_token_that_may_not_read_about_the_store_stops_everything(shop: Shop) -> None:
    account(shop, without="store_v2_information")
    found = refusal(shop)
    assert (found.code, "store_v2_information" in (found.hint or "")) == ("K042", True)


def test_a_token_without_products_stops_everything(shop: Shop) -> None:
    account(shop, without="store_v2_products")
    found = refusal(shop)
    assert (found.code, "store_v2_products" in found.summary) == ("K044", True)


def test_another_api_account_than_the_environments_stops_everything(shop: Shop) -> None:
    """It would not see the marks, and would make everything a second time."""
    shop.settle(PRO)
    shop.control("DELETE", "log")
    renamed(shop, client_id="simclient1")
    assert described(shop.plan(PRO)) == []
    account(shop, client_id="other")
    hook = {"scope": "store/order/created", "destination": "https://their.example/"}
    shop.raw("POST", "/v3/hooks", hook)
    shop.control("DELETE", "log")
    assert refusal(shop).code == "K043"


def test_a_store_that_counts_in_another_currency_stops_everything(shop: Shop) -> None:
    shop.control("PATCH", f"bigcommerce/stores/{HASH}", {"currency": "JPY"})
    found = refusal(shop)
    assert (found.code, "jpy" in found.summary) == ("K045", True)


@pytest.mark.parametrize("token", ["", "  ", "two words", "schlüssel", "a\nb"])
def test_a_malformed_token_is_never_sent(token: str) -> None:
    environment = Environment(mode="test", stores={"main": StoreWords(hash=HASH, token_env="T")})
    with pytest.raises(BillformError) as caught:
        connect(environment, "main", Variables(frozenset(), {}), token=token)
    assert caught.value.diagnostics[0].code == "K041"
    assert not token.strip() or token not in str(caught.value)


def test_a_token_that_is_not_set_names_its_variable() -> None:
    environment = Environment(mode="test", stores={"main": StoreWords(hash=HASH, token_env="STORE_TOKEN")})
    with pytest.raises(BillformError, match="STORE_TOKEN"):
        connect(environment, "main", Variables(frozenset(), {}))
    nameless = Environment(mode="test", stores={"main": StoreWords(hash=HASH)})
    with pytest.raises(BillformError, match="K040"):
        connect(nameless, "main", Variables(frozenset(), {}))


def test_the_token_comes_from_the_variable_that_the_environment_names(shop: Shop) -> None:
    async def work() -> str:
        store = connect(
            shop.environment, "main", Variables(frozenset(), shop.variables), base_url=shop.simulator.bigcommerce_url
        )
        async with store.transport:
            assert await verify(store) == ()
            assert TOKEN not in repr(store)
            return store.currency

    assert asyncio.run(work()) == "usd"


def test_a_scope_that_single_kinds_need_is_a_warning_and_they_are_left_out(shop: Shop) -> None:
    account(shop, without="store_v2_content")

    async def work() -> tuple[Diagnostic, ...]:
        async with shop.transport() as transport:
            return await verify(shop.store(transport))

    (warning,) = asyncio.run(work())
    assert (warning.code, warning.is_error, "store_v2_content" in warning.summary) == ("K044", False, True)
    made = shop.apply(PRO)
    assert not [each for each in actions(made) if "script" in each]
    assert [each.subject for each in made.findings] == [
        "bigcommerce.script/main/portal/eu",
        "bigcommerce.script/main/portal/us",
    ]


@pytest.mark.parametrize(
    ("gate", "kinds"),
    [
        ("price_lists", {"price_list", "price_record", "price_list_assignment"}),
        ("customer_groups", {"customer_group", "price_list_assignment"}),
    ],
)
def test_what_the_stores_plan_does_not_have_is_left_out_and_said(shop: Shop, gate: str, kinds: set[str]) -> None:
    shop.control("PATCH", f"bigcommerce/stores/{HASH}", {"settings": {gate: False}})
    made = shop.apply(PRO)
    assert {each.subject.split("/")[0].removeprefix("bigcommerce.") for each in made.findings if each.subject} == kinds
    assert not [each for each in actions(made) if gate.rstrip("s") in each.replace("price_list_a", "")]
    again = shop.plan(PRO)
    assert described(again) == []
    assert "the store's plan has no" in " ".join(each.summary for each in again.findings)


def test_a_gate_that_closes_later_takes_nothing_away(shop: Shop) -> None:
    shop.settle(PRO)
    shop.control("PATCH", f"bigcommerce/stores/{HASH}", {"settings": {"price_lists": False}})
    assert described(shop.plan(PRO)) == []
    shop.control("PATCH", f"bigcommerce/stores/{HASH}", {"settings": {"price_lists": True}})
    assert described(shop.plan(PRO)) == []


def test_a_channel_that_is_not_there_is_named(shop: Shop) -> None:
    sites = {"us": StorefrontSite(store="main", channel="Nimbus Moon", currency="usd")}
    shop.environment = shop.environment.model_copy(update={"storefronts": sites})
    text = PRO.replace("storefronts: [eu]", "storefronts: [us]")
    assert "there is no channel named 'Nimbus Moon' at bigcommerce" in {each.why for each in shop.plan(text).refusals}


def test_every_probe_is_a_path_that_the_store_knows(shop: Shop) -> None:
    for path in PROBES.values():
        assert shop.raw("GET", f"{path}?{urllib.parse.urlencode({'limit': 1})}") is not None


def test_every_code_has_a_page() -> None:
    assert set(CODES) == {"K040", "K041", "K042", "K043", "K044", "K045", "K046", "K047", "K048", "K050", "K051"}
    assert all(each.title and each.meaning and each.mend for each in CODES.values())
