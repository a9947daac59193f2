"""The secrets that the files name: known as such before anything is read, compared or said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from billform.catalog import files
from billform.cli import console

# Read from the text, so that it is known of files too that are not understood.
_NAME = re.compile(r"(?:_env[\"']?:\s{0,9}[\"']?|\benv:)([A-Za-z_][A-Za-z0-9_]*)")


def hide(directories: Iterable[Path]) -> None:
    """From now on the values of every variable that a file below the directories names are secrets."""
    paths = (path for each in directories for path in files.find(each).paths)
    console.hide(name for path in paths for name in _NAME.findall(_text(path)))


def _text(path: Path) -> str:
    with suppress(OSError):
        if path.is_file() and path.stat().st_size <= files.MAX_BYTES:
            return path.read_bytes().decode("utf-8", "replace")
    return ""
