"""A furnished shop for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billform.simulator.limits import Limits
from billform.simulator.server import Simulator
from tests.simulator.stripe.shop import Shop, client, furnish


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A fresh simulator without limits."""
    with Simulator(limits=Limits.off()) as running:
        yield running


@pytest.fixture
def shop(simulator: Simulator) -> Iterator[Shop]:
    """A shop with one object of every kind."""
    with client(simulator) as http:
        yield furnish(http)
