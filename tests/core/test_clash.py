"""What holds the name that something wanted must have: whose it is, and what then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from billform.core.plan import Adopt, Cause, Refuse
from billform.core.resource import Live, Ref, Resource, Spec
from tests.core.shop import MONTHLY, PRO, live_product, price, product, told, usd
from tests.core.toys import Shelf, found, lines, planned, want


def theirs(identity: str = "prod_9", catalog: str | None = None, **fields: Any) -> Live[Spec]:
    """A product that goes by the wanted one's id, of nobody's or of another catalog's making."""
    return found(
        "toy.product",
        "elsewhere" if catalog else None,
        identity,
        catalog=catalog or "",
        natural=["pro"],
        **{"name": "Theirs", **fields},
    )


def shelf(key: str, name: str) -> Resource[Spec]:
    return want("toy.shelf", f"main/{key}", name=name)


def live_shelf(identity: str, name: str, key: str | None = None, catalog: str = "shop") -> Live[Spec]:
    return found("toy.shelf", key, identity, name=name, natural=[name], site="main", catalog=catalog)


def foreign_price(amount: str = "49", **fields: Any) -> Live[Spec]:
    """A price under the wanted lookup key that nobody marked."""
    return found(
        "toy.price",
        None,
        "price_9",
        product=Ref.found("toy.product", "prod_1"),
        unit_amount=usd(amount),
        natural=["pro.monthly"],
        **fields,
    )


def price_of_theirs() -> Live[Spec]:
    """Our price on somebody else's product."""
    link = Ref.found("toy.product", "prod_9")
    return found("toy.price", "pro.monthly", "price_1", written=price(), product=link, unit_amount=usd("49"))


def test_an_object_of_nobody_is_refused_with_the_way_to_take_it_over() -> None:
    made = planned([product(line=3)], [theirs()])
    assert told(made) == [
        (
            "P022",
            "error",
            "toy.product/pro",
            "toy.product/pro: prod_9 holds the same unique name or code and belongs to nobody that Billform knows"
            " | run again with `--adopt toy.product/pro` to take it over, or rename this one",
        )
    ]
    assert str(made.findings[0].span) == "catalog.yaml:3:1"
    (change,) = made.changes
    assert isinstance(change, Refuse)
    assert (change.place, change.code) == ("catalog.yaml:3", "P022")
    assert (change.why, change.way_out) == (
        "prod_9 holds the same unique name or code and belongs to nobody that Billform knows",
        "run again with `--adopt toy.product/pro` to take it over, or rename this one",
    )
    assert change.found is not None
    assert change.found.id == "prod_9"


def test_the_catalog_that_an_object_belongs_to_is_named() -> None:
    (finding,) = planned([product()], [theirs(catalog="another")]).findings
    assert "prod_9 holds the same unique name or code and belongs to the catalog 'another'" in finding.summary


def test_a_twin_of_a_kind_that_is_marked_at_once_is_somebody_elses() -> None:
    """Only where the mark is a second write does its absence say that a run stopped in between."""
    assert [each.code for each in planned([product("Theirs")], [theirs()]).findings] == ["P022"]
    other = live_shelf("7", "A", key="x", catalog="another")
    assert [each.code for each in planned([shelf("a", "A")], [other]).findings] == ["P022"]


def test_an_unmarked_twin_of_what_is_wanted_is_an_unfinished_create() -> None:
    made = planned([shelf("a", "A")], [live_shelf("7", "A")])
    assert lines(made) == ["adopt toy.shelf/main/a 7"]
    assert (made.changes[0].cause, made.changes[0].why) == (
        Cause.UNFINISHED,
        "made by an earlier run that stopped before it was marked",
    )


