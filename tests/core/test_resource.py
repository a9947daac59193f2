"""Addresses, references, and values in their canonical form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from billform.core.money import Money
from billform.core.resource import Address, Live, Mark, Ref, Snapshot
from billform.core.values import canonical, digest, rebound, refs
from tests.core.shop import MONTHLY, PRICE_1, PRO, PROD_1, price, product, usd
from tests.core.toys import GroupSpec, ProductSpec


class Step(BaseModel):
    model_config = ConfigDict(frozen=True)

    unit: Money | None = None
    of: Ref | None = None
    tags: tuple[str, ...] = Field(default_factory=tuple)


class Colour(StrEnum):
    RED = "red"


def test_an_address_is_read_as_it_was_written() -> None:
    for written in ("stripe.price/pro.monthly", "bigcommerce.product/main/pro", "a.b/c/d/e"):
        assert str(Address.parse(written)) == written
    assert Address.parse("a.b/c/d/e") == Address("a.b", "c/d/e")


@pytest.mark.parametrize("written", ["", "price", "price/pro", "stripe.price", "stripe.price/", "/x.y", "x/y.z"])
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=f"not an address: '{written}'"):
        Address.parse(written)


def test_an_address_tells_vendor_site_and_the_key_there() -> None:
    there, here = Address.at("bigcommerce.metafield", "main", "pro/note"), Address.at("stripe.price", "", "pro")
    assert (str(there), there.vendor, there.site, there.local_key) == (
        "bigcommerce.metafield/main/pro/note",
        "bigcommerce",
        "main",
        "pro/note",
    )
    assert (str(here), here.vendor, here.site, here.local_key) == ("stripe.price/pro", "stripe", "", "pro")


def test_a_reference_is_by_address_or_by_id() -> None:
    assert (str(MONTHLY), str(PRICE_1)) == ("toy.price/pro.monthly", "toy.price#price_1")
    for ref in (MONTHLY, PRICE_1, Ref.found("a.b", "store:7#x/y"), Ref.to(Address("a.b", "c#d"))):
        assert Ref.parse(str(ref)) == ref
    assert MONTHLY.address == Address("toy.price", "pro.monthly")
    for wrong in ({}, {"key": "a", "id": "b"}):
        with pytest.raises(AssertionError):
            Ref("toy.price", **wrong)
    with pytest.raises(ValueError, match="not an address"):
        Ref.parse("price")


@pytest.mark.parametrize(
    ("sort", "value", "written"),
    [
        (Address, Address("a.b", "c"), "a.b/c"),
        (Ref, MONTHLY, "toy.price/pro.monthly"),
        (Money, usd("49.5"), "49.5 usd"),
    ],
)
def test_pydantic_keeps_such_values_and_writes_them_as_text(sort: Any, value: object, written: str) -> None:
    adapter = TypeAdapter[Any](sort)
    assert adapter.validate_python(value) is value
    assert adapter.validate_python(written) == value
    assert adapter.validate_json(f'"{written}"') == value
    assert adapter.dump_json(value) == f'"{written}"'.encode()
    assert not isinstance(adapter.dump_python(value), str), "only JSON needs text"
    for wrong in ("nonsense", 7):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)
    assert adapter.json_schema(mode="validation") == {"type": "string"}


def test_none_means_that_the_catalog_does_not_declare_it() -> None:
    spec = ProductSpec.declare(name="Pro", description=None, images=())
    assert spec.model_fields_set == {"name", "images"}
    assert spec.headline() is None


NESTED = {
    "refs": (PRO, {"deep": [PRICE_1]}),
    "list": [MONTHLY, PROD_1],
    "model": Step(of=PRO),
    "else": (1, "text", None, usd("1")),
}


def test_every_reference_inside_a_value_is_found() -> None:
    assert list(refs(NESTED)) == [PRO, PRICE_1, MONTHLY, PROD_1, PRO]
    assert list(refs(price().spec)) == [PRO]
    assert list(refs("text")) == []


def test_every_reference_inside_a_value_is_bound_and_nothing_else_is_copied() -> None:
    def bind(ref: Ref) -> Ref:
        return PROD_1 if ref == PRO else ref

    value = {"by": (PRO, {"deep": (PRO, 1)}), "model": Step(of=PRO, unit=usd("1"))}
    assert rebound(value, bind) == {
        "by": (PROD_1, {"deep": (PROD_1, 1)}),
        "model": Step(of=PROD_1, unit=usd("1")),
    }
    keep: Callable[[Ref], Ref] = lambda ref: ref  # noqa: E731  # a name for what changes nothing
    for same in (price().spec, (MONTHLY, "x"), {"a": (MONTHLY,)}, Step(of=MONTHLY), "text"):
        assert rebound(same, keep) is same
    changed = rebound(price().spec, bind)
    assert changed == price().spec.model_copy(update={"product": PROD_1})
    assert changed.model_fields_set == price().spec.model_fields_set


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, None),
        (True, True),
        (7, 7),
        ("é", "é"),
        (Colour.RED, "red"),
        (Decimal("1E+2"), "100"),
        (usd("49.50"), "49.5 usd"),
        (MONTHLY, "toy.price/pro.monthly"),
        (Address("a.b", "c"), "a.b/c"),
        (Step(unit=usd("1"), tags=()), {"unit": "1 usd"}),
        ({"b": (1,), "a": Decimal("2.0")}, {"a": "2", "b": [1]}),
        ([Decimal(1), [2]], ["1", [2]]),
        ({7: "x"}, {"7": "x"}),
    ],
)
def test_each_value_has_one_canonical_form(value: object, form: object) -> None:
    found = canonical(value)
    assert (found, type(found)) == (form, type(form))


def test_what_has_no_canonical_form_is_an_error_of_ours() -> None:
    with pytest.raises(TypeError, match="float has no canonical form"):
        canonical({"a": 0.1})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "Größe", "amount": usd("49.50")}, "f7f9145a1ca63eb4"),
        ({"b": [1, {"d": 1, "c": 2}], "a": None}, "5929c456970e320d"),
    ],
)
def test_a_digest_never_changes(value: object, expected: str) -> None:
    """It stands on every object at the vendors: another one would look like drift on all of them."""
    assert digest(value) == expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.text() | st.decimals("-1e9", "1e9")
    | st.sampled_from([usd("49.50"), MONTHLY, PROD_1, Address("a.b", "c"), Colour.RED, Step(unit=usd("1"), of=PRO)]),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(VALUES)
def test_a_digest_is_of_the_canonical_form_as_json(value: object) -> None:
    """Whoever writes the JSON: numbers of any length, control characters, keys in order."""
    written = json.dumps(canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert digest(value) == hashlib.sha256(written.encode()).hexdigest()[:16]


def test_a_snapshot_knows_what_was_read_to_the_end() -> None:
    snapshot = Snapshot(complete=frozenset({("toy.shelf", "main")}))
    assert (snapshot.is_complete("toy.shelf", "main"), snapshot.is_complete("toy.shelf", "")) == (True, False)
    assert (snapshot.lives, snapshot.unavailable) == ((), {})


def test_an_object_is_shown_by_how_people_know_it() -> None:
    spec = GroupSpec(name="VIPs")
    assert Live("toy.group", "7", spec).shown_id == "7"
    assert Live("toy.group", "7", spec, label="id 7").shown_id == "id 7"
    assert (Live("toy.group", "7", spec).active, Live("toy.group", "7", spec).current) == (True, True)
    assert Mark("shop", "a", "d").version == 1
    assert product().span is None
