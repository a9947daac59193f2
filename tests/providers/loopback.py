"""A vendor that answers from a script, over real HTTP on loopback; and a clock that does not wait."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What to answer; `cut` closes the connection before the answer, or in the middle of its body."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    cut: str = ""

    def written(self) -> bytes:
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        headers = {"Content-Type": self.kind, "Content-Length": str(len(content)), **self.headers}
        head = f"HTTP/1.1 {self.status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        whole = head.encode() + b"\r\n" + content
        return whole[: -max(1, len(content) // 2)] if self.cut == "body" else whole


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[Asked], Reply]


@dataclass
class Vendor:
    """A running vendor: what it was asked, and how many requests were under way at once at most."""

    script: Script
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    delay: float = 0.0
    inside: int = 0
    most_inside: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (asked := await _read(reader)) is not None:
                self.asked.append(asked)
                self.inside += 1
                self.most_inside = max(self.most_inside, self.inside)
                await asyncio.sleep(self.delay)
                reply = self.script(asked)
                self.inside -= 1
                if reply.cut == "before":
                    break
                writer.write(reply.written())
                await writer.drain()
                if reply.cut:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def vendor(script: Script | Iterable[Reply], *, delay: float = 0.0) -> AsyncIterator[Vendor]:
    """Serves a script: a function, or replies one after the other, the last one for ever."""
    if callable(script):
        answer = script
    else:
        replies = list(script)

        def answer(asked: Asked) -> Reply:
            return replies.pop(0) if len(replies) > 1 else replies[0]

    running = Vendor(answer, delay=delay)
    server = await asyncio.start_server(running.serve, "127.0.0.1", 0)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    head = (await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"").decode()
    if not head:
        return None
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, path, _ = first.split(" ")
    return Asked(method, path, headers, body)


@dataclass
class FakeClock:
    """Time that passes by being slept; those who sleep at the same time sleep side by side."""

    time: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        wakes = self.time + seconds
        await asyncio.sleep(0)
        self.time = max(self.time, wakes)
