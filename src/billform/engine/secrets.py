"""Where a secret goes that a vendor shows once: a file that only its owner may read, or a command's standard input."""

from __future__ import annotations

import fcntl
import glob
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.resource import Address

PATIENCE = 60.0
"""Seconds that a command may take to store one secret."""
LARGEST = 1024 * 1024
UNFINISHED = ".unfinished"
"""Ends the name of a file that is being written, and nobody else's files."""
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=")


class SecretSink(Protocol):
    """Stores secrets under names; what it cannot do it says before anything is made."""

    def check(self) -> None:
        """Raises BillformError (S02x) where no secret could be stored."""
        ...

    def store(self, name: str, secret: str) -> None:
        """Stores one secret for good, or raises BillformError (S02x) that does not repeat it."""
        ...


def secret_name(catalog: str, address: Address) -> str:
    """The name of a secret, which no other catalog and no other address has: capitals, digits and underscores.

    `STRIPE_WEBHOOK_ENDPOINT__NIMBUS__WORKER_SECRET`. A name that cannot be read back from its capitals (`my-shop`)
    bears a digest of itself.
    """
    kind = address.kind.replace(".", "_").upper()
    return "__".join([kind, *map(_capitals, (catalog, *address.key.split("/")))]) + "_SECRET"


def _capitals(name: str) -> str:
    # With one underscore at a time in each part, two of them divide the parts.
    plain = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    return plain if plain.lower() == name else f"{plain}_{hashlib.sha256(name.encode()).hexdigest()[:8].upper()}"


@dataclass(frozen=True, slots=True)
class FileSink:
    """Lines of NAME=VALUE in a file of mode 0600; other lines stay as they are."""

    path: Path

    def check(self) -> None:
        """Makes the directory, and writes a trial file beside the real one."""
        try:
            self._prepare()
            with _alone(self.path.parent) as is_alone:
                if is_alone:
                    self._sweep()
                self._read()
                self._write_beside(b"trial\n").unlink()
        except OSError as error:
            raise self._unwritable(error) from None

    def store(self, name: str, secret: str) -> None:
        """Replaces the file as a whole: a reader sees all of the old one or all of the new."""
        assert not {"\n", "\r"} & set(secret), "a secret is one line"
        try:
            self._prepare()
            with _alone(self.path.parent):
                self._replace(name, secret)
        except OSError as error:
            raise self._unwritable(error) from None

    def _replace(self, name: str, secret: str) -> None:
        kept = [line for line in self._read() if (match := _LINE.match(line)) is None or match[1] != name]
        content = "".join(f"{line}\n" for line in [*kept, f"{name}={secret}"])
        written = self._write_beside(content.encode())
        try:
            written.replace(self.path)
        except OSError:
            written.unlink()
            raise
        _settle(self.path.parent)

    def _prepare(self) -> None:
        if not self.path.parent.is_dir():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.path.is_symlink():
            raise BillformError(
                Diagnostic("S021", f"the secrets file {self.path} is a link", hint="name the real file, or remove it")
            )
        if self.path.exists() and not self.path.is_file():
            raise BillformError(Diagnostic("S021", f"{self.path} is not a file", hint="name a file under `secrets:`"))

    def _read(self) -> list[str]:
        if not self.path.exists():
            return []
        if self.path.stat().st_size > LARGEST:
            hint = "name another file under `secrets:`"
            raise BillformError(Diagnostic("S021", f"{self.path} is too large to be a file of secrets", hint=hint))
        try:
            return self.path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            hint = "name another file under `secrets:`"
            raise BillformError(
                Diagnostic("S021", f"{self.path} is not a text of NAME=VALUE lines", hint=hint)
            ) from None

    def _sweep(self) -> None:
        """Takes away what a run that was killed between writing and replacing has left: it holds every secret."""
        for left in self.path.parent.glob(f".{glob.escape(self.path.name)}.*{UNFINISHED}"):
            left.unlink(missing_ok=True)

    def _write_beside(self, content: bytes) -> Path:
        """A new file, which nobody else may read from its first moment on, whatever the old one's mode is."""
        descriptor, name = tempfile.mkstemp(prefix=f".{self.path.name}.", suffix=UNFINISHED, dir=self.path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        return Path(name)

    def _unwritable(self, error: OSError) -> BillformError:
        why = error.strerror or str(error)
        hint = "make room or mend the permissions, or name another file under `secrets:` in the environment"
        return BillformError(Diagnostic("S020", f"the secrets file {self.path} cannot be written: {why}", hint=hint))


@dataclass(frozen=True, slots=True)
class CommandSink:
    """A command that reads the secret from standard input; `{name}` in its words becomes the secret's name."""

    command: tuple[str, ...]
    patience: float = PATIENCE
    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)

    def check(self) -> None:
        """Looks the command up; it is not run without a secret."""
        program = self.command[0]
        if shutil.which(program, path=self.variables.get("PATH")) is None:
            hint = "install it, or correct `secrets.command` in the environment"
            raise BillformError(Diagnostic("S022", f"the secrets command `{program}` is not there", hint=hint))

    def store(self, name: str, secret: str) -> None:
        """Runs the command; what it prints is thrown away, for it might repeat the secret."""
        words = [each.replace("{name}", name) for each in self.command]
        try:
            done = subprocess.run(  # noqa: S603  # the command of the environment file, without a shell
                words,
                input=f"{secret}\n".encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**self.variables, "BILLFORM_SECRET_NAME": name},
                timeout=self.patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise self._failed(f"did not end within {self.patience:.0f} seconds") from None
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else None
            raise self._failed(f"could not be run: {why or type(error).__name__}") from None
        if done.returncode != 0:
            raise self._failed(f"ended with {done.returncode}")

    def _failed(self, how: str) -> BillformError:
        hint = "run it by hand with any text on its standard input to see why; what it prints is not shown here"
        return BillformError(Diagnostic("S023", f"the secrets command `{self.command[0]}` {how}", hint=hint))


def open_sink(*, file: str | None, command: Iterable[str] | None, directory: Path) -> SecretSink:
    """The sink that an environment names; a relative file counts from `directory`."""
    if command is not None:
        return CommandSink(tuple(command))
    assert file is not None, "Environment.sink fills in the default"
    return FileSink(directory / Path(file).expanduser())


_TURN = threading.Lock()


@contextmanager
def _alone(directory: Path) -> Iterator[bool]:
    """Keeps everybody else out while a file of the directory is read, added to and replaced: two secrets that arrive
    at the same time, in this process or in another, would else end with one of them lost.

    False where a file system has no locks: other processes are then only kept out by the environment's own lock.
    """
    with _TURN:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            is_alone = True
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError:
                is_alone = False
            yield is_alone
        finally:
            os.close(descriptor)


def _settle(directory: Path) -> None:
    """Makes sure that the new name is on the disk; not every file system can, and then there is nothing more to do."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
