"""Which features a Stripe product entitles to: a link that is made and taken away, never changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Annotated

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.kind import Hidden, Immutable, Made, OnImmutable, Ownership, Write
from billform.core.resource import Address, Live, Ref, Resource, Spec
from billform.providers.http import VendorError

from . import marks
from .answers import Answer
from .base import Params, StripeKind
from .client import StripeAccount
from .feature import lookup_key
from .lists import FEATURES, PRODUCTS, Wanted, features_of
from .product import mark_of, product_id

LINK = "A link between a product and a feature is the two of them"


class ProductFeatureSpec(Spec):
    """A product and a feature that comes with it."""

    pair: Annotated[str, Immutable(LINK), Hidden()]
    """Product id and lookup key: its natural key."""
    product: Annotated[Ref, Immutable(LINK)]
    feature: Annotated[Ref, Immutable(LINK)]

    def headline(self) -> str:
        """The name that programs know the feature by."""
        return f"feature {self.pair.partition('+')[2]}"


class ProductFeatureKind(StripeKind[ProductFeatureSpec]):
    """Links; ours where both ends are."""

    name = "stripe.product_feature"
    spec = ProductFeatureSpec
    path = "/v1/products"
    on_immutable = OnImmutable.RECREATE
    ownership = Ownership.NATURAL
    # A product goes first: what an archived one entitles to stays with those who still have it.
    who, new_is_told = "everybody who has the plan", False
    retires_after = leaves_with = frozenset({"stripe.product"})

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[ProductFeatureSpec]]:
        """One for each feature that a plan or add-on grants; nothing for `false` and for a limit of none."""
        for sellable in catalog.sellables():
            product = sellable.product.address
            for key, value in sellable.item.features.items():
                feature = catalog.features.get(key)
                if feature is None or value is False or value == 0:
                    continue
                spec = ProductFeatureSpec(
                    pair=_pair(product_id(catalog.name, product), lookup_key(key, feature)),
                    product=Ref.to(Address("stripe.product", product)),
                    feature=Ref.to(Address("stripe.feature", key)),
                )
                span = catalog.key_span(*sellable.path, "features", key)
                yield Resource(Address(self.name, _key(product, key)), spec, span)

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[ProductFeatureSpec]]:
        """The links of every product that may have some of ours, which takes a request for each.

        There is none where the account has no feature of the catalog, for features cannot be deleted. The catalog
        grants features to plans and add-ons alone, and what an archived one entitles to is left to its subscribers.
        """
        if not any(_is_ours_or_wanted(each, client.wanted) for each in await client.read(FEATURES, by=self.name)):
            return
        products = [each for each in await client.read(PRODUCTS, by=self.name) if _may_grant(each, client.wanted)]
        links = await asyncio.gather(*(client.read(features_of(each["id"]), by=self.name) for each in products))
        for product, attached in zip(products, links, strict=True):
            for link in attached:
                yield _read(product, link, client.wanted.catalog)

    def natural_keys(self, spec: ProductFeatureSpec, address: Address) -> frozenset[str]:
        """Product id and lookup key."""
        return frozenset({spec.pair})

    def params(self, write: Write[ProductFeatureSpec], names: frozenset[str]) -> Params:
        """The feature."""
        return {"entitlement_feature": write.id(write.spec.feature)}

    async def create(self, client: StripeAccount, write: Write[ProductFeatureSpec]) -> Made:
        """Attaches the feature; one that is attached already counts as made."""
        product = write.id(write.spec.product)
        path = f"{self.path}/{product}/features"
        try:
            answer = await client.create(path, self.params(write, frozenset()), write.idempotency)
        except VendorError:
            # The vendor's words for a second attachment are not documented: the list tells for certain.
            wanted = write.id(write.spec.feature)
            attached = await client.read(features_of(product), by=None)
            answer = next((each for each in attached if each["entitlement_feature"]["id"] == wanted), {})
            if not answer:
                raise
        return Made(str(answer["id"]))

    async def update(self, client: StripeAccount, identity: str, write: Write[ProductFeatureSpec]) -> None:
        """Nothing of a link can change."""

    async def retire(self, client: StripeAccount, live: Live[ProductFeatureSpec], idempotency: str) -> None:
        """Detaches the feature, unless the product has been archived: its subscribers keep what they pay for."""
        product = live.spec.product.id
        assert product is not None, "a live link names its product by id"
        if (await client.retrieve(self.path, product))["active"]:
            await client.delete(f"{self.path}/{product}/features", live.id)


def _is_ours_or_wanted(feature: Answer, wanted: Wanted) -> bool:
    mark = marks.read(feature.get("metadata"))
    return (mark is not None and mark.catalog == wanted.catalog) or feature["lookup_key"] in wanted.features


def _may_grant(product: Answer, wanted: Wanted) -> bool:
    """Whether it is the product of a plan or add-on that is on sale, about to come back, or may be taken over."""
    mark = mark_of(product)
    if mark is None:
        return product["id"] in wanted.products
    if mark.catalog != wanted.catalog or "." in mark.key:
        return False
    return bool(product["active"]) or product["id"] in wanted.products


def _key(product: str, feature: str) -> str:
    """What the catalog calls the link."""
    return f"{product}.{feature}"


def _pair(product: str, key: str) -> str:
    return f"{product}+{key}"


def _read(product: Answer, link: Answer, catalog: str) -> Live[ProductFeatureSpec]:
    feature = link["entitlement_feature"]
    mark, owner = marks.read(feature.get("metadata")), mark_of(product)
    spec = ProductFeatureSpec(
        pair=_pair(str(product["id"]), str(feature["lookup_key"])),
        product=Ref.found("stripe.product", str(product["id"])),
        feature=Ref.found("stripe.feature", str(feature["id"])),
    )
    return Live(
        kind=ProductFeatureKind.name,
        id=str(link["id"]),
        spec=spec,
        natural=frozenset({spec.pair}),
        owned=all(each is not None and each.catalog == catalog for each in (mark, owner)),
        comes_with=(spec.product, spec.feature),
        known_as=_key(owner.key, mark.key) if mark is not None and owner is not None else "",
    )


KIND = ProductFeatureKind()
