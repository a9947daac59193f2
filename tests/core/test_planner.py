"""What the planner decides, story by story."""

from __future__ import annotations

from decimal import Decimal

from billform.core.money import Money
from billform.core.plan import Cause, NewVersion, Restore, Update
from billform.core.resource import Address, Ref
from billform.core.stages import stages
from tests.core.shop import MONTHLY, PRO, live_price, live_product, price, product, told, usd
from tests.core.toys import KINDS, found, lines, planned, want


def test_an_empty_account_gets_everything_in_the_order_of_need() -> None:
    made = planned([price(), product()])
    assert lines(made) == ["create toy.product/pro", "create toy.price/pro.monthly"]
    assert made.unchanged == 0


def test_nothing_to_do_when_all_is_as_wanted() -> None:
    made = planned([product(), price()], [live_product(), live_price()])
    assert (lines(made), made.unchanged) == ([], 2)


def test_fields_that_nobody_declared_survive() -> None:
    made = planned([product()], [live_product(written=product(), description="by hand", metadata={"crm": "7"})])
    assert lines(made) == []


def test_a_field_declared_once_and_then_removed_is_cleared() -> None:
    was = product(description="old", metadata={"team": "a", "tier": "b"})
    live = live_product(written=was, description="old", metadata={"team": "a", "tier": "b", "crm": "7"})
    made = planned([product(metadata={"team": "a"})], [live])
    (change,) = made.changes
    assert isinstance(change, Update)
    assert change.fields == ("description", "metadata.tier")
    assert lines(made) == ['update toy.product/pro prod_1 [description "old" -> None] [metadata.tier "b" -> None]']


def test_an_immutable_change_makes_a_new_version_and_tells_customers() -> None:
    made = planned([product(), price("59")], [live_product(), live_price("49")])
    assert lines(made) == ["new_version toy.price/pro.monthly price_1 [unit_amount $49.00 -> $59.00]"]
    (change,) = made.changes
    assert isinstance(change, NewVersion)
    assert change.notice is not None
    assert (change.notice.now, change.notice.after) == ("$49.00", "$59.00")
    assert change.version == 2
    assert [each.action for each in stages(made, KINDS)] == ["create", "retire"]


def test_what_points_at_a_replaced_object_is_repointed_before_the_old_one_is_archived() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    live_page = found("toy.page", "main", "page_1", written=page, prices=(Ref.found("toy.price", "price_1"),))
    made = planned([product(), price("59"), page], [live_product(), live_price("49"), live_page])
    assert [each.split(" [")[0] for each in lines(made)] == [
        "new_version toy.price/pro.monthly price_1",
        "update toy.page/main page_1",
    ]
    assert made.changes[1].cause is Cause.FOLLOWS
    steps = stages(made, KINDS)
    assert [(each.action, str(each.address)) for each in steps] == [
        ("create", "toy.price/pro.monthly"),
        ("update", "toy.page/main"),
        ("retire", "toy.price/pro.monthly"),
    ]
    assert steps[2].needs == {0, 1}


def test_going_back_restores_the_archived_version() -> None:
    old = live_price("49", "price_1", active=False, current=False)
    new = live_price("59", "price_2", version=2)
    made = planned([product(), price("49")], [live_product(), old, new])
    (change,) = made.changes
    assert isinstance(change, Restore)
    assert (change.found.id, [each.id for each in change.supersedes]) == ("price_1", ["price_2"])
    assert [each.path for each in change.changes] == ["unit_amount"]
    assert (change.fields, change.why) == ((), "price_1 is equal and archived; it goes back on sale")


def test_going_back_sends_what_changed_meanwhile_and_retires_whatever_else_is_on_sale() -> None:
    """Also where the earlier version was never archived: it only lost its lookup key."""
    lives = [
        live_price("49", "price_1", current=False, nickname="old"),
        live_price("39", "price_0", current=False),
        live_price("59", "price_2", version=2),
    ]
    (change,) = planned([product(), price("49", nickname="new")], [live_product(), *lives]).changes
    assert isinstance(change, Restore)
    assert (change.found.id, change.fields) == ("price_1", ("nickname",))
    assert change.why == "price_1 is equal and was replaced; it goes back on sale"
    assert [each.id for each in change.supersedes] == ["price_2", "price_0"]


def test_a_half_done_new_version_is_finished() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    old = live_price("49", "price_1", current=False)
    new = live_price("59", "price_2", version=2)
    live_page = found("toy.page", "main", "page_1", written=page, prices=(Ref.found("toy.price", "price_1"),))
    made = planned([product(), price("59"), page], [live_product(), old, new, live_page])
    steps = [(each.action, str(each.address), each.found.id if each.found else None) for each in stages(made, KINDS)]
    assert steps == [
        ("update", "toy.price/pro.monthly", "price_2"),
        ("update", "toy.page/main", "page_1"),
        ("retire", "toy.price/pro.monthly", "price_1"),
    ]
    (first, _) = made.changes
    assert isinstance(first, Update)
    assert (first.cause, first.fields) == (Cause.UNFINISHED, ())
    assert first.why == "an earlier run stopped before it archived price_1"


