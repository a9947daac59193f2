"""Customer attributes (the definitions): /customers/attributes. Fifty per store; the type is for ever."""

from __future__ import annotations

from typing import Final

from billform.simulator.bigcommerce import answers, filters, pages, problems
from billform.simulator.bigcommerce.fields import integer, record, text
from billform.simulator.bigcommerce.shop import Call, Route
from billform.simulator.message import Answer
from billform.simulator.world import Row

MOST: Final = 50
_TYPE: Final = text(one_of=("string", "number", "date"))
_NEW: Final = record({"name": text(1, 255), "type": _TYPE}, ("name", "type"))
_CHANGE: Final = record({"id": integer(), "name": text(1, 255), "type": _TYPE}, ("id", "name"))
_FILTERS: Final[filters.Filters] = {
    "name": filters.is_text("name"),
    "name:like": filters.like("name"),
    "type": filters.is_text("type"),
    **filters.dates("date_created", "date_modified"),
}


def get_all(call: Call) -> Answer:
    """Answer a page of definitions; they cannot be filtered by id."""
    return pages.paged(call, filters.select(call, call.shop.all("customer_attributes"), _FILTERS), dict)


def create(call: Call) -> Answer:
    """Define attributes."""
    entries = call.entries(_NEW)
    if len(call.shop.all("customer_attributes")) + len(entries) > MOST:
        raise problems.invalid({}, f"A store may have {MOST} customer attributes at most")
    dates = {"date_created": call.shop.zulu, "date_modified": call.shop.zulu}
    made = [
        call.shop.add("customer_attributes", {"id": call.shop.next_id("customer_attributes"), **entry, **dates})
        for entry in entries
    ]
    return answers.data(made)


def update(call: Call) -> Answer:
    """Rename attributes; another type is refused."""
    changed: list[Row] = []
    for index, entry in enumerate(call.entries(_CHANGE)):
        row = call.shop.find("customer_attributes", entry["id"])
        if row is None:
            raise problems.invalid({f"{index}.id": f"A customer attribute with the id of {entry['id']} was not found"})
        if entry.get("type", row["type"]) != row["type"]:
            raise problems.invalid({f"{index}.type": "The type of a customer attribute cannot be changed"})
        fresh = {"name": entry["name"], "date_modified": call.shop.zulu}
        changed.append(call.shop.change("customer_attributes", row, fresh))
    return answers.data(changed)


def delete(call: Call) -> Answer:
    """Remove the attributes of `id:in`; those that are gone are let by."""
    if not call.query.get("id:in"):
        raise problems.invalid({}, "The filter id:in is required")
    for number in filters.numbers("id:in", call.query["id:in"]):
        row = call.shop.find("customer_attributes", number)
        if row is not None:
            call.shop.drop("customer_attributes", row)
    return answers.nothing()


_LIST: Final = "/v3/customers/attributes"
ROUTES: Final = (
    Route(method="GET", path=_LIST, scope="store_v2_customers", handle=get_all),
    Route(method="POST", path=_LIST, scope="store_v2_customers", handle=create, together=3),
    Route(method="PUT", path=_LIST, scope="store_v2_customers", handle=update, together=3),
    Route(method="DELETE", path=_LIST, scope="store_v2_customers", handle=delete),
)
