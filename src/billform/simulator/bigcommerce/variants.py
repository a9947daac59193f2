"""Variants: /catalog/products/{product_id}/variants and the store-wide /catalog/variants.

A product without options has one base variant that shares its SKU. It steps back when the first real
variant is made (`base_variant_id` is null from then on) and returns when the last one goes. Undocumented
and chosen here: a batch with an error changes nothing.
"""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import answers, callbacks, filters, pages, problems, skus
from billform.simulator.bigcommerce.fields import Check, integer, listing, record
from billform.simulator.bigcommerce.product_fields import OPTION_VALUE_OF_VARIANT, VARIANT, VARIANT_DEFAULTS
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer, Refusal, json_answer
from billform.simulator.world import Row

MOST_IN_BATCH: Final = 50
MOST_SKUS: Final = 600
EMPTY_SKU: Final = 22_004
SAME_VALUES: Final = 22_010

_VALUES: Final[dict[str, Check]] = {"option_values": listing(record(OPTION_VALUE_OF_VARIANT))}
_NEW: Final = record({**VARIANT, **_VALUES})
_CHANGE: Final = record(VARIANT)
_BATCH: Final = record({**VARIANT, **_VALUES, "id": integer()})


def view(shop: Shop, row: Row) -> dict[str, Any]:
    """Answer a variant with what it inherits calculated and its option values by name."""
    parent = skus.product(shop, row["product_id"])
    own = row["sale_price"] if row["sale_price"] else row["price"]
    calculated = own if own is not None else (parent["sale_price"] or parent["price"])
    return {
        **answers.pick(row, without=("sku_key", "base", "values")),
        "calculated_price": calculated,
        "calculated_weight": row["weight"] if row["weight"] is not None else parent["weight"],
        "option_values": [_value_view(shop, number) for number in row["values"]],
    }


def _value_view(shop: Shop, number: int) -> dict[str, Any]:
    value = shop.find("option_values", number)
    assert value is not None
    option = shop.find("options", value["option_id"])
    assert option is not None
    return {
        "id": number,
        "label": value["label"],
        "option_id": option["id"],
        "option_display_name": option["display_name"],
    }


def add_base(shop: Shop, product_id: int, sku: str) -> Row:
    """Give a new product its base variant."""
    fresh = {**VARIANT_DEFAULTS, "id": shop.next_id("variants"), "product_id": product_id, "sku": sku}
    return shop.add("variants", {**fresh, "sku_key": skus.key(sku), "sku_id": None, "base": True, "values": []})


def add(shop: Shop, product_id: int, given: dict[str, Any]) -> Row:
    """Add a real variant; raises 422 for an empty SKU or values that do not fit, 409 for ones that are taken."""
    sku = given.get("sku", "")
    if not sku:
        raise _empty_sku()
    values = _values(shop, product_id, given.get("option_values", []))
    others = [row for row in skus.variants_of(shop, product_id) if not row["base"]]
    if any(set(row["values"]) == set(values) for row in others):
        title = "Variant with the same option values set exists"
        raise problems.conflict(title, {"option_values": title}, SAME_VALUES)
    if len(others) >= MOST_SKUS:
        title = f"A product may have {MOST_SKUS} variants at most"
        raise problems.invalid({"sku": title}, title)
    skus.check_sku(shop, sku, product=None, variant=None)
    number = shop.next_id("variants")
    own = {name: one for name, one in given.items() if name in VARIANT_DEFAULTS}
    fresh = {**VARIANT_DEFAULTS, **own, "id": number, "product_id": product_id, "sku": sku, "sku_id": number - 1}
    row = shop.add("variants", {**fresh, "sku_key": skus.key(sku), "base": False, "values": values})
    _announce(shop, "created", row)
    return row


def change(shop: Shop, row: Row, given: dict[str, Any]) -> Row:
    """Change a variant; `option_values` cannot change and are let by in silence, and so is a change of nothing."""
    changes = {name: one for name, one in given.items() if name in VARIANT_DEFAULTS or name == "sku"}
    if "sku" in changes:
        if not changes["sku"]:
            raise _empty_sku()
        own = row["product_id"] if row["base"] else None
        skus.check_sku(shop, changes["sku"], product=own, variant=row["id"])
        changes["sku_key"] = skus.key(changes["sku"])
    if all(row[name] == one for name, one in changes.items()):
        return row
    if row["base"] and "sku" in changes:
        parent = skus.product(shop, row["product_id"])
        shop.change("products", parent, {"sku": changes["sku"], "sku_key": changes["sku_key"]})
    changed = shop.change("variants", row, changes)
    _announce(shop, "updated", changed)
    return changed


def remove(shop: Shop, row: Row) -> None:
    """Remove a variant with its metafields and price records."""
    for field in shop.table("metafields").where("resource_id", row["id"]):
        if field["resource_type"] == "variant":
            shop.drop("metafields", field)
    for price in shop.table("price_records").where("variant_id", row["id"]):
        shop.drop("price_records", price)
    shop.drop("variants", row)
    if not row["base"]:
        _announce(shop, "deleted", row)


def delete_using(shop: Shop, product_id: int, value_id: int) -> None:
    """Remove the variants of a product that use an option value."""
    for row in skus.variants_of(shop, product_id):
        if value_id in row["values"]:
            remove(shop, row)


def get_of_product(call: Call) -> Answer:
    """Answer the variants of a product."""
    skus.product(call.shop, call.number("product_id"))
    rows = skus.variants_of(call.shop, call.number("product_id"))
    rows = filters.select(call, rows, {}, ("include_fields", "exclude_fields"))
    return pages.paged(call, rows, pages.shown(call, lambda row: view(call.shop, row)))


