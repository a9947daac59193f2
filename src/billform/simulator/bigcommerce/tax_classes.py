"""Tax classes: read through /v2/tax_classes, written through /v3/tax/classes in batches of fifty.

Names are unique whatever the case. Class 0 is the default class.
The v3 writes need the permission `Manage_Tax`; no OAuth scope is documented, so `store_v2_information` (the
scope of the tax settings) stands for it. Undocumented and chosen here: a batch with an error changes nothing.
"""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import answers, pages, problems
from billform.simulator.bigcommerce.fields import Errors, integer, record, text
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer
from billform.simulator.world import Row

MOST: Final = 50
FORBIDDEN: Final = frozenset("<>{}`();|")
_NAME: Final = text(1, 100)


def exists(shop: Shop, number: int) -> bool:
    """Tell whether a product may name the tax class."""
    return shop.find("tax_classes", number) is not None


def add(shop: Shop, name: str, number: int | None = None) -> Row:
    """Store a new tax class."""
    own = shop.next_id("tax_classes") if number is None else number
    return shop.add("tax_classes", {"id": own, "name": name, "created_at": shop.stamp, "updated_at": shop.stamp})


def _view_v2(row: Row) -> dict[str, Any]:
    return {**row, "id": str(row["id"])}


def get_all(call: Call) -> Answer:
    """Answer the tax classes; their ids are strings here."""
    return pages.listed(call, call.shop.all("tax_classes"), _view_v2)


def get(call: Call) -> Answer:
    """Answer one tax class."""
    row = call.shop.find("tax_classes", call.number("id"))
    if row is None:
        raise problems.v2_not_found()
    return answers.bare(_view_v2(row))


def create(call: Call) -> Answer:
    """Make tax classes."""
    entries = _entries(call, record({"name": _NAME}, ("name",), closed=True))
    _check_names(call.shop, entries)
    return answers.data([add(call.shop, entry["name"]) for entry in entries])


def update(call: Call) -> Answer:
    """Rename tax classes."""
    entries = _entries(call, record({"id": integer(1), "name": _NAME}, ("id", "name"), closed=True))
    numbers = [entry["id"] for entry in entries]
    if len(set(numbers)) < len(numbers):
        raise problems.tax_problem(422, "Duplicate id in the batch")
    missing = [number for number in numbers if call.shop.find("tax_classes", number) is None]
    if missing:
        raise problems.tax_problem(400, f"Tax classes not found: {', '.join(map(str, missing))}")
    _check_names(call.shop, entries)
    rows = []
    for entry in entries:
        row = call.shop.find("tax_classes", entry["id"])
        assert row is not None
        rows.append(call.shop.change("tax_classes", row, {"name": entry["name"], "updated_at": call.shop.stamp}))
    return answers.data(rows)


def delete(call: Call) -> Answer:
    """Remove the tax classes of `id:in`."""
    raw = [part.strip() for part in call.query.get("id:in", "").split(",") if part.strip()]
    if not raw:
        raise problems.tax_problem(404, "The filter id:in is required")
    if len(raw) > MOST:
        raise problems.tax_problem(413, f"{MOST} tax classes at most")
    if not all(part.isascii() and part.isdigit() for part in raw):
        raise problems.tax_problem(422, "id:in may hold only integer values")
    rows = [call.shop.find("tax_classes", part) for part in raw]
    if any(row is None for row in rows):
        raise problems.tax_problem(400, "Tax class not found")
    for row in rows:
        assert row is not None
        call.shop.drop("tax_classes", row)
    return answers.nothing()


def _entries(call: Call, check: Any) -> list[dict[str, Any]]:
    if not isinstance(call.body, list) or not call.body:
        raise problems.tax_problem(422, "The body must be an array of tax classes that is not empty")
    if len(call.body) > MOST:
        raise problems.tax_problem(413, f"{MOST} tax classes at most")
    errors: Errors = {}
    entries = [check(entry, str(index), errors) for index, entry in enumerate(call.body)]
    for index, entry in enumerate(entries):
        if entry and FORBIDDEN & set(str(entry.get("name") or "")):
            errors[f"{index}.name"] = "may not hold any of < > { } ` ( ) ; |"
    if errors:
        raise problems.tax_problem(422, "The tax classes are invalid", errors)
    return entries


def _check_names(shop: Shop, entries: list[dict[str, Any]]) -> None:
    wanted = [entry["name"].lower() for entry in entries]
    if len(set(wanted)) < len(wanted):
        raise problems.tax_problem(422, "Duplicate name in the batch")
    own = {entry.get("id") for entry in entries}
    taken = {row["name"].lower() for row in shop.all("tax_classes") if row["id"] not in own}
    clash = sorted(set(wanted) & taken)
    if clash:
        raise problems.tax_problem(409, f"Tax class names already exist: {', '.join(clash)}")


ROUTES: Final = (
    Route(method="GET", path="/v2/tax_classes", scope="store_v2_information", handle=get_all),
    Route(method="GET", path="/v2/tax_classes/{id}", scope="store_v2_information", handle=get),
    Route(method="POST", path="/v3/tax/classes", scope="store_v2_information", handle=create),
    Route(method="PUT", path="/v3/tax/classes", scope="store_v2_information", handle=update),
    Route(method="DELETE", path="/v3/tax/classes", scope="store_v2_information", handle=delete),
)
