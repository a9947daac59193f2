"""Products: /catalog/products, alone and in batches of ten.

Names are unique in the store, SKUs over products and variants, both whatever the case. Undocumented and
chosen here: a batch with an error changes nothing; deleting products by no filter at all is refused.
"""

from __future__ import annotations

import re
from typing import Any, Final

from billform.simulator.bigcommerce import (
    answers,
    assignments,
    callbacks,
    custom_fields,
    filters,
    options,
    problems,
    product_views,
    skus,
    tax_classes,
    variants,
)
from billform.simulator.bigcommerce.fields import Errors, integer, record
from billform.simulator.bigcommerce.product_fields import DEFAULTS, PARTS, PRODUCT, REQUIRED
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer, Refusal
from billform.simulator.world import Row

MOST_IN_BATCH: Final = 10


def create(call: Call) -> Answer:
    """Make a product, with the custom fields and variants that its body brings."""
    shop, given = call.shop, call.fields(record(PRODUCT, REQUIRED))
    failed = _failing_part(shop, [given])
    _check(shop, given, None)
    number = shop.next_id("products")
    base = variants.add_base(shop, number, given.get("sku", ""))
    own = {name: one for name, one in given.items() if name not in PARTS}
    row = {**DEFAULTS, **own, "id": number, "date_created": shop.stamp, "date_modified": shop.stamp}
    row["custom_url"] = _url(shop, given, None)
    shop.add("products", {**row, **_keys(row), "base_variant": base["id"]})
    _save_parts(shop, number, given)
    callbacks.announce(shop, "store/product/created", {"type": "product", "id": number})
    made = product_views.view_for(call)(skus.product(shop, number))
    # The page has an array here, and an object for a change of one product.
    return problems.in_part([made], failed) if failed else answers.data(made)


def update(call: Call) -> Answer:
    """Change a product; what the body leaves out stays."""
    row = skus.product(call.shop, call.number("product_id"))
    given = call.fields(record({**PRODUCT, "id": integer()}))
    failed = _failing_part(call.shop, [given])
    changed = product_views.view_for(call)(_change(call.shop, row, given))
    return problems.in_part(changed, failed) if failed else answers.data(changed)


def update_batch(call: Call) -> Answer:
    """Change up to ten products."""
    entries = call.entries(record({**PRODUCT, "id": integer()}, ("id",)), MOST_IN_BATCH)
    failed = _failing_part(call.shop, entries)
    rows = [_change(call.shop, skus.product(call.shop, given["id"]), given) for given in entries]
    changed = [product_views.view_for(call)(row) for row in rows]
    return problems.in_part(changed, failed) if failed else answers.data(changed)


def delete(call: Call) -> Answer:
    """Remove a product with all that hangs on it; harmless when it is gone."""
    row = call.shop.find("products", call.number("product_id"))
    if row is not None:
        _remove(call.shop, row)
    return answers.nothing()


def delete_some(call: Call) -> Answer:
    """Remove the products that pass the filters."""
    if not set(call.query) & set(product_views.FILTERS):
        raise problems.invalid({}, "A filter is required to delete products.")
    for row in filters.select(call, call.shop.all("products"), product_views.FILTERS):
        _remove(call.shop, row)
    return answers.nothing()


def _failing_part(shop: Shop, entries: list[dict[str, Any]]) -> str | None:
    """Answer which part of the write is to fail by itself, if one is, and take it out of the entries."""
    part = next((name for name in ("custom_url", "inventory_level") for given in entries if name in given), None)
    if part is None or not shop.fails_in_part():
        return None
    for given in entries:
        given.pop(part, None)
    return part


def _change(shop: Shop, row: Row, given: dict[str, Any]) -> Row:
    _check(shop, given, row)
    own = {name: one for name, one in given.items() if name not in PARTS and name != "id"}
    if "custom_url" in given:
        own["custom_url"] = _url(shop, given, row)
    changed = {**row, **own}
    if "sku" in own:
        base = shop.find("variants", row["base_variant"])
        assert base is not None
        shop.change("variants", base, {"sku": own["sku"], "sku_key": skus.key(own["sku"])})
    changed = shop.change("products", row, {**own, **_keys(changed), "date_modified": shop.stamp})
    _save_parts(shop, row["id"], given)
    callbacks.announce(shop, "store/product/updated", {"type": "product", "id": row["id"]})
    return changed


