"""`bigcommerce.product`: a plan or add-on in the store. Never deleted: what is retired is hidden and cannot be bought.

https://developer.bigcommerce.com/docs/rest-catalog/products
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, Literal

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.kind import Made, OnImmutable, PerKey, Unordered, Write
from billform.core.money import Exact, Money
from billform.core.resource import Address, Live, Ref, Resource, Spec
from billform.providers.bigcommerce import custom_fields, offers, options
from billform.providers.bigcommerce.base import found, settled, wire_body
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.marked import MarkedKind
from billform.providers.bigcommerce.notes import Notes
from billform.providers.bigcommerce.wire import Row, amount, number
from billform.providers.http import LostAnswer

PATH = "/v3/catalog/products"
PLAIN = {
    "name": "name",
    "type": "type",
    "sku": "sku",
    "description": "description",
    "weight": "weight",
    "product_tax_code": "product_tax_code",
    "visible": "is_visible",
    "availability": "availability",
    "price_hidden": "is_price_hidden",
    "quantity_min": "order_quantity_minimum",
    "quantity_max": "order_quantity_maximum",
    "search_keywords": "search_keywords",
    "page_title": "page_title",
    "sort_order": "sort_order",
}
"""Our fields, and the store's, where the value is the same on both sides."""


class ProductSpec(Spec):
    """A product; a quantity limit of 0 means none."""

    name: str
    type: Literal["digital", "physical"]
    price: Money
    sale_price: Money | None = None
    """Shown in the place of all prices of its variants, and charged by nobody: there is to be none."""
    sku: str = ""
    description: str = ""
    weight: Exact = Decimal(0)
    tax_class: Ref | None = None
    product_tax_code: str = ""
    categories: Annotated[tuple[Ref, ...], Unordered()] = ()
    visible: bool = False
    availability: Literal["available", "disabled", "preorder"] = "available"
    price_hidden: bool = False
    custom_fields: Annotated[Mapping[str, str], PerKey()] = {}
    quantity_min: int = 0
    quantity_max: int = 0
    search_keywords: str = ""
    page_title: str = ""
    path: str = ""
    """Of the product page, with slashes around; where it is not declared, the store makes one of the name."""
    sort_order: int = 0


