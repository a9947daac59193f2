"""Every code that can be said has a page, every page is of a code that can be said, and somebody has tried each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from billform.cli.explain import codes

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"[A-Z]\d{3}")


def said() -> set[str]:
    """Codes that a module gives to what it says: as text of its own, anywhere but as the key of a table of pages."""
    return {code for path in (ROOT / "src").rglob("*.py") for code in _named(ast.parse(path.read_text("utf-8")))}


def _named(tree: ast.Module) -> Iterator[str]:
    pages = {
        id(key)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "Explanation"
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in pages else None
        if isinstance(text, str) and CODE.fullmatch(text):
            yield text


def tried() -> set[str]:
    """Codes that a test or the transcript of a story names; lists of all codes name nothing."""
    paths = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "tests" / "cases").rglob("transcript.txt")]
    return {code for path in paths if path != Path(__file__) for code in CODE.findall(path.read_text("utf-8"))}


def test_what_is_said_is_explained_and_what_is_explained_is_said() -> None:
    assert said() == set(codes())


def test_each_has_been_tried() -> None:
    assert set(codes()) - tried() == set()


def test_the_page_of_codes_holds_each_once() -> None:
    written = re.findall(r"(?m)^## ([A-Z]\d{3}):", (ROOT / "docs" / "codes.md").read_text("utf-8"))
    assert sorted(written) == sorted(codes())


def test_every_code_that_a_sentence_names_is_one() -> None:
    """In docs and decisions, which outlive a code that went."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        (path.name, code) for path in pages for code in re.findall(r"\b[CEGKPSVX]\d{3}\b", path.read_text("utf-8"))
    }
    assert {each for each in named if each[1] not in codes()} == set()
