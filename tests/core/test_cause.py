"""Why something differs: told from what is wanted, what is there, and what was last written."""

from __future__ import annotations

from dataclasses import replace

from billform.core.plan import Cause, Update
from billform.core.resource import Address, Live, Ref, Spec
from tests.core.shop import (
    MONTHLY,
    PRICE_1,
    PRICE_2,
    live_price,
    live_product,
    mark_of,
    price,
    product,
)
from tests.core.toys import found, lines, planned, want

MAIN = want("toy.main", "pro", price=MONTHLY)


def live_main(price: Ref = PRICE_1, note: str | None = None) -> Live[Spec]:
    return found("toy.main", None, "main_1", natural=["pro"], price=price, note=note)


def test_a_changed_catalog_is_told_from_a_change_outside_and_from_both() -> None:
    was = product("Pro")
    causes = {
        wanted: planned([product(wanted)], [live_product(live, written=was)]).changes[0].cause
        for wanted, live in [("Pro+", "Pro"), ("Pro", "Edited"), ("Pro++", "Edited")]
    }
    assert causes == {"Pro+": Cause.CATALOG, "Pro": Cause.OUTSIDE, "Pro++": Cause.BOTH}


def test_what_somebody_adds_to_undeclared_fields_is_no_cause() -> None:
    live = live_product("Pro", written=product("Pro"), description="by hand")
    assert planned([product("Pro+")], [live]).changes[0].cause is Cause.CATALOG


def test_a_field_declared_at_the_vendors_default_can_only_be_changed_outside() -> None:
    """Such a field is in no digest."""
    live = live_product("Pro", written=product("Pro"), description="by hand")
    made = planned([product("Pro", description=None)], [live])
    assert (lines(made), made.changes[0].cause) == (
        ['update toy.product/pro prod_1 [description "by hand" -> None]'],
        Cause.OUTSIDE,
    )


def test_of_what_has_no_room_for_what_was_last_written_nobody_knows_who_changed_it() -> None:
    """Nor is there anything to bring up to date where it is as wanted."""

    def named(name: str) -> Live[Spec]:
        live = live_product(name)
        assert live.mark is not None
        return replace(live, mark=replace(live.mark, digest="", fields=frozenset()))

    assert planned([product("Pro")], [named("Pro")]).changes == ()
    made = planned([product("Pro")], [named("Edited")])
    assert (lines(made), made.changes[0].cause) == (
        ['update toy.product/pro prod_1 [name "Edited" -> "Pro"]'],
        Cause.UNKNOWN,
    )


def test_a_new_version_has_the_cause_of_what_changed_the_price() -> None:
    made = planned([product(), price("59")], [live_product(), live_price("49")])
    assert made.changes[0].cause is Cause.CATALOG
    by_hand = live_price("49", written_amount="59")
    assert planned([product(), price("59")], [live_product(), by_hand]).changes[0].cause is Cause.OUTSIDE


def test_what_points_at_a_replaced_object_follows_it() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    live = found("toy.page", "main", "page_1", written=page, prices=(PRICE_1,))
    made = planned([product(), price("59"), page], [live_product(), live_price("49"), live])
    assert [each.cause for each in made.changes] == [Cause.CATALOG, Cause.FOLLOWS]


def test_what_points_at_an_older_version_follows_too() -> None:
    """A run that stopped half-way left it there; nobody has changed anything."""
    page = want("toy.page", "main", prices=(MONTHLY,))
    live = found("toy.page", "main", "page_1", written=page, prices=(PRICE_1,))
    old, new = live_price("49", active=False, current=False), live_price("59", "price_2", version=2)
    made = planned([product(), price("59"), page], [live_product(), old, new, live])
    assert [(str(each.address), each.cause) for each in made.changes] == [("toy.page/main", Cause.FOLLOWS)]


def test_what_somebody_pointed_elsewhere_was_changed_outside() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    live = found("toy.page", "main", "page_1", written=page, prices=(Ref.found("toy.price", "price_7"),))
    made = planned([product(), price(), page], [live_product(), live_price(), live])
    assert [each.cause for each in made.changes] == [Cause.OUTSIDE]


def test_without_a_record_nobody_knows_unless_it_only_follows() -> None:
    lives, wanted = [live_product(), live_price("49")], [product(), price("59")]
    (_, follows) = planned([*wanted, MAIN], [*lives, live_main()]).changes
    assert (follows.action, follows.cause) == ("update", Cause.FOLLOWS)
    noted = want("toy.main", "pro", price=MONTHLY, note="n")
    (_, more) = planned([*wanted, noted], [*lives, live_main()]).changes
    assert more.cause is Cause.UNKNOWN
    (other,) = planned([product(), price(), MAIN], [live_product(), live_price(), live_main(PRICE_2)]).changes
    assert other.cause is Cause.UNKNOWN
    assert planned([product(), price(), MAIN], [live_product(), live_price(), live_main()]).changes == ()


