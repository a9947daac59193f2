"""Customer groups, v2 only: /v2/customer_groups. Only some plans have them.

A PUT replaces all of `discount_rules`. One group alone may be for guests. Undocumented and chosen here:
a new default group unsets the old one; names need not be unique; unknown fields are refused, as v2 does;
a plan without groups answers 403.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from billform.simulator.bigcommerce import answers, filters, pages, problems
from billform.simulator.bigcommerce.fields import MISSING, Check, Errors, flag, integer, listing, record, text
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer, Refusal, json_answer
from billform.simulator.world import Row

_READ_ONLY: Final = frozenset({"id", "date_created", "date_modified"})
_IN_PART: Final = json_answer(
    207,
    {
        "status": 207,
        "message": "The customer group was saved, but the sitewide discount update failed. You may retry the request.",
    },
)
_METHODS: Final = ("percent", "fixed", "price")


def _rule(value: Any, path: str, errors: Errors) -> Any:
    if not isinstance(value, dict):
        errors[path] = "error.expected.jsobject"
        return None
    kinds: dict[str, tuple[str, ...]] = {
        "price_list": ("price_list_id",),
        "category": ("method", "amount", "category_id"),
        "product": ("method", "amount", "product_id"),
        "all": ("method", "amount"),
    }
    if value.get("type") not in kinds:
        errors[f"{path}.type"] = f"must be one of: {', '.join(kinds)}"
        return None
    needed = kinds[value["type"]]
    fields: dict[str, Check] = {"type": text()}
    known: dict[str, Check] = {"method": text(one_of=_METHODS), "amount": _amount}
    for name in needed:
        fields[name] = known.get(name, integer())
    return record(fields, needed, closed=True)(value, path, errors)


def _amount(value: Any, path: str, errors: Errors) -> Any:
    """Check an amount given as text or number; it is shown as text of four decimals."""
    try:
        amount = None if isinstance(value, bool | None) else Decimal(str(value))
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite():
        errors[path] = "must be an amount"
        return None
    return f"{amount:.4f}"


def _category_access(value: Any, path: str, errors: Errors) -> Any:
    kind = value.get("type") if isinstance(value, dict) else None
    access: Check = record(
        {"type": text(one_of=("all", "specific", "none")), "categories": listing(integer())}, ("type",)
    )
    cleaned = access(value, path, errors)
    if kind == "specific" and not errors and "categories" not in cleaned:
        errors[f"{path}.categories"] = MISSING
    return cleaned


_FIELDS: Final[dict[str, Check]] = {
    "name": text(1, 255),
    "is_default": flag(),
    "is_group_for_guests": flag(),
    "category_access": _category_access,
    "discount_rules": listing(_rule),
}
_FILTERS: Final[filters.Filters] = {
    "name": filters.is_text("name"),
    "name:like": filters.like("name"),
    "is_default": filters.is_flag("is_default"),
    "is_group_for_guests": filters.is_flag("is_group_for_guests"),
}


def get_all(call: Call) -> Answer:
    """Answer a page of groups."""
    return pages.listed(call, filters.select(call, call.shop.all("customer_groups"), _FILTERS), dict)


def count(call: Call) -> Answer:
    """Answer how many groups there are."""
    return answers.bare({"count": len(call.shop.all("customer_groups"))})


def get(call: Call) -> Answer:
    """Answer one group."""
    return answers.bare(_one(call))


def create(call: Call) -> Answer:
    """Make a group."""
    given = _given(call)
    if "name" not in given:
        raise problems.v2(400, "The required field 'name' was not supplied.")
    _check(call.shop, given, None)
    fresh: dict[str, Any] = {
        "id": call.shop.next_id("customer_groups"),
        "is_default": False,
        "is_group_for_guests": False,
        "category_access": {"type": "all"},
        "discount_rules": [],
        **given,
        "date_created": call.shop.rfc2822,
        "date_modified": call.shop.rfc2822,
    }
    _unset_default(call.shop, given)
    failed = _without_discount(call.shop, fresh)
    row = call.shop.add("customer_groups", fresh)
    return _IN_PART if failed else answers.bare(row)


def update(call: Call) -> Answer:
    """Change a group; `discount_rules` are replaced as a whole."""
    row = _one(call)
    given = _given(call)
    _check(call.shop, given, row["id"])
    _unset_default(call.shop, given)
    row = _one(call)
    failed = _without_discount(call.shop, given)
    changed = call.shop.change("customer_groups", row, {**given, "date_modified": call.shop.rfc2822})
    return _IN_PART if failed else answers.bare(changed)


def delete(call: Call) -> Answer:
    """Remove a group with its price list assignments."""
    row = _one(call)
    for assignment in call.shop.table("price_assignments").where("customer_group_id", row["id"]):
        call.shop.drop("price_assignments", assignment)
    call.shop.drop("customer_groups", row)
    return answers.nothing()


def _without_discount(shop: Shop, given: dict[str, Any]) -> bool:
    """Tell whether the site-wide discount is to fail by itself, and take it out."""
    rules = given.get("discount_rules", [])
    if not any(rule["type"] == "all" for rule in rules) or not shop.fails_in_part():
        return False
    given["discount_rules"] = [rule for rule in rules if rule["type"] != "all"]
    return True


def _given(call: Call) -> dict[str, Any]:
    if not isinstance(call.body, dict):
        raise problems.malformed("v2")
    for name in call.body:
        if name in _READ_ONLY:
            raise problems.v2(
                400, f"The field '{name}' cannot be written to. Please remove it from your request before trying again."
            )
        if name not in _FIELDS:
            raise problems.v2(400, f"The field '{name}' is not supported by this resource.")
    errors: Errors = {}
    cleaned: dict[str, Any] = record(_FIELDS)(call.body, "", errors)
    if errors:
        path, reason = next(iter(errors.items()))
        raise problems.v2(400, f"The field '{path.split('.')[0]}' is invalid.", {"invalid_reason": f"{path}: {reason}"})
    return cleaned


def _check(shop: Shop, given: dict[str, Any], but: int | None) -> None:
    others = [row for row in shop.all("customer_groups") if row["id"] != but]
    if given.get("is_group_for_guests") and any(row["is_group_for_guests"] for row in others):
        raise problems.v2(409, "Only one customer group may be the group for guests.")
    tables = {"price_list_id": "price_lists", "category_id": "categories", "product_id": "products"}
    for rule in given.get("discount_rules", []):
        for name, table in tables.items():
            if name in rule and shop.find(table, rule[name]) is None:
                raise problems.v2(
                    400, "The field 'discount_rules' is invalid.", {"invalid_reason": f"{name} not found"}
                )


def _unset_default(shop: Shop, given: dict[str, Any]) -> None:
    if given.get("is_default"):
        for row in shop.all("customer_groups"):
            if row["is_default"]:
                shop.change("customer_groups", row, {"is_default": False})


def _one(call: Call) -> Row:
    raw = call.params["customer_group_id"]
    if not raw.isascii() or not raw.isdigit():
        raise Refusal(json_answer(400, {"errors": [{"status": 400, "title": "Bad Request", "type": problems.TYPE}]}))
    row = call.shop.find("customer_groups", raw)
    if row is None:
        raise problems.v2_not_found()
    return row


_LIST: Final = "/v2/customer_groups"
_ITEM: Final = f"{_LIST}/{{customer_group_id}}"
ROUTES: Final = tuple(
    Route(method=method, path=path, scope="store_v2_customers", gate="customer_groups", together=40, handle=handle)
    for method, path, handle in (
        ("GET", _LIST, get_all),
        ("POST", _LIST, create),
        ("GET", f"{_LIST}/count", count),
        ("GET", _ITEM, get),
        ("PUT", _ITEM, update),
        ("DELETE", _ITEM, delete),
    )
)
