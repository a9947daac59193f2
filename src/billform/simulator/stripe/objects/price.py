"""Prices: immutable amounts under a lookup key that can move."""

from __future__ import annotations

from typing import Any

from billform.simulator.stripe import change, lists, price_model, rules, search
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.objects import product
from billform.simulator.stripe.problem import StripeError, exclusive, invalid, missing_param, no_such
from billform.simulator.world import Row

KIND = Kind(
    name="price",
    what="price",
    path_param="price",
    references={"product": "product"},
    hidden=frozenset({"tiers", "currency_options", "currency_options.*.tiers"}),
)


def make(ctx: Context, params: dict[str, Any], *, name: str = "") -> Row:
    """Store a price from create parameters, also those of a product's `default_price_data`; answer the row."""
    model = price_model.model(ctx, params, name=name)
    product_id = _product(ctx, params)
    row: Row = {
        "id": ctx.token("price_"),
        "object": "price",
        "active": params.get("active", True),
        "created": ctx.now,
        "livemode": ctx.livemode,
        "lookup_key": None,
        "metadata": rules.metadata(params.get("metadata"), name=f"{name}[metadata]" if name else "metadata"),
        "nickname": params.get("nickname"),
        "product": product_id,
        **model,
    }
    if "lookup_key" in params:
        _take_lookup_key(ctx, params, holder=None)
        row["lookup_key"] = params["lookup_key"]
    return change.create(ctx, KIND, row, event="price.created")


def create(ctx: Context) -> Row:
    """POST /v1/prices."""
    return change.answer(ctx, KIND, make(ctx, ctx.params))


def retrieve(ctx: Context) -> Row:
    """GET /v1/prices/{price}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def update(ctx: Context) -> Row:
    """POST /v1/prices/{price}: whatever concerns the amount is refused as an unknown parameter."""
    row, params = ctx.in_path(KIND), ctx.params
    fields: Row = {key: params[key] for key in ("active", "nickname") if key in params}
    if fields.get("active") is False and row["active"]:
        parent = ctx.table(product.KIND).get(row["product"])
        if parent is not None and parent["default_price"] == row["id"]:
            raise StripeError("This price cannot be archived because it is the default price of its product.")
    if "metadata" in params:
        fields["metadata"] = rules.metadata(params["metadata"], row["metadata"])
    if "tax_behavior" in params:
        fields["tax_behavior"] = _tax_behavior(row["tax_behavior"], params["tax_behavior"])
    options = row["currency_options"]
    if "currency_options" in params:
        options = _currency_options(row, params["currency_options"])
    if "tax_behavior" in fields:
        own = {**options[row["currency"]], "tax_behavior": fields["tax_behavior"]}
        options = {**options, row["currency"]: own}
    fields["currency_options"] = options
    if "lookup_key" in params:
        _take_lookup_key(ctx, params, holder=row["id"])
        fields["lookup_key"] = params["lookup_key"]
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event="price.updated"))


def listing(ctx: Context) -> Row:
    """GET /v1/prices: the active ones unless `active=false`."""
    params = ctx.params
    active = params.get("active", True)
    lookup_keys: list[str] | None = params.get("lookup_keys")
    recurring: dict[str, Any] = params.get("recurring", {})
    rows = None
    if lookup_keys is not None:
        if len(lookup_keys) > rules.LOOKUP_KEYS_FILTER:
            text = f"You may only specify up to {rules.LOOKUP_KEYS_FILTER} lookup keys."
            raise invalid(text, param="lookup_keys")
        table = ctx.table(KIND)
        rows = [row for key in dict.fromkeys(lookup_keys) for row in table.where("lookup_key", key)]
    elif "product" in params:
        ctx.named(product.KIND, params["product"], param="product")
        rows = ctx.table(KIND).where("product", params["product"])

    def keep(row: Row) -> bool:
        if row["active"] != active or any(row[key] != params[key] for key in ("currency", "type") if key in params):
            return False
        if "product" in params and row["product"] != params["product"]:
            return False
        own = row["recurring"] or {}
        return all(own.get(key) == value for key, value in recurring.items())

    return lists.page(ctx, KIND, url="/v1/prices", keep=keep, rows=rows)


def find(ctx: Context) -> Row:
    """GET /v1/prices/search."""
    fields = ("active", "currency", "lookup_key", "product", "type")
    return search.page(ctx, KIND, url="/v1/prices/search", fields=fields)


def _product(ctx: Context, params: dict[str, Any]) -> str:
    if "product" in params and "product_data" in params:
        raise exclusive("product", "product_data")
    if "product_data" in params:
        return str(product.make(ctx, params["product_data"], name="product_data")["id"])
    if "product" not in params:
        raise missing_param("product")
    wanted: str = params["product"]
    if wanted not in ctx.table(product.KIND):
        raise no_such("product", wanted, param="product")
    return wanted


def _take_lookup_key(ctx: Context, params: dict[str, Any], *, holder: str | None) -> None:
    """Free the lookup key for `holder`: unique also among archived prices, moved only with transfer_lookup_key."""
    for other in ctx.table(KIND).where("lookup_key", params["lookup_key"]):
        if other["id"] == holder:
            continue
        if not params.get("transfer_lookup_key"):
            raise StripeError(f"A price (`{other['id']}`) already uses that lookup key.", param="lookup_key")
        change.update(ctx, KIND, other, {"lookup_key": None}, event="price.updated")


def _tax_behavior(current: str, wanted: str) -> str:
    if current not in (wanted, "unspecified"):
        raise StripeError(
            f"You cannot change the tax behavior of a price once it is set: it is `{current}`.", param="tax_behavior"
        )
    return wanted


def _currency_options(row: Row, given: Any) -> Row:
    """Merge by currency; "" takes every further currency away, and "" for one takes that one."""
    own = row["currency"]
    if given == "":
        return {own: row["currency_options"][own]}
    merged = dict(row["currency_options"])
    for key, value in given.items():
        rules.currency_key(key, param="currency_options")
        if key == own:
            raise invalid(
                "You are specifying an update to a currency option that matches the top-level currency for this "
                "price. Please remove this currency option and update the top-level params instead.",
                param=f"currency_options[{key}]",
            )
        if value == "":
            merged.pop(key, None)
        else:
            entry = price_model.option(row["billing_scheme"], value, name=f"currency_options[{key}]")
            if key in merged:
                behavior = merged[key]["tax_behavior"]
                entry["tax_behavior"] = _tax_behavior(behavior, value.get("tax_behavior", behavior))
            merged[key] = entry
    return merged


ROUTES = (
    Route(
        method="POST",
        template="/v1/prices",
        params="_price_create",
        permission="plan_write",
        handler=create,
        texts=rules.PRICE_TEXTS,
    ),
    Route(method="GET", template="/v1/prices", params="_price_list", permission="plan_read", handler=listing),
    Route(method="GET", template="/v1/prices/search", params="_price_search", permission="plan_read", handler=find),
    Route(
        method="GET", template="/v1/prices/{price}", params="_price_retrieve", permission="plan_read", handler=retrieve
    ),
    Route(
        method="POST",
        template="/v1/prices/{price}",
        params="_price_update",
        permission="plan_write",
        handler=update,
        texts=rules.PRICE_TEXTS,
    ),
)