def test_a_twin_of_a_kind_that_is_announced_is_somebody_elses_unless_it_is_the_one_that_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Equality proves nothing about what has a name and little else."""
    monkeypatch.setattr(Shelf, "announced", True)
    theirs_, ours = live_shelf("7", "A"), replace(live_shelf("8", "A"), owned=True)
    assert [each.code for each in planned([shelf("a", "A")], [theirs_]).findings] == ["P022"]
    assert lines(planned([shelf("a", "A")], [ours])) == ["adopt toy.shelf/main/a 8"]


def test_what_is_to_be_adopted_is_taken_over_with_what_changes() -> None:
    made = planned([product()], [theirs()], adopt=("toy.meter/*", "toy.product/*"))
    assert lines(made) == ['adopt toy.product/pro prod_9 [name "Theirs" -> "Pro"]']
    (change,) = made.changes
    assert isinstance(change, Adopt)
    assert (change.cause, change.why, change.fields) == (Cause.CATALOG, "taken over as asked", ("name",))
    assert made.findings == ()


def test_what_refers_to_an_adopted_object_refers_to_what_is_wanted() -> None:
    made = planned([product(), price()], [theirs(), price_of_theirs()], adopt=("*",))
    assert [each.action for each in made.changes] == ["adopt"]


def test_an_object_is_adopted_once() -> None:
    made = planned([shelf("a", "A"), shelf("b", "A")], [live_shelf("7", "A", key="x", catalog="another")], adopt=("*",))
    assert lines(made) == ["adopt toy.shelf/main/a 7", "create toy.shelf/main/b"]


def test_customers_notice_nothing_of_an_adopted_price_that_stays_as_it_is() -> None:
    made = planned([product(), price()], [live_product(), foreign_price(nickname="old")], adopt=("*",))
    assert [(each.action, each.notice) for each in made.changes] == [("adopt", None)]


def test_an_object_that_differs_in_fixed_fields_cannot_be_adopted() -> None:
    stray = found(
        "toy.price",
        None,
        "price_9",
        product=Ref.found("toy.product", "prod_7"),
        unit_amount=usd("1"),
        natural=["pro.monthly"],
    )
    made = planned([product(), price()], [live_product(), stray], adopt=("*",))
    assert told(made) == [
        (
            "P025",
            "error",
            "toy.price/pro.monthly",
            "toy.price/pro.monthly: price_9 differs in product, unit_amount, which the vendor fixes at creation"
            " | declare it as it is there, or give this one another id, name or code, so that a new one is made",
        )
    ]
    (change,) = made.changes
    assert isinstance(change, Refuse)
    assert change.found is not None
    assert change.found.id == "price_9"
    assert [(each.path, each.before, each.after) for each in change.changes] == [
        ("product", "prod_7", "toy.product/pro"),
        ("unit_amount", "$1.00", "$49.00"),
    ]


def test_what_refers_to_an_object_that_cannot_be_adopted_is_no_second_finding() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    live_page = found("toy.page", "main", "page_1", written=page, prices=(Ref.found("toy.price", "price_9"),))
    made = planned([product(), price(), page], [live_product(), foreign_price("1"), live_page], adopt=("*",))
    assert ([each.code for each in made.findings], len(made.changes), made.unchanged) == (["P025"], 1, 2)


def test_several_objects_that_answer_to_one_are_all_named() -> None:
    made = planned([product()], [theirs("prod_8"), theirs("prod_9")], adopt=("*",))
    assert told(made) == [
        (
            "P023",
            "error",
            "toy.product/pro",
            "toy.product/pro: several objects answer to it: prod_8, prod_9 | leave one of them and run again",
        )
    ]


def test_a_name_that_another_object_of_this_catalog_has_stays_with_it() -> None:
    made = planned([shelf("a", "A"), shelf("b", "B")], [live_shelf("7", "A", key="b")], adopt=("*",))
    assert told(made) == [
        (
            "P024",
            "error",
            "toy.shelf/main/a",
            "toy.shelf/main/a: toy.shelf/main/b (7) holds the same unique name or code"
            " | give this one another; where the catalog renames the other, do that first, with"
            " `--only toy.shelf/main/b`",
        )
    ]


def test_what_refers_to_an_object_in_the_way_is_no_second_finding() -> None:
    made = planned([product(), price()], [theirs(), price_of_theirs()])
    assert ([each.code for each in made.findings], len(made.changes), made.unchanged) == (["P022"], 1, 1)


def test_an_archived_object_of_ours_that_differs_for_good_is_refused() -> None:
    """Where the vendor neither changes the field nor lets two of them have one name."""
    group = want("toy.group", "vips", name="VIPs", sort="ranked", line=7)
    gone = found("toy.group", "vips", "g1", name="VIPs", active=False)
    made = planned([group], [gone])
    assert told(made) == [
        (
            "P026",
            "error",
            "toy.group/vips",
            "toy.group/vips: sort cannot be changed, and this kind can have neither a new version nor be made anew"
            " | declare a new one under another key",
        )
    ]
    (change,) = made.changes
    assert isinstance(change, Refuse)
    assert change.found is not None
    assert change.found.id == "g1"
    assert [(each.path, each.before, each.after) for each in change.changes] == [("sort", '"plain"', '"ranked"')]


def test_what_refers_to_an_archived_object_that_is_refused_is_no_second_finding() -> None:
    group = want("toy.group", "vips", name="VIPs", sort="ranked")
    shelf = want("toy.shelf", "main/a", name="A", category=Ref.to(group.address))
    lives = [
        found("toy.group", "vips", "g1", name="VIPs", active=False),
        found("toy.shelf", "a", "7", written=shelf, name="A", site="main", category=Ref.found("toy.group", "g1")),
    ]
    made = planned([group, shelf], lives)
    assert ([each.code for each in made.findings], len(made.changes), made.unchanged) == (["P026"], 1, 1)


def test_what_can_do_neither_is_refused_with_the_way_out() -> None:
    meter = want("toy.meter", "calls", event_name="calls", display_name="Calls", formula="count")
    live = found("toy.meter", None, "mtr_1", event_name="call", display_name="Calls", natural=["calls"])
    made = planned([meter], [live])
    assert told(made) == [
        (
            "P026",
            "error",
            "toy.meter/calls",
            "toy.meter/calls: event_name, formula cannot be changed, and this kind can have neither a new version nor"
            " be made anew | declare a new meter",
        )
    ]
    assert len(made.refusals) == 1


def test_of_unmarked_namesakes_the_one_on_duty_is_taken() -> None:
    """One that is off duty only where it needs nothing but to be put back, and then the newest of them."""
    new, old = (
        found("toy.main", None, identity, natural=["pro"], price=PRO, note="x", created=created, active=active)
        for identity, created, active in [("a", 2, False), ("b", 1, True)]
    )
    noted = want("toy.main", "pro", price=PRO, note="y")
    assert lines(planned([product(), noted], [live_product(), old, new])) == ['update toy.main/pro b [note "x" -> "y"]']
    meter = want("toy.meter", "calls", event_name="call", display_name="Calls")
    ended = [
        found("toy.meter", None, "m1", event_name="other", display_name="Calls", natural=["call"], active=False),
        found("toy.meter", None, "m2", event_name="call", display_name="Other", natural=["call"], active=False),
    ]
    assert lines(planned([meter], ended)) == ['restore toy.meter/calls m2 [display_name "Other" -> "Calls"]']
    assert lines(planned([meter], ended[:1])) == ["create toy.meter/calls"]


@pytest.mark.parametrize("catalog", [None, "another"])
def test_what_somebody_else_put_in_the_very_place_is_in_the_way_under_whatever_name(
    monkeypatch: pytest.MonkeyPatch, catalog: str | None
) -> None:
    """Of a kind that is nothing but what it is on; in another place the same name is nobody's business."""
    monkeypatch.setattr(Shelf, "joins", lambda self, spec: spec.category)
    group, mark = want("toy.group", "vips", name="VIPs"), "x" if catalog else None
    there = found("toy.group", "vips", "g1", written=group, name="VIPs")
    wanted = want("toy.shelf", "main/a", name="A", category=Ref.to(group.address))
    fields: dict[str, Any] = {"name": "B", "site": "main", "catalog": catalog or ""}
    here = found("toy.shelf", mark, "7", category=Ref.found("toy.group", "g1"), **fields)
    elsewhere = found("toy.shelf", mark, "8", category=Ref.found("toy.group", "g2"), **fields)
    assert [each.code for each in planned([group, wanted], [there, here, elsewhere]).findings] == ["P022"]
    taken = planned([group, wanted], [there, here, elsewhere], adopt=("toy.shelf/*",))
    assert lines(taken) == ['adopt toy.shelf/main/a 7 [name "B" -> "A"]']
    assert lines(planned([group, wanted], [there, elsewhere])) == ["create toy.shelf/main/a"]
