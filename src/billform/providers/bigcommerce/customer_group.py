"""`bigcommerce.customer_group`: a group of store customers that stands for an entitlement. Only some plans have them.

Deleting a group throws its members out of it, so one that the catalog no longer names is left alone and reported.
https://developer.bigcommerce.com/docs/rest-management/customers-v2/customer-groups
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, CustomerGroup, in_words
from billform.core.kind import OnImmutable, Unordered, Write
from billform.core.money import Exact, text
from billform.core.resource import Address, Live, Ref, Resource, Spec
from billform.core.weight import Weight
from billform.providers.bigcommerce import offers
from billform.providers.bigcommerce.base import found, wire_body
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.marked import MarkedKind
from billform.providers.bigcommerce.notes import Notes
from billform.providers.bigcommerce.wire import Row, number
from billform.providers.http import LostAnswer

PATH = "/v2/customer_groups"
ACCEPTED = frozenset({207, 400, 404, 409, 422})
LIST_RULE = "price_list"
"""The sort of rule by which a price list is assigned; those belong to `bigcommerce.price_list_assignment`."""


class Discount(BaseModel):
    """A standing discount: on everything, a category or a product."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["all", "category", "product"]
    target: Ref | None = None
    method: Literal["percent", "fixed", "price"]
    amount: Exact

    @property
    def on(self) -> str:
        """What it is on: `everything`, or the object."""
        return "everything" if self.target is None else str(self.target.key or self.target.id)

    @property
    def shown(self) -> str:
        """What it is worth; an amount is in the store's own currency."""
        return f"{text(self.amount)} {'%' if self.method == 'percent' else f'({self.method})'}"


class CustomerGroupSpec(Spec):
    """A group."""

    name: str
    default: bool = False
    guests: bool = False
    access: Literal["all", "none", "specific"] = "all"
    categories: Annotated[tuple[Ref, ...], Unordered()] = ()
    discounts: Annotated[tuple[Discount, ...], Unordered()] = ()

    def costs(self, before: CustomerGroupSpec) -> Iterator[Weight]:
        """Each discount beside the one that there was on the same."""
        was, will = ({(each.type, each.target): each for each in side.discounts} for side in (before, self))
        nothing = Decimal(0)
        for key in {**was, **will}:
            old, new = was.get(key), will.get(key)
            same = old is None or new is None or old.method == new.method
            yield Weight(
                f"the discount on {(old or will[key]).on}",
                old.shown if old else None,
                new.shown if new else None,
                (old.amount if old else nothing, new.amount if new else nothing) if same else None,
            )

    def noticed(self) -> Iterator[tuple[str, str, str]]:
        """What members save."""
        if self.discounts:
            yield "discounts", "discount", ", ".join(sorted(f"{each.shown} on {each.on}" for each in self.discounts))


