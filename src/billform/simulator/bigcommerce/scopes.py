"""Which events a hook may ask for: the scopes of the webhook events pages, folded by family."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_CUD: Final = "created deleted updated"
_FAMILIES: Final[dict[str, str]] = {
    "store/app": "uninstalled",
    "store/brand/metafield": _CUD,
    "store/cart": f"{_CUD} abandoned converted couponApplied",
    "store/cart/lineItem": _CUD,
    "store/cart/metafield": _CUD,
    "store/category": _CUD,
    "store/category/metafield": _CUD,
    "store/channel": "created updated",
    "store/channel/*/inventory/product": "low_stock_reached out_of_stock_reached settings_changed stock_changed",
    "store/channel/metafield": _CUD,
    "store/channel/{id}/cart": f"{_CUD} abandoned converted couponApplied",
    "store/channel/{id}/cart/lineItem": _CUD,
    "store/channel/{id}/category": _CUD,
    "store/channel/{id}/category/product": "assigned unassigned",
    "store/channel/{id}/categoryTree": "updated",
    "store/channel/{id}/email/templates": "deleted updated",
    "store/channel/{id}/notifications/abandonedCart": "updated",
    "store/channel/{id}/notifications/inventory": "updated",
    "store/channel/{id}/order": "archived created statusUpdated updated",
    "store/channel/{id}/order/message": "created",
    "store/channel/{id}/order/refund": "created",
    "store/channel/{id}/page": "created updated",
    "store/channel/{id}/product": "assigned unassigned",
    "store/channel/{id}/script": "created updated",
    "store/channel/{id}/settings/SEO": "updated",
    "store/channel/{id}/settings/catalog": "updated",
    "store/channel/{id}/settings/category": "updated",
    "store/channel/{id}/settings/checkout": "updated",
    "store/channel/{id}/settings/currency": "updated",
    "store/channel/{id}/settings/customerPrivacy": "updated",
    "store/channel/{id}/settings/defaultCustomerGroup": "updated",
    "store/channel/{id}/settings/emailStatus": "deleted updated",
    "store/channel/{id}/settings/favicon/image": "updated",
    "store/channel/{id}/settings/locale": "added deleted updated",
    "store/channel/{id}/settings/logo": "updated",
    "store/channel/{id}/settings/logo/image": "updated",
    "store/channel/{id}/settings/product": "updated",
    "store/channel/{id}/settings/profile": "updated",
    "store/channel/{id}/settings/robots": "updated",
    "store/channel/{id}/settings/route": "updated",
    "store/channel/{id}/settings/searchContextFilters": "updated",
    "store/channel/{id}/settings/security": "updated",
    "store/channel/{id}/settings/site": "updated",
    "store/channel/{id}/settings/site/checkoutUrl": "deleted updated",
    "store/channel/{id}/socialMediaLinks": "updated",
    "store/channel/{id}/theme/configuration": "activated created",
    "store/customer": _CUD,
    "store/customer/address": _CUD,
    "store/customer/channel/login/access": "updated",
    "store/customer/payment/instrument/default": "updated",
    "store/hook": "deliveryException",
    "store/information": "updated",
    "store/inventory/location": "created updated",
    "store/inventory/location/metafield": _CUD,
    "store/metafield": _CUD,
    "store/modifier": "updated",
    "store/option": "updated",
    "store/order": "archived created statusUpdated updated",
    "store/order/message": "created",
    "store/order/metafield": _CUD,
    "store/order/refund": "created",
    "store/order/transaction": "created updated",
    "store/priceList": f"{_CUD} activated deactivated",
    "store/priceList/assignment": "deleted updated",
    "store/priceList/record": _CUD,
    "store/priceList/records": _CUD,
    "store/priceLists": "deleted",
    "store/product": _CUD,
    "store/product/inventory": "updated",
    "store/product/inventory/order": "updated",
    "store/product/metafield": _CUD,
    "store/product/variant/metafield": _CUD,
    "store/redirects": "updated",
    "store/shipment": _CUD,
    "store/sku": _CUD,
    "store/sku/inventory": "updated",
    "store/sku/inventory/order": "updated",
    "store/store/metafield": _CUD,
    "store/subscriber": _CUD,
}
_CHANNEL: Final = re.compile(r"^store/channel/\d+/")


def known(scope: str) -> bool:
    """Tell whether a hook may have the scope: a documented event, or `/*` after a documented family."""
    return _CHANNEL.sub("store/channel/{id}/", scope) in _ALL


def _every() -> Iterator[str]:
    for family, events in _FAMILIES.items():
        yield from (f"{family}/{event}" for event in events.split())
        parts = family.split("/")
        yield from (f"{'/'.join(parts[:length])}/*" for length in range(2, len(parts) + 1))


_ALL: Final = frozenset(_every())
