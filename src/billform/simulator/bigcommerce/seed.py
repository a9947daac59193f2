"""The store that a new simulator comes with, and how further stores and API accounts are made."""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import categories, tax_classes
from billform.simulator.bigcommerce.shop import Shop
from billform.simulator.vendor import Setting
from billform.simulator.world import Row

HASH: Final = "simstore1"
TOKEN: Final = "bc_simulator_token"  # noqa: S105  # a fixed fake
CLIENT_ID: Final = "simclient1"
CLIENT_SECRET: Final = "bc_simulator_client_secret_0123456789"  # noqa: S105  # a fixed fake

ALL_SCOPES: Final = (
    "store_v2_products",
    "store_v2_customers",
    "store_v2_customers_login",
    "store_v2_orders",
    "store_v2_transactions",
    "store_v2_information",
    "store_v2_content",
    "store_content_checkout",
    "store_channel_settings",
    "store_channel_listings",
    "store_sites",
    "store_cart",
    "store_checkout",
    "store_payments_methods_read",
    "store_payments_access_token_create",
    "store_stored_payment_instruments_read_only",
    "store_storefront_api",
    "store_metafield_write",
)
"""Every scope but `store_metafield_write_all`, which lets one account change another's metafields."""

SETTINGS: Final[dict[str, bool | int]] = {
    "price_lists": True,
    "customer_groups": True,
    "loopback_hooks": False,
    "partial_writes": 0,
}
"""Switches of a store that the vendor's API does not have; see `control.py`."""

_TAX_CLASSES: Final = ((0, "Default Tax Class"), (2, "Shipping"), (3, "Gift Wrapping"), (4, "Digital services"))
_CURRENCIES: Final = (
    (1, "USD", "US", "US Dollar", "$", 2, "1.0000000000"),
    (2, "EUR", "DE", "Euro", "€", 2, "0.9200000000"),
    (3, "JPY", "JP", "Yen", "¥", 0, "150.0000000000"),
)


def fill(setting: Setting) -> None:
    """Make the store `simstore1` with its token."""
    add_store(setting, HASH, name="Nimbus")
    add_account(setting, TOKEN, store=HASH, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)


def add_account(
    setting: Setting,
    token: str,
    *,
    store: str,
    client_id: str,
    client_secret: str,
    scopes: tuple[str, ...] = ALL_SCOPES,
) -> Row:
    """Make an API account, or replace the one with that token."""
    row = {
        "token": token,
        "store": store,
        "client_id": client_id,
        "client_secret": client_secret,
        "scopes": list(scopes),
        "revoked": False,
    }
    return setting.world.table("bigcommerce/accounts").put(token, row)


def add_store(setting: Setting, store: str, *, name: str) -> Shop:
    """Make a store with two channels, three currencies, a category tree and tax classes."""
    number = 1_000_000_000 + setting.world.sequence("bigcommerce/stores")
    setting.world.table("bigcommerce/stores").put(store, _profile(store, name, number))
    shop = Shop(setting, store)
    for channel in (_channel(shop, 1, f"{name} US", "USD"), _channel(shop, 2, f"{name} EU", "EUR")):
        shop.add("channels", channel)
    for currency in _CURRENCIES:
        shop.add("currencies", _currency(shop, currency))
    shop.add("trees", {"id": 1, "name": "Default catalog tree", "channels": [1, 2]})
    for category in ("Plans", "Add-ons"):
        categories.add(shop, {"name": category, "tree_id": 1, "parent_id": 0})
    for class_id, title in _TAX_CLASSES:
        tax_classes.add(shop, title, class_id)
    return shop


def _profile(store: str, name: str, number: int) -> Row:
    domain = f"{store}.simulated.example"
    return {
        "id": store,
        "account_uuid": f"00000000-0000-4000-8000-{number:012d}",
        "domain": domain,
        "secure_url": f"https://{domain}",
        "control_panel_base_url": f"https://{domain}/manage",
        "status": "live",
        "name": name,
        "first_name": "Sim",
        "last_name": "Ulator",
        "address": "1 Loopback Way",
        "country": "United States",
        "country_code": "US",
        "infrastructure_region": "us-central1",
        "phone": "",
        "admin_email": f"owner@{domain}",
        "order_email": f"orders@{domain}",
        "favicon_url": "",
        "timezone": {
            "name": "UTC",
            "raw_offset": 0,
            "dst_offset": 3600,
            "dst_correction": False,
            "date_format": {"display": "M jS Y", "export": "M jS Y", "extended_display": "M jS Y @ g:i A"},
        },
        "language": "en",
        "currency": "USD",
        "currency_symbol": "$",
        "decimal_separator": ".",
        "thousands_separator": ",",
        "decimal_places": 2,
        "currency_symbol_location": "left",
        "weight_units": "KGS",
        "dimension_units": "Centimeters",
        "dimension_decimal_places": 2,
        "dimension_decimal_token": ".",
        "dimension_thousands_token": ",",
        "plan_name": "Enterprise Sandbox",
        "plan_level": "Enterprise Sandbox",
        "plan_is_trial": False,
        "industry": "",
        "logo": [],
        "is_price_entered_with_tax": False,
        "store_id": number,
        "default_site_id": 1000,
        "default_channel_id": 1,
        "active_comparison_modules": [],
        "features": {
            "stencil_enabled": True,
            "sitewidehttps_enabled": True,
            "facebook_catalog_id": "",
            "checkout_type": "optimized",
            "wishlists_enabled": False,
            "graphql_storefront_api_enabled": True,
            "shopper_consent_tracking_enabled": True,
            "multi_storefront_enabled": True,
            "storefront_limits": {"active": 2, "total_including_inactive": 4},
        },
        "settings": dict(SETTINGS),
    }


def _channel(shop: Shop, number: int, name: str, currency: str) -> dict[str, Any]:
    stamp, url = shop.zulu, f"https://{shop.hash}-{number}.simulated.example"
    address = {"url": url, "created_at": stamp, "updated_at": stamp}
    return {
        "id": number,
        "name": name,
        "type": "storefront",
        "platform": "bigcommerce",
        "status": "active",
        "external_id": "",
        "is_listable_from_ui": True,
        "is_visible": True,
        "icon_url": "",
        "date_created": stamp,
        "date_modified": stamp,
        "currencies": {"enabled_currencies": [row[1] for row in _CURRENCIES], "default_currency": currency},
        "site": {
            "id": 999 + number,
            "channel_id": number,
            **address,
            "ssl_status": "dedicated",
            "is_checkout_url_customized": False,
            "urls": [{**address, "type": kind} for kind in ("primary", "canonical", "checkout")],
        },
    }


def _currency(shop: Shop, words: tuple[int, str, str, str, str, int, str]) -> dict[str, Any]:
    number, code, country, name, token, places, rate = words
    return {
        "id": number,
        "is_default": number == 1,
        "country_iso2": country,
        "default_for_country_codes": [country],
        "currency_code": code,
        "currency_exchange_rate": rate,
        "auto_update": False,
        "token_location": "left",
        "token": token,
        "decimal_token": ".",
        "thousands_token": ",",
        "decimal_places": places,
        "name": name,
        "enabled": True,
        "is_transactional": True,
        "use_default_name": True,
        "last_updated": shop.rfc2822,
    }
