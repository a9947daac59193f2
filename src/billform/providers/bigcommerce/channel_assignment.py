"""`bigcommerce.channel_assignment`: that a storefront sells a product; a product that no channel has is sold nowhere.

It carries no mark: it is ours where the product is this catalog's and the channel one of the environment's.
https://developer.bigcommerce.com/docs/rest-catalog/products/channel-assignments
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Iterable
from typing import Annotated

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.kind import Immutable, Made, OnImmutable, Ownership, Write
from billform.core.resource import Address, Live, Ref, Resource, Spec
from billform.providers.bigcommerce import metafield, offers
from billform.providers.bigcommerce.base import StoreKind, found, settled
from billform.providers.bigcommerce.client import Answer, Store

PATH = "/v3/catalog/products/channel-assignments"
FIXED = "An assignment is its product and its channel"
TOGETHER = 50
"""In one request; the vendor documents no maximum."""


class ChannelAssignmentSpec(Spec):
    """An assignment."""

    product: Annotated[Ref, Immutable(FIXED)]
    channel: Annotated[Ref, Immutable(FIXED)]


class ChannelAssignmentKind(StoreKind[ChannelAssignmentSpec]):
    """Products on storefronts."""

    name = "bigcommerce.channel_assignment"
    spec = ChannelAssignmentSpec
    on_immutable = OnImmutable.RECREATE
    ownership = Ownership.NATURAL
    retires_after = frozenset({"bigcommerce.product"})
    batch = TOGETHER

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[ChannelAssignmentSpec]]:
        for alias, sites in offers.stores(environment):
            currency = offers.currency_of(catalog, sites)
            for item in offers.items(catalog, sites):
                # On a storefront it can be bought: not before everything is there that a sale rests on.
                after = tuple(each.address for each in metafield.KIND.of_item(catalog, alias, item, currency))
                for site in item.sites:
                    spec = ChannelAssignmentSpec(
                        product=offers.product_ref(alias, item.key),
                        channel=offers.named_ref("channel", alias, sites[site].channel),
                    )
                    yield Resource(self.address(alias, f"{item.key}/{site}"), spec, item.span, after)

    def natural_keys(self, spec: ChannelAssignmentSpec, address: Address) -> frozenset[str]:
        return frozenset({address.local_key})

    def joins(self, spec: ChannelAssignmentSpec) -> Hashable:
        return spec.product, spec.channel

    async def look(self, client: Store) -> AsyncIterator[Live[ChannelAssignmentSpec]]:
        products, sites = await client.marks.ours("product"), await client.sites()
        for row in await client.once("channel assignments", lambda: client.rows(PATH)):
            product, site = products.get(str(row["product_id"])), sites.get(int(row["channel_id"]))
            ours = product is not None and site is not None
            natural = {f"{product.mark.key}/{site}"} if product is not None and site is not None else set[str]()
            spec = ChannelAssignmentSpec(
                product=found("product", row["product_id"]), channel=found("channel", row["channel_id"])
            )
            yield Live(
                self.name,
                f"{row['product_id']}/{row['channel_id']}",
                spec,
                client.alias,
                natural=frozenset(natural),
                owned=ours,
                comes_with=(spec.product,) if site is not None else (),
            )

    async def add(self, client: Store, write: Write[ChannelAssignmentSpec]) -> Made:
        result = (await self.add_many(client, [write]))[0]
        if isinstance(result, Exception):
            raise result
        return result

    async def alter(self, client: Store, identity: str, write: Write[ChannelAssignmentSpec]) -> None:
        """Every field makes it what it is: there is nothing to change."""

    async def withdraw(self, client: Store, live: Live[ChannelAssignmentSpec], idempotency: str) -> None:
        product, _, channel = live.id.partition("/")
        async with client.turn("channel assignments"):
            await client.call("DELETE", PATH, accept={404}, query={"product_id:in": product, "channel_id:in": channel})

    async def add_many(self, client: Store, writes: list[Write[ChannelAssignmentSpec]]) -> list[Made | Exception]:
        """Assigning twice is harmless; such writes must not overlap, so they wait for each other."""
        pairs = [(int(each.id(each.spec.product)), int(each.id(each.spec.channel))) for each in writes]
        answer = await self._put(client, pairs)
        if answer.ok:
            return [Made(f"{product}/{channel}") for product, channel in pairs]

        async def alone(write: Write[ChannelAssignmentSpec], pair: tuple[int, int]) -> Made:
            answer = await self._put(client, [pair])
            if not answer.ok:
                raise client.refused(answer, write.address)
            return Made(f"{pair[0]}/{pair[1]}")

        return await settled(alone(write, pair) for write, pair in zip(writes, pairs, strict=True))

    async def alter_many(
        self, client: Store, writes: list[tuple[str, Write[ChannelAssignmentSpec]]]
    ) -> list[Exception | None]:
        return [None for _ in writes]

    async def _put(self, client: Store, pairs: list[tuple[int, int]]) -> Answer:
        body = [{"product_id": product, "channel_id": channel} for product, channel in pairs]
        async with client.turn("channel assignments"):
            return await client.call("PUT", PATH, body=body, accept={404, 409, 413, 422})


KIND = ChannelAssignmentKind()
