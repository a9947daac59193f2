"""Products: what is sold, apart from what it costs."""

from __future__ import annotations

import re
from typing import Any, Final

from billform.simulator.stripe import change, lists, rules, search
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import StripeError, exclusive, invalid, no_such
from billform.simulator.world import Row

KIND = Kind(name="product", what="product", references={"default_price": "price", "tax_code": "tax_code"})
_FORBIDDEN_ON_STATEMENTS: Final = re.compile(r"[<>\\'\"*]")


def make(ctx: Context, params: dict[str, Any], *, name: str = "") -> Row:
    """Store a product from create parameters, also those of a price's `product_data`; answer the row."""
    wanted: str | None = params.get("id")
    if wanted is not None and wanted in ctx.table(KIND):
        raise StripeError("Product already exists.", code="resource_already_exists", param="id")
    now = ctx.now
    row: Row = {
        "id": wanted or ctx.token("prod_", 14),
        "object": "product",
        "active": params.get("active", True),
        "created": now,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": ctx.livemode,
        "marketing_features": [],
        "metadata": {},
        "name": params["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "tax_details": None,
        "type": params.get("type", "service"),
        "unit_label": None,
        "updated": now,
        "url": None,
    }
    row.update(_fields(ctx, params, row, name=name))
    return change.create(ctx, KIND, row, event="product.created")


def create(ctx: Context) -> Row:
    """POST /v1/products, with a first price from `default_price_data`."""
    from billform.simulator.stripe.objects import price

    row = make(ctx, ctx.params)
    data = ctx.params.get("default_price_data")
    if data is not None:
        first = price.make(ctx, {**data, "product": row["id"]}, name="default_price_data")
        row = change.update(ctx, KIND, row, {"default_price": first["id"]}, event="product.updated")
    return change.answer(ctx, KIND, row)


def update(ctx: Context) -> Row:
    """POST /v1/products/{id}."""
    row = ctx.in_path(KIND)
    fields = _fields(ctx, ctx.params, row)
    if "default_price" in ctx.params:
        fields["default_price"] = _default_price(ctx, row, ctx.params["default_price"])
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event="product.updated"))


