"""How a problem reads: on a terminal, beside a line on GitHub, and to a program."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from billform.core.diagnostic import Diagnostic, Severity, Span
from billform.render.diagnostic import MOST, WIDEST, block, facts, github, render, summary

SECRET = "sk_live_" + "abcdefgh12345678"
FILES = {
    "catalog/plans/team.yaml": "plans:\n  team:\n" + "    # more\n" * 9 + "      - sso\n",
    "one.yaml": "name: x\n",
    "wide.yaml": "  名前: 価格表, nmae: Pro\n",
    "combined.yaml": "  cafe\u0301: x, nmae: Pro\n",
    "tab.yaml": "  a:\tx\t, nmae: Pro\n",
    "secret.yaml": f"  key: {SECRET}, nmae: Pro\n",
    "steering.yaml": "  a: \x1b[31mred\x1b[0m \u202eevil\u202c, nmae: Pro\n",
    "long.yaml": "  " + "x" * 5000 + ", nmae: Pro, " + "y" * 5000 + "\n",
}


def source(file: str, number: int) -> str | None:
    lines = FILES.get(file, "").split("\n")
    return lines[number - 1] if file in FILES and number <= len(lines) else None


def at(file: str, word: str, line: int = 1) -> Span:
    column = (source(file, line) or "").index(word) + 1
    return Span(file, line, column, line, column + len(word))


def test_the_shape_that_is_promised() -> None:
    problem = Diagnostic(
        "C012",
        "feature `sso` is not defined",
        at("catalog/plans/team.yaml", "sso", 12),
        "did you mean `saml_sso`? (catalog/features.yaml:31)",
    )
    assert render([problem], source=source, files=11) == (
        "error[C012]: feature `sso` is not defined\n"
        "  --> catalog/plans/team.yaml:12:9\n"
        "   |\n"
        "12 |       - sso\n"
        "   |         ^^^\n"
        "hint: did you mean `saml_sso`? (catalog/features.yaml:31)\n"
        "\n"
        "1 error in 1 of 11 files"
    )


@pytest.mark.parametrize(
    "file", ["wide.yaml", "combined.yaml", "tab.yaml", "secret.yaml", "steering.yaml", "long.yaml"]
)
def test_carets_stand_under_the_word_they_mean(file: str) -> None:
    said = block(Diagnostic("C013", "unknown word", at(file, "nmae")), source=source)
    _, _, _, line, carets = said.split("\n")
    assert carets.endswith("^^^^")
    assert cells(line)[carets.index("^")] == "n"
    assert len(line) < WIDEST + 20
    assert SECRET[8:] not in said
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", said)


def cells(line: str) -> dict[int, str]:
    """Terminal column -> the character that begins there."""
    found: dict[int, str] = {}
    column = 0
    for character in line:
        found[column] = character
        column += 0 if character == "\u0301" else 2 if "\u4e00" <= character <= "\u9fff" else 1
    return found


@pytest.mark.parametrize(
    "problem",
    [
        Diagnostic("C001", "there is no directory catalog", hint="name it"),
        Diagnostic("C002", "the file is larger than 5 MB", Span("one.yaml", 1, 1, 1, 1)),
        Diagnostic("V003", "BigCommerce refused it", detail=("request 7f3c, PUT /v3/x",), hint="run it again"),
        Diagnostic("K001", "the key is of another account", subject="production"),
        Diagnostic("C022", "no charge uses it", at("one.yaml", "x"), severity=Severity.WARNING),
        Diagnostic("C004", "a byte-order mark", Span("one.yaml"), severity=Severity.NOTE),
        Diagnostic("C005", "over several lines", Span("catalog/plans/team.yaml", 1, 1, 3, 4), "one\ntwo"),
        Diagnostic("C015", "at the end of the line", Span("one.yaml", 1, 99, 1, 100)),
        Diagnostic("X001", f"stumbled: {SECRET}", hint=f"not {SECRET}", detail=(SECRET,), subject=SECRET),
    ],
    ids=lambda each: each.code,
)
def test_what_there_is_is_shown_and_nothing_else(problem: Diagnostic, snapshot: SnapshotAssertion) -> None:
    said = block(problem, source=source)
    assert SECRET not in said
    assert said == snapshot


def test_colour_adds_nothing_but_colour() -> None:
    problem = Diagnostic("C013", "unknown word", at("one.yaml", "name"), "did you mean it?")
    plain = render([problem], source=source, files=1)
    coloured = render([problem], source=source, files=1, color=True)
    assert "\x1b[" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert coloured != plain


@pytest.mark.parametrize(
    ("severities", "files", "expected"),
    [
        ("e", None, "1 error"),
        ("ee", 11, "2 errors in 1 of 11 files"),
        ("ew", 1, "1 error, 1 warning in 1 of 1 file"),
        ("wwn", 3, "2 warnings, 1 note in 1 of 3 files"),
        ("e" * 1234, 3, "1,234 errors in 1 of 3 files"),
    ],
)
def test_the_last_line_counts(severities: str, files: int | None, expected: str) -> None:
    kinds = {"e": Severity.ERROR, "w": Severity.WARNING, "n": Severity.NOTE}
    everything = [Diagnostic("C001", "x", Span("a.yaml"), severity=kinds[each]) for each in severities]
    assert summary(everything, files) == expected


def test_thousands_of_problems_are_counted_not_shown() -> None:
    said = render([Diagnostic("C001", "x")] * (MOST + 1500), source=source)
    assert said.endswith(f"and 1,500 more that are not shown\n\n{MOST + 1500:,} errors")


@pytest.mark.parametrize("form", [block, None], ids=["text", "github"])
def test_a_message_cannot_add_lines_or_commands_of_its_own(form: Callable[..., str] | None) -> None:
    problem = Diagnostic("C001", "a\n::error::b", Span("x,y:z%.yaml"), hint="c\r\n::stop-commands::d")
    said = block(problem, source=source) if form else github([problem])
    assert not any(line.startswith("::stop") or line == "::error::b" for line in said.splitlines())


def test_github_shows_it_beside_the_line() -> None:
    problems = [
        Diagnostic("C013", "100 % unknown: `x`", Span("catalog/a, b.yaml", 3, 5, 3, 9), "did you mean `y`?"),
        Diagnostic("C022", "unused", Span("a.yaml", 1, 1, 2, 3), severity=Severity.WARNING),
        Diagnostic("C004", "mark", Span("a.yaml"), severity=Severity.NOTE),
        Diagnostic("V001", f"no place, {SECRET}", detail=("request 1",)),
    ]
    assert github(problems).split("\n") == [
        "::error file=catalog/a%2C b.yaml,line=3,col=5,endLine=3,endColumn=8,title=C013"
        "::100 %25 unknown: `x`%0Ahint: did you mean `y`?",
        "::warning file=a.yaml,line=1,col=1,endLine=2,title=C022::unused",
        "::notice file=a.yaml,line=1,col=1,endLine=1,endColumn=1,title=C004::mark",
        "::error title=V001::no place, sk_live_••••••%0Arequest 1",
    ]


def test_programs_get_every_part() -> None:
    said = facts(Diagnostic("C013", "unknown", Span("a.yaml", 3, 5, 3, 9), SECRET, ("x",), "s", Severity.WARNING))
    assert json.loads(json.dumps(said)) == {
        "code": "C013",
        "severity": "warning",
        "summary": "unknown",
        "file": "a.yaml",
        "line": 3,
        "column": 5,
        "end_line": 3,
        "end_column": 9,
        "subject": "s",
        "detail": ["x"],
        "hint": "sk_live_••••••",
    }
