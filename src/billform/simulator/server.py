"""Serves both vendors over HTTP on loopback, from one process: Stripe on one port, BigCommerce on the next.

`Simulator` is a context manager that serves from a background thread (tests, the `local` environment);
`serve` blocks (the `billform simulator` command). A vendor is an object of the `Vendor` protocol
(`vendor.py`) that a `build(setting: Setting) -> Vendor` makes: `simulator/stripe/app.py` and
`simulator/bigcommerce/app.py` each have one. It keeps its state in `setting.world` tables whose names begin
with its own (`stripe/acct_…/test/price`), changes them only inside `handle`, `seed`, `keep` or `control`
(each runs in one transaction), counts requests with `setting.meters` against `setting.limits`, and hands
events to `setting.delivery` from `setting.world.after_commit`. Requests are handled one at a time on one
thread; only latency faults let others overtake.
"""

from __future__ import annotations

import asyncio
import importlib
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from billform.simulator.control import PREFIX, Control
from billform.simulator.delivery import Delivery
from billform.simulator.faults import Faults
from billform.simulator.limits import Limits, Meters
from billform.simulator.message import Answer
from billform.simulator.pipeline import Cut, Observer, Pipeline
from billform.simulator.vendor import Setting, Vendor
from billform.simulator.world import World

if TYPE_CHECKING:
    from billform.simulator.http import LoopbackServer

HOST: Final = "127.0.0.1"
_VENDORS: Final = ("stripe", "bigcommerce")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class PortTaken(Exception):  # noqa: N818  # named as the condition
    """A port that was asked for cannot be listened on."""


class Simulator:
    """Both vendors, running between `with` and the end of its block."""

    OBSERVERS: ClassVar[list[Observer]] = []
    """Called with every exchange, on the thread that serves: for checks in tests."""

    def __init__(self, state: Path | None = None, *, port: int = 0, limits: Limits | None = None) -> None:
        """Open the state (None: memory only); `port` is Stripe's, BigCommerce gets the next; 0: free ones."""
        self.setting = Setting(world=World(state), limits=limits or Limits(), meters=Meters(), delivery=Delivery())
        self._sockets: list[socket.socket] = []
        try:
            self._vendors = _build(self.setting)
            self.pipeline = Pipeline(self.setting, Faults(), self.OBSERVERS)
            self._control = Control(self.pipeline, self._vendors)
            if not len(self.setting.world.table("clock")):
                self._control.reset()  # a new world: seed it
            self._sockets = _bind(port)
        except BaseException:
            self.close()
            raise
        self.ports = tuple(int(bound.getsockname()[1]) for bound in self._sockets)
        self._thread: threading.Thread | None = None
        self._server: LoopbackServer | None = None

    @property
    def stripe_url(self) -> str:
        """The base URL of Stripe, without a trailing slash; `/v1/…` follows."""
        return f"http://{HOST}:{self.ports[0]}"

    @property
    def bigcommerce_url(self) -> str:
        """The base URL of BigCommerce, without a trailing slash; `/stores/…` follows."""
        return f"http://{HOST}:{self.ports[1]}"

    @property
    def control_url(self) -> str:
        """The base URL of the control endpoint, without a trailing slash."""
        return f"{self.stripe_url}{PREFIX.rstrip('/')}"

    def vendor(self, name: str) -> Vendor:
        """Answer the vendor of that name, for tests that look inside; raises StopIteration for an unknown one."""
        return next(vendor for vendor in self._vendors if vendor.name == name)

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._server = self._make_server(ready.set)
        self._thread = threading.Thread(target=self._server.run, args=(self._sockets,), daemon=True)
        self._thread.start()
        ready.wait(timeout=10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self.close()

    def run(self, started: Callable[[Simulator], None]) -> None:
        """Serve on this thread until SIGINT or SIGTERM; `started` is called once both ports answer."""
        import signal  # only the blocking form touches signals

        server = self._make_server(lambda: started(self))

        def stop(number: int, frame: FrameType | None) -> None:
            server.stop()

        previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            server.run(self._sockets)
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
            self.close()

    def close(self) -> None:
        """Let go of the ports, the deliveries and the state file."""
        for bound in self._sockets:
            bound.close()
        self.setting.delivery.close()
        self.setting.world.close()

    def _make_server(self, ready: Callable[[], None]) -> LoopbackServer:
        from billform.simulator.http import LoopbackServer  # uvicorn only when something is served

        return LoopbackServer(self._application, ready)

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        path = scope["raw_path"].decode("latin-1")
        if path.startswith(PREFIX):
            await _send(send, self._control.answer(scope["method"], path, body))
            return
        vendor = self.vendor(_VENDORS[self.ports.index(scope["server"][1])])
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = self.pipeline.receive(scope["method"], path, scope["query_string"].decode("latin-1"), headers, body)
        result = await self.pipeline.answer(vendor, request)
        if isinstance(result, Cut):
            await _cut(scope, send, result)
        else:
            await _send(send, result)


def serve(
    state: Path | None,
    *,
    port: int = 0,
    limits: Limits | None = None,
    started: Callable[[Simulator], None] = lambda simulator: None,
) -> None:
    """Serve until interrupted; `started` is given the simulator once both ports answer.

    Raises StateInUse, StateUnreadable (`world.py`) or PortTaken before anything is served.
    """
    Simulator(state, port=port, limits=limits).run(started)


def _build(setting: Setting) -> list[Vendor]:
    return [importlib.import_module(f"billform.simulator.{name}.app").build(setting) for name in _VENDORS]


def _bind(port: int) -> list[socket.socket]:
    bound: list[socket.socket] = []
    try:
        for offset in range(2):
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            bound.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            wanted = port + offset if port else 0
            try:
                listener.bind((HOST, wanted))
                listener.listen(128)
            except OSError as problem:
                raise PortTaken(f"port {wanted} on {HOST} cannot be used: {problem.strerror}") from None
            listener.setblocking(False)
    except BaseException:
        for listener in bound:
            listener.close()
        raise
    return bound


async def _send(send: Send, answer: Answer) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    if answer.body:
        headers["content-type"] = answer.content_type
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})


async def _cut(scope: Scope, send: Send, cut: Cut) -> None:
    transport: asyncio.Transport = scope["state"]["transport"]
    if cut.answer is not None and cut.answer.body:
        start = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(cut.answer.body))]
        await send({"type": "http.response.start", "status": cut.answer.status, "headers": start})
        half = cut.answer.body[: len(cut.answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(0.01)  # let the half that was sent leave before the connection goes
    with suppress(OSError):
        transport.abort()