class CustomerGroupKind(MarkedKind[CustomerGroupSpec]):
    """Customer groups."""

    name = "bigcommerce.customer_group"
    spec = CustomerGroupSpec
    on_immutable = OnImmutable.REFUSE
    announced = True
    retirable = False
    who, new_is_told = "customers of the group", False

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[CustomerGroupSpec]]:
        for alias, sites in offers.stores(environment):
            sold = {item.key for item in offers.items(catalog, sites)}
            for key, words in catalog.storefront.customer_groups.items():
                span = catalog.key_span("storefront", "customer_groups", key)
                yield Resource(self.address(alias, key), _wanted(alias, key, words, sold), span)

    def natural_keys(self, spec: CustomerGroupSpec, address: Address) -> frozenset[str]:
        return frozenset({f"name {spec.name.strip().lower()}"})

    async def rows(self, client: Store) -> Iterable[Row]:
        return await client.customer_groups()

    def identity(self, row: Row) -> str:
        return str(row["id"])

    async def read(self, client: Store, row: Row, notes: Notes) -> CustomerGroupSpec:
        access = row.get("category_access") or {}
        return CustomerGroupSpec(
            name=str(row["name"]),
            default=bool(row.get("is_default")),
            guests=bool(row.get("is_group_for_guests")),
            access=access.get("type") or "all",
            categories=tuple(
                found("category", each)
                for each in (access.get("categories") or () if access.get("type") == "specific" else ())
            ),
            discounts=tuple(
                Discount(
                    type=rule["type"],
                    target=_target(rule),
                    method=rule.get("method") or "percent",
                    amount=number(rule.get("amount")),
                )
                for rule in row.get("discount_rules") or ()
                if rule["type"] != LIST_RULE
            ),
        )

    async def make(self, client: Store, write: Write[CustomerGroupSpec]) -> Row:
        body = {"name": write.spec.name, **_body(write)}
        if rules := _rules(write):
            body["discount_rules"] = rules
        try:
            answer = await client.call("POST", PATH, body=body, accept=ACCEPTED)
        except LostAnswer:
            if row := await self._named(client, write.spec.name):
                return row
            answer = await client.call("POST", PATH, body=body, accept=ACCEPTED)
        if answer.status not in (200, 201, 207):
            raise client.refused(answer, write.address)
        if answer.status != 207:
            return answer.row()
        # The group stands without its discount, and the answer does not say which it is.
        row = await self._named(client, write.spec.name)
        if row is None:
            raise client.refused(answer, write.address)
        again = {"discount_rules": body["discount_rules"]}
        answer = await client.call("PUT", f"{PATH}/{row['id']}", body=again, accept=ACCEPTED)
        if answer.status != 200:
            await self.mark(client, self.identity(row), write, row)
            raise client.refused(answer, write.address)
        return row

    async def change(self, client: Store, identity: str, write: Write[CustomerGroupSpec]) -> None:
        body = _body(write)
        if write.sends("discounts"):
            # The rules are replaced as a whole: those of assigned price lists go along unchanged.
            there = (await client.get(f"{PATH}/{identity}")).row()
            kept = [rule for rule in there.get("discount_rules") or () if rule["type"] == LIST_RULE]
            body["discount_rules"] = [*kept, *_rules(write)]
        answer = await client.call("PUT", f"{PATH}/{identity}", body=body, accept=ACCEPTED)
        if answer.status == 207:
            answer = await client.call("PUT", f"{PATH}/{identity}", body=body, accept=ACCEPTED)
        if answer.status != 200:
            raise client.refused(answer, write.address)

    async def _named(self, client: Store, name: str) -> Row | None:
        client.forget_lists()
        return next((row for row in await client.customer_groups() if row["name"] == name), None)

    async def withdraw(self, client: Store, live: Live[CustomerGroupSpec], idempotency: str) -> None:
        """Nothing: its members would be thrown out of it. The planner does not ask for this."""


def _wanted(alias: str, key: str, words: CustomerGroup, sold: set[str]) -> CustomerGroupSpec:
    access = words.category_access
    spec: CustomerGroupSpec = CustomerGroupSpec.declare(
        name=words.name or in_words(key),
        default=words.default or None,
        guests=words.guests or None,
        access=access.type if access else None,
        categories=tuple(offers.named_ref("category", alias, each) for each in access.categories) if access else None,
        discounts=tuple(
            Discount(
                type=each.type,
                target=offers.named_ref("category", alias, each.category)
                if each.type == "category" and each.category
                else offers.product_ref(alias, each.product)
                if each.type == "product" and each.product
                else None,
                method=each.method,
                amount=each.amount,
            )
            for each in words.discounts
            # A store that does not sell a plan has no product to discount.
            if each.type != "product" or each.product in sold
        )
        or None,
    )
    return spec


def _target(rule: Row) -> Ref | None:
    match rule["type"]:
        case "category":
            return found("category", rule["category_id"])
        case "product":
            return found("product", rule["product_id"])
        case _:
            return None


def _body(write: Write[CustomerGroupSpec]) -> dict[str, Any]:
    body = wire_body(write, {"name": "name", "default": "is_default", "guests": "is_group_for_guests"})
    if write.sends("access") or write.sends("categories"):
        body["category_access"] = {"type": write.spec.access}
        if write.spec.access == "specific":
            body["category_access"]["categories"] = sorted(int(write.id(each)) for each in write.spec.categories)
    return body


def _rules(write: Write[CustomerGroupSpec]) -> list[dict[str, Any]]:
    return [
        {
            "type": each.type,
            "method": each.method,
            "amount": each.amount,
            **({f"{each.type}_id": int(write.id(each.target))} if each.target is not None else {}),
        }
        for each in write.spec.discounts
    ]


KIND = CustomerGroupKind()
