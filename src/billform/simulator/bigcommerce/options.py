"""Options that make variants, and their values: /catalog/products/{product_id}/options.

Undocumented and chosen here: values that a PUT leaves out stay; deleting an option or a value deletes the
variants that rest on it.
"""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import answers, filters, pages, problems, skus, variants
from billform.simulator.bigcommerce.fields import anything, flag, integer, listing, nullable, record, text
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer
from billform.simulator.world import Row

TYPES: Final = (
    "radio_buttons",
    "rectangles",
    "dropdown",
    "product_list",
    "product_list_with_images",
    "swatch",
)
MOST_VALUES: Final = 250

_VALUE: Final = {
    "id": integer(),
    "label": text(1, 255),
    "sort_order": integer(-2_147_483_648, 2_147_483_647),
    "is_default": flag(),
    "value_data": nullable(anything()),
}
_OPTION: Final = {
    "display_name": text(1, 255),
    "type": text(one_of=TYPES),
    "sort_order": integer(),
    "config": anything(),
    "image_url": text(),
    "option_values": listing(record(_VALUE, ("label", "sort_order")), least=1),
}


def view(shop: Shop, row: Row) -> dict[str, Any]:
    """Answer an option with its values in their order."""
    values = sorted(values_of(shop, row["id"]), key=lambda value: (value["sort_order"], value["id"]))
    return {**row, "option_values": [view_value(value) for value in values]}


def view_value(row: Row) -> dict[str, Any]:
    """Answer an option value as the API shows it."""
    return answers.pick(row, without=("option_id",))


def of_product(shop: Shop, product_id: int) -> list[Row]:
    """Answer the options of a product in their order."""
    rows = shop.table("options").where("product_id", product_id)
    return sorted(rows, key=lambda row: (row["sort_order"], row["id"]))


def values_of(shop: Shop, option_id: int) -> list[Row]:
    """Answer the values of an option, oldest first."""
    return shop.table("option_values").where("option_id", option_id)


def add(shop: Shop, product_id: int, given: dict[str, Any]) -> Row:
    """Add an option with its values; raises 409 for a display name that the product has, 422 over the limits."""
    _check_name(shop, product_id, given["display_name"], None)
    number = shop.next_id("options")
    row = shop.add(
        "options",
        {
            "id": number,
            "product_id": product_id,
            "name": f"{given['display_name']}{shop.now}-{product_id}",
            "display_name": given["display_name"],
            "type": given["type"],
            "sort_order": given.get("sort_order", len(of_product(shop, product_id))),
            "config": given.get("config", {}),
        },
    )
    for value in given["option_values"]:
        add_value(shop, row, value)
    return row


def add_value(shop: Shop, option: Row, given: dict[str, Any]) -> Row:
    """Add a value to an option; raises 422 for a label that it has, or over the limit."""
    _check_label(shop, option, given["label"], None)
    if len(values_of(shop, option["id"])) >= MOST_VALUES:
        title = f"An option may have {MOST_VALUES} values at most"
        raise problems.invalid({"option_values": title}, title)
    fresh = {
        "id": shop.next_id("option_values"),
        "option_id": option["id"],
        "label": given["label"],
        "sort_order": given["sort_order"],
        "value_data": given.get("value_data"),
        "is_default": given.get("is_default", False),
    }
    return shop.add("option_values", fresh)


def get_all(call: Call) -> Answer:
    """Answer the options of a product."""
    skus.product(call.shop, call.number("product_id"))
    rows = of_product(call.shop, call.number("product_id"))
    rows = filters.select(call, rows, {}, ("include_fields", "exclude_fields"))
    return pages.paged(call, rows, pages.shown(call, lambda row: view(call.shop, row)))


def create(call: Call) -> Answer:
    """Add an option; it makes no variants by itself."""
    skus.product(call.shop, call.number("product_id"))
    given = call.fields(record(_OPTION, ("display_name", "type", "option_values")))
    return answers.data(view(call.shop, add(call.shop, call.number("product_id"), given)))


def get(call: Call) -> Answer:
    """Answer one option."""
    return answers.data(view(call.shop, _one(call)))


