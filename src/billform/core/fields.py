"""What the fields of a model are, asked of each class once: every object of an account is walked through by field."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from billform.core.money import Money

PLAIN = (str, int, NoneType, Decimal, Money)
"""Most of what a model holds: values that have no parts."""


@cache
def defaults(sort: type[BaseModel]) -> tuple[tuple[str, object], ...]:
    """The fields with their defaults, to compare with; a required one's default equals nothing."""
    return tuple((name, info.get_default(call_default_factory=True)) for name, info in sort.model_fields.items())


@cache
def with_parts(sort: type[BaseModel]) -> tuple[str, ...]:
    """The fields in which something else than plain values and models of plain values may stand, such as references."""
    return tuple(name for name, info in sort.model_fields.items() if _has_parts(info.annotation, {sort}))


def _has_parts(annotation: Any, above: set[type[BaseModel]]) -> bool:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal or annotation is Ellipsis:
        return False
    if arguments:
        return any(_has_parts(each, above) for each in (arguments[:1] if origin is Annotated else arguments))
    if not isinstance(annotation, type):
        return True
    if issubclass(annotation, BaseModel):
        # What is declared as a model may be one derived from it, with fields of its own.
        return bool(annotation.__subclasses__()) or (
            annotation not in above
            and any(_has_parts(info.annotation, {*above, annotation}) for info in annotation.model_fields.values())
        )
    return not issubclass(annotation, (*PLAIN, Enum))
