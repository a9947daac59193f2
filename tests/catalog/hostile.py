"""What must hold of any file at all: what `validate` says of a project, looked at by somebody who believes nothing."""

from __future__ import annotations

import io
import os
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from billform.cli import console
from billform.cli.main import run
from billform.core.diagnostic import Diagnostic, Span

_STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
STUMBLES = frozenset({"X001", "X002", "X003"})
LONGEST = 1500
"""Characters of one diagnostic; whoever quotes a word of a million characters helps nobody."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one project."""

    code: int
    diagnostics: int
    seconds: float
    """That the processor worked for `validate`, however busy the machine was."""
    problems: tuple[str, ...]
    """What must not be."""


def judged(directory: Path, form: str = "text") -> Verdict:
    """Runs `validate` in a project (the working directory); where it finds no error, makes a first plan of it as well.

    `form` is how it is to speak: `text`, `json`, or `github` for text with annotations.
    """
    seen: list[Diagnostic] = []
    began = time.process_time()
    code, said = _ran(["validate", *(["--format", "json"] if form == "json" else [])], seen, github=form == "github")
    seconds = time.process_time() - began
    problems = [*_of_run(code, said, seen, directory)]
    if code == 0:
        problems += _of_plan()
    return Verdict(code, len(seen), seconds, tuple(problems))


def _ran(words: list[str], seen: list[Diagnostic], *, github: bool = False) -> tuple[int, str]:
    """A command's exit code and all it writes; the diagnostics themselves are gathered on their way out."""
    report, written = console.report, io.StringIO()

    def kept(diagnostics: Any, **words: Any) -> None:
        everything = list(diagnostics)
        seen.extend(everything)
        report(everything, **words)

    variables = patch.dict(os.environ, {"GITHUB_ACTIONS": "true" if github else ""})
    with variables, patch.object(console, "report", kept), redirect_stdout(written), redirect_stderr(written):
        code = run(words)
    return code, written.getvalue()


def _of_run(code: int, said: str, seen: list[Diagnostic], directory: Path) -> Iterator[str]:
    if code not in (0, 1):
        yield f"ended with {code}"
    if "Traceback" in said:
        yield f"a traceback: {said[:2000]}"
    if code == 1 and not seen and '"diagnostics": [' not in said:
        yield f"refused without a reason: {said[:500]}"
    for character in sorted(set(said) - {"\n"}):
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _STEERING:
            yield f"U+{ord(character):04X} on the terminal"
    lines: dict[str, list[str] | None] = {}
    for each in seen:
        if each.span is not None and each.span.file not in lines:
            lines[each.span.file] = _lines(directory / each.span.file)
        if each.code in STUMBLES:
            yield f"{each.code} {each.summary} {each.subject}"
        elif len("".join((each.summary, each.hint or "", *each.detail))) > LONGEST:
            yield f"{each.code} {each.summary[:100]}… is longer than anybody reads"
        elif (wrong := _misplaced(each.span, lines)) is not None:
            yield f"{each.code} {each.summary[:200]}: {wrong}"


def _lines(path: Path) -> list[str] | None:
    return path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff").split("\n") if path.is_file() else None


def _misplaced(span: Span | None, files: Mapping[str, list[str] | None]) -> str | None:
    """Why a place is no place in a file of the project; None where it is one."""
    if span is None:
        return "it has no place"
    if (lines := files[span.file]) is None:
        return f"there is no file {span.file}"
    if not (1 <= span.line <= span.end_line <= len(lines)):
        return f"the file has {len(lines)} lines, and {span} to {span.end_line} is said"
    if not (1 <= span.column <= len(lines[span.line - 1]) + 1):
        return f"line {span.line} has {len(lines[span.line - 1])} characters, and {span} is said"
    if span.end_column > len(lines[span.end_line - 1]) + 2:
        return f"line {span.end_line} has {len(lines[span.end_line - 1])} characters, not {span.end_column}"
    if (span.end_line, span.end_column) < (span.line, span.column):
        return f"{span} ends before it begins"
    return None


def _of_plan() -> Iterator[str]:
    """What is valid can be planned in each environment, shown in every form, and read back."""
    from billform.catalog.environment import load_environment, names
    from billform.catalog.load import load
    from billform.core.diagnostic import BillformError
    from billform.core.draft import Scope
    from billform.core.graph import Graph
    from billform.core.plan_file import plan_from_json, plan_to_json
    from billform.core.planner import plan
    from billform.core.resource import Snapshot
    from billform.providers import registry
    from billform.render.markdown import plan_markdown
    from billform.render.terminal import plan_text

    kinds = registry.kinds()
    for name in names(Path("environments")):
        try:
            environment = load_environment(name, Path("environments"))
            catalog = load(Path("catalog"), environment)
            desired = Graph(
                (each for kind in kinds.values() for each in kind.desired(catalog, environment)),
                lookups=[each for each, kind in kinds.items() if kind.lookup],
            )
            sites = ("", *environment.stores)
            nothing = Snapshot(complete=frozenset((each, site) for each in kinds for site in sites))
            scope = Scope(catalog=catalog.name, catalog_digest="0" * 16, environment=name, mode=environment.mode)
            made = plan(desired, nothing, kinds, scope)
            shown = plan_text(made) + plan_markdown(made)
            if plan_from_json(plan_to_json(made), registry.specs()) != made:
                yield f"the plan for {name} is not read back as it was written"
        except BillformError:
            continue
        except Exception as error:  # noqa: BLE001  # whatever it is, somebody stumbles over it
            yield f"valid, but not to be planned for {name}: {_where(error)}"
        else:
            wrong = {each for each in shown if unicodedata.category(each) in {"Cc", "Cs"} and each != "\n"}
            if wrong:
                yield f"the plan for {name} shows {sorted(map(ord, wrong))}"


def _where(error: Exception) -> str:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return f"{type(error).__name__}: {str(error)[:300]} at " + " < ".join(
        f"{Path(each.filename).name}:{each.lineno}" for each in reversed(frames)
    )
