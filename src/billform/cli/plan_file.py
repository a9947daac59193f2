"""Plan files on disk: written whole or not at all, read with every doubt spoken out."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.plan import Plan, plan_from_json
from billform.core.resource import Spec
from billform.render.json import plan_json

MAX_BYTES = 64 * 1024 * 1024


def is_plan_file(argument: str) -> bool:
    """Whether an argument of `apply` means a file: environments have neither dots nor slashes in their names."""
    return "." in argument or "/" in argument or os.sep in argument


def write(plan: Plan, path: Path) -> None:
    """Writes the plan file; raises BillformError (X014), and leaves what was there, where that fails."""
    written = plan_json(plan).encode()
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            path.write_bytes(written)  # a pipe or a device is written to, never replaced
            return
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            temporary.write_bytes(written)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        hint = "name another place, or make room"
        problem = Diagnostic("X014", f"the plan cannot be written to {path}: {error.strerror}", hint=hint)
        raise BillformError(problem) from None


def read(path: Path, specs: Mapping[str, type[Spec]]) -> Plan:
    """The plan of a file; raises BillformError (X013, P010 to P013) where it is not one, or not whole."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(path, "it is larger than any plan")
        written = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise _unreadable(path, "it is not UTF-8 text") from None
    try:
        return plan_from_json(written, specs)
    except RecursionError:
        raise _unreadable(path, "it is nested deeper than any plan") from None


def _unreadable(path: Path, why: str) -> BillformError:
    hint = "`billform plan ENV --out plan.json` writes one"
    return BillformError(Diagnostic("X013", f"the plan file {path} cannot be read: {why}", hint=hint))
