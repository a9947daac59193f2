"""Finds the YAML files of a directory and reads each one into a tree; whatever is wrong with a file is a diagnostic."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from billform.catalog import yaml
from billform.catalog.nodes import MapNode
from billform.core import redact
from billform.core.diagnostic import Diagnostic, Severity, Span

MAX_BYTES = 5 * 1024 * 1024
"""A larger file is not read at all."""
SUFFIXES = frozenset({".yaml", ".yml"})

# Characters that no editor shows, and that YAML 1.2 does not allow or that break lines where no editor does.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")
_NAMES = {
    "\x00": "NUL",
    "\r": "carriage return",
    "\x1b": "escape",
    "\u2028": "line separator",
    "\ufeff": "byte-order mark",
}
_OTHER_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


@dataclass(slots=True)
class Files:
    """The files of a directory in a settled order, with what kept others from being among them."""

    paths: list[Path] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)


def shown(path: Path) -> str:
    """The path as people and continuous integration know it: from the working directory, with slashes."""
    if path.is_absolute():
        with suppress(ValueError):
            path = path.relative_to(Path.cwd())
    return path.as_posix().encode("utf-8", "backslashreplace").decode()


def find(directory: Path) -> Files:
    """Every YAML file below `directory`, at any depth, by name; without hidden ones, symlinks followed."""
    files = Files()
    try:
        top = directory.resolve(strict=True)
        if not top.is_dir():
            raise NotADirectoryError(20, "not a directory")
    except (OSError, RuntimeError) as error:
        files.problems.append(unreadable(directory, error))
        return files
    _walk(directory, top, (top,), files)
    return files


def _walk(directory: Path, top: Path, above: tuple[Path, ...], files: Files) -> None:
    try:
        names = sorted(os.listdir(directory))  # noqa: PTH208 - names, not paths, are what is sorted
    except OSError as error:
        files.problems.append(unreadable(directory, error))
        return
    for name in names:
        path = directory / name
        if name.startswith("."):
            continue
        try:
            is_directory = stat.S_ISDIR(path.stat().st_mode)
            real = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            if path.suffix.lower() in SUFFIXES or path.is_symlink():
                files.problems.append(unreadable(path, error))
            continue
        if not is_directory and path.suffix.lower() not in SUFFIXES:
            continue
        if real in above:
            files.problems.append(
                _problem("C019", path, "this symlink leads back to where it stands", "delete the link")
            )
        elif not real.is_relative_to(top):
            hint = "copy what it points to into the directory, or point billform at a directory that holds both"
            files.problems.append(_problem("C019", path, "this symlink leads out of the directory", hint))
        elif is_directory:
            _walk(path, top, (*above, real), files)
        else:
            files.paths.append(path)


def read(path: Path, *, first: str = yaml.A_SECTION) -> tuple[MapNode | None, list[Diagnostic]]:
    """One file's tree, or None, with everything that is wrong with it as a file and as YAML; `first` as for `parse`."""
    file = shown(path)
    try:
        data = _bytes(path)
    except OSError as error:
        return None, [unreadable(path, error)]
    if data is None:
        limit = f"larger than {MAX_BYTES // 1024 // 1024} MB"
        return None, [_problem("C002", path, f"the file is {limit}", "split it; or take it out of the directory")]
    problems: list[Diagnostic] = []
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        note = "the file begins with a byte-order mark, which is skipped"
        hint = "save it as UTF-8 without one"
        problems.append(Diagnostic("C004", note, whole(file), hint, severity=Severity.NOTE))
    text = _decoded(data, file)
    if isinstance(text, Diagnostic):
        return None, [*problems, text]
    if unseen := _UNSEEN.search(text):
        return None, [*problems, _unseen(text, unseen.start(), file)]
    problems.extend(_secrets(text, file))
    tree, found = yaml.parse(text, file, first=first)
    return tree, [*problems, *found]


def unreadable(path: Path, error: OSError | RuntimeError) -> Diagnostic:
    """Why a file or directory could not be read."""
    match error:
        case FileNotFoundError() if path.is_symlink():
            return _problem("C019", path, "this symlink leads nowhere", "delete the link, or mend where it points")
        case FileNotFoundError():
            return _problem("C001", path, "there is nothing here", "check the path, and the directory you are in")
        case PermissionError():
            return _problem("C001", path, "this file may not be read", "check its permissions")
        case NotADirectoryError():
            return _problem("C001", path, "this is not a directory", "name the directory that holds the files")
        case OSError(errno=number) if number in _LOOPS:
            return _problem("C019", path, "this symlink leads back to itself", "delete the link")
        case RuntimeError():  # how pathlib reported a loop before Python 3.13
            return _problem("C019", path, "this symlink leads back to itself", "delete the link")
    return _problem("C001", path, f"this cannot be read: {error.strerror or error}".lower(), "")


_LOOPS = frozenset({40, 62, 92})  # ELOOP on Linux, macOS, others


def _bytes(path: Path) -> bytes | None:
    """The file's bytes, or None where there are too many; opens regular files only, and reads no more than it must."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise OSError(22, "it is not a regular file")
    if about.st_size > MAX_BYTES:
        return None
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return data if len(data) <= MAX_BYTES else None


def _decoded(data: bytes, file: str) -> str | Diagnostic:
    hint = "save it as UTF-8"
    for mark, encoding in _OTHER_ENCODINGS:
        if data.startswith(mark):
            return Diagnostic("C003", f"the file is {encoding}, not UTF-8", whole(file), hint)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
        place = Span(file, line, column, line, column + 1)
        return Diagnostic("C003", f"the byte 0x{data[error.start]:02x} is not UTF-8", place, hint)


def _unseen(text: str, index: int, file: str) -> Diagnostic:
    character = text[index]
    line, column = _position(text, index)
    name = f", {_NAMES[character]}" if character in _NAMES else ""
    return Diagnostic(
        "C004",
        f"an invisible character (U+{ord(character):04X}{name})",
        Span(file, line, column, line, column + 1),
        "delete it; in a text, write it as an escape in double quotes",
    )


def _secrets(text: str, file: str) -> Iterator[Diagnostic]:
    for start, end in islice(redact.find(text), yaml.MAX_PROBLEMS):
        line, column = _position(text, start)
        yield Diagnostic(
            "C009",
            "a secret stands in this file",
            Span(file, line, column, line, column + end - start),
            "keep it in an environment variable and write the variable's name here; then replace the secret, "
            "for whoever could read the file knows it",
        )


def _position(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def whole(file: str) -> Span:
    """The place of a whole file: nothing in it is to be underlined, and perhaps nothing to be shown."""
    return Span(file, 1, 1, 1, 1)


def _problem(code: str, path: Path, summary: str, hint: str) -> Diagnostic:
    return Diagnostic(code, summary, whole(shown(path)), hint or None)
