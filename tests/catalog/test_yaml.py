"""What is read of a YAML file: values as they are meant, places, problems, and bounds."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from billform.catalog.nodes import MapNode, Plain, ScalarNode, SpanMap, plain, walk
from billform.catalog.yaml import MAX_PROBLEMS, parse, scalar
from billform.core.diagnostic import Diagnostic


def read(text: str) -> Plain:
    tree, problems = parse(text, "a.yaml")
    assert problems == []
    assert tree is not None
    return plain(tree)


def only_problem(text: str) -> Diagnostic:
    _, problems = parse(text, "a.yaml")
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("49", 49),
        ("-5", -5),
        ("0", 0),
        ("49.00", Decimal("49.00")),
        ("0.0004", Decimal("0.0004")),
        ("1.1234567890123", Decimal("1.1234567890123")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("NO", "NO"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        ("4,900", "4,900"),
        (".5", ".5"),
        ("5.", "5."),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2027-01-31", "2027-01-31"),
        ("2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z"),
        ("٣", "٣"),
        ("9" * 100, "9" * 100),
    ],
)
def test_an_unquoted_value_is_what_it_looks_like(written: str, meant: Plain) -> None:
    value = scalar(written)
    assert value == meant
    assert type(value) is type(meant)


def test_quotes_and_tags_make_text_of_anything() -> None:
    assert read("a: '49'\nb: \"true\"\nc: !!str 12\nd: ! 12\n") == {"a": "49", "b": "true", "c": "12", "d": "12"}


def test_keys_are_text_as_written() -> None:
    assert read("NO: 1\non: 2\n2027: 3\ntrue: 4\n1.50: 5\n") == {"NO": 1, "on": 2, "2027": 3, "true": 4, "1.50": 5}


def test_decimals_keep_every_digit_and_never_become_floats() -> None:
    tree, _ = parse("a: [0.1, 0.10, 49.0]\n", "a.yaml")
    assert tree is not None
    values = [node.value for _, node in walk(tree) if isinstance(node, ScalarNode)]
    assert [str(each) for each in values] == ["0.1", "0.10", "49.0"]
    assert not any(isinstance(each, float) for each in values)


def test_anchors_and_merge_keys_share_words_and_the_nearest_one_counts() -> None:
    text = """
base: &base { trial: 14, unit: seat }
more: &more { unit: user, colour: red }
both: { <<: [*base, *more], trial: 7 }
one:
  name: One
  <<: *base
"""
    value = read(text)
    assert isinstance(value, dict)
    assert value["both"] == {"trial": 7, "unit": "seat", "colour": "red"}
    assert value["one"] == {"name": "One", "trial": 14, "unit": "seat"}


def test_what_was_merged_in_keeps_the_place_where_it_was_written() -> None:
    tree, _ = parse("base: &b\n  unit: seat\none:\n  <<: *b\n  name: One\n", "a.yaml")
    assert tree is not None
    spans = SpanMap(tree)
    assert str(spans.key(("one", "unit"))) == "a.yaml:2:3"
    assert str(spans.value(("one", "unit"))) == "a.yaml:2:9"
    assert str(spans.value(("one", "name"))) == "a.yaml:5:9"


def test_a_quoted_merge_key_is_an_ordinary_word() -> None:
    assert read("a: {'<<': 1}\n") == {"a": {"<<": 1}}


def test_places_fall_back_to_the_nearest_part_that_is_there() -> None:
    tree, _ = parse("plans:\n  pro:\n    price: 49\n    list: [a, b]\n", "a.yaml")
    assert tree is not None
    spans = SpanMap(tree)
    assert str(spans.value(("plans", "pro", "price"))) == "a.yaml:3:12"
    assert str(spans.value(("plans", "pro", "list", 1))) == "a.yaml:4:15"
    assert str(spans.value(("plans", "pro", "list", 7))) == "a.yaml:4:5"
    assert str(spans.key(("plans", "pro", "nothing", "here"))) == "a.yaml:2:3"
    assert str(spans.value(("plans", "pro"))) == "a.yaml:2:3"
    assert ("plans", "pro", "price") in spans
    assert ("plans", "team") not in spans


@pytest.mark.parametrize(
    ("text", "code", "place", "says"),
    [
        ("a: b: c\n", "C005", "1:5", "no key can stand here"),
        ("a: @x\n", "C005", "1:4", "cannot begin with `@`"),
        ("a: `x`\n", "C005", "1:4", "cannot begin with"),
        ("a: 'x\nb: 1\n", "C005", "1:4", "never closed"),
        ("a:\n  b: 1\n c: 2\n", "C005", "3:2", "line up"),
        ("a: 'it's'\n", "C005", "1:8", "line up"),
        ("a: [1, 2\nb: 3\n", "C005", "2:2", "is missing before this"),
        ('a: "\\q"\n', "C005", "1:", "escape"),
        ("a: *nope\n", "C005", "1:4", "no name yet"),
        ("? [a]\n: b\n", "C005", "1:3", "single word"),
        ("a: {<<: 1}\n", "C005", "1:9", "takes mappings in"),
        ("a: !!python/object:os.system {}\n", "C005", "1:4", "!!python/object:os.system"),
        ("a: !vault x\n", "C005", "1:4", "!vault"),
        ("%FOO\n", "C005", "1:", "not YAML"),
        ("a:\n\t- b\n", "C006", "2:1", "tab"),
        ("a: x\n\tb: c\n", "C006", "2:1", "tab"),
        ("a:\n  \tb: c\n", "C006", "2:3", "tab"),
        ("", "C007", "1:1", "empty"),
        ("# nothing yet\n\n", "C007", "1:1", "empty"),
        ("---\n", "C007", "1:1", "empty"),
        ("null\n", "C007", "1:1", "empty"),
        ("- a\n- b\n", "C008", "1:1", "a list"),
        ("just words\n", "C008", "1:1", "a single value"),
        ("a: 1\n---\nb: 2\n", "C008", "2:1", "second document"),
        ("a: 1\nb: 2\na: 3\n", "C010", "3:1", "first in line 1"),
        ("x: {a: 1, a: 2}\n", "C010", "1:11", "twice"),
        ("b: &b {x: 1}\na: {<<: *b, <<: *b}\n", "C010", "2:13", "twice"),
        ("a: &a [*a]\n", "C017", "1:8", "inside of what it repeats"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", "C017", "1:54", "levels deep"),
    ],
)
def test_a_problem_has_a_code_a_place_and_words(text: str, code: str, place: str, says: str) -> None:
    problem = only_problem(text)
    assert problem.code == code
    assert says in problem.summary
    assert str(problem.span).startswith(f"a.yaml:{place}")


def test_every_duplicate_of_a_file_is_reported_up_to_a_bound() -> None:
    _, problems = parse("a: 1\na: 2\nb: {c: 1, c: 2}\n", "a.yaml")
    assert [(each.code, each.span and each.span.line) for each in problems] == [("C010", 2), ("C010", 3)]
    _, many = parse("a: 1\n" * 1000, "a.yaml")
    assert len(many) == MAX_PROBLEMS


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c\n",
        "a: 'x\n",
        "a:\n\t- b\n",
        "a: [1, 2\nb: 3\n",
        "a: 1\na: 2\n",
        "- a\n",
        "",
        "a: *nope\n",
        "a: 1\n---\nb: 1\n",
        "a: @x\n",
    ],
)
def test_the_parser_in_python_says_the_same_as_libyaml(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(pyyaml, "CSafeLoader"):
        pytest.skip("PyYAML was built without libyaml")
    fast = parse(text, "a.yaml")[1]
    monkeypatch.delattr(pyyaml, "CSafeLoader")
    slow = parse(text, "a.yaml")[1]
    assert [(each.code, each.summary, each.span and each.span.line) for each in slow] == [
        (each.code, each.summary, each.span and each.span.line) for each in fast
    ]


HOSTILE = r"""
import resource, time
from billform.catalog.yaml import parse

