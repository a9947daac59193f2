"""What goes through the pipeline: a parsed request, an answer, the refusal that carries one, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request: `headers` by lower-case name, `query` undecoded, `body` as it came."""

    number: int
    write_number: int | None
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_write(self) -> bool:
        """Tell whether the method may change something."""
        return self.method in WRITES


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One HTTP answer; `headers` are added to content-type, content-length and date."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """Answer a copy with more headers; those given win."""
        return replace(self, headers={**self.headers, **headers})


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and what came of it, as observers see it."""

    vendor: str
    request: Request
    answer: Answer | None
    """What the vendor said or would have said; None when the connection was cut before it had."""
    endpoint: str | None
    """Method and path template of what answers it, such as `GET /v1/prices/{price}`; None: nothing does."""
    fault: str | None
    """The fault that hit it, but for latency: the answer is the fault's where it did not come after the vendor's."""
    crash: str | None
    """The traceback where the simulator itself stumbled."""


def json_answer(
    status: int, content: Any, headers: Mapping[str, str] | None = None, *, indented: bool = False
) -> Answer:
    """Answer `content` as JSON; `indented` for people, which takes the machine longer."""
    if indented:
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    else:
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return Answer(status=status, body=text.encode(), headers=headers or {})


class Refusal(Exception):  # noqa: N818  # an outcome of the vendor's, not an error of ours
    """A vendor says no: nothing of the request is kept, and this answer goes out."""

    executed: bool = True
    """Whether the endpoint had begun, so that an idempotency key keeps the answer as the result."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status, answer.body)
        self.answer = answer
