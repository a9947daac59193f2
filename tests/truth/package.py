"""What each request to Stripe takes and gives, as the `stripe` package's own services have it in their signatures."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import stripe

_DEF: Final = re.compile(r"\n    (?:async )?def (?=\w+\()")
_PARAMS: Final = re.compile(r'\bparams: (?:Optional\[)?"(\w+)"')
_RESULT: Final = re.compile(r'\) -> "(?:(\w+)\[)?(\w+)\]?":')
_REQUEST: Final = re.compile(r'self\._request\(\s*"(\w+)",\s*"(/v1/[^"]+)"')
_IMPORT: Final = re.compile(r"from (stripe[\w.]+) import \(?\s*(\w+)")


@dataclass(frozen=True)
class Operation:
    """One endpoint: the type of its parameters, and of what it answers."""

    method: str
    template: str
    params: Any
    """A TypedDict; None where the endpoint takes nothing."""
    container: str | None
    """`ListObject` or `SearchResultObject` where it answers a page."""
    result: Any

    @property
    def name(self) -> str:
        """How the operation is told of."""
        return f"{self.method} {self.template}"

    @property
    def shows(self) -> str:
        """The `object` of what it answers, or of the items of its page."""
        return str(self.result.OBJECT_NAME)


@cache
def find(method: str, path: str) -> Operation | None:
    """Answer the operation of a request, or None when the package has none for it."""
    fitting = [place for place in _index().get((method, path.count("/")), ()) if place.pattern.fullmatch(path)]
    # `/v1/products/search` is no product; the package quotes what stands for a placeholder, so no other is in doubt.
    return _operation(min(fitting, key=lambda place: place.template.count("{"))) if fitting else None


@dataclass(frozen=True)
class _Place:
    """Where an endpoint stands in the package's source."""

    method: str
    template: str
    pattern: re.Pattern[str]
    file: Path
    signature: str


@cache
def _operation(place: _Place) -> Operation:
    homes = {name: module for module, name in _IMPORT.findall(place.file.read_text(encoding="utf-8"))}
    params, result = _PARAMS.search(place.signature), _RESULT.search(place.signature)
    assert result is not None, f"{place.file}: {place.signature}"
    return Operation(
        place.method,
        place.template,
        params and getattr(importlib.import_module(homes[params[1]]), params[1]),
        result[1],
        getattr(importlib.import_module(homes[result[2]]), result[2]),
    )


@cache
def _index() -> dict[tuple[str, int], list[_Place]]:
    """Find every endpoint, by method and number of slashes."""
    found: dict[tuple[str, int], list[_Place]] = {}
    for place in _places():
        found.setdefault((place.method, place.template.count("/")), []).append(place)
    return found


def _places() -> Iterator[_Place]:
    for file in sorted(Path(stripe.__file__).parent.rglob("_*_service.py")):
        for text in _DEF.split(file.read_text(encoding="utf-8")):
            # The asynchronous twin of each says `_request_async`.
            request = _REQUEST.search(text)
            if request is not None:
                pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(request[2])))
                yield _Place(request[1].upper(), request[2], pattern, file, text[: request.start()])
