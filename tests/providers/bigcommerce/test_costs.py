"""What guardrails weigh in a store beside the amounts in its fields: what buying many saves, and what a group saves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from billform.core.guard import Limits, guard
from billform.core.money import Money
from billform.core.plan import Plan
from billform.core.resource import Ref
from billform.providers.bigcommerce.customer_group import CustomerGroupSpec, Discount
from billform.providers.bigcommerce.price_record import PriceRecordSpec, Tier

from .shop import Shop

Method = Literal["percent", "fixed", "price"]
REFS = {"price_list": Ref.found("bigcommerce.price_list", "1"), "variant": Ref.found("bigcommerce.variant", "1/2")}


def record(*tiers: tuple[int, Any, str], price: str = "100", sale: str | None = None) -> PriceRecordSpec:
    bulk = tuple(Tier(quantity_min=least, type=sort, amount=Decimal(amount)) for least, sort, amount in tiers)
    sold = Money(Decimal(sale), "usd") if sale else None
    return PriceRecordSpec(**REFS, currency="usd", price=Money(Decimal(price), "usd"), sale_price=sold, bulk=bulk)


def told(before: PriceRecordSpec, after: PriceRecordSpec) -> list[tuple[str, int]]:
    return [(each.what, round(each.share)) for each in after.costs(before)]


def test_what_each_of_many_costs_is_weighed_where_it_changes_most() -> None:
    assert told(record((10, "percent", "5")), record((10, "percent", "50"))) == [("what each of 10 costs", 47)]
    assert told(record((10, "fixed", "95")), record((10, "fixed", "9.5"))) == [("what each of 10 costs", 90)]
    assert told(record((10, "price", "5")), record((10, "percent", "5"))) == [], "the same in other words"
    assert told(record((10, "percent", "5")), record((10, "percent", "5"), (50, "percent", "95"))) == [
        ("what each of 50 costs", 95)
    ]
    assert told(record(), record((10, "percent", "50"), sale="100")) == [("what each of 10 costs", 50)]
    assert told(record(price="1"), record(price="100")) == [], "the field says so"


def group(*discounts: tuple[Method, str]) -> CustomerGroupSpec:
    given = (Discount(type="all", method=each, amount=Decimal(size)) for each, size in discounts)
    return CustomerGroupSpec(name="Gold", discounts=tuple(given))


def test_what_members_of_a_group_save_is_weighed() -> None:
    def shares(before: CustomerGroupSpec, after: CustomerGroupSpec) -> list[tuple[str, str]]:
        return [(each.what, str(each.share)) for each in after.costs(before)]

    what = "the discount on everything"
    assert shares(group(("percent", "10")), group(("percent", "100"))) == [(what, "900")]
    assert shares(group(), group(("percent", "10"))) == [(what, "Infinity")]
    assert shares(group(("percent", "10")), group()) == [(what, "100")]
    assert shares(group(("percent", "10")), group(("price", "10"))) == [(what, "Infinity")]


GOLD = "catalog: nimbus\nstorefront: {{ customer_groups: {{ gold: {{ discounts: [{{ amount: {} }}] }} }} }}\n"


def test_a_discount_of_a_group_that_slips_is_stopped_and_told(shop: Shop) -> None:
    shop.settle(GOLD.format(10))
    made = shop.plan(GOLD.format(100))
    assert steep(made) == [
        "bigcommerce.customer_group/main/gold changes the discount on everything by 900 % (10 % -> 100 %), more than "
        "the 20 % test allows"
    ]
    (notice,) = [each.notice for each in made.changes if each.notice]
    assert (notice.now, notice.after, notice.who) == (
        "discount 10 % on everything",
        "discount 100 % on everything",
        "customers of the group",
    )
    assert steep(shop.plan(GOLD.format(11))) == []


def test_a_group_that_is_taken_over_is_weighed(shop: Shop) -> None:
    rules = [{"type": "all", "method": "percent", "amount": 10}]
    shop.raw("POST", "/v2/customer_groups", {"name": "Gold", "discount_rules": rules})
    assert len(steep(shop.plan(GOLD.format(100), adopt=("*",)))) == 1
    assert steep(shop.plan(GOLD.format(10), adopt=("*",))) == []


def steep(made: Plan) -> list[str]:
    return [each.summary for each in guard(made, Limits(amount_percent=Decimal(20)), {})]
