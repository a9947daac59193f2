"""`bigcommerce.metafield`: what a storefront needs to know of Stripe, on products and variants: price ids above all.

Its mark is its description. https://developer.bigcommerce.com/docs/rest-catalog/products/metafields
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Hashable, Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.diagnostic import Span
from billform.core.kind import Immutable, Made, OnImmutable, Ownership, Write
from billform.core.resource import Address, Live, Mark, Ref, Resource, Spec
from billform.providers.bigcommerce import offers
from billform.providers.bigcommerce.base import StoreKind, found, settled
from billform.providers.bigcommerce.client import Answer, Store
from billform.providers.bigcommerce.wire import Row, age
from billform.providers.http import LostAnswer

PATHS = {"product": "/v3/catalog/products/metafields", "variant": "/v3/catalog/variants/metafields"}
TOGETHER = 10
"""In one request; the vendor documents no maximum."""

# billform1 CATALOG OWNER DIGEST VERSION FIELDS [KIND]; the owner's key and the metafield's own make the address.
_MARK = re.compile(
    r"billform1 (?P<catalog>\S+) (?P<owner>\S+) (?P<digest>[0-9a-f]+) (?P<version>\d+) (?P<fields>[a-z]*)"
    r"(?: (?P<target>\S+))?"
)
LONGEST = 255
_LETTERS = {"k": "key", "n": "namespace", "p": "permission", "r": "resource", "t": "target", "v": "value"}
_SHAPES = {"stripe.price": re.compile(r"price_\w+"), "stripe.product": re.compile(r"prod_\w+")}

Permission = Literal["app_only", "read", "write", "read_and_sf_access", "write_and_sf_access"]


class MetafieldSpec(Spec):
    """A metafield; it holds a text, or the id of another object."""

    resource: Annotated[Ref, Immutable("A metafield stays with its product or variant")]
    namespace: str
    key: str
    value: str | None = None
    target: Ref | None = None
    """What it names the id of; it follows when that object gets a new version."""
    permission: Permission


class MetafieldKind(StoreKind[MetafieldSpec]):
    """The Stripe ids behind products and variants, and facts of the author's own."""

    name = "bigcommerce.metafield"
    spec = MetafieldSpec
    on_immutable = OnImmutable.RECREATE
    ownership = Ownership.MARKED
    retires_after = frozenset({"bigcommerce.product", "bigcommerce.variant"})
    batch = TOGETHER

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[MetafieldSpec]]:
        for alias, sites in offers.stores(environment):
            currency = offers.currency_of(catalog, sites)
            records = offers.recorded(catalog, alias, sites)
            for item in offers.items(catalog, sites):
                # Who buys is charged by the id: it follows once every amount that is shown has.
                after = tuple(each for offer in item.offers for each in records.get(offer.key, ()))
                for each in self.of_item(catalog, alias, item, currency):
                    yield replace(each, after=after)

    def of_item(
        self, catalog: Catalog, alias: str, item: offers.Item, currency: str
    ) -> Iterator[Resource[MetafieldSpec]]:
        """Those of a product and its variants."""
        yield from self._of_product(catalog, alias, item)
        for offer in item.offers:
            yield from self._of_variant(catalog, alias, offer, currency)

    def natural_keys(self, spec: MetafieldSpec, address: Address) -> frozenset[str]:
        owner = address.local_key.removesuffix(f"/{spec.key}")
        return frozenset({f"{owner} {spec.namespace} {spec.key}"})

    def joins(self, spec: MetafieldSpec) -> Hashable:
        return spec.resource, spec.namespace, spec.key

    async def look(self, client: Store) -> AsyncIterator[Live[MetafieldSpec]]:
        """Those that were marked, and those of the same API account that were not; other accounts keep their own."""
        variants = {int(row["id"]): f"{row['product_id']}/{row['id']}" for row in await client.variants()}
        # Another catalog may have the same keys for other products.
        ours = {short: await client.marks.ours(short) for short in PATHS}
        for short, path in PATHS.items():
            for row in await client.chained(path):
                number = int(row["resource_id"])
                owner = str(number) if short == "product" else variants.get(number, "")
                mark, kind = _read_mark(row)
                if not owner or (mark is None and row.get("owner_client_id") != client.client_id):
                    continue
                record = ours[short].get(owner)
                spec = _read(row, found(short, owner), kind)
                natural = self._natural(record.mark.key, spec) if record else frozenset[str]()
                identity = f"{short}/{row['id']}"
                label = f"id {row['id']}"
                yield Live(
                    self.name, identity, spec, client.alias, mark, natural=natural, created=age(identity), label=label
                )

    async def add(self, client: Store, write: Write[MetafieldSpec]) -> Made:
        return _one(await self.add_many(client, [write]))

    async def alter(self, client: Store, identity: str, write: Write[MetafieldSpec]) -> None:
        if (problem := (await self.alter_many(client, [(identity, write)]))[0]) is not None:
            raise problem

    async def withdraw(self, client: Store, live: Live[MetafieldSpec], idempotency: str) -> None:
        short, _, number = live.id.partition("/")
        answer = await client.call("DELETE", PATHS[short], body=[int(number)], accept={404, 422})
        if answer.status == 422 and not _already_gone(answer):
            raise client.refused(answer)

    async def add_many(self, client: Store, writes: list[Write[MetafieldSpec]]) -> list[Made | Exception]:
        made: dict[Address, Made | Exception] = {}
        for short, group in _by_resource(writes):
            owners = {each.address: _number(each.id(each.spec.resource)) for each in group}
            bodies = {each.address: {"resource_id": owners[each.address], **_body(each)} for each in group}
            try:
                answer = await client.call(
                    "POST", PATHS[short], body=list(bodies.values()), accept={400, 404, 409, 422}
                )
            except LostAnswer:
                answer = Answer(0, None)
            there = {(int(row["resource_id"]), str(row["namespace"]), str(row["key"])): row for row in answer.rows()}
            missing = [
                each for each in group if (owners[each.address], each.spec.namespace, each.spec.key) not in there
            ]
            for each in group:
                row = there.get((owners[each.address], each.spec.namespace, each.spec.key))
                if row is not None:
                    made[each.address] = Made(f"{short}/{row['id']}", shown_id=f"id {row['id']}")
            results = await settled(self._singly(client, short, each, bodies[each.address]) for each in missing)
            made |= {each.address: result for each, result in zip(missing, results, strict=True)}
        return [made[each.address] for each in writes]

    async def alter_many(self, client: Store, writes: list[tuple[str, Write[MetafieldSpec]]]) -> list[Exception | None]:
        failed: dict[str, Exception] = {}
        groups: dict[str, list[tuple[int, Write[MetafieldSpec]]]] = defaultdict(list)
        for identity, write in writes:
            short, _, number = identity.partition("/")
            groups[short].append((int(number), write))
        for short, group in groups.items():
            bodies = [{"id": number, **_body(write)} for number, write in group]
            answer = await client.call("PUT", PATHS[short], body=bodies, accept={400, 404, 409, 422})
            done = {int(row["id"]) for row in answer.rows()}
            undone = [(body, write) for body, (_, write) in zip(bodies, group, strict=True) if body["id"] not in done]
            results = await settled(self._put_alone(client, short, body, write) for body, write in undone)
            failed |= {f"{short}/{body['id']}": each for (body, _), each in zip(undone, results, strict=True) if each}
        return [failed.get(identity) for identity, _ in writes]

    async def _put_alone(self, client: Store, short: str, body: dict[str, Any], write: Write[MetafieldSpec]) -> None:
        """One that the batch did not change: alone it tells its own reason."""
        answer = await client.call("PUT", PATHS[short], body=[body], accept={400, 404, 409, 422})
        if not answer.rows():
            raise client.refused(answer, write.address)

    async def _singly(self, client: Store, short: str, write: Write[MetafieldSpec], body: dict[str, Any]) -> Made:
        """One that the batch did not make: it is there from a lost answer, or alone it tells its own reason."""
        query = {"namespace": write.spec.namespace, "key": write.spec.key}
        for row in await client.chained(PATHS[short], query):
            mine = _read_mark(row)[0]
            if int(row["resource_id"]) == body["resource_id"] and mine and mine.catalog == write.mark.catalog:
                await self.alter(client, f"{short}/{row['id']}", write)
                return Made(f"{short}/{row['id']}", shown_id=f"id {row['id']}")
        answer = await client.call("POST", PATHS[short], body=[body], accept={400, 404, 409, 422})
        rows = answer.rows()
        if not rows:
            raise client.refused(answer, write.address)
        return Made(f"{short}/{rows[0]['id']}", shown_id=f"id {rows[0]['id']}")

    def _of_product(self, catalog: Catalog, alias: str, item: offers.Item) -> Iterator[Resource[MetafieldSpec]]:
        words = catalog.storefront.metafields
        owner, resource = item.key, offers.product_ref(alias, item.key)
        if item.sellable is not None:
            target = Ref.to(Address.at("stripe.product", "", item.sellable.product.address))
            yield self._wanted(catalog, alias, owner, resource, key=words.product, span=item.span, target=target)
        for key, value in item.words.metafields.items():
            yield self._wanted(catalog, alias, owner, resource, key=key, span=item.span, value=value)

    def _of_variant(
        self, catalog: Catalog, alias: str, offer: offers.Offer, currency: str
    ) -> Iterator[Resource[MetafieldSpec]]:
        """The price in the store's currency under the plain key, others with their currency behind it."""
        words = catalog.storefront.metafields
        resource = offers.variant_ref(alias, offer.key)
        own = offer.price_in(currency) or offer.prices[0]
        for price in offer.prices:
            suffix = "" if price is own else f"_{price.currency}"
            target = Ref.to(Address.at("stripe.price", "", price.address))
            key = f"{words.price}{suffix}"
            yield self._wanted(catalog, alias, offer.key, resource, key=key, span=offer.span, target=target)
            if words.lookup_key is not None:
                key = f"{words.lookup_key}{suffix}"
                yield self._wanted(
                    catalog, alias, offer.key, resource, key=key, span=offer.span, value=price.lookup_key
                )

    def _wanted(
        self,
        catalog: Catalog,
        alias: str,
        owner: str,
        resource: Ref,
        *,
        key: str,
        span: Span | None,
        target: Ref | None = None,
        value: str | None = None,
    ) -> Resource[MetafieldSpec]:
        words = catalog.storefront.metafields
        spec = MetafieldSpec.declare(
            resource=resource,
            namespace=words.namespace,
            key=key,
            value=value,
            target=target,
            permission=words.permission,
        )
        return Resource(self.address(alias, f"{owner}/{key}"), spec, span)

    @staticmethod
    def _natural(owner: str, spec: MetafieldSpec) -> frozenset[str]:
        return frozenset({f"{owner} {spec.namespace} {spec.key}"})