def test_what_is_already_right_but_not_recorded_is_recorded() -> None:
    live = live_product(written=product(), description="x")
    (change,) = planned([product(description="x")], [live]).changes
    assert isinstance(change, Update)
    assert (change.cause, change.fields) == (Cause.RECORD, ())
    assert change.why == "already as wanted; records that the catalog declares it"
    by_hand = planned([product("New")], [live_product("New", written=product("Old"))]).changes[0]
    assert (by_hand.action, by_hand.cause) == ("update", Cause.RECORD), "the same change on both sides"


def test_what_the_vendor_cannot_take_away_stays_and_is_forgotten_once() -> None:
    live = replace(live_price(nickname="old"), mark=mark_of(price(nickname="old")))
    (change,) = planned([product(), price()], [live_product(), live]).changes
    assert (change.action, change.cause) == ("update", Cause.RECORD)
    assert planned([product(), price()], [live_product(), live_price(nickname="old")]).changes == ()


def test_an_unfinished_object_is_made_anew_and_never_restored() -> None:
    code = want("toy.code", "launch", code="A")
    live = found("toy.code", "launch", "we_1", code="A", unfinished="its secret was never stored")
    (change,) = planned([code], [live]).changes
    assert (change.action, change.cause, change.why) == (
        "recreate",
        Cause.UNFINISHED,
        "its secret was never stored",
    )
    archived = replace(live, active=False)
    assert lines(planned([code], [archived])) == ["create toy.code/launch"]


def test_a_half_made_object_of_a_kind_that_cannot_change_is_made_anew_all_the_same() -> None:
    live = found("toy.group", "vips", "g1", name="VIPs", unfinished="half made")
    assert [each.action for each in planned([want("toy.group", "vips", name="VIPs")], [live]).changes] == ["recreate"]


def test_what_was_deleted_is_told_from_what_is_new() -> None:
    """Where the vendor keeps a trace of it, and only for the catalog that had made it."""
    shelves = [want("toy.shelf", f"main/{key}", name=key) for key in "abc"]
    gone = [("shop", shelves[0].address), ("another", shelves[1].address)]
    made = planned(shelves, deleted=gone)
    assert [(each.action, each.cause, each.why) for each in made.changes] == [
        ("create", Cause.OUTSIDE, "it was deleted at the vendor"),
        ("create", Cause.CATALOG, None),
        ("create", Cause.CATALOG, None),
    ]
    assert planned([], deleted=gone).changes == ()


def test_a_reference_by_name_is_the_same_as_the_id_behind_it() -> None:
    shelf = want("toy.shelf", "main/a", name="A", category=Ref.to(Address("toy.category", "main/Plans")))
    known = found("toy.category", "Plans", "5", catalog="", site="main")
    live = found("toy.shelf", "a", "7", written=shelf, site="main", name="A", category=Ref.found("toy.category", "5"))
    assert planned([shelf], [known, live]).changes == ()


def test_what_billform_retired_comes_back_because_of_the_catalog_and_the_rest_was_archived_outside() -> None:
    stopped = [want("toy.meter", "calls", event_name="call", display_name="Calls")]
    meter = found("toy.meter", None, "m1", natural=["call"], event_name="call", display_name="Calls", active=False)
    causes = {
        retired: planned([product()], [live_product(active=False, retired=retired)]).changes[0].cause
        for retired in (True, False)
    }
    assert causes == {True: Cause.CATALOG, False: Cause.OUTSIDE}
    assert planned(stopped, [meter]).changes[0].cause is Cause.UNKNOWN, "this kind keeps no trace"


def test_what_was_archived_outside_while_the_catalog_changed_has_both_causes() -> None:
    by_hand = live_price("59", "price_2", version=2, active=False, retired=False)
    old = live_price("49", "price_1", active=False, current=False)
    for amount, action in (("49", "restore"), ("79", "create")):
        (change,) = planned([product(), price(amount)], [live_product(), old, by_hand]).changes
        assert (change.action, change.cause) == (action, Cause.BOTH)


def test_an_old_version_that_somebody_put_back_on_sale_is_taken_out_again() -> None:
    """Beside the current one, in its place, and where neither is wanted any more."""
    revived = live_price("49", "price_1", current=False, retired=True)
    lives = [live_product(), revived, live_price("59", "price_2", version=2)]
    (beside,) = planned([product(), price("59")], lives).changes
    assert (beside.action, beside.cause, beside.why) == ("update", Cause.OUTSIDE, "price_1 put back on sale")
    lives[2] = live_price("59", "price_2", version=2, active=False, retired=False)
    (instead,) = planned([product(), price("59")], lives).changes
    assert (instead.action, instead.cause) == ("restore", Cause.OUTSIDE)
    (unwanted,) = planned([product()], lives).changes
    assert (unwanted.action, unwanted.cause) == ("archive", Cause.OUTSIDE)


def test_a_trace_on_what_is_wanted_and_on_sale_is_taken_off() -> None:
    """Or the next one to archive it by hand would be taken for Billform."""
    (change,) = planned([product()], [live_product(retired=True)]).changes
    assert (change.action, change.cause) == ("update", Cause.RECORD)
