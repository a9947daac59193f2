"""What is there and no longer in the catalog."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billform.core.diagnostic import BillformError
from billform.core.money import Money
from billform.core.plan import Archive
from billform.core.resource import Live, Ref, Spec
from billform.core.stages import stages
from tests.core.shop import MONTHLY, PRICE_1, PROD_1, live_price, live_product, price, product, told
from tests.core.toys import KINDS, found, lines, planned, want


def meter(identity: str, *, owned: bool = False, site: str = "", **more: Any) -> Live[Spec]:
    name = identity.upper()
    more = {"natural": [name], **more}
    return found("toy.meter", None, identity, event_name=name, display_name=name, owned=owned, site=site, **more)


def test_what_left_the_catalog_is_archived_and_prices_go_after_their_product() -> None:
    made = planned([], [live_product(), live_price()])
    assert lines(made) == ["archive toy.product/pro prod_1", "archive toy.price/pro.monthly price_1"]
    steps = stages(made, KINDS)
    assert [(each.action, str(each.address), each.needs) for each in steps] == [
        ("retire", "toy.product/pro", frozenset()),
        ("retire", "toy.price/pro.monthly", frozenset({0})),
    ]
    change = made.changes[0]
    assert isinstance(change, Archive)
    assert change.why == "no longer in the catalog"


def test_every_version_on_sale_is_archived_and_no_other() -> None:
    old, gone = live_price("39", "price_0", current=False), live_price("29", "price_00", active=False, current=False)
    made = planned([product()], [live_product(), old, gone, live_price(version=3)])
    assert lines(made) == ["archive toy.price/pro.monthly price_1", "archive toy.price/pro.monthly price_0"]


def test_whatever_points_at_what_leaves_goes_first() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    live_page = found("toy.page", "main", "page_1", written=page, prices=(PRICE_1,))
    steps = stages(planned([], [live_product(), live_price(), live_page]), KINDS)
    assert [(each.action, each.address.kind, each.needs) for each in steps] == [
        ("retire", "toy.product", frozenset()),
        ("retire", "toy.page", frozenset()),
        ("retire", "toy.price", frozenset({0, 1})),
    ]


def test_an_unmarked_object_is_archived_only_with_proof_that_it_is_ours() -> None:
    made = planned([], [meter("b"), meter("a", owned=True), meter("c", active=False), meter("d", current=False)])
    assert lines(made) == ["archive toy.meter/A a"]
    assert told(made) == [
        (
            "P030",
            "note",
            "toy.meter#b",
            "toy.meter b is in force, and the catalog does not know it"
            " | declare it, or end it at the vendor; Billform leaves it alone",
        )
    ]


def test_what_is_ours_at_a_site_is_archived_there_whatever_its_name() -> None:
    nameless = found("toy.meter", None, "m", event_name="x", display_name="X", owned=True, site="main")
    assert lines(planned([], [meter("a", owned=True, site="main"), nameless])) == [
        "archive toy.meter/main/A a",
        "archive toy.meter/main/m m",
    ]


def test_what_has_no_mark_goes_by_the_name_that_it_was_made_under() -> None:
    """Where other objects tell it: people name that in `--only` and in guardrails, and the vendor's key nowhere."""
    made = planned([], [meter("a", owned=True, site="main", known_as="calls")], only=("toy.meter/main/calls",))
    assert lines(made) == ["archive toy.meter/main/calls a"]
    another = want("toy.meter", "calls", event_name="other", display_name="Other")
    made = planned([another], [meter("a", owned=True, known_as="calls")])
    assert lines(made) == ["create toy.meter/calls", "archive toy.meter/A a"], "the name is another's by now"


