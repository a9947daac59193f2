"""Plans with a story each, made by the real planner from small worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from billform.core.diagnostic import Span
from billform.core.guard import Limits, guard
from billform.core.money import Money
from billform.core.plan import Plan
from billform.core.resource import Address, Live, Ref, Resource, Spec
from tests.core.toys import found, planned, want

PRO = Ref.to(Address("toy.product", "pro"))


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "usd")


def at(resource: Resource[Spec], line: int, file: str = "catalog/plans/pro.yaml") -> Resource[Spec]:
    return replace(resource, span=Span(file, line))


def product(name: str = "Pro", **fields: Any) -> Resource[Spec]:
    return at(want("toy.product", "pro", name=name, **fields), 3)


def price(amount: str = "49", **fields: Any) -> Resource[Spec]:
    return at(want("toy.price", "pro.monthly", product=PRO, unit_amount=usd(amount), **fields), 8)


def live_product(name: str = "Pro", **fields: Any) -> Live[Spec]:
    return found("toy.product", "pro", "prod_QXk3", name=name, **fields)


def live_price(amount: str = "49", identity: str = "price_1PfA", **fields: Any) -> Live[Spec]:
    written = fields.pop("written", price(amount))
    link = Ref.found("toy.product", "prod_QXk3")
    return found("toy.price", "pro.monthly", identity, written=written, product=link, unit_amount=usd(amount), **fields)


def first_run() -> Plan:
    return planned([product(description="For growing teams", metadata={"team": "growth"}), price(nickname="Pro")])


def nothing() -> Plan:
    return planned([product(), price()], [live_product(), live_price()])


def update() -> Plan:
    was = product(description="For growing shops", images=("https://example.com/a.png",))
    live = live_product(written=was, description="For growing shops", images=("https://example.com/a.png",))
    return planned([product(description="For growing teams", metadata={"team": "a"})], [live])


def price_rise() -> Plan:
    return planned([product(), price("59")], [live_product(), live_price()])


def price_rise_rolled_back() -> Plan:
    return planned(
        [product(), price("49")],
        [
            live_product(),
            live_price("59", "price_1Qb2", version=2),
            live_price("49", "price_1PfA", active=False, current=False),
        ],
    )


def price_rise_that_others_follow() -> Plan:
    def page(target: Ref) -> dict[str, Any]:
        return {"prices": (target,), "title": "Plans"}

    monthly = Ref.to(Address("toy.price", "pro.monthly"))
    shown = at(want("toy.page", "plans", **page(monthly)), 2, "catalog/portal.yaml")
    live = found("toy.page", "plans", "bpc_1", written=shown, **page(Ref.found("toy.price", "price_1PfA")))
    return planned([product(), price("59"), shown], [live_product(), live_price(), live])


def archive() -> Plan:
    return planned([product()], [live_product(), live_price()])


def drift() -> Plan:
    return planned([product("Pro")], [live_product("Edited by hand", written=product("Pro"))])


def both() -> Plan:
    return planned([product("Pro+")], [live_product("Edited by hand", written=product("Pro"))])


def clash() -> Plan:
    return planned([product()], [found("toy.product", None, "prod_other", name="Theirs", natural=["pro"])])


def adopt() -> Plan:
    foreign = found("toy.product", None, "prod_other", name="Theirs", natural=["pro"])
    return planned([product()], [foreign], adopt=("toy.product/*",))


def refuse() -> Plan:
    wanted = at(want("toy.meter", "calls", event_name="calls", display_name="Calls", formula="count"), 12)
    live = found("toy.meter", None, "mtr_1", event_name="calls", display_name="Calls", natural=["calls"])
    return planned([wanted], [live])


def recreate() -> Plan:
    code = at(want("toy.code", "welcome", code="WELCOME25"), 4, "catalog/coupons.yaml")
    was = want("toy.code", "welcome", code="WELCOME")
    return planned([code], [found("toy.code", "welcome", "promo_1", written=was, code="WELCOME")])


def unfinished() -> Plan:
    return planned(
        [product(), price("59")],
        [live_product(), live_price("59", "price_1Qb2", version=2), live_price("49", current=False)],
    )


def record() -> Plan:
    was = want("toy.product", "pro", name="Pro")
    return planned([product(description="Known")], [live_product(written=was, description="Known")])


def orphan() -> Plan:
    return planned([], [found("toy.meter", None, "mtr_9", event_name="old", display_name="Old", natural=["old"])])


def left_out() -> Plan:
    return planned([product(), price()], unavailable={("toy.price", ""): "the account has no Billing"})


def hostile_names() -> Plan:
    """Names made to break a terminal, a table, a fence or a comment."""
    name = 'Pro | `x` <b> @everyone #1 \x1b[31mred\u202e "end"\n```\n--> $a$'
    return planned(
        [product(name, metadata={"k|ey": "```"}), price("49")], [live_product("Pro", written=product("Pro"))]
    )


def wide_names() -> Plan:
    return planned([product("プロプラン 👩‍💻", metadata={"名前": "値", "name": "value"})])


def long_values() -> Plan:
    words = " ".join(f"word{number}" for number in range(400))
    return planned(
        [product(description=words.replace("word200", "CHANGED"), metadata={"note": words})],
        [live_product(written=product(description=words), description=words)],
    )


Story = Callable[[], Plan]

STORIES: dict[str, Story] = {
    each.__name__: each
    for each in (
        first_run, nothing, update, price_rise, price_rise_rolled_back, price_rise_that_others_follow, archive, drift,
        both, clash, adopt, refuse, recreate, unfinished, record, orphan, left_out, hostile_names, wide_names,
        long_values,
    )
}  # fmt: skip

LIMITS = Limits(archive_percent=Decimal(25), amount_percent=Decimal(10), protected=("toy.price/*",))


def guarded(plan: Plan) -> tuple[Any, ...]:
    """What strict guardrails say to a plan."""
    return guard(plan, LIMITS, {})
