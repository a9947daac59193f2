"""What the other objects answer: defaults, merges, unsetting, computed fields."""

from __future__ import annotations

import time

import httpx

from billform.simulator.server import Simulator
from tests.simulator.stripe.shop import HEAD_OFFICE, Shop


def test_product_defaults_and_unsetting(shop: Shop) -> None:
    """A product comes with Stripe's defaults; "" unsets what can be unset."""
    product = shop.get("/v1/products/prod_pro")
    for key in ("description", "default_price", "shippable", "tax_code", "unit_label", "url", "package_dimensions"):
        assert product[key] is None
    assert (product["images"], product["marketing_features"], product["metadata"]) == ([], [], {})
    assert (product["active"], product["type"]) == (True, "service")
    full = {
        "description": "All of it",
        "unit_label": "seat",
        "url": "https://shop.example",
        "tax_code": "txcd_10103001",
        "images[]": "https://shop.example/1.png",
        "marketing_features[0][name]": "Exports",
        "metadata[a]": "1",
    }
    shop.post("/v1/products/prod_pro", **full)
    names = ("description", "unit_label", "url", "tax_code", "images", "marketing_features", "metadata")
    bare = shop.post("/v1/products/prod_pro", **dict.fromkeys(names, ""))
    assert bare == {**product, "updated": bare["updated"]}


def test_metadata_merges(shop: Shop) -> None:
    """Metadata is merged by key; an empty value takes one key away, an empty map all."""
    path = "/v1/products/prod_pro"
    shop.post(path, **{"metadata[a]": "1", "metadata[b]": "2"})
    assert shop.post(path, **{"metadata[b]": "", "metadata[c]": 3})["metadata"] == {"a": "1", "c": "3"}
    assert shop.post(path, name="Renamed")["metadata"] == {"a": "1", "c": "3"}
    assert shop.post(path, **{"metadata[0]": "zero"})["metadata"] == {"a": "1", "c": "3", "0": "zero"}
    assert shop.post(path, metadata="")["metadata"] == {}


def test_objects_are_read_by_their_ids(shop: Shop) -> None:
    """What an endpoint lists, it also shows one by one."""
    shop.post("/v1/tax/settings", **HEAD_OFFICE)
    shop.post("/v1/tax/registrations", country="DE", active_from="now", **{"country_options[de][type]": "standard"})
    for path in ("tax/registrations", "payment_method_configurations", "webhook_endpoints", "tax_codes"):
        for listed in shop.get(f"/v1/{path}")["data"]:
            assert shop.get(f"/v1/{path}/{listed['id']}") == listed
    account = shop.get("/v1/account")
    assert shop.get(f"/v1/accounts/{account['id']}") == account


def test_two_spellings_of_the_tax_code(shop: Shop) -> None:
    """tax_code and tax_details.tax_code are one setting."""
    product = shop.post("/v1/products/prod_pro", tax_code="txcd_10103001")
    assert product["tax_details"] == {"performance_location": None, "tax_code": "txcd_10103001"}
    product = shop.post("/v1/products/prod_pro", **{"tax_details[tax_code]": "txcd_10103000"})
    assert product["tax_code"] == "txcd_10103000"


def test_package_dimensions(shop: Shop) -> None:
    """Dimensions are kept to two decimal places, and unset with an empty value."""
    form = {f"package_dimensions[{side}]": 1.239 for side in ("height", "length", "weight", "width")}
    product = shop.post("/v1/products/prod_pro", **form)
    assert product["package_dimensions"] == dict.fromkeys(("height", "length", "weight", "width"), 1.24)
    assert shop.post("/v1/products/prod_pro", package_dimensions="")["package_dimensions"] is None


def test_first_price_with_the_product(shop: Shop) -> None:
    """default_price_data makes the price and points at it."""
    form = {"name": "Basic", "default_price_data[currency]": "usd", "default_price_data[unit_amount]": 500}
    product = shop.post("/v1/products", **form, **{"expand[]": "default_price"})
    assert product["default_price"]["unit_amount"] == 500
    assert product["default_price"]["product"] == product["id"]


