"""Hostile files: breaks the example files in every way it knows, and holds `validate` to what must be true of any file.

    python -m tests.catalog.fuzz [--seed N] [--count N] [--long] [--only N] [--keep DIR]

Every broken file gets a process of its own, in the project it was taken from. It must end with 0 or 1 after at most 2
seconds of work and 300 MB, without a traceback, and each diagnostic must have a place in a file; what is valid can also
be planned.
The same seed breaks the same files in the same ways. What fails is kept in a directory and named at the end.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from .hostile import Verdict, judged
from .mutations import mutant

ROOT = Path(__file__).parents[2]
PROJECTS = (ROOT, ROOT / "tests" / "cases" / "_project")
SHORT, LONG = 300, 30_000
SECONDS, MEGABYTES = 2.0, 300.0
"""What one file may take: of the processor for `validate`, and of memory for all of it."""
PATIENCE = 60.0
"""Seconds after which a process is ended that does not end by itself."""
FORMS = ("text", "text", "github", "json")
CEILING = 3 << 30
"""Bytes of address space: should a file ask for more, it is refused before the machine suffers."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken file."""

    number: int
    project: Path
    name: str
    """Of the file, relative to the project."""
    content: bytes
    how: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    verdict: Verdict
    megabytes: float

    @property
    def problems(self) -> tuple[str, ...]:
        """All that must not be."""
        slow = (f"{self.verdict.seconds:.1f} seconds",) if self.verdict.seconds > SECONDS else ()
        big = (f"{self.megabytes:.0f} MB",) if self.megabytes > MEGABYTES else ()
        return (*self.verdict.problems, *slow, *big)


def names_of(project: Path) -> list[str]:
    """Every file that `validate` reads of a project."""
    found = (path for part in ("catalog", "environments") for path in (project / part).rglob("*.yaml"))
    return sorted(str(path.relative_to(project)) for path in found)


