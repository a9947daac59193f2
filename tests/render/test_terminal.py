"""What people see on a terminal, story by story."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from billform.core.plan import SYMBOLS
from billform.render.effort import Effort, effort
from billform.render.explain import LEGEND, notice_lines, notices
from billform.render.lines import Line, Piece, Style, line, visible, width, wrapped
from billform.render.terminal import plan_text, text
from billform.render.values import short_pair
from tests.core.toys import KINDS
from tests.render import stories


@pytest.mark.parametrize("story", stories.STORIES)
def test_a_plan_reads_as_expected(story: str, snapshot: SnapshotAssertion) -> None:
    plan = stories.STORIES[story]()
    assert plan_text(plan, effort(plan, KINDS), columns=100) == snapshot


@pytest.mark.parametrize("story", stories.STORIES)
@pytest.mark.parametrize("columns", [40, 60, 80])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(story: str, columns: int) -> None:
    plan = stories.STORIES[story]()
    narrow, whole = plan_text(plan, columns=columns), plan_text(plan)
    assert max(map(width, narrow.splitlines()), default=0) <= columns
    table = len("".join(each.text + "\n" for each in notice_lines(plan)))
    assert bare(narrow).endswith(bare(whole[table:]))
    for _, each in notices(plan):
        assert all(
            bare(visible(cell)) in bare(narrow) for cell in (each.what, each.now or "", each.after or "", each.who)
        )


def bare(written: str) -> str:
    return re.sub(r"\s", "", written)


BOTH = ("$49.00 a month (€45.00, ¥6,900)", "$59.00 a month (€55.00, ¥7,900)")


def noticed(columns: int | None) -> list[str]:
    """The table of a price in three currencies, in a window of so many columns."""
    plan = stories.price_rise()
    (change,) = plan.changes
    assert change.notice is not None
    notice = replace(change.notice, now=BOTH[0], after=BOTH[1])
    plan = plan.model_copy(update={"changes": (change.model_copy(update={"notice": notice}),)})
    return text(notice_lines(plan, columns), colour=False, columns=columns).splitlines()


def test_amounts_stay_on_one_line_in_a_window_that_has_no_room_for_the_table() -> None:
    who = "new checkouts; existing subscriptions keep their price"
    assert noticed(80)[2:] == [
        "  ± pro.monthly",
        f"      now    {BOTH[0]}",
        f"      after  {BOTH[1]}",
        f"      who    {who}",
        "",
    ]
    wide = f"  ±  pro.monthly  {BOTH[0]}  {BOTH[1]}  {who}"
    assert noticed(None)[3] == noticed(len(wide))[3] == wide
    assert noticed(len(wide) - 1)[2] == "  ± pro.monthly"


def test_who_is_concerned_goes_on_under_itself() -> None:
    lines = plan_text(stories.price_rise(), columns=80).splitlines()
    assert [each.strip() for each in lines[3:5]] == [
        "±  pro.monthly  $49.00  $59.00  new checkouts; existing subscriptions keep",
        "their price",
    ]
    assert lines[4].index("their") == lines[2].index("who")


@pytest.mark.parametrize("story", stories.STORIES)
def test_colour_is_an_addition_and_never_the_message(story: str) -> None:
    plan = stories.STORIES[story]()
    coloured = plan_text(plan, colour=True, columns=100)
    assert "\x1b[" in coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [each.rstrip() for each in plain.splitlines()] == plan_text(plan, columns=100).splitlines()


@pytest.mark.parametrize("story", stories.STORIES)
def test_the_legend_explains_the_symbols_in_use_and_no_others(story: str) -> None:
    plan = stories.STORIES[story]()
    legend = next((each for each in plan_text(plan).splitlines() if any(word in each for word in LEGEND.values())), "")
    for action, words in LEGEND.items():
        assert (f"{SYMBOLS[action]} {words}" in legend) == (plan.count(action) > 0)


def test_the_summary_is_the_last_line_and_has_one_shape() -> None:
    last = plan_text(stories.price_rise(), Effort(9, 1)).splitlines()[-1]
    assert last == "Plan: 0 to create, 0 to update, 1 new version, 0 to archive. 1 unchanged. About 9 requests, 1 s."
    assert plan_text(stories.nothing()) == "No changes. 2 objects match.\n"


def test_money_comes_first() -> None:
    first, *_ = plan_text(stories.price_rise_that_others_follow()).splitlines()
    assert first == "What customers will notice"


def test_a_name_cannot_steer_the_terminal() -> None:
    written = plan_text(stories.hostile_names())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", written)
    assert visible("a\u202eb\x9bc\x1b") == "a\\u202eb\\u009bc\\u001b"


def test_columns_line_up_under_wide_letters() -> None:
    written = plan_text(stories.wide_names()).splitlines()
    starts = {width(each[: each.index('"')]) for each in written if '"' in each}
    assert len(starts) == 1


def test_where_long_values_differ_stays_in_sight() -> None:
    written = plan_text(stories.long_values())
    assert "word200" in written
    assert "CHANGED" in written
    assert len(written) < 2_500
    before, after = short_pair("a" * 1000 + "X" + "b" * 1000, "a" * 1000 + "YY" + "b" * 1000)
    assert (before.count("X"), after.count("YY")) == (1, 1)
    assert before.endswith("(2,001 characters)")


def test_a_word_longer_than_the_screen_is_broken_anywhere() -> None:
    long = line("      key  ", Piece("x" * 200, Style.CREATE), indent=11)
    written = text([long], colour=False, columns=60).splitlines()
    assert all(len(each) <= 60 for each in written)
    assert sum(each.count("x") for each in written) == 200
    assert all(each.startswith(" " * 11) for each in written[1:])


def test_a_line_without_spaces_in_a_narrow_window_ends() -> None:
    assert [each.text for each in wrapped([Line((Piece("漢" * 5),), indent=30)], 4)] == [
        "漢漢",
        "    漢",
        "    漢",
        "    漢",
    ]


def test_effort_counts_batches_and_what_is_read_again() -> None:
    plan = stories.price_rise()
    assert effort(plan, KINDS) == Effort(requests=len(plan.basis) + 2, seconds=1)  # one is made, one archived
    assert effort(stories.nothing(), KINDS).requests == 0
