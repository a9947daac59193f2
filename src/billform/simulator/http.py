"""A uvicorn server that listens on sockets it is given, says nothing, and starts and stops at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol


class _Protocol(H11Protocol):
    """HTTP/1.1 that lets the application reach its transport, so that faults can cut the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class LoopbackServer(uvicorn.Server):
    """Runs on the calling thread until `stop`, which any thread may call."""

    def __init__(self, application: Callable[..., Any], ready: Callable[[], None]) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
        super().__init__(
            uvicorn.Config(
                application,
                http=_Protocol,
                ws="none",
                lifespan="off",
                loop="asyncio",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=75,
            )
        )
        self._ready = ready
        self._stopping: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the server."""
        yield

    def stop(self) -> None:
        """End `run` soon; requests under way are cut."""
        loop, stopping = self._loop, self._stopping
        if loop is not None and stopping is not None and not loop.is_closed():
            loop.call_soon_threadsafe(stopping.set)

    async def _serve(self, sockets: list[Any] | None = None) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        await super()._serve(sockets)

    async def main_loop(self) -> None:
        """Keep the date header fresh until told to stop."""
        assert self._stopping is not None
        self._date()
        self._ready()
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), timeout=1)
            except TimeoutError:
                self._date()

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """Close the listeners and every connection without waiting for their clients."""
        for server in self.servers:
            server.close()
        for task in list(self.server_state.tasks):
            task.cancel()
        for connection in list(self.server_state.connections):
            transport: asyncio.Transport | None = connection.transport
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)
        for server in self.servers:
            await server.wait_closed()

    def _date(self) -> None:
        self.server_state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
