"""A directory becomes a Catalog, or every diagnostic about all its files at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from billform.catalog import files, locate, rules
from billform.catalog.commas import split_number
from billform.catalog.environment import Environment
from billform.catalog.merge import EXTENDS, TEMPLATES, laid_over, together, with_templates
from billform.catalog.models import Catalog
from billform.catalog.nodes import MapNode, Node, Place, ScalarNode, SpanMap, map_node, plain
from billform.catalog.nodes import Path as TreePath
from billform.catalog.nothing import unsaid
from billform.core.diagnostic import BillformError, Diagnostic, Span, errors


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of a directory: the catalog, unless there are errors, and everything there is to say about it."""

    catalog: Catalog | None
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...]
    """Every file that was looked at, as it is shown to people."""


class CatalogError(BillformError):
    """The catalog was refused; knows how many files were read."""

    def __init__(self, diagnostics: Iterable[Diagnostic], files: int) -> None:
        super().__init__(diagnostics)
        self.files = files


def load(directory: Path, environment: Environment | None = None) -> Catalog:
    """The catalog as it is in an environment; raises CatalogError with every problem of all files."""
    examined = examine(directory, environment)
    if examined.catalog is None:
        raise CatalogError(examined.diagnostics, len(examined.files))
    return examined.catalog


@dataclass(frozen=True, slots=True)
class Gathered:
    """The files of a directory as they were read, before they mean anything."""

    trees: tuple[MapNode, ...]
    problems: tuple[Diagnostic, ...]
    files: tuple[str, ...]


def gather(directory: Path) -> Gathered:
    """Reads every file below a directory, once for however many environments; nothing is read but YAML files."""
    if not directory.exists() and not directory.is_symlink():
        hint = "run billform where the catalog's directory is, or name it with `--catalog DIR`"
        summary = f"there is no directory {files.shown(directory)}"
        return Gathered((), (Diagnostic("C001", summary, hint=hint),), ())
    found = files.find(directory)
    if not found.paths and not found.problems:
        hint = "a catalog is a directory of files such as `plans/pro.yaml`; name it with `--catalog DIR`"
        summary = f"the directory {files.shown(directory)} holds no YAML file"
        return Gathered((), (Diagnostic("C001", summary, hint=hint),), ())
    read = [files.read(path) for path in found.paths]
    trees = tuple(tree for tree, _ in read if tree is not None)
    problems = (*found.problems, *(each for _, about in read for each in about))
    return Gathered(trees, problems, tuple(files.shown(path) for path in found.paths))


def examine(directory: Path, environment: Environment | None = None) -> Examined:
    """What `load` would answer, without raising, and with warnings."""
    return examine_files(gather(directory), environment)


def examine_files(gathered: Gathered, environment: Environment | None = None) -> Examined:
    """The same for files that were read before."""
    problems = list(gathered.problems)
    if not gathered.files:
        return Examined(None, in_order(problems), ())
    is_whole = not errors(problems)
    tree, about = _tree(gathered.trees, environment)
    problems += about
    catalog, about = understood(tree, is_whole=is_whole and not errors(about), environment=environment)
    problems += about
    return Examined(None if errors(problems) else catalog, in_order(problems), gathered.files)


def understood(
    tree: MapNode, *, is_whole: bool = True, environment: Environment | None = None
) -> tuple[Catalog | None, list[Diagnostic]]:
    """A tree's catalog with what is wrong with it; items that are not understood are left out of what the rules see.

    Where files are missing (`is_whole` is false), the rules are not asked: half of what they would miss is there.
    """
    spans = SpanMap(tree)
    problems: list[Diagnostic] = []
    broken: set[TreePath] = set()
    try:
        catalog = _catalog(tree)
    except ValidationError as error:
        problems = locate.problems(error, Catalog, spans)
        broken = {each.path[:2] for each in locate.located(error, spans) if each.path}
        if is_whole and error.error_count() > locate.MOST_PROBLEMS:
            return None, problems
    known = _spans_of(problems)
    for path, about in islice(unsaid(tree, Catalog), locate.MOST_PROBLEMS):
        broken.add(path[:2])
        wording = split_number(path, spans) or about
        if wording not in problems and not known & {spans.key(path), spans.value(path)}:
            problems.append(wording)
    if problems and not is_whole:
        return None, [each for each in problems if each.code != "C015" or each.span != locate.top(spans)]
    if problems:
        # One broken plan does not hide what the rules have to say about the others.
        partial, names = _without_broken(tree, broken)
        if partial is not None:
            said = rules.check(partial.located(SpanMap(tree)), environment)
            known = _spans_of(problems)
            problems += [each for each in errors(said) if each.span not in known and not _names(each, names)]
        return None, problems
    catalog = catalog.located(spans)
    return catalog, list(rules.check(catalog, environment)) if is_whole else []