def test_deleted_product(shop: Shop) -> None:
    """A product without prices goes, and its id can be taken again."""
    gone = shop.ok("DELETE", "/v1/products/prod_team")
    assert gone == {"id": "prod_team", "object": "product", "deleted": True}
    assert shop.post("/v1/products", id="prod_team", name="Team again")["name"] == "Team again"


def test_coupon_currencies_merge(shop: Shop) -> None:
    """Further currencies of a coupon are merged in, and the base one is among them."""
    form = {"id": "FIVE", "amount_off": 500, "currency": "usd", "currency_options[eur][amount_off]": 450}
    shop.post("/v1/coupons", **form)
    coupon = shop.post("/v1/coupons/FIVE", **{"currency_options[jpy][amount_off]": 700, "expand[]": "currency_options"})
    amounts = {key: option["amount_off"] for key, option in coupon["currency_options"].items()}
    assert amounts == {"usd": 500, "eur": 450, "jpy": 700}
    assert "currency_options" not in shop.get("/v1/coupons/FIVE")


def test_coupon_is_valid_until_its_end(simulator: Simulator, shop: Shop) -> None:
    """valid is computed: past redeem_by neither the coupon nor its codes can be used."""
    end = int(time.time()) + 3600
    shop.post("/v1/coupons", id="SOON", percent_off=12.5, redeem_by=end)
    code = shop.post("/v1/promotion_codes", code="SOON", **{"promotion[type]": "coupon", "promotion[coupon]": "SOON"})
    assert (shop.get("/v1/coupons/SOON")["valid"], code["active"]) == (True, True)
    httpx.put(f"{simulator.control_url}/clock", json={"offset": 3700})
    assert shop.get("/v1/coupons/SOON")["valid"] is False
    assert shop.get(f"/v1/promotion_codes/{code['id']}")["active"] is False


def test_deleting_a_coupon_ends_its_codes(shop: Shop) -> None:
    """The codes stay, switched off, and still show the coupon they had."""
    shop.ok("DELETE", "/v1/coupons/SAVE10")
    code = shop.get(f"/v1/promotion_codes/{shop.ids['code']}", **{"expand[]": "promotion.coupon"})
    assert code["active"] is False
    assert (code["promotion"]["coupon"]["id"], code["promotion"]["coupon"]["valid"]) == ("SAVE10", False)
    assert shop.post("/v1/coupons", id="SAVE10", percent_off=20)["percent_off"] == 20


