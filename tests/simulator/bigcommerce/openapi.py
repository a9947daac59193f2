"""Reads the published OpenAPI files and says whether an exchange is one that they describe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator


@dataclass(frozen=True)
class Operation:
    """One documented operation, with the file that it is from."""

    method: str
    path: str
    """With its version, for instance `v3/catalog/products/{product_id}`."""
    words: Any
    document: Any

    @property
    def name(self) -> str:
        """How the operation is told of."""
        return f"{self.method} {self.path}"

    def request_errors(self, body: Any) -> list[str]:
        """Answer what is wrong with a body that was accepted."""
        schema = self._schema(self.words.get("requestBody"))
        return [] if schema is None else self._errors(schema, body)

    def parameters(self) -> set[str]:
        """Answer the names of the documented query parameters."""
        found = [*self.words.get("parameters", []), *self.words.get("shared", [])]
        return {one["name"] for one in map(self._resolved, found) if one["in"] == "query"}

    def documents(self, status: int) -> bool:
        """Tell whether the status is one of the documented ones."""
        return str(status) in self.words["responses"]

    def answer_errors(self, status: int, body: Any) -> list[tuple[str, str]]:
        """Answer where and how an answer departs from the schema of its status."""
        schema = self._schema(self.words["responses"][str(status)])
        return [] if schema is None else self._located(schema, body)

    def _schema(self, holder: Any) -> Any:
        content = self._resolved(holder or {}).get("content", {})
        kinds = [one for kind, one in content.items() if "json" in kind]
        return kinds[0].get("schema") if kinds else None

    def _resolved(self, words: Any) -> Any:
        while "$ref" in words:
            found = self.document
            for part in words["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            words = found
        return words

    def _errors(self, schema: Any, body: Any) -> list[str]:
        return [f"{where}: {what}" for where, what in self._located(schema, body)]

    def _located(self, schema: Any, body: Any) -> list[tuple[str, str]]:
        whole = {"allOf": [schema], "components": self.document.get("components", {}), "paths": self.document["paths"]}
        errors = Draft202012Validator(whole).iter_errors(body)
        return [("/".join(map(str, error.absolute_path)), error.message) for error in errors]


class Specification:
    """Every operation of the files in a directory."""

    def __init__(self, directory: Path) -> None:
        self._operations: dict[tuple[str, ...], list[Operation]] = {}
        for file in sorted(directory.glob("*.json")):
            document = _modern(json.loads(file.read_text("utf-8")))
            for operation in _operations(document):
                key = (operation.method, *_shape(operation.path))
                self._operations.setdefault(key, []).append(operation)

    def find(self, method: str, path: str) -> Operation | None:
        """Answer the operation of a request to `v3/…`, or None when no file has it."""
        parts = path.strip("/").split("/")
        best: tuple[str, ...] | None = None
        for key in self._operations:
            shape = key[1:]
            if key[0] == method and len(shape) == len(parts):
                fits = all(want in ("{}", have) for want, have in zip(shape, parts, strict=True))
                if fits and (best is None or [part == "{}" for part in shape] < [part == "{}" for part in best[1:]]):
                    best = key
        return self._operations[best][0] if best is not None else None


def _operations(document: Any) -> Iterator[Operation]:
    for path, methods in document.get("paths", {}).items():
        version = document["servers"][0]["url"].rsplit("/", 1)[-1]
        for method, words in methods.items():
            if method in ("get", "post", "put", "delete"):
                full = {**words, "shared": methods.get("parameters", [])}
                yield Operation(method.upper(), f"{version}{path}", full, document)


def _shape(path: str) -> list[str]:
    return ["{}" if part.startswith("{") else part for part in path.strip("/").split("/")]


def _modern(words: Any) -> Any:
    """Answer an OpenAPI 3.0 document with its `nullable` and boolean bounds as JSON Schema has them today."""
    if isinstance(words, list):
        return [_modern(one) for one in words]
    if not isinstance(words, dict):
        return words
    new = {name: _modern(one) for name, one in words.items()}
    if new.pop("nullable", False) is True and isinstance(new.get("type"), str):
        new["type"] = [new["type"], "null"]
        if "enum" in new:
            new["enum"] = [*new["enum"], None]
    for bound in ("exclusiveMinimum", "exclusiveMaximum"):
        if isinstance(new.get(bound), bool):
            del new[bound]
    return new
