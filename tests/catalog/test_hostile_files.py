"""Files that nobody means well with: what the fuzzer found, by name, and the fuzzer itself in its short form."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from billform.core.diagnostic import Span

from . import fuzz
from .fuzz import SECONDS, broken, examples
from .hostile import judged
from .mutations import MUTATIONS

HEAD = "plans:\n  zz:\n    product: suite\n    charges:\n"


def prices(words: str, count: int = 2000) -> str:
    """Charges with one price each, all of them alike."""
    return HEAD + "".join(f"      c{at}: {{prices: {{monthly: {{{words}}}}}}}\n" for at in range(count))


def repeated(text: str, words: str) -> str:
    """One text of some length that an alias puts into thousands of places."""
    return f'templates:\n  t: {{name: &a "{text}"}}\n' + prices(words)


WHEN = "promotion_codes: {p: {code: P, coupon: spring, expires: %s}}\n"
LONG = "x" * 90_000
ENDLESS = f"plans: *{'a' * 3000}\n"
FOUND: dict[str, str] = {
    "a text in the place of many amounts": repeated(LONG, "every: month, amount: *a"),
    "a text in the place of many rhythms": repeated(LONG, "every: *a, amount: 1"),
    "a text in the place of many choices": repeated(LONG, "every: month, amount: 1, tax_behavior: *a"),
    "digits in the place of many amounts": repeated("9" * 90_000, "every: month, amount: *a"),
    "an amount of more digits than a number has": prices('every: month, amount: "%s"' % ("9" * 90_000), 1),
    "a percentage of more digits than a number has": f"coupons: {{c: {{name: C, percent_off: {'9' * 5000}}}}}\n",
    "a feature of many digits and a fraction": "features: {seats: {name: Seats}}\n"
    + "plans: {zz: {name: Z, product: suite, features: {seats: %s.5}}}\n" % ("9" * 40),
    "the first hour of all time": WHEN % "0001-01-01T00:00:00+14:00",
    "the last hour of all time": WHEN % "9999-12-31T23:59:59-14:00",
    "a year of five digits": WHEN % "12027-01-01T00:00:00Z",
    "an unknown word of a hundred thousand letters": "%s: 1\n" % ("plan" * 24_000),
    "a wrong key of a hundred thousand letters": "plans:\n  %s: 1\n" % ("plan" * 24_000),
    "an alias of three thousand letters": ENDLESS,
    "an alias that stands inside of what it repeats": f"plans: &{'a' * 3000} [*{'a' * 3000}]\n",
    "a key as long as a file": "? " + "k" * 4_000_000 + "\n: 1\n",
    "a million characters in one line, and a slip at its end": "x: " + "{a: " * 20 + "b" * 1_000_000,
    "a line of tokens": "plans: {" + "token: a, " * 90_000 + "}\n",
    "as many secrets as fit": "a: sk_live_0123456789abcdef\n" * 180_000,
    "a name that writes from right to left": "plans:\n  \u202e\u202dabc: 1\n",
    "escapes that would steer a terminal": 'plans:\n  "\\e[31m\\a\\u202e\\u2028": 1\n',
}
"""What once took long, took much, or made Billform stumble: a catalog file each."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a file into a small project and stands in it."""

    def made(text: str, name: str = "catalog/added.yaml") -> Path:
        for part in ("catalog", "environments"):
            shutil.copytree(fuzz.PROJECTS[1] / part, tmp_path / part)
        (tmp_path / name).write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return made


@pytest.mark.parametrize("form", ["text", "json", "github"])
@pytest.mark.parametrize("name", FOUND)
def test_a_hostile_file_is_refused_and_costs_little(name: str, form: str, project: Callable[[str], Path]) -> None:
    verdict = judged(project(FOUND[name]), form)
    assert verdict.problems == ()
    assert verdict.code == 1
    assert verdict.seconds < SECONDS


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("environments/local.yaml", "stripe: {}\n", "C015 environments/local.yaml:1:1"),
        ("catalog/catalog.yaml", "products: {suite: {name: Suite}}\n", "C015 catalog/catalog.yaml:1:1"),
        ("environments/local.yaml", "mode: simulated\nguardrails: {max_archived: %s%%}\n" % ("9" * 5000), "C014 "),
    ],
)
def test_what_is_wrong_with_a_whole_file_is_said_of_it(
    file: str, text: str, place: str, project: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of several files it is the one nearest to the directory."""
    from billform.cli.main import run

    directory = project(text, file)
    verdict = judged(directory)
    assert (verdict.code, verdict.problems) == (1, ())
    run(["validate", "--format", "json"])
    said = capsys.readouterr().out
    code, _, where = place.partition(" ")
    assert f'"code": "{code}"' in said
    assert where.partition(":")[0] in said


def test_a_hundred_and_fifty_broken_files(tmp_path: Path) -> None:
    """`python -m tests.catalog.fuzz --long` breaks thirty thousand."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.catalog.fuzz", "--count", "150", "--keep", str(tmp_path)],
        cwd=fuzz.ROOT, capture_output=True, text=True, timeout=250, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("150 broken files, seed 1, ")


