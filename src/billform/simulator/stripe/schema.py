"""Parameter rules compiled from the `stripe` package's own parameter types, once each, when first needed."""

from __future__ import annotations

import importlib
import math
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final, Literal, NotRequired

import typing_extensions
from typing_extensions import is_typeddict

from billform.simulator.stripe.problem import StripeError, empty_param, invalid, missing_param, unknown_params

_INTEGER: Final = re.compile(r"[+-]?\d{1,19}\Z")
_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z")
DECIMAL_PLACES: Final = 12

Check = Callable[[Any, str], Any]
"""Takes the decoded form value and the parameter's name; answers the typed value or raises StripeError."""


@dataclass(frozen=True)
class Shape:
    """A parameter map: the check of each field by name, and which fields must be there."""

    fields: Mapping[str, Check]
    required: tuple[str, ...]

    def __call__(self, value: Any, name: str) -> dict[str, Any]:
        if value == "":
            raise empty_param(name)
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=name)
        unknown = [_join(name, key) for key in value if key not in self.fields]
        if unknown:
            raise unknown_params(unknown)
        for key in self.required:
            if key not in value:
                raise missing_param(_join(name, key))
        return {key: self.fields[key](child, _join(name, key)) for key, child in value.items()}


def shape_of(module: str, class_name: str) -> Shape:
    """Answer the compiled rules of a parameter type, such as `_price_create_params`, `PriceCreateParams`."""
    return _compile_class(importlib.import_module(f"stripe.params.{module}"), class_name)


def literal_values(module: str, class_name: str, field: str) -> frozenset[str]:
    """Answer the words that a closed or open enumeration of a parameter type lists."""
    hint = _hints(importlib.import_module(f"stripe.params.{module}"), class_name)[field]
    return frozenset(_words(hint))


@cache
def _request_options() -> frozenset[str]:
    from stripe._request_options import RequestOptions

    return frozenset(RequestOptions.__annotations__)


@cache
def _compile_class(module: Any, class_name: str) -> Shape:
    fields: dict[str, Check] = {}
    required = []
    for key, hint in _hints(module, class_name).items():
        if key in _request_options():
            continue  # options of the client, not parameters of the API
        if typing_extensions.get_origin(hint) is NotRequired:
            fields[key] = _compile(typing_extensions.get_args(hint)[0], module)
        else:
            required.append(key)
            fields[key] = _compile(hint, module)
    return Shape(fields, tuple(required))


def _hints(module: Any, class_name: str) -> dict[str, Any]:
    # Names that the package imports only while type checking; none of them is a parameter's type.
    names = {**vars(typing), "StripeContext": str, **vars(module)}
    hints: dict[str, Any] = typing_extensions.get_type_hints(
        getattr(module, class_name), globalns=names, include_extras=True
    )
    return hints


def _compile(hint: Any, module: Any) -> Check:
    if is_typeddict(hint):
        return _compile_class(module, hint.__name__)
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, arguments = typing_extensions.get_origin(hint), typing_extensions.get_args(hint)
    if origin is Literal:
        return _words_check(tuple(str(word) for word in arguments))
    if origin is list:
        return _list_check(_compile(arguments[0], module))
    if origin is dict:
        return _map_check(_compile(arguments[1], module))
    parts = [part for part in arguments if "UntypedStripeObject" not in str(part)]
    emptyable = any(typing_extensions.get_args(part) == ("",) for part in parts)
    parts = [part for part in parts if typing_extensions.get_args(part) != ("",)]
    check = _compile_union(parts, module)
    return _emptyable(check) if emptyable else check


def _compile_union(parts: list[Any], module: Any) -> Check:
    literals = [part for part in parts if typing_extensions.get_origin(part) is Literal]
    others = [part for part in parts if part not in literals]
    words = tuple(word for part in literals for word in _words(part))
    if not others or others == [str]:
        # The package opens every enumeration with `| str` for versions to come; the API of today does not.
        return _words_check(words) if words else _text
    if words:
        return _either(words, _compile(others[0], module))
    if len(others) == 1:
        return _compile(others[0], module)
    shapes = [part for part in others if is_typeddict(part)]
    scalar = next(part for part in others if part not in shapes)
    return _map_or(_compile(shapes[0], module), _compile(scalar, module))


def _words(hint: Any) -> list[str]:
    if typing_extensions.get_origin(hint) is Literal:
        return [str(word) for word in typing_extensions.get_args(hint)]
    return [word for part in typing_extensions.get_args(hint) for word in _words(part)]


def _join(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key


def _last(name: str) -> str:
    return name.rpartition("[")[2].rstrip("]")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise invalid(f"Invalid string: {value}", param=name)
    if value == "":
        raise empty_param(name)
    return value


def _integer(value: Any, name: str) -> int:
    if value == "":
        raise empty_param(name)
    if not isinstance(value, str) or not _INTEGER.match(value):
        raise invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def _boolean(value: Any, name: str) -> bool:
    if value == "":
        raise empty_param(name)
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def _float(value: Any, name: str) -> float:
    if value == "":
        raise empty_param(name)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise invalid(f"Invalid decimal: {value}", param=name) from None
    if not math.isfinite(number):
        raise invalid(f"Invalid decimal: {value}", param=name)
    return number


def _decimal(value: Any, name: str) -> Decimal:
    if value == "":
        raise empty_param(name)
    if not isinstance(value, str) or not _DECIMAL.match(value):
        raise invalid(f"Invalid decimal: {value}", param=name)
    number = Decimal(value)
    _, _, exponent = number.normalize().as_tuple()
    if isinstance(exponent, int) and -exponent > DECIMAL_PLACES:
        text = f"Invalid decimal: {value}; must contain at maximum {DECIMAL_PLACES} decimal places."
        raise invalid(text, param=name)
    return number


def _words_check(words: tuple[str, ...]) -> Check:
    def check(value: Any, name: str) -> str:
        if value == "":
            raise empty_param(name)
        if value not in words:
            raise _not_among(words, value, name)
        return str(value)

    return check


def _not_among(words: tuple[str, ...], value: Any, name: str) -> StripeError:
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])}, or {words[-1]}"
    return invalid(f"Invalid {_last(name)}: must be one of {listed}", param=name)


def _either(words: tuple[str, ...], other: Check) -> Check:
    return lambda value, name: value if value in words else other(value, name)


def _emptyable(check: Check) -> Check:
    return lambda value, name: "" if value == "" else check(value, name)


def _map_or(shape: Check, scalar: Check) -> Check:
    return lambda value, name: shape(value, name) if isinstance(value, dict) else scalar(value, name)


def _list_check(item: Check) -> Check:
    def check(value: Any, name: str) -> list[Any]:
        if not isinstance(value, list):
            raise invalid("Invalid array", param=name)
        return [item(child, f"{name}[{place}]") for place, child in enumerate(value)]

    return check


def _map_check(item: Check) -> Check:
    # An empty value unsets a key of a map; that is for the handler, so the empty string goes through.
    def check(value: Any, name: str) -> dict[str, Any]:
        if isinstance(value, list):
            value = {str(place): child for place, child in enumerate(value)}
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=name)
        return {key: "" if child == "" else item(child, _join(name, key)) for key, child in value.items()}

    return check


_SCALARS: Final[Mapping[Any, Check]] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    float: _float,
    Decimal: _decimal,
}
