"""Which price of a product Checkout and the Dashboard take first: a field of the product that follows its prices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Annotated

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.kind import Hidden, Immutable, Made, OnImmutable, Ownership, Write
from billform.core.resource import Address, Live, Ref, Resource, Spec

from .answers import found
from .base import Params, StripeKind
from .client import StripeAccount
from .lists import PRODUCTS
from .product import product_id


class DefaultPriceSpec(Spec):
    """A product and the price that stands for it."""

    product_id: Annotated[str, Immutable("The setting belongs to its product"), Hidden()]
    product: Annotated[Ref, Immutable("The setting belongs to its product")]
    price: Ref


class DefaultPriceKind(StripeKind[DefaultPriceSpec]):
    """A setting of a product rather than an object: a price needs its product, and this needs the price."""

    name = "stripe.default_price"
    spec = DefaultPriceSpec
    path = "/v1/products"
    on_immutable = OnImmutable.REFUSE
    ownership = Ownership.NATURAL
    # Stripe lets a default price be replaced, and not be taken away.
    retirable = False
    also_writes = frozenset({"stripe.product"})

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[DefaultPriceSpec]]:
        """One for each product that has prices."""
        for sold in catalog.sold_products():
            price = sold.default_price
            if price is not None:
                yield Resource(
                    Address(self.name, sold.address),
                    DefaultPriceSpec(
                        product_id=product_id(catalog.name, sold.address),
                        product=Ref.to(Address("stripe.product", sold.address)),
                        price=Ref.to(Address("stripe.price", price.address)),
                    ),
                    catalog.key_span(*price.path),
                )

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[DefaultPriceSpec]]:
        """One for each product that has a default price."""
        for answer in await client.read(PRODUCTS, by=self.name):
            identity, price = str(answer["id"]), found("stripe.price", answer.get("default_price"))
            if price is not None:
                product = Ref.found("stripe.product", identity)
                spec = DefaultPriceSpec(product_id=identity, product=product, price=price)
                yield Live(self.name, identity, spec, natural=frozenset({identity}))

    def natural_keys(self, spec: DefaultPriceSpec, address: Address) -> frozenset[str]:
        """The product's id."""
        return frozenset({spec.product_id})

    def params(self, write: Write[DefaultPriceSpec], names: frozenset[str]) -> Params:
        """The price."""
        return {"default_price": write.id(write.spec.price)}

    async def create(self, client: StripeAccount, write: Write[DefaultPriceSpec]) -> Made:
        """Sets it for the first time."""
        identity = write.id(write.spec.product)
        await self.update(client, identity, write)
        return Made(identity)


KIND = DefaultPriceKind()
