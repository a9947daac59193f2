"""JSON Schemas (2020-12) of what authors write, from the models; editors complete and check files against them.

A schema sees one file as it is written: any part of the catalog, before files are merged and templates filled in.
"""

from __future__ import annotations

import copy
from typing import Any, TypeAlias

from pydantic import BaseModel

from billform.catalog.environment import Environment
from billform.catalog.merge import EXTENDS
from billform.catalog.models import Catalog

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PARTIAL = "Partial"
"""Ends the name of a definition of which any part may be written, and null takes a part away."""


def catalog_schema() -> Schema:
    """The schema of a catalog file."""
    schema = _of(Catalog, "Billform catalog", "One file of a catalog; all files are merged.")
    parts = schema["$defs"]
    partial = {name + PARTIAL: _partial(part, set(parts)) for name, part in copy.deepcopy(parts).items()}
    for name in [each for each, part in parts.items() if EXTENDS in part.get("properties", {})]:
        # What a template fills in need not be written, and what it fills in too much is taken away with null.
        parts[name] = {
            "description": parts[name].get("description", ""),
            "if": {"type": "object", "required": [EXTENDS]},
            "then": {"$ref": f"#/$defs/{name}{PARTIAL}"},
            "else": parts[name],
        }
    schema["$defs"] = _used(schema, {**parts, **partial})
    return schema


def environment_schema() -> Schema:
    """The schema of an environment file; what it lays over the catalog has the catalog's own words."""
    schema = _of(Environment, "Billform environment", "One environment: accounts, overlays and guardrails.")
    catalog = Catalog.model_json_schema()
    parts: Schema = catalog.pop("$defs")
    names = set(parts)
    partial = {name + PARTIAL: _partial(part, names) for name, part in parts.items()}
    partial[f"Catalog{PARTIAL}"] = _partial(catalog, names)
    _plainer(partial)
    about = schema["properties"]["catalog"]
    schema["properties"]["catalog"] = {
        **{word: about[word] for word in ("description", "examples") if word in about},
        "$ref": f"#/$defs/Catalog{PARTIAL}",
    }
    schema["$defs"] = _used(schema, {**schema["$defs"], **partial})
    return schema


def _of(model: type[BaseModel], title: str, description: str) -> Schema:
    schema: Schema = model.model_json_schema()
    _plainer(schema)
    _never_null(schema)
    return {"$schema": DIALECT, **schema, "title": title, "description": description}


def _plainer(schema: Any) -> None:
    """Leaves out titles and null defaults that only repeat what an editor shows anyway."""
    if isinstance(schema, list):
        for each in schema:
            _plainer(each)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("title"), str):
        del schema["title"]
    if "default" in schema and schema["default"] is None:
        del schema["default"]
    for word, part in schema.items():
        if word in {"properties", "patternProperties", "$defs"}:
            for each in part.values():
                _plainer(each)
        elif word not in {"examples", "default", "enum", "const"}:
            _plainer(part)


def _never_null(schema: Any) -> None:
    """A word that is written has a value; one that need not be written is left out."""
    if isinstance(schema, list):
        for each in schema:
            _never_null(each)
    if not isinstance(schema, dict):
        return
    if {"type": "null"} in (choices := schema.get("anyOf", [])):
        left = [each for each in choices if each != {"type": "null"}]
        del schema["anyOf"]
        for word, part in (left[0] if len(left) == 1 else {"anyOf": left}).items():
            schema.setdefault(word, part)
    for word, part in schema.items():
        if word not in {"examples", "default", "enum", "const"}:
            _never_null(part)


def _partial(schema: Any, names: set[str]) -> Any:
    """The same with nothing required, and null wherever a word or an entry may be taken away."""
    if isinstance(schema, list):
        return [_partial(each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made: Schema = {}
    for word, part in schema.items():
        if word in {"properties", "patternProperties"}:
            made[word] = {key: _or_null(_partial(each, names)) for key, each in part.items()}
        elif word == "additionalProperties" and isinstance(part, dict):
            made[word] = _or_null(_partial(part, names))
        elif word == "$ref":
            name = str(part).rpartition("/")[2]
            made[word] = f"#/$defs/{name}{PARTIAL}" if name in names else part
        elif word in {"examples", "default", "enum", "const", "items"}:
            made[word] = part  # a list replaces the one below it as a whole, so its items are whole too
        elif word not in {"required", "minProperties", "discriminator"}:
            made[word] = _partial(part, names)
    return made


def _or_null(schema: Schema) -> Schema:
    choices = schema.get("anyOf", [])
    if {"type": "null"} in choices:
        return schema
    about: Schema = {word: schema.pop(word) for word in ("description", "examples") if word in schema}
    return {**about, "anyOf": [schema, {"type": "null"}]}


def _used(schema: Schema, parts: Schema) -> Schema:
    """Only the definitions that the schema leads to, by name."""
    found: set[str] = set()
    trail: list[Any] = [{word: part for word, part in schema.items() if word != "$defs"}]
    while trail:
        each = trail.pop()
        if isinstance(each, dict):
            name = str(each.get("$ref", "")).rpartition("/")[2]
            if name in parts and name not in found:
                found.add(name)
                trail.append(parts[name])
            trail.extend(each.values())
        elif isinstance(each, list):
            trail.extend(each)
    return {name: parts[name] for name in sorted(found)}
