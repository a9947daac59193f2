"""Turns what pydantic found into problems with a place in a file, in people's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from billform.catalog.commas import split_number
from billform.catalog.expected import UNFIT_KINDS, said, unfit
from billform.catalog.nodes import ListNode, MapNode, Node, Path, SpanMap
from billform.core.diagnostic import Diagnostic, Span, nearest
from billform.core.redact import cautious

Location: TypeAlias = tuple[str | int, ...]
"""Where pydantic says an error is: the path, with words of its own in between (which alternative it tried)."""

MOST_PROBLEMS = 1000
"""More than this nobody reads; what is wrong in so many places is wrong in one way."""
LONGEST = 80
"""Characters of one word that are worth showing."""
MOST_CHARACTERS = 600
"""Of a summary or a hint."""
_ENDLESS = re.compile(rf"\S{{{LONGEST + 40},}}")
MOST_WORDS = 12
"""More allowed words than this are not listed in a hint."""


@dataclass(frozen=True, slots=True)
class Located:
    """One of pydantic's errors with the path it has in the file."""

    kind: str
    message: str
    path: Path
    tags: tuple[tuple[int, str], ...]
    """Depth and name of every alternative that pydantic was trying."""
    value: Any
    context: dict[str, Any]
    word: str | None = None
    """The word that is missing, or unknown."""
    at_key: bool = False


def problems(error: ValidationError, model: type[BaseModel], spans: SpanMap) -> list[Diagnostic]:
    """Every problem with its place: unknown words at the key, wrong values at the value, missing ones at the parent."""
    wordings: dict[Diagnostic, None] = {}
    for each in _once(_chosen(located(error, spans), spans), spans):
        wordings[_said(each, model, spans)] = None
        if len(wordings) == MOST_PROBLEMS:
            break
    return list(wordings)


def _once(everything: Iterable[Located], spans: SpanMap) -> Iterator[Located]:
    """A word of a template is unknown, or missing, in all that extends it: told once, of the item it stands in."""
    homes: dict[tuple[str, str | None, Span], Located] = {}
    for each in everything:
        if each.word is None:
            yield each
            continue
        place = spans.key(each.path)
        known = homes.setdefault((each.kind, each.word, place), each)
        if known is not each and _near(each, place, spans) > _near(known, place, spans):
            homes[each.kind, each.word, place] = each
    yield from homes.values()


def _near(each: Located, place: Span, spans: SpanMap) -> tuple[bool, Span]:
    """Whether its item begins before the place in the same file, and where; the last such is what it stands in."""
    item = spans.key(each.path[:2])
    return item.file == place.file and item <= place, item


def located(error: ValidationError, spans: SpanMap) -> list[Located]:
    """pydantic's errors with their paths; no more of them than anyone reads."""
    everything = error.errors(include_url=False)
    return [_found(each, spans) for each in everything[: 5 * MOST_PROBLEMS]]


