"""Requests to Stripe and its answers, held to the types of the `stripe` package and, where it is, the OpenAPI file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from stripe._api_version import _ApiVersion

from billform.simulator.message import Answer, Request
from billform.simulator.stripe import form
from billform.simulator.stripe.problem import StripeError
from tests.truth import package, params, resources
from tests.truth.openapi import Operation, published
from tests.truth.seen import UNCHECKED, Said

TYPES: Final = "types of the stripe package"
OPENAPI: Final = "OpenAPI of Stripe"
_IN_QUERY: Final = ("GET", "DELETE")
_LONGEST_KEY: Final = 255


class StripeTruth:
    """Knows all endpoints; `specs` is the directory with the OpenAPI files, None where there is none."""

    def __init__(self, specs: Path | None) -> None:
        self._specs = specs
        self.sources = (TYPES,) if specs is None else (TYPES, OPENAPI)

    def _documented(self, request: Request) -> Operation | None:
        assert self._specs is not None
        return published(self._specs, "stripe-*.openapi.json").find(request.method, request.path)

    def is_own(self, request: Request) -> bool:
        """Tell whether Billform's own client sent it: the package says whose HTTP client it speaks through."""
        told: Mapping[str, Any] = json.loads(request.headers.get("x-stripe-client-user-agent", "{}"))
        return told.get("httplib") == "billform"

    def request(self, request: Request) -> list[Said]:
        """Hold the parameters to both sources, and the headers of our own requests to what the API asks for."""
        unplaced = request.body if request.method in _IN_QUERY else request.query
        found = [f"{unplaced!r} is not where a {request.method} has its parameters"] if unplaced else []
        if self.is_own(request):
            found += _header_problems(request)
        try:
            sent = form.decode(request.query if request.method in _IN_QUERY else request.body.decode())
        except (StripeError, UnicodeDecodeError) as problem:
            return [Said(source, [f"no form: {problem}"]) for source in self.sources]
        said = [Said(TYPES, [*found, *_type_problems(request, sent)])]
        if self._specs is not None:
            operation = self._documented(request)
            if operation is None:
                said.append(Said(OPENAPI, [UNCHECKED]))
            elif request.method in _IN_QUERY:
                said.append(Said(OPENAPI, operation.query_problems(sent)))
            else:
                said.append(Said(OPENAPI, operation.form_problems(sent)))
        return said

    def answer(self, request: Request, answer: Answer) -> list[Said]:
        """Hold an object, a page or an error to both sources."""
        try:
            shown = json.loads(answer.body)
        except ValueError:
            return [Said(source, ["the answer is no JSON"]) for source in self.sources]
        refused = answer.status >= 300
        found = resources.error_problems(shown) if refused else _object_problems(request, shown)
        said = [Said(TYPES, found)]
        if self._specs is not None:
            operation = self._documented(request)
            if operation is not None:
                said.append(Said(OPENAPI, operation.answer_problems(answer.status, shown)))
            elif not refused:
                said.append(Said(OPENAPI, [UNCHECKED]))
        return said

    def operation(self, request: Request) -> str | None:
        """Answer the name of what a request asks for; None where the package has no such endpoint."""
        found = package.find(request.method, request.path)
        return None if found is None else found.name


def _type_problems(request: Request, sent: dict[str, Any]) -> list[str]:
    operation = package.find(request.method, request.path)
    return [UNCHECKED] if operation is None else params.problems(operation.params, sent)


def _object_problems(request: Request, shown: Any) -> list[str]:
    operation = package.find(request.method, request.path)
    if operation is None:
        return [UNCHECKED]
    if operation.container is None:
        kinds = {shown.get("object")}
    else:
        wanted = {"ListObject": "list", "SearchResultObject": "search_result"}[operation.container]
        if shown.get("object") != wanted:
            return [f"{shown.get('object')} instead of a {wanted}"]
        kinds = {item["object"] for item in shown["data"]}
    return [f"{kind} instead of {operation.shows}" for kind in kinds - {operation.shows}] + resources.problems(shown)


def _header_problems(request: Request) -> list[str]:
    found = []
    if request.headers.get("stripe-version") != _ApiVersion.CURRENT:
        found.append(f"the version is {request.headers.get('stripe-version')}, not {_ApiVersion.CURRENT}")
    if request.method == "POST" and not 0 < len(request.headers.get("idempotency-key", "")) <= _LONGEST_KEY:
        found.append("no idempotency key that Stripe would take")
    return found
