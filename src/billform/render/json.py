"""The plan as JSON, and the JSON Schema that the plan file is published under."""

from __future__ import annotations

from typing import Any

from billform.core.plan import Plan
from billform.core.plan_file import plan_to_json


def plan_json(plan: Plan) -> str:
    """The plan file: what `plan --out` writes and `plan --format json` prints."""
    return plan_to_json(plan)


def plan_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the plan file, from the models of the plan."""
    schema = Plan.model_json_schema(mode="serialization")
    for part in schema["$defs"].values():
        _with_action(part)
    digest = {"type": "string", "pattern": "^[0-9a-f]{12}$", "description": "Over everything but when it was made."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Billform plan",
        "properties": {"digest": digest, **schema["properties"]},
        "required": sorted({"digest", *schema.get("required", ()), *schema["properties"]}),
    }


def _with_action(part: dict[str, Any]) -> None:
    """A plan file always writes every field of a change, those with defaults too."""
    if part.get("type") == "object" and part.get("properties"):
        part["required"] = list(part["properties"])