def test_promotion_code_defaults(shop: Shop) -> None:
    """Restrictions come back with defaults, the coupon as an id, and a code that is left out is made up."""
    code = shop.get(f"/v1/promotion_codes/{shop.ids['code']}")
    none = {"first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None}
    assert (code["restrictions"], code["promotion"]) == (none, {"coupon": "SAVE10", "type": "coupon"})
    made_up = shop.post("/v1/promotion_codes", **{"promotion[type]": "coupon", "promotion[coupon]": "SAVE10"})["code"]
    assert (len(made_up), made_up) == (8, made_up.upper())


def test_promotion_code_minimum(shop: Shop) -> None:
    """The minimum in further currencies can be added later and comes only expanded."""
    form = {
        "promotion[type]": "coupon",
        "promotion[coupon]": "SAVE10",
        "restrictions[minimum_amount]": 1000,
        "restrictions[minimum_amount_currency]": "usd",
    }
    path = f"/v1/promotion_codes/{shop.post('/v1/promotion_codes', **form)['id']}"
    changed = shop.post(path, **{"restrictions[currency_options][eur][minimum_amount]": 900})
    assert "currency_options" not in changed["restrictions"]
    shown = shop.get(path, **{"expand[]": "restrictions.currency_options"})["restrictions"]["currency_options"]
    assert shown == {"usd": {"minimum_amount": 1000}, "eur": {"minimum_amount": 900}}


def test_codes_give_way(shop: Shop) -> None:
    """A code that was switched off can be made again."""
    shop.post(f"/v1/promotion_codes/{shop.ids['code']}", active="false")
    form = {"promotion[type]": "coupon", "promotion[coupon]": "SAVE10", "code": "HELLO"}
    assert shop.post("/v1/promotion_codes", **form)["active"] is True


def test_meter_defaults_and_status(shop: Shop) -> None:
    """A meter has default mappings; it goes off and on again."""
    path = f"/v1/billing/meters/{shop.ids['meter']}"
    meter = shop.get(path)
    assert meter["customer_mapping"] == {"type": "by_id", "event_payload_key": "stripe_customer_id"}
    assert (meter["value_settings"], meter["event_time_window"]) == ({"event_payload_key": "value"}, None)
    off = shop.post(f"{path}/deactivate")
    assert off["status"] == "inactive"
    assert off["status_transitions"]["deactivated_at"] is not None
    on = shop.post(f"{path}/reactivate")
    assert (on["status"], on["status_transitions"]["deactivated_at"]) == ("active", None)


def test_feature_is_archived_and_detached(shop: Shop) -> None:
    """A feature is archived by an update; detaching leaves the feature."""
    gone = shop.ok("DELETE", f"/v1/products/prod_pro/features/{shop.ids['attached']}")
    assert (gone["object"], gone["deleted"]) == ("product_feature", True)
    assert shop.get("/v1/products/prod_pro/features")["data"] == []
    assert shop.post(f"/v1/entitlements/features/{shop.ids['feature']}", active="false")["active"] is False
    assert shop.post(f"/v1/entitlements/features/{shop.ids['feature']}", name="Export")["name"] == "Export"


def test_portal_fills_in_every_feature(shop: Shop) -> None:
    """What is not given comes back with Stripe's defaults; an update changes only its leaves."""
    path = f"/v1/billing_portal/configurations/{shop.ids['portal']}"
    features = shop.get(path)["features"]
    assert features["customer_update"] == {"allowed_updates": [], "enabled": False}
    assert features["subscription_cancel"]["mode"] == "at_period_end"
    assert features["subscription_update"]["default_allowed_updates"] == ["price"]
    changed = shop.post(
        path,
        **{
            "features[customer_update][enabled]": "true",
            "features[customer_update][allowed_updates][]": "address",
            "business_profile[headline]": "Welcome",
            "login_page[enabled]": "true",
        },
    )
    assert changed["features"]["customer_update"] == {"allowed_updates": ["address"], "enabled": True}
    assert changed["features"]["subscription_update"] == features["subscription_update"]
    assert changed["business_profile"]["headline"] == "Welcome"
    assert changed["login_page"]["url"].startswith("https://billing.stripe.com/p/login/test_")
    cleared = shop.post(path, **{"business_profile[headline]": "", "active": "false"})
    assert (cleared["business_profile"]["headline"], cleared["active"]) == (None, False)


def test_one_default_portal(shop: Shop) -> None:
    """The account brings a default configuration; those made by API are not it."""
    path = "/v1/billing_portal/configurations"
    assert [row["id"] for row in shop.get(path, is_default="true")["data"]] == [shop.ids["default_portal"]]
    assert [row["id"] for row in shop.get(path, is_default="false")["data"]] == [shop.ids["portal"]]


def test_tax_settings_become_active(shop: Shop) -> None:
    """The settings are pending until head office and default tax code are known, and merge what is given."""
    before = shop.get("/v1/tax/settings")
    assert before["status"] == "pending"
    assert before["status_details"]["pending"]["missing_fields"] == ["head_office", "defaults.tax_code"]
    after = shop.post("/v1/tax/settings", **HEAD_OFFICE)
    assert after["status"] == "active"
    merged = shop.post("/v1/tax/settings", **{"head_office[address][line1]": "Unter den Linden 1"})
    address = merged["head_office"]["address"]
    assert (address["city"], address["line1"], address["postal_code"]) == ("Berlin", "Unter den Linden 1", None)
    assert merged["defaults"] == {"provider": "stripe", "tax_behavior": "exclusive", "tax_code": "txcd_10103001"}


def test_registration_begins_and_ends(shop: Shop) -> None:
    """`now` becomes a time, the scheme is filled in, and what has ended stays so and frees its place."""
    shop.post("/v1/tax/settings", **HEAD_OFFICE)
    path = "/v1/tax/registrations"
    form = {"country": "DE", "active_from": "now", "country_options[de][type]": "standard"}
    one = shop.post(path, **form)
    assert (one["status"], one["expires_at"]) == ("active", None)
    assert abs(one["active_from"] - time.time()) < 5
    assert one["country_options"] == {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}}
    ended = shop.post(f"{path}/{one['id']}", expires_at="now")
    assert ended["status"] == "expired"
    assert shop.send("POST", f"{path}/{one['id']}", {"expires_at": ""}).status_code == 400
    assert shop.post(path, **form)["status"] == "active"
    counts = {status: len(shop.get(path, status=status)["data"]) for status in ("all", "active", "expired")}
    assert counts == {"all": 2, "active": 1, "expired": 1}


