"""What `--debug` adds: where an unexpected problem arose, and one line for each request that is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from billform.cli import console

if TYPE_CHECKING:
    from billform.providers.http import RequestEvent


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
