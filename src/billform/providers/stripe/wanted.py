"""What a catalog wants of an account, as far as that decides what is read there."""

from __future__ import annotations

from billform.catalog.models import Catalog

from .feature import lookup_key
from .lists import COUPONS, PRICES, PRODUCTS, PROMOTION_CODES, Wanted
from .product import product_id
from .whole_tiers import currencies_of


def wanted(catalog: Catalog) -> Wanted:
    """For the client of an account that the catalog is to be compared with."""
    sizes = {
        PRODUCTS: sum(1 for _ in catalog.sold_products()),
        PRICES: sum(1 for _ in catalog.sold_prices()),
        COUPONS: len(catalog.coupons),
        PROMOTION_CODES: len(catalog.promotion_codes),
    }
    return Wanted(
        catalog=catalog.name,
        currencies=currencies_of(catalog),
        products=frozenset(product_id(catalog.name, each.product.address) for each in catalog.sellables()),
        features=frozenset(lookup_key(key, feature) for key, feature in catalog.features.items()),
        sizes={listing.path: size for listing, size in sizes.items()},
    )
