"""Ctrl-C while something is written: the first ends it cleanly, the second at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from billform.cli import console

T = TypeVar("T")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a request to end, and a terminal that is closed."""


class StoppedAtOnce(Exception):  # noqa: N818  # named as the condition
    """The second signal came before what was under way had ended."""


async def until_stopped(work: Coroutine[Any, Any, T], stop: asyncio.Event) -> T:
    """Runs `work`; the first signal sets `stop`, the second cancels it and raises StoppedAtOnce."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    def signalled() -> None:
        if stop.is_set():
            task.cancel()
        else:
            stop.set()
            console.err("Stopping: what is under way is finished, nothing more is begun. Once more to stop at once.")

    for each in _SIGNALS:
        loop.add_signal_handler(each, signalled)
    try:
        return await task
    except asyncio.CancelledError:
        if task.cancelled() and stop.is_set():
            raise StoppedAtOnce from None
        raise
    finally:
        for each in _SIGNALS:
            loop.remove_signal_handler(each)
