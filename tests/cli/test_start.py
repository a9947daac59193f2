"""How every command starts and ends: help, versions, exit codes, closed pipes and what nobody foresaw."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tomllib
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from syrupy.assertion import SnapshotAssertion

from billform import __version__
from billform.cli import console, main
from billform.cli.exits import Exit
from billform.cli.spelling import spelled
from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.money import CURRENCIES, Money
from tests.cli.running import Shell, finished, process

SECRET = "sk_live_abcdefgh12345678"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Makes `billform validate` do one thing: raise what is put here, or answer it."""
    given: list[object] = []

    @click.command("validate")
    def command() -> object:
        if isinstance(given[0], BaseException):
            raise given[0]
        return given[0]

    monkeypatch.setattr(import_module("billform.cli.validate"), "command", command)
    return given


def test_help_lists_every_command_and_imports_none(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    outcome = finished("--help", cwd=tmp_path, PYTHONPROFILEIMPORTTIME="1", COLUMNS="100")
    assert outcome.code == 0
    assert outcome.out == snapshot
    imported = {line.rpartition("|")[2].strip() for line in outcome.err.splitlines()}
    assert imported & {"pydantic", "yaml", "rich", "stripe", "httpx", "json"} == set()
    assert {each for each in imported if each.startswith("billform.")} == {
        "billform.cli",
        "billform.cli.console",
        "billform.cli.exits",
        "billform.cli.main",
        "billform.cli.memory",
        "billform.core",
        "billform.core.diagnostic",
        "billform.core.redact",
    }


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_command_is_there_and_helps(name: str, shell: Shell) -> None:
    module, about = main.COMMANDS[name]
    if find_spec(module) is None:
        pytest.skip(f"{module} is not part of this build")
    outcome = shell.run(name, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: billform {name}")
    assert about.endswith(".")


def test_the_version(shell: Shell) -> None:
    assert str(shell.run("--version")) == f"exit code 0\n--- out\nbillform {__version__}"


def test_help_starts_at_once(tmp_path: Path) -> None:
    """Against the time that importing click alone takes, for machines differ."""

    def took(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, check=True)
        return time.perf_counter() - start

    click_alone = min(took("-c", "import click") for _ in range(4))
    ours = min(took("-c", "from billform.cli.main import main; main()", "--help") for _ in range(4))
    assert ours < 3 * click_alone


@pytest.mark.parametrize(
    "arguments", [["valdate"], ["validate", "--formt", "json"], ["validate", "a", "b"], ["explain", "--x"], ["--nope"]]
)
def test_usage_errors_exit_with_2(arguments: list[str], shell: Shell, snapshot: SnapshotAssertion) -> None:
    outcome = shell.run(*arguments)
    assert outcome.code == Exit.USAGE
    assert str(outcome) == snapshot


def test_no_command_is_answered_with_the_help_alone(shell: Shell) -> None:
    outcome = shell.run()
    assert (outcome.code, outcome.out) == (Exit.USAGE, "")
    assert outcome.err == shell.run("--help").out


def test_what_a_command_answers_is_the_exit_code(does: list[object], shell: Shell) -> None:
    for answer, code in ((Exit.CHANGES, 3), (Exit.PARTIAL, 4), (0, 0), (None, 0)):
        does[:] = [answer]
        assert shell.run("validate").code == code


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_exits_with_130(problem: BaseException, does: list[object], shell: Shell) -> None:
    does.append(problem)
    outcome = shell.run("validate")
    assert (outcome.code, outcome.out, outcome.err.strip()) == (130, "", "Interrupted.")


def test_diagnostics_exit_with_1(does: list[object], shell: Shell) -> None:
    does.append(BillformError([Diagnostic("V003", "BigCommerce refused it", hint="again"), Diagnostic("V004", "x")]))
    outcome = shell.run("validate")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.endswith("2 errors\n")


def test_what_nobody_foresaw_is_one_coded_message_without_secrets(does: list[object], shell: Shell) -> None:
    shell.monkeypatch.setenv("NIMBUS_HOOK_TOKEN", "correct-horse-battery")
    does.append(RuntimeError(f"bad key {SECRET}\nand correct-horse-battery"))
    outcome = shell.run("validate")
    assert outcome.code == 1
    assert re.fullmatch(
        r"error\[X001\]: Billform stumbled over itself: RuntimeError: bad key sk_live_•+ and •+\n"
        r"  --> in command, test_start.py:\d+\n"
        r"hint: not your files .* `--debug`\n\n1 error\n",
        outcome.err,
    )


@pytest.mark.parametrize("arguments", [["--debug", "validate"], ["validate", "--debug"]])
def test_debug_shows_where_it_happened_but_no_secret(arguments: list[str], does: list[object], shell: Shell) -> None:
    does.append(RuntimeError(f"bad key {SECRET}"))
    outcome = shell.run(*arguments)
    assert "Traceback (most recent call last)" in outcome.err
    assert SECRET not in outcome.err
    assert "error[X001]" in outcome.err


def test_a_full_disk_is_not_a_mistake_of_billform(does: list[object], shell: Shell) -> None:
    does.append(OSError(28, "No space left on device", ".billform/state.db"))
    outcome = shell.run("validate")
    assert "error[X003]: the system refused: No space left on device: .billform/state.db" in outcome.err
    assert (outcome.code, "Traceback" in outcome.err) == (1, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_to_a_full_disk_is_an_error(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from billform.cli.main import main; main()", "explain"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "error[X002]: output cannot be written" in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("arguments", [["explain"], ["explain", "C013"]])
def test_a_reader_that_goes_away_is_no_problem(arguments: list[str], tmp_path: Path) -> None:
    running = process(*arguments, cwd=tmp_path)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert running.wait(timeout=30) == 0
    assert running.stderr.read() == ""
    running.stderr.close()


def test_diagnostics_to_nobody_keep_their_exit_code(tmp_path: Path) -> None:
    running = process("validate", cwd=tmp_path)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    running.stderr.close()
    assert running.wait(timeout=30) == 1


GOOD = "catalog: shop\nproducts: {cloud: {name: Cloud}}\n"
CLOSED = [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"]


@pytest.mark.parametrize("closed", CLOSED)
@pytest.mark.parametrize(("arguments", "code"), [("validate", 0), ("validate nowhere", 1), ("valdate", 2)])
def test_streams_that_were_never_open_are_no_problem(arguments: str, code: int, closed: str, tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/a.yaml").write_text(GOOD, encoding="utf-8")
    start = f"{sys.executable} -c 'from billform.cli.main import main; main()' {arguments} {closed}"
    done = subprocess.run(["/bin/sh", "-c", start], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert ("error[X" in done.stderr) is False
    assert (done.stdout != "") is (code == 0 and closed == "2>&-")
    assert [each.name for each in tmp_path.iterdir()] == ["catalog"]


def test_what_is_opened_later_never_gets_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    """Else what is printed would stand in the middle of it."""
    opened = "import os; from billform.cli import console; console.begin(); os._exit(os.open('kept', os.O_CREAT))"
    start = f'{sys.executable} -c "{opened}" <&- >&- 2>&-'
    done = subprocess.run(["/bin/sh", "-c", start], cwd=tmp_path, check=False)
    assert done.returncode > 2


def test_output_that_the_terminal_cannot_spell_is_still_shown(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/a.yaml").write_text("catalog: 価格\n", encoding="utf-8")
    outcome = finished("validate", cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    assert "catalog: \\u4fa1\\u683c" in outcome.err


def test_amounts_keep_their_currencies_where_signs_are_missing() -> None:
    text = "$49.00 a month (€45.00, ¥6,900) – €1,200.50… ¥ 漢"
    assert spelled(text, "ascii") == "$49.00 a month (45.00 EUR, 6,900 JPY) - 1,200.50 EUR... ¥ 漢"
    assert spelled("€45.00, £3, ¥6,900", "latin-1") == "45.00 EUR, £3, ¥6,900"
    assert spelled(text, "utf-8") == text
    for currency in CURRENCIES:
        said = spelled(Money(Decimal("-1234.5"), currency).shown(), "ascii")
        assert said.isascii()
        assert "$" in said or currency.upper() in said


def test_a_stream_without_the_signs_gets_the_codes(tmp_path: Path) -> None:
    start = "import sys; from billform.cli import console; console.out('€45.00'); console.err('¥6,900')"
    variables = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", start], env=variables, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("45.00 EUR\n", "6,900 JPY\n")


class Terminal:
    def __init__(self, is_one: bool) -> None:
        self._is_one = is_one

    def isatty(self) -> bool:
        return self._is_one


@pytest.mark.parametrize(
    ("variables", "is_terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    variables: dict[str, str], is_terminal: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert console.colored(Terminal(is_terminal)) is expected  # type: ignore[arg-type]  # all it asks is isatty


def test_what_a_variable_holds_as_a_secret_is_never_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGCOMMERCE_TOKEN", "abcdefghijklmnop")
    monkeypatch.setenv("SORT_KEY", "name")
    monkeypatch.setenv("PLAIN", "abcdefghijkl-plain")
    console.hide()
    said = console.safe(f"token abcdefghijklmnop, name, abcdefghijkl-plain, {SECRET}")
    assert said == "token ••••••, name, abcdefghijkl-plain, sk_live_••••••"
    console.hide(["PLAIN", "SORT_KEY"])
    assert console.safe("abcdefghijkl-plain by name") == "•••••• by name"


def test_nobody_is_asked_where_nobody_is(shell: Shell) -> None:
    assert console.interactive() is False
    assert os.environ.get("CI") is None or console.interactive() is False


def test_a_ctrl_c_while_the_command_is_still_being_imported_ends_it_as_any_other(tmp_path: Path) -> None:
    """Python takes a tenth of a second to read the first modules, and would print where it was."""
    early = (
        "import sys\n"
        "class Early:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Early())\n"
        "from billform.cli.start import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", early], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (Exit.INTERRUPTED, "", "Interrupted.\n")


def test_the_console_script_begins_where_a_ctrl_c_is_answered() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"billform": "billform.cli.start:main"}
