"""The commit that a plan names, and whether the files are as it has them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from billform.cli.revision import revision

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def git(directory: Path, *words: str) -> str:
    """One git command, with nothing of the machine's own configuration."""
    who = ["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    variables = {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "PATH": "/usr/bin:/bin:/usr/local/bin",
    }
    done = subprocess.run(
        ["git", *who, *words], cwd=directory, env=variables, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose files are committed."""
    for name in ("catalog/plans.yaml", "environments/test.yaml", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a: 1\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def at(project: Path) -> str | None:
    return revision(project / "catalog", project / "environments")


def test_files_as_committed_are_at_that_commit(project: Path) -> None:
    assert at(project) == git(project, "rev-parse", "HEAD")[:7]
    (project / "README.md").write_text("another\n", encoding="utf-8")
    (project / "plan.json").write_text("{}", encoding="utf-8")
    assert at(project) == git(project, "rev-parse", "HEAD")[:7], "other files say nothing about these"


@pytest.mark.parametrize("name", ["catalog/plans.yaml", "environments/test.yaml", "catalog/new.yaml"])
def test_files_that_differ_from_it_are_not(name: str, project: Path) -> None:
    (project / name).write_text("a: 2\n", encoding="utf-8")
    assert at(project) == git(project, "rev-parse", "HEAD")[:7] + "+changes"
    git(project, "add", "-A")
    assert str(at(project)).endswith("+changes"), "what is only staged is not in the commit"
    git(project, "commit", "-q", "-m", "second")
    assert at(project) == git(project, "rev-parse", "HEAD")[:7]


def test_a_file_that_is_gone_is_a_change(project: Path) -> None:
    (project / "catalog/plans.yaml").unlink()
    assert str(at(project)).endswith("+changes")


def test_environments_kept_elsewhere_do_not_hide_a_change(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (project / "catalog/plans.yaml").write_text("a: 2\n", encoding="utf-8")
    assert str(revision(project / "catalog", elsewhere)).endswith("+changes")


def test_a_hook_of_another_repository_does_not_mislead(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(project / "nowhere"))
    (project / "catalog/plans.yaml").write_text("a: 2\n", encoding="utf-8")
    assert str(at(project)).endswith("+changes")


def test_without_git_or_without_a_repository(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert revision(elsewhere, elsewhere) is None
    head = git(project, "rev-parse", "HEAD")[:7]
    monkeypatch.setenv("PATH", str(elsewhere))
    assert at(project) == head
