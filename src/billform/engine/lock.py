"""One apply at a time for each environment on this machine; the second is told who is at it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from billform.core.diagnostic import BillformError, Diagnostic

DIRECTORY = Path(".billform")


@contextmanager
def locked(environment: str, directory: Path = DIRECTORY) -> Iterator[str]:
    """Holds the environment's lock; raises BillformError (S010 held by another, S011 or S012 not to be had).

    Answers a name of the lock that no other file of this machine has. The lock is the kernel's own, so that it goes
    with the process that holds it, however that one ends.
    """
    path = directory / "locks" / f"{environment}.lock"
    descriptor = _opened(path, environment)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise unusable(path.parent, error, subject=environment) from None
            raise BillformError(_held(path, environment)) from None
        _sign(descriptor, path, environment)
        file = os.fstat(descriptor)
        yield f"{file.st_dev}:{file.st_ino}"
    finally:
        os.close(descriptor)


def _opened(path: Path, environment: str) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise unusable(path.parent, error, subject=environment) from None


def _sign(descriptor: int, path: Path, environment: str) -> None:
    """Says who holds it, for the one who comes second."""
    words = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, (json.dumps(words) + "\n").encode(), 0)
    except OSError as error:
        raise unusable(path.parent, error, subject=environment) from None


def _held(path: Path, environment: str) -> Diagnostic:
    who = "another process"
    with suppress(OSError, ValueError, KeyError, TypeError):
        words = json.loads(path.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(words["since"]).astimezone()
        who = f"process {int(words['pid'])} on {words['host']}, since {since:%H:%M:%S}"
    return Diagnostic(
        "S010",
        f"another apply for {environment} is at work: {who}",
        subject=environment,
        hint="wait until it is done and make the plan again; the lock ends with the process that holds it",
    )


def unusable(directory: Path, error: OSError, *, subject: str | None = None) -> BillformError:
    """Nothing can be kept in a directory: the disk is full (S012), or it may not be written to (S011)."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        code, what, hint = "S012", f"there is no room left to write in {directory}", "make room and run it again"
    else:
        code = "S011"
        what = f"{directory} cannot be written to: {error.strerror or error}"
        hint = "run it where you may write, or mend the directory's owner and permissions"
    return BillformError(Diagnostic(code, f"{what}; nothing was changed", subject=subject, hint=hint))
