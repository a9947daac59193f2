"""Which commit the catalog's files are at, read from git's own files so that no process has to be started."""

from __future__ import annotations

from pathlib import Path


def revision(directory: Path) -> str | None:
    """Seven digits of the commit that is checked out around a directory; None where there is none, or none to read."""
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
