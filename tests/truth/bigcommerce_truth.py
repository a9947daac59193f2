"""Requests to BigCommerce and its answers, held to the vendor's OpenAPI files where they are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from billform.simulator.message import Answer, Request
from tests.truth.openapi import Operation, published
from tests.truth.seen import UNCHECKED, Said

OPENAPI: Final = "OpenAPI of BigCommerce"
GATEWAY: Final = frozenset({400, 401, 403, 404, 405, 413, 415, 422, 429, 503})
"""Refusals that any operation may answer, whether or not its page says so."""


class BigCommerceTruth:
    """Knows all operations; `specs` is the directory with the OpenAPI files, None where there is none."""

    def __init__(self, specs: Path | None) -> None:
        self._specs = specs
        self.sources: tuple[str, ...] = () if specs is None else (OPENAPI,)

    def is_own(self, request: Request) -> bool:
        """Tell whether Billform's own client sent it."""
        return request.headers.get("user-agent") == "billform"

    def request(self, request: Request) -> list[Said]:
        """Hold the query and the body to the files."""
        if self._specs is None:
            return []
        operation = self._operation(request)
        if operation is None:
            return [Said(OPENAPI, [UNCHECKED])]
        found = [f"query: {problem}" for problem in operation.query_problems(dict(parse_qsl(request.query, True)))]
        if request.body:
            if request.headers.get("content-type") != "application/json":
                found.append(f"body: sent as {request.headers.get('content-type')}")
            found += [f"body: {problem}" for problem in operation.body_problems(json.loads(request.body))]
        return [Said(OPENAPI, found)]

    def answer(self, request: Request, answer: Answer) -> list[Said]:
        """Hold status and body to the files."""
        if self._specs is None:
            return []
        operation = self._operation(request)
        if operation is None:
            return [] if answer.status >= 300 else [Said(OPENAPI, [UNCHECKED])]
        if not operation.documents(answer.status):
            return [Said(OPENAPI, [] if answer.status in GATEWAY else [f"status {answer.status}"])]
        if "json" not in answer.content_type or not answer.body:
            return [Said(OPENAPI)]
        found = operation.answer_problems(answer.status, json.loads(answer.body))
        return [Said(OPENAPI, [f"{answer.status} {problem}" for problem in found])]

    def operation(self, request: Request) -> str | None:
        """Answer the name of what a request asks for; None where no file has it."""
        found = self._operation(request)
        return None if found is None else found.name

    def _operation(self, request: Request) -> Operation | None:
        # `/stores/{hash}/v3/…`; of other paths nothing is described.
        parts = request.path.split("/", 3)
        if self._specs is None or len(parts) < 4:
            return None
        return published(self._specs / "bigcommerce", "*.json").find(request.method, parts[3])