class ProductKind(MarkedKind[ProductSpec]):
    """Plans and add-ons as products."""

    name = "bigcommerce.product"
    spec = ProductSpec
    on_immutable = OnImmutable.REFUSE
    announced = True
    ends_unmarked = True
    opens_last = True
    echoed = ("description", "path")
    batch = 10

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[ProductSpec]]:
        for alias, sites in offers.stores(environment):
            currency = offers.currency_of(catalog, sites)
            for item in offers.items(catalog, sites):
                spec = _wanted(alias, item, currency)
                yield Resource(self.address(alias, item.key), spec, item.span, offers.charged(*item.offers))

    def natural_keys(self, spec: ProductSpec, address: Address) -> frozenset[str]:
        keys = {f"name {spec.name.strip().lower()}"}
        return frozenset(keys | ({f"sku {spec.sku.strip().lower()}"} if spec.sku else set()))

    async def rows(self, client: Store) -> Iterable[Row]:
        return await client.products()

    async def look(self, client: Store) -> AsyncIterator[Live[ProductSpec]]:
        """As `MarkedKind`; with the options that others made, where a variant is to be added beside them."""
        growing = await self._growing(client)
        ours = await options.of_ours(client) if growing else frozenset[int]()
        asked = await asyncio.gather(*(options.of_others(client, each, ours) for each in growing))
        found = dict(zip(growing, asked, strict=True))
        async for live in super().look(client):
            yield replace(live, others=others) if (others := found.get(int(live.id))) else live

    async def _growing(self, client: Store) -> list[int]:
        """The products that are there and lack a variant: no list tells their options without being ten times slower.

        https://developer.bigcommerce.com/docs/rest-catalog/products (`include=options`)
        """
        if not client.wanted.variants:
            return []
        there: dict[int, set[str]] = defaultdict(set)
        for row in await client.variants():
            there[int(row["product_id"])].add(str(row["sku"]).strip().lower())
        marks = await client.marks.ours(self.short)
        growing = []
        for row in await client.products():
            record = marks.get(str(row["id"]))
            names = [f"key {record.mark.key}"] if record else []
            names += [f"{what} {str(row[what]).strip().lower()}" for what in ("sku", "name") if row.get(what)]
            skus = next((found for name in names if (found := client.wanted.variants.get(name))), frozenset[str]())
            if skus - there[int(row["id"])]:
                growing.append(int(row["id"]))
        return growing

    def identity(self, row: Row) -> str:
        return str(row["id"])

    async def read(self, client: Store, row: Row, notes: Notes) -> ProductSpec:
        plain = {ours: row[wire] for ours, wire in PLAIN.items() if row.get(wire) is not None and ours != "weight"}
        return ProductSpec(
            **plain,
            price=Money(number(row["price"]), client.currency),
            sale_price=amount(row.get("sale_price"), client.currency),
            weight=number(row.get("weight")),
            # The default class has the number 0, and may be named like any other.
            tax_class=found("tax_class", row.get("tax_class_id") or 0),
            categories=tuple(found("category", each) for each in row.get("categories") or ()),
            custom_fields=custom_fields.read(row.get("custom_fields") or ()),
            path=_path(row.get("custom_url")),
        )

    def is_off(self, row: Row) -> bool:
        return not row["is_visible"] and row["availability"] == "disabled"

    async def make(self, client: Store, write: Write[ProductSpec]) -> Row:
        client.demand_currency(write.spec.price, write.address)
        # The store asks for these four whatever else is declared.
        needed = {each: getattr(write.spec, each) for each in ("name", "type", "weight")}
        fields = [{"name": name, "value": value} for name, value in sorted(write.spec.custom_fields.items())]
        body = {**needed, **_body(client, write), "price": write.spec.price.amount}
        body |= {"custom_fields": fields} if fields else {}
        for attempt in ("first", "last"):
            try:
                answer = await client.call("POST", PATH, body=body, accept={207, 409, 422})
            except LostAnswer:
                if row := await self._made_before(client, write.spec):
                    return row
                if attempt == "last":
                    raise
                continue
            if answer.status in (409, 422):
                raise client.refused(answer, write.address)
            return await self._whole(client, answer.status, answer.row(), body, write)
        raise AssertionError("one of two attempts answers or raises")

    async def change(self, client: Store, identity: str, write: Write[ProductSpec]) -> Row:
        body = _body(client, write)
        await custom_fields.write(client, identity, write)
        if not body:
            return (await client.get(f"{PATH}/{identity}", {"include": "custom_fields"})).row()
        answer = await client.call("PUT", f"{PATH}/{identity}", body=body, accept={207, 404, 409, 422})
        if answer.status in (404, 409, 422):
            raise client.refused(answer, write.address)
        return await self._whole(client, answer.status, answer.row(), body, write)

    async def withdraw(self, client: Store, live: Live[ProductSpec], idempotency: str) -> None:
        body = {"is_visible": False, "availability": "disabled"}
        answer = await client.call("PUT", f"{PATH}/{live.id}", body=body, accept={404})
        if answer.status == 404:
            await client.marks.drop(self.short, live.id)
        elif live.mark is not None:
            await client.marks.annotate(self.short, live.id, live.mark.catalog, retired=True)

    async def bring_back(self, client: Store, identity: str, write: Write[ProductSpec]) -> None:
        on_sale = frozenset({"visible", "availability", "price_hidden"})
        await self.alter(client, identity, replace(write, fields=write.fields | on_sale))

    async def add_many(self, client: Store, writes: list[Write[ProductSpec]]) -> list[Made | Exception]:
        """Products are made one at a time; they are announced, and their marks leave, together."""
        await self.announce(client, writes)
        return await settled(self.add(client, write) for write in writes)

    async def alter_many(self, client: Store, writes: list[tuple[str, Write[ProductSpec]]]) -> list[Exception | None]:
        """Ten in one request; where it is refused, one by one, so that each is told its own reason."""
        bodies = [{"id": int(identity), **_body(client, write)} for identity, write in writes]
        answer = await client.call("PUT", PATH, body=bodies, accept={207, 404, 409, 422})
        whole = {str(row["id"]): row for row in answer.rows()} if answer.status == 200 else {}

        async def one(identity: str, write: Write[ProductSpec]) -> None:
            row = whole.get(identity)
            if row is None or any(each.startswith("custom_fields.") for each in write.fields):
                await self.alter(client, identity, write)
            else:
                await self.mark(client, identity, write, row)

        return await settled(one(*each) for each in writes)

    async def _made_before(self, client: Store, spec: ProductSpec) -> Row | None:
        """The product of that name: after an answer was lost it is the one that was asked for, if it is new."""
        rows = (await client.get(PATH, {"name": spec.name, "include": "custom_fields"})).rows()
        return next((row for row in rows if str(row["name"]) == spec.name), None)

    async def _whole(
        self, client: Store, status: int, row: Row, body: Mapping[str, Any], write: Write[ProductSpec]
    ) -> Row:
        """After 207 the product stands but a part of it, its address, does not: that part is tried once more."""
        if status != 207:
            return row
        rest = {name: body[name] for name in ("custom_url",) if name in body}
        answer = await client.call("PUT", f"{PATH}/{row['id']}", body=rest or dict(body), accept={207, 409, 422})
        if answer.status != 200:
            await self.mark(client, self.identity(row), write, row)
            raise client.refused(answer, write.address)
        return answer.row()


