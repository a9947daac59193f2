"""A plan as a file: JSON that says by its digest whether it is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.plan import (
    FORMAT,
    Adopt,
    Archive,
    Cause,
    Change,
    Create,
    NewVersion,
    Plan,
    Recreate,
    Refuse,
    Restore,
    Update,
)
from billform.core.resource import Address, Spec


def plan_to_json(plan: Plan) -> str:
    """The plan file: JSON with its digest, readable by `plan_from_json` and checkable by hand."""
    data = {"digest": plan.digest, **plan.model_dump(mode="json")}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def plan_from_json(written: str, specs: Mapping[str, type[Spec]], file: str | None = None) -> Plan:
    """Reads a plan file; a truncated, edited, newer or foreign one raises a BillformError (P01x) that names it."""

    def unreadable(code: str, summary: str, hint: str) -> BillformError:
        return BillformError(Diagnostic(code, summary, hint=hint, subject=file))

    foreign = unreadable("P011", "this file is not a Billform plan", "`billform plan ENV --out plan.json` writes one")
    changed = unreadable("P013", "this plan file has been changed by hand", "make the plan again")
    try:
        data = json.loads(written)
    except ValueError:
        if not written.lstrip().startswith("{"):
            raise foreign from None
        hint = "make the plan again; it was cut off, or changed by hand"
        raise unreadable("P010", "this plan file is not whole JSON", hint) from None
    if not isinstance(data, dict) or "format" not in data or "changes" not in data:
        raise foreign
    if not isinstance(data["format"], int) or data["format"] > FORMAT:
        raise unreadable("P012", "a newer Billform made this plan", "update Billform, or make the plan again")
    promised = data.pop("digest", None)
    try:
        plan = Plan.model_validate_json(json.dumps({**data, "changes": []}))
        changes = tuple(_change(each, specs) for each in data["changes"])
        plan = plan.model_copy(update={"changes": changes})
        intact = promised == plan.digest
    except (ValidationError, KeyError, TypeError, ValueError, AttributeError):
        raise changed from None
    if not intact:
        raise changed
    # Guardrails are weighed when it is applied.
    return plan.model_copy(update={"findings": tuple(each for each in plan.findings if each.code[0] != "G")})


_ACTIONS: dict[str, type[Change]] = {
    "create": Create,
    "update": Update,
    "new_version": NewVersion,
    "recreate": Recreate,
    "restore": Restore,
    "adopt": Adopt,
    "archive": Archive,
    "refuse": Refuse,
}


def _change(data: dict[str, Any], specs: Mapping[str, type[Spec]]) -> Change:
    """One change with its specs as the classes of its kind."""
    sort = specs[Address.parse(data["address"]).kind]

    def typed(part: dict[str, Any]) -> dict[str, Any]:
        spec = sort.model_validate_json(json.dumps(part["spec"]))
        return {**part, "spec": spec}

    built = dict(data)
    if "spec" in built:
        built = typed(built)
    if built.get("found"):
        built["found"] = typed(built["found"])
    if "supersedes" in built:
        built["supersedes"] = [typed(each) for each in built["supersedes"]]
    built["cause"] = Cause(built["cause"])
    return _ACTIONS[built["action"]].model_validate(built)
