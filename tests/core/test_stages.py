"""A plan as steps: what each waits for."""

from __future__ import annotations

from billform.core.plan import Plan
from billform.core.resource import Ref
from billform.core.stages import stages
from tests.core.shop import MONTHLY, PRICE_1, PRICE_2, PRO, PROD_1, live_price, live_product, price, product
from tests.core.toys import KINDS, found, planned, want

PAGE = want("toy.page", "main", prices=(MONTHLY,))
LIVE_PAGE = found("toy.page", "main", "page_1", written=PAGE, prices=(PRICE_1,))


def steps(made: Plan) -> list[tuple[str, str, str | None, set[int]]]:
    """Action, address, id and needs of every step, whose numbers are their places."""
    found_ = stages(made, KINDS)
    assert [each.number for each in found_] == list(range(len(found_)))
    assert all(each.change.address == each.address for each in found_)
    return [(each.action, str(each.address), each.found.id if each.found else None, set(each.needs)) for each in found_]


def test_what_something_refers_to_is_made_first() -> None:
    assert steps(planned([PAGE, price(), product()])) == [
        ("create", "toy.product/pro", None, set()),
        ("create", "toy.price/pro.monthly", None, {0}),
        ("create", "toy.page/main", None, {1}),
    ]


def test_an_old_version_goes_when_its_successor_stands_and_everything_points_at_that() -> None:
    made = planned([product(), price("59"), PAGE], [live_product(), live_price("49"), LIVE_PAGE])
    assert steps(made) == [
        ("create", "toy.price/pro.monthly", None, set()),
        ("update", "toy.page/main", "page_1", {0}),
        ("retire", "toy.price/pro.monthly", "price_1", {0, 1}),
    ]


def test_going_back_restores_first_repoints_and_then_retires_the_newer_version() -> None:
    page = found("toy.page", "main", "page_1", written=PAGE, prices=(PRICE_2,))
    lives = [live_price("49", active=False, current=False), live_price("59", "price_2", version=2)]
    assert steps(planned([product(), price("49"), PAGE], [live_product(), *lives, page])) == [
        ("restore", "toy.price/pro.monthly", "price_1", set()),
        ("update", "toy.page/main", "page_1", {0}),
        ("retire", "toy.price/pro.monthly", "price_2", {0, 1}),
    ]


def test_what_is_left_of_an_earlier_run_goes_after_what_still_points_at_it() -> None:
    old, new = live_price("49", current=False), live_price("59", "price_2", version=2)
    made = planned([product(), price("59"), PAGE], [live_product(), old, new, LIVE_PAGE])
    assert steps(made) == [
        ("update", "toy.price/pro.monthly", "price_2", set()),
        ("update", "toy.page/main", "page_1", {0}),
        ("retire", "toy.price/pro.monthly", "price_1", {0, 1}),
    ]


def test_a_change_in_place_retires_what_an_earlier_run_left_as_well() -> None:
    old, new = live_price("49", current=False), live_price("59", "price_2", version=2)
    made = planned([product(), price("59", nickname="n")], [live_product(), old, new])
    assert steps(made) == [
        ("update", "toy.price/pro.monthly", "price_2", set()),
        ("retire", "toy.price/pro.monthly", "price_1", {0}),
    ]


def test_a_code_that_must_be_unique_is_retired_before_it_is_made_anew() -> None:
    """Both once what it is about is there: where that cannot be made, the old one stays."""
    code = want("toy.code", "launch", code="NEW", product=PRO)
    live = found("toy.code", "launch", "promo_1", code="OLD", product=PROD_1)
    made = planned([product(), code], [live])
    assert steps(made) == [
        ("create", "toy.product/pro", None, set()),
        ("retire", "toy.code/launch", "promo_1", {0}),
        ("create", "toy.code/launch", None, {0, 1}),
    ]
    assert steps(planned([want("toy.code", "first", code="X")])) == [("create", "toy.code/first", None, set())]


def test_what_leaves_together_leaves_users_first() -> None:
    assert steps(planned([product()], [live_product(), live_price(), LIVE_PAGE])) == [
        ("retire", "toy.page/main", "page_1", set()),
        ("retire", "toy.price/pro.monthly", "price_1", {0}),
    ]


def test_what_is_refused_is_no_step_and_holds_up_no_other() -> None:
    stranger = found("toy.product", None, "prod_9", name="Theirs", natural=["pro"])
    made = planned([product(), want("toy.shelf", "main/a", name="A"), PAGE, price()], [stranger])
    assert made.changes[0].action == "refuse"
    assert [address for _, address, _, _ in steps(made)] == [
        "toy.price/pro.monthly",
        "toy.shelf/main/a",
        "toy.page/main",
    ]


def test_an_object_that_refers_to_itself_waits_for_others_only() -> None:
    shelves = [
        found("toy.shelf", key, identity, name=key, site="main", category=Ref.found("toy.shelf", "2"))
        for key, identity in [("a", "1"), ("b", "2")]
    ]
    assert steps(planned([], shelves)) == [
        ("retire", "toy.shelf/main/a", "1", set()),
        ("retire", "toy.shelf/main/b", "2", {0}),
    ]


def test_several_versions_on_sale_go_one_by_one_after_the_new_one() -> None:
    lives = [live_price("39", "price_0", current=False), live_price("49")]
    link = found("toy.link", None, "l1", product=PROD_1, natural=["pro.sso"], owned=True)
    made = planned([product(), price("59")], [live_product(), *lives, link])
    assert steps(made) == [
        ("create", "toy.price/pro.monthly", None, set()),
        ("retire", "toy.link/pro.sso", "l1", set()),
        ("retire", "toy.price/pro.monthly", "price_1", {0}),
        ("retire", "toy.price/pro.monthly", "price_0", {0}),
    ]
