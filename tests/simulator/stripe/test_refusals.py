"""What Stripe refuses, request by request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.stripe.cases import CASES, Case
from tests.simulator.stripe.shop import Shop


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_refused(shop: Shop, case: Case) -> None:
    """Each request is refused with the status, code, parameter and words that Stripe uses, and changes nothing."""

    def filled(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for name, found in shop.ids.items():
            value = value.replace(f"{{{name}}}", found)
        return value

    def form(values: dict[str, Any]) -> dict[str, Any]:
        return {key: filled(value) for key, value in values.items()}

    for method, path, values in case.after:
        shop.ok(method, filled(path), form(values))
    events = shop.get("/v1/events", limit=100)["data"]

    answer = shop.send(case.method, filled(case.path), form(case.form))

    error = answer.json()["error"]
    assert answer.status_code == case.status, answer.text
    assert error["type"] == case.kind
    assert error.get("code") == case.code
    if case.param is not None:
        assert error.get("param") == case.param
    assert filled(case.message) in error["message"]
    assert shop.get("/v1/events", limit=100)["data"] == events


def test_the_table_is_broad() -> None:
    """The table names each fact once, and there are many."""
    facts = [case.fact for case in CASES]
    assert len(set(facts)) == len(facts) >= 120
