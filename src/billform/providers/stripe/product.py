"""Stripe products: one for each plan and add-on, and one for each further charge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from billform.catalog.environment import Environment
from billform.catalog.models import AddOn, Catalog, Plan, SoldProduct
from billform.core.kind import Hidden, Immutable, Kept, OnImmutable, Write
from billform.core.resource import Address, Live, Mark, Resource, Spec
from billform.core.values import digest
from billform.core.weight import Weight

from . import marks, register
from .answers import Answer, ident
from .base import UNSET, Metadata, Params, StripeKind
from .client import StripeAccount
from .lists import PRODUCTS


class ProductSpec(Spec):
    """What Stripe keeps of a product, as far as the catalog can say it."""

    id: Annotated[str, Immutable("Stripe fixes a product's id"), Hidden()]
    name: str
    description: str | None = None
    images: tuple[str, ...] = ()
    marketing_features: tuple[str, ...] = ()
    statement_descriptor: Annotated[str | None, Kept("Stripe cannot clear a statement descriptor")] = None
    tax_code: str | None = None
    unit_label: str | None = None
    url: str | None = None
    terms: dict[str, str] = Field(default_factory=dict)
    """What the plan says that Stripe has no field for: trial days, visibility, limits, quantities."""
    metadata: Metadata = Field(default_factory=dict)

    def costs(self, before: ProductSpec) -> Iterator[Weight]:
        """The trial that a plan gives, where it stays one."""
        was, will = (each.terms.get("trial_days") for each in (before, self))
        if was and will:
            yield Weight("terms.trial_days", was, will, (Decimal(was), Decimal(will)))

    def noticed(self) -> Iterator[tuple[str, str, str]]:
        """The terms that customers buy: trial, quantity, and the limits of features."""
        for name, value in sorted(self.terms.items()):
            if name == "trial_days":
                yield "terms", "trial", f"{value} days"
            elif name == "quantity":
                yield "terms", "quantity", value
            elif name.startswith("limit."):
                yield "terms", name.removeprefix("limit."), value


def product_id(catalog: str, key: str) -> str:
    """The id that we choose, so that a product can never be made twice: nimbus-pro, nimbus-pro--seats.

    Two keys never give one id: a key that has the separator in itself gets a suffix of its own.
    """
    plain = f"{catalog}-{key.replace('.', '--')}"
    return f"{plain}-{digest(key)[:6]}" if "--" in key else plain


def is_of(catalog: str, product: str) -> bool:
    """Whether a product's id is one that we choose for products of the catalog, and Stripe for no copy of any."""
    return product.startswith(f"{catalog}-")


class ProductKind(StripeKind[ProductSpec]):
    """Products, found by the id that we chose."""

    name = "stripe.product"
    spec = ProductSpec
    path = "/v1/products"
    on_immutable = OnImmutable.REFUSE
    who = "new checkouts; limits hold at once"
    way_out = "use the key that it was made with, or another catalog name"

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[ProductSpec]]:
        """One for each plan and add-on that is sold in Stripe, and for each further charge of one."""
        for sold in catalog.sold_products():
            yield Resource(
                Address(self.name, sold.address),
                _wanted(catalog.name, sold),
                catalog.key_span(*sold.path),
            )

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[ProductSpec]]:
        """Every product of the account, archived ones and others' included, but for the lock, which is no product."""
        for answer in await client.read(PRODUCTS, by=self.name):
            if answer["id"] != register.ID:
                yield read(answer)

    def natural_keys(self, spec: ProductSpec, address: Address) -> frozenset[str]:
        """Its id."""
        return frozenset({spec.id})

    def birth(self, write: Write[ProductSpec]) -> Params:
        """The id that we choose."""
        return {"id": write.spec.id}

    def params(self, write: Write[ProductSpec], names: frozenset[str]) -> Params:
        """The named fields; what Stripe cannot clear stays as it is."""
        spec = write.spec
        found: Params = {
            "name": spec.name,
            "description": spec.description or UNSET,
            "images": list(spec.images) or UNSET,
            "marketing_features": [{"name": each} for each in spec.marketing_features] or UNSET,
            "statement_descriptor": spec.statement_descriptor,
            "tax_code": spec.tax_code or UNSET,
            "unit_label": spec.unit_label or UNSET,
            "url": spec.url or UNSET,
        }
        return {name: value for name, value in found.items() if name in names}

    def bookkeeping(self, write: Write[ProductSpec], *, new: bool) -> dict[str, str]:
        """The terms, for whoever starts subscriptions."""
        return marks.pack("terms", write.spec.terms, clear=not new) if new or write.sends("terms") else {}


def _wanted(catalog: str, sold: SoldProduct) -> ProductSpec:
    item = sold.item
    base = sold.is_base
    spec: ProductSpec = ProductSpec.declare(
        id=product_id(catalog, sold.address),
        name=sold.name,
        description=sold.description,
        images=tuple(item.images) or None if base else None,
        marketing_features=tuple(item.marketing_features) or None if base else None,
        statement_descriptor=sold.statement_descriptor,
        tax_code=sold.tax_code,
        unit_label=sold.unit_label,
        url=item.url if base else None,
        terms=(_terms(item) or None) if base else None,
        metadata=sold.metadata,
    )
    return spec


def _terms(item: Plan | AddOn) -> dict[str, str]:
    """By name: what Stripe has no field for, but a checkout needs to know."""
    found: dict[str, str] = {}
    if item.visibility != "public":
        found["visibility"] = item.visibility
    if isinstance(item, Plan):
        if item.trial_days:
            found["trial_days"] = str(item.trial_days)
    else:
        if item.for_plans:
            found["plans"] = ",".join(sorted(item.for_plans))
        if item.quantity is not None:
            found["quantity"] = f"{item.quantity.min}-{item.quantity.max or ''}"
    found.update({f"limit.{key}": str(value) for key, value in item.features.items() if not isinstance(value, bool)})
    return found


def read(answer: Answer) -> Live[ProductSpec]:
    """One product as Stripe answered it."""
    identity, metadata = str(answer["id"]), answer.get("metadata") or {}
    spec = ProductSpec(
        id=identity,
        name=answer["name"],
        description=answer.get("description"),
        images=tuple(answer.get("images") or ()),
        marketing_features=tuple(each["name"] for each in answer.get("marketing_features") or () if each.get("name")),
        statement_descriptor=answer.get("statement_descriptor"),
        tax_code=ident(answer.get("tax_code")),
        unit_label=answer.get("unit_label"),
        url=answer.get("url"),
        terms=marks.unpack(metadata, "terms"),
        metadata=marks.authored(metadata),
    )
    return Live(
        kind=ProductKind.name,
        id=identity,
        spec=spec,
        mark=mark_of(answer),
        active=bool(answer["active"]),
        natural=frozenset({identity}),
        created=int(answer.get("created") or 0),
        retired=marks.retired(metadata),
    )


def mark_of(answer: Answer) -> Mark | None:
    """Its mark, unless it only carries the metadata of another: a copy made in the Dashboard is not ours."""
    mark = marks.read(answer.get("metadata"))
    return mark if mark is not None and product_id(mark.catalog, mark.key) == answer["id"] else None


KIND = ProductKind()
