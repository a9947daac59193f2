"""Who may call: keys, modes, restricted and revoked keys, versions."""

from __future__ import annotations

import httpx
import pytest

from billform.simulator.server import Simulator
from tests.simulator.stripe.shop import Shop, bearer, client


def add_key(simulator: Simulator, **words: object) -> None:
    """Add a key through the control endpoint."""
    answer = httpx.post(f"{simulator.control_url}/stripe/keys", json=words)
    assert answer.status_code == 200, answer.text


def test_no_key(simulator: Simulator) -> None:
    """A request without a key is told where keys go."""
    answer = httpx.get(f"{simulator.stripe_url}/v1/account")
    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith("You did not provide an API key.")


def test_unknown_key_is_masked(simulator: Simulator) -> None:
    """A key that opens nothing is repeated with stars, never whole."""
    key = "sk_test_abcdefghijklmnop"
    answer = httpx.get(f"{simulator.stripe_url}/v1/account", headers=bearer(key))
    assert answer.status_code == 401
    assert "Invalid API Key provided: sk_test_" in answer.text
    assert key not in answer.text


def test_basic_authentication(simulator: Simulator) -> None:
    """The key may also come as the user name of basic authentication."""
    answer = httpx.get(f"{simulator.stripe_url}/v1/account", auth=("sk_test_simulator", ""))
    assert answer.json()["id"] == "acct_1BillformLocal00"


def test_revoked_key(simulator: Simulator) -> None:
    """A revoked key has a code of its own."""
    add_key(simulator, key="sk_test_formerly_mine", status="revoked")
    answer = httpx.get(f"{simulator.stripe_url}/v1/account", headers=bearer("sk_test_formerly_mine"))
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "api_key_expired"


def test_restricted_key(simulator: Simulator, shop: Shop) -> None:
    """A restricted key reads what it may, writes what it may, and is told which permission it lacks."""
    add_key(simulator, key="rk_test_narrow", permissions=["product_read", "coupon_write"])
    with client(simulator, "rk_test_narrow") as http:
        assert http.get("/v1/products").status_code == 200
        assert http.get("/v1/coupons").status_code == 200
        assert http.post("/v1/coupons", data={"percent_off": "5"}).status_code == 200
        for method, path, permission in (
            ("POST", "/v1/products", "rak_product_write"),
            ("GET", "/v1/prices", "rak_plan_read"),
        ):
            answer = http.request(method, path)
            assert answer.status_code == 403
            assert f"'{permission}' permission" in answer.json()["error"]["message"]


def test_live_and_test_are_apart(simulator: Simulator, shop: Shop) -> None:
    """The two modes of an account share nothing but the account."""
    with client(simulator, "sk_live_simulator") as live:
        assert live.get("/v1/products").json()["data"] == []
        made = live.post("/v1/products", data={"name": "Live", "id": "prod_pro"})
        assert made.json()["livemode"] is True
        assert live.get("/v1/account").json()["id"] == shop.get("/v1/account")["id"]
    assert shop.get("/v1/products/prod_pro")["livemode"] is False


def test_ids_of_the_other_mode(simulator: Simulator, shop: Shop) -> None:
    """An id of the other mode is missing, with a hint that it exists there."""
    with client(simulator, "sk_live_simulator") as live:
        answer = live.get(f"/v1/prices/{shop.ids['price']}")
    assert answer.status_code == 404
    hint = "; a similar object exists in test mode, but a live mode key was used to make this request."
    assert answer.json()["error"]["message"].endswith(hint)


def test_json_is_not_a_form(shop: Shop) -> None:
    """The API takes forms, not JSON."""
    answer = shop.http.post("/v1/products", json={"name": "Pro"})
    assert answer.status_code == 400
    assert "application/x-www-form-urlencoded" in answer.json()["error"]["message"]


def test_another_account(simulator: Simulator, shop: Shop) -> None:
    """A key of another account sees that account and none of ours."""
    add_key(simulator, key="sk_test_elsewhere", account="acct_1Elsewhere0000")
    with client(simulator, "sk_test_elsewhere") as http:
        assert http.get("/v1/account").json()["id"] == "acct_1Elsewhere0000"
        assert http.get("/v1/products").json()["data"] == []
        refused = http.get("/v1/accounts/acct_1BillformLocal00")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "account_invalid")


def test_account_header_must_be_ours(shop: Shop) -> None:
    """Acting for an account that is not connected is refused."""
    answer = shop.send("GET", "/v1/products", stripe_account="acct_other")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "account_invalid"


def test_https_only_in_live_mode(simulator: Simulator) -> None:
    """A webhook over http is fine while testing and refused in live mode."""
    form = {"url": "http://shop.example/hooks", "enabled_events[]": "*"}
    with client(simulator) as test, client(simulator, "sk_live_simulator") as live:
        assert test.post("/v1/webhook_endpoints", data=form).status_code == 200
        refused = live.post("/v1/webhook_endpoints", data=form)
    assert refused.json()["error"]["code"] == "url_invalid"


@pytest.mark.parametrize("version", ["2026-10-28.endive", "2025-03-31.basil"])
def test_known_version(shop: Shop, version: str) -> None:
    """A version that Stripe has published is accepted and echoed."""
    answer = shop.send("GET", "/v1/account", stripe_version=version)
    assert answer.status_code == 200
    assert answer.headers["stripe-version"] == version


def test_unknown_version(shop: Shop) -> None:
    """A version that was never published is refused."""
    answer = shop.send("GET", "/v1/account", stripe_version="2026-10-29.endive")
    assert answer.status_code == 400
    assert "Invalid Stripe API version" in answer.json()["error"]["message"]


def test_every_answer_has_a_request_id(shop: Shop) -> None:
    """Answers and refusals alike can be traced."""
    good, bad = shop.send("GET", "/v1/account"), shop.send("GET", "/v1/gadgets")
    assert good.headers["request-id"].startswith("req_")
    assert bad.headers["request-id"].startswith("req_")
    assert good.headers["request-id"] != bad.headers["request-id"]
