"""Price list records: /pricelists/{price_list_id}/records and the cross-list /pricelists/records.

A record is (price list, variant, currency). Currencies are written as `USD` and read back as `usd`; amounts
that were never set read as 0, as everywhere in the catalog. PUT upserts entry by entry and tells those that
failed (422, the others are saved); POST makes new ones only and saves all or nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from billform.simulator.bigcommerce import answers, callbacks, filters, pages, price_lists, problems, skus
from billform.simulator.bigcommerce.fields import Check, Errors, integer, listing, number, record, text
from billform.simulator.bigcommerce.shop import Call, Route, Shop
from billform.simulator.message import Answer, Refusal, json_answer
from billform.simulator.world import Row

MOST_NEW: Final = 100
MOST_UPSERT: Final = 1000
AMOUNTS: Final = ("price", "sale_price", "retail_price", "map_price")

_TIER: Final = record(
    {
        "quantity_min": integer(0),
        "quantity_max": integer(0, nullable=True),
        "type": text(one_of=("fixed", "price", "percent")),
        "amount": number(0),
    },
    ("quantity_min", "type", "amount"),
)
_PRICES: Final[dict[str, Check]] = {
    **{name: number(0) for name in AMOUNTS},
    "bulk_pricing_tiers": listing(_TIER),
}
_RECORD: Final = {
    **_PRICES,
    "price_list_id": integer(),
    "variant_id": integer(),
    "sku": text(1),
    "currency": text(3, 3),
}

_FILTERS: Final[filters.Filters] = {
    "variant_id:in": filters.number_in("variant_id"),
    "product_id:in": filters.number_in("product_id"),
    "currency": filters.is_text("currency"),
    "currency:in": filters.text_in("currency"),
    "sku": filters.is_text("sku"),
    "sku:in": filters.text_in("sku"),
    **filters.between(*AMOUNTS, "calculated_price"),
    **filters.dates("date_created", "date_modified"),
}


def _full(shop: Shop, row: Row) -> Row:
    """Answer a stored record with what is read off its variant."""
    variant = shop.find("variants", row["variant_id"])
    assert variant is not None
    return {
        **row,
        "sku": variant["sku"],
        "product_id": variant["product_id"],
        "currency": row["currency"].lower(),
        "calculated_price": row["sale_price"] or row["price"],
    }


def _view_for(call: Call) -> pages.View:
    includes = filters.words(call.query.get("include", ""))
    left_out = {"id", "serial"} | ({"bulk_pricing_tiers", "sku"} - includes)
    return lambda row: answers.pick(row, without=left_out)


def _key(list_id: int, variant_id: int, currency: str) -> str:
    return f"{list_id}-{variant_id}-{currency.upper()}"


def get_all(call: Call) -> Answer:
    """Answer a page of a list's records."""
    price_lists.one(call.shop, call.number("price_list_id"))
    return _listed(call, call.shop.table("price_records").where("price_list_id", call.number("price_list_id")))


def get_of_variant(call: Call) -> Answer:
    """Answer the records of one variant, one for each currency."""
    price_lists.one(call.shop, call.number("price_list_id"))
    rows = call.shop.table("price_records").where("price_list_id", call.number("price_list_id"))
    return _listed(call, [row for row in rows if row["variant_id"] == call.number("variant_id")])


def _listed(call: Call, rows: list[Row]) -> Answer:
    full = filters.select(call, [_full(call.shop, row) for row in rows], _FILTERS, ("include", "before", "after"))
    return pages.cursored(call, full, _view_for(call))


def get(call: Call) -> Answer:
    """Answer one record."""
    row = _one(call)
    if row is None:
        raise problems.v3(404, "The price record was not found")
    return answers.data(_view_for(call)(_full(call.shop, row)))