def _remove(shop: Shop, row: Row) -> None:
    for variant in shop.table("variants").where("product_id", row["id"]):
        variants.remove(shop, variant)
    for option in shop.table("options").where("product_id", row["id"]):
        for value in options.values_of(shop, option["id"]):
            shop.drop("option_values", value)
        shop.drop("options", option)
    for field in custom_fields.of_product(shop, row["id"]):
        shop.drop("custom_fields", field)
    for field in shop.table("metafields").where("resource_id", row["id"]):
        if field["resource_type"] == "product":
            shop.drop("metafields", field)
    assignments.forget(shop, row["id"])
    shop.drop("products", row)
    callbacks.announce(shop, "store/product/deleted", {"type": "product", "id": row["id"]})


def _check(shop: Shop, given: dict[str, Any], row: Row | None) -> None:
    number = row["id"] if row else None
    errors: Errors = {}
    merged = {**DEFAULTS, **(row or {}), **given}
    if merged["is_price_hidden"] and merged["availability"] != "disabled":
        errors["is_price_hidden"] = "may be set only when availability is disabled"
    if errors:
        raise problems.invalid(errors)
    if "name" in given and any(
        other["id"] != number for other in shop.table("products").where("name_key", skus.key(given["name"]))
    ):
        title = "The product name is a duplicate"
        raise problems.conflict(title, {"name": title})
    skus.check_sku(shop, given.get("sku", ""), product=number, variant=row["base_variant"] if row else None)
    _check_references(shop, given)


def _check_references(shop: Shop, given: dict[str, Any]) -> None:
    missing = [number for number in given.get("categories", []) if shop.find("categories", number) is None]
    if missing:
        title = f"The following categories do not exist: {', '.join(map(str, missing))}"
        raise problems.conflict(title, {"categories": title})
    if given.get("brand_id"):
        title = f"The brand {given['brand_id']} does not exist"
        raise problems.conflict(title, {"brand_id": title})
    if "tax_class_id" in given and not tax_classes.exists(shop, given["tax_class_id"]):
        title = f"The tax class {given['tax_class_id']} does not exist"
        raise problems.conflict(title, {"tax_class_id": title})


def _save_parts(shop: Shop, number: int, given: dict[str, Any]) -> None:
    for field in given.get("custom_fields", []):
        saved = custom_fields.save(shop, number, field)
        if isinstance(saved, Refusal):
            raise saved
    for variant in given.get("variants", []):
        _make_options(shop, number, variant.get("option_values", []))
        variants.add(shop, number, variant)


def _make_options(shop: Shop, number: int, values: list[dict[str, Any]]) -> None:
    """Make the options and values that the variants of a new product name."""
    for one in values:
        named = {skus.key(row["display_name"]): row for row in options.of_product(shop, number)}
        option = named.get(skus.key(one["option_display_name"]))
        value = {"label": one["label"], "sort_order": 0}
        if option is None:
            fresh = {"display_name": one["option_display_name"], "type": "radio_buttons", "option_values": [value]}
            options.add(shop, number, fresh)
        elif one["label"] not in {row["label"] for row in options.values_of(shop, option["id"])}:
            value["sort_order"] = len(options.values_of(shop, option["id"]))
            options.add_value(shop, option, value)


def _keys(row: Row) -> dict[str, str]:
    return {"name_key": skus.key(row["name"]), "sku_key": skus.key(row["sku"])}


def _url(shop: Shop, given: dict[str, Any], row: Row | None) -> dict[str, Any]:
    """Answer the product's address: as given, or made of its name; both with slashes around."""
    wanted = given.get("custom_url") or {}
    own = "url" in wanted
    slug = re.sub(r"[^a-z0-9]+", "-", (given.get("name") or (row or {}).get("name", "")).lower()).strip("-")
    url = f"/{wanted['url'].strip('/')}/" if own else f"/{slug}/"
    taken = {other["custom_url"]["url"] for other in shop.all("products") if row is None or other["id"] != row["id"]}
    if own and url in taken:
        title = f"The custom_url {url} is already in use"
        raise problems.conflict(title, {"custom_url": title})
    number = 1
    while url in taken:
        number += 1
        url = f"/{slug}-{number}/"
    return {"url": url, "is_customized": wanted.get("is_customized", own)}


_LIST: Final = "/v3/catalog/products"
_ITEM: Final = f"{_LIST}/{{product_id}}"
ROUTES: Final = tuple(
    Route(method=method, path=path, scope="store_v2_products", handle=handle)
    for method, path, handle in (
        ("POST", _LIST, create),
        ("PUT", _LIST, update_batch),
        ("DELETE", _LIST, delete_some),
        ("PUT", _ITEM, update),
        ("DELETE", _ITEM, delete),
    )
)
