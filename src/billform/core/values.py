"""What specs are made of, walked through: the references in a value, its canonical form and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any

from pydantic import BaseModel

from billform.core.fields import PLAIN, defaults, with_parts
from billform.core.money import Money, text
from billform.core.resource import Address, Ref

_AS_THEY_ARE = frozenset({str, int, bool, NoneType})
_AS_TEXT = frozenset({Money, Ref, Address})


def refs(value: object) -> Iterator[Ref]:
    """Every reference inside a spec or a part of one."""
    if isinstance(value, PLAIN):
        return
    match value:
        case Ref():
            yield value
        case BaseModel():
            for name in with_parts(type(value)):
                yield from refs(getattr(value, name))
        case Mapping():
            for each in value.values():
                yield from refs(each)
        case tuple() | list():
            for each in value:
                yield from refs(each)
        case _:
            return


def rebound(value: Any, bind: Callable[[Ref], Ref]) -> Any:
    """The same value with every reference put through `bind`."""
    if isinstance(value, PLAIN):
        return value
    match value:
        case Ref():
            return bind(value)
        case BaseModel():
            changed = {
                name: new
                for name in with_parts(type(value))
                if (new := rebound(old := getattr(value, name), bind)) is not old
            }
            return value.model_copy(update=changed) if changed else value
        case Mapping():
            mapped = {key: rebound(each, bind) for key, each in value.items()}
            return value if all(mapped[key] is value[key] for key in value) else mapped
        case tuple():
            items = tuple(rebound(each, bind) for each in value)
            return value if all(new is old for new, old in zip(items, value, strict=True)) else items
        case _:
            return value


def canonical(value: object) -> Any:
    """A value as JSON would write it, numbers as digits: what digests and displays rest on."""
    if type(value) in _AS_THEY_ARE:
        return value
    match value:
        case int() | str():
            return value.value if isinstance(value, Enum) else value
        case tuple() | list():
            return [canonical(each) for each in value]
        case Mapping():
            return {str(key): canonical(each) for key, each in sorted(value.items())}
        case _:
            return canonical(_simpler(value))


def _simpler(value: object) -> object:
    """What stands in the place of a value that JSON does not know; its parts may be of that sort again."""
    if type(value) in _AS_TEXT:
        return str(value)
    match value:
        case Decimal():
            return text(value)
        case Mapping():
            return dict(value)
        case BaseModel():
            return {name: part for name, default in defaults(type(value)) if (part := getattr(value, name)) != default}
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def digest(value: object) -> str:
    """Sixteen hex digits of the SHA-256 of a value's canonical form."""
    return hashlib.sha256(_written(value)).hexdigest()[:16]


def _written(value: object) -> bytes:
    """The canonical form as JSON, without a blank and with its keys in order."""
    import orjson  # every object of an account passes here, and most commands have none

    try:
        return orjson.dumps(value, _simpler, orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS)
    except TypeError:
        # It stops at numbers past 64 bits, and for good at what has no canonical form.
        return json.dumps(canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
