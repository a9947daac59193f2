"""What an amount is weighed against where its object is new: the last version, what is adopted, what is renamed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billform.core.guard import Limits, guard
from billform.core.plan import Adopt, Create, Notice, Plan, Restore
from billform.core.resource import Address, Live, Ref, Resource, Spec
from tests.core.shop import PROD_1, live_price, live_product, price, product, usd
from tests.core.toys import found, planned, want

HALF = Limits(amount_percent=Decimal(50))
WHO = "new checkouts; existing subscriptions keep their price"


def told(made: Plan, limits: Limits = HALF) -> list[str]:
    return [each.summary for each in guard(made, limits, {})]


def test_a_price_archived_by_hand_is_weighed_against_the_one_that_takes_its_place() -> None:
    gone = live_price("49", active=False, retired=False)
    made = planned([product(), price("490")], [live_product(), gone])
    (change,) = made.changes
    assert isinstance(change, Create)
    assert told(made) == [
        "toy.price/pro.monthly changes unit_amount by 900 % ($49.00 -> $490.00), more than the 50 % test allows"
    ]
    assert change.notice == Notice(what="pro.monthly", now="$49.00 (ended)", after="$490.00", who=WHO)
    assert change.why == "price_1, the version before, was archived outside Billform"
    assert [(each.path, each.before, each.after) for each in change.changes] == [
        ("unit_amount", "$49.00", "$490.00"),
        ("product", None, "toy.product/pro"),
    ]
    assert "price_1" in {each.id for each in made.basis}, "the plan rests on what it was weighed against"
    assert told(planned([product(), price("59")], [live_product(), gone])) == []


def test_a_price_that_was_taken_out_of_the_catalog_is_weighed_when_it_comes_back_dearer() -> None:
    made = planned([product(), price("490")], [live_product(), live_price("49", active=False)])
    assert len(told(made)) == 1
    assert made.changes[0].why == "price_1, the version before, was archived"


def test_of_several_archived_versions_the_last_counts() -> None:
    lives = [live_price(was, f"price_{number}", active=False, version=number) for number, was in enumerate("135", 1)]
    assert told(planned([product(), price("6")], [live_product(), *lives])) == []
    assert len(told(planned([product(), price("2")], [live_product(), *lives]))) == 1


def test_an_older_version_that_comes_back_is_weighed_against_the_last_one() -> None:
    """It is equal to what is wanted, and not to what customers paid last."""
    lives = [live_price("49", active=False), live_price("4.9", "price_2", active=False, version=2)]
    made = planned([product(), price("49")], [live_product(), *lives])
    (change,) = made.changes
    assert isinstance(change, Restore)
    assert told(made) == [
        "toy.price/pro.monthly changes unit_amount by 900 % ($4.90 -> $49.00), more than the 50 % test allows"
    ]
    assert change.notice == Notice(what="pro.monthly", now="$4.90 (ended)", after="$49.00", who=WHO)
    assert "price_2" in {each.id for each in made.basis}
    same = planned([product(), price("49")], [live_product(), live_price("49", active=False)])
    assert ([each.action for each in same.changes], told(same)) == (["restore"], [])


def hook(fee: str, key: str = "h", **fields: Any) -> Resource[Spec]:
    return want("toy.hook", key, url="u", fee=usd(fee), **fields)


def old_hook(fee: str, identity: str = "h1", key: str = "h", *, active: bool = False, **fields: Any) -> Live[Spec]:
    version = int(identity[1:])
    return found("toy.hook", key, identity, url="u", fee=usd(fee), active=active, version=version, **fields)


def test_an_amount_that_may_change_in_place_is_weighed_against_the_last_version_too() -> None:
    lives = [old_hook("1", "h1", maker="x"), old_hook("9", "h2", maker="y")]
    made = planned([hook("1", maker="x")], lives)
    assert [each.action for each in made.changes] == ["restore"]
    assert told(made) == ["toy.hook/h changes fee by 89 % ($9.00 -> $1.00), more than the 50 % test allows"]


def test_what_comes_back_with_another_amount_in_place_is_weighed() -> None:
    was, now = (found("toy.hook", "h", each, written=hook("1"), url="u", fee=usd("1"), active=False) for each in "ab")
    made = planned([hook("9")], [was, now])
    assert [each.action for each in made.changes] == ["restore"]
    assert told(made) == ["toy.hook/h changes fee by 800 % ($1.00 -> $9.00), more than the 50 % test allows"]


def test_what_adopting_changes_is_weighed_and_told() -> None:
    there = found("toy.hook", None, "h1", url="u", fee=usd("1"), natural=["u"])
    made = planned([hook("9")], [there], adopt=("*",))
    (change,) = made.changes
    assert isinstance(change, Adopt)
    assert told(made) == ["toy.hook/h changes fee by 800 % ($1.00 -> $9.00), more than the 50 % test allows"]
    assert change.notice == Notice(what="h", now="u", after="u; fee $1.00 -> $9.00", who="whoever listens")
    assert told(planned([hook("1")], [there], adopt=("*",))) == []


def test_a_price_under_another_key_is_weighed_beside_the_one_that_goes() -> None:
    made = planned([product(), named("business.monthly", "490")], [live_product(), live_price("49")])
    assert sorted(each.action for each in made.changes) == ["archive", "create"]
    assert told(made) == [
        "toy.price/business.monthly changes unit_amount, beside that of toy.price/pro.monthly, which goes, by 900 % "
        "($49.00 -> $490.00), more than the 50 % test allows"
    ]
    assert told(planned([product(), named("business.monthly", "59")], [live_product(), live_price("49")])) == []


def named(key: str, amount: str) -> Resource[Spec]:
    return want("toy.price", key, product=Ref.to(Address("toy.product", "pro")), unit_amount=usd(amount))


def test_of_several_that_go_the_nearest_counts() -> None:
    dear = found("toy.price", "max.monthly", "price_2", product=PROD_1, unit_amount=usd("480"))
    assert told(planned([product(), named("business.monthly", "490")], [live_product(), live_price(), dear])) == []


def test_what_takes_the_name_of_another_is_weighed_beside_it_whatever_its_key_is() -> None:
    made = planned([hook("9", "another")], [old_hook("1", active=True)])
    assert told(made) == [
        "toy.hook/another changes fee, beside that of toy.hook/h, which goes, by 800 % ($1.00 -> $9.00), more than the "
        "50 % test allows"
    ]
    assert told(planned([hook("9", "another", maker="y")], [old_hook("1", active=True, maker="x")])) == [], "not alike"


def test_what_has_a_version_before_is_weighed_beside_that_alone() -> None:
    dear = found("toy.price", "max.monthly", "price_2", product=PROD_1, unit_amount=usd("480"))
    made = planned([product(), price("59")], [live_product(), live_price("49", active=False), dear])
    assert sorted(each.action for each in made.changes) == ["archive", "create"]
    assert told(made) == []


def test_what_has_nothing_in_common_with_what_goes_is_new() -> None:
    for key in ("business.yearly", "monthly", "pro.monthly.more"):
        assert told(planned([product(), named(key, "490")], [live_product(), live_price("49")])) == [], key
    stays = planned([product(), price("49"), named("business.monthly", "490")], [live_product(), live_price("49")])
    assert told(stays) == [], "nothing goes"
