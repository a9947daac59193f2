"""A shop of one plan with one price, wanted and found."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billform.core.declared import declared, spec_digest
from billform.core.money import Money
from billform.core.plan import Plan
from billform.core.resource import Address, Live, Mark, Ref, Resource, Spec
from tests.core.toys import found, want

PRO = Ref.to(Address("toy.product", "pro"))
MONTHLY = Ref.to(Address("toy.price", "pro.monthly"))
PROD_1, PRICE_1, PRICE_2 = (
    Ref.found(kind, identity)
    for kind, identity in [("toy.product", "prod_1"), ("toy.price", "price_1"), ("toy.price", "price_2")]
)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "usd")


def product(name: str = "Pro", **fields: Any) -> Resource[Spec]:
    return want("toy.product", "pro", name=name, **fields)


def price(amount: str = "49", **fields: Any) -> Resource[Spec]:
    return want("toy.price", "pro.monthly", product=PRO, unit_amount=usd(amount), **fields)


def live_product(name: str = "Pro", **fields: Any) -> Live[Spec]:
    return found("toy.product", "pro", "prod_1", name=name, **fields)


def live_price(
    amount: str = "49", identity: str = "price_1", written_amount: str | None = None, **fields: Any
) -> Live[Spec]:
    return found(
        "toy.price",
        "pro.monthly",
        identity,
        written=price(written_amount or amount),
        product=PROD_1,
        unit_amount=usd(amount),
        **fields,
    )


def mark_of(wanted: Resource[Spec]) -> Mark:
    return Mark("shop", wanted.address.local_key, spec_digest(wanted.spec), declared(wanted.spec))


def told(made: Plan) -> list[tuple[str, str, str | None, str]]:
    """What the plan finds: code, severity, subject, and the words with the way out."""
    return [
        (each.code, each.severity.value, each.subject, each.summary + (f" | {each.hint}" if each.hint else ""))
        for each in made.findings
    ]
