"""The mark in metadata: whatever is written is read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billform.core.diagnostic import BillformError
from billform.core.kind import Write
from billform.core.resource import Address, Mark
from billform.providers.stripe import marks
from billform.providers.stripe.product import ProductSpec

NAMES = st.from_regex(r"[a-z_]{1,12}(\.[A-Za-z0-9 %+ä\u00a0-]{1,40})?", fullmatch=True)
WORDS = st.frozensets(NAMES, max_size=25)


def written(mark: Mark, *, new: bool) -> dict[str, str]:
    spec = ProductSpec(id="x", name="x", metadata={"theirs": "no"})
    write = Write(Address("stripe.product", mark.key), spec, frozenset({"metadata.gone"}), mark, {}, "key")
    return (marks.on_create if new else marks.on_update)(write)


@given(WORDS, WORDS, st.integers(1, 99))
def test_a_mark_is_read_as_it_was_written_also_over_a_longer_one(
    before: frozenset[str], after: frozenset[str], version: int
) -> None:
    first = Mark("nimbus", "pro.base.monthly", "0123456789abcdef", before, version)
    held = written(first, new=True)
    assert marks.read(held) == first
    assert all(len(value) <= 500 for value in held.values())
    second = Mark("nimbus", "pro.base.monthly", "fedcba9876543210", after, version + 1)
    merged = {**held, **written(second, new=False)}
    kept = {key: value for key, value in merged.items() if value}  # as Stripe merges, an empty text unsets
    assert marks.read(kept) == second
    assert marks.authored(kept) == {"theirs": "no"}


@given(st.integers(0, 1900), st.integers(0, 400))
def test_one_long_fact_is_spread_over_values(long: int, short: int) -> None:
    facts = {"a": "x" * short, "plans": "y" * long}
    packed = marks.pack("terms", facts, clear=False)
    assert marks.unpack(packed, "terms") == facts
    assert all(len(value) <= 500 for value in packed.values())


@given(st.dictionaries(st.from_regex(r"[a-z.]{1,20}", fullmatch=True), st.text(max_size=60), max_size=10))
def test_facts_survive_whatever_they_say(facts: dict[str, str]) -> None:
    packed = marks.pack("terms", facts, clear=False)
    assert marks.unpack(packed, "terms") == facts
    assert all(len(value) <= 500 for value in packed.values())


def test_more_than_there_is_room_for_is_refused_before_anything_is_sent() -> None:
    many = frozenset(f"metadata.{number:02d}{' ' * 37}x" for number in range(40))
    with pytest.raises(BillformError, match="V051") as caught:
        written(Mark("nimbus", "pro", "0123456789abcdef", many, 1), new=True)
    assert caught.value.diagnostics[0].hint


def test_metadata_without_a_mark_is_nobodys() -> None:
    assert marks.read(None) is None
    assert marks.read({"billform_catalog": "nimbus"}) is None
    broken = {"billform_catalog": "nimbus", "billform_key": "pro", "billform_version": "soon"}
    assert marks.read(broken) == Mark("nimbus", "pro", "", frozenset(), 1)