def _wanted(alias: str, item: offers.Item, currency: str) -> ProductSpec:
    words = item.words
    spec: ProductSpec = ProductSpec.declare(
        name=item.name,
        type=words.type,
        price=item.price(currency),
        sku=item.sku,
        description=item.description or None,
        weight=words.weight,
        tax_class=offers.named_ref("tax_class", alias, words.tax_class) if words.tax_class else None,
        product_tax_code=words.product_tax_code,
        categories=tuple(offers.named_ref("category", alias, each) for each in words.categories) or None,
        visible=item.visible,
        availability=words.availability,
        price_hidden=words.hide_price or None,
        custom_fields=dict(words.custom_fields) or None,
        quantity_min=words.quantity_min,
        quantity_max=words.quantity_max,
        search_keywords=words.search_keywords,
        page_title=words.page_title,
        path=_with_slashes(words.path) if words.path else None,
        sort_order=words.sort_order,
    )
    return spec.model_copy(update={"sale_price": None})


def _body(client: Store, write: Write[ProductSpec]) -> dict[str, Any]:
    """The fields to send, without the custom fields, which have requests of their own.

    Raises a BillformError for a price in another currency than the store's.
    """
    body = wire_body(write, PLAIN)
    if write.sends("price"):
        client.demand_currency(write.spec.price, write.address)
        body["price"] = write.spec.price.amount
    if write.sends("sale_price"):
        body["sale_price"] = write.spec.sale_price.amount if write.spec.sale_price else 0
    if write.sends("tax_class"):
        body["tax_class_id"] = int(write.id(write.spec.tax_class)) if write.spec.tax_class else 0
    if write.sends("categories"):
        body["categories"] = sorted(int(write.id(each)) for each in write.spec.categories)
    if write.sends("path"):
        url = write.spec.path or _slug(write.spec.name)
        body["custom_url"] = {"url": url, "is_customized": bool(write.spec.path)}
    return body


def _path(url: object) -> str:
    """The page's path where somebody chose it; the one that the store makes of the name is its default."""
    if not isinstance(url, Mapping) or not url.get("url") or not url.get("is_customized"):
        return ""
    return _with_slashes(str(url["url"]))


def _with_slashes(path: str) -> str:
    return f"/{path.strip('/')}/"


def _slug(name: str) -> str:
    words = "".join(each if each.isalnum() else " " for each in name.lower()).split()
    return f"/{'-'.join(words)}/"


KIND = ProductKind()
