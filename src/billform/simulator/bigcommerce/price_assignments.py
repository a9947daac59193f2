"""Price list assignments: which customer group and channel a price list is for.

A pair of group and channel has one list; assigning another replaces it. A group with discounts of its own
cannot take a list. Undocumented and chosen here: a batch with an error changes nothing.
"""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import answers, callbacks, filters, pages, price_lists, problems
from billform.simulator.bigcommerce.fields import Errors, integer, nullable, record
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer
from billform.simulator.world import Row

MOST: Final = 25
_ENTRY: Final = record(
    {"price_list_id": integer(), "customer_group_id": nullable(integer()), "channel_id": nullable(integer())},
    ("price_list_id",),
)
_ONE: Final = record({"customer_group_id": integer(), "channel_id": integer()}, ("customer_group_id", "channel_id"))
_FILTERS: Final[filters.Filters] = {
    name: check
    for field in ("id", "price_list_id", "customer_group_id", "channel_id")
    for name, check in ((field, filters.is_number(field)), (f"{field}:in", filters.number_in(field)))
}


def _view(row: Row) -> dict[str, Any]:
    # An assignment to any group or any channel does not name it.
    return {name: value for name, value in row.items() if value is not None}


def get_all(call: Call) -> Answer:
    """Answer a page of assignments."""
    rows = filters.select(call, call.shop.all("price_assignments"), _FILTERS, ("before", "after"))
    return pages.cursored(call, rows, _view)


def put(call: Call) -> Answer:
    """Assign one price list to a group on a channel."""
    price_lists.one(call.shop, call.number("price_list_id"))
    entry = {"price_list_id": call.number("price_list_id"), **call.fields(_ONE)}
    errors = _problems_of(call.shop, entry, "")
    if errors:
        raise problems.invalid(errors)
    return answers.data(_view(_save(call.shop, entry)))


def post(call: Call) -> Answer:
    """Assign up to 25 price lists; the answer has no body."""
    entries = call.entries(_ENTRY, MOST)
    errors: Errors = {}
    for index, entry in enumerate(entries):
        errors |= _problems_of(call.shop, entry, f"{index}.")
    if errors:
        raise problems.invalid(errors)
    for entry in entries:
        _save(call.shop, entry)
    return Answer(status=200)


def delete(call: Call) -> Answer:
    """Remove the assignments that pass the filters."""
    if not set(_FILTERS) & set(call.query):
        raise problems.invalid({}, "A filter is required to delete assignments.")
    for row in filters.select(call, call.shop.all("price_assignments"), _FILTERS):
        call.shop.drop("price_assignments", row)
        _announce(call.shop, row, "deleted")
    return answers.nothing()


def _save(shop: Shop, entry: dict[str, Any]) -> Row:
    pair = {name: entry.get(name) for name in ("customer_group_id", "channel_id")}
    for row in shop.all("price_assignments"):
        if all(row[name] == value for name, value in pair.items()):
            changed = shop.change("price_assignments", row, {"price_list_id": entry["price_list_id"]})
            _announce(shop, changed, "updated")
            return changed
    fresh = {"id": shop.next_id("price_assignments"), "price_list_id": entry["price_list_id"], **pair}
    row = shop.add("price_assignments", fresh)
    _announce(shop, row, "updated")
    return row


def _problems_of(shop: Shop, entry: dict[str, Any], path: str) -> Errors:
    errors: Errors = {}
    if shop.find("price_lists", entry["price_list_id"]) is None:
        errors[f"{path}price_list_id"] = "the price list was not found"
    group_id, channel_id = entry.get("customer_group_id"), entry.get("channel_id")
    if group_id is None and channel_id is None:
        errors[f"{path}customer_group_id"] = "a customer group, a channel, or both are required"
    group = shop.find("customer_groups", group_id) if group_id is not None else None
    if group_id is not None and group is None:
        errors[f"{path}customer_group_id"] = "the customer group was not found"
    if group is not None and any(rule["type"] != "price_list" for rule in group["discount_rules"]):
        errors[f"{path}customer_group_id"] = "a customer group with discounts cannot take a price list"
    if channel_id is not None and shop.find("channels", channel_id) is None:
        errors[f"{path}channel_id"] = "the channel was not found"
    return errors


def _announce(shop: Shop, row: Row, what: str) -> None:
    data = {name: value for name, value in _view(row).items() if name != "id"}
    callbacks.announce(shop, f"store/priceList/assignment/{what}", data)


_LIST: Final = "/v3/pricelists/assignments"
ROUTES: Final = tuple(
    Route(method=method, path=path, scope="store_v2_products", gate="price_lists", together=most, handle=handle)
    for method, path, handle, most in (
        ("GET", _LIST, get_all, None),
        ("POST", _LIST, post, None),
        ("DELETE", _LIST, delete, None),
        ("PUT", "/v3/pricelists/{price_list_id}/assignments", put, 25),
    )
)
