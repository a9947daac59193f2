"""Where two trees differ: found by walking along both where they are of one shape, and by deepdiff otherwise."""

from __future__ import annotations

from typing import Any

from deepdiff import DeepDiff
from hypothesis import given
from hypothesis import strategies as st

from billform.core.diff import _alike, _paths

LEAVES = st.sampled_from(['"a"', '"b"', "1", "$2.00", None])


def _trees() -> st.SearchStrategy[Any]:
    return st.recursive(
        LEAVES, lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3) | st.lists(below, max_size=3)
    )


def _as_deepdiff_says(old: Any, new: Any) -> set[tuple[Any, ...]]:
    found = DeepDiff(old, new, view="tree", threshold_to_diff_deeper=0)
    return {tuple(each.path(output_format="list")) for group in found.values() for each in group}


def _with_other_leaves(tree: Any, flips: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _with_other_leaves(each, flips) for key, each in tree.items()}
    if isinstance(tree, list):
        return [_with_other_leaves(each, flips) for each in tree]
    return "other" if next(flips) else tree


@given(_trees(), st.lists(st.booleans(), min_size=1))
def test_walking_along_finds_what_deepdiff_finds(tree: Any, flips: list[bool]) -> None:
    """Trees of one shape, with some leaves replaced."""
    turns = iter(flips * 100)
    other = _with_other_leaves(tree, turns)
    assert _paths(tree, other) == _as_deepdiff_says(tree, other)


@given(_trees(), _trees())
def test_trees_of_any_shape_are_told_as_deepdiff_tells_them(old: Any, new: Any) -> None:
    """Whatever the two are."""
    assert _paths(old, new) == _as_deepdiff_says(old, new)


def test_what_came_or_went_is_no_walk_along() -> None:
    """Another key, another length, and lists of plain values are left to deepdiff."""
    assert _alike({"a": "1", "b": [{"c": "2"}]}, {"a": "3", "b": [{"c": None}]})
    assert not _alike({"a": "1"}, {"b": "1"})
    assert not _alike([{"a": "1"}], [{"a": "1"}, {"a": "2"}])
    assert not _alike(["1", "2"], ["2", "1"])
    assert not _alike({"a": "1"}, {"a": {"b": "1"}})
    assert not _alike([{"a": "1"}], {"a": "1"})
