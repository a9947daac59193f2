"""Kinds that find themselves, and accounts that are checked before anything is read."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from billform.catalog.environment import Environment, load_environment
from billform.catalog.known import KINDS
from billform.catalog.load import load
from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.kind import Kind
from billform.providers import registry
from billform.providers.http import RequestEvent
from billform.providers.registry import Connections, Local
from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "tests" / "cases" / "_project"
TOKEN, STORE = "bc_simulator_token", "simstore1"


def test_every_kind_of_every_vendor_is_found_in_order() -> None:
    kinds = registry.kinds()
    assert list(kinds) == sorted(kinds)
    assert {name.partition(".")[0] for name in kinds} == {"stripe", "bigcommerce"}
    assert all(isinstance(kind, Kind) and kind.name == name for name, kind in kinds.items())
    assert registry.specs()["stripe.price"] is kinds["stripe.price"].spec


def test_environments_know_the_kinds_that_can_be_protected() -> None:
    assert {name for name, kind in registry.kinds().items() if not kind.lookup} == KINDS


def test_a_module_with_a_kind_is_all_it_takes() -> None:
    sources = ROOT.joinpath("src", "billform", "providers").rglob("*.py")
    written = [path for path in sources if re.search(r"^KIND = \w+\(\)$", path.read_text(encoding="utf-8"), re.M)]
    assert len(written) > 20
    assert len(registry.kinds()) == len(written)


def test_looking_for_kinds_does_not_load_the_vendors_package() -> None:
    script = "import sys; from billform.providers.registry import kinds; kinds(); print('stripe' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.fixture
def simulator() -> Any:
    with Simulator(limits=Limits.off()) as running:
        yield running


def environment(tmp_path: Path, text: str) -> Environment:
    (tmp_path / "here.yaml").write_text(text)
    return load_environment("here", tmp_path)


SIMULATED = f"mode: simulated\nstores:\n  main:\n    hash: {STORE}\n"


def connected(
    simulator: Simulator,
    where: Environment,
    *,
    key: str = "sk_test_simulator",
    token: str = TOKEN,
    events: list[RequestEvent] | None = None,
) -> Connections:
    async def go() -> Connections:
        local = Local(simulator.stripe_url, simulator.bigcommerce_url, key, dict.fromkeys(where.stores, token))
        catalog = load(PROJECT / "catalog")
        seen = events if events is not None else []
        opening = registry.connect(where, {}, catalog=catalog, local=local, on_request=seen.append)
        async with await opening as connections:
            return connections

    return asyncio.run(go())


def refused(simulator: Simulator, where: Environment, **words: Any) -> list[Diagnostic]:
    with pytest.raises(BillformError) as caught:
        connected(simulator, where, **words)
    writes = httpx.get(f"{simulator.control_url}/log").json()["data"]
    assert [each for each in writes if each["method"] != "GET"] == []
    return list(caught.value.diagnostics)


def test_accounts_are_open_and_known(simulator: Simulator, tmp_path: Path) -> None:
    events: list[RequestEvent] = []
    it = connected(simulator, environment(tmp_path, SIMULATED), events=events)
    assert it.accounts == {"stripe": "acct_1BillformLocal00", "bigcommerce/main": STORE}
    assert it.sites("stripe") == ("",)
    assert it.sites("bigcommerce") == ("main",)
    assert it.sites("salesforce") == ()
    assert it.counts.requests == len(events) > 0
    assert it.counts.writes == 0
    assert it.epoch.startswith("req_")


def test_no_two_looks_at_the_vendor_have_one_epoch(simulator: Simulator, tmp_path: Path) -> None:
    where = environment(tmp_path, SIMULATED)
    assert connected(simulator, where).epoch != connected(simulator, where).epoch


def test_an_environment_without_stores_has_only_stripe(simulator: Simulator, tmp_path: Path) -> None:
    it = connected(simulator, environment(tmp_path, "mode: simulated\n"))
    assert it.accounts == {"stripe": "acct_1BillformLocal00"}


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ({"key": "sk_test_nobody_knows_this"}, ["K006"]),
        ({"key": "pk_test_simulator"}, ["K002"]),
        ({"key": "sk_live_simulator"}, ["K003"]),
        ({"token": "nobody"}, ["K042"]),
        ({"key": "sk_test_nobody_knows_this", "token": "nobody"}, ["K006", "K042"]),
    ],
)
def test_a_wrong_key_stops_everything_and_all_wrong_ones_are_told(
    simulator: Simulator, tmp_path: Path, words: Mapping[str, str], codes: list[str]
) -> None:
    found = refused(simulator, environment(tmp_path, SIMULATED), **words)
    assert [each.code for each in found] == codes
    assert "nobody" not in json.dumps([str(each) for each in found])


def test_the_key_of_another_account_stops_everything(simulator: Simulator, tmp_path: Path) -> None:
    where = environment(tmp_path, "mode: simulated\nstripe:\n  account: acct_1SomebodyElse\n")
    assert [each.code for each in refused(simulator, where)] == ["K004"]


@pytest.mark.parametrize(
    ("key", "account", "code", "place"),
    [
        ("sk_test_simulator", "acct_1SomebodyElse", "K004", "account: acct_1SomebodyElse"),
        ("rk_test_narrowkey1", "acct_1BillformLocal00", "K005", "api_key_env: THE_KEY"),
        ("sk_test_nobody_knows", "acct_1BillformLocal00", "K006", "api_key_env: THE_KEY"),
    ],
)
def test_what_stripe_says_of_a_key_is_told_at_the_line_that_names_it(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, account: str, code: str, place: str
) -> None:
    restricted = {"key": "rk_test_narrowkey1", "permissions": ["product_write"]}
    httpx.post(f"{simulator.control_url}/stripe/keys", json=restricted).raise_for_status()
    monkeypatch.setattr("billform.providers.stripe.client.URL", simulator.stripe_url)
    text = f"mode: test\nstripe:\n  api_key_env: THE_KEY\n  account: {account}\n"
    with pytest.raises(BillformError) as caught:
        asyncio.run(registry.connect(environment(tmp_path, text), {"THE_KEY": key}, catalog=load(PROJECT / "catalog")))
    (told,) = caught.value.diagnostics
    assert told.code == code
    assert told.hint
    assert told.span
    assert place in text.splitlines()[told.span.line - 1]


def test_the_token_of_another_store_stops_everything(simulator: Simulator, tmp_path: Path) -> None:
    where = environment(tmp_path, SIMULATED.replace(STORE, "otherstore"))
    assert [each.code for each in refused(simulator, where)] == ["K042"]


def test_a_simulator_that_is_not_there_is_told_once(simulator: Simulator, tmp_path: Path) -> None:
    class Gone:
        stripe_url = "http://127.0.0.1:1"
        bigcommerce_url = "http://127.0.0.1:1"

    with pytest.raises(BillformError) as caught:
        connected(Gone(), environment(tmp_path, SIMULATED))  # type: ignore[arg-type]  # only its addresses matter
    assert [each.code for each in caught.value.diagnostics] == ["V001", "V001"]


def test_the_simulators_keys_are_never_used_outside_a_simulated_environment(tmp_path: Path) -> None:
    text = "mode: test\nstripe:\n  account: acct_1NvXLq2eZvKYlo2C\n  api_key_env: NO_SUCH_KEY\n"
    local = Local("http://127.0.0.1:1", "http://127.0.0.1:1", "sk_test_simulator")
    with pytest.raises(BillformError) as caught:
        asyncio.run(registry.connect(environment(tmp_path, text), {}, catalog=load(PROJECT / "catalog"), local=local))
    assert [each.code for each in caught.value.diagnostics] == ["K001"]


REAL = """\
mode: test
stripe: {account: acct_1NvXLq2eZvKYlo2C, api_key_env: STRIPE_KEY}
stores:
  main: {hash: simstore1, token_env: STORE_TOKEN}