def examples() -> list[bytes]:
    """What the guide shows: a word or two of the language each, and together all of them."""
    guide = (ROOT / "docs" / "catalog" / "README.md").read_bytes()
    return re.findall(rb"^```yaml\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE)


def broken(seed: int, numbers: range) -> Iterator[Broken]:
    """Broken files by number; each depends on the seed and its own number alone."""
    names = {project: names_of(project) for project in PROJECTS}
    texts = {project: {name: (project / name).read_bytes() for name in names[project]} for project in PROJECTS}
    shown = examples()
    for number in numbers:
        chance = Random(f"{seed}/{number}")
        project = chance.choice(PROJECTS)
        name = chance.choice(names[project])
        text = texts[project][name]
        if chance.random() < 0.3:
            name, text = "catalog/added.yaml", chance.choice(shown)
        content, how = mutant(chance, text, [*texts[project].values(), *shown])
        yield Broken(number, project, name, content, how)


class Field:
    """Copies of the projects, in which one file at a time is broken and made whole again."""

    def __init__(self, directory: Path) -> None:
        self._places = {project: directory / str(number) for number, project in enumerate(PROJECTS)}
        for project, place in self._places.items():
            for part in ("catalog", "environments"):
                shutil.copytree(project / part, place / part)

    def tried(self, each: Broken) -> Outcome:
        """Breaks the file, and looks at what becomes of it."""
        place = self._places[each.project]
        path = place / each.name
        whole = path.read_bytes() if path.exists() else None
        try:
            path.write_bytes(each.content)
            return _forked(place, FORMS[each.number % len(FORMS)])
        finally:
            if whole is None:
                path.unlink()
            else:
                path.write_bytes(whole)


def _forked(place: Path, form: str) -> Outcome:
    """One look in a process of its own: its memory and its end are its own too."""
    reading, writing = os.pipe()
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _child(place, form, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        said = b""
        while (left := began + PATIENCE - time.monotonic()) > 0 and select.select([answers], [], [], left)[0]:
            part = os.read(answers.fileno(), 1 << 16)
            said += part
            if not part:
                break
        else:
            os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    ended = os.waitstatus_to_exitcode(status)
    if ended == 0 and said:
        words = json.loads(said)
        verdict = Verdict(words["code"], words["diagnostics"], words["seconds"], tuple(words["problems"]))
    else:
        verdict = Verdict(ended, 0, time.monotonic() - began, (f"the process ended with {ended}",))
    return Outcome(verdict, used.ru_maxrss / 1024)


def _child(place: Path, form: str, writing: int) -> None:
    """Looks, answers, and leaves without a trace of the parent's own ending."""
    code = 70
    try:
        resource.setrlimit(resource.RLIMIT_AS, (CEILING, CEILING))
        os.chdir(place)
        verdict = judged(place, form)
        words = {**asdict(verdict), "code": int(verdict.code)}
        with os.fdopen(writing, "wb") as answers:
            answers.write(json.dumps(words).encode("utf-8", "backslashreplace"))
        code = 0
    finally:
        os._exit(code)


def _warm() -> None:
    """Imports what every process would import, once."""
    with tempfile.TemporaryDirectory() as directory:
        field = Path(directory)
        for part in ("catalog", "environments"):
            shutil.copytree(PROJECTS[1] / part, field / part)
        here = Path.cwd()
        os.chdir(field)
        assert judged(field).problems == (), "the example itself is in order"
        judged(field, "json")
        (field / "catalog" / "catalog.yaml").write_text("a: [b\nplnas: 1\n")
        judged(field)
        os.chdir(here)
    gc.collect()
    gc.freeze()


def main(words: list[str] | None = None) -> int:
    """Tries as many as it is told to, says what it found, and answers 1 where something failed."""
    chosen = _chosen(words)
    _warm()
    keep: Path = chosen.keep
    numbers = range(chosen.only, chosen.only + 1) if chosen.only is not None else range(chosen.count)
    failed: list[str] = []
    codes: Counter[int] = Counter()
    diagnostics, slowest, biggest = 0, (0.0, ""), (0.0, "")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="billform-fuzz-") as directory:
        field = Field(Path(directory))
        for each in broken(chosen.seed, numbers):
            outcome = field.tried(each)
            about = f"#{each.number} {each.name} ({each.how})"
            codes[outcome.verdict.code] += 1
            diagnostics += outcome.verdict.diagnostics
            slowest = max(slowest, (outcome.verdict.seconds, about))
            biggest = max(biggest, (outcome.megabytes, about))
            if outcome.problems:
                failed.append(about)
                _say(f"FAILED {about}\n  " + "\n  ".join(outcome.problems[:8]))
                _keep(keep, chosen.seed, each, outcome)
    took = time.monotonic() - began
    _say(
        f"{len(numbers):,} broken files, seed {chosen.seed}, {took:.0f}s: {codes[1]:,} refused with {diagnostics:,} "
        f"diagnostics, {codes[0]:,} valid, {len(failed):,} failed\n"
        f"slowest {slowest[0]:.2f}s: {slowest[1]}\nbiggest {biggest[0]:.0f} MB: {biggest[1]}"
    )
    if failed:
        _say(f"what failed is in {keep}")
    return 1 if failed else 0


def _chosen(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.catalog.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="which broken files (default 1)")
    parser.add_argument("--long", action="store_true", help=f"{LONG:,} broken files in the place of {SHORT}")
    parser.add_argument("--count", type=int, help="how many")
    parser.add_argument("--only", type=int, metavar="N", help="the file of this number alone")
    place = Path(tempfile.gettempdir()) / "billform-fuzz-failed"
    parser.add_argument("--keep", type=Path, default=place, metavar="DIR", help=f"where to put what fails ({place})")
    chosen = parser.parse_args(words)
    chosen.count = chosen.count or (LONG if chosen.long else SHORT)
    return chosen


def _keep(place: Path, seed: int, each: Broken, outcome: Outcome) -> None:
    place.mkdir(parents=True, exist_ok=True)
    stem = place / f"{seed}-{each.number}"
    stem.with_suffix(".yaml").write_bytes(each.content)
    project = each.project.relative_to(ROOT)
    about = [f"{each.name} of {project}", each.how, f"--seed {seed} --only {each.number}", *outcome.problems]
    stem.with_suffix(".txt").write_text("\n".join(about) + "\n", encoding="utf-8", errors="backslashreplace")


def _say(text: str) -> None:
    with suppress(BrokenPipeError):
        sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
