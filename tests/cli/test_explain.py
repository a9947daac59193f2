"""`billform explain`: every code has a page."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from billform.cli.explain import codes, tables
from tests.cli.running import Shell

SOURCE = Path(__file__).parents[2] / "src" / "billform"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("code", ["C013", "c016", "[E003]", "X001"])
def test_a_code_is_explained_however_it_is_written(code: str, shell: Shell, snapshot: SnapshotAssertion) -> None:
    assert str(shell.run("explain", code)) == snapshot


def test_all_codes_are_listed(shell: Shell) -> None:
    listed = [line.split("  ")[0] for line in shell.run("explain").out.splitlines()]
    assert listed == sorted(listed)
    assert {"C001", "C013", "C019", "C020", "E001", "X001"} <= set(listed)


def test_a_code_that_is_not_there(shell: Shell) -> None:
    outcome = shell.run("explain", "C999")
    assert (outcome.code, outcome.out) == (1, "")
    assert "error[X004]: there is no code C999" in outcome.err


@pytest.mark.parametrize(("typed", "meant"), [("c13", "C013"), ("E3", "E003"), ("X0001", "X001"), ("C01", "C001")])
def test_a_zero_that_is_missing_is_filled_in_before_anything_else_is_offered(
    typed: str, meant: str, shell: Shell
) -> None:
    assert f"did you mean {meant}?" in shell.run("explain", typed).err


def test_every_code_in_the_source_has_a_page_with_a_meaning_and_a_way_to_mend_it() -> None:
    known = codes()
    used = {
        node.value: path.relative_to(SOURCE)
        for path in SOURCE.rglob("*.py")
        if path.parts[len(SOURCE.parts)] != "simulator"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch("[A-Z][0-9]{3}", node.value)
    }
    assert {code: str(path) for code, path in used.items() if code not in known} == {}
    for code, page in known.items():
        assert page.title, code
        assert not page.title.endswith("."), code
        assert page.meaning.endswith((".", ":")), code
        assert page.mend.endswith((".", "?")), code


def test_no_two_layers_use_one_code() -> None:
    owners: dict[str, list[str]] = {}
    for name in tables():
        for code in getattr(import_module(name), "CODES", {}):
            owners.setdefault(code, []).append(name)
    assert {code: names for code, names in owners.items() if len(names) > 1} == {}
