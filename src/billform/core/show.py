"""Values as people read them in a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel

from billform.core.money import Money, text
from billform.core.resource import Ref


def show(value: object) -> str | None:
    """One value on one line; None where there is none."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Money():
            return value.shown()
        case Decimal():
            return text(value)
        case Ref():
            return str(value) if value.key is not None else value.id
        case BaseModel():
            parts = (
                f"{name}: {show(each)}"
                for name, info in type(value).model_fields.items()
                if (each := getattr(value, name)) is not None and each != info.get_default(call_default_factory=True)
            )
            return "{" + ", ".join(parts) + "}"
        case Mapping():
            return "{" + ", ".join(f"{key}: {show(each)}" for key, each in value.items()) + "}"
        case tuple() | list():
            return "[" + ", ".join(str(show(each)) for each in value) + "]"
        case _:
            return str(value)


def noun(kind: str) -> str:
    """`stripe.promotion_code` -> `promotion code`."""
    return kind.partition(".")[2].replace("_", " ")
