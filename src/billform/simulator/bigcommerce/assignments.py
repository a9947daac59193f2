"""Which channels and categories a product is in: …/channel-assignments and …/category-assignments.

A product is sold on a channel only after it was assigned to it. Undocumented and chosen here: a batch with
an unknown reference changes nothing; deleting by no filter at all is refused.
"""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import answers, callbacks, filters, pages, problems
from billform.simulator.bigcommerce.fields import integer, record
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer
from billform.simulator.world import Row

_CHANNEL: Final = record({"product_id": integer(), "channel_id": integer()}, ("product_id", "channel_id"))
_CATEGORY: Final = record({"product_id": integer(), "category_id": integer()}, ("product_id", "category_id"))


def channels_of(shop: Shop, product_id: int) -> list[int]:
    """Answer the ids of the channels that a product is assigned to."""
    return sorted(row["channel_id"] for row in shop.table("channel_assignments").where("product_id", product_id))


def forget(shop: Shop, product_id: int) -> None:
    """Drop the assignments of a product that goes."""
    for row in shop.table("channel_assignments").where("product_id", product_id):
        shop.drop("channel_assignments", row)


def get_channels(call: Call) -> Answer:
    """Answer the pairs of product and channel."""
    allowed = {"product_id:in": filters.number_in("product_id"), "channel_id:in": filters.number_in("channel_id")}
    rows = filters.select(call, call.shop.all("channel_assignments"), allowed)
    return pages.paged(call, rows, lambda row: answers.pick(row, without=("id",)))


def put_channels(call: Call) -> Answer:
    """Assign products to channels; pairs that are there already stay as they are."""
    entries = call.entries(_CHANNEL)
    _check_references(call.shop, entries, "channel_id", "channels")
    for entry in entries:
        number = f"{entry['product_id']}-{entry['channel_id']}"
        if call.shop.find("channel_assignments", number) is None:
            call.shop.add("channel_assignments", {"id": number, **entry})
            _announce(call.shop, entry, "assigned")
    return answers.nothing()


def delete_channels(call: Call) -> Answer:
    """Take products off channels."""
    allowed = {"product_id:in": filters.number_in("product_id"), "channel_id:in": filters.number_in("channel_id")}
    _need_filter(call, allowed)
    for row in filters.select(call, call.shop.all("channel_assignments"), allowed):
        call.shop.drop("channel_assignments", row)
        _announce(call.shop, row, "unassigned")
    return answers.nothing()


def get_categories(call: Call) -> Answer:
    """Answer the pairs of product and category."""
    rows = filters.select(call, _pairs(call.shop), _BY_CATEGORY)
    return pages.paged(call, rows, lambda row: answers.pick(row, without=("id",)))


def put_categories(call: Call) -> Answer:
    """Put products into categories besides those they are in."""
    entries = call.entries(_CATEGORY)
    _check_references(call.shop, entries, "category_id", "categories")
    for entry in entries:
        row = call.shop.find("products", entry["product_id"])
        assert row is not None
        if entry["category_id"] not in row["categories"]:
            call.shop.change("products", row, {"categories": [*row["categories"], entry["category_id"]]})
    return answers.nothing()


def delete_categories(call: Call) -> Answer:
    """Take products out of categories."""
    _need_filter(call, _BY_CATEGORY)
    for pair in filters.select(call, _pairs(call.shop), _BY_CATEGORY):
        row = call.shop.find("products", pair["product_id"])
        assert row is not None
        kept = [number for number in row["categories"] if number != pair["category_id"]]
        call.shop.change("products", row, {"categories": kept})
    return answers.nothing()


_BY_CATEGORY: Final = {
    "product_id:in": filters.number_in("product_id"),
    "category_id:in": filters.number_in("category_id"),
}


def _pairs(shop: Shop) -> list[Row]:
    return [
        {"id": f"{row['id']}-{number}", "product_id": row["id"], "category_id": number}
        for row in shop.all("products")
        for number in row["categories"]
    ]


def _need_filter(call: Call, allowed: filters.Filters) -> None:
    if not set(allowed) & set(call.query):
        raise problems.invalid({}, f"One of {', '.join(allowed)} is required.")


def _check_references(shop: Shop, entries: list[dict[str, Any]], field: str, table: str) -> None:
    errors = {}
    for index, entry in enumerate(entries):
        if shop.find("products", entry["product_id"]) is None:
            errors[f"{index}.product_id"] = f"A product with the id of {entry['product_id']} was not found"
        if shop.find(table, entry[field]) is None:
            errors[f"{index}.{field}"] = f"{field} {entry[field]} was not found"
    if errors:
        raise problems.invalid(errors, "Some of the references do not exist")


def _announce(shop: Shop, row: Row, what: str) -> None:
    data = {"type": "product", "id": row["product_id"], "channel_id": row["channel_id"]}
    callbacks.announce(shop, f"store/channel/{row['channel_id']}/product/{what}", data)


ROUTES: Final = tuple(
    Route(method=method, path=f"/v3/catalog/products/{word}-assignments", scope="store_v2_products", handle=handle)
    for method, word, handle in (
        ("GET", "channel", get_channels),
        ("PUT", "channel", put_channels),
        ("DELETE", "channel", delete_channels),
        ("GET", "category", get_categories),
        ("PUT", "category", put_categories),
        ("DELETE", "category", delete_categories),
    )
)