def digest(catalog: Catalog) -> str:
    """Sixteen hex digits that stand for what the catalog says, however its files are cut, ordered and formatted."""
    said: Any = catalog.model_dump(mode="json", exclude_defaults=True, exclude={TEMPLATES: True})
    for section in said.values():
        for item in section.values() if isinstance(section, dict) else ():
            if isinstance(item, dict):
                item.pop(EXTENDS, None)
    written = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _tree(trees: Iterable[MapNode], environment: Environment | None) -> tuple[MapNode, list[Diagnostic]]:
    """Files side by side, templates filled in, the environment laid over before and after that."""
    tree, problems = together(trees, Catalog)
    overlay = environment.overlay if environment else None
    if overlay is not None:
        # What an environment says about templates, and which one an item extends, holds before they are filled in.
        early, about = laid_over(tree, _early(overlay), Catalog)
        tree, problems = early, [*problems, *about]
    if errors(problems) and any(each.code == "C017" for each in problems):
        return tree, problems
    tree, about = with_templates(tree, Catalog)
    problems += about
    if overlay is not None:
        late = map_node({key: entry for key, entry in overlay.entries.items() if key != TEMPLATES}, overlay.place)
        tree, about = laid_over(tree, late, Catalog)
        problems += [each for each in about if each not in problems]
    return tree, problems


def _early(overlay: MapNode) -> MapNode:
    entries: dict[str, tuple[Place, Node]] = {}
    for name, (place, section) in overlay.entries.items():
        if name == TEMPLATES:
            entries[name] = (place, section)
        elif isinstance(section, MapNode):
            items: dict[str, tuple[Place, Node]] = {
                key: (at, map_node({EXTENDS: item.entries[EXTENDS]}, item.place))
                for key, (at, item) in section.entries.items()
                if isinstance(item, MapNode) and EXTENDS in item.entries
            }
            if items:
                entries[name] = (place, map_node(items, section.place))
    return map_node(entries, overlay.place)


def _catalog(tree: MapNode) -> Catalog:
    return Catalog.model_validate(plain(tree), strict=True)


def _without_broken(tree: MapNode, broken: Collection[TreePath]) -> tuple[Catalog | None, frozenset[str]]:
    """The catalog of the items that are understood, and the names of those that are not."""
    sections = dict(tree.entries)
    for name in {path[0] for path in broken}:
        place, section = sections.pop(str(name))
        if isinstance(section, MapNode) and _is_items(str(name)) and (name,) not in broken:
            kept = {key: entry for key, entry in section.entries.items() if (name, key) not in broken}
            sections[str(name)] = (place, map_node(kept, section.place))
    # A catalog without a name is wrong, but no reason not to look at the rest.
    sections.setdefault("catalog", (tree.place, ScalarNode("unnamed", "unnamed", tree.place)))
    names = frozenset(str(path[-1]) for path in broken)
    try:
        return _catalog(map_node(sections, tree.place)), names
    except ValidationError:
        return None, names


def _is_items(section: str) -> bool:
    return bool(locate.models_at(Catalog, (section, "*")))


def _spans_of(problems: Iterable[Diagnostic]) -> frozenset[Span | None]:
    return frozenset(each.span for each in problems if each.span)


def _names(diagnostic: Diagnostic, broken: frozenset[str]) -> bool:
    """Whether a rule complains about the lack of something that is there, but was not understood."""
    return any(f"`{name}`" in diagnostic.summary or f"`{name}." in diagnostic.summary for name in broken)


def in_order(problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, without repetitions; what has no place comes first."""
    return tuple(
        sorted(
            dict.fromkeys(locate.without_secrets(problems)),
            key=lambda each: (each.span is not None, each.span or Span(""), each.code),
        )
    )
