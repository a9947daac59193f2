"""Plan files on disk: written whole or not at all, read with every doubt spoken out."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from billform.catalog.environment import names
from billform.catalog.files import SUFFIXES
from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.hidden import hides, spec_as_json
from billform.core.plan import Change, Plan, Writing
from billform.core.plan_file import plan_from_json
from billform.core.redact import find
from billform.core.resource import Address, Resource, Spec
from billform.render.json import plan_json

MAX_BYTES = 64 * 1024 * 1024


def is_plan_file(argument: str, environments: Path) -> bool:
    """Whether an argument of `apply` means a file: environments have neither dots nor slashes in their names.

    Raises BillformError (P017) where it may mean either: what is applied must be what was meant.
    """
    if "." in argument or "/" in argument or os.sep in argument:
        return True
    if not Path(argument).is_file():
        return False
    if argument in names(environments):
        hint = f"write `./{argument}` for the plan file; for the environment, move the file away"
        raise BillformError(Diagnostic("P017", f"`{argument}` is an environment, and also a file here", hint=hint))
    return True


def misread(argument: str, environments: Path, command: str) -> Diagnostic | None:
    """What to type where a file was named that is neither the plan nor the environment that the command takes."""
    path = Path(argument)
    if path.suffix in SUFFIXES and path.stem in names(environments):
        hint = f"name the environment: `billform {command} {path.stem}`"
        return Diagnostic("E001", f"`{argument}` is the file of the environment `{path.stem}`", hint=hint)
    if command != "apply" and argument not in names(environments) and path.is_file():
        hint = f"`billform apply {argument}` applies a plan file; `billform {command}` takes an environment's name"
        return Diagnostic("E001", f"`{argument}` is a file, and no environment", hint=hint)
    return None


def text(plan: Plan) -> str:
    """What stands in a plan file; raises BillformError (X016) where an object of the plan holds a secret.

    The catalog holds none by then. But people write into the accounts as well, and a plan says what it found there.
    """
    written = plan_json(plan)
    if any(find(written)):
        alone = {
            str(each.address): plan.model_copy(update={"changes": (each,), "findings": ()}) for each in plan.changes
        }
        holding = [address for address, part in alone.items() if any(find(plan_json(part)))]
        raise BillformError(_holds_secret(each) for each in holding or [plan.environment])
    return written


def _holds_secret(subject: str) -> Diagnostic:
    hint = "take it out at the vendor and replace it; `billform plan` shows the plan without the secret"
    return Diagnostic("X016", "what looks like a secret stands in this object", subject=subject, hint=hint)


def write(plan: Plan, path: Path) -> None:
    """Writes the plan file; raises BillformError (X014, X016), and leaves what was there, where that fails."""
    written = text(plan).encode()
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
        raise _unwritable(path, error.strerror or str(error)) from None


def demand_place(path: Path) -> None:
    """Raises BillformError (X014) where no plan could be written to: before minutes are spent on making one."""
    if str(path) == "-":
        hint = "`--format json` writes the same to standard output"
        raise BillformError(Diagnostic("X014", "`--out` takes the name of a file, and `-` is none", hint=hint))
    if path.is_dir():
        raise _unwritable(path, "it is a directory")
    if not path.parent.is_dir():
        raise _unwritable(path, f"there is no directory {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise _unwritable(path, "it may not be written to")


def _unwritable(path: Path, why: str) -> BillformError:
    hint = "name another place, or make room"
    return BillformError(Diagnostic("X014", f"the plan cannot be written to {path}: {why}", hint=hint))


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
        return plan_from_json(written, specs, str(path))
    except RecursionError:
        raise _unreadable(path, "it is nested deeper than any plan") from None


def completed(plan: Plan, desired: Mapping[Address, Resource[Spec]]) -> Plan:
    """The plan of a file with what no file says, the values of secret fields, from the catalog that it was made from.

    Raises BillformError (P013) where that catalog asks for no such thing.
    """
    return plan.model_copy(update={"changes": tuple(_completed(each, desired) for each in plan.changes)})


def _completed(change: Change, desired: Mapping[Address, Resource[Spec]]) -> Change:
    if not isinstance(change, Writing) or not hides(change.spec):
        return change
    wanted = desired.get(change.address)
    if wanted is None or spec_as_json(wanted.spec) != spec_as_json(change.spec):
        what = f"this plan file and the catalog differ in {change.address}"
        raise BillformError(Diagnostic("P013", what, hint="make the plan again"))
    return change.model_copy(update={"spec": wanted.spec})


def _unreadable(path: Path, why: str) -> BillformError:
    hint = "`billform plan ENV --out plan.json` writes one"
    return BillformError(Diagnostic("X013", f"the plan file {path} cannot be read: {why}", hint=hint))
