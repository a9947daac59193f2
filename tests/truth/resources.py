"""Checks an answer, field by field, against the annotations of the `stripe` package's own resource types."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import typing
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import stripe
import typing_extensions
from stripe._object_classes import get_object_class

JSON = Any


def problems(answer: JSON) -> list[str]:
    """Answer what in this JSON object is not as the package's types say."""
    return list(_object(answer, answer.get("object", "?")))


def error_problems(answer: JSON) -> list[str]:
    """Answer what in a refusal is not as the package's type of an error says, its codes included."""
    if set(answer) != {"error"}:
        return [f"a refusal shows {sorted(answer)}"]
    # `ErrorObject` leaves type and code open; what a set-up intent keeps of its last error does not.
    return list(_fields(answer["error"], stripe.SetupIntent.LastSetupError, "error"))


def _object(value: JSON, path: str) -> typing.Iterator[str]:
    if value.get("deleted") is True:
        if set(value) != {"id", "object", "deleted"}:
            yield f"{path}: a deleted object shows {sorted(value)}"
        return
    if value["object"] in ("list", "search_result"):
        if not {"data", "has_more", "url"} <= set(value):
            yield f"{path}: a list shows {sorted(value)}"
        for place, item in enumerate(value["data"]):
            yield from _object(item, f"{path}[{place}].{item['object']}")
        return
    kind = get_object_class("V1", value["object"])
    if kind is stripe.StripeObject:
        yield f"{path}: the package knows no object {value['object']}"
        return
    yield from _fields(value, kind, path)


def _fields(value: JSON, kind: type, path: str) -> typing.Iterator[str]:
    hints = _hints(kind)
    renamed = getattr(kind, "_field_remappings", {})
    for key, child in value.items():
        name = next((python for python, wire in renamed.items() if wire == key), key)
        if name not in hints:
            yield f"{path}.{key}: no such field"
        elif not _fits(child, hints[name]):
            yield f"{path}.{key}: {child!r} is no {hints[name]}"
        else:
            yield from _below(child, hints[name], f"{path}.{key}")
    for name, hint in hints.items():
        if renamed.get(name, name) not in value and not _nullable(hint):
            yield f"{path}.{renamed.get(name, name)}: missing"


def _below(value: JSON, hint: Any, path: str) -> typing.Iterator[str]:
    """Look into what a field that fits holds."""
    origin, arguments = typing_extensions.get_origin(hint), typing_extensions.get_args(hint)
    if origin is typing.Union:
        for part in arguments:
            if _fits(value, part) and value is not None:
                yield from _below(value, part, path)
                return
    elif origin is list:
        for place, item in enumerate(value):
            yield from _below(item, arguments[0], f"{path}[{place}]")
    elif origin is not None and _is_map(origin) and arguments[0] is not Any:
        for key, item in value.items():
            if not _fits(item, arguments[0]):
                yield f"{path}[{key}]: {item!r} is no {arguments[0]}"
            else:
                yield from _below(item, arguments[0], f"{path}[{key}]")
    elif inspect.isclass(hint) and issubclass(hint, stripe.StripeObject) and isinstance(value, dict):
        yield from _object(value, path) if isinstance(value.get("object"), str) else _fields(value, hint, path)


def _fits(value: JSON, hint: Any) -> bool:
    origin, arguments = typing_extensions.get_origin(hint), typing_extensions.get_args(hint)
    if hint is Any:
        return True
    if hint is None or hint is type(None):
        return value is None
    if origin is typing.Union:
        # The package opens each enumeration with `| str` for versions to come; the API of today does not.
        closed = any(_is_words(part) for part in arguments)
        return any(_fits(value, part) for part in arguments if not (part is str and closed))
    if _is_words(hint):
        return value in arguments
    if origin is list:
        return isinstance(value, list) and all(_fits(item, arguments[0]) for item in value)
    if origin is not None and _is_map(origin):
        return isinstance(value, dict)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is Decimal:
        return isinstance(value, str) and Decimal(value).is_finite()
    if hint in (str, bool):
        return isinstance(value, hint)
    return isinstance(value, dict)


def _is_words(hint: Any) -> bool:
    return typing_extensions.get_origin(hint) is Literal


def _nullable(hint: Any) -> bool:
    return typing_extensions.get_origin(hint) is typing.Union and type(None) in typing_extensions.get_args(hint)


def _is_map(origin: Any) -> bool:
    return origin is dict or getattr(origin, "__name__", "") == "UntypedStripeObject"


@cache
def _hints(kind: type) -> dict[str, Any]:
    module = sys.modules[kind.__module__]
    own = {name: hint for name, hint in kind.__annotations__.items() if not name.startswith("_")}
    bare = type(kind.__name__, (), {"__annotations__": own})
    hints = typing_extensions.get_type_hints(bare, globalns={**vars(module), **_only_while_checking(module.__name__)})
    return {name: hint for name, hint in hints.items() if name != "OBJECT_NAME"}


@cache
def _only_while_checking(module_name: str) -> dict[str, Any]:
    """Import what a module of the package imports only for type checkers."""
    source = Path(inspect.getfile(sys.modules[module_name])).read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    for block in ast.parse(source).body:
        if isinstance(block, ast.If) and getattr(block.test, "id", "") == "TYPE_CHECKING":
            for line in block.body:
                if isinstance(line, ast.ImportFrom) and line.module and ".params" not in line.module:
                    found = importlib.import_module(line.module)
                    names |= {item.asname or item.name: getattr(found, item.name) for item in line.names}
    return names
