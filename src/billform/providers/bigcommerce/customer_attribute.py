"""`bigcommerce.customer_attribute`: a status flag on store customers.

Deleting one deletes its value on every customer, so one that the catalog no longer names is left alone and reported.
https://developer.bigcommerce.com/docs/rest-management/customers/customer-attributes
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.kind import Immutable, Made, OnImmutable, Write
from billform.core.resource import Address, Live, Resource, Spec
from billform.providers.bigcommerce import offers
from billform.providers.bigcommerce.base import settled
from billform.providers.bigcommerce.client import Answer, Store
from billform.providers.bigcommerce.marked import MarkedKind
from billform.providers.bigcommerce.notes import Notes
from billform.providers.bigcommerce.wire import Row
from billform.providers.http import LostAnswer

PATH = "/v3/customers/attributes"
AT_ONCE = 3
"""Such writes that the store takes at a time."""


class CustomerAttributeSpec(Spec):
    """An attribute; a store has 50 at most."""

    name: str
    type: Annotated[Literal["string", "number", "date"], Immutable("BigCommerce fixes an attribute's type")]


class CustomerAttributeKind(MarkedKind[CustomerAttributeSpec]):
    """Customer attributes."""

    name = "bigcommerce.customer_attribute"
    spec = CustomerAttributeSpec
    on_immutable = OnImmutable.REFUSE
    announced = True
    way_out = "declare it under another key and name; the values of the old one stay where they are"
    retirable = False
    batch = 10

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[CustomerAttributeSpec]]:
        for alias, _ in offers.stores(environment):
            for key, words in catalog.storefront.customer_attributes.items():
                spec = CustomerAttributeSpec(name=words.name or key, type=words.type)
                span = catalog.key_span("storefront", "customer_attributes", key)
                yield Resource(self.address(alias, key), spec, span)

    def natural_keys(self, spec: CustomerAttributeSpec, address: Address) -> frozenset[str]:
        return frozenset({f"name {spec.name.strip().lower()}"})

    async def rows(self, client: Store) -> Iterable[Row]:
        return await client.once(
            "customer attributes", lambda: client.allowed("customer attributes", client.rows(PATH))
        )

    def identity(self, row: Row) -> str:
        return str(row["id"])

    async def read(self, client: Store, row: Row, notes: Notes) -> CustomerAttributeSpec:
        return CustomerAttributeSpec(name=str(row["name"]), type=row["type"])

    async def make(self, client: Store, write: Write[CustomerAttributeSpec]) -> Row:
        body = [{"name": write.spec.name, "type": write.spec.type}]
        try:
            answer = await self._send(client, "POST", body)
        except LostAnswer:
            if row := await self._found(client, write.spec):
                return row
            answer = await self._send(client, "POST", body)
        if answer.status != 200 or not answer.rows():
            raise client.refused(answer, write.address)
        return answer.rows()[0]

    async def change(self, client: Store, identity: str, write: Write[CustomerAttributeSpec]) -> None:
        answer = await self._send(client, "PUT", [{"id": int(identity), "name": write.spec.name}])
        if answer.status != 200:
            raise client.refused(answer, write.address)

    async def withdraw(self, client: Store, live: Live[CustomerAttributeSpec], idempotency: str) -> None:
        """Nothing: every customer's value would be lost. The planner does not ask for this."""

    async def add_many(self, client: Store, writes: list[Write[CustomerAttributeSpec]]) -> list[Made | Exception]:
        """Ten in one request; where it is refused, one by one, so that each is told its own reason."""
        await self.announce(client, writes)
        try:
            bodies = [{"name": each.spec.name, "type": each.spec.type} for each in writes]
            answer = await self._send(client, "POST", bodies)
        except LostAnswer:
            answer = Answer(0, None)
        made = {str(row["name"]): row for row in answer.rows()} if answer.status == 200 else {}

        async def one(write: Write[CustomerAttributeSpec]) -> Made:
            row = made.get(write.spec.name) or await self._found(client, write.spec)
            if row is None or not self.is_new(client, write, row):
                row = await self.make_announced(client, write)
            return await self.made(client, write, row)

        return await settled(one(each) for each in writes)

    async def alter_many(
        self, client: Store, writes: list[tuple[str, Write[CustomerAttributeSpec]]]
    ) -> list[Exception | None]:
        return await settled(self.alter(client, *each) for each in writes)

    async def _send(self, client: Store, method: str, body: list[dict[str, Any]]) -> Answer:
        async with client.turn("customer attributes", at_once=AT_ONCE):
            return await client.call(method, PATH, body=body, accept={409, 413, 422})

    async def _found(self, client: Store, spec: CustomerAttributeSpec) -> Row | None:
        rows = (await client.get(PATH, {"name": spec.name})).rows()
        return next((row for row in rows if row["name"] == spec.name), None)


KIND = CustomerAttributeKind()
