"""A part of a plan: what is asked for, with all it needs, and what stands in its way."""

from __future__ import annotations

from billform.core.resource import Live, Ref, Spec
from tests.core.shop import (
    MONTHLY,
    PRICE_1,
    PROD_1,
    live_price,
    live_product,
    price,
    product,
    told,
)
from tests.core.toys import found, lines, planned, want

PAGE = want("toy.page", "main", prices=(MONTHLY,))
STRANGER = found("toy.product", None, "prod_9", name="Theirs", natural=["pro"])


def live_page(*prices: Ref, title: str | None = None) -> Live[Spec]:
    return found("toy.page", "main", "page_1", written=PAGE, prices=prices, title=title)


def test_only_takes_what_it_needs_with_it_however_far_away() -> None:
    other = want("toy.page", "other", title="x")
    made = planned([product(), price(), PAGE, other], only=("toy.page/ma*",))
    assert lines(made) == ["create toy.product/pro", "create toy.price/pro.monthly", "create toy.page/main"]
    assert lines(planned([product(), price(), PAGE, other], only=("toy.price/*",))) == [
        "create toy.product/pro",
        "create toy.price/pro.monthly",
    ]
    assert lines(planned([product(), price(), PAGE, other], only=("toy.meter/*", "toy.page/other"))) == [
        "create toy.page/other"
    ]


def test_a_price_rise_takes_what_must_be_repointed_before_the_old_price_goes() -> None:
    made = planned(
        [product(), price("59"), PAGE],
        [live_product(), live_price("49"), live_page(PRICE_1)],
        only=("toy.price/*",),
    )
    assert [each.split(" [")[0] for each in lines(made)] == [
        "new_version toy.price/pro.monthly price_1",
        "update toy.page/main page_1",
    ]


def test_what_is_needed_and_refused_stops_what_needs_it() -> None:
    """The vendor would refuse it half-way; the plan says so beforehand."""
    made = planned([product(), price(), want("toy.page", "other", title="x")], [STRANGER], only=("toy.price/*",))
    assert lines(made)[0].startswith("refuse toy.product/pro")
    assert [each.action for each in made.changes] == ["refuse", "create"]
    assert [(code, subject) for code, _, subject, _ in told(made)] == [("P022", "toy.product/pro")]


def test_also_where_something_lies_in_between() -> None:
    made = planned([product(), price(), PAGE], [STRANGER], only=("toy.page/*",))
    assert [each.action for each in made.changes] == ["refuse", "create", "create"]
    assert len(made.findings) == 1


def test_what_is_refused_elsewhere_stops_nothing() -> None:
    made = planned([product(), want("toy.page", "other", title="x")], [STRANGER], only=("toy.page/*",))
    assert (lines(made), made.findings) == (["create toy.page/other"], ())


def test_what_is_refused_and_asked_for_is_told() -> None:
    made = planned([product(), want("toy.page", "other", title="x")], [STRANGER], only=("toy.product/*",))
    assert ([each.action for each in made.changes], [each.code for each in made.findings]) == (["refuse"], ["P022"])


def theirs(*identities: str, category: Ref) -> list[Live[Spec]]:
    """Shelves of another catalog, which hold the name of ours and refer to something."""
    return [
        found("toy.shelf", "x", each, catalog="another", name="A", natural=["A"], site="main", category=category)
        for each in identities
    ]


def test_nothing_goes_while_something_that_cannot_be_changed_points_at_it() -> None:
    shelf, only = want("toy.shelf", "main/a", name="A"), ("toy.product/*",)
    made = planned([shelf], [*theirs("7", category=PROD_1), live_product()], only=only)
    assert [each.action for each in made.changes] == ["refuse", "archive"]
    several = planned([shelf], [*theirs("7", "8", category=PROD_1), live_product()], only=only)
    assert [each.action for each in several.changes] == ["archive"], "which of them it would be nobody knows"


def test_an_old_version_stays_while_something_that_cannot_be_changed_points_at_it() -> None:
    lives = [live_product(), live_price("49"), *theirs("7", category=PRICE_1)]
    wanted = [product(), price("59"), want("toy.shelf", "main/a", name="A")]
    made = planned(wanted, lives, only=("toy.price/*",))
    assert [each.action for each in made.changes] == ["new_version", "refuse"]
    wanted[1] = price("49", nickname="n")
    assert [each.action for each in planned(wanted, lives, only=("toy.price/*",)).changes] == ["update"]


def test_findings_are_told_of_what_is_chosen_and_of_the_whole() -> None:
    lives = [
        found("toy.group", "vips", "g1", name="VIPs"),
        found("toy.group", "guests", "g2", name="Guests"),
        found("toy.meter", None, "m1", event_name="a", display_name="A", natural=["a"]),
    ]
    assert [each.subject for each in planned([], lives).findings] == [
        "toy.group/vips",
        "toy.group/guests",
        "toy.meter#m1",
    ]
    assert [each.subject for each in planned([], lives, only=("toy.group/g*",)).findings] == ["toy.group/guests"]
    assert [each.subject for each in planned([], lives, only=("toy.meter*",)).findings] == ["toy.meter#m1"]


def test_what_is_left_out_is_told_where_it_was_asked_for() -> None:
    gated = {("toy.price", ""): "not on this plan"}
    complete = ["toy.product", "toy.page"]
    made = planned([product(), price(), PAGE], unavailable=gated, complete=complete, only=("toy.page/*",))
    assert (lines(made), [each.subject for each in made.findings]) == ([], ["toy.page/main"])
