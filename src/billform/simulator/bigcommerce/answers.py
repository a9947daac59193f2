"""Every shape in which BigCommerce says yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from billform.simulator.message import Answer, json_answer


def data(content: Any, meta: Mapping[str, Any] | None = None, status: int = 200) -> Answer:
    """Answer the v3 envelope."""
    return json_answer(status, {"data": content, "meta": dict(meta or {})})


def bare(content: Any, status: int = 200) -> Answer:
    """Answer v2's body without an envelope; an empty list is 204 and no body."""
    if content == []:
        return nothing()
    return json_answer(status, content)


def nothing() -> Answer:
    """Answer 204."""
    return Answer(status=204)


def pick(row: Mapping[str, Any], *, without: Iterable[str] = ()) -> dict[str, Any]:
    """Answer a copy of a row, less what only the simulator keeps."""
    left_out = set(without)
    return {name: value for name, value in row.items() if name not in left_out}
