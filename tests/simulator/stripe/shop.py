"""A plain HTTP client of the simulated Stripe, and a shop with one object of every kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from billform.simulator.server import Simulator

KEY = "sk_test_simulator"
Form = dict[str, Any]


def bearer(key: str = KEY) -> dict[str, str]:
    """The header that authenticates."""
    return {"Authorization": f"Bearer {key}"}


@dataclass(frozen=True)
class Shop:
    """Requests as a form-encoding client sends them; `ids` names the objects that are there already."""

    http: httpx.Client
    ids: dict[str, str]

    def send(self, method: str, path: str, form: Form | None = None, **headers: str) -> httpx.Response:
        """Send one request; the form goes into the query of a GET and the body of the others."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if method in ("GET", "DELETE"):
            return self.http.request(method, path, params=form, headers=names)
        return self.http.request(method, path, data=form, headers=names)

    def ok(self, method: str, path: str, form: Form | None = None, **headers: str) -> Any:
        """Send one request that has to succeed, and answer its JSON."""
        answer = self.send(method, path, form, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **form: Any) -> Any:
        """POST what has to succeed."""
        return self.ok("POST", path, form)

    def get(self, path: str, **form: Any) -> Any:
        """GET what has to succeed."""
        return self.ok("GET", path, form)


def client(simulator: Simulator, key: str = KEY) -> httpx.Client:
    """A client of the simulated Stripe with this key."""
    return httpx.Client(base_url=simulator.stripe_url, headers=bearer(key))


def furnish(http: httpx.Client) -> Shop:
    """Make one object of every kind, and answer the shop with their ids."""
    shop = Shop(http, {})
    ids = shop.ids
    ids["product"] = shop.post("/v1/products", name="Pro Plan", id="prod_pro")["id"]
    ids["other"] = shop.post("/v1/products", name="Team Plan", id="prod_team")["id"]
    monthly: Form = {
        "product": "prod_pro",
        "currency": "usd",
        "unit_amount": 1900,
        "recurring[interval]": "month",
        "lookup_key": "pro.month",
        "currency_options[eur][unit_amount]": 1800,
    }
    ids["price"] = shop.ok("POST", "/v1/prices", monthly)["id"]
    old: Form = {"product": "prod_pro", "currency": "usd", "unit_amount": 900, "lookup_key": "pro.old"}
    ids["old"] = shop.ok("POST", "/v1/prices", {**old, "active": "false"})["id"]
    meter: Form = {"display_name": "Calls", "event_name": "calls", "default_aggregation[formula]": "sum"}
    ids["meter"] = shop.ok("POST", "/v1/billing/meters", meter)["id"]
    ids["feature"] = shop.post("/v1/entitlements/features", name="Exports", lookup_key="exports")["id"]
    attached = shop.post("/v1/products/prod_pro/features", entitlement_feature=ids["feature"])
    ids["attached"] = attached["id"]
    ids["coupon"] = shop.post("/v1/coupons", id="SAVE10", percent_off=10, duration="once")["id"]
    code: Form = {"promotion[type]": "coupon", "promotion[coupon]": "SAVE10", "code": "HELLO"}
    ids["code"] = shop.ok("POST", "/v1/promotion_codes", code)["id"]
    portal: Form = {
        "features[invoice_history][enabled]": "true",
        "features[subscription_update][enabled]": "true",
        "features[subscription_update][default_allowed_updates][0]": "price",
        "features[subscription_update][products][0][product]": "prod_pro",
        "features[subscription_update][products][0][prices][0]": ids["price"],
    }
    ids["portal"] = shop.ok("POST", "/v1/billing_portal/configurations", portal)["id"]
    ids["default_portal"] = shop.get("/v1/billing_portal/configurations", is_default="true")["data"][0]["id"]
    hook: Form = {"url": "https://shop.example/hooks", "enabled_events[0]": "product.created"}
    ids["hook"] = shop.ok("POST", "/v1/webhook_endpoints", hook)["id"]
    ids["methods"] = shop.post("/v1/payment_method_configurations", name="Cards")["id"]
    return shop


HEAD_OFFICE: Form = {
    "head_office[address][country]": "DE",
    "head_office[address][city]": "Berlin",
    "defaults[tax_code]": "txcd_10103001",
    "defaults[tax_behavior]": "exclusive",
}
