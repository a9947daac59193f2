"""YAML as people mean it: places for every key and value, exact numbers, and problems that say what to write instead.

Close to the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), and narrower where that one
surprises: `no`, `on`, `12:30`, `010`, `1e3`, `0x1F` and dates stay text, a number is digits with at most one point,
keys are always text. Anchors, aliases and `<<` work. What a hostile file can cost is bounded before it is paid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from billform.catalog.nodes import ListNode, MapNode, Node, Place, ScalarNode, is_null, span
from billform.catalog.yaml_problems import explained
from billform.core.diagnostic import Diagnostic

MAX_NODES = 100_000
"""Keys and values in one file, counted as if every alias were written out."""
MAX_DEPTH = 50
MAX_CHARACTERS = 100_000
"""Of one value or key; a vendor's longest texts are shorter, and one that an alias repeats is looked at each time."""
MAX_PROBLEMS = 100
"""Problems reported of one file; whoever has more than that does not read them one by one."""

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,59})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,59})\.[0-9]{1,60}")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_HARMLESS_TAGS = frozenset(f"tag:yaml.org,2002:{each}" for each in ("map", "seq"))
_TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})
_OPENING = (SequenceStartEvent, MappingStartEvent)


class _Parser(Protocol):
    def check_event(self, *choices: type[Event]) -> bool: ...

    def get_event(self) -> Event: ...


