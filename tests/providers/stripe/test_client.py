"""The client: which account it opens, how it reads, and how it writes once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from billform.core.diagnostic import BillformError
from billform.providers.http import Failure, VendorError
from billform.providers.stripe.client import StripeAccount, connect
from billform.providers.stripe.lists import PRICES, PRODUCTS
from billform.simulator.server import Simulator

from .shop import KINDS, Shop, catalog, environment, open_shop

ACCOUNT = "acct_1BillformLocal00"
LIVE = {"mode": "live", "stripe": {"account": ACCOUNT, "api_key_env": "KEY"}}
TEST = {"mode": "test", "stripe": {"account": ACCOUNT, "api_key_env": "KEY"}}


def connecting(secrets: dict[str, str], **words: Any) -> BillformError:
    with pytest.raises(BillformError) as raised:
        asyncio.run(connect(environment(**words), secrets, url="http://127.0.0.1:1"))
    for secret in secrets.values():
        assert not secret.strip() or secret.strip() not in f"{raised.value} {raised.value.diagnostics}"
    return raised.value


@pytest.mark.parametrize(
    ("code", "key", "words"),
    [
        ("K001", None, LIVE),
        ("K001", "  ", LIVE),
        ("K002", "hunter2hunter2", LIVE),
        ("K002", "pk_live_1234567890", LIVE),
        ("K002", "sk_org_live_1234567890", LIVE),
        ("K002", "sk_live_12 34567890", LIVE),
        ("K003", "sk_test_1234567890", LIVE),
        ("K003", "rk_live_1234567890", TEST),
    ],
)
def test_a_key_that_cannot_be_right_is_refused_before_anything_is_sent(
    code: str, key: str | None, words: dict[str, Any]
) -> None:
    problem = connecting({} if key is None else {"KEY": key}, **words)
    assert [each.code for each in problem.diagnostics] == [code]
    assert all(each.hint for each in problem.diagnostics)


def test_an_environment_without_a_simulator_says_so() -> None:
    with pytest.raises(BillformError, match="K009"):
        asyncio.run(connect(environment(), {}))


def verifying(shop: Shop, key: str, account: str | None = ACCOUNT) -> Any:
    async def run() -> str:
        opened = environment(stripe={"account": account, "api_key_env": "KEY"})
        async with await connect(opened, {"KEY": key, "BILLFORM_STRIPE_URL": shop.simulator.stripe_url}) as client:
            return await client.verify()

    return asyncio.run(run())


def test_the_account_is_held_against_the_environment(shop: Shop) -> None:
    assert verifying(shop, "sk_test_simulator") == ACCOUNT
    assert verifying(shop, "sk_test_simulator", None) == ACCOUNT
    with pytest.raises(BillformError, match=r"K004.*acct_1BillformLocal00.*acct_1Another"):
        verifying(shop, "sk_test_simulator", "acct_1Another")


def test_revoked_unknown_and_restricted_keys_are_told_apart_and_never_shown(shop: Shop) -> None:
    shop.control("POST", "stripe/keys", {"key": "rk_test_narrowkey1", "permissions": ["product_write"]})
    shop.control("POST", "stripe/keys", {"key": "sk_test_revokedkey", "status": "revoked"})
    for key, code in {"rk_test_narrowkey1": "K005", "sk_test_revokedkey": "K006", "sk_test_unknownkey": "K006"}.items():
        with pytest.raises(BillformError, match=code) as raised:
            verifying(shop, key)
        shown = f"{raised.value} {raised.value.diagnostics!r} {raised.value.__cause__!r} {raised.value.__cause__}"
        assert key not in shown


def test_every_request_names_the_version_and_tells_nothing_about_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    seen: list[Any] = []
    watching = [*Simulator.OBSERVERS, lambda exchange: seen.append(exchange.request.headers)]
    monkeypatch.setattr(Simulator, "OBSERVERS", watching)
    with open_shop() as shop:
        shop.apply(catalog(plans={"pro": {}}))
    assert seen
    for headers in seen:
        assert headers["stripe-version"] == "2026-10-28.endive"
        assert "x-stripe-client-telemetry" not in headers
        assert "telemetry_id" not in headers["x-stripe-client-user-agent"]
    assert not list(tmp_path.rglob("telemetry_id"))


def many_products(shop: Shop, count: int) -> None:
    for number in range(count):
        shop.raw("POST", "/v1/products", {"name": f"P{number}", "id": f"p{number}"})


def test_a_snapshot_reads_each_list_once_and_to_the_end(shop: Shop) -> None:
    many_products(shop, 105)
    shop.control("DELETE", "log")
    found = shop.observe()
    assert len([each for each in found if each.kind == "stripe.product"]) == 105
    reads = [each for each in shop.requests() if each["path"] == "/v1/products"]
    assert len(reads) == 2  # pages, of active and archived ones alike
    assert len(shop.requests()) < 20


def test_a_kind_that_reads_again_sees_what_has_changed(shop: Shop) -> None:
    async def work(client: StripeAccount) -> list[int]:
        sizes = [len(await client.read(PRODUCTS, by="a"))]
        shop.raw("POST", "/v1/products", {"name": "New"})
        sizes.append(len(await client.read(PRODUCTS, by="b")))  # the same snapshot
        sizes.append(len(await client.read(PRODUCTS, by="a")))  # a new one
        sizes.append(len(await client.read(PRODUCTS, by="b")))
        shop.raw("POST", "/v1/products", {"name": "Newer"})
        await client.create("/v1/products", {"name": "Newest"}, "key")
        sizes.append(len(await client.read(PRODUCTS, by="c")))  # writes end a snapshot
        return sizes

    assert shop.with_client(work) == [0, 0, 1, 1, 3]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"action": "server_error", "status": 503}, Failure.SERVER),
        ({"action": "html", "status": 200}, Failure.NOT_JSON),
        ({"action": "cut_body"}, Failure.NETWORK),
        ({"action": "cut_connection"}, Failure.NETWORK),
    ],
)
def test_a_page_that_fails_is_an_error_and_never_a_shorter_list(
    shop: Shop, fault: dict[str, Any], failure: Failure
) -> None:
    many_products(shop, 101)
    shop.control("POST", "faults", {**fault, "path": "/v1/products", "pages": "later", "count": None})
    with pytest.raises(VendorError) as raised:
        shop.observe("stripe.product")
    assert raised.value.failure is failure
    shop.control("DELETE", "faults")
    assert len(shop.observe("stripe.product")) == 101


def test_a_failed_list_fails_for_everybody_and_is_read_anew_next_time(shop: Shop) -> None:
    shop.control("POST", "faults", {"action": "server_error", "path": "/v1/prices", "count": None})

    async def work(client: StripeAccount) -> int:
        tasks = [client.read(PRICES, by=name) for name in ("a", "b")]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(each, VendorError) for each in results)
        shop.control("DELETE", "faults")
        return len(await client.read(PRICES, by="a"))

    assert shop.with_client(work) == 0


def created(shop: Shop, path: str = "/v1/products") -> int:
    return len(shop.raw("GET", f"{path}?limit=100")["data"])


def making(name: str = "P", key: str = "key") -> Callable[[StripeAccount], Awaitable[Any]]:
    async def work(client: StripeAccount) -> Any:
        return await client.create("/v1/products", {"name": name}, key)

    return work


@pytest.mark.parametrize("action", ["lost_answer", "cut_body", "server_error", "rate_limit"])
def test_a_create_whose_answer_is_lost_makes_one_object(shop: Shop, action: str) -> None:
    moment = "before" if action == "rate_limit" else "after"
    saved = {"saved": False} if action == "server_error" else {}
    shop.control("POST", "faults", {"action": action, "writes": True, "moment": moment, "count": 2, **saved})
    try:
        answer = shop.with_client(making())
    except VendorError:
        answer = shop.with_client(making())
    assert answer["name"] == "P"
    assert created(shop) == 1


def test_the_same_key_makes_it_once(shop: Shop) -> None:
    assert shop.with_client(making())["id"] == shop.with_client(making())["id"]
    assert created(shop) == 1


def test_a_replayed_answer_about_an_object_that_is_gone_does_not_count(shop: Shop) -> None:
    first = shop.with_client(making())
    shop.raw("DELETE", f"/v1/products/{first['id']}")
    again = shop.with_client(making())
    assert again["id"] != first["id"]
    assert created(shop) == 1


def test_a_plan_that_is_run_again_after_it_was_rolled_back_makes_what_it_says(shop: Shop) -> None:
    """As a job that is started again does: under the same keys, which Stripe remembers for a day."""
    monthly = {"monthly": {"every": "month", "amount": 49, "default": True}}
    yearly = {"yearly": {"every": "year", "amount": 490, "lookup_key": "year"}}
    before = catalog(plans={"pro": {"charges": {"base": {"prices": monthly}}}})
    after = catalog(
        plans={"pro": {"charges": {"base": {"prices": {**monthly, **yearly}}}}},
        coupons={"launch": {"percent_off": 5}},
        promotion_codes={"spring": {"coupon": "launch"}},
        webhooks={"stripe": {"main": {"url": "https://example.com", "events": ["*"]}}},
    )

    def there() -> list[tuple[str, str]]:
        return sorted((live.kind, live.mark.key) for live in shop.observe(*names) if live.active and live.mark)

    names = "stripe.price", "stripe.promotion_code", "stripe.coupon", "stripe.webhook_endpoint"
    shop.apply(before)
    plan = shop.plan(after)
    shop.run(plan)
    made = there()
    assert len(made) == 5
    shop.run(plan)  # all answers were lost: nothing is doubled
    assert there() == made
    shop.apply(before)
    shop.run(plan)
    assert there() == made


def test_an_archived_product_that_holds_our_id_is_no_success(shop: Shop) -> None:
    plan = shop.plan(catalog(plans={"pro": {}}))
    shop.run(plan)
    shop.raw("POST", "/v1/products/nimbus-pro", {"active": "false"})
    with pytest.raises(VendorError, match="already exists"):
        shop.run(plan)


def test_an_update_that_stripe_only_replays_is_made_again(shop: Shop) -> None:
    first = shop.with_client(making())

    async def rename(client: StripeAccount) -> None:
        await client.update("/v1/products", first["id"], {"name": "Q"}, "rename")

    shop.with_client(rename)
    shop.raw("POST", f"/v1/products/{first['id']}", {"name": "drifted"})
    shop.with_client(rename)
    assert shop.raw("GET", f"/v1/products/{first['id']}")["name"] == "Q"


@pytest.mark.parametrize("key", ["product/nimbus-pro", "coupon/launch"])
def test_a_create_under_our_own_id_is_found_again_a_day_later(shop: Shop, key: str) -> None:
    """Idempotency keys last a day; the id that we chose lasts."""
    wanted = catalog(plans={"pro": {}}, coupons={"launch": {"percent_off": 5}})
    plan = shop.plan(wanted)
    shop.run(plan)
    shop.control("PUT", "clock", {"offset": 100_000})
    shop.run(plan)
    assert not shop.plan(wanted).changes
    assert key.partition("/")[2] in {each.id for each in shop.observe("stripe.product", "stripe.coupon")}


def test_an_id_that_holds_something_else_is_no_success(shop: Shop) -> None:
    plan = shop.plan(catalog(plans={"pro": {}}))
    shop.raw("POST", "/v1/products", {"name": "Theirs", "id": "nimbus-pro"})
    with pytest.raises(VendorError) as raised:
        shop.run(plan)
    assert raised.value.vendor_code == "resource_already_exists"
    assert raised.value.code == "V010"


@pytest.mark.wrong_on_purpose
def test_a_refusal_carries_the_vendors_words_and_request(shop: Shop) -> None:
    with pytest.raises(VendorError, match="Missing required param: name") as raised:
        shop.with_client(lambda client: client.create("/v1/products", {}, "k"))
    assert raised.value.status == 400
    assert raised.value.request_id


def test_no_secret_reaches_a_log(
    shop: Shop, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import stripe

    monkeypatch.setattr(stripe._util, "STRIPE_LOG", "debug")  # as the environment variable would have it
    with caplog.at_level(logging.DEBUG):
        hook = {"url": "https://example.com", "events": ["*"]}
        shop.apply(catalog(webhooks={"stripe": {"main": hook}}))
    shown = "".join([caplog.text, *capfd.readouterr()])
    assert shop.secrets["stripe.webhook_endpoint/main"] not in shown
    assert "sk_test_simulator" not in shown


def test_every_reason_is_a_sentence() -> None:
    for kind in KINDS.values():
        for name, info in kind.spec.model_fields.items():
            for mark in info.metadata:
                reason = getattr(mark, "reason", None)
                assert reason is None or len(reason.split()) > 3, f"{kind.name}.{name}"


def test_importing_the_kinds_does_not_import_the_vendors_package() -> None:
    import subprocess
    import sys

    modules = ", ".join(type(kind).__module__ for kind in KINDS.values())
    script = f"import sys, {modules}; sys.exit('stripe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
