"""Samples of what a store knows of customers: groups and attributes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billform.core.resource import Ref
from billform.providers.bigcommerce.customer_group import Discount

from .samples import GONE, Sample, bin_, case, delete, get, post, put, ref
from .samples_store import ADDONS, PLANS, SHELF

GROUPS = "/v2/customer_groups"


def _customer_group() -> Sample:
    base = {"name": "Members"}

    def discount(sort: Any, target: Ref | None, amount: str) -> Discount:
        return Discount(type=sort, target=target, method="percent", amount=Decimal(amount))

    discounts = (
        discount("category", PLANS, "10"),
        discount("product", ref("bigcommerce.product/main/pro"), "12.5"),
    )
    full = {
        **base,
        "default": True,
        "guests": False,
        "access": "specific",
        "categories": (PLANS, ADDONS),
        "discounts": discounts,
    }
    guests = {**base, "guests": True}

    def change(**body: Any) -> Any:
        return lambda at: put(f"{GROUPS}/{at.id}", body)

    return Sample(
        kind="bigcommerce.customer_group",
        key="main/members",
        base=base,
        full={"full": full, "guests": guests},
        cases=(
            case("name", full, name="Club"),
            case("default", full, default=False),
            case("guests", guests, guests=False),
            case("guests", base, "on", guests=True),
            case("access", full, access="none", categories=GONE),
            case("categories", full, categories=(PLANS,)),
            case("categories", full, "reordered", categories=(ADDONS, PLANS)),
            case("discounts", full, discounts=(discount("all", None, "5"),)),
            case("discounts", full, "reordered", discounts=discounts[::-1]),
        ),
        raw={
            "name": change(name="Changed"),
            "default": lambda at: post(GROUPS, {"name": "Someone's default", "is_default": True}),
            "guests": lambda at: put(
                f"{GROUPS}/{at.id}",
                {"is_group_for_guests": not at.ask(get(f"{GROUPS}/{at.id}"))["is_group_for_guests"]},
            ),
            "access": change(category_access={"type": "none"}),
            "categories": lambda at: put(
                f"{GROUPS}/{at.id}",
                {
                    "category_access": {
                        "type": "specific",
                        "categories": [int(at["bigcommerce.category/main/Plans"])],
                    }
                },
            ),
            "discounts": change(discount_rules=[{"type": "all", "method": "percent", "amount": "7.0000"}]),
        },
        needs=(SHELF,),
        together={"access": ("categories",), "categories": ("access",)},
        taken=bin_(GROUPS),
        out="to delete a group would throw its members out",
    )


def _customer_attribute() -> Sample:
    base = {"name": "plan", "type": "string"}
    path = "/v3/customers/attributes"
    return Sample(
        kind="bigcommerce.customer_attribute",
        key="main/plan",
        base=base,
        full={"full": base},
        cases=(case("name", base, name="billing plan"), case("type", base, type="number")),
        raw={
            "name": lambda at: put(path, [{"id": int(at.id), "name": "changed"}]),
            "type": lambda at: put(path, [{"id": int(at.id), "name": "plan", "type": "number"}]),
        },
        taken={"deleted": lambda at: delete(f"{path}?id:in={at.id}")},
        out="to delete an attribute would delete its value on every customer",
    )


CUSTOMERS = (_customer_group(), _customer_attribute())
