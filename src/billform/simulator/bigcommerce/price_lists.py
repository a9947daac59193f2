"""Price lists: /pricelists. Names are unique. Only some plans have them.

Undocumented and chosen here: deleting by no filter at all is refused; a plan
without price lists answers 403.
"""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import answers, callbacks, filters, pages, problems, skus
from billform.simulator.bigcommerce.fields import flag, record, text
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer
from billform.simulator.world import Row

_FIELDS: Final = {"name": text(1, 255), "active": flag()}
_FILTERS: Final[filters.Filters] = {
    "id:in": filters.number_in("id"),
    "name": filters.is_text("name"),
    "name:like": filters.like("name"),
    **filters.dates("date_created", "date_modified"),
}


def one(shop: Shop, number: int) -> Row:
    """Answer a price list; raises 404."""
    row = shop.find("price_lists", number)
    if row is None:
        raise problems.not_found("price list", number)
    return row


def get_all(call: Call) -> Answer:
    """Answer a page of price lists, by offset or by cursor."""
    rows = filters.select(call, call.shop.all("price_lists"), _FILTERS, ("before", "after"))
    return pages.cursored(call, rows, dict)


def get(call: Call) -> Answer:
    """Answer one price list."""
    return answers.data(one(call.shop, call.number("price_list_id")))


def create(call: Call) -> Answer:
    """Make a price list."""
    given = call.fields(record(_FIELDS, ("name",)))
    _check_name(call.shop, given["name"], None)
    number = call.shop.next_id("price_lists")
    fresh = {"id": number, "name": given["name"], "active": given.get("active", True)}
    row = call.shop.add("price_lists", {**fresh, "date_created": call.shop.zulu, "date_modified": call.shop.zulu})
    _announce(call.shop, row, "created")
    return answers.data(row)


def update(call: Call) -> Answer:
    """Change a price list."""
    row = one(call.shop, call.number("price_list_id"))
    given = call.fields(record(_FIELDS, ("name",)))
    _check_name(call.shop, given["name"], row["id"])
    changed = call.shop.change("price_lists", row, {**given, "date_modified": call.shop.zulu})
    _announce(call.shop, row, "updated")
    if changed["active"] != row["active"]:
        _announce(call.shop, row, "activated" if changed["active"] else "deactivated")
    return answers.data(changed)


def delete(call: Call) -> Answer:
    """Remove a price list with its records and assignments; harmless when it is gone."""
    row = call.shop.find("price_lists", call.number("price_list_id"))
    if row is not None:
        _remove(call.shop, row)
    return answers.nothing()


def delete_some(call: Call) -> Answer:
    """Remove the price lists that pass the filters."""
    allowed: dict[str, Any] = {name: _FILTERS[name] for name in ("id:in", "name")}
    if not set(allowed) & set(call.query):
        raise problems.invalid({}, "A filter is required to delete price lists.")
    rows = filters.select(call, call.shop.all("price_lists"), allowed)
    for row in rows:
        _remove(call.shop, row)
    if rows:
        data = {"price_list_ids": [row["id"] for row in rows]}
        callbacks.announce(call.shop, "store/priceLists/deleted", data)
    return answers.nothing()


def _remove(shop: Shop, row: Row) -> None:
    for table in ("price_records", "price_assignments"):
        for dependent in shop.table(table).where("price_list_id", row["id"]):
            shop.drop(table, dependent)
    shop.drop("price_lists", row)
    _announce(shop, row, "deleted")


def _check_name(shop: Shop, name: str, but: int | None) -> None:
    if any(row["id"] != but and skus.key(row["name"]) == skus.key(name) for row in shop.all("price_lists")):
        title = f"A price list with the name {name} already exists"
        raise problems.conflict(title, {"name": title})


def _announce(shop: Shop, row: Row, what: str) -> None:
    callbacks.announce(shop, f"store/priceList/{what}", {"price_list_id": row["id"]})


_ITEM: Final = "/v3/pricelists/{price_list_id}"
ROUTES: Final = tuple(
    Route(method=method, path=path, scope="store_v2_products", gate="price_lists", together=most, handle=handle)
    for method, path, handle, most in (
        ("GET", "/v3/pricelists", get_all, None),
        ("POST", "/v3/pricelists", create, None),
        ("DELETE", "/v3/pricelists", delete_some, 1),
        ("GET", _ITEM, get, None),
        ("PUT", _ITEM, update, None),
        ("DELETE", _ITEM, delete, 1),
    )
)
