"""A story of the simulator is worth what the fact is worth that it rests on, so each names one."""

from __future__ import annotations

import ast
from pathlib import Path

STORIES = {
    f"{path.stem}: {story.name}": ast.get_docstring(story)
    for path in sorted(Path(__file__).parent.rglob("test_*.py"))
    for story in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(story, ast.FunctionDef | ast.AsyncFunctionDef) and story.name.startswith("test_")
}


def test_every_story_names_its_fact() -> None:
    """It says what holds, and where that is known from where it is not plain."""
    assert len(STORIES) > 250
    assert [name for name, fact in STORIES.items() if not fact] == []
