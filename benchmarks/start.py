"""How soon a command is there: a whole process from its start to its end, beside one that imports click and ends.

Everything is measured twice: as it starts every day, and as it starts the first time after it was installed, when
Python has to compile what it imports. The least of several runs, which take turns, in processor time: these
processes wait for nothing, and others may be at work on the machine.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from .table import Table

RUNS = 25
ROOT = Path(__file__).parents[1]
CLICK = "python -c 'import click'"
LIBRARIES = "python -c 'import click, yaml, pydantic'"
COMMANDS: dict[str, tuple[str, ...]] = {
    CLICK: ("-c", "import click"),
    LIBRARIES: ("-c", "import click, yaml\nfrom pydantic import BaseModel\nclass One(BaseModel): x: int"),
    "billform --version": ("-c", "from billform.cli.main import main; main()", "--version"),
    "billform validate": ("-c", "from billform.cli.main import main; main()", "validate"),
}


def measure(*, quick: bool) -> Table:
    """Every command in turn, `quick` a few times only."""
    runs = 5 if quick else RUNS
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**_plain(), "PYTHONPYCACHEPREFIX": compiled}
        daily = _best(environment, runs)
        for installed in (sysconfig.get_path("purelib"), str(ROOT)):
            shutil.rmtree(compiled + installed)  # what Python itself brings is compiled on every machine
        first = _best({**environment, "PYTHONDONTWRITEBYTECODE": "1"}, runs)
    rows = tuple(
        (
            name,
            f"{daily[name] * 1000:.0f} ms",
            f"{daily[name] / daily[CLICK]:.2f}",
            f"{first[name] * 1000:.0f} ms",
            f"{first[name] / first[CLICK]:.2f}",
        )
        for name in COMMANDS
    )
    head = ("", "every day", "times click", "the first time", "times click")
    note = (
        "`billform validate` reads the example catalog in its three environments. "
        f"`{LIBRARIES}`, with one model of one field, is what the libraries take that it rests on."
    )
    return Table("Start", head, rows, (note,))


def _plain() -> dict[str, str]:
    """The environment without what changes how Python starts."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "BILLFORM"))}


def _best(environment: dict[str, str], runs: int) -> dict[str, float]:
    best: dict[str, float] = {}
    for number in range(runs + 1):
        for name, arguments in COMMANDS.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            if number:  # the first round compiles, where what it compiles is kept
                best[name] = min(best.get(name, took), took)
    return best
