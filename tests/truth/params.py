"""Checks a form, field by field, against the `stripe` package's own parameter types."""

from __future__ import annotations

import re
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, Literal

import typing_extensions
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

Tree = Mapping[str, Any]
"""A decoded form: maps, lists and texts."""

_TEXTS: Final[Mapping[Any, re.Pattern[str]]] = {
    int: re.compile(r"-?\d+"),
    bool: re.compile(r"true|false"),
    float: re.compile(r"-?\d+(\.\d+)?"),
    Decimal: re.compile(r"-?\d+(\.\d{1,12})?"),
    str: re.compile(r".+", re.DOTALL),  # "" would unset, and only where the type has `Literal['']`
}


def problems(kind: Any, form: Tree) -> list[str]:
    """Answer what in the form is not as the TypedDict says; with None for the type, the form must be empty."""
    if kind is None:
        return [f"{name}: the endpoint takes no parameters" for name in form]
    return list(_map(kind, form, ""))


def _map(kind: Any, value: Any, name: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{name}: {value!r} is no map"
        return
    hints = _hints(kind)
    for key, child in value.items():
        here = f"{name}[{key}]" if name else key
        if key in hints:
            yield from _value(hints[key], child, here)
        else:
            yield f"{here}: no such parameter"
    for key, hint in hints.items():
        if key not in value and typing_extensions.get_origin(hint) is not typing_extensions.NotRequired:
            yield f"{name}[{key}]: missing" if name else f"{key}: missing"


def _value(hint: Any, value: Any, name: str) -> Iterator[str]:
    parts = list(_parts(hint))
    words = [word for part in parts if typing_extensions.get_origin(part) is Literal for word in _words(part)]
    if isinstance(value, str):
        # The package opens each enumeration with `| str` for versions to come; the API of today does not.
        texts = [part for part in parts if part in _TEXTS and not (part is str and any(words))]
        if value not in words and not any(_TEXTS[part].fullmatch(value) for part in texts):
            wanted = [repr(word) for word in words] + [part.__name__ for part in texts]
            yield f"{name}: {value!r} is none of {', '.join(wanted) or 'a map or a list'}"
        return
    for part in parts:
        origin, arguments = typing_extensions.get_origin(part), typing_extensions.get_args(part)
        if origin is list and isinstance(value, list):
            for place, child in enumerate(value):
                yield from _value(arguments[0], child, f"{name}[{place}]")
            return
        if origin is dict:
            # Keys that count up from 0 are taken for places of a list when a form is decoded.
            children = dict(enumerate(value)) if isinstance(value, list) else value
            for key, child in children.items():
                # The empty text takes a key away, also where the package's type has no word for that.
                if (arguments[1], child) != (str, ""):
                    yield from _value(arguments[1], child, f"{name}[{key}]")
            return
        if typing_extensions.is_typeddict(part) and isinstance(value, dict):
            yield from _map(part, value, name)
            return
    yield f"{name}: a {'list' if isinstance(value, list) else 'map'} does not belong here"


def _parts(hint: Any) -> Iterator[Any]:
    """Yield the alternatives of a type, without what only its own objects can be."""
    if typing_extensions.get_origin(hint) in (typing_extensions.NotRequired, typing_extensions.Required):
        yield from _parts(typing_extensions.get_args(hint)[0])
    elif typing_extensions.get_origin(hint) in (typing.Union, types.UnionType):
        for part in typing_extensions.get_args(hint):
            yield from _parts(part)
    elif typing_extensions.get_origin(hint) is not UntypedStripeObject:
        yield hint


def _words(part: Any) -> list[str]:
    return [str(word) for word in typing_extensions.get_args(part)]


@cache
def _hints(kind: Any) -> dict[str, Any]:
    # Names that the package imports only while type checking; none of them is a parameter's type.
    names = {**vars(typing), "StripeContext": str, **vars(sys.modules[kind.__module__])}
    hints = typing_extensions.get_type_hints(kind, globalns=names, include_extras=True)
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}
