"""Category trees and categories: /catalog/trees and /catalog/trees/categories.

Batches are done entry by entry: all is 201 or 200, some is 207, none is 422. Undocumented and chosen here:
siblings have names of their own; deleting a category deletes those under it and takes products out of it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any, Final

from billform.simulator.bigcommerce import answers, callbacks, filters, pages, problems, skus
from billform.simulator.bigcommerce.fields import Check, Errors, flag, integer, listing, record, text
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer, Refusal, json_answer
from billform.simulator.world import Row

_INT: Final = 2_147_483_647
_SORTS: Final = (
    "use_store_settings",
    "featured",
    "newest",
    "best_selling",
    "alpha_asc",
    "alpha_desc",
    "avg_customer_review",
    "price_asc",
    "price_desc",
)
_FIELDS: Final[dict[str, Check]] = {
    "category_id": integer(),
    "name": text(1, 50),
    "tree_id": integer(),
    "parent_id": integer(),
    "description": text(),
    "views": integer(),
    "sort_order": integer(-_INT - 1, _INT),
    "page_title": text(),
    "meta_keywords": listing(text()),
    "meta_description": text(0, 65_535),
    "layout_file": text(0, 50),
    "image_url": text(),
    "is_visible": flag(),
    "search_keywords": text(0, 255),
    "default_product_sort": text(one_of=_SORTS),
    "url": record({"path": text(1, 255), "is_customized": flag()}),
}
_DEFAULTS: Final[dict[str, Any]] = {
    "parent_id": 0,
    "description": "",
    "views": 0,
    "sort_order": 0,
    "page_title": "",
    "meta_keywords": [],
    "meta_description": "",
    "layout_file": "category.html",
    "image_url": "",
    "is_visible": True,
    "search_keywords": "",
    "default_product_sort": "use_store_settings",
}
_FILTERS: Final[filters.Filters] = {
    "category_id:in": filters.number_in("category_id"),
    "category_id:not_in": filters.number_not_in("category_id"),
    "category_uuid:in": filters.text_in("category_uuid"),
    "category_uuid:not_in": lambda raw: lambda row: row["category_uuid"] not in filters.words(raw),
    "tree_id:in": filters.number_in("tree_id"),
    "tree_id:not_in": filters.number_not_in("tree_id"),
    "parent_id:in": filters.number_in("parent_id"),
    "parent_id:not_in": filters.number_not_in("parent_id"),
    "name": filters.is_text("name"),
    "name:like": filters.like("name"),
    "page_title": filters.is_text("page_title"),
    "page_title:like": filters.like("page_title"),
    "keyword": filters.like("name"),
    "is_visible": filters.is_flag("is_visible"),
}


def view(row: Row) -> dict[str, Any]:
    """Answer a category as the API shows it: its id is `category_id`."""
    return answers.pick(row, without=("id",))


def add(shop: Shop, given: dict[str, Any]) -> Row:
    """Store a new category; raises 422 when tree, parent or name do not fit."""
    parent = shop.find("categories", given["parent_id"]) if given.get("parent_id") else None
    errors: Errors = {}
    if given.get("parent_id") and parent is None:
        errors["parent_id"] = f"A parent category with the id: {given['parent_id']} was not found"
    tree_id = given.get("tree_id", parent["tree_id"] if parent else None)
    if tree_id is None or shop.find("trees", tree_id) is None:
        errors["tree_id"] = "Tree Id is required and can't be empty"
    errors |= _name_taken(shop, given["name"], tree_id, given.get("parent_id", 0), None)
    if errors:
        raise problems.invalid(errors, "The category is not valid")
    number = shop.next_id("categories")
    fresh = {**_DEFAULTS, **given, "id": number, "category_id": number, "tree_id": tree_id}
    fresh["category_uuid"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{shop.hash}/category/{number}"))
    slug = re.sub(r"[^a-z0-9]+", "-", given["name"].lower()).strip("-")
    fresh["url"] = {"path": f"/{slug}/", "is_customized": False, **given.get("url", {})}
    row = shop.add("categories", fresh)
    callbacks.announce(shop, "store/category/created", {"type": "category", "id": number})
    return row


def get_trees(call: Call) -> Answer:
    """Answer the trees with the channels that use them."""
    allowed = {
        "id:in": filters.number_in("id"),
        "channel_id:in": filters.holds_any("channels"),
    }
    return pages.paged(call, filters.select(call, call.shop.all("trees"), allowed), dict)


def get_all(call: Call) -> Answer:
    """Answer categories of all trees."""
    rows = filters.select(call, call.shop.all("categories"), _FILTERS, ("include_fields", "exclude_fields"))
    return pages.paged(call, rows, pages.shown(call, view, always=("category_id",)))


def create(call: Call) -> Answer:
    """Make categories."""
    return _batch(call, record(_FIELDS, ("name",)), lambda given: view(add(call.shop, given)), 201)


def update(call: Call) -> Answer:
    """Change categories; the answer holds no data."""

    def change(given: dict[str, Any]) -> None:
        row = call.shop.find("categories", given["category_id"])
        if row is None:
            raise problems.not_found("category", given["category_id"])
        wanted = {**row, **given}
        errors = _name_taken(call.shop, wanted["name"], wanted["tree_id"], wanted["parent_id"], row["id"])
        if errors:
            raise problems.invalid(errors, "The category is not valid")
        call.shop.change("categories", row, given)
        callbacks.announce(call.shop, "store/category/updated", {"type": "category", "id": row["id"]})

    return _batch(call, record(_FIELDS, ("category_id",)), change, 200)


def delete(call: Call) -> Answer:
    """Remove the categories that pass the filters, and all under them."""
    if not set(_FILTERS) & set(call.query):
        raise Refusal(json_answer(400, {"errors": [problems.problem(400, "A filter is required.")]}))
    rows = filters.select(call, call.shop.all("categories"), _FILTERS)
    for row in rows:
        _remove(call.shop, row["id"])
    meta = {"total": len(rows), "success": len(rows), "failed": 0}
    return json_answer(202, {"meta": meta})


def get_tree(call: Call) -> Answer:
    """Answer the categories of one tree, nested."""
    tree_id = call.number("tree_id")
    if call.shop.find("trees", tree_id) is None:
        raise problems.not_found("tree", tree_id)
    return answers.data(_nested(call.shop, tree_id, 0, []))


def _nested(shop: Shop, tree_id: int, parent_id: int, path: list[int]) -> list[dict[str, Any]]:
    rows = [row for row in shop.table("categories").where("tree_id", tree_id) if row["parent_id"] == parent_id]
    return [
        {
            "id": row["id"],
            "parent_id": parent_id,
            "depth": len(path),
            "path": [*path, row["id"]],
            "name": row["name"],
            "is_visible": row["is_visible"],
            "url": row["url"]["path"],
            "children": _nested(shop, tree_id, row["id"], [*path, row["id"]]),
        }
        for row in sorted(rows, key=lambda row: (row["sort_order"], row["id"]))
    ]


def _remove(shop: Shop, number: int) -> None:
    row = shop.find("categories", number)
    if row is None:
        return
    for child in shop.table("categories").where("parent_id", number):
        _remove(shop, child["id"])
    for product in shop.all("products"):
        if number in product["categories"]:
            kept = [one for one in product["categories"] if one != number]
            shop.change("products", product, {"categories": kept})
    shop.drop("categories", row)
    callbacks.announce(shop, "store/category/deleted", {"type": "category", "id": number})


def _name_taken(shop: Shop, name: str, tree_id: int | None, parent_id: int, but: int | None) -> Errors:
    for row in shop.table("categories").where("parent_id", parent_id):
        if row["id"] != but and row["tree_id"] == tree_id and skus.key(row["name"]) == skus.key(name):
            return {"name": f"A category named {name} already exists under the same parent"}
    return {}


def _batch(call: Call, check: Check, do: Callable[[dict[str, Any]], Any], status: int) -> Answer:
    if not isinstance(call.body, list) or not call.body:
        raise Refusal(json_answer(400, {"errors": [problems.problem(400, "The body must be an array.")]}))
    done: list[Any] = []
    wrong: Errors = {}
    for index, entry in enumerate(call.body):
        errors: Errors = {}
        cleaned = check(entry, str(index), errors)
        if not errors:
            try:
                done.append(do(cleaned))
                continue
            except Refusal as refusal:
                errors = problems.taken_apart(refusal, index)["errors"]
        wrong |= errors
    body: dict[str, Any] = {"data": done} if status == 201 else {}
    meta = {"total": len(call.body), "success": len(done), "failed": len(call.body) - len(done)}
    if not wrong:
        return json_answer(status, {**body, "meta": meta})
    title = "Please verify if all required fields are present in the request body and are filled with values correctly."
    body["errors"] = problems.problem(422, title, wrong)
    return json_answer(207 if done else 422, {**body, "meta": meta})


_CATEGORIES: Final = "/v3/catalog/trees/categories"
ROUTES: Final = tuple(
    Route(method=method, path=path, scope="store_v2_products", handle=handle, together=most)
    for method, path, handle, most in (
        ("GET", "/v3/catalog/trees", get_trees, None),
        ("GET", _CATEGORIES, get_all, 50),
        ("POST", _CATEGORIES, create, 50),
        ("PUT", _CATEGORIES, update, 50),
        ("DELETE", _CATEGORIES, delete, 50),
        ("GET", "/v3/catalog/trees/{tree_id}/categories", get_tree, 1),
    )
)
