"""One simulator for each file of tests, emptied and seeded anew before each test."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest

from billform.simulator.limits import Limits
from billform.simulator.server import Simulator
from tests.simulator.bigcommerce.client import STORE, Store
from tests.simulator.bigcommerce.receiver import Receiver


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Simulator, httpx.Client]]:
    with Simulator(limits=Limits.off()) as simulator, httpx.Client(timeout=10) as http:
        yield simulator, http


@pytest.fixture
def shop(running: tuple[Simulator, httpx.Client]) -> Store:
    """The seeded store `simstore1` through its own token."""
    store = Store(*running)
    store.control("POST", "reset")
    return store


@pytest.fixture
def receiver(shop: Store) -> Iterator[Receiver]:
    """A receiver, and a store that may deliver to loopback."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    shop.control("PATCH", f"bigcommerce/stores/{STORE}", {"settings": {"loopback_hooks": True}})
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    thread.join()
