"""`bigcommerce.price_list_assignment`: which customer group, channel or both get the prices of a list.

It carries no mark: it is ours where list and group are this catalog's, and the channel one of the environment's.
https://developer.bigcommerce.com/docs/rest-management/price-lists/price-lists-assignments
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Hashable, Iterable, Iterator
from typing import Annotated

from billform.catalog.environment import Environment, StorefrontSite
from billform.catalog.models import Catalog, PriceList
from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.kind import Immutable, Made, OnImmutable, Ownership, Write
from billform.core.resource import Address, Live, Ref, Resource, Spec
from billform.providers.bigcommerce import offers
from billform.providers.bigcommerce.base import StoreKind, found, settled
from billform.providers.bigcommerce.client import Answer, Store
from billform.providers.bigcommerce.wire import Row

PATH = "/v3/pricelists/assignments"
FIXED = "An assignment is its list, its group and its channel"
ANY = "-"
"""Stands for every group, or every channel, in an address: `eur/-/eu`."""
_WHY = "it would take the place of the price list with the id {}, which is not this catalog's"
_WAY_OUT = "take that list off the group or channel at BigCommerce first, if this one is to be there"


class AssignmentSpec(Spec):
    """An assignment; without a group it is for everybody, without a channel for the whole store."""

    price_list: Annotated[Ref, Immutable(FIXED)]
    customer_group: Annotated[Ref | None, Immutable(FIXED)] = None
    channel: Annotated[Ref | None, Immutable(FIXED)] = None


class AssignmentKind(StoreKind[AssignmentSpec]):
    """Assignments of price lists."""

    name = "bigcommerce.price_list_assignment"
    spec = AssignmentSpec
    on_immutable = OnImmutable.RECREATE
    ownership = Ownership.NATURAL
    handed_over = True
    batch = 25

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[AssignmentSpec]]:
        for alias, sites in offers.stores(environment):
            holds: dict[str, list[Address]] = defaultdict(list)
            for listed in offers.listed(catalog, alias, sites):
                holds[listed.key].append(listed.address)
            for key, words in catalog.storefront.price_lists.items():
                if offers.concerns(words.storefronts, sites):
                    yield from self._of_list(catalog, alias, key, words, sites, after=tuple(holds[key]))

    def natural_keys(self, spec: AssignmentSpec, address: Address) -> frozenset[str]:
        return frozenset({address.local_key})

    def joins(self, spec: AssignmentSpec) -> Hashable:
        return spec.price_list, spec.customer_group, spec.channel

    def spot(self, spec: AssignmentSpec) -> Hashable:
        return spec.customer_group, spec.channel

    def in_the_way(self, other: Live[AssignmentSpec]) -> tuple[str, str, str]:
        return "K050", _WHY.format((other.spec.price_list.id or "").rpartition(":")[2]), _WAY_OUT

    async def look(self, client: Store) -> AsyncIterator[Live[AssignmentSpec]]:
        lists, groups = await client.marks.ours("price_list"), await client.marks.ours("customer_group")
        sites, keys = await client.sites(), await client.price_list_keys()
        for row in await client.price_list_assignments():
            group, channel = row.get("customer_group_id"), row.get("channel_id")
            key = keys.get(str(row["price_list_id"]))
            group_key = groups[str(group)].mark.key if str(group) in groups else None
            is_here = not channel or int(channel) in sites
            is_known = key is not None and (not group or group_key is not None) and is_here
            ours = is_known and str(row["price_list_id"]) in lists
            site = sites.get(int(channel), ANY) if channel else ANY
            called = f"{key}/{group_key or ANY}/{site}" if is_known else ""
            spec = AssignmentSpec(
                price_list=found("price_list", row["price_list_id"]),
                customer_group=found("customer_group", group) if group else None,
                channel=found("channel", channel) if channel else None,
            )
            yield Live(
                self.name,
                str(row["id"]),
                spec,
                client.alias,
                natural=frozenset({called} if ours else ()),
                owned=ours,
                label=f"id {row['id']}",
                known_as=called,
                comes_with=tuple(each for each in (spec.price_list, spec.customer_group) if each and is_here),
            )

    async def add(self, client: Store, write: Write[AssignmentSpec]) -> Made:
        result = (await self.add_many(client, [write]))[0]
        if isinstance(result, Exception):
            raise result
        return result

    async def alter(self, client: Store, identity: str, write: Write[AssignmentSpec]) -> None:
        """Every field makes it what it is: there is nothing to change."""

    async def withdraw(self, client: Store, live: Live[AssignmentSpec], idempotency: str) -> None:
        """Only while it still is of this list: assigning another list to the same pair takes the assignment over."""
        query = {"id": live.id, "price_list_id": live.spec.price_list.id}
        await client.call("DELETE", PATH, accept={404}, query=query)

    async def add_many(self, client: Store, writes: list[Write[AssignmentSpec]]) -> list[Made | Exception]:
        """Assigning twice is harmless; the answer names no ids, so they are read afterwards.

        A group and channel have one list: what another one has there that is not ours is not taken from it (K050).
        """
        client.forget_lists()
        lists = await client.marks.ours("price_list")
        strange = {
            _pair(row)[1:]: str(row["price_list_id"])
            for row in await client.price_list_assignments()
            if str(row["price_list_id"]) not in lists
        }
        taken = {each.address: _taken(each, other) for each in writes if (other := strange.get(_pair(_body(each))[1:]))}
        free = [each for each in writes if each.address not in taken]
        made = dict(zip((each.address for each in free), await self._assign(client, free), strict=True)) if free else {}
        return [taken.get(each.address) or made[each.address] for each in writes]

    async def _assign(self, client: Store, writes: list[Write[AssignmentSpec]]) -> list[Made | Exception]:
        answer = await self._post(client, [_body(each) for each in writes])
        alone: list[Answer | Exception] = []
        if answer.status not in (200, 204):
            alone = await settled(self._post(client, [_body(each)]) for each in writes)
        client.forget_lists()
        made = {_pair(row): str(row["id"]) for row in await client.price_list_assignments()}
        return [
            self._outcome(client, write, made, alone[place] if alone else answer) for place, write in enumerate(writes)
        ]

    async def alter_many(
        self, client: Store, writes: list[tuple[str, Write[AssignmentSpec]]]
    ) -> list[Exception | None]:
        return [None for _ in writes]

    async def _post(self, client: Store, bodies: list[dict[str, int]]) -> Answer:
        return await client.call("POST", PATH, body=bodies, accept={404, 409, 422}, again=True)

    @staticmethod
    def _outcome(
        client: Store, write: Write[AssignmentSpec], made: dict[tuple[int, ...], str], answer: Answer | Exception
    ) -> Made | Exception:
        if isinstance(answer, Exception):
            return answer
        identity = made.get(_pair(_body(write)))
        if identity is None:
            return client.refused(answer, write.address)
        return Made(identity, shown_id=f"id {identity}")

    def _of_list(
        self,
        catalog: Catalog,
        alias: str,
        key: str,
        words: PriceList,
        sites: dict[str, StorefrontSite],
        *,
        after: tuple[Address, ...],
    ) -> Iterator[Resource[AssignmentSpec]]:
        groups: list[str | None] = list(words.customer_groups) or [None]
        named: list[str | None] = [name for name in words.storefronts if name in sites] or [None]
        for group in groups:
            for site in named:
                if group is None and site is None:
                    continue
                spec = AssignmentSpec.declare(
                    price_list=offers.named_ref("price_list", alias, key),
                    customer_group=offers.named_ref("customer_group", alias, group) if group else None,
                    channel=offers.named_ref("channel", alias, sites[site].channel) if site else None,
                )
                span = catalog.key_span("storefront", "price_lists", key)
                yield Resource(self.address(alias, f"{key}/{group or ANY}/{site or ANY}"), spec, span, after)


def _body(write: Write[AssignmentSpec]) -> dict[str, int]:
    spec = write.spec
    body = {"price_list_id": int(write.id(spec.price_list))}
    body |= {"customer_group_id": int(write.id(spec.customer_group))} if spec.customer_group else {}
    return body | ({"channel_id": int(write.id(spec.channel))} if spec.channel else {})


def _pair(row: Row) -> tuple[int, ...]:
    """List, group and channel; 0 stands for any."""
    return tuple(int(row.get(name) or 0) for name in ("price_list_id", "customer_group_id", "channel_id"))


def _taken(write: Write[AssignmentSpec], other: str) -> BillformError:
    return BillformError(
        Diagnostic(
            "K050",
            f"{write.address}: {_WHY.format(other)}",
            subject=str(write.address),
            hint=_WAY_OUT,
        )
    )


KIND = AssignmentKind()
