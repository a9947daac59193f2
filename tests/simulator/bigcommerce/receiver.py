"""A server on loopback that keeps the deliveries that it is sent."""

from __future__ import annotations

import http.server
import json
import time
from typing import Any


class Receiver:
    """A server on loopback that keeps what it is sent."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks"

    def events(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many events and answer them in the order of their making."""
        deadline = time.monotonic() + 5
        while len(self.got) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)  # what should not come had its chance to
        assert len(self.got) == count, [json.loads(body)["scope"] for _, body in self.got]
        return sorted((json.loads(body) for _, body in self.got), key=lambda event: str(event["scope"]))
