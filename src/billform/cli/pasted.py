"""Secrets that the files name: known before anything is said, and looked for where they do not belong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from billform.catalog import files
from billform.cli import console
from billform.core.diagnostic import Diagnostic, Span

# Read from the text, so that it is known of files too that are not understood.
_NAME = re.compile(r"(?:_env[\"']?:\s{0,9}[\"']?|\benv:)([A-Za-z_][A-Za-z0-9_]*)")


def found(directories: Iterable[Path]) -> tuple[Diagnostic, ...]:
    """Where the value of a secret variable stands in a file itself (C009).

    From then on the console hides the values of every variable that a file below the directories names.
    """
    texts = {path: text for each in directories for path in files.find(each).paths if (text := _text(path))}
    console.hide(name for text in texts.values() for name in _NAME.findall(text))
    secrets = console.secrets()
    return tuple(each for path, text in texts.items() for each in _within(text, files.shown(path), secrets))


def _text(path: Path) -> str:
    with suppress(OSError):
        if path.is_file() and path.stat().st_size <= files.MAX_BYTES:
            return path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
    return ""


def _within(text: str, file: str, secrets: Mapping[str, str]) -> Iterator[Diagnostic]:
    for name, value in secrets.items():
        bare = value.strip()
        at = text.find(bare)
        if at >= 0:
            line, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
            place = Span(file, line, column, line, column + len(bare))
            hint = "write the variable's name there; then replace the secret, for whoever could read the file knows it"
            yield Diagnostic("C009", f"what the variable `{name}` holds stands in this file", place, hint)
