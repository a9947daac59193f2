"""Reads published OpenAPI files and says whether an exchange is one that they describe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

FORM: Final = "application/x-www-form-urlencoded"
_NUMBERS: Final = {"integer": re.compile(r"-?\d+"), "number": re.compile(r"-?\d+(\.\d+)?")}
_PARTS: Final = {"allOf", "anyOf", "oneOf"}
_FORMATS: Final = FormatChecker(formats=())


@_FORMATS.checks("decimal")
def _is_decimal(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"-?\d+(\.\d{1,12})?", value) is not None


class Document:
    """One file, its references, and the validators of its schemas."""

    def __init__(self, words: Any) -> None:
        self.words = _modern(words)
        self._whole = {"components": self.words.get("components", {}), "paths": self.words.get("paths", {})}
        schemas = self._whole["components"].get("schemas", {})
        # Beside each schema that is referred to, the one that it is where only named fields are let by.
        self._closed_ones = {f"{name}.closed": self._closed(one) for name, one in schemas.items()}
        self._closed_ones |= {f"{name}.part": self._closed(one, part=True) for name, one in schemas.items()}
        self._validators: dict[tuple[int, bool], Draft202012Validator] = {}

    def resolved(self, words: Any) -> Any:
        """Follow a reference."""
        while "$ref" in words:
            found = self.words
            for part in words["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            words = found
        return words

    def problems(self, schema: Any, value: Any, *, closed: bool) -> list[str]:
        """Answer where and how a value departs from a schema of this file, which must live as long as the file.

        `closed`: an object may have only the fields that are named, though the file does not say that it is so.
        """
        found = []
        for error in self._validator(schema, closed=closed).iter_errors(value):
            # Of alternatives, tell of the one that fits best, not that none does.
            best = best_match([error]) or error
            found.append(f"{'/'.join(map(str, best.absolute_path)) or '.'}: {_short(best.message)}")
        return found

    def fits(self, schema: Any, value: Any) -> bool:
        """Tell whether a value is as the schema says."""
        return self._validator(schema, closed=False).is_valid(value)

    def _validator(self, schema: Any, *, closed: bool) -> Draft202012Validator:
        found = self._validators.get((id(schema), closed))
        if found is None:
            whole = {"allOf": [self._closed(schema) if closed else schema], **self._whole}
            if closed:
                components = self._whole["components"]
                whole["components"] = {**components, "schemas": {**components.get("schemas", {}), **self._closed_ones}}
            found = self._validators[id(schema), closed] = Draft202012Validator(whole, format_checker=_FORMATS)
        return found

    def _closed(self, schema: Any, *, part: bool = False) -> Any:
        """Answer a schema whose objects have no fields but those it names; a `part` is closed by what it is part of."""
        if schema.get("$ref", "").startswith("#/components/schemas/"):
            return {"$ref": f"{schema['$ref']}.{'part' if part else 'closed'}"}
        words = dict(self.resolved(schema))
        for word in _PARTS & words.keys():
            words[word] = [self._closed(one, part=True) for one in words[word]]
        if "properties" in words:
            words["properties"] = {name: self._closed(one) for name, one in words["properties"].items()}
        for word in ("items", "additionalProperties"):
            if isinstance(words.get(word), dict):
                words[word] = self._closed(words[word])
        named = None if part else self._named(schema)
        return {**words, "propertyNames": {"enum": sorted(named)}} if named else words

    def _named(self, words: Any) -> set[str] | None:
        """Answer the fields that an object may have; None where it may have any."""
        words = self.resolved(words)
        named = set(words.get("properties", {}))
        if words.get("additionalProperties"):
            return None
        for part in [one for word in _PARTS for one in words.get(word, ())]:
            further = self._named(part)
            if further is None:
                return None
            named |= further
        return named

    def typed(self, schema: Any, text: Any) -> Any:
        """Answer what a text of a form or a query, or a map or list of such, stands for where this schema holds."""
        schema = self.resolved(schema)
        if isinstance(text, list) and schema.get("type") == "object":
            text = {str(place): child for place, child in enumerate(text)}  # a map whose keys count up from 0
        typed: Any
        if isinstance(text, dict):
            names, others = schema.get("properties", {}), schema.get("additionalProperties") or {}
            typed = {key: self.typed(names.get(key, others), child) for key, child in text.items()}
        elif isinstance(text, list):
            typed = [self.typed(schema.get("items", {}), child) for child in text]
        else:
            typed = _scalar(schema, text)
        for other in schema.get("anyOf", ()):
            candidate = self.typed(other, text)
            if self.fits(other, candidate):
                return candidate
        return typed


@dataclass(frozen=True)
class Operation:
    """One documented operation, with the file that it is from."""

    method: str
    path: str
    """With its version, for instance `v3/catalog/products/{product_id}`."""
    words: Any
    document: Document

    @property
    def name(self) -> str:
        """How the operation is told of."""
        return f"{self.method} {self.path}"

    def body_problems(self, body: Any) -> list[str]:
        """Answer what is wrong with a JSON body; a field that the file does not name is."""
        schema = self._schema(self.words.get("requestBody"), "json")
        return ["no body belongs here"] if schema is None else self.document.problems(schema, body, closed=True)

    def form_problems(self, form: Mapping[str, Any]) -> list[str]:
        """Answer what is wrong with a decoded form."""
        schema = self._schema(self.words.get("requestBody"), FORM) or {"properties": {}, "additionalProperties": False}
        return self.document.problems(schema, self.document.typed(schema, dict(form)), closed=True)

    def query_problems(self, query: Mapping[str, Any]) -> list[str]:
        """Answer what is wrong with a query; of `expand[0]` and the like the decoded tree is wanted."""
        found = []
        for name, value in query.items():
            if name not in self._query:
                found.append(f"{name}: no such parameter")
            elif isinstance(value, str) and self._query[name].get("type") == "array":
                found += self._value_problems(name, [*value.split(",")])
            else:
                found += self._value_problems(name, value)
        return found + [f"{name}: missing" for name in self._required if name not in query]

    def _value_problems(self, name: str, value: Any) -> list[str]:
        schema = self._query[name]
        problems = self.document.problems(schema, self.document.typed(schema, value), closed=True)
        return [f"{name}: {problem}" for problem in problems]

    @cached_property
    def _parameters(self) -> list[Any]:
        found = [*self.words.get("parameters", []), *self.words.get("shared", [])]
        return [one for one in map(self.document.resolved, found) if one["in"] == "query"]

    @cached_property
    def _query(self) -> dict[str, Any]:
        return {one["name"].removesuffix("[]"): self.document.resolved(one["schema"]) for one in self._parameters}

    @cached_property
    def _required(self) -> list[str]:
        return [one["name"].removesuffix("[]") for one in self._parameters if one.get("required")]

    def documents(self, status: int) -> bool:
        """Tell whether the status is one of the documented ones."""
        return self._response(status) is not None

    def answer_problems(self, status: int, body: Any) -> list[str]:
        """Answer where and how an answer departs from the schema of its status; a refusal may say more than that."""
        schema = self._schema(self._response(status), "json")
        return [] if schema is None else self.document.problems(schema, body, closed=status < 300)

    def _response(self, status: int) -> Any:
        responses = self.words["responses"]
        return responses.get(str(status), responses.get("default"))

    def _schema(self, holder: Any, sort: str) -> Any:
        content = self.document.resolved(holder or {}).get("content", {})
        return next((one.get("schema") for kind, one in content.items() if sort in kind), None)


class Specification:
    """Every operation of some files."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._operations: dict[tuple[str, ...], Operation] = {}
        self._found: dict[tuple[str, str], Operation | None] = {}
        for file in sorted(files):
            for operation in _operations(Document(json.loads(file.read_text("utf-8")))):
                self._operations.setdefault((operation.method, *_shape(operation.path)), operation)

    def find(self, method: str, path: str) -> Operation | None:
        """Answer the operation of a request to `v3/…`, or None when no file has it."""
        if (method, path) not in self._found:
            self._found[method, path] = self._look_up(method, path)
        return self._found[method, path]

    def _look_up(self, method: str, path: str) -> Operation | None:
        parts = path.strip("/").split("/")
        best: tuple[str, ...] | None = None
        for key in self._operations:
            shape = key[1:]
            if key[0] == method and len(shape) == len(parts):
                fits = all(want in ("{}", have) for want, have in zip(shape, parts, strict=True))
                if fits and (best is None or [part == "{}" for part in shape] < [part == "{}" for part in best[1:]]):
                    best = key
        return self._operations[best] if best is not None else None


