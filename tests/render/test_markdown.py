"""The pull-request comment, story by story."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from syrupy.assertion import SnapshotAssertion

from billform.core.diagnostic import Diagnostic, Severity
from billform.core.money import Money
from billform.core.resource import Address, Ref
from billform.render.effort import effort
from billform.render.markdown import LIMIT, marker, plan_markdown
from tests.core.toys import KINDS, planned, want
from tests.render import stories


@pytest.mark.parametrize("story", stories.STORIES)
def test_a_comment_reads_as_expected(story: str, snapshot: SnapshotAssertion) -> None:
    plan = stories.STORIES[story]()
    assert plan_markdown(plan, effort(plan, KINDS), stories.guarded(plan)) == snapshot


def test_a_later_run_finds_the_comment_of_its_environment() -> None:
    written = plan_markdown(stories.price_rise())
    assert written.splitlines()[0] == marker("test") == "<!-- billform:plan:test -->"
    assert marker("a b>c") == "<!-- billform:plan:a-b-c -->"


def test_the_digest_is_told_with_the_command_that_applies_it() -> None:
    plan = stories.price_rise()
    assert (
        f"Plan <code>{plan.digest}</code>: this is what <code>billform apply test</code> would do now."
        in plan_markdown(plan)
    )
    assert "nothing of it is applied" in plan_markdown(plan, guards=stories.guarded(plan))


def test_names_cannot_mention_people_or_break_out_of_their_place() -> None:
    written = plan_markdown(stories.hostile_names())
    fence = next(each for each in written.splitlines() if each.endswith("diff"))
    head, body, foot = written.replace(fence, "````").split("````")
    assert "@everyone" in body
    assert "@everyone" not in re.sub(r"<code>.*?</code>", "", head + foot)
    assert fence == "````diff"
    assert written.count("````") == 2
    finding = Diagnostic("P030", "@everyone see #1 <script> $x$ a|b `co|de`", severity=Severity.WARNING)
    shown = plan_markdown(stories.nothing(), guards=[finding])
    assert not re.search(r"[@#$](?=[^\u200b\s])", re.sub(r"<code>.*?</code>|&#\d+;", "", shown.split("P030")[1]))
    assert "<script>" not in shown


def crowd(count: int, notes: int = 1) -> str:
    product = Ref.to(Address("toy.product", "pro"))
    wanted = [
        want(
            "toy.price", f"p{number:05}", product=product, unit_amount=Money(Decimal(number), "usd"), nickname="n" * 40
        )
        for number in range(count)
    ]
    guards = [Diagnostic("G001", f"guard {number} " + "x" * 60) for number in range(notes)]
    return plan_markdown(planned([want("toy.product", "pro", name="Pro"), *wanted]), guards=guards)


def test_the_diff_gives_way_to_the_limit_and_the_table_never() -> None:
    written = crowd(500)
    assert LIMIT - 4_000 < len(written) <= LIMIT
    assert sum(each.startswith("| <code>p") for each in written.splitlines()) == 500
    assert re.search(r"… [\d,]+ lines left out; `billform plan test` shows all of them", written)
    assert written.rstrip().endswith("nothing of it is applied until the above is settled.")
    assert "</details>" in written


@pytest.mark.parametrize(("count", "notes"), [(3_000, 1), (1, 2_000), (3_000, 2_000)])
def test_even_a_flood_stays_within_the_limit_and_says_what_is_missing(count: int, notes: int) -> None:
    written = crowd(count, notes)
    assert len(written) <= LIMIT
    assert "left out" in written or "does not fit" in written
