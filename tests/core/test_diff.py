"""What counts as a difference, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from billform.core.diff import compare, creation, declared, spec_digest
from billform.core.money import Money
from billform.core.resource import Address, Ref, Spec
from tests.core.toys import PageSpec, PriceSpec, ProductSpec


class Tier(BaseModel):
    model_config = ConfigDict(frozen=True)

    up_to: int | None = None
    unit: Money | None = None


class TieredSpec(Spec):
    tiers: tuple[Tier, ...] = ()
    limits: Mapping[str, Any] = {}


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "usd")


def paths(wanted: Spec, live: Spec, recorded: frozenset[str] = frozenset()) -> list[tuple[str, str | None, str | None]]:
    return [(line.path, line.before, line.after) for each in compare(wanted, live, recorded) for line in each.lines]


def test_a_nested_change_names_the_leaf_and_shows_money_as_money() -> None:
    wanted = TieredSpec(tiers=(Tier(up_to=100, unit=usd("0.02")), Tier(unit=usd("0.01"))))
    live = TieredSpec(tiers=(Tier(up_to=100, unit=usd("0.03")), Tier(unit=usd("0.01"))))
    assert paths(wanted, live) == [("tiers[0].unit", "$0.03", "$0.02")]


def test_a_tier_more_is_shown_as_one_line() -> None:
    wanted = TieredSpec(tiers=(Tier(up_to=100, unit=usd("0.02")), Tier(unit=usd("0.01"))))
    live = TieredSpec(tiers=(Tier(up_to=100, unit=usd("0.02")),))
    assert [path for path, _, _ in paths(wanted, live)] == ["tiers[1]"]


def test_nested_mappings_are_compared_leaf_by_leaf() -> None:
    wanted, live = TieredSpec(limits={"a": {"b": 1, "c": 2}}), TieredSpec(limits={"a": {"b": 1, "c": 3}})
    assert paths(wanted, live) == [("limits.a.c", "3", "2")]


def test_the_order_of_an_unordered_list_says_nothing() -> None:
    one, two = (Ref.to(Address("toy.price", key)) for key in ("a", "b"))
    assert paths(PageSpec(prices=(one, two)), PageSpec(prices=(two, one))) == []
    assert spec_digest(PageSpec(prices=(one, two))) == spec_digest(PageSpec(prices=(two, one)))
    assert paths(PageSpec(prices=(one,)), PageSpec(prices=(two,))) == [
        ("prices", "toy.price/b", None),
        ("prices", None, "toy.price/a"),
    ]


def test_the_order_of_a_list_that_people_see_matters() -> None:
    assert paths(ProductSpec(name="a", images=("x", "y")), ProductSpec(name="a", images=("y", "x")))


def test_digests_leave_out_defaults_and_what_is_not_declared() -> None:
    bare, explicit = ProductSpec(name="a"), ProductSpec(name="a", images=(), description=None)
    assert spec_digest(bare) == spec_digest(explicit)
    assert declared(explicit) == {"name"}
    live = ProductSpec(name="a", description="by hand", metadata={"x": "1"})
    assert spec_digest(live, frozenset({"name"})) == spec_digest(bare)


def test_metadata_is_declared_key_by_key() -> None:
    spec = ProductSpec(name="a", metadata={"team": "b", "tier": "c"})
    assert declared(spec) == {"name", "metadata.team", "metadata.tier"}
    assert [line.path for line in creation(spec)] == ["name", "metadata.team", "metadata.tier"]


def test_an_immutable_field_is_compared_although_nobody_declares_it() -> None:
    product = Ref.to(Address("toy.product", "pro"))
    wanted = PriceSpec(product=product, unit_amount=usd("49"))
    (difference,) = compare(wanted, wanted.model_copy(update={"unit_amount": usd("50")}), frozenset())
    assert (difference.immutable, difference.lines[0].money) == (
        "Stripe fixes a price's amount",
        (usd("50"), usd("49")),
    )


texts = st.text(max_size=8)
products = st.builds(
    ProductSpec,
    name=texts,
    description=st.none() | texts,
    images=st.lists(texts, max_size=3).map(tuple),
    metadata=st.dictionaries(st.text("abc", min_size=1, max_size=2), texts, max_size=3),
)


@given(products, products)
def test_applying_every_difference_leaves_none(wanted: ProductSpec, live: ProductSpec) -> None:
    recorded = declared(live)
    changed: dict[str, Any] = {}
    metadata = dict(live.metadata)
    for each in compare(wanted, live, recorded):
        name, dot, key = each.name.partition(".")
        if not dot:
            changed[name] = getattr(wanted, name)
        elif key in wanted.metadata:
            metadata[key] = wanted.metadata[key]
        else:
            metadata.pop(key)
    after = live.model_copy(update={**changed, "metadata": metadata})
    assert compare(wanted, after, recorded) == ()


@given(products)
def test_a_spec_survives_json_with_what_it_declares(spec: ProductSpec) -> None:
    again = ProductSpec.model_validate_json(spec.model_dump_json(exclude_unset=True))
    assert (again, declared(again), spec_digest(again)) == (spec, declared(spec), spec_digest(spec))