@cache
def published(directory: Path, pattern: str) -> Specification:
    """Answer what the files of a directory describe; they are read once."""
    return Specification(directory.glob(pattern))


def _operations(document: Document) -> Iterator[Operation]:
    for path, methods in document.words.get("paths", {}).items():
        version = document.words["servers"][0]["url"].rsplit("/", 1)[-1]
        for method, words in methods.items():
            if method in ("get", "post", "put", "delete"):
                full = {**words, "shared": methods.get("parameters", [])}
                yield Operation(method.upper(), f"{version}{path}", full, document)


def _shape(path: str) -> list[str]:
    return ["{}" if part.startswith("{") else part for part in path.strip("/").split("/")]


def _scalar(schema: Any, text: str) -> Any:
    kinds = schema.get("type", [])
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind == "boolean" and text in ("true", "false"):
            return text == "true"
        if kind in _NUMBERS and _NUMBERS[kind].fullmatch(text):
            return int(text) if kind == "integer" else float(text)
    return text


def _short(message: str) -> str:
    return message if len(message) <= 160 else f"{message[:60]} … {message[-90:]}"


def _modern(words: Any) -> Any:
    """Answer an OpenAPI 3.0 document with its `nullable` and boolean bounds as JSON Schema has them today."""
    if isinstance(words, list):
        return [_modern(one) for one in words]
    if not isinstance(words, dict):
        return words
    new = {name: _modern(one) for name, one in words.items()}
    if new.get("nullable") is True:
        del new["nullable"]
        if not isinstance(new.get("type"), str):
            return {"anyOf": [new, {"type": "null"}]}
        new["type"] = [new["type"], "null"]
        if "enum" in new:
            new["enum"] = [*new["enum"], None]
    for bound in ("exclusiveMinimum", "exclusiveMaximum"):
        if isinstance(new.get(bound), bool):
            del new[bound]
    return new