def test_a_name_with_a_slash_in_it_names_no_site() -> None:
    """Neither in a vendor's own name nor in a mark that somebody wrote by hand: P004 would stop every plan for ever."""
    made = planned([], [meter("a", owned=True, natural=["sales/api calls, v2"])])
    assert lines(made) == ["archive toy.meter/sales%2Fapi%20calls%2C%20v2 a"]
    assert [each.address.site for each in made.changes] == [""]
    marked = found("toy.price", "pro/monthly", "price_1", product=PROD_1, unit_amount=Money(Decimal(49), "usd"))
    assert lines(planned([], [marked])) == ["archive toy.price/pro%2Fmonthly price_1"]


def test_only_kinds_without_marks_prove_ownership_by_others() -> None:
    """An unmarked product is nobody's proof; and what cannot be taken away stays whatever the proof."""
    code = found("toy.code", None, "c", code="X", owned=True)
    main = found("toy.main", None, "m", price=PRICE_1, owned=True)
    assert lines(planned([], [code, main, meter("a", owned=True)])) == ["archive toy.meter/A a"]


def test_what_was_matched_is_neither_archived_nor_unknown() -> None:
    wanted = want("toy.meter", "calls", event_name="A", display_name="A")
    made = planned([wanted], [meter("a", owned=True)])
    assert (lines(made), made.findings, made.unchanged) == ([], (), 1)


def test_only_some_kinds_are_worth_a_word_about_what_the_catalog_does_not_know() -> None:
    strangers = [found("toy.code", None, "c", code="X"), found("toy.product", None, "p", name="P")]
    assert [each.subject for each in planned([], [*strangers, meter("b")]).findings] == ["toy.meter#b"]


def test_a_link_stays_with_an_archived_product_and_leaves_one_that_stays() -> None:
    link = found("toy.link", None, "l1", product=PROD_1, natural=["pro.sso"], owned=True)
    assert lines(planned([], [live_product(), link])) == ["archive toy.product/pro prod_1"]
    assert lines(planned([product()], [live_product(), link])) == ["archive toy.link/pro.sso l1"]
    other = found("toy.link", None, "l2", product=Ref.found("toy.product", "prod_2"), natural=["team.sso"], owned=True)
    assert lines(planned([], [live_product(), link, other])) == [
        "archive toy.product/pro prod_1",
        "archive toy.link/team.sso l2",
    ]


def test_what_cannot_be_taken_away_stays_and_is_told() -> None:
    """Customers would lose their group; nobody should believe that it is still looked after."""
    lives = [
        found("toy.group", "vips", "g1", name="VIPs", label="id 1"),
        found("toy.group", "old", "g0", name="Old", active=False),
        found("toy.group", "theirs", "g2", name="Theirs", catalog="another"),
        found("toy.group", None, "g3", name="By hand"),
    ]
    made = planned([], lives)
    assert (lines(made), made.basis) == ([], ())
    assert told(made) == [
        (
            "P031",
            "note",
            "toy.group/vips",
            "toy.group/vips (id 1) is no longer in the catalog; it stays as it is"
            " | end it at the vendor once nobody needs it, or declare it again",
        )
    ]
    assert planned([want("toy.group", "vips", name="VIPs")], lives).findings == ()


def test_what_can_be_looked_up_is_never_archived() -> None:
    category = found("toy.category", "Plans", "5", site="main")
    assert (lines(planned([], [category])), planned([], [category]).findings) == ([], ())


def test_an_incomplete_read_is_an_error_and_never_an_archive() -> None:
    with pytest.raises(BillformError) as wanted:
        planned([product(), price(), want("toy.shelf", "main/a", name="A")], complete=["toy.price"])
    assert [(each.code, each.summary, each.hint) for each in wanted.value.diagnostics] == [
        ("P004", "toy.product was not read to the end, so nothing is planned", "run it again"),
        ("P004", "toy.shelf at main was not read to the end, so nothing is planned", "run it again"),
    ]
    with pytest.raises(BillformError) as left:
        planned([], [found("toy.shelf", "a", "7", name="A", site="main")], complete=["toy.price"])
    assert [(each.code, each.summary) for each in left.value.diagnostics] == [
        ("P004", "toy.shelf at main was not read to the end, so nothing is planned")
    ]
