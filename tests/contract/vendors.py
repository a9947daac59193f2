"""Both vendors as everybody but us sees them: raw requests, faults that are ordered, the simulator's own state."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from billform.simulator.server import Simulator

from .samples import Call

STORE, HASH = "main", "simstore1"
STRIPE_KEY, TOKEN = "sk_test_simulator", "bc_simulator_token"
Table = tuple[dict[str, Any], dict[str, int], list[tuple[int, str]]]
State = tuple[dict[str, Table], int]
"""Everything that the simulator knows."""


@dataclass(frozen=True)
class Reply:
    """What a vendor said to somebody else's request."""

    status: int
    content: Any

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Vendors:
    """A simulator, seen from outside."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def ask(self, call: Call) -> Any:
        """What a vendor answers to a question that it has to answer."""
        reply = self.send(call)
        assert reply.ok, (call, reply)
        return reply.content

    def raw(self, method: str, path: str, body: Any = None) -> Reply:
        """One request as somebody else would send it: `/v1/…` is Stripe, everything else the store."""
        if path.startswith("/v1/"):
            url, headers = self.simulator.stripe_url + path, {"Authorization": f"Bearer {STRIPE_KEY}"}
            data = urlencode(list(form(body))).encode() if body is not None else None
        else:
            url = f"{self.simulator.bigcommerce_url}/stores/{HASH}{path}"
            headers = {"X-Auth-Token": TOKEN, "Content-Type": "application/json", "Accept": "application/json"}
            data = json.dumps(body).encode() if body is not None else None
        return _answer(urllib.request.Request(url, data, headers, method=method))

    def ask_raw(self, path: str) -> Any:
        """What a vendor answers to a GET."""
        return self.ask(Call("GET", path))

    def send(self, call: Call) -> Reply:
        """The same, as samples write it."""
        return self.raw(call.method, call.path, call.body)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the simulator itself."""
        data = json.dumps(body).encode() if body is not None else None
        reply = _answer(urllib.request.Request(f"{self.simulator.control_url}/{path}", data, method=method))
        assert reply.ok, reply
        return reply.content

    @contextmanager
    def fault(self, action: str, **words: Any) -> Iterator[None]:
        """Writes that match are hit while the block runs; the write count starts anew."""
        self.control("DELETE", "log")
        self.control("POST", "faults", {"action": action, "writes": True, **words})
        try:
            yield
        finally:
            self.control("DELETE", "faults")


def form(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested parameters as Stripe's form fields."""
    match value:
        case Mapping():
            for key, each in value.items():
                yield from form(each, f"{name}[{key}]" if name else str(key))
        case list() | tuple():
            for number, each in enumerate(value):
                yield from form(each, f"{name}[{number}]")
        case bool():
            yield name, str(value).lower()
        case _:
            yield name, str(value)


def saved(simulator: Simulator) -> State:
    """Rows are never changed in place, so that holding them is keeping them."""
    world = simulator.setting.world
    tables = {name: (dict(each._rows), dict(each._places), list(each._order)) for name, each in world._tables.items()}
    return tables, world._place


def load(simulator: Simulator, state: State) -> None:
    world, (tables, place) = simulator.setting.world, state
    world._tables.clear()
    for name, (rows, places, order) in tables.items():
        table = world.table(name)
        table._rows, table._places, table._order = dict(rows), dict(places), list(order)
    world._place = place


def _answer(request: urllib.request.Request) -> Reply:
    try:
        with urllib.request.urlopen(request) as answer:
            return Reply(answer.status, _content(answer.read()))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, _content(error.read()))


def _content(body: bytes) -> Any:
    return json.loads(body) if body else None