def _body(write: Write[MetafieldSpec]) -> dict[str, Any]:
    """The whole metafield: a batch asks for all of it whatever has changed."""
    spec = write.spec
    return {
        "permission_set": spec.permission,
        "namespace": spec.namespace,
        "key": spec.key,
        "value": write.id(spec.target) if spec.target is not None else spec.value or "",
        "description": _mark(write.mark, spec),
    }


def _mark(mark: Mark, spec: MetafieldSpec) -> str:
    owner = mark.key.removesuffix(f"/{spec.key}")
    fields = "".join(sorted(letter for letter, name in _LETTERS.items() if name in mark.fields))
    target = f" {spec.target.kind}" if spec.target is not None else ""
    written = f"billform1 {mark.catalog} {owner} {mark.digest} {mark.version} {fields}{target}"
    assert len(written) <= LONGEST, "keys of the catalog have at most 40 characters"
    return written


def _read_mark(row: Row) -> tuple[Mark | None, str | None]:
    """The mark, and the kind of object that the value names."""
    match = _MARK.fullmatch(str(row.get("description") or "").strip())
    if match is None:
        return None, None
    fields = frozenset(_LETTERS[letter] for letter in match["fields"] if letter in _LETTERS)
    key = f"{match['owner']}/{row['key']}"
    return Mark(match["catalog"], key, match["digest"], fields, int(match["version"])), match["target"] or ""