def retrieve(ctx: Context) -> Row:
    """GET /v1/products/{id}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def delete(ctx: Context) -> Row:
    """DELETE /v1/products/{id}: only without prices, active or not."""
    row = ctx.in_path(KIND)
    if ctx.table("price").where("product", row["id"]):
        raise StripeError("This product cannot be deleted because it has one or more user-created prices.")
    attached = ctx.table("product_feature")
    for feature in attached.where("_product", row["id"]):
        attached.delete(feature["id"])
    return change.delete(ctx, KIND, row, event="product.deleted")


def listing(ctx: Context) -> Row:
    """GET /v1/products: active and archived alike unless `active` is given."""
    params = ctx.params
    ids: list[str] | None = params.get("ids")
    if ids is not None and ("starting_after" in params or "ending_before" in params):
        raise exclusive("ids", "starting_after" if "starting_after" in params else "ending_before")
    wanted = {name: params[name] for name in ("active", "shippable", "type", "url") if name in params}

    def keep(row: Row) -> bool:
        if ids is not None and row["id"] not in ids:
            return False
        # `shippable` is null until set; the filter takes that for false.
        return all((row[name] or False) == value for name, value in wanted.items())

    return lists.page(ctx, KIND, url="/v1/products", keep=keep)


def find(ctx: Context) -> Row:
    """GET /v1/products/search."""
    return search.page(
        ctx, KIND, url="/v1/products/search", fields=("active", "description", "name", "shippable", "url")
    )


def _fields(ctx: Context, params: dict[str, Any], row: Row, *, name: str = "") -> Row:
    """Answer the fields that the parameters set, checked."""
    prefix = f"{name}[{{}}]" if name else "{}"
    fields: Row = {}
    for key in ("active", "name", "shippable"):
        if key in params:
            fields[key] = params[key]
    for key in ("description", "unit_label", "url", "package_dimensions"):
        if key in params:
            fields[key] = params[key] if params[key] != "" else None
    if fields.get("package_dimensions"):
        # Inches and ounces, kept to two decimal places.
        fields["package_dimensions"] = {side: round(size, 2) for side, size in fields["package_dimensions"].items()}
    if fields.get("url"):
        rules.url(fields["url"], param=prefix.format("url"))
    if "statement_descriptor" in params:
        fields["statement_descriptor"] = _statement_descriptor(params["statement_descriptor"], prefix)
    if "images" in params:
        fields["images"] = params["images"] or []
        if len(fields["images"]) > rules.PRODUCT_IMAGES:
            raise invalid(f"You can have up to {rules.PRODUCT_IMAGES} images.", param=prefix.format("images"))
        for place, image in enumerate(fields["images"]):
            rules.url(image, param=f"{prefix.format('images')}[{place}]")
    if "marketing_features" in params:
        fields["marketing_features"] = params["marketing_features"] or []
        if len(fields["marketing_features"]) > rules.PRODUCT_MARKETING_FEATURES:
            text = f"You can have up to {rules.PRODUCT_MARKETING_FEATURES} marketing features."
            raise invalid(text, param=prefix.format("marketing_features"))
    if "metadata" in params:
        fields["metadata"] = rules.metadata(params["metadata"], row["metadata"], name=prefix.format("metadata"))
    fields.update(_tax(ctx, params, prefix))
    return fields


def _statement_descriptor(text: str, prefix: str) -> str:
    param = prefix.format("statement_descriptor")
    if _FORBIDDEN_ON_STATEMENTS.search(text):
        raise invalid("The statement descriptor may not contain any of < > \\ ' \" *.", param=param)
    if not re.search("[A-Za-z]", text):
        raise invalid("The statement descriptor must contain at least one letter.", param=param)
    return text


def _tax(ctx: Context, params: dict[str, Any], prefix: str) -> Row:
    """Answer `tax_code` and `tax_details`, which are two spellings of one setting."""
    if "tax_code" in params and params.get("tax_details", {}) not in ({}, ""):
        raise exclusive("tax_code", "tax_details")
    if "tax_code" in params:
        code = params["tax_code"] or None
        details = {"performance_location": None, "tax_code": code} if code else None
    elif "tax_details" in params:
        given = params["tax_details"] or {}
        code = given.get("tax_code") or None
        details = {"performance_location": given.get("performance_location"), "tax_code": code} if given else None
    else:
        return {}
    if code is not None and code not in ctx.table("tax_code"):
        raise no_such("tax code", code, param=prefix.format("tax_code"))
    return {"tax_code": code, "tax_details": details}


def _default_price(ctx: Context, row: Row, wanted: str) -> str | None:
    if wanted == "":
        return None
    price = ctx.table("price").get(wanted)
    if price is None:
        raise no_such("price", wanted, param="default_price")
    if price["product"] != row["id"]:
        text = f"The price {wanted} cannot be set as the default price because it belongs to another product."
        raise StripeError(text, param="default_price")
    if not price["active"]:
        text = f"The price {wanted} cannot be set as the default price because it is inactive."
        raise StripeError(text, param="default_price")
    return wanted


ROUTES = (
    Route(
        method="POST",
        template="/v1/products",
        params="_product_create",
        permission="product_write",
        handler=create,
        texts=rules.PRODUCT_TEXTS,
    ),
    Route(method="GET", template="/v1/products", params="_product_list", permission="product_read", handler=listing),
    Route(
        method="GET",
        template="/v1/products/search",
        params="_product_search",
        permission="product_read",
        handler=find,
    ),
    Route(
        method="GET",
        template="/v1/products/{id}",
        params="_product_retrieve",
        permission="product_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/products/{id}",
        params="_product_update",
        permission="product_write",
        handler=update,
        texts=rules.PRODUCT_TEXTS,
        # The type says it cannot be unset; Stripe's own support says that "" does (stripe-python issue 658).
        emptyable=frozenset({"default_price"}),
    ),
    Route(
        method="DELETE",
        template="/v1/products/{id}",
        params="_product_delete",
        permission="product_write",
        handler=delete,
    ),
)