def test_registration_that_is_scheduled(shop: Shop) -> None:
    """A registration that begins later is scheduled; India's options are called `in`."""
    shop.post("/v1/tax/settings", **HEAD_OFFICE)
    form = {"country": "IN", "active_from": int(time.time()) + 9000, "country_options[in][type]": "simplified"}
    made = shop.post("/v1/tax/registrations", **form)
    assert (made["status"], made["country_options"]) == ("scheduled", {"in": {"type": "simplified"}})
    assert shop.get("/v1/tax/registrations", status="scheduled")["data"] == [made]


def test_states_are_separate_places(shop: Shop) -> None:
    """One registration per state; the same state twice is refused."""
    shop.post("/v1/tax/settings", **HEAD_OFFICE)
    form = {"country": "US", "active_from": "now", "country_options[us][type]": "state_sales_tax"}
    for state in ("CA", "NY"):
        made = shop.post("/v1/tax/registrations", **form, **{"country_options[us][state]": state})
        assert made["country_options"]["us"]["state"] == state
    again = shop.send("POST", "/v1/tax/registrations", {**form, "country_options[us][state]": "CA"})
    assert again.status_code == 400


def test_webhook_secret_is_shown_once(shop: Shop) -> None:
    """Only the answer to the creation carries the secret; disabling shows as a status."""
    form = {"url": "https://shop.example/a", "enabled_events[]": "*", "description": "All", "metadata[a]": "1"}
    made = shop.post("/v1/webhook_endpoints", **form)
    assert made["secret"].startswith("whsec_")
    assert (made["api_version"], made["status"], made["enabled_events"]) == (None, "enabled", ["*"])
    path = f"/v1/webhook_endpoints/{made['id']}"
    assert "secret" not in shop.get(path)
    off = shop.post(path, disabled="true", description="")
    assert (off["status"], off["description"]) == ("disabled", None)
    assert "secret" not in off
    assert "disabled" not in off
    assert shop.post(path, disabled="false")["status"] == "enabled"
    assert shop.ok("DELETE", path)["deleted"] is True


def test_payment_methods(shop: Shop) -> None:
    """A preference comes back with what it amounts to; what was not asked for is there too."""
    path = f"/v1/payment_method_configurations/{shop.ids['methods']}"
    changed = shop.post(path, **{"klarna[display_preference][preference]": "on"})
    assert changed["klarna"] == {
        "available": True,
        "display_preference": {"overridable": None, "preference": "on", "value": "on"},
    }
    assert changed["card"]["display_preference"]["value"] == "on"
    assert shop.post(path, name="Wallets")["klarna"] == changed["klarna"]
    assert shop.post(path, active="false")["active"] is False
    page = shop.get("/v1/payment_method_configurations")["data"]
    assert [row["is_default"] for row in page] == [False, True]
