"""Hooks with secrets in their headers: written, recognised, rotated, and shown nowhere."""

from __future__ import annotations

import pytest

from billform.core.diagnostic import BillformError
from billform.core.plan_file import plan_to_json
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.secrets import Variables
from billform.providers.bigcommerce.webhook import UNKNOWN

from .catalogs import PRO, edited
from .shop import TOKEN, VARIABLES, Shop, actions, described

SECRET = VARIABLES["HOOK_TOKEN"]


def test_the_secret_is_sent_and_read_back_by_its_name(shop: Shop) -> None:
    shop.settle(PRO)
    (hook,) = shop.raw("GET", "/v3/hooks")["data"]
    assert hook["headers"] == {"X-Hook-Token": SECRET, "X-Source": "billform"}
    (live,) = shop.observe("bigcommerce.webhook", shop.catalog(PRO))
    assert live.spec.headers == {"X-Hook-Token": "env:HOOK_TOKEN", "X-Source": "billform"}


def test_no_plan_holds_the_secret_or_a_value_that_might_be_one(shop: Shop) -> None:
    made = shop.apply(PRO)
    (hook,) = shop.raw("GET", "/v3/hooks")["data"]
    shop.raw("PUT", f"/v3/hooks/{hook['id']}", {"headers": {"X-Hook-Token": "an old secret", "X-Source": "theirs"}})
    drift = shop.plan(PRO)
    for plan in (made, drift):
        for word in (SECRET, "an old secret", "theirs"):
            assert word not in plan_to_json(plan)
    assert described(drift) == [
        "update bigcommerce.webhook/main/orders "
        "[headers.X-Hook-Token: (hidden) -> (hidden)] [headers.X-Source: (hidden) -> (hidden)]"
    ]
    (live,) = shop.observe("bigcommerce.webhook", shop.catalog(PRO))
    assert set(live.spec.headers.values()) == {UNKNOWN}


def test_the_connection_says_nothing_of_what_it_read(shop: Shop) -> None:
    catalog = shop.catalog(PRO)
    shop.apply(PRO)

    async def work(store: Store) -> str:
        await store.once("hooks", lambda: store.rows("/v3/hooks"))
        return repr(store)

    said = shop.run(work, catalog)
    assert SECRET not in said
    assert TOKEN not in said


def test_a_rotated_secret_is_written_to_the_hook(shop: Shop) -> None:
    shop.settle(PRO)
    shop.variables = {**VARIABLES, "HOOK_TOKEN": "the next one"}
    assert actions(shop.apply(PRO)) == ["update bigcommerce.webhook/main/orders"]
    (hook,) = shop.raw("GET", "/v3/hooks")["data"]
    assert hook["headers"]["X-Hook-Token"] == "the next one"
    assert described(shop.plan(PRO)) == []


def test_a_secret_that_is_not_set_writes_nothing_and_names_its_variable(shop: Shop) -> None:
    shop.variables = {"STORE_TOKEN": VARIABLES["STORE_TOKEN"]}
    with pytest.raises(BillformError, match="HOOK_TOKEN"):
        shop.apply(PRO)
    assert shop.raw("GET", "/v3/hooks")["data"] == []


def test_a_trailing_slash_is_no_difference(shop: Shop) -> None:
    shop.settle(PRO)
    (hook,) = shop.raw("GET", "/v3/hooks")["data"]
    shop.raw("PUT", f"/v3/hooks/{hook['id']}", {"destination": hook["destination"] + "/"})
    assert described(shop.plan(PRO)) == []
    shop.settle(edited(("example/bigcommerce/", "example/bigcommerce")))


def test_only_declared_variables_are_ever_recognised() -> None:
    """The value of an unrelated variable, `1` say, must not turn somebody's header into a reference to it."""
    secrets = Variables(frozenset({"HOOK_TOKEN"}), {"HOOK_TOKEN": "abc", "CI": "1", "EMPTY": ""})
    assert (secrets.name_of("abc"), secrets.name_of("1"), secrets.name_of("")) == ("HOOK_TOKEN", None, None)
    assert (secrets.resolve("env:HOOK_TOKEN"), secrets.resolve("plain")) == ("abc", "plain")
    assert "abc" not in repr(secrets)


def test_the_simulator_needs_no_secrets() -> None:
    secrets = Variables(frozenset({"HOOK_TOKEN"}), {}, simulated=True)
    value = secrets.resolve("env:HOOK_TOKEN")
    assert secrets.name_of(value) == "HOOK_TOKEN"
    assert value == Variables(frozenset({"HOOK_TOKEN"}), {}, simulated=True).resolve("env:HOOK_TOKEN")


def test_the_line_break_that_a_file_ends_with_is_no_part_of_a_secret(shop: Shop) -> None:
    shop.variables = {**VARIABLES, "HOOK_TOKEN": f"{SECRET}\r\n"}
    shop.settle(PRO)
    (hook,) = shop.raw("GET", "/v3/hooks")["data"]
    assert hook["headers"]["X-Hook-Token"] == SECRET


def test_what_no_header_can_carry_is_told_and_not_sent(shop: Shop) -> None:
    shop.variables = {**VARIABLES, "HOOK_TOKEN": "one\r\nX-Another: two"}
    with pytest.raises(BillformError) as raised:
        shop.apply(PRO)
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.code == "K046"
    assert "HOOK_TOKEN" in diagnostic.summary
    assert "two" not in str(raised.value)
    assert shop.raw("GET", "/v3/hooks")["data"] == []
