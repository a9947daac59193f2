"""The operations on metafields, the same for every kind: one object's own, and the collection's batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from billform.simulator.bigcommerce import answers, filters, pages, problems
from billform.simulator.bigcommerce.fields import Check, Errors, integer, record
from billform.simulator.bigcommerce.metafields import (
    FIELDS,
    REQUIRED,
    WRITE,
    WRITE_ALL,
    Kind,
    add,
    change,
    may_read,
    remove,
    view_of,
    visible,
)
from billform.simulator.bigcommerce.shop import Call, Route
from billform.simulator.message import Answer, Refusal, json_answer
from billform.simulator.world import Row

_FILTERS: Final[filters.Filters] = {
    "key": filters.is_exactly("key"),
    "key:in": filters.text_in("key", exactly=True),
    "namespace": filters.is_exactly("namespace"),
    "namespace:in": filters.text_in("namespace", exactly=True),
    "resource_id:in": filters.number_in("resource_id"),
    **filters.dates("date_modified", "date_created"),
}
_ALSO: Final = ("direction", "include_fields", "exclude_fields", "before", "after")


def routes(kind: Kind) -> tuple[Route, ...]:
    """Answer the operations of one kind: one object's metafields, and the collection's."""
    made = [
        _route("GET", kind.collection, kind, _get_collection),
        _route("POST", kind.collection, kind, _create_batch),
        _route("PUT", kind.collection, kind, _update_batch),
        _route("DELETE", kind.collection, kind, _delete_batch),
    ]
    if kind.one is not None:
        made += [_route("GET", kind.one, kind, _get_of_one), _route("POST", kind.one, kind, _create)]
    item = f"{kind.one or kind.collection}/{{metafield_id}}"
    made += [
        _route("GET", item, kind, _get),
        _route("PUT", item, kind, _update),
        _route("DELETE", item, kind, _delete),
    ]
    return tuple(made)


def _route(method: str, path: str, kind: Kind, handle: Callable[[Call, Kind], Answer]) -> Route:
    def handled(call: Call) -> Answer:
        if call.method != "GET" and not {WRITE, WRITE_ALL} & call.caller.scopes:
            raise problems.say(call.version, 403, "You don't have a required scope to access the endpoint")
        return handle(call, kind)

    return Route(method=method, path=path, scope=kind.scope, handle=handled)


# -- one object ------------------------------------------------------------------------------------------


def _get_of_one(call: Call, kind: Kind) -> Answer:
    return _listed(call, kind, visible(call, kind, _parent(call, kind)))


def _create(call: Call, kind: Kind) -> Answer:
    resource_id = _parent(call, kind)
    return answers.data(view_of(kind)(add(call, kind, resource_id, _fields(call, record(FIELDS, REQUIRED)))))


def _get(call: Call, kind: Kind) -> Answer:
    return answers.data(pages.shown(call, view_of(kind))(_one(call, kind)))


def _update(call: Call, kind: Kind) -> Answer:
    row = _one(call, kind)
    return answers.data(view_of(kind)(change(call, kind, row, _fields(call, record(FIELDS, REQUIRED)))))


def _delete(call: Call, kind: Kind) -> Answer:
    remove(call, kind, _one(call, kind))
    return answers.nothing()


def _fields(call: Call, check: Check) -> dict[str, Any]:
    if not isinstance(call.body, dict):
        raise problems.malformed("v3")
    errors: Errors = {}
    cleaned: dict[str, Any] = check(call.body, "", errors)
    if errors:
        raise _invalid(errors)
    return cleaned


def _invalid(errors: Errors) -> Refusal:
    return problems.invalid(errors, f"The following fields are invalid: {', '.join(errors)}")


# -- the collection --------------------------------------------------------------------------------------


def _get_collection(call: Call, kind: Kind) -> Answer:
    return _listed(call, kind, visible(call, kind, None))


def _create_batch(call: Call, kind: Kind) -> Answer:
    required = REQUIRED if kind.owner else (*REQUIRED, "resource_id")

    def create(given: dict[str, Any]) -> Any:
        resource_id = kind.owner(call.shop) if kind.owner else given["resource_id"]
        kind.check(call.shop, resource_id, None)
        return view_of(kind)(add(call, kind, resource_id, given))

    return _batch(call, record({**FIELDS, "resource_id": integer()}, required), create)


def _update_batch(call: Call, kind: Kind) -> Answer:
    required = ("id", *REQUIRED) if kind.owner else ("id",)

    def update(given: dict[str, Any]) -> Any:
        return view_of(kind)(change(call, kind, _find(call, kind, given["id"]), given))

    return _batch(call, record({**FIELDS, "id": integer()}, required), update)


def _delete_batch(call: Call, kind: Kind) -> Answer:
    def delete(number: Any) -> Any:
        remove(call, kind, _find(call, kind, number))
        return number

    return _batch(call, integer(), delete)


def _batch(call: Call, check: Check, do: Callable[[Any], Any]) -> Answer:
    """Do each entry on its own; one that fails is told beside those that were done (422)."""
    if not isinstance(call.body, list):
        raise problems.malformed("v3")
    done: list[Any] = []
    wrong: list[dict[str, Any]] = []
    for index, entry in enumerate(call.body):
        errors: Errors = {}
        cleaned = check(entry, str(index), errors)
        if errors:
            wrong.append(problems.problem(422, f"The following fields are invalid: {', '.join(errors)}", errors))
            continue
        try:
            done.append(do(cleaned))
        except Refusal as refusal:
            wrong.append(problems.taken_apart(refusal, index))
    meta = {"total": len(call.body), "success": len(done), "failed": len(wrong)}
    return json_answer(422 if wrong else 200, {"data": done, "errors": wrong, "meta": meta})


def _listed(call: Call, kind: Kind, rows: list[Row]) -> Answer:
    rows = filters.select(call, rows, _FILTERS, _ALSO)
    direction = call.query.get("direction", "asc")
    if direction not in ("asc", "desc"):
        raise problems.invalid({}, "The direction is not valid.")
    rows.sort(key=lambda row: row["id"], reverse=direction == "desc")
    return pages.cursored(call, rows, pages.shown(call, view_of(kind)), page_excludes_cursor=False)


def _parent(call: Call, kind: Kind) -> int:
    number = kind.owner(call.shop) if kind.owner else call.number(kind.parent)
    kind.check(call.shop, number, call.number("product_id") if "product_id" in call.params else None)
    return number


def _one(call: Call, kind: Kind) -> Row:
    row = _find(call, kind, call.number("metafield_id"))
    if row["resource_id"] != _parent(call, kind):
        raise problems.v3(404, "A metafield was not found with this query")
    return row


def _find(call: Call, kind: Kind, number: int) -> Row:
    row = call.shop.find("metafields", number)
    if row is None or row["resource_type"] != kind.name or not may_read(call, row):
        raise problems.v3(404, "A metafield was not found with this query")
    return row
