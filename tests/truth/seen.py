"""What the judges of one vendor answer for, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from billform.simulator.message import Answer, Request

UNCHECKED = "unchecked: no such operation"
"""The problem of a route that a source does not know, so that nothing of it can be checked."""


@dataclass(frozen=True)
class Said:
    """What one source says of a request or of an answer."""

    source: str
    """Whose word it is, such as `types of the stripe package`."""
    problems: Sequence[str] = ()


class Vendor(Protocol):
    """What is known of one vendor's requests and answers."""

    @property
    def sources(self) -> Sequence[str]:
        """What requests and answers are held to; none where nothing is there."""

    def operation(self, request: Request) -> str | None:
        """Answer the name of what a request asks for; None where no source has it."""

    def is_own(self, request: Request) -> bool:
        """Tell whether Billform's own client sent it, not a test with a client of its own."""

    def request(self, request: Request) -> list[Said]:
        """Answer what each source says of a request."""

    def answer(self, request: Request, answer: Answer) -> list[Said]:
        """Answer what each source says of an answer, a refusal included."""
