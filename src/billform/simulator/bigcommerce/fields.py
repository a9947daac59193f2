"""What a request body may hold: checkers that clean a value or note the vendor's word for what is wrong.

The catalog service answers with the codes of its JSON library (`error.path.missing`,
`error.expected.jsstring` …), keyed by the dotted path of the field. Unknown fields are undocumented for v3:
they are accepted and not stored. Amounts are JSON numbers on the wire; they are echoed and never summed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

Errors = dict[str, str]
Check = Callable[[Any, str, Errors], Any]
"""Takes a value, its path and the errors so far; answers the value to store, or None after an error."""

MISSING: Final = "error.path.missing"


def text(least: int = 0, most: int | None = None, *, one_of: tuple[str, ...] = (), nullable: bool = False) -> Check:
    """Check a string by length or against a closed list."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        if value is None and nullable:
            return None
        if not isinstance(value, str):
            errors[path] = "error.expected.jsstring"
        elif one_of and value not in one_of:
            errors[path] = f"must be one of: {', '.join(one_of)}"
        elif len(value) < least or (most is not None and len(value) > most):
            errors[path] = f"must be between {least} and {most} characters long"
        else:
            return value
        return None

    return check


def integer(least: int | None = None, most: int | None = None, *, nullable: bool = False) -> Check:
    """Check a whole number within bounds."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        if value is None and nullable:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            errors[path] = "error.expected.jsnumber"
        elif isinstance(value, float) and not value.is_integer():
            errors[path] = "error.expected.int"
        else:
            return _within(int(value), least, most, path, errors)
        return None

    return check


def number(least: int | None = None, most: int | None = None, *, nullable: bool = False) -> Check:
    """Check a JSON number within bounds; a whole one is stored as an integer."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        if value is None and nullable:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            errors[path] = "error.expected.jsnumber"
            return None
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return _within(whole, least, most, path, errors)

    return check


def flag() -> Check:
    """Check a boolean."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        if not isinstance(value, bool):
            errors[path] = "error.expected.jsboolean"
            return None
        return value

    return check


def listing(item: Check, most: int | None = None, least: int = 0) -> Check:
    """Check an array, each entry by `item`."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        if not isinstance(value, list):
            errors[path] = "error.expected.jsarray"
            return None
        if len(value) < least or (most is not None and len(value) > most):
            errors[path] = f"must hold between {least} and {most} entries"
            return None
        return [item(entry, f"{path}.{index}", errors) for index, entry in enumerate(value)]

    return check


def record(fields: Mapping[str, Check], required: tuple[str, ...] = (), *, closed: bool = False) -> Check:
    """Check an object: known fields are cleaned, unknown ones left out, or refused when `closed`."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        if not isinstance(value, dict):
            errors[path or "body"] = "error.expected.jsobject"
            return None
        start = f"{path}." if path else ""
        errors.update({f"{start}{name}": MISSING for name in required if name not in value})
        if closed:
            errors.update({f"{start}{name}": "is not a known field" for name in value if name not in fields})
        return {name: fields[name](given, f"{start}{name}", errors) for name, given in value.items() if name in fields}

    return check


def texts_by_name(*, nullable: bool = False) -> Check:
    """Check an object whose values are strings."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        if value is None and nullable:
            return None
        if not isinstance(value, dict):
            errors[path] = "error.expected.jsobject"
            return None
        errors.update(
            {f"{path}.{name}": "error.expected.jsstring" for name, one in value.items() if not isinstance(one, str)}
        )
        return dict(value)

    return check


def anything() -> Check:
    """Let any JSON value by, for what the simulator stores without reading."""
    return lambda value, _path, _errors: value


def nullable(inner: Check) -> Check:
    """Let null by besides what `inner` allows."""
    return lambda value, path, errors: None if value is None else inner(value, path, errors)


def _within(value: int | float, least: int | None, most: int | None, path: str, errors: Errors) -> int | float | None:
    if least is not None and value < least:
        errors[path] = f"must not be less than {least}"
    elif most is not None and value > most:
        errors[path] = f"must not be more than {most}"
    else:
        return value
    return None
