"""What the planner decides, story by story."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from billform.core.diagnostic import BillformError
from billform.core.diff import declared, spec_digest
from billform.core.money import Money
from billform.core.plan import Cause, NewVersion, Restore, Update, plan_from_json, plan_to_json
from billform.core.resource import Address, Live, Mark, Ref, Resource, Spec
from billform.core.stages import stages
from tests.core.toys import KINDS, found, lines, planned, want

PRO = Ref.to(Address("toy.product", "pro"))
MONTHLY = Ref.to(Address("toy.price", "pro.monthly"))


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "usd")


def product(name: str = "Pro", **fields: Any) -> Resource[Spec]:
    return want("toy.product", "pro", name=name, **fields)


def price(amount: str = "49", **fields: Any) -> Resource[Spec]:
    return want("toy.price", "pro.monthly", product=PRO, unit_amount=usd(amount), **fields)


def live_product(name: str = "Pro", **fields: Any) -> Live[Spec]:
    return found("toy.product", "pro", "prod_1", name=name, **fields)


def live_price(
    amount: str = "49", identity: str = "price_1", written_amount: str | None = None, **fields: Any
) -> Live[Spec]:
    return found(
        "toy.price",
        "pro.monthly",
        identity,
        written=price(written_amount or amount),
        product=Ref.found("toy.product", "prod_1"),
        unit_amount=usd(amount),
        **fields,
    )


def mark_of(wanted: Resource[Spec]) -> Mark:
    return Mark("shop", wanted.address.local_key, spec_digest(wanted.spec), declared(wanted.spec))


def test_an_empty_account_gets_everything_in_the_order_of_need() -> None:
    made = planned([price(), product()])
    assert lines(made) == ["create toy.product/pro", "create toy.price/pro.monthly"]
    assert made.unchanged == 0


def test_nothing_to_do_when_all_is_as_wanted() -> None:
    made = planned([product(), price()], [live_product(), live_price()])
    assert (lines(made), made.unchanged) == ([], 2)


def test_a_changed_catalog_is_told_from_a_change_outside_and_from_both() -> None:
    was = product("Pro")
    causes = {
        wanted: planned([product(wanted)], [live_product(live, written=was)]).changes[0].cause
        for wanted, live in [("Pro+", "Pro"), ("Pro", "Edited"), ("Pro++", "Edited")]
    }
    assert causes == {"Pro+": Cause.CATALOG, "Pro": Cause.OUTSIDE, "Pro++": Cause.BOTH}


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
    assert made.changes[0].cause is Cause.UNFINISHED


def test_what_left_the_catalog_is_archived_and_prices_go_after_their_product() -> None:
    made = planned([], [live_product(), live_price()])
    assert lines(made) == ["archive toy.product/pro prod_1", "archive toy.price/pro.monthly price_1"]
    assert [str(each.address) for each in stages(made, KINDS)] == ["toy.product/pro", "toy.price/pro.monthly"]


def test_what_was_archived_and_is_wanted_again_is_restored_as_it_is() -> None:
    lives = [live_product(active=False), live_price(active=False)]
    made = planned([product(), price()], lives)
    assert lines(made) == ["restore toy.product/pro prod_1", "restore toy.price/pro.monthly price_1"]


def test_foreign_objects_are_left_alone() -> None:
    stranger = found("toy.product", None, "prod_9", name="Theirs", natural=["theirs"])
    other = found("toy.product", "x", "prod_8", catalog="another", name="X", natural=["x"])
    made = planned([], [stranger, other])
    assert lines(made) == []


def test_a_clash_is_refused_with_the_way_to_adopt_it_and_adopting_works() -> None:
    stranger = found("toy.product", None, "prod_9", name="Theirs", natural=["pro"])
    refused = planned([product()], [stranger])
    assert [each.code for each in refused.findings] == ["P022"]
    assert "--adopt toy.product/pro" in (refused.findings[0].hint or "")
    adopted = planned([product()], [stranger], adopt=("toy.product/*",))
    assert lines(adopted) == ['adopt toy.product/pro prod_9 [name "Theirs" -> "Pro"]']


def test_an_object_that_differs_in_a_fixed_field_cannot_be_adopted() -> None:
    stranger = found(
        "toy.price",
        None,
        "price_9",
        product=Ref.found("toy.product", "prod_1"),
        unit_amount=usd("1"),
        natural=["pro.monthly"],
    )
    made = planned([product(), price()], [live_product(), stranger], adopt=("*",))
    assert [each.code for each in made.findings] == ["P025"]


def test_an_unmarked_twin_of_what_is_wanted_is_an_unfinished_create() -> None:
    shelf = want("toy.shelf", "main/a", name="A")
    twin = found("toy.shelf", None, "7", name="A", natural=["A"], site="main")
    made = planned([shelf], [twin])
    assert lines(made) == ["adopt toy.shelf/main/a 7"]
    assert made.changes[0].cause is Cause.UNFINISHED


def test_what_can_do_neither_is_refused_with_the_way_out() -> None:
    meter = want("toy.meter", "calls", event_name="call", display_name="Calls", formula="count")
    live = found("toy.meter", None, "mtr_1", event_name="call", display_name="Calls", natural=["call"])
    made = planned([meter], [live])
    assert [(each.code, each.hint) for each in made.findings] == [("P026", "declare a new meter")]
    assert len(made.refusals) == 1


def test_a_kind_without_marks_is_matched_by_its_natural_key() -> None:
    meter = want("toy.meter", "calls", event_name="call", display_name="Calls")
    live = found("toy.meter", None, "mtr_1", event_name="call", display_name="Old", natural=["call"])
    assert lines(planned([meter], [live])) == ['update toy.meter/calls mtr_1 [display_name "Old" -> "Calls"]']
    second = found("toy.meter", None, "mtr_2", event_name="call", display_name="Old", natural=["call"])
    made = planned([meter], [live, second])
    assert len(stages(made, KINDS)) == 1, "a namesake is never retired"


def test_an_unmarked_object_is_archived_only_with_proof_that_it_is_ours() -> None:
    proven = found("toy.meter", None, "mtr_1", event_name="a", display_name="A", natural=["a"], owned=True)
    unknown = found("toy.meter", None, "mtr_2", event_name="b", display_name="B", natural=["b"])
    made = planned([], [proven, unknown])
    assert lines(made) == ["archive toy.meter/a mtr_1"]
    assert [each.code for each in made.findings] == ["P030"]


def test_a_link_stays_with_an_archived_product_and_leaves_one_that_stays() -> None:
    link = found("toy.link", None, "l1", product=Ref.found("toy.product", "prod_1"), natural=["pro.sso"], owned=True)
    assert lines(planned([], [live_product(), link])) == ["archive toy.product/pro prod_1"]
    assert lines(planned([product()], [live_product(), link])) == ["archive toy.link/pro.sso l1"]


def test_amounts_that_a_headline_leaves_out_are_told_all_the_same() -> None:
    cheap, dear = ({"eur": Money(Decimal(each), "eur")} for each in (45, 46))
    made = planned([product(), price(options=dear)], [live_product(), live_price(options=cheap)])
    assert made.changes[0].notice is not None
    assert made.changes[0].notice.after == "$49.00; options.eur €45.00 -> €46.00"


def test_a_code_that_must_be_unique_is_retired_before_it_is_made_anew() -> None:
    code = want("toy.code", "launch", code="NEW")
    live = found("toy.code", "launch", "promo_1", code="OLD")
    assert [each.action for each in stages(planned([code], [live]), KINDS)] == ["retire", "create"]


def test_an_incomplete_read_is_an_error_and_never_an_archive() -> None:
    with pytest.raises(BillformError, match="P004"):
        planned([product()], [], complete=["toy.price"])
    with pytest.raises(BillformError, match="P004"):
        planned([], [live_product()], complete=["toy.price"])


def test_what_the_account_cannot_have_is_left_out_with_its_dependents() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    made = planned(
        [product(), price(), page],
        unavailable={("toy.price", ""): "not on this plan"},
        complete=["toy.product", "toy.page"],
    )
    assert lines(made) == ["create toy.product/pro"]
    assert [each.code for each in made.findings] == ["P020", "P020"]


def test_a_name_that_the_vendor_does_not_know_is_refused() -> None:
    shelf = want("toy.shelf", "main/a", name="A", category=Ref.to(Address("toy.category", "main/Plans")))
    made = planned([shelf])
    assert [each.code for each in made.findings] == ["P021"]
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


def test_what_the_vendor_cannot_take_away_stays_and_is_forgotten_once() -> None:
    live = live_price(nickname="old")
    live = replace(live, mark=mark_of(price(nickname="old")))
    (change,) = planned([product(), price()], [live_product(), live]).changes
    assert (change.action, change.cause) == ("update", Cause.RECORD)
    assert planned([product(), price()], [live_product(), live_price(nickname="old")]).changes == ()


def test_what_is_already_right_but_not_recorded_is_recorded() -> None:
    live = live_product(written=product(), description="x")
    made = planned([product(description="x")], [live])
    (change,) = made.changes
    assert isinstance(change, Update)
    assert (change.action, change.cause, change.fields) == ("update", Cause.RECORD, ())


def test_an_unfinished_object_is_made_anew() -> None:
    code = want("toy.code", "launch", code="A")
    live = found("toy.code", "launch", "we_1", code="A", unfinished="its secret was never stored")
    made = planned([code], [live])
    assert (made.changes[0].action, made.changes[0].cause) == ("recreate", Cause.UNFINISHED)


def test_only_takes_what_it_needs_with_it() -> None:
    made = planned([product(), price(), want("toy.page", "main", title="x")], only=("toy.price/*",))
    assert lines(made) == ["create toy.product/pro", "create toy.price/pro.monthly"]


def test_the_order_of_lists_and_of_observation_does_not_matter() -> None:
    other = want("toy.price", "pro.yearly", product=PRO, unit_amount=usd("490"))
    yearly = Ref.to(other.address)
    wanted = [product(), price("59"), other, want("toy.page", "main", prices=(MONTHLY, yearly))]
    turned = [want("toy.page", "main", prices=(yearly, MONTHLY)), other, price("59"), product()]
    lives = [live_product(), live_price("49")]
    assert planned(wanted, lives).changes[0] == planned(turned, lives[::-1]).changes[0]
    assert lines(planned(wanted, lives)) == lines(planned(turned, lives[::-1]))


def test_a_plan_survives_its_file_and_a_changed_file_is_noticed() -> None:
    made = planned([product(), price("59")], [live_product(), live_price("49")])
    written = plan_to_json(made)
    specs = {name: kind.spec for name, kind in KINDS.items()}
    again = plan_from_json(written, specs)
    assert (again.digest, again.changes) == (made.digest, made.changes)
    for broken, code in [
        (written[: len(written) // 2], "P010"),
        ("[]", "P011"),
        (written.replace('"format": 1', '"format": 99'), "P012"),
        (written.replace("59 usd", "5.9 usd"), "P013"),
    ]:
        with pytest.raises(BillformError, match=code):
            plan_from_json(broken, specs)


def test_circles_and_dangling_references_are_named() -> None:
    a = want("toy.shelf", "main/a", name="A", category=Ref.to(Address("toy.shelf", "main/b")))
    b = want("toy.shelf", "main/b", name="B", category=Ref.to(Address("toy.shelf", "main/a")))
    with pytest.raises(BillformError, match="P003"):
        planned([a, b])
    with pytest.raises(BillformError, match="P002"):
        planned([price()])
    with pytest.raises(BillformError, match="P001"):
        planned([product(), product("Twice")])
