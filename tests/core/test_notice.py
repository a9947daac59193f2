"""What a plan says beside its changes: whom they touch, where they are asked for, and what they rest on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billform.core.money import Money
from billform.core.plan import Create, NewVersion, Notice, Plan, Update
from billform.core.resource import Address, Ref, Resource, Spec
from tests.core.shop import MONTHLY, live_price, live_product, price, product, usd
from tests.core.toys import found, planned, want

WHO = "new checkouts; existing subscriptions keep their price"
MONEY = ("eur", "gbp", "sek")


def notice(made: Plan) -> Notice | None:
    return next((each.notice for each in made.changes if each.address.kind == "toy.price"), None)


def options(*amounts: str) -> dict[str, Money]:
    return {currency: Money(Decimal(amount), currency) for currency, amount in zip(MONEY, amounts, strict=False)}


def test_a_price_rise_tells_both_amounts_and_whom_it_touches() -> None:
    made = planned([product(), price("59")], [live_product(), live_price("49")])
    assert notice(made) == Notice(what="pro.monthly", now="$49.00", after="$59.00", who=WHO)


def test_nobody_keeps_an_old_price_where_there_is_none() -> None:
    assert notice(planned([product(), price()])) == Notice(
        what="pro.monthly", now=None, after="$49.00", who="new checkouts"
    )


def test_a_price_that_leaves_is_told_with_what_it_was() -> None:
    made = planned([], [live_product(), live_price("49")])
    assert notice(made) == Notice(what="pro.monthly", now="$49.00", after=None, who=WHO)


def test_going_back_tells_both_amounts() -> None:
    lives = [live_price("49", active=False, current=False), live_price("59", "price_2", version=2)]
    assert notice(planned([product(), price("49")], [live_product(), *lives])) == Notice(
        what="pro.monthly", now="$59.00", after="$49.00", who=WHO
    )


def test_a_price_that_comes_back_on_sale_is_new_to_everybody() -> None:
    made = planned([product(), price("49")], [live_product(), live_price("49", active=False)])
    assert notice(made) == Notice(what="pro.monthly", now=None, after="$49.00", who="new checkouts")


def test_a_change_in_place_that_moves_no_money_is_noticed_by_nobody() -> None:
    made = planned([product(), price(nickname="new")], [live_product(), live_price(nickname="old")])
    assert ([each.action for each in made.changes], notice(made)) == (["update"], None)
    hook, live = want("toy.hook", "a", url="new"), found("toy.hook", "a", "we_1", url="old")
    assert [(each.action, each.notice) for each in planned([hook], [live]).changes] == [("update", None)]


def test_a_change_in_place_that_moves_money_is_noticed() -> None:
    hook, live = want("toy.hook", "a", url="u", fee=usd("2")), found("toy.hook", "a", "we_1", url="u", fee=usd("1"))
    assert [(each.action, each.notice) for each in planned([hook], [live]).changes] == [
        ("update", Notice(what="a", now="u", after="u; fee $1.00 -> $2.00", who="whoever listens"))
    ]


@pytest.mark.parametrize(
    ("dear", "after"),
    [
        (("46",), "$49.00; options.eur €45.00 -> €46.00"),
        (("46", "41"), "$49.00; options.eur €45.00 -> €46.00, options.gbp £40.00 -> £41.00"),
        (("46", "41", "51"), "$49.00; options.eur €45.00 -> €46.00, options.gbp £40.00 -> £41.00, …"),
    ],
)
def test_amounts_that_a_headline_leaves_out_are_told_all_the_same(dear: tuple[str, ...], after: str) -> None:
    was = options("45", "40", "50")
    made = planned([product(), price(options={**was, **options(*dear)})], [live_product(), live_price(options=was)])
    assert notice(made) == Notice(what="pro.monthly", now="$49.00", after=after, who=WHO)


def test_what_no_headline_says_is_told_beside_it() -> None:
    """Tax on top of the amount or inside it: the same amount, and not what customers pay."""
    live = [live_product(), live_price("49", tax_behavior="exclusive")]
    told = {
        amount: notice(planned([product(), price(amount, tax_behavior="inclusive")], live)) for amount in ("49", "59")
    }
    assert told == {
        "49": Notice(what="pro.monthly", now="$49.00; tax exclusive", after="$49.00; tax inclusive", who=WHO),
        "59": Notice(what="pro.monthly", now="$49.00; tax exclusive", after="$59.00; tax inclusive", who=WHO),
    }
    made = planned([product(), price("49", tax_behavior="inclusive")], [live_product(), live_price("49")])
    assert notice(made) == Notice(what="pro.monthly", now="$49.00", after="$49.00; tax inclusive", who="everybody")


def test_what_the_catalog_leaves_to_the_vendor_is_no_change() -> None:
    made = planned([product(), price("59")], [live_product(), live_price("49", tax_behavior="inclusive")])
    assert notice(made) == Notice(what="pro.monthly", now="$49.00", after="$59.00", who=WHO)


def test_a_link_is_told_of_when_it_goes() -> None:
    """When it comes it belongs to what comes with it."""
    link = want("toy.link", "pro.sso", product=Ref.to(Address("toy.product", "pro")))
    live = found("toy.link", None, "l1", product=Ref.found("toy.product", "prod_1"), natural=["pro.sso"], owned=True)
    (made,), (gone,) = planned([product(), link], [live_product()]).changes, planned([product()], [
        live_product(), live
    ]).changes  # fmt: skip
    assert (made.notice, gone.notice) == (None, Notice("pro.sso", "a perk", None, "whoever has it"))


def test_what_nobody_notices_has_no_notice() -> None:
    assert planned([product()]).changes[0].notice is None


def test_a_change_names_the_place_that_asks_for_it() -> None:
    made = planned([product(line=3), want("toy.page", "main", title="x")])
    assert {str(each.address): each.place for each in made.changes} == {
        "toy.product/pro": "catalog.yaml:3",
        "toy.page/main": None,
    }


def test_a_new_version_counts_on_and_sends_all_that_is_or_was_declared() -> None:
    was = price("49", nickname="old")
    live = found(
        "toy.price", "pro.monthly", "price_1", written=was, product=Ref.found("toy.product", "prod_1"),
        unit_amount=usd("49"), nickname="old", version=4,
    )  # fmt: skip
    (change,) = planned([product(), price("59", tax_behavior="exclusive")], [live_product(), live]).changes
    assert isinstance(change, NewVersion)
    assert change.version == 5
    assert change.fields == ("nickname", "product", "tax_behavior", "unit_amount")
    assert [each.id for each in change.supersedes] == ["price_1"]


def test_an_update_keeps_its_version_and_sends_what_differs() -> None:
    live = live_product("Old", version=3)
    (change,) = planned([product("New", description="x")], [live]).changes
    assert isinstance(change, Update)
    assert (change.version, change.fields) == (3, ("description", "name"))


def test_a_new_object_is_the_first_version_and_one_after_archived_ones_the_next() -> None:
    (first,) = planned([product()]).changes
    assert isinstance(first, Create)
    assert (first.version, first.fields) == (1, ("name",))
    assert [(each.path, each.after) for each in first.changes] == [("name", '"Pro"')]
    gone = [live_price("29", f"price_{number}", active=False, version=number) for number in (1, 3, 2)]
    (again,) = planned([product(), price("49")], [live_product(), *gone]).changes
    assert isinstance(again, Create)
    assert (again.version, again.supersedes) == (4, ())


def test_a_plan_says_what_it_is_for_and_how_much_there_is() -> None:
    accounts = {"stripe": "acct_1"}
    lives = [
        live_product(),
        live_price(),
        live_price("29", "price_0", active=False, current=False),
        found("toy.price", "old", "price_9", product=Ref.found("toy.product", "prod_1"), unit_amount=usd("1"),
              active=False),
        found("toy.category", "Plans", "5", site="main"),
        found("toy.product", None, "prod_9", name="Theirs"),
    ]  # fmt: skip
    made = planned([product(), price()], lives, accounts=accounts, epoch="then", revision="abc", made_at="now")
    assert (made.catalog, made.catalog_digest, made.environment, made.mode) == ("shop", "digest", "test", "test")
    assert (made.accounts, made.epoch, made.revision, made.made_at) == (accounts, "then", "abc", "now")
    assert made.population == {"toy.price": 1, "toy.product": 1}
    assert list(planned([], lives).population) == ["toy.price", "toy.product"]


def test_a_plan_rests_on_what_it_changes_supersedes_and_refers_to() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    stale = live_price("39", "price_0", current=False)
    lives = [live_product(), live_price("49"), stale, found("toy.code", "gone", "c", code="X")]
    made = planned([product(), price("59"), page], lives)
    assert [(str(each.address), each.id) for each in made.basis] == [
        ("toy.code/gone", "c"),
        ("toy.price/pro.monthly", "price_0"),
        ("toy.price/pro.monthly", "price_1"),
        ("toy.product/pro", "prod_1"),
    ]
    assert made.ids == {"toy.product/pro": "prod_1"}, "what is made by this plan has no id yet"
    assert planned([product(), price()], [live_product(), live_price("49")]).basis == ()


def test_an_object_that_only_changes_keeps_the_id_that_others_refer_to_it_by() -> None:
    page = want("toy.page", "main", prices=(MONTHLY,))
    made = planned([product("Pro+"), price(nickname="n"), page], [live_product(), live_price("49")])
    assert made.ids == {"toy.price/pro.monthly": "price_1", "toy.product/pro": "prod_1"}
    alone = planned([product("Pro+")], [live_product()])
    assert [(str(each.address), each.id) for each in alone.basis] == [("toy.product/pro", "prod_1")]
    meter = want("toy.meter", "calls", event_name="call", display_name="Calls")
    (change,) = planned(
        [meter], [found("toy.meter", None, "m", event_name="call", display_name="Old", natural=["call"])]
    ).changes
    assert isinstance(change, Update)
    assert change.version == 1, "one without a mark is the first"


@pytest.mark.parametrize(
    ("live", "wanted"),
    [("archived", "restore"), ("absent", "create")],
)
def test_an_object_that_comes_back_or_is_new_has_no_id_beforehand(live: str, wanted: str) -> None:
    """A restored one is known by id, but whoever refers to it must wait until it is back."""
    lives = [live_price("49", active=False)] if live == "archived" else []
    page: Resource[Spec] = want("toy.page", "main", prices=(MONTHLY,))
    made = planned([product(), price(), page], [live_product(), *lives])
    assert [each.action for each in made.changes] == [wanted, "create"]
    assert str(Ref.to(Address("toy.price", "pro.monthly"))) not in made.ids
