"""The one command: `python -m benchmarks [NAME ...] [--quick]` prints a table for each benchmark that is named, or all.

A benchmark is a module of this package with `measure(*, quick: bool) -> Table | Sequence[Table]`, listed below.
`quick` leaves out what takes minutes; whoever measures for real leaves it away.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator

from .table import Table

NAMES = ("requests", "plan", "apply", "machine", "start")


def main() -> None:
    """Measures, one benchmark after the other: side by side they would take the machine from each other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios that anyone can reproduce.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all where none is named")
    parser.add_argument("--quick", action="store_true", help="small catalogs only")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.names) - set(NAMES)):
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    for name in asked.names or NAMES:
        for table in _measured(name, quick=asked.quick):
            sys.stdout.write(table.text() + "\n")
            sys.stdout.flush()


def _measured(name: str, *, quick: bool) -> Iterator[Table]:
    # Only what is measured is imported: a start or a peak of memory must not be another benchmark's.
    found = importlib.import_module(f"benchmarks.{name}").measure(quick=quick)
    yield from (found,) if isinstance(found, Table) else found


if __name__ == "__main__":
    main()
