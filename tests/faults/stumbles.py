"""The ways in which a process can stumble over a text, so that somebody may be tempted to write it down."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from typing import NoReturn


def over(text: str, where: str) -> Callable[..., Awaitable[NoReturn]]:
    """What stumbles over a text when it is called with anything."""
    way = WAYS[where]

    async def stumble(*_: object, **__: object) -> NoReturn:
        local = text  # what stands in a frame must not be shown either
        await way(local)
        raise LookupError(text)

    return stumble


async def _in_the_open(text: str) -> None:
    """The exception that follows is all."""


async def _in_a_chain(text: str) -> None:
    first, second = KeyError(text), ValueError(f"after {text}")
    first.add_note(f"a note: {text}")
    second.__context__ = first
    raise RuntimeError(f"while {text}") from ExceptionGroup(text, [second, OSError(errno.EIO, text, text)])


async def _in_a_task(text: str) -> None:
    async def fails() -> NoReturn:
        raise LookupError(text)

    forgotten = asyncio.ensure_future(fails())
    await asyncio.sleep(0)
    del forgotten
    gc.collect()


async def _in_a_thread(text: str) -> None:
    def fails() -> NoReturn:
        raise LookupError(text)

    thread = threading.Thread(target=fails, name=text)
    thread.start()
    thread.join()


async def _in_passing(text: str) -> None:
    class Failing:
        def __del__(self) -> None:
            raise LookupError(text)

    Failing()
    gc.collect()


async def _in_a_log(text: str) -> None:
    logging.getLogger("somewhere").warning("said %s", text)


async def _at_ctrl_c(text: str) -> NoReturn:
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(30)
    raise LookupError(text)


async def _on_a_full_disk(text: str) -> NoReturn:
    raise OSError(errno.ENOSPC, text, text)


WAYS: dict[str, Callable[[str], Awaitable[None]]] = {
    "in the open": _in_the_open,
    "in a chain": _in_a_chain,
    "in a task": _in_a_task,
    "in a thread": _in_a_thread,
    "in passing": _in_passing,
    "in a log": _in_a_log,
    "at Ctrl-C": _at_ctrl_c,
    "on a full disk": _on_a_full_disk,
}
"""The ways in which a process can stumble over a text."""