FIVE = 5 * 1024 * 1024
laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
)
merges = "a: &a {x: 1}\n" + "".join(
    f"b{i}: &b{i} {{<<: *{'a' if i == 0 else f'b{i - 1}'}, k{i}: 1}}\n" for i in range(50_000)
)
files = {
    "laughs": laughs, "merges": merges, "brackets": "[" * FIVE, "braces": "a: " + "{a: " * FIVE,
    "items": "a:\n" + "  - 1\n" * 800_000, "keys": "".join(f"k{i}: {i}\n" for i in range(49_000)),
    "same": "a: 1\n" * 99_000, "long": "a: " + "x" * FIVE, "digits": "a: " + "9" * FIVE, "dashes": "- " * FIVE,
    "questions": "? " * FIVE, "colons": ":" * FIVE, "comment": "#" * FIVE, "tabs": "\t" * FIVE, "lines": "\n" * FIVE,
    "documents": "---\n" * FIVE, "quotes": "'" * FIVE, "block": "a: |\n" + "  x\n" * FIVE, "bangs": "!" * FIVE,
    "flow": "{" + "a, " * FIVE, "brackets by line": "[\n" * FIVE, "anchors": "&a " * FIVE, "spaces": "a:" + " " * FIVE,
}
for name, text in files.items():
    start = time.process_time()
    tree, problems = parse(text[:FIVE], "hostile.yaml")
    took = time.process_time() - start
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name}|{took:.3f}|{used}|{'read' if tree is not None else 'refused'}|{len(problems)}")
"""


def test_hostile_files_cost_little_time_and_memory() -> None:
    done = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, check=True, timeout=120)
    rows = [line.split("|") for line in done.stdout.splitlines()]
    assert len(rows) == 23
    assert {name for name, took, *_ in rows if float(took) > 2} == set()
    assert max(int(used) for _, _, used, *_ in rows) < 300
    outcome = {name: verdict for name, _, _, verdict, _ in rows}
    refused = ("laughs", "merges", "brackets", "braces", "items", "long", "digits", "block")
    assert {outcome[each] for each in refused} == {"refused"}
    assert outcome["keys"] == "read"


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12)
VALUES = st.recursive(
    WORDS | st.integers(-(10**15), 10**15) | st.booleans() | st.none(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(WORDS, inside, max_size=4),
    max_leaves=15,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(WORDS, VALUES, min_size=1, max_size=5))
def test_whatever_is_dumped_is_read_back(value: dict[str, Plain]) -> None:
    """With text in quotes, as a careful author would write what looks like something else."""
    text = pyyaml.dump(value, Dumper=_Quoting, allow_unicode=True, width=10_000)
    assert read(text) == value


class _Quoting(pyyaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def _quoted(dumper: _Quoting, text: str) -> pyyaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


_Quoting.add_representer(str, _quoted)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list("ab1:-?,[]{}#&*!|>'\"%@` \n\t<=~.\\")), max_size=40))
def test_any_text_is_read_or_refused_with_places_inside_the_file(text: str) -> None:
    tree, problems = parse(text, "a.yaml")
    assert tree is not None or problems
    lines = text.split("\n")
    for problem in problems:
        assert problem.span is not None
        assert 1 <= problem.span.line <= max(len(lines), 1)
    lines.append("")  # where libyaml sees the nothing after a file's last key
    for _, node in walk(tree) if isinstance(tree, MapNode) else ():
        _, line, column, *_ = node.place
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