def without_secrets(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The same, should somebody have used a secret as a key: exceptions and logs carry these texts too."""
    return [
        replace(each, summary=_quotable(each.summary), hint=_quotable(each.hint) if each.hint else each.hint)
        for each in diagnostics
    ]


def _quotable(text: str) -> str:
    """Without secrets, and without words that go on for ever: whatever a file says may be quoted in it."""
    cut = _ENDLESS.sub(lambda match: f"{match[0][:LONGEST]}…", text[:MOST_CHARACTERS])
    return cautious(cut if len(text) <= MOST_CHARACTERS else f"{cut}…")


def models_at(model: type[BaseModel], path: Path) -> list[type[BaseModel]]:
    """The models that may stand at a path; several where a field takes either."""
    return [each for each in types_at(model, path) if is_model(each)]


def types_at(model: type[BaseModel], path: Path) -> list[Any]:
    """The types that may stand at a path, alternatives told apart and annotations left out."""
    here: list[Any] = [model]
    for part in path:
        below: list[Any] = []
        for each in here:
            if is_model(each):
                name = _field(each, part)
                below.extend(_alternatives(each.model_fields[name].annotation) if name else ())
            elif get_origin(each) is dict:
                below.extend(_alternatives(get_args(each)[1]))
            elif get_origin(each) in {list, tuple} and isinstance(part, int):
                below.extend(_alternatives(get_args(each)[0]))
        here = below
    return here


def words(model: type[BaseModel]) -> list[str]:
    """The words a mapping of this model may hold."""
    return [info.alias or name for name, info in model.model_fields.items()]


def is_model(each: Any) -> bool:
    """Whether a type is one of the models."""
    return isinstance(each, type) and issubclass(each, BaseModel)


def _field(model: type[BaseModel], word: str | int) -> str | None:
    for name, info in model.model_fields.items():
        if word in (name, info.alias):
            return name
    return None


def _alternatives(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from _alternatives(each)
    elif annotation is not type(None):
        yield annotation


def _found(error: Any, spans: SpanMap) -> Located:
    location: Location = error["loc"]
    kind: str = error["type"]
    word: str | None = None
    at_key = False
    if kind == "missing":
        location, word = location[:-1], str(location[-1])
    elif location and location[-1] == "[key]":
        location, at_key = location[:-1], True
    path, tags = _resolved(location, spans)
    if kind == "extra_forbidden" and path:
        word, at_key = str(path[-1]), True
    return Located(kind, error["msg"], path, tags, error["input"], error.get("ctx") or {}, word, at_key)


def _resolved(location: Location, spans: SpanMap) -> tuple[Path, tuple[tuple[int, str], ...]]:
    """The longest path through the file that the location can stand for; the words left over are pydantic's own."""
    best: tuple[Path, tuple[tuple[int, str], ...]] = ((), ())
    trail: list[tuple[Node | None, Location, Path, tuple[tuple[int, str], ...]]] = [
        (spans.node(()), location, (), ()),
    ]
    while trail:
        node, rest, path, tags = trail.pop()
        if len(path) > len(best[0]):
            best = (path, (*tags, *((len(path), str(each)) for each in rest)))
        if not rest:
            continue
        part = rest[0]
        trail.append((node, rest[1:], path, (*tags, (len(path), str(part)))))
        below = _below(node, part)
        if below is not None:
            trail.append((below, rest[1:], (*path, part), tags))
    return best


def _below(node: Node | None, part: str | int) -> Node | None:
    if isinstance(node, MapNode) and isinstance(part, str):
        return node.get(part)
    if isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    return None


def _chosen(everything: Sequence[Located], spans: SpanMap) -> Iterator[Located]:
    """Where a value fits none of several alternatives, only the errors of the one it was most likely meant to be."""
    sites: dict[Path, dict[str, list[Located]]] = {}
    for each in everything:
        if not each.tags:
            yield each
            continue
        depth, tag = each.tags[0]
        sites.setdefault(each.path[:depth], {}).setdefault(tag, []).append(each)
    for site, branches in sites.items():
        fitting = {tag: found for tag, found in branches.items() if not all(_is_unfit(each, site) for each in found)}
        if fitting:
            yield from min(fitting.values(), key=len)
            continue
        first = next(iter(branches.values()))[0]
        wanted = [UNFIT_KINDS[each.kind] for found in branches.values() for each in found if each.kind in UNFIT_KINDS]
        literal = next((each for found in branches.values() for each in found if each.kind not in UNFIT_KINDS), None)
        if literal is not None and isinstance(spans.node(site), MapNode | ListNode) is False:
            yield literal
        else:
            yield Located("unfit", "", site, (), first.value, {"wanted": wanted})


def _is_unfit(each: Located, site: Path) -> bool:
    """Whether the error only says that the value is of another sort altogether."""
    return each.path == site and (each.kind in UNFIT_KINDS or each.kind in {"literal_error", "enum"})


def _said(each: Located, model: type[BaseModel], spans: SpanMap) -> Diagnostic:
    place = spans.key(each.path) if each.at_key else spans.value(each.path)
    if (number := split_number(each.path, spans)) is not None:
        return number
    if each.kind == "extra_forbidden":
        return _unknown(each, model, place)
    if each.kind == "missing":
        return _missing(each, model, spans)
    if each.kind == "unfit":
        wording = unfit(each.context["wanted"], each.value)
    else:
        value = each.path[-1] if each.at_key and each.path else each.value
        wording = said(each.kind, each.message, value, {**each.context, "shapes": _shapes(model, each.path)})
    about = "" if each.at_key else _about(each.path)
    return Diagnostic(wording.code, about + wording.summary, place, wording.hint)


def _unknown(each: Located, model: type[BaseModel], place: Span) -> Diagnostic:
    allowed = [word for known in models_at(model, each.path[:-1]) for word in words(known)]
    near = nearest(each.word or "", allowed)
    hint = None
    if each.word == "prices" and "charges" in allowed:
        hint = "write `charges: base: prices:`; only in an add-on is `prices` short for it"
    elif near:
        hint = f"did you mean `{near}`?"
    elif 0 < len(allowed) <= MOST_WORDS:
        hint = "known here: " + ", ".join(f"`{word}`" for word in dict.fromkeys(allowed))
    return Diagnostic("C013", f"unknown word `{each.word}`{_within(each.path[:-1])}", place, hint)


def _shapes(model: type[BaseModel], path: Path) -> dict[str, str | None]:
    """The mappings and lists that may stand at a path as well as a word, as people write them."""
    shapes: dict[str, str | None] = {}
    for each in types_at(model, path):
        if is_model(each):
            word, info = next(iter(each.model_fields.items()))
            example = next(iter(info.examples or ("…",)))
            shapes[f"`{{ {word}: {example} }}`"] = word if len(each.model_fields) == 1 else None
        elif get_origin(each) in {list, dict}:
            shapes["a list" if get_origin(each) is list else UNFIT_KINDS["dict_type"]] = None
    return shapes


def _missing(each: Located, model: type[BaseModel], spans: SpanMap) -> Diagnostic:
    hint = None
    for known in models_at(model, each.path):
        name = _field(known, each.word or "")
        if name is not None and (about := known.model_fields[name].description):
            hint = f"`{each.word}`: {about[0].lower()}{about[1:]}"
    whole = f"`{each.word}` is missing{_within(each.path)}"
    return Diagnostic("C015", whole, spans.key(each.path) if each.path else top(spans), hint)


def top(spans: SpanMap) -> Span:
    """The place of what belongs to no part of a file: the file that the tree begins in, as a whole."""
    return Span(spans.key(()).file, 1, 1, 1, 1)


def _about(path: Path) -> str:
    """The nearest word above a value, so that a summary can be read without its source line."""
    name = next((part for part in reversed(path) if isinstance(part, str)), None)
    return f"`{name}`: " if name else ""


def _within(path: Path) -> str:
    return " in `" + ".".join(str(part) for part in path) + "`" if path else ""