def test_all_that_an_earlier_run_left_is_named() -> None:
    left = [live_price(amount, f"price_{amount}", current=False) for amount in ("39", "49")]
    (change,) = planned(
        [product(), price("59")], [live_product(), *left, live_price("59", "price_2", version=2)]
    ).changes
    assert change.why == "an earlier run stopped before it archived price_49, price_39"


def test_what_was_archived_and_is_wanted_again_is_restored_as_it_is() -> None:
    lives = [live_product(active=False), live_price(active=False)]
    made = planned([product(), price()], lives)
    assert lines(made) == ["restore toy.product/pro prod_1", "restore toy.price/pro.monthly price_1"]


def test_foreign_objects_are_left_alone() -> None:
    stranger = found("toy.product", None, "prod_9", name="Theirs", natural=["theirs"])
    other = found("toy.product", "x", "prod_8", catalog="another", name="X", natural=["x"])
    made = planned([], [stranger, other])
    assert lines(made) == []


def test_a_kind_without_marks_is_matched_by_its_natural_key() -> None:
    meter = want("toy.meter", "calls", event_name="call", display_name="Calls")
    live = found("toy.meter", None, "mtr_1", event_name="call", display_name="Old", natural=["call"])
    assert lines(planned([meter], [live])) == ['update toy.meter/calls mtr_1 [display_name "Old" -> "Calls"]']
    second = found("toy.meter", None, "mtr_2", event_name="call", display_name="Old", natural=["call"], active=False)
    made = planned([meter], [live, second])
    assert len(stages(made, KINDS)) == 1, "a namesake is never retired"


def test_what_the_account_cannot_have_is_left_out_with_its_dependents() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    made = planned(
        [product(), price(), page],
        unavailable={("toy.price", ""): "not on this plan"},
        complete=["toy.product", "toy.page"],
    )
    assert lines(made) == ["create toy.product/pro"]
    assert told(made) == [
        ("P020", "warning", "toy.price/pro.monthly", "toy.price/pro.monthly is left out: not on this plan"),
        ("P020", "warning", "toy.page/main", "toy.page/main is left out, because toy.price/pro.monthly is"),
    ]


def test_a_name_that_the_vendor_does_not_know_is_refused() -> None:
    shelf = want("toy.shelf", "main/a", name="A", category=Ref.to(Address("toy.category", "main/Plans")))
    made = planned([shelf, want("toy.link", "x", product=Ref.to(shelf.address))])
    assert told(made) == [
        (
            "P021",
            "error",
            "toy.shelf/main/a",
            "toy.shelf/main/a: there is no category named 'Plans' at toy"
            " | create it at toy, or write the name of one that is there",
        ),
        ("P020", "warning", "toy.link/x", "toy.link/x is left out, because toy.shelf/main/a is"),
    ]
    taxed = want("toy.link", "x", product=Ref.to(Address("toy.tax_class", "main/Digital")))
    assert "there is no tax class named 'Digital'" in planned([taxed]).findings[0].summary
    known = found("toy.category", "Plans", "5", catalog="", site="main")
    assert lines(planned([shelf], [known])) == ["create toy.shelf/main/a"]
    assert planned([shelf], [known]).ids == {"toy.category/main/Plans": "5"}


def test_choosing_once_is_an_update_and_choosing_again_a_new_version() -> None:
    first = planned([product(), price(tax_behavior="exclusive")], [live_product(), live_price()])
    assert first.changes[0].action == "update"
    live = live_price(tax_behavior="inclusive")
    second = planned([product(), price(tax_behavior="exclusive")], [live_product(), live])
    assert second.changes[0].action == "new_version"


def test_a_currency_is_added_in_place_and_changed_by_a_new_version() -> None:
    eur = {"eur": Money(Decimal(45), "eur")}
    added = planned([product(), price(options=eur)], [live_product(), live_price()])
    assert added.changes[0].action == "update"
    dearer = {"eur": Money(Decimal(46), "eur")}
    changed = planned([product(), price(options=dearer)], [live_product(), live_price(options=eur)])
    assert changed.changes[0].action == "new_version"


def test_the_order_of_lists_and_of_observation_does_not_matter() -> None:
    other = want("toy.price", "pro.yearly", product=PRO, unit_amount=usd("490"))
    yearly = Ref.to(other.address)
    wanted = [product(), price("59"), other, want("toy.page", "main", prices=(MONTHLY, yearly))]
    turned = [want("toy.page", "main", prices=(yearly, MONTHLY)), other, price("59"), product()]
    lives = [live_product(), live_price("49")]
    assert planned(wanted, lives) == planned(turned, lives[::-1])
    assert planned(wanted, lives).digest == planned(turned, lives[::-1]).digest
