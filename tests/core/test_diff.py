"""What counts as a difference, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from billform.core.declared import declared, default, in_order, restricted, spec_digest
from billform.core.diff import FieldChange, compare, creation
from billform.core.kind import Immutable, PerKey, Secret, Unordered
from billform.core.money import Money
from billform.core.resource import Address, Ref, Spec
from tests.core.toys import HookSpec, PageSpec, PriceSpec, ProductSpec


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


def notes(wanted: Spec, live: Spec) -> set[str | None]:
    return {line.note for each in compare(wanted, live, frozenset()) for line in each.lines}


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str = ""
    tags: tuple[str, ...] = Field(default_factory=tuple)
    price: Money | None = usd("1")


class FixedSpec(Spec):
    parts: Annotated[tuple[Part, ...], Immutable("Parts are fixed")] = ()
    lists: Annotated[tuple[tuple[int, ...], ...], Immutable("Lists are fixed")] = ()
    by_name: Annotated[Mapping[str, Part], Immutable("Names are fixed")] = {}
    tags: Annotated[tuple[str, ...], Immutable("Tags are fixed"), Unordered()] = ()
    mixed: Annotated[Any, Immutable("Whatever it is, it is fixed")] = None
    later: Annotated[tuple[str, ...], Unordered()] = Field(default_factory=lambda: ("z",))
    bag: Annotated[tuple[Part, ...], Unordered()] = ()
    steps: Annotated[tuple[Tier, ...], Unordered()] = ()


def test_every_line_of_a_fixed_field_says_why_that_matters() -> None:
    assert notes(FixedSpec(parts=(Part(name="a"),)), FixedSpec(parts=(Part(name="b"),))) == {"Parts are fixed"}
    assert notes(FixedSpec(tags=("a", "b")), FixedSpec(tags=("b", "c"))) == {"Tags are fixed"}
    assert notes(FixedSpec(mixed=1), FixedSpec(mixed=2)) == {"Whatever it is, it is fixed"}
    product = Ref.to(Address("toy.product", "pro"))
    wanted, live = (PriceSpec(product=product, unit_amount=usd("1"), options={"eur": usd(each)}) for each in "12")
    assert notes(wanted, live) == {"An amount in another currency is fixed too"}


def test_a_field_that_may_be_chosen_once_is_fixed_from_then_on() -> None:
    product = Ref.to(Address("toy.product", "pro"))
    open_, net, gross = (
        PriceSpec(product=product, unit_amount=usd("1"), tax_behavior=each)
        for each in ("unspecified", "exclusive", "inclusive")
    )
    assert [each.immutable for each in compare(net, open_, frozenset())] == [None]
    assert [each.immutable for each in compare(net, gross, frozenset())] == ["It may be chosen once"]


def test_values_of_different_sorts_are_shown_whole() -> None:
    for before, after, shown in [
        ("a", "b", ('"a"', '"b"')),
        (("a",), "b", ('["a"]', '"b"')),
        ((), ("a",), ("[]", '["a"]')),
        (("a",), None, ('["a"]', None)),
        ({"a": 1}, ("a",), ("{a: 1}", '["a"]')),
        (Part(name="a"), None, ('{name: "a"}', None)),
    ]:
        assert paths(FixedSpec(mixed=after), FixedSpec(mixed=before)) == [("mixed", *shown)]


def test_the_leaves_of_models_in_mappings_are_named_by_their_way() -> None:
    one, other = Part(name="a", price=None), Part(name="b", price=usd("2"), tags=("x",))
    assert paths(FixedSpec(by_name={"k": other}), FixedSpec(by_name={"k": one})) == [
        ("by_name.k.name", '"a"', '"b"'),
        ("by_name.k.price", None, "$2.00"),
        ("by_name.k.tags", None, '["x"]'),
    ]
    assert paths(FixedSpec(by_name={"k": one, "l": one}), FixedSpec(by_name={"k": one})) == [
        ("by_name.l", None, '{name: "a"}')
    ]


def test_lines_come_in_the_order_of_their_ways_also_where_numbers_meet_names() -> None:
    before, after = {"a": (1, 2), "b": {"c": 1}}, {"a": (3, 4), "b": {"c": 2}}
    assert [path for path, _, _ in paths(TieredSpec(limits=after), TieredSpec(limits=before))] == [
        "limits.a[0]",
        "limits.a[1]",
        "limits.b.c",
    ]
    assert [path for path, _, _ in paths(FixedSpec(mixed=((1, 2), {"a": 3})), FixedSpec(mixed=((1, 5), {"a": 4})))] == [
        "mixed[0][1]",
        "mixed[1].a",
    ]
    lists = FixedSpec(lists=((1,), (2,))), FixedSpec(lists=((1, 3), (4,)))
    assert [path for path, _, _ in paths(*lists)] == ["lists[0][1]", "lists[1][0]"]


def test_members_that_come_and_go_are_listed_side_by_side() -> None:
    assert paths(FixedSpec(tags=("b", "a", "x")), FixedSpec(tags=("z", "x", "y"))) == [
        ("tags", '"y", "z"', None),
        ("tags", None, '"a", "b"'),
    ]
    bag = FixedSpec(bag=(Part(name="b"), Part(name="c")))
    assert paths(bag, FixedSpec(bag=(Part(name="a"), Part(name="b")))) == [
        ("bag", '{name: "a"}', None),
        ("bag", None, '{name: "c"}'),
    ]
    assert paths(bag, FixedSpec(bag=bag.bag[::-1])) == []


def test_the_one_order_of_a_list_that_has_none_goes_by_the_names_of_fields() -> None:
    """Digests at the vendors were taken over it: it stays as it is."""
    cheap, dear = Tier(up_to=2, unit=usd("1")), Tier(up_to=1, unit=usd("2"))
    spec = in_order(FixedSpec(steps=(dear, cheap)))
    assert spec == FixedSpec(steps=(cheap, dear)), "`unit` comes before `up_to`"
    assert spec_digest(spec) == spec_digest(FixedSpec(steps=(dear, cheap))) == "fae33f118ade0c91"
    assert in_order(spec) is spec
    assert in_order(FixedSpec(tags=("b", "a"))).model_fields_set == {"tags"}
    bare = FixedSpec()
    assert in_order(bare) is bare


def test_a_secret_is_told_to_differ_and_shown_on_neither_side() -> None:
    wanted, live = HookSpec(url="u", token="hush"), HookSpec(url="u", token="old")
    (difference,) = compare(wanted, live, frozenset())
    assert difference.lines == (FieldChange(path="token", before="(hidden)", after="(hidden)"),)
    assert creation(wanted) == (
        FieldChange(path="url", after='"u"'),
        FieldChange(path="token", before="(hidden)", after="(hidden)"),
    )


def test_bookkeeping_is_compared_and_not_listed() -> None:
    wanted = HookSpec(url="u", stamp="2")
    assert [line.path for line in creation(wanted)] == ["url"]
    assert paths(wanted, HookSpec(url="u", stamp="1")) == [("stamp", '"1"', '"2"')]


def test_a_new_object_is_listed_with_its_values() -> None:
    spec = ProductSpec(name="a", images=("x",), metadata={"b": "2", "a": "1"})
    assert [(line.path, line.before, line.after) for line in creation(spec)] == [
        ("name", None, '"a"'),
        ("images", None, '["x"]'),
        ("metadata.a", None, '"1"'),
        ("metadata.b", None, '"2"'),
    ]


def test_defaults_that_are_made_on_the_spot_are_defaults_too() -> None:
    assert declared(FixedSpec(later=("z",))) == frozenset()
    assert declared(FixedSpec(later=("y", "z"))) == {"later"}
    assert restricted(FixedSpec(later=("z",)), frozenset({"later"})) == {}
    assert (default(FixedSpec, "later"), default(ProductSpec, "name")) == (("z",), None)


def test_a_digest_covers_what_is_named() -> None:
    spec = ProductSpec(name="a", description="x", metadata={"team": "b", "tier": "c"})
    assert restricted(spec, frozenset({"name", "metadata.tier"})) == {"name": "a", "metadata.tier": "c"}
    assert restricted(FixedSpec(later=("b", "a")), frozenset({"later"})) == {"later": ("a", "b")}
    bare = MaybeSpec(metadata=None)
    assert (restricted(bare, frozenset({"metadata.x"})), declared(bare), compare(bare, bare, frozenset())) == (
        {},
        frozenset(),
        (),
    )


class MaybeSpec(Spec):
    metadata: Annotated[Mapping[str, str] | None, PerKey()] = None
    token: Annotated[str, Secret(), Immutable("A token is fixed")] = ""
    name: str = ""


def test_fields_after_a_mapping_are_compared_as_well() -> None:
    one, other = MaybeSpec(metadata={"a": "1"}, name="x"), MaybeSpec(metadata={"a": "2"}, name="y")
    assert [each.name for each in compare(one, other, frozenset())] == ["metadata.a", "name"]


def test_a_secret_that_is_fixed_says_why_that_matters() -> None:
    assert notes(MaybeSpec(token="new"), MaybeSpec(token="old")) == {"A token is fixed"}


def test_also_what_has_little_in_common_is_compared_leaf_by_leaf() -> None:
    before = {"a": {"b": 1, "c": 1, "d": 1, "e": 1}}
    after = {"a": {"b": 2, "f": 1, "g": 1, "h": 1}}
    assert [path for path, _, _ in paths(TieredSpec(limits=after), TieredSpec(limits=before))] == [
        "limits.a." + leaf for leaf in "bcdefgh"
    ]


def test_the_tenth_line_comes_after_the_second() -> None:
    before, after = (TieredSpec(tiers=tuple(Tier(up_to=step + each) for step in range(12))) for each in (0, 100))
    assert [path for path, _, _ in paths(after, before)] == [f"tiers[{step}].up_to" for step in range(12)]


def test_a_kept_field_is_not_cleared_and_others_are() -> None:
    product = Ref.to(Address("toy.product", "pro"))
    wanted = PriceSpec(product=product, unit_amount=usd("1"))
    live = wanted.model_copy(update={"nickname": "old"})
    assert compare(wanted, live, frozenset({"nickname"})) == ()
    assert paths(ProductSpec(name="a"), ProductSpec(name="a", description="x"), frozenset({"description"})) == [
        ("description", '"x"', None)
    ]
    new = PriceSpec(product=product, unit_amount=usd("1"), nickname="new")
    assert paths(new, live) == [("nickname", '"old"', '"new"')]


def test_a_further_currency_is_no_money_to_a_guardrail() -> None:
    product = Ref.to(Address("toy.product", "pro"))
    one, other = (PriceSpec(product=product, unit_amount=usd("1"), options=each) for each in ({}, {"eur": usd("2")}))
    assert [line.money for each in compare(other, one, frozenset()) for line in each.lines] == [None]


def test_what_becomes_free_or_was_is_money_to_a_guardrail() -> None:
    """A step of a price, or a fee that is asked for the first time."""
    free, paid = (TieredSpec(tiers=(Tier(up_to=1, unit=each),)) for each in (None, usd("50")))
    assert [line.money for each in compare(paid, free, frozenset()) for line in each.lines] == [(None, usd("50"))]
    assert [line.money for each in compare(free, paid, frozenset()) for line in each.lines] == [(usd("50"), None)]
    bare, dear = HookSpec(url="u"), HookSpec(url="u", fee=usd("5"))
    assert [line.money for each in compare(dear, bare, frozenset()) for line in each.lines] == [(None, usd("5"))]
    assert [line.money for each in compare(HookSpec(url="v"), bare, frozenset()) for line in each.lines] == [None]
