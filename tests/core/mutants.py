"""How many planted faults the tests of `core` notice: `uv run --group mutation python -m tests.core.mutants`.

mutmut plants them one at a time. To its own sorts (another operator, another constant, an argument less, …) this adds
conditions turned round, statements left out, loops that do nothing and functions that answer nothing. Prints a table
by file and every fault that no test noticed. `NAMES` (such as `billform.core.planner*`) choose some of them.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import libcst as cst
from mutmut.__main__ import cli
from mutmut.mutation import mutators
from mutmut.mutation.diff_apply import get_diff_for_mutant

PLACE = Path("mutants")
"""Where mutmut keeps its copy of the project, and what it found."""
KILLED = {1, 3}
SURVIVED = 0


def main(names: list[str]) -> int:
    """Runs them all; answers how many went unnoticed, 1 at most."""
    mutators.mutation_operators += [
        (cst.If, _turned),
        (cst.CompIf, _turned),
        (cst.For, _empty),
        (cst.Expr, _left_out),
        (cst.Return, _answerless),
    ]
    shutil.rmtree(PLACE, ignore_errors=True)
    cli(["run", "--max-children", "1", *names], standalone_mode=False)
    verdicts = dict(_verdicts())
    sys.stdout.write(_table(verdicts))
    unnoticed = [name for name, code in verdicts.items() if code not in KILLED]
    for name in unnoticed:
        sys.stdout.write(f"\n{name}\n{_lines(get_diff_for_mutant(name))}\n")
    return int(bool(unnoticed))


def _turned(node: Any) -> Iterable[cst.CSTNode]:
    """`if a:` becomes `if not (a):`."""
    within = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), within))


def _empty(node: cst.For) -> Iterable[cst.CSTNode]:
    """`for a in b:` becomes `for a in ():`."""
    yield node.with_changes(iter=cst.Tuple([]))


def _left_out(node: cst.Expr) -> Iterable[cst.CSTNode]:
    """`do(a)` becomes `...`."""
    if isinstance(node.value, cst.Call):
        yield node.with_changes(value=cst.Ellipsis())


def _answerless(node: cst.Return) -> Iterable[cst.CSTNode]:
    """`return a` becomes `return None`."""
    if node.value is not None and not (isinstance(node.value, cst.Name) and node.value.value == "None"):
        yield node.with_changes(value=cst.Name("None"))


def _verdicts() -> Iterator[tuple[str, int]]:
    for meta in sorted(PLACE.rglob("*.py.meta")):
        for name, code in json.loads(meta.read_text("utf-8"))["exit_code_by_key"].items():
            if code is not None:
                yield name, code


def _table(verdicts: dict[str, int]) -> str:
    planted, noticed = Counter[str](), Counter[str]()
    for name, code in verdicts.items():
        file = name.split(".")[2]
        for row in (file, "in all"):
            planted[row] += 1
            noticed[row] += code in KILLED
    rows = [*sorted(planted.keys() - {"in all"}), "in all"]
    lines = [f"| {row} | {planted[row]} | {noticed[row]} | {100 * noticed[row] / planted[row]:.1f} % |" for row in rows]
    return "\n".join(["| file | planted | noticed | share |", "|---|--:|--:|--:|", *lines, ""])


def _lines(diff: str) -> str:
    return "\n".join(
        line for line in diff.splitlines() if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
