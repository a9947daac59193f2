"""Secret fields in what is written down: the names of variables stay, and nothing else that such a field says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from billform.core.kind import Secret, marker
from billform.core.redact import REFERENCE
from billform.core.resource import Spec

HIDDEN = f"{REFERENCE}? (hidden)"
"""Stands for what is not written down. No variable can have such a name, so that it is never sent by mistake."""


def spec_as_json(spec: Spec) -> dict[str, Any]:
    """The declared fields of a spec as JSON values; the one form in which a spec goes into a file."""
    written = spec.model_dump(mode="json", exclude_unset=True)
    for name in secret_fields(type(spec)) & written.keys():
        written[name] = _concealed(written[name])
    return written


@cache
def secret_fields(sort: type[Spec]) -> frozenset[str]:
    """The fields of a spec that may hold secrets."""
    return frozenset(name for name in sort.model_fields if marker(sort, name, Secret) is not None)


def hides(spec: Spec) -> bool:
    """Whether a spec was read from where something of it had not been written down."""
    return any(_is_hidden(getattr(spec, name)) for name in secret_fields(type(spec)))


def _concealed(value: Any) -> Any:
    match value:
        case None:
            return None
        case str() if value.startswith(REFERENCE):
            return value
        case dict():
            return {key: _concealed(each) for key, each in value.items()}
        case list():
            return [_concealed(each) for each in value]
        case _:
            return HIDDEN


def _is_hidden(value: Any) -> bool:
    match value:
        case Mapping():
            return any(map(_is_hidden, value.values()))
        case tuple() | list():
            return any(map(_is_hidden, value))
        case _:
            return bool(value == HIDDEN)
