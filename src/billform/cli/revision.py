"""Which commit the files are at, and whether they are as it has them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

CHANGED = "+changes"
_PATIENCE = 5.0
"""Seconds that git may take to compare; a sign in a message is not worth waiting longer for."""
_ELSEWHERE = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"})
"""Variables by which a hook points every git that it starts at its own repository."""


def revision(catalog: Path, environments: Path) -> str | None:
    """`d7a4449`, or `d7a4449+changes` where a file below the directories is not as that commit has it.

    None where there is no commit, or none to read. Where git cannot be asked, the commit is named without a sign.
    """
    at = committed(catalog)
    return f"{at}{CHANGED}" if at is not None and _is_changed(catalog, environments) else at


def _is_changed(catalog: Path, environments: Path) -> bool:
    here = catalog.resolve()
    top = next((each for each in (here, *here.parents) if (each / ".git").exists()), here)
    # A path outside of the repository would keep git from comparing the other.
    paths = [str(each) for each in (here, environments.resolve()) if each.is_relative_to(top)]
    command = ["git", "--no-optional-locks", "-C", str(top), "status", "--porcelain", "--untracked-files=normal", "--"]
    variables = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    try:
        found = subprocess.run(  # noqa: S603  # fixed words and two paths, without a shell
            [*command, *paths],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(found.stdout.strip())


def committed(directory: Path) -> str | None:
    """Seven digits of the commit that is checked out around a directory, read from git's own files; None where there
    is none, or none to read."""
    try:
        here = directory.resolve()
        git = next((found for each in (here, *here.parents) if (found := each / ".git").exists()), None)
        if git is None:
            return None
        if git.is_file():  # a worktree or submodule: `gitdir: PATH`
            git = (git.parent / git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).resolve()
        return _commit(git)
    except (OSError, UnicodeError):
        return None


def _commit(git: Path) -> str | None:
    head = (git / "HEAD").read_text(encoding="utf-8").strip()
    if not head.startswith("ref: "):
        return head[:7] or None
    reference = head.removeprefix("ref: ")
    shared = git / "commondir"
    common = (git / shared.read_text(encoding="utf-8").strip()).resolve() if shared.exists() else git
    for place in (git, common):
        if (found := place / reference).is_file():
            return found.read_text(encoding="utf-8").strip()[:7] or None
    packed = common / "packed-refs"
    lines = packed.read_text(encoding="utf-8").splitlines() if packed.exists() else []
    return next((line[:7] for line in lines if line.endswith(f" {reference}")), None)