def _read(row: Row, resource: Ref, kind: str | None) -> MetafieldSpec:
    """The spec; where no mark says what the value is, its shape does."""
    value = str(row["value"])
    if kind is None:
        kind = next((name for name, shape in _SHAPES.items() if shape.fullmatch(value)), "")
    held: dict[str, Any] = {"target": Ref.found(kind, value)} if kind else {"value": value}
    return MetafieldSpec(
        resource=resource,
        namespace=str(row["namespace"]),
        key=str(row["key"]),
        permission=row["permission_set"],
        **held,
    )


def _already_gone(answer: Answer) -> bool:
    content = answer.content if isinstance(answer.content, dict) else {}
    errors = content.get("errors")
    return isinstance(errors, list) and bool(errors) and all(each.get("status") == 404 for each in errors)


def _by_resource(writes: Iterable[Write[MetafieldSpec]]) -> Iterator[tuple[str, list[Write[MetafieldSpec]]]]:
    groups: dict[str, list[Write[MetafieldSpec]]] = defaultdict(list)
    for each in writes:
        groups[each.spec.resource.kind.partition(".")[2]].append(each)
    yield from groups.items()


def _number(identity: str) -> int:
    return int(identity.rpartition("/")[2])


def _one(results: list[Made | Exception]) -> Made:
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


KIND = MetafieldKind()
