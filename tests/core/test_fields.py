"""What is asked of each class once: its defaults, where references may stand, and sets that are shared."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from billform.core.fields import defaults, with_parts
from billform.core.money import Money
from billform.core.resource import Ref, Spec
from billform.core.values import rebound, refs


class Colour(StrEnum):
    RED = "red"


class Plain(BaseModel):
    amount: Money | None = None
    names: tuple[str, ...] = ()


class Base(BaseModel):
    name: str = ""


class Derived(Base):
    target: Ref


class Linked(BaseModel):
    target: Ref


class Circle(BaseModel):
    again: Circle | None = None
    name: str = ""


class Everything(Spec):
    text: str
    number: Annotated[Decimal | int | None, Field(ge=0)] = None
    word: Literal["a", "b"] = "a"
    colour: Colour = Colour.RED
    words: tuple[str, ...] = ()
    table: dict[str, Money] = Field(default_factory=dict)
    plain: tuple[Plain, ...] = ()
    circle: Circle | None = None
    one: Ref | None = None
    many: tuple[Ref, ...] = ()
    by_name: Mapping[str, Linked] = Field(default_factory=dict)
    open: Base | None = None
    anything: Any = None


def test_references_may_stand_where_the_types_let_them() -> None:
    """A model that others derive from may hold more than it declares, and what has no type may hold anything."""
    assert with_parts(Everything) == ("one", "many", "by_name", "open", "anything")


def test_references_are_found_and_bound_wherever_they_stand() -> None:
    """As many as there are, in the order of the fields."""
    found = [Ref.found("toy.thing", str(number)) for number in range(5)]
    spec = Everything(
        text="x",
        one=found[0],
        many=(found[1],),
        by_name={"a": Linked(target=found[2])},
        open=Derived(target=found[3]),
        anything=[found[4]],
    )
    assert list(refs(spec)) == found
    bound = rebound(spec, lambda ref: Ref("toy.thing", key=f"key {ref.id}"))
    assert [each.key for each in refs(bound)][:4] == [f"key {each.id}" for each in found[:4]]


def test_defaults_are_compared_and_a_required_field_has_none() -> None:
    """In the order of the fields."""
    known = dict(defaults(Everything))
    assert list(known) == list(Everything.model_fields)
    assert (known["word"], known["table"], known["one"]) == ("a", {}, None)
    assert known["text"] not in ("", None)


def test_who_declares_the_same_shares_the_set_of_it() -> None:
    """And nobody else's changes with it."""
    one, other = Everything(text="x", word="b"), Everything(text="y", word="a")
    assert one.model_fields_set is other.model_fields_set
    copy = one.model_copy(update={"words": ("z",)})
    assert copy.model_fields_set == {"text", "word", "words"}
    assert (
        one.model_fields_set == Everything.declare(text="z", word="a", words=None).model_fields_set == {"text", "word"}
    )


@pytest.mark.parametrize("given", [{"text": "x"}, {"text": "x", "colour": "red"}])
def test_what_is_declared_is_what_was_passed(given: dict[str, Any]) -> None:
    """Whether it is the default or not."""
    assert Everything(**given).model_fields_set == set(given)
    assert Everything.model_validate_json(Everything(**given).model_dump_json(exclude_unset=True)) == Everything(
        **given
    )
