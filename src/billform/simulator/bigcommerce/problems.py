"""Every shape in which BigCommerce says no; each function answers a `Refusal` to raise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from billform.simulator.message import Answer, Refusal, json_answer

Version = Literal["v2", "v3"]

TYPE: Final = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"
INVALID_BODY: Final = "JSON data is missing or invalid"


def problem(
    status: int, title: str, errors: Mapping[str, Any] | None = None, code: int | None = None
) -> dict[str, Any]:
    """Answer the v3 problem object: status, title, type, errors by field, and at times a code."""
    words: dict[str, Any] = {"status": status}
    if code is not None:
        words["code"] = code
    return {**words, "title": title, "type": TYPE, "errors": dict(errors or {})}


def v3(status: int, title: str, errors: Mapping[str, Any] | None = None, code: int | None = None) -> Refusal:
    """Answer a refusal in the v3 shape."""
    return Refusal(json_answer(status, problem(status, title, errors, code)))


def v2(status: int, message: str, details: Mapping[str, Any] | None = None) -> Refusal:
    """Answer a refusal in the v2 shape: an array of one."""
    entry: dict[str, Any] = {"status": status, "message": message}
    if details:
        entry["details"] = dict(details)
    return Refusal(json_answer(status, [entry]))


def say(version: Version, status: int, title: str) -> Refusal:
    """Answer a refusal without field errors in the shape of either version."""
    return v2(status, title) if version == "v2" else v3(status, title)


def invalid(errors: Mapping[str, Any], title: str = INVALID_BODY) -> Refusal:
    """Answer the v3 refusal of a body whose fields do not hold (422)."""
    return v3(422, title, errors)


def conflict(title: str, errors: Mapping[str, Any], code: int | None = None) -> Refusal:
    """Answer the v3 refusal of values that another object holds already, or that refer to nothing (409)."""
    return v3(409, title, errors, code)


def not_found(what: str, number: object) -> Refusal:
    """Answer the v3 refusal of an id that is not there (404)."""
    return v3(404, f"A {what} with the id of {number} was not found")


def v2_not_found() -> Refusal:
    """Answer the v2 refusal of an id that is not there (404)."""
    return v2(404, "The requested resource was not found.")


def too_many(most: int) -> Refusal:
    """Answer the v3 refusal of a batch or a page over its maximum (413)."""
    return v3(413, f"The maximum number of items allowed in the array is {most}")


def malformed(version: Version) -> Refusal:
    """Answer the refusal of a body that is not JSON, or not of the kind that is due (400)."""
    if version == "v2":
        return v2(400, "The request body is invalid JSON.")
    body = {
        "status": 400,
        "title": "Input is invalid",
        "type": TYPE,
        "detail": "Syntax error: the body is not valid JSON.",
    }
    return Refusal(json_answer(400, body))


def in_part(data: Any, part: str) -> Answer:
    """Answer 207: it was saved but for one part, which may be tried again."""
    errors = problem(422, f"The object was saved, but its {part} was not", {part: "could not be saved"})
    return json_answer(207, {"data": data, "errors": errors, "meta": {}})


def tax_problem(status: int, title: str, errors: Mapping[str, Any] | None = None) -> Refusal:
    """Answer a refusal of the v3 tax classes: an envelope of RFC 7807 problems."""
    entry: dict[str, Any] = {"status": status, "title": title, "type": TYPE}
    if errors:
        entry["errors"] = dict(errors)
    answer = json_answer(status, {"errors": [entry], "meta": {}})
    return Refusal(type(answer)(status=status, body=answer.body, content_type="application/problem+json"))


def taken_apart(refusal: Refusal, index: int) -> dict[str, Any]:
    """Answer the problem of a refusal for the errors of a batch, its fields keyed by the entry's place."""
    words: dict[str, Any] = json.loads(refusal.answer.body)
    named = words.get("errors") or {}
    return {**words, "errors": {f"{index}.{name}": one for name, one in named.items()} or {str(index): words["title"]}}