def create(call: Call) -> Answer:
    """Add a variant to a product."""
    skus.product(call.shop, call.number("product_id"))
    return answers.data(view(call.shop, add(call.shop, call.number("product_id"), call.fields(_NEW))))


def get(call: Call) -> Answer:
    """Answer one variant."""
    return answers.data(view(call.shop, skus.variant(call.shop, call.number("variant_id"), call.number("product_id"))))


def update(call: Call) -> Answer:
    """Change one variant."""
    row = skus.variant(call.shop, call.number("variant_id"), call.number("product_id"))
    return answers.data(view(call.shop, change(call.shop, row, call.fields(_CHANGE))))


def delete(call: Call) -> Answer:
    """Remove one variant; harmless when it is gone, refused for a base variant."""
    row = call.shop.find("variants", call.number("variant_id"))
    if row is not None and row["product_id"] == call.number("product_id"):
        if row["base"]:
            title = "The base variant of a product cannot be deleted"
            raise problems.invalid({"variant_id": title}, title)
        remove(call.shop, row)
    return answers.nothing()


def get_all(call: Call) -> Answer:
    """Answer the variants of the whole store."""
    rows = [row for row in call.shop.all("variants") if row in skus.variants_of(call.shop, row["product_id"])]
    allowed = {
        "id": filters.is_number("id"),
        "sku": filters.is_text("sku"),
        "upc": filters.is_exactly("upc"),
        "product_id": filters.is_number("product_id"),
        "product_id:in": filters.number_in("product_id"),
        "sku:in": filters.text_in("sku"),
    }
    rows = filters.select(call, rows, allowed, ("include_fields", "exclude_fields"))
    return pages.paged(call, rows, pages.shown(call, lambda row: view(call.shop, row)))


def upsert(call: Call) -> Answer:
    """Change or add up to 50 variants: with `id` an update, without it a creation."""
    if isinstance(call.body, list) and len(call.body) > MOST_IN_BATCH:
        raise problems.too_many(MOST_IN_BATCH)
    entries = call.entries(_BATCH, MOST_IN_BATCH)
    wrong: list[dict[str, Any]] = []
    rows: list[Row] = []
    for index, given in enumerate(entries):
        try:
            rows.append(_upsert_one(call.shop, given))
        except Refusal as refusal:
            wrong.append(problems.taken_apart(refusal, index))
    if wrong:
        raise Refusal(json_answer(422, {"batch_errors": wrong}))
    pages = {"total": len(rows), "count": len(rows), "per_page": len(rows), "current_page": 1, "total_pages": 1}
    return answers.data([view(call.shop, row) for row in rows], {"pagination": {**pages, "links": {}}})


def _upsert_one(shop: Shop, given: dict[str, Any]) -> Row:
    if given.get("id") is not None:
        return change(shop, skus.variant(shop, given["id"]), given)
    if given.get("product_id") is None:
        raise problems.invalid({"id": "either id or product_id, sku and option_values are required"})
    skus.product(shop, given["product_id"])
    return add(shop, given["product_id"], given)


def _values(shop: Shop, product_id: int, given: list[dict[str, Any]]) -> list[int]:
    """Answer the ids of the option values, one of each option of the product; raises 422."""
    options = {row["id"]: row for row in shop.table("options").where("product_id", product_id)}
    if not given or not options:
        raise _bad_values("must not be empty")
    chosen: dict[int, int] = {}
    for one in given:
        option = _option(options, one)
        value = _value(shop, option, one) if option else None
        if option is None or value is None:
            raise _bad_values("must name an option of this product and one of its values")
        chosen[option["id"]] = value
    if set(chosen) != set(options) or len(given) != len(chosen):
        raise _bad_values("must have one value for every option of the product")
    return list(chosen.values())


def _option(options: dict[int, Row], given: dict[str, Any]) -> Row | None:
    if "option_id" in given:
        return options.get(given["option_id"])
    name = skus.key(given.get("option_display_name", ""))
    return next((row for row in options.values() if skus.key(row["display_name"]) == name), None)


def _value(shop: Shop, option: Row, given: dict[str, Any]) -> int | None:
    for row in shop.table("option_values").where("option_id", option["id"]):
        if given.get("id") == row["id"] or ("id" not in given and given.get("label") == row["label"]):
            return int(row["id"])
    return None


def _bad_values(reason: str) -> Refusal:
    return problems.invalid({"option_values": reason}, f"Invalid field(s): option_values {reason}")


def _empty_sku() -> Refusal:
    title = "Variant sku cannot be empty"
    return problems.v3(422, title, {"sku": title}, EMPTY_SKU)


def _announce(shop: Shop, what: str, row: Row) -> None:
    # The id is the SKU's; only the nested word names the variant.
    data = {"type": "sku", "id": row["sku_id"] or row["id"]}
    inner = {"product_id": row["product_id"], "variant_id": row["id"]}
    callbacks.announce(shop, f"store/sku/{what}", {**data, "sku": inner})


_LIST: Final = "/v3/catalog/products/{product_id}/variants"
_ITEM: Final = f"{_LIST}/{{variant_id}}"
ROUTES: Final = tuple(
    Route(method=method, path=path, scope="store_v2_products", handle=handle)
    for method, path, handle in (
        ("GET", _LIST, get_of_product),
        ("POST", _LIST, create),
        ("GET", _ITEM, get),
        ("PUT", _ITEM, update),
        ("DELETE", _ITEM, delete),
        ("GET", "/v3/catalog/variants", get_all),
        ("PUT", "/v3/catalog/variants", upsert),
    )
)
