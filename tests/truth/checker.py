"""Judges every exchange: what is alike is judged once, and all of it is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Final

from billform.simulator.bigcommerce.app import BigCommerce
from billform.simulator.message import Answer, Exchange, Request
from billform.simulator.server import Simulator
from billform.simulator.stripe.app import Stripe
from tests.truth.bigcommerce_truth import BigCommerceTruth
from tests.truth.departures import excused
from tests.truth.seen import UNCHECKED, Said, Vendor
from tests.truth.stripe_truth import StripeTruth

_CHANCE: Final = (
    (re.compile(rb"(?<=_)(?=[A-Za-z]*[0-9])[A-Za-z0-9]{14,}"), b"x"),  # minted ids: their prefix stays
    (re.compile(rb'(?<=":)1[6-9]\d{8}(?=[,}])'), b"1"),  # moments, in unix seconds
    (re.compile(rb"\d\d:\d\d:\d\d"), b"00:00:00"),
)
"""What differs between answers that are alike to every check, and what may stand for it."""


def vendors(specs: Path | None) -> Mapping[str, Vendor]:
    """Answer what is known of each vendor; `specs` is the directory with the OpenAPI files, None without any."""
    return {"stripe": StripeTruth(specs), "bigcommerce": BigCommerceTruth(specs)}


def served() -> Mapping[str, list[str]]:
    """Answer the routes that the simulator has, as `METHOD template`."""
    simulator = Simulator()
    try:
        stripe, bigcommerce = simulator.vendor("stripe"), simulator.vendor("bigcommerce")
        assert isinstance(stripe, Stripe)
        assert isinstance(bigcommerce, BigCommerce)
        return {
            "stripe": [f"{route.method} {route.template}" for route in stripe.routes],
            "bigcommerce": [f"{route.method} {route.path}" for route in bigcommerce.routes],
        }
    finally:
        simulator.close()


class Checker:
    """Keeps count over many exchanges."""

    def __init__(self, specs: Path | None) -> None:
        self.counts: Counter[str] = Counter()
        """How many, by `vendor: what`; `judged` are those that no judged one was like."""
        self.routes: set[str] = set()
        """The simulator's routes that answered, as `vendor: METHOD template`."""
        self.excuses: set[str] = set()
        """The departures that occurred."""
        self._vendors = vendors(specs)
        self._judged: dict[int, list[str]] = {}

    def problems(self, exchange: Exchange, *, on_purpose: bool = False) -> list[str]:
        """Answer what is wrong with one exchange, ready to be read.

        With `on_purpose`, only what our own client sends and what is accepted has to be right.
        """
        name, request = exchange.vendor, exchange.request
        answer = exchange.answer if exchange.fault in (None, "cut_body") else None
        own = self._vendors[name].is_own(request)
        accepted = answer is not None and answer.status < 300
        refused = answer is not None and 400 <= answer.status < 500
        due = not (on_purpose and refused) if own else accepted and not on_purpose
        found = []
        if exchange.crash is not None:
            found.append(f"the simulator stumbled over {request.method} {request.path}:\n{exchange.crash}")
        if answer is not None and exchange.endpoint is not None:
            self.routes.add(f"{name}: {exchange.endpoint}")
        self.counts[f"{name}: requests of our own"] += own
        if due:
            found += self._request(name, request, own=own)
        else:
            self.counts[f"{name}: requests that tests meant to fail"] += 1
        if answer is None:
            self.counts[f"{name}: answers of faults"] += 1
        else:
            found += self._answer(name, request, answer)
        return found

    def _request(self, name: str, request: Request, *, own: bool) -> list[str]:
        headers = [request.headers.get(header, "") for header in ("stripe-version", "content-type")]
        key = len(request.headers.get("idempotency-key", ""))
        alike = (own, request.query, request.body, *headers, key)
        return self._once(name, "requests", request, alike, lambda: self._vendors[name].request(request))

    def _answer(self, name: str, request: Request, answer: Answer) -> list[str]:
        body = answer.body
        for pattern, same in _CHANCE:
            body = pattern.sub(same, body)
        alike = (answer.status, answer.content_type, body)
        what = "answers" if answer.status < 300 else "refusals"
        return self._once(name, what, request, alike, lambda: self._vendors[name].answer(request, answer))

    def _once(
        self, name: str, what: str, request: Request, alike: Hashable, judge: Callable[[], list[Said]]
    ) -> list[str]:
        place = self._vendors[name].operation(request) or f"{request.method} {request.path}"
        key = hash((name, what, place, alike))
        self.counts[f"{name}: {what}"] += 1
        if key not in self._judged:
            self.counts[f"{name}: {what} judged"] += 1
            told = [f"{said.source}: {place}: {problem}" for said in judge() for problem in said.problems]
            found = self._judged[key] = [problem for problem in told if not self._excused(problem)]
            self.counts[f"{name}: unchecked routes"] += any(problem.endswith(UNCHECKED) for problem in found)
        return self._judged[key]

    def _excused(self, problem: str) -> bool:
        pattern = excused(problem)
        self.excuses |= {pattern} if pattern else set()
        return pattern is not None