class _StopError(Exception):
    """Ends the reading of one file; the problem says why."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.summary)
        self.problem = problem


A_SECTION = "a section, such as `plans:`"
"""What a catalog file begins with, as a hint says it."""


def parse(text: str, file: str, *, first: str = A_SECTION) -> tuple[MapNode | None, list[Diagnostic]]:
    """The file's one mapping, or None where there is none to go on with, and everything that is wrong with its YAML.

    `first` says what such a file begins with, should it hold no mapping at all.
    """
    reader = _Reader(text, file, first)
    try:
        top = reader.document()
    except _StopError as stop:
        return None, [*reader.problems, stop.problem]
    except yaml.MarkedYAMLError as error:
        return None, [*reader.problems, explained(error, text, file)]
    return top, reader.problems


def scalar(written: str) -> str | int | Decimal | bool | None:
    """What an unquoted value means."""
    if written in _WORDS:
        return _WORDS[written]
    if written[0] in "+-0123456789":
        if _INTEGER.fullmatch(written):
            return int(written)
        if _DECIMAL.fullmatch(written):
            return Decimal(written)
    return written


def _parser(text: str) -> _Parser:
    """libyaml where PyYAML was built with it, ten times as fast as the parser in Python."""
    fast = getattr(yaml, "CSafeLoader", None)
    made: _Parser = (fast or yaml.SafeLoader)(text)
    return made


class _Reader:
    """Composes one file's events into nodes."""

    def __init__(self, text: str, file: str, first: str) -> None:
        self._parser = _parser(text)
        self._first = first
        self._file = file
        self._anchors: dict[str, Node | None] = {}
        self._spent = 0
        self.problems: list[Diagnostic] = []

    def document(self) -> MapNode | None:
        """The mapping of the file's only document."""
        self._parser.get_event()  # the stream's start
        if not self._parser.check_event(DocumentStartEvent):
            self._empty()
            return None
        self._parser.get_event()
        start = self._parser.get_event()
        top = self._node(start, 0)
        self._parser.get_event()
        if self._parser.check_event(DocumentStartEvent):
            raise self._stop(
                self._parser.get_event(),
                "C008",
                "a second document begins here",
                hint="one file holds one document; put what follows into a file of its own, or delete this `---`",
            )
        if isinstance(top, MapNode):
            return top
        if is_null(top):
            self._empty()
            return None
        found = "a list" if isinstance(top, ListNode) else "a single value"
        raise self._stop(
            start,
            "C008",
            f"the file holds {found}, not a mapping",
            hint=f"begin with {self._first}, and indent what belongs to it",
        )

    def _empty(self) -> None:
        place = (self._file, 1, 1, 1, 1)  # the whole file
        hint = f"begin with {self._first}, or delete the file"
        self.problems.append(Diagnostic("C007", "the file is empty", span(place), hint))

    def _node(self, event: Event, depth: int) -> Node:
        self._spend(event, 1)
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if depth > MAX_DEPTH:
            raise self._stop(event, "C017", f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, ScalarEvent):
            node: Node = self._scalar(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = node
            return node
        assert isinstance(event, _OPENING)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._tag(event)
        node = self._list(event, depth) if isinstance(event, SequenceStartEvent) else self._map(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        if node.size > MAX_NODES:
            raise self._too_large(event)
        return node

    def _scalar(self, event: ScalarEvent) -> ScalarNode:
        written: str = event.value
        if len(written) > MAX_CHARACTERS:
            raise self._stop(event, "C017", f"more than {MAX_CHARACTERS:,} characters in one value")
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            self._tag(event)
        plain = event.tag is None and event.implicit[0]
        return ScalarNode(scalar(written) if plain else written, written, self._place(event, event), 1, not plain)

    def _list(self, start: SequenceStartEvent, depth: int) -> ListNode:
        items: list[Node] = []
        size = 1
        while True:
            event = self._parser.get_event()
            if isinstance(event, SequenceEndEvent):
                return ListNode(items, self._place(start, event), size)
            items.append(self._node(event, depth + 1))
            size += items[-1].size

    def _map(self, start: MappingStartEvent, depth: int) -> MapNode:
        entries: dict[str, tuple[Place, Node]] = {}
        merges: list[MapNode] = []
        has_merge = False
        size = 1
        while True:
            event = self._parser.get_event()
            if isinstance(event, MappingEndEvent):
                break
            key, is_merge = self._key(event, depth)
            place = self._place(event, event)
            following = self._parser.get_event()
            value = self._node(following, depth + 1)
            if is_merge and not has_merge:
                has_merge = True
                merges = list(self._merges(value, following))
            elif is_merge or key in entries:
                first = f" (first in line {entries[key][0][1]})" if key in entries else ""
                self._problem(
                    event,
                    "C010",
                    f"`{key}` is given twice{first}",
                    hint="keep one of the two" if key in entries else "merge several with `<<: [*one, *two]`",
                )
            else:
                entries[key] = (place, value)
                size += value.size
        for other in merges:
            self._spend(start, len(other.entries))
            for name, entry in other.entries.items():
                if name not in entries:
                    entries[name] = entry
                    size += entry[1].size
        return MapNode(entries, self._place(start, event), size)

    def _key(self, event: Event, depth: int) -> tuple[str, bool]:
        """A key as text, and whether it is the merge key."""
        if isinstance(event, ScalarEvent) and event.tag is event.anchor is None and depth < MAX_DEPTH:
            # Nearly every key; what its text would mean as a value is not asked.
            self._spend(event, 1)
            return event.value, event.value == "<<" and event.implicit[0]
        node = self._node(event, depth + 1)
        if not isinstance(node, ScalarNode):
            self._problem(event, "C005", "a key must be a single word, not a list or a mapping")
            return "?", False
        return node.written, node.written == "<<" and not node.quoted

    def _merges(self, value: Node, event: Event) -> Iterator[MapNode]:
        for each in value.items if isinstance(value, ListNode) else [value]:
            if isinstance(each, MapNode):
                yield each
            else:
                hint = "for example `<<: *defaults`, where `&defaults` marks a mapping"
                self._problem(event, "C005", "`<<` takes mappings in", hint=hint)

    def _alias(self, event: AliasEvent) -> Node:
        name = event.anchor
        if name not in self._anchors:
            hint = f"mark what it stands for with `&{name}`, earlier in this file; anchors do not reach other files"
            self._problem(event, "C005", f"`*{name}` repeats something that has no name yet", hint=hint)
            return ScalarNode(None, f"*{name}", self._place(event, event))
        node = self._anchors[name]
        if node is None:
            raise self._stop(event, "C017", f"`*{name}` stands inside of what it repeats")
        return node

    def _tag(self, event: ScalarEvent | SequenceStartEvent | MappingStartEvent) -> None:
        tag: str | None = event.tag
        if tag is None or tag in _HARMLESS_TAGS:
            return
        short = tag.replace("tag:yaml.org,2002:", "!!")
        self._problem(event, "C005", f"the tag `{short[:60]}` is not known here", hint="leave the tag out")

    def _spend(self, event: Event, count: int) -> None:
        self._spent += count
        if self._spent > MAX_NODES:
            raise self._too_large(event)

    def _too_large(self, event: Event) -> _StopError:
        hint = "split the file; and mind aliases that repeat what already repeats something"
        return self._stop(event, "C017", f"more than {MAX_NODES:,} keys and values in one file", hint=hint)

    def _stop(self, event: Event, code: str, summary: str, *, hint: str | None = None) -> _StopError:
        return _StopError(Diagnostic(code, summary, span(self._place(event, event)), hint))

    def _problem(self, event: Event, code: str, summary: str, *, hint: str | None = None) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Diagnostic(code, summary, span(self._place(event, event)), hint))

    def _place(self, start: Event, end: Event) -> Place:
        begin, close = start.start_mark, end.end_mark
        assert begin is not None
        assert close is not None
        return self._file, begin.line + 1, begin.column + 1, close.line + 1, close.column + 1