def put_one(call: Call) -> Answer:
    """Upsert one record."""
    list_id, variant_id = call.number("price_list_id"), call.number("variant_id")
    price_lists.one(call.shop, list_id)
    skus.variant(call.shop, variant_id)
    given = call.fields(record(_PRICES))
    entry = {**given, "price_list_id": list_id, "variant_id": variant_id, "currency": call.params["currency"]}
    errors = _problems_of(call.shop, entry)
    if errors:
        raise problems.invalid(errors)
    known = _one(call) is not None
    row = _save(call.shop, entry)
    data = {"price_list_id": list_id, "variant_id": variant_id, "currency_code": row["currency"]}
    callbacks.announce(call.shop, f"store/priceList/record/{'updated' if known else 'created'}", data)
    return answers.data(_view_for(call)(_full(call.shop, row)))


def delete_one(call: Call) -> Answer:
    """Remove one record; harmless when it is gone."""
    row = _one(call)
    if row is not None:
        call.shop.drop("price_records", row)
        callbacks.announce(call.shop, "store/priceList/record/deleted", _named(row))
    return answers.nothing()


def delete_some(call: Call) -> Answer:
    """Remove the records of a list that pass the filters."""
    price_lists.one(call.shop, call.number("price_list_id"))
    allowed = {name: _FILTERS[name] for name in ("currency", "variant_id:in", "sku:in")}
    if not set(allowed) & set(call.query):
        raise problems.invalid({}, "A filter is required to delete price records.")
    rows = call.shop.table("price_records").where("price_list_id", call.number("price_list_id"))
    gone = filters.select(call, [_full(call.shop, row) for row in rows], allowed)
    for row in gone:
        call.shop.drop("price_records", row)
    if gone:
        callbacks.announce(call.shop, "store/priceList/records/deleted", [_named(row) for row in gone])
    return answers.nothing()


def put_batch(call: Call) -> Answer:
    """Upsert up to 1000 records of one list."""
    price_lists.one(call.shop, call.number("price_list_id"))
    return _upserted(call, call.number("price_list_id"))


def put_cross(call: Call) -> Answer:
    """Upsert records of any lists."""
    return _upserted(call, None)


def post_batch(call: Call) -> Answer:
    """Make up to 100 records of one list."""
    price_lists.one(call.shop, call.number("price_list_id"))
    return _created(call, call.number("price_list_id"))


def post_cross(call: Call) -> Answer:
    """Make up to 100 records of any lists."""
    return _created(call, None)


def _upserted(call: Call, list_id: int | None) -> Answer:
    entries, wrong = _entries(call, list_id, MOST_UPSERT)
    made: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for entry in entries:
        known = call.shop.find("price_records", _key(entry["price_list_id"], entry["variant_id"], entry["currency"]))
        (changed if known else made).append(_named(_save(call.shop, entry)))
    for what, rows in (("created", made), ("updated", changed)):
        if rows:
            callbacks.announce(call.shop, f"store/priceList/records/{what}", rows)
    if wrong:
        return json_answer(422, {"batch_errors": wrong})
    return answers.data({})


def _created(call: Call, list_id: int | None) -> Answer:
    entries, wrong = _entries(call, list_id, MOST_NEW)
    for entry in entries:
        if call.shop.find("price_records", _key(entry["price_list_id"], entry["variant_id"], entry["currency"])):
            wrong.append(_batch_error(entry, {"price": "a price record already exists"}))
    if wrong:
        raise Refusal(json_answer(422, {"batch_errors": wrong}))
    rows = [_named(_save(call.shop, entry)) for entry in entries]
    callbacks.announce(call.shop, "store/priceList/records/created", rows)
    return answers.data({})


