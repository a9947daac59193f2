"""Where a source is wrong, behind, or stricter than the vendor itself: each with its reason, and each must occur."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

STRIPE: Final[Mapping[str, str]] = {
    # https://github.com/stripe/stripe-python/issues/658
    r"types of the stripe package: POST /v1/products/{id}: default_price: '' is none of str": (
        "Stripe's support says that the empty text takes the default price away; the type lacks `Literal['']`"
    ),
    r"OpenAPI of Stripe: GET /v1/accounts/{account}: unchecked": "the file leaves it out; the types are checked",
}

_AS_ELSEWHERE: Final = "calculated_weight|gtin|image_url|map_price|mpn"
BIGCOMMERCE: Final[Mapping[str, str]] = {
    # Null where nothing is set
    r"\w+ v3/catalog/products\S*: 20\d \S*(date_last_imported|option_set_id|base_variant_id): None is not": (
        "the vendor's answers hold null"
    ),
    r"\w+ v3/catalog/products\S*: 20\d \S*value_data: None is not": "null where a value shows nothing but its label",
    r"GET v3/catalog/variants: 200 \S*sku_id: None is not": "null where a variant has no SKU",
    # Fields that the file does not name at this place
    rf"v3/catalog/(\S+/)?variants\S*: 200 \S+: '({_AS_ELSEWHERE})' is not one of": (
        "the products' file shows the same variant with them"
    ),
    r"GET v3/catalog/products\S*: 200 \S+: 'variants' is not one of": "they come where `include` asks for them",
    r"GET v3/catalog/products/{product_id}: 200 data/options/\d+: 'name' is not one of": (
        "the options' file shows the same option with it"
    ),
    r"/metafields: 200 meta: 'cursor_pagination' is not one of": "the prose says it of every collection of metafields",
    r"GET \S+/variants/{variant_id}/metafields: 200 meta: 'pagination' is not one of": "the file nests one `meta` more",
    r"/variants/{variant_id}/metafields(/{metafield_id})?: 200 data: 'owner_client_id' is not": "as every other kind",
    r"/variants/{variant_id}/metafields(/{metafield_id})?: 200 data/description: ''": "'' as of every other kind",
    r"v3/channels/{channel_id}/metafields(/{metafield_id})?: 200 .: '(data|meta)' is not one of": (
        "the file has one answer for all four of them, without the `data` that v3 has around everything"
    ),
    r"v2/customer_groups\S*: 20\d \S*discount_rules: .* is not valid under any": (
        "each alternative of the file names one sort of rule only, and a group may have several"
    ),
    r"v3/content/scripts(/{uuid})?: 200 data/(\d+/)?consent_category: 'unknown'": "what a missing category becomes",
    # Refusals, and statuses that are not mentioned
    r"GET v2/customer_groups: status 204": "v2 answers 204 for an empty list",
    r"POST v2/customer_groups: status 409": "one group for guests; the page names no status",
    r"v3/catalog/products/{product_id}/variants(/{variant_id})?: status 409": "taken SKUs and values are told so",
    r"GET v3/catalog/trees/categories: 422 errors": "bad filters are told flat, as everywhere",
    r"POST v3/store/metafields: 422 errors": "an array, as of every other kind",
    # Requests
    r"PUT v3/catalog/variants: body: \d+: '(sku|product_id|option_values)' is not one of": (
        "the prose says that what has no id is made, of these"
    ),
    r"POST v3/catalog/products: body: variants/\d+: '(id|product_id)' is a required": "ids of what is not made yet",
    r"GET v3/catalog/(products|variants)/metafields: query: resource_id:in": "the prose names this filter",
    r"PUT v2/customer_groups/{customer_group_id}: body: discount_rules/\d+/type: 'product' is not one of": (
        "the file has lists of price lists and lists of discounts; what a store holds of both goes back together"
    ),
    r"PUT v3/catalog/variants/metafields: body: \d+: 'resource_id' is not one of": (
        "somebody else tries to move a metafield, and the store lets by what it does not know"
    ),
}

DEPARTURES: Final[Mapping[str, str]] = {
    **STRIPE,
    **{f"OpenAPI of BigCommerce: .*{pattern}": reason for pattern, reason in BIGCOMMERCE.items()},
}
"""Patterns of what departs from a source, and why that is right."""

_COMPILED: Final = {pattern: re.compile(pattern) for pattern in DEPARTURES}


def excused(problem: str) -> str | None:
    """Answer the pattern that excuses a problem, or None."""
    return next((pattern for pattern, compiled in _COMPILED.items() if compiled.search(problem)), None)
