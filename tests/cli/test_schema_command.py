"""`billform schema`: written once, checked ever after."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.running import Shell

NAMES = {"catalog.json", "environment.json", "plan.json"}


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, monkeypatch, capsys)


def test_written_schemas_are_schemas_and_fresh(shell: Shell) -> None:
    assert shell.run("schema").code == 0
    assert {path.name for path in (shell.path / "schemas").iterdir()} == NAMES
    for name in NAMES:
        schema = json.loads((shell.path / "schemas" / name).read_text(encoding="utf-8"))
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        Draft202012Validator.check_schema(schema)
    assert shell.run("schema", "--check").code == 0
    assert "Wrote" not in shell.run("schema").err  # what is fresh keeps its time


def test_a_stale_or_missing_schema_fails_the_check_and_stays(shell: Shell) -> None:
    assert shell.run("schema", "--check", "--output", "s").code == 1
    assert not (shell.path / "s").exists()
    shell.run("schema", "--output", "s")
    (shell.path / "s/plan.json").write_text("{}")
    outcome = shell.run("schema", "--check", "--output", "s")
    assert outcome.code == 1
    assert "error[X005]: s/plan.json is not as the models have it" in outcome.err
    assert (shell.path / "s/plan.json").read_text() == "{}"


def test_the_projects_own_schemas_are_fresh(shell: Shell) -> None:
    own = Path(__file__).parents[2] / "schemas"
    assert str(shell.run("schema", "--check", "--output", str(own))) == "exit code 0\n--- err\n3 schemas are fresh"
