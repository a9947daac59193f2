"""What the store said to one request, and what its lists say about their extent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from billform.providers.bigcommerce.wire import Row
from billform.providers.http import Failure, Response, VendorError


@dataclass(frozen=True, slots=True)
class Answer:
    """What the store said to one request that it decided on, be it yes or no."""

    status: int
    content: Any = field(repr=False)
    request: tuple[str, str] = ("", "")
    response: Response | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        """Whether it was done, whole (200, 201, 204) or in part (207)."""
        return 200 <= self.status < 300

    def rows(self) -> list[Row]:
        """The objects of the answer: v3 keeps them under `data`, v2 answers them bare; a v2 list may be empty."""
        content = (
            self.content.get("data") if isinstance(self.content, Mapping) and "data" in self.content else self.content
        )
        if isinstance(content, list):
            return [each for each in content if isinstance(each, Mapping)]
        return [content] if isinstance(content, Mapping) and self.ok and content else []

    def row(self) -> Row:
        """The one object of the answer; raises a BillformError where there is none."""
        if rows := self.rows():
            return rows[0]
        what = " ".join(self.request)
        raise VendorError(
            Failure.NOT_JSON, vendor="bigcommerce", message=f"{what} answered without an object", status=self.status
        )


def _meta(answer: Answer) -> Mapping[str, Any]:
    meta = answer.content.get("meta") if isinstance(answer.content, Mapping) else None
    return meta if isinstance(meta, Mapping) else {}


def extent(answer: Answer) -> tuple[int | None, int]:
    """How many rows and pages a list has; one page where it does not say."""
    pagination = _meta(answer).get("pagination")
    if not isinstance(pagination, Mapping) or pagination.get("total") is None:
        return None, 1
    return int(pagination["total"]), max(1, int(pagination.get("total_pages") or 1))


def next_cursor(answer: Answer) -> str | None:
    """Where the next page begins, None on the last; the link says so, as a cursor alone is also at the end."""
    cursors = _meta(answer).get("cursor_pagination")
    if not isinstance(cursors, Mapping):
        return None
    links = cursors.get("links")
    if not (isinstance(links, Mapping) and links.get("next")):
        return None
    return str(cursors["end_cursor"]) if cursors.get("end_cursor") else None
