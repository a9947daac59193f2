"""How products are shown and found: includes, filters, sorting."""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import (
    answers,
    assignments,
    custom_fields,
    filters,
    options,
    pages,
    problems,
    skus,
    variants,
)
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer
from billform.simulator.world import Row

SLOW_INCLUDES: Final = frozenset({"options", "modifiers"})
SLOW_PAGE: Final = 10
"""Rows per page, whatever was asked, when options or modifiers are included."""

_EMPTY_INCLUDES: Final = frozenset(
    {"images", "videos", "bulk_pricing_rules", "modifiers", "reviews", "parent_relations"}
)
_INCLUDES: Final = _EMPTY_INCLUDES | {"variants", "options", "custom_fields", "channels", "primary_image"}
_KEPT_INSIDE: Final = ("name_key", "sku_key", "base_variant")

FILTERS: Final[filters.Filters] = {
    "id": filters.is_number("id"),
    "id:in": filters.number_in("id"),
    "id:not_in": filters.number_not_in("id"),
    "id:min": filters.beyond("id", least=True),
    "id:max": filters.beyond("id", least=False),
    "id:greater": filters.beyond("id", least=True, even=False),
    "id:less": filters.beyond("id", least=False, even=False),
    "name": filters.is_text("name"),
    "sku": filters.is_text("sku"),
    "sku:in": filters.text_in("sku"),
    "mpn": filters.is_exactly("mpn"),
    "upc": filters.is_exactly("upc"),
    "price": filters.is_number("price"),
    "weight": filters.is_number("weight"),
    "condition": filters.is_text("condition"),
    "brand_id": filters.is_number("brand_id"),
    "type": filters.is_text("type"),
    "availability": filters.is_text("availability"),
    "is_visible": filters.is_flag("is_visible"),
    "is_featured": filters.is_flag("is_featured"),
    "is_free_shipping": filters.is_flag("is_free_shipping"),
    "total_sold": filters.is_number("total_sold"),
    "inventory_level": filters.is_number("inventory_level"),
    "categories": filters.holds_any("categories"),
    "categories:in": filters.holds_any("categories"),
    "keyword": filters.like("name", "sku", "description"),
    **filters.dates("date_modified", "date_last_imported"),
}
_SORTS: Final = frozenset(
    {
        "id",
        "name",
        "sku",
        "price",
        "date_modified",
        "date_last_imported",
        "inventory_level",
        "is_visible",
        "total_sold",
        "calculated_price",
    }
)
_ALSO: Final = (
    "include",
    "include_fields",
    "exclude_fields",
    "sort",
    "direction",
    "channel_id:in",
    "keyword_context",
)


def view(shop: Shop, row: Row) -> dict[str, Any]:
    """Answer a product as the API shows it without includes."""
    real = any(not one["base"] for one in skus.variants_of(shop, row["id"]))
    return {
        **answers.pick(row, without=_KEPT_INSIDE),
        "calculated_price": row["sale_price"] or row["price"],
        "base_variant_id": None if real else row["base_variant"],
    }


def _included(shop: Shop, row: Row, includes: set[str]) -> dict[str, Any]:
    full: dict[str, Any] = {name: [] for name in includes & _EMPTY_INCLUDES}
    if "variants" in includes:
        full["variants"] = [variants.view(shop, one) for one in skus.variants_of(shop, row["id"])]
    if "options" in includes:
        full["options"] = [options.view(shop, one) for one in options.of_product(shop, row["id"])]
    if "custom_fields" in includes:
        full["custom_fields"] = [custom_fields.view(one) for one in custom_fields.of_product(shop, row["id"])]
    if "channels" in includes:
        full["channels"] = assignments.channels_of(shop, row["id"])
    return full


def view_for(call: Call) -> pages.View:
    includes = filters.words(call.query.get("include", ""))
    unknown = sorted(includes - _INCLUDES)
    if unknown:
        raise problems.invalid({}, f"The include(s): {', '.join(unknown)} are not valid.")
    own = pages.shown(call, lambda row: view(call.shop, row))
    return lambda row: {**own(row), **_included(call.shop, row, includes)}


def get_all(call: Call) -> Answer:
    """Answer a page of products; ten at most when options or modifiers are included."""
    rows = filters.select(call, call.shop.all("products"), FILTERS, _ALSO)
    if "channel_id:in" in call.query:
        wanted = filters.numbers("channel_id:in", call.query["channel_id:in"])
        rows = [row for row in rows if wanted & set(assignments.channels_of(call.shop, row["id"]))]
    sort = call.query.get("sort", "id")
    if sort not in _SORTS or call.query.get("direction", "asc") not in ("asc", "desc"):
        raise problems.invalid({}, "The sort or direction is not valid.")
    falling = call.query.get("direction") == "desc"
    rows.sort(key=lambda row: _place(row, sort), reverse=falling)
    slow = SLOW_INCLUDES & filters.words(call.query.get("include", ""))
    return pages.paged(call, rows, view_for(call), most=SLOW_PAGE if slow else None)


def _place(row: Row, sort: str) -> tuple[bool, Any, int]:
    value = row["sale_price"] or row["price"] if sort == "calculated_price" else row[sort]
    return (value is not None, 0 if value is None else value, row["id"])


def get(call: Call) -> Answer:
    """Answer one product."""
    return answers.data(view_for(call)(skus.product(call.shop, call.number("product_id"))))


ROUTES: Final = (
    Route(method="GET", path="/v3/catalog/products", scope="store_v2_products", handle=get_all),
    Route(method="GET", path="/v3/catalog/products/{product_id}", scope="store_v2_products", handle=get),
)