def update(call: Call) -> Answer:
    """Change an option; values with an id are changed, those without one added, the others left."""
    row = _one(call)
    given = call.fields(record(_OPTION))
    if "display_name" in given:
        _check_name(call.shop, row["product_id"], given["display_name"], row["id"])
    for value in given.pop("option_values", []):
        if "id" in value:
            _change_value(call.shop, row, _value(call.shop, row, value["id"]), value)
        else:
            add_value(call.shop, row, value)
    given.pop("image_url", None)
    return answers.data(view(call.shop, call.shop.change("options", row, given)))


def delete(call: Call) -> Answer:
    """Remove an option with its values and every variant that rests on it; harmless when it is gone."""
    row = call.shop.find("options", call.number("option_id"))
    if row is not None and row["product_id"] == call.number("product_id"):
        for value in values_of(call.shop, row["id"]):
            variants.delete_using(call.shop, row["product_id"], value["id"])
            call.shop.drop("option_values", value)
        call.shop.drop("options", row)
    return answers.nothing()


def get_values(call: Call) -> Answer:
    """Answer the values of an option."""
    rows = filters.select(call, values_of(call.shop, _one(call)["id"]), {}, ("include_fields", "exclude_fields"))
    return pages.paged(call, rows, pages.shown(call, view_value))


def create_value(call: Call) -> Answer:
    """Add a value."""
    return answers.data(
        view_value(add_value(call.shop, _one(call), call.fields(record(_VALUE, ("label", "sort_order")))))
    )


def get_value(call: Call) -> Answer:
    """Answer one value."""
    return answers.data(view_value(_value(call.shop, _one(call), call.number("value_id"))))


def update_value(call: Call) -> Answer:
    """Change a value; the spec requires label and sort_order again."""
    option = _one(call)
    row = _value(call.shop, option, call.number("value_id"))
    given = call.fields(record(_VALUE, ("label", "sort_order")))
    return answers.data(view_value(_change_value(call.shop, option, row, given)))


def delete_value(call: Call) -> Answer:
    """Remove a value and the variants that use it."""
    option = _one(call)
    row = call.shop.find("option_values", call.number("value_id"))
    if row is not None and row["option_id"] == option["id"]:
        variants.delete_using(call.shop, option["product_id"], row["id"])
        call.shop.drop("option_values", row)
    return answers.nothing()


def _change_value(shop: Shop, option: Row, row: Row, given: dict[str, Any]) -> Row:
    _check_label(shop, option, given["label"], row["id"])
    return shop.change("option_values", row, {name: one for name, one in given.items() if name != "id"})


def _check_name(shop: Shop, product_id: int, name: str, but: int | None) -> None:
    for row in of_product(shop, product_id):
        if row["id"] != but and skus.key(row["display_name"]) == skus.key(name):
            title = f"The display name '{name}' has already been used on this product."
            raise problems.conflict(title, {"display_name": title})


def _check_label(shop: Shop, option: Row, label: str, but: int | None) -> None:
    for row in values_of(shop, option["id"]):
        if row["id"] != but and skus.key(row["label"]) == skus.key(label):
            title = f"The label '{label}' has already been used on this option."
            raise problems.invalid({"label": title}, title)


def _one(call: Call) -> Row:
    row = call.shop.find("options", call.number("option_id"))
    if row is None or row["product_id"] != call.number("product_id"):
        raise problems.not_found("option", call.number("option_id"))
    return row


def _value(shop: Shop, option: Row, number: int) -> Row:
    row = shop.find("option_values", number)
    if row is None or row["option_id"] != option["id"]:
        raise problems.not_found("option value", number)
    return row


_LIST: Final = "/v3/catalog/products/{product_id}/options"
_ITEM: Final = f"{_LIST}/{{option_id}}"
_VALUES: Final = f"{_ITEM}/values"
_ONE_VALUE: Final = f"{_VALUES}/{{value_id}}"
ROUTES: Final = tuple(
    Route(method=method, path=path, scope="store_v2_products", handle=handle)
    for method, path, handle in (
        ("GET", _LIST, get_all),
        ("POST", _LIST, create),
        ("GET", _ITEM, get),
        ("PUT", _ITEM, update),
        ("DELETE", _ITEM, delete),
        ("GET", _VALUES, get_values),
        ("POST", _VALUES, create_value),
        ("GET", _ONE_VALUE, get_value),
        ("PUT", _ONE_VALUE, update_value),
        ("DELETE", _ONE_VALUE, delete_value),
    )
)
