"""A furnished shop for every test, and a check of every answer it gets against the package's types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from billform.simulator.limits import Limits
from billform.simulator.message import Exchange
from billform.simulator.server import Simulator
from tests.simulator.stripe import resource_types
from tests.simulator.stripe.shop import Shop, client, furnish


@pytest.fixture
def answers_as_typed() -> Iterator[None]:
    """Hold every successful answer of a test to the resource types, every refusal to the error shape."""
    found: list[str] = []

    def observe(exchange: Exchange) -> None:
        request, answer = exchange.request, exchange.answer
        if exchange.vendor != "stripe" or answer is None:
            return
        content: Any = json.loads(answer.body)
        if answer.status == 200:
            found.extend(resource_types.problems(content))
        elif set(content) != {"error"} or not {"type", "message"} <= set(content["error"]):
            found.append(f"{request.method} {request.path}: {content}")

    Simulator.OBSERVERS.append(observe)
    yield
    Simulator.OBSERVERS.remove(observe)
    assert found == []


@pytest.fixture
def simulator(answers_as_typed: None) -> Iterator[Simulator]:
    """A fresh simulator without limits; a crash inside it fails the test."""
    with Simulator(limits=Limits.off()) as running:
        yield running
        assert [entry.crash for entry in running.pipeline.log if entry.crash] == []


@pytest.fixture
def shop(simulator: Simulator) -> Iterator[Shop]:
    """A shop with one object of every kind."""
    with client(simulator) as http:
        yield furnish(http)