def _entries(call: Call, list_id: int | None, most: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Answer the entries that hold, each with its list and variant, and the errors of the others."""
    if not isinstance(call.body, list):
        raise problems.malformed("v3")
    if len(call.body) > most:
        raise problems.too_many(most)
    check = record(_RECORD, ("currency",))
    good: list[dict[str, Any]] = []
    wrong: list[dict[str, Any]] = []
    for given in call.body:
        errors: Errors = {}
        entry = check(given, "", errors)
        if not errors:
            entry["price_list_id"] = list_id if list_id is not None else entry.get("price_list_id")
            errors = _problems_of(call.shop, entry)
        if errors:
            wrong.append(_batch_error(given, errors))
        else:
            good.append(entry)
    return good, wrong


def _problems_of(shop: Shop, entry: dict[str, Any]) -> Errors:
    """Find the variant by id or SKU and answer what does not fit."""
    errors: Errors = {}
    if entry.get("price_list_id") is None or shop.find("price_lists", entry["price_list_id"]) is None:
        errors["price_list_id"] = "the price list was not found"
    if "variant_id" not in entry:
        variant = skus.variant_by_sku(shop, entry["sku"]) if "sku" in entry else None
        if variant is None:
            errors["sku" if "sku" in entry else "variant_id"] = "the variant was not found"
        else:
            entry["variant_id"] = variant["id"]
    else:
        try:
            skus.variant(shop, entry["variant_id"])
        except Refusal:
            errors["variant_id"] = "the variant was not found"
    if entry["currency"].upper() not in {row["currency_code"] for row in shop.all("currencies")}:
        errors["currency"] = "the currency is not one of the store's"
    return errors


def _save(shop: Shop, entry: dict[str, Any]) -> Row:
    key = _key(entry["price_list_id"], entry["variant_id"], entry["currency"])
    row = shop.find("price_records", key)
    prices = {name: entry[name] for name in _PRICES if name in entry}
    if row is not None:
        return shop.change("price_records", row, {**prices, "date_modified": shop.zulu})
    fresh = {
        "id": key,
        "serial": shop.next_id("price_records"),
        "price_list_id": entry["price_list_id"],
        "variant_id": entry["variant_id"],
        "currency": entry["currency"].upper(),
        **dict.fromkeys(AMOUNTS, 0),
        "bulk_pricing_tiers": [],
        **prices,
        "date_created": shop.zulu,
        "date_modified": shop.zulu,
    }
    return shop.add("price_records", fresh)


def _named(row: Row) -> dict[str, Any]:
    return {
        "price_list_id": row["price_list_id"],
        "variant_id": row["variant_id"],
        "currency_code": row["currency"].upper(),
    }


def _batch_error(entry: Any, errors: Errors) -> dict[str, Any]:
    named = ("price_list_id", "variant_id", "sku", "currency")
    data = {name: entry[name] for name in named if name in entry} if isinstance(entry, dict) else {}
    return {"data": data, "field_errors": errors}


def _one(call: Call) -> Row | None:
    key = _key(call.number("price_list_id"), call.number("variant_id"), call.params["currency"])
    return call.shop.find("price_records", key)


_LIST: Final = "/v3/pricelists/{price_list_id}/records"
_ITEM: Final = f"{_LIST}/{{variant_id}}/{{currency}}"
_CROSS: Final = "/v3/pricelists/records"
_OPERATIONS: Final[tuple[tuple[str, str, Callable[[Call], Answer], int], ...]] = (
    # The last column is how many may run at once; the upsert's is 2 in its own description, 1 elsewhere.
    ("GET", _LIST, get_all, 10),
    ("POST", _LIST, post_batch, 10),
    ("PUT", _LIST, put_batch, 2),
    ("DELETE", _LIST, delete_some, 25),
    ("GET", f"{_LIST}/{{variant_id}}", get_of_variant, 40),
    ("GET", _ITEM, get, 50),
    ("PUT", _ITEM, put_one, 40),
    ("DELETE", _ITEM, delete_one, 25),
    ("POST", _CROSS, post_cross, 10),
    ("PUT", _CROSS, put_cross, 1),
)
ROUTES: Final = tuple(
    Route(method=method, path=path, scope="store_v2_products", gate="price_lists", together=most, handle=handle)
    for method, path, handle, most in _OPERATIONS
)
