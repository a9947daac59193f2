"""Runs commands as a person does, and shows what came of it: exit code, standard output and standard error."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from billform.cli.main import run

SILENT = (
    "NO_COLOR",
    "FORCE_COLOR",
    "CI",
    "GITHUB_ACTIONS",
    "BILLFORM_DEBUG",
    "BILLFORM_CATALOG",
    "BILLFORM_ENVIRONMENTS",
)
"""Variables that would change what is shown."""


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        parts = [f"exit code {self.code}"]
        parts += [f"--- {name}\n{text.rstrip()}" for name, text in (("out", self.out), ("err", self.err)) if text]
        return "\n".join(parts)


class Shell:
    """A directory to run commands in, within this process."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self.monkeypatch = monkeypatch
        self._capture = capture
        for name in SILENT:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.chdir(path)

    def write(self, files: dict[str, str | bytes]) -> Shell:
        """Writes files, with the indentation of the story taken off."""
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return self

    def run(self, *arguments: str) -> Outcome:
        """One command, in this process."""
        self._capture.readouterr()
        code = run(arguments)
        out, err = self._capture.readouterr()
        return Outcome(code, out, err)


def process(*arguments: str, cwd: Path, **variables: str) -> subprocess.Popen[str]:
    """One command, in a process of its own."""
    environ = {name: value for name, value in os.environ.items() if name not in SILENT}
    return subprocess.Popen(
        [sys.executable, "-c", "from billform.cli.main import main; main()", *arguments],
        cwd=cwd,
        env={**environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(*arguments: str, cwd: Path, **variables: str) -> Outcome:
    """The same, waited for."""
    running = process(*arguments, cwd=cwd, **variables)
    out, err = running.communicate(timeout=60)
    return Outcome(running.returncode, out, err)


def at_a_terminal(cwd: Path, answer: str, *words: str, first: str = "", **variables: str) -> tuple[int, str]:
    """An apply whose standard streams are one terminal; `answer` is typed when it asks, `first` is run before it."""
    ours, theirs = os.openpty()
    running = subprocess.Popen(
        [sys.executable, "-c", f"{first}\nfrom billform.cli.main import main; main()", "apply", "local", *words],
        cwd=cwd,
        env={**os.environ, "TERM": "xterm-256color", **variables},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # the other end is gone
        while data := os.read(ours, 65_536):
            seen += data
            if answer and (b"[y/N]" in seen or b"go on:" in seen):
                os.write(ours, f"{answer}\n".encode())
                answer = ""
    os.close(ours)
    return running.wait(60), seen.decode("utf-8", "replace")
