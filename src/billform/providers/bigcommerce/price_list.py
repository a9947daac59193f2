"""`bigcommerce.price_list`: other prices, for a currency, a storefront or a customer group. Only some plans have them.

https://developer.bigcommerce.com/docs/rest-management/price-lists
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, in_words
from billform.core.kind import OnImmutable, Write
from billform.core.resource import Address, Live, Resource, Spec
from billform.providers.bigcommerce import offers
from billform.providers.bigcommerce.base import wire_body
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.marked import MarkedKind
from billform.providers.bigcommerce.notes import Notes
from billform.providers.bigcommerce.wire import Row
from billform.providers.http import LostAnswer

PATH = "/v3/pricelists"


class PriceListSpec(Spec):
    """A price list; what is in it are objects of their own."""

    name: str
    active: bool = True


class PriceListKind(MarkedKind[PriceListSpec]):
    """Price lists."""

    name = "bigcommerce.price_list"
    spec = PriceListSpec
    on_immutable = OnImmutable.REFUSE
    announced = True

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[PriceListSpec]]:
        for alias, sites in offers.stores(environment):
            for key, words in catalog.storefront.price_lists.items():
                if offers.concerns(words.storefronts, sites):
                    spec = PriceListSpec(name=words.name or in_words(key), active=words.active)
                    span = catalog.key_span("storefront", "price_lists", key)
                    yield Resource(self.address(alias, key), spec, span)

    def natural_keys(self, spec: PriceListSpec, address: Address) -> frozenset[str]:
        return frozenset({f"name {spec.name.strip().lower()}"})

    async def rows(self, client: Store) -> Iterable[Row]:
        return await client.price_lists()

    def identity(self, row: Row) -> str:
        return str(row["id"])

    async def read(self, client: Store, row: Row, notes: Notes) -> PriceListSpec:
        return PriceListSpec(name=str(row["name"]), active=bool(row.get("active")))

    def is_off(self, row: Row) -> bool:
        return not row.get("active")

    async def is_untouched(self, client: Store, identity: str) -> bool:
        """Whether it holds no prices and nobody gets them."""
        records = await client.get(f"{PATH}/{identity}/records", {"limit": 1}, accept={404})
        assigned = await client.get(f"{PATH}/assignments", {"price_list_id": identity, "limit": 1}, accept={404})
        return records.status != 200 or not (records.rows() or assigned.rows())

    async def make(self, client: Store, write: Write[PriceListSpec]) -> Row:
        body = {"name": write.spec.name, "active": write.spec.active}
        try:
            answer = await client.call("POST", PATH, body=body, accept={409, 422})
        except LostAnswer:
            for row in (await client.get(PATH, {"name": write.spec.name})).rows():
                if row["name"] == write.spec.name:
                    return row
            answer = await client.call("POST", PATH, body=body, accept={409, 422})
        if answer.status != 200:
            raise client.refused(answer, write.address)
        return answer.row()

    async def change(self, client: Store, identity: str, write: Write[PriceListSpec]) -> None:
        # The name is required again whatever has changed.
        body = {"name": write.spec.name, **wire_body(write, {"active": "active"})}
        answer = await client.call("PUT", f"{PATH}/{identity}", body=body, accept={404, 409, 422})
        if answer.status != 200:
            raise client.refused(answer, write.address)

    async def withdraw(self, client: Store, live: Live[PriceListSpec], idempotency: str) -> None:
        """Deleted where nothing is in it (ours went before); where somebody added prices of their own, switched off."""
        if not await self.is_untouched(client, live.id):
            await client.call("PUT", f"{PATH}/{live.id}", body={"name": live.spec.name, "active": False}, accept={404})
            if live.mark is not None:
                await client.marks.annotate(self.short, live.id, live.mark.catalog, retired=True)
            return
        async with client.turn("price list deletes"):
            await client.call("DELETE", f"{PATH}/{live.id}", accept={404})
        await client.marks.drop(self.short, live.id)

    async def bring_back(self, client: Store, identity: str, write: Write[PriceListSpec]) -> None:
        await self.alter(client, identity, replace(write, fields=write.fields | {"active"}))


KIND = PriceListKind()