storefronts:
  us: {channel: Shop US, currency: usd}
"""
HOOKS = """\
catalog: shop
webhooks:
  bigcommerce:
    orders:
      scope: store/order/*
      destination: https://hooks.example.com/orders
      headers: {X-Hook-Token: "env:HOOK_TOKEN", X-Again: "env:HOOK_TOKEN", X-Plain: text}
    carts:
      scope: store/cart/*
      destination: https://hooks.example.com/carts
      headers:
        X-Cart: env:CART_TOKEN
    elsewhere:
      scope: store/customer/*
      destination: https://hooks.example.com/customers
      headers: {X-Other: "env:NO_SUCH_STOREFRONT"}
      storefronts: [eu]
"""
KEYS = {"STRIPE_KEY": "sk_test_1234567890", "STORE_TOKEN": "abcdefgh"}


def unset(tmp_path: Path, variables: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Code, line and column, and summary of what a real environment's connection is refused with; nothing is sent."""
    tmp_path.joinpath("catalog").mkdir(exist_ok=True)
    tmp_path.joinpath("catalog", "hooks.yaml").write_text(HOOKS)
    where = environment(tmp_path, REAL)
    with pytest.raises(BillformError) as caught:
        asyncio.run(registry.connect(where, variables, catalog=load(tmp_path / "catalog")))
    return [(each.code, str(each.span).rpartition("/")[2], each.summary) for each in caught.value.diagnostics]


def test_a_header_whose_variable_is_not_set_stops_everything_before_anything_is_read(tmp_path: Path) -> None:
    """An apply would find out when most of it is done, and every later plan would call the hook changed by others."""
    assert unset(tmp_path, {**KEYS, "HOOK_TOKEN": "s3cret"}) == [
        ("E006", "hooks.yaml:12:17", "the environment variable `CART_TOKEN` is not set")
    ]
    broken = {**KEYS, "HOOK_TOKEN": "s3cret\nX-Another: two", "CART_TOKEN": "c"}
    assert unset(tmp_path, broken) == [
        ("K046", "hooks.yaml:7:31", "the variable `HOOK_TOKEN` holds no value that the header X-Hook-Token can have")
    ]


def test_every_variable_that_is_not_set_is_told_at_once_and_where_it_is_named(tmp_path: Path) -> None:
    assert unset(tmp_path, {}) == [
        ("K001", "here.yaml:2:55", "the environment variable `STRIPE_KEY` is not set"),
        ("E006", "here.yaml:4:38", "the environment variable `STORE_TOKEN` is not set"),
        ("E006", "hooks.yaml:7:31", "the environment variable `HOOK_TOKEN` is not set"),
        ("E006", "hooks.yaml:12:17", "the environment variable `CART_TOKEN` is not set"),
    ]


def test_the_simulator_is_given_values_for_variables_that_nobody_set(simulator: Simulator, tmp_path: Path) -> None:
    tmp_path.joinpath("catalog").mkdir()
    tmp_path.joinpath("catalog", "hooks.yaml").write_text(HOOKS)
    local = Local(simulator.stripe_url, simulator.bigcommerce_url, "sk_test_simulator", {"main": TOKEN})

    async def go() -> Mapping[str, str]:
        where, catalog = environment(tmp_path, SIMULATED), load(tmp_path / "catalog")
        async with await registry.connect(where, {}, catalog=catalog, local=local) as connections:
            return connections.accounts

    assert asyncio.run(go())["bigcommerce/main"] == STORE


def test_secrets_are_in_no_description_of_anything() -> None:
    local = Local("http://a", "http://b", "sk_test_sentinel1", {"main": "sentinel2"})
    assert "sentinel" not in repr(local)
