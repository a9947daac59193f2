"""The one place that writes: data to standard output, everything else to standard error.

A reader that goes away (`billform plan | head`), or was never there (`billform plan >&-`), is no reason to stop
half-way through an apply: what is written to a closed pipe is dropped in silence. A full disk is told apart from that,
for there the data was wanted.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TextIO

from billform.core import redact
from billform.core.diagnostic import BillformError, Diagnostic

_CLOSED = frozenset({errno.EPIPE, errno.EINVAL, errno.ESHUTDOWN, errno.ECONNRESET})  # EINVAL: how Windows says it
_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)", re.IGNORECASE)
_SHORTEST_SECRET = 12
"""A shorter value of a variable such as `SORT_KEY` would blank out words that nobody hides."""
_SHORTEST_NAMED = 8
"""Of a variable that the files name as a secret."""
_named: set[str] = set()


def begin() -> None:
    """Gives the process the standard streams that it was started without.

    Else the next file that is opened would get the number of one of them, and be written to in its place.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
        nowhere = os.open(os.devnull, os.O_RDWR)
        setattr(sys, name, os.fdopen(nowhere, "r" if number == 0 else "w", encoding="utf-8"))


def out(text: str) -> None:
    """Writes data; raises BillformError (X002) where it cannot be kept, for instance on a full disk."""
    _write(sys.stdout, safe(text) + "\n")


def public(text: str) -> None:
    """Writes what looks like a secret and is none, such as the simulator's own key; see `out`."""
    _write(sys.stdout, text + "\n")


def err(text: str) -> None:
    """Writes what is meant for people: progress, questions, diagnostics."""
    with suppress(BillformError):  # with nowhere left to say it, there is nothing left to say
        _write(sys.stderr, safe(text) + "\n")


def report(diagnostics: Iterable[Diagnostic], *, files: int | None = None) -> None:
    """Shows diagnostics with their source lines on standard error, and as annotations where GitHub runs this."""
    everything = list(diagnostics)
    if not everything:
        return
    from billform.render import diagnostic as render

    err(render.render(everything, source=sources(), files=files, color=colored(sys.stderr)))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        err(render.github(everything))


def colored(stream: TextIO) -> bool:
    """Whether a stream takes colour: a terminal, unless `NO_COLOR` is set; or `FORCE_COLOR` (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def out_colored() -> bool:
    """Whether standard output takes colour."""
    return colored(sys.stdout)


def err_colored() -> bool:
    """Whether standard error takes colour."""
    return colored(sys.stderr)


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody is looking at a stream."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # never there, or closed
        return False


def interactive() -> bool:
    """Whether there is somebody to ask, and to show progress to."""
    return sys.stdin is not None and is_terminal(sys.stdin) and is_terminal(sys.stderr)


def ask(question: str) -> str:
    """One line from the person at the terminal; empty where input has ended. Ask only when `interactive()`."""
    with suppress(BillformError):
        _write(sys.stderr, f"{safe(question)} ")
    return sys.stdin.readline().strip()


def sources() -> Callable[[str, int], str | None]:
    """Answers lines of the files that diagnostics point at, each file read once; None where there is no such line."""
    known: dict[str, tuple[str, ...]] = {}

    def line(file: str, number: int) -> str | None:
        if file not in known:
            known[file] = _lines(file)
        return known[file][number - 1] if 0 < number <= len(known[file]) else None

    return line


def _lines(file: str) -> tuple[str, ...]:
    from pathlib import Path

    from billform.catalog.files import MAX_BYTES

    path = Path(file)
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return ()
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ()
    return tuple(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"))


def safe(text: str) -> str:
    """The text without anything that looks like a secret, or that an environment variable holds as one."""
    return redact.redact(text)


def hide(variables: Iterable[str] = ()) -> None:
    """From now on the values of these environment variables are secrets, however the variables are called.

    Those whose names speak for themselves, such as `STRIPE_KEY`, are in any case.
    """
    _named.update(variables)
    redact.know(value for name, value in os.environ.items() if _is_secret(name, value))


def _is_secret(name: str, value: str) -> bool:
    if name in _named:
        return len(value.strip()) >= _SHORTEST_NAMED
    return len(value) >= _SHORTEST_SECRET and _SECRET_NAME.search(name) is not None and "/" not in value[:2]


def finish() -> None:
    """Flushes at the end, when a reader may long be gone."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None or stream.closed:
            continue
        try:
            stream.flush()
        except OSError:
            _detach(stream)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None or stream.closed:
        return
    encoding = stream.encoding or "utf-8"
    if not text.isascii() and not encoding.lower().startswith("utf"):
        from billform.cli.spelling import spelled  # only where letters are missing; keeps the start quick

        text = spelled(text, encoding)
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except OSError as error:
        _detach(stream)
        if error.errno not in _CLOSED:
            summary = f"output cannot be written: {error.strerror or error}"
            hint = "make room, or write it somewhere else"
            raise BillformError(Diagnostic("X002", summary, hint=hint)) from None


def _detach(stream: TextIO) -> None:
    """Points the stream at nowhere, so that neither later writes nor the interpreter's last flush fail again."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
