"""Every route of the simulator against the OpenAPI description, where BILLFORM_SPECS says that it lies."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from billform.simulator.limits import Limits
from billform.simulator.server import Simulator
from billform.simulator.stripe.app import Stripe, class_name
from billform.simulator.stripe.kind import Route
from billform.simulator.stripe.schema import Shape, shape_of

SPECS = os.environ.get("BILLFORM_SPECS")


def routes() -> list[Route]:
    with Simulator(limits=Limits.off()) as simulator:
        vendor = simulator.vendor("stripe")
        assert isinstance(vendor, Stripe)
        return vendor.routes


ROUTES = routes()


@pytest.fixture(scope="module")
def paths() -> Any:
    if SPECS is None:
        pytest.skip("BILLFORM_SPECS is not set")
    [file] = Path(SPECS).glob("stripe-*.openapi.json")
    return json.loads(file.read_text(encoding="utf-8"))["paths"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.template}")
def test_route_as_described(paths: Any, route: Route) -> None:
    """The endpoint exists, takes the parameters that are described, and needs the same ones."""
    if route.template == "/v1/accounts/{account}":
        pytest.skip("the description leaves it out")
    described = paths[route.template][route.method.lower()]
    shape = shape_of(f"{route.params}_params", class_name(route.params)) if route.params else Shape({}, ())
    if route.method == "POST":
        schema = described.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
        schema = schema.get("schema", {})
        known, required = set(schema.get("properties", {})), set(schema.get("required", []))
    else:
        query = [item for item in described.get("parameters", []) if item["in"] == "query"]
        known = {item["name"].removesuffix("[]") for item in query}
        required = {item["name"] for item in query if item.get("required")}
    assert set(shape.fields) == known
    assert set(shape.required) == required


def test_there_are_routes() -> None:
    """The objects are found by themselves."""
    assert len(ROUTES) > 55
