"""Custom fields of a product: /catalog/products/{product_id}/custom-fields.

The pair of name and value is unique in a product; 200 of them is the most.
"""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import answers, filters, pages, problems, skus
from billform.simulator.bigcommerce.fields import record
from billform.simulator.bigcommerce.product_fields import CUSTOM_FIELD
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer, Refusal
from billform.simulator.world import Row

MOST: Final = 200
_FIELDS: Final = {"name": CUSTOM_FIELD["name"], "value": CUSTOM_FIELD["value"]}


def of_product(shop: Shop, product_id: int) -> list[Row]:
    """Answer the custom fields of a product, oldest first."""
    return shop.table("custom_fields").where("product_id", product_id)


def view(row: Row) -> dict[str, Any]:
    """Answer a custom field as the API shows it."""
    return {"id": row["id"], "name": row["name"], "value": row["value"]}


def save(shop: Shop, product_id: int, given: dict[str, Any]) -> Row | Refusal:
    """Add a field, or change the one with the given id; answers the refusal when it does not fit."""
    row = shop.find("custom_fields", given["id"]) if given.get("id") else None
    if given.get("id") and (row is None or row["product_id"] != product_id):
        return problems.not_found("custom field", given["id"])
    wanted = {**(row or {}), **given}
    others = [other for other in of_product(shop, product_id) if row is None or other["id"] != row["id"]]
    if any((other["name"], other["value"]) == (wanted["name"], wanted["value"]) for other in others):
        title = "A custom field with the same name and value already exists on this product"
        return problems.conflict(title, {"custom_fields": title})
    if row is None and len(others) >= MOST:
        title = f"A product may have {MOST} custom fields at most"
        return problems.invalid({"custom_fields": title}, title)
    if row is not None:
        return shop.change("custom_fields", row, {"name": wanted["name"], "value": wanted["value"]})
    number = shop.next_id("custom_fields")
    fresh = {"id": number, "product_id": product_id, "name": given["name"], "value": given["value"]}
    return shop.add("custom_fields", fresh)


def _saved(call: Call, given: dict[str, Any]) -> Answer:
    result = save(call.shop, call.number("product_id"), given)
    if isinstance(result, Refusal):
        # The sub-resource documents 422 where the product documents 409.
        if result.answer.status == 409:
            title = "A custom field with the same name and value already exists on this product"
            raise problems.invalid({"value": title}, title)
        raise result
    return answers.data(view(result))


def get_all(call: Call) -> Answer:
    """Answer the custom fields of a product."""
    skus.product(call.shop, call.number("product_id"))
    rows = filters.select(
        call, of_product(call.shop, call.number("product_id")), {}, ("include_fields", "exclude_fields")
    )
    return pages.paged(call, rows, pages.shown(call, view))


def create(call: Call) -> Answer:
    """Add a custom field."""
    skus.product(call.shop, call.number("product_id"))
    return _saved(call, call.fields(record(_FIELDS, ("name", "value"))))


def get(call: Call) -> Answer:
    """Answer one custom field."""
    return answers.data(view(_one(call)))


def update(call: Call) -> Answer:
    """Change a custom field."""
    return _saved(call, {**call.fields(record(_FIELDS)), "id": _one(call)["id"]})


def delete(call: Call) -> Answer:
    """Remove a custom field."""
    call.shop.drop("custom_fields", _one(call))
    return answers.nothing()


def _one(call: Call) -> Row:
    row = call.shop.find("custom_fields", call.number("custom_field_id"))
    if row is None or row["product_id"] != call.number("product_id"):
        raise problems.not_found("custom field", call.number("custom_field_id"))
    return row


_LIST: Final = "/v3/catalog/products/{product_id}/custom-fields"
_ITEM: Final = f"{_LIST}/{{custom_field_id}}"
ROUTES: Final = (
    Route(method="GET", path=_LIST, scope="store_v2_products", handle=get_all),
    Route(method="POST", path=_LIST, scope="store_v2_products", handle=create),
    Route(method="GET", path=_ITEM, scope="store_v2_products", handle=get),
    Route(method="PUT", path=_ITEM, scope="store_v2_products", handle=update),
    Route(method="DELETE", path=_ITEM, scope="store_v2_products", handle=delete),
)
