"""What `--debug` adds: where an unexpected problem arose, and one line for each request that is sent."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from billform.cli import console

if TYPE_CHECKING:
    from billform.providers.http import RequestEvent


@contextmanager
def heard() -> Iterator[None]:
    """What Python and its packages write to standard error by themselves goes the way of all that we write meanwhile.

    These are exceptions that nobody waits for any more: of a task, of a thread, of what is cleared away.
    """
    before = sys.unraisablehook, threading.excepthook, logging.lastResort
    sys.unraisablehook = lambda about: _told(about.err_msg or "in passing", about.exc_value)
    threading.excepthook = lambda about: _told("in a thread", about.exc_value)
    logging.lastResort = _Spoken(logging.WARNING)
    try:
        yield
    finally:
        sys.unraisablehook, threading.excepthook, logging.lastResort = before


def _told(where: str, error: BaseException | None) -> None:
    if error is not None:
        console.err(f"{where}: {''.join(traceback.format_exception(error)).rstrip()}")


class _Spoken(logging.Handler):
    """Writes what is logged and nobody else takes."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record, with its exception."""
        console.err(self.format(record))


def is_on() -> bool:
    """Whether the command at hand was told to; `main` says so in the context of every command."""
    context = click.get_current_context(silent=True)
    return context is not None and context.find_root().obj is True


def log(event: RequestEvent) -> None:
    """Writes the line of one attempt; headers and bodies, where secrets are, do not even come here."""
    console.err(line(event))


def line(event: RequestEvent) -> str:
    """`stripe GET /v1/prices?limit=100 200 0.12s req_1`, and what follows where the answer was not the last word."""
    status = event.status if event.status is not None else "no answer"
    parts = [event.vendor, event.method, event.path, str(status), f"{event.seconds:.2f}s", event.request_id or "-"]
    if event.attempt > 1:
        parts.append(f"(attempt {event.attempt})")
    if event.wait is not None:
        parts.append(f"again in {event.wait:.2f}s: {event.verdict}")
    elif event.verdict != "accepted":
        parts.append(f"given up: {event.verdict}")
    # A path comes from a vendor's ids and a reason from a vendor's words: neither may steer a terminal.
    return "".join(each if each.isprintable() else "�" for each in " ".join(" ".join(parts).split()))
