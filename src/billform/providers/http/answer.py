"""One request and one answer, as bytes and headers; JSON is read with exact numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent, and what the transport needs to know to send it well."""

    method: str
    url: str
    endpoint: str
    """Which rate limit it falls under: `GET /v1/prices`."""
    write: bool
    idempotent: bool
    """Whether sending it twice does it once (an idempotency key, a PUT, a DELETE, any read)."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        """The path without host and query, for messages."""
        return urlsplit(self.url).path

    @property
    def query(self) -> str:
        """What follows the question mark."""
        return urlsplit(self.url).query

    @property
    def name(self) -> str:
        """Tells requests apart for the jitter: the idempotency key where there is one."""
        return next((v for k, v in self.headers.items() if k.lower() == "idempotency-key"), f"{self.method} {self.url}")


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the vendor did what was asked."""
        return 200 <= self.status < 300

    @property
    def request_id(self) -> str | None:
        """The vendor's name for this request."""
        return self.headers.get("request-id") or self.headers.get("x-request-id")

    def json(self) -> Any:
        """The content with decimals as Decimal, never float; raises ValueError where it is not JSON, None if empty."""
        return json.loads(self.body, parse_float=Decimal) if self.body.strip() else None

    @property
    def is_json(self) -> bool:
        """Whether the body is whole JSON, or empty."""
        if self.headers.get("content-type", "").startswith("text/html"):
            return False
        try:
            json.loads(self.body or b"null")
        except (ValueError, RecursionError):
            return False
        return True
