"""The objects that carry metafields, one line each."""

from __future__ import annotations

from typing import Final

from billform.simulator.bigcommerce import problems, skus
from billform.simulator.bigcommerce.metafield_routes import routes
from billform.simulator.bigcommerce.metafields import Kind
from billform.simulator.bigcommerce.shop import Shop


def _product(shop: Shop, number: int, _product_id: int | None) -> None:
    skus.product(shop, number)


def _variant(shop: Shop, number: int, product_id: int | None) -> None:
    skus.variant(shop, number, product_id)


def _channel(shop: Shop, number: int, _product_id: int | None) -> None:
    if shop.find("channels", number) is None:
        raise problems.not_found("channel", number)


def _store(_shop: Shop, _number: int, _product_id: int | None) -> None:
    return


PRODUCT: Final = Kind(
    name="product",
    scope="store_v2_products",
    events="store/product",
    one="/v3/catalog/products/{product_id}/metafields",
    parent="product_id",
    collection="/v3/catalog/products/metafields",
    check=_product,
)
VARIANT: Final = Kind(
    name="variant",
    scope="store_v2_products",
    events="store/product/variant",
    one="/v3/catalog/products/{product_id}/variants/{variant_id}/metafields",
    parent="variant_id",
    collection="/v3/catalog/variants/metafields",
    check=_variant,
)
CHANNEL: Final = Kind(
    name="channel",
    scope="store_channel_settings",
    events="store/channel",
    one="/v3/channels/{channel_id}/metafields",
    parent="channel_id",
    collection="/v3/channels/metafields",
    check=_channel,
)
STORE: Final = Kind(
    name="store",
    scope="store_v2_information",
    events="store/store",
    one=None,
    parent="",
    collection="/v3/store/metafields",
    check=_store,
    most=10_000,
    ids_are_text=True,
    owner=lambda shop: int(shop.profile["store_id"]),
)
ROUTES: Final = (*routes(PRODUCT), *routes(VARIANT), *routes(CHANNEL), *routes(STORE))