def stumbles(*_: object, **__: object) -> NoReturn:
    raise ZeroDivisionError("planted")


SLIP = "plans:\n  \u202ezz: [\n"
FINE = "coupons: {spare: {name: Spare, percent_off: 5, duration: once}}\n"
MISPLACED = "billform.catalog.yaml_problems.Span"
PLANTS: dict[str, tuple[str, str, Any, str]] = {
    "a rule": (FINE, "billform.catalog.rules.Shop", stumbles, "X001"),
    "the parser": (SLIP, "billform.catalog.yaml_problems._syntax", stumbles, "X001"),
    "the planner": (FINE, "billform.core.planner.plan", stumbles, "valid, but not to be planned"),
    "no place": (SLIP, MISPLACED, lambda *_: None, "no place"),
    "another file": (SLIP, MISPLACED, lambda *_: Span("b.yaml"), "no file b.yaml"),
    "a line behind the end": (SLIP, MISPLACED, lambda file, *_: Span(file, 99, 1, 99, 2), "3 lines"),
    "a place behind the line": (SLIP, MISPLACED, lambda file, *_: Span(file, 1, 50, 1, 51), "6 characters"),
    "a terminal that is steered": (SLIP, "billform.render.diagnostic._cell", lambda each: each, "U+202E"),
    "an endless summary": (ENDLESS, "billform.catalog.locate._quotable", str, "longer"),
}
"""What stumbles or is said wrongly from then on, in which file that shows, and what is said of it."""


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_found(name: str, project: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    text, target, fault, said = PLANTS[name]
    directory = project(text)
    assert judged(directory).problems == ()
    monkeypatch.setattr(target, fault)
    assert said in " ".join(judged(directory).problems)


PLANTING = """
import os, sys, time
from pathlib import Path
from billform.catalog import yaml_problems
from tests.catalog import fuzz

def fault(sort):
    def planted(*words):
        match sort:
            case "loop":
                while True: pass
            case "wait": time.sleep(60)
            case "work": sum(range(3 * 10**7))
            case "hoard": planted.kept = bytearray(10**9)
            case "end": os._exit(3)
            case "death": os.abort()
    return planted

fuzz.PATIENCE, fuzz.SECONDS = 2.5, 0.2
fuzz._warm()
field = fuzz.Field(Path(sys.argv[1]))
slip = fuzz.Broken(0, fuzz.PROJECTS[1], "catalog/added.yaml", b"a: [", "")
print("whole", field.tried(slip).problems)
for sort in ("loop", "wait", "work", "hoard", "end", "death"):
    yaml_problems._syntax = fault(sort)
    print(sort, field.tried(slip).problems)
"""


def test_a_process_that_takes_too_much_or_dies_is_found(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PLANTING, str(tmp_path)],
        cwd=fuzz.ROOT, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert said["whole"] == "()"
    assert "ended with -9" in said["loop"]
    assert "ended with -9" in said["wait"]
    assert "seconds" in said["work"]
    assert " MB" in said["hoard"]
    assert "ended with 3" in said["end"]
    assert "ended with -6" in said["death"]


def test_what_fails_is_kept(tmp_path: Path) -> None:
    """With the words that try it again."""
    planting = "from tests.catalog import fuzz; fuzz.MEGABYTES = 1; raise SystemExit(fuzz.main())"
    words = ["--count", "3", "--seed", "5", "--keep", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", planting, *words],
        cwd=fuzz.ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "3 failed" in done.stdout
    assert (tmp_path / "5-2.yaml").read_bytes() == next(broken(5, range(2, 3))).content
    assert "--seed 5 --only 2\n" in (tmp_path / "5-2.txt").read_text()


def test_the_same_seed_breaks_the_same_files() -> None:
    once, twice = list(broken(7, range(30))), list(broken(7, range(30)))
    assert once == twice
    assert list(broken(7, range(12, 13))) == once[12:13]
    assert [each.content for each in broken(8, range(30))] != [each.content for each in once]


def test_every_way_has_its_turn() -> None:
    tried = list(broken(1, range(150)))
    assert {name for each in tried for name in each.how.split("+")} == {each.__name__ for each in MUTATIONS}
    assert {"catalog", "environments"} == {each.name.partition("/")[0] for each in tried}
    assert len(examples()) > 10
