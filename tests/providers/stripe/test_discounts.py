"""Coupons and promotion codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from billform.catalog.models import Catalog
from billform.core.diagnostic import BillformError
from billform.core.plan import Archive, Cause, Create, NewVersion, Recreate, Refuse, Restore, Update
from billform.core.resource import Live, Ref
from billform.providers.stripe import coupon, promotion_code

from .shop import Shop, address, catalog

PLANS: dict[str, Any] = {
    "pro": {"charges": {"base": {"prices": {"monthly": {"every": "month", "amount": 49}}}}},
    "talk": {"kind": "custom"},
}
LAUNCH: dict[str, Any] = {"percent_off": 25}
LATER = "2028-01-31"


def offers(codes: dict[str, Any] | None = None, **coupons: Any) -> Catalog:
    return catalog(plans=PLANS, coupons=coupons, promotion_codes=codes or {})


def raw(shop: Shop, identity: str) -> Any:
    return shop.raw("GET", f"/v1/coupons/{identity}?expand[0]=currency_options&expand[1]=applies_to")


COUPONS: dict[str, tuple[dict[str, Any], str]] = {
    "percent": ({"percent_off": "12.5", "name": "Launch"}, "12.5 % off once"),
    "amounts": (
        {"amount_off": {"usd": 10, "eur": "9.50", "jpy": 1500}, "duration": "forever"},
        "$10.00 or €9.50 or ¥1,500 off for ever",
    ),
    "months": ({"percent_off": 50, "duration": {"months": 3}, "max_redemptions": 100}, "50 % off for 3 months"),
    "limited": ({"percent_off": 50, "plans": ["pro"], "ends": LATER, "metadata": {"a": "b"}}, "50 % off once"),
    "own id": ({"percent_off": 5, "id": "WELCOME-5"}, "5 % off once"),
}


@pytest.mark.parametrize("sort", COUPONS)
def test_every_sort_of_coupon_is_made_and_read_back(shop: Shop, sort: str) -> None:
    words, headline = COUPONS[sort]
    shop.apply(offers(launch=words))
    (live,) = shop.ours("stripe.coupon", "launch")
    assert live.id == words.get("id", "launch")
    assert live.spec.headline() == headline
    if "ends" in words:
        assert live.spec.redeem_by == "2028-01-31T23:59:59Z"


def test_a_coupon_that_changes_is_made_anew_under_an_id_of_its_own_and_the_old_one_deleted(shop: Shop) -> None:
    shop.apply(offers(launch=LAUNCH))
    made = shop.apply(offers(launch={"percent_off": 30}))
    (change,) = made.changes
    assert isinstance(change, Recreate)
    assert change.notice is not None
    assert (change.notice.now, change.notice.after) == ("25 % off once", "30 % off once")
    assert [each.id for each in shop.observe("stripe.coupon")] == ["launch-v2"]
    shop.apply(offers(launch=LAUNCH))
    assert [each.id for each in shop.observe("stripe.coupon")] == ["launch-v3"]


def test_a_new_version_whose_id_is_somebody_elses_gets_the_next(shop: Shop) -> None:
    for taken in ("launch-v2", "launch-v3"):
        shop.raw("POST", "/v1/coupons", {"id": taken, "percent_off": "5", "duration": "once"})
    codes = {"spring": {"coupon": "launch"}}
    shop.apply(offers(codes, launch=LAUNCH))
    for percent, identity in ((30, "launch-v4"), (35, "launch-v5")):
        shop.apply(offers(codes, launch={"percent_off": percent}))
        assert [each.id for each in shop.ours("stripe.coupon", "launch")] == [identity]
        (code,) = [each for each in shop.observe("stripe.promotion_code") if each.active]
        assert code.spec.coupon == Ref.found("stripe.coupon", identity)
    assert {"launch-v2", "launch-v3"} < {each.id for each in shop.observe("stripe.coupon")}, "theirs are left alone"


def test_name_metadata_and_further_currencies_change_in_place(shop: Shop) -> None:
    shop.apply(offers(launch={"amount_off": {"usd": 10}, "name": "Launch"}))
    shop.raw("POST", "/v1/coupons/launch", {"metadata[theirs]": "1"})
    after = {"amount_off": {"usd": 10, "eur": 9}, "name": "Start", "metadata": {"ours": "1"}}
    made = shop.apply(offers(launch=after))
    assert [type(each) for each in made.changes] == [Update]
    found = raw(shop, "launch")
    assert found["currency_options"]["eur"] == {"amount_off": 900}
    assert (found["name"], found["metadata"]["theirs"], found["metadata"]["ours"]) == ("Start", "1", "1")
    shop.apply(offers(launch={"amount_off": {"usd": 10, "eur": 9}}))
    assert raw(shop, "launch")["name"] == "Start"  # Stripe cannot clear it
    assert "ours" not in raw(shop, "launch")["metadata"]


def test_a_coupon_that_leaves_is_deleted_and_can_come_back(shop: Shop) -> None:
    shop.apply(offers(launch=LAUNCH))
    made = shop.apply(offers())
    assert [type(each) for each in made.changes] == [Archive]
    assert shop.observe("stripe.coupon") == []
    shop.apply(offers(launch=LAUNCH))
    assert [each.id for each in shop.observe("stripe.coupon")] == ["launch"]


def test_an_id_that_somebody_else_took_is_a_finding(shop: Shop) -> None:
    shop.raw("POST", "/v1/coupons", {"id": "launch", "percent_off": "25", "duration": "once"})
    (change,) = shop.plan(offers(launch=LAUNCH)).refusals
    assert (change.code, isinstance(change, Refuse)) == ("P022", True)
    shop.apply(offers(launch=LAUNCH), adopt=("stripe.coupon/launch",))
    assert raw(shop, "launch")["metadata"]["billform_catalog"] == "nimbus"


def test_a_coupon_for_what_is_not_sold_never_becomes_one_for_everything(shop: Shop) -> None:
    with pytest.raises(BillformError, match="K020"):
        shop.plan(offers(launch={**LAUNCH, "plans": ["talk"]}))


CODES: dict[str, dict[str, Any]] = {
    "plain": {},
    "limited": {"first_time_only": True, "max_redemptions": 10, "expires": LATER, "metadata": {"a": "b"}},
    "least": {"minimum": {"usd": 50, "eur": 45}, "code": "Welcome-50"},
}


@pytest.mark.parametrize("sort", CODES)
def test_every_sort_of_code_is_made_and_read_back(shop: Shop, sort: str) -> None:
    words = CODES[sort]
    shop.apply(offers({"spring": {"coupon": "launch", **words}}, launch=LAUNCH))
    (live,) = shop.ours("stripe.promotion_code", "spring")
    assert live.spec.code == words.get("code", "SPRING")
    assert live.shown_id == live.spec.code


def test_a_code_that_changes_is_archived_before_the_new_one_is_made_and_goes_back_to_the_old_one(shop: Shop) -> None:
    plain = offers({"spring": {"coupon": "launch"}}, launch=LAUNCH)
    shop.apply(plain)
    (first,) = shop.ours("stripe.promotion_code", "spring")
    made = shop.apply(offers({"spring": {"coupon": "launch", "max_redemptions": 5}}, launch=LAUNCH))
    assert [type(each) for each in made.changes] == [Recreate]
    assert [each.active for each in shop.ours("stripe.promotion_code", "spring")] == [True, False]
    made = shop.apply(plain)
    assert [each.found.id for each in made.changes if isinstance(each, Restore)] == [first.id]


def test_a_code_gets_further_currencies_in_place(shop: Shop) -> None:
    shop.apply(offers({"spring": {"coupon": "launch", "minimum": {"usd": 50}}}, launch=LAUNCH))
    made = shop.apply(offers({"spring": {"coupon": "launch", "minimum": {"usd": 50, "eur": 45}}}, launch=LAUNCH))
    assert [type(each) for each in made.changes] == [Update]


def test_a_code_follows_its_coupon_to_the_new_version(shop: Shop) -> None:
    codes = {"spring": {"coupon": "launch"}}
    shop.apply(offers(codes, launch=LAUNCH))
    shop.apply(offers(codes, launch={"percent_off": 30}))
    live = next(each for each in shop.ours("stripe.promotion_code", "spring") if each.active)
    assert live.spec.coupon.id == "launch-v2"


@pytest.mark.parametrize("without", [None, {"spring": {"coupon": "launch", "active": False}}])
def test_a_code_that_leaves_or_is_switched_off_is_archived_and_comes_back(shop: Shop, without: Any) -> None:
    codes = {"spring": {"coupon": "launch"}}
    shop.apply(offers(codes, launch=LAUNCH))
    made = shop.apply(offers(without, launch=LAUNCH))
    assert [type(each) for each in made.changes] == [Archive]
    made = shop.apply(offers(codes, launch=LAUNCH))
    assert [type(each) for each in made.changes] == [Restore]


def test_a_code_that_somebody_switched_off_is_switched_on_again(shop: Shop) -> None:
    codes = {"spring": {"coupon": "launch"}}
    shop.apply(offers(codes, launch=LAUNCH))
    (live,) = shop.ours("stripe.promotion_code", "spring")
    shop.raw("POST", f"/v1/promotion_codes/{live.id}", {"active": "false"})
    made = shop.apply(offers(codes, launch=LAUNCH))
    assert [type(each) for each in made.changes] == [Restore]


def test_a_code_that_is_over_or_used_up_is_told_from_one_that_somebody_switched_off(shop: Shop) -> None:
    now = shop.control("GET", "clock")["now"]
    codes = {"spring": {"coupon": "launch", "expires": "2028-01-31T00:00:00Z"}}
    shop.apply(offers(codes, launch=LAUNCH))
    answer = {
        **shop.raw("GET", "/v1/promotion_codes")["data"][0],
        "active": False,
        "promotion": {"type": "coupon", "coupon": {"id": "launch", "valid": True}},
    }
    read = promotion_code._read
    assert read({**answer, "expires_at": now - 1}, now).spent
    assert read({**answer, "max_redemptions": 3, "times_redeemed": 3}, now).spent
    assert not read(answer, now).spent
    assert not read({**answer, "active": True}, now).spent


def test_a_word_that_one_customer_has_for_himself_is_free_for_all_others(shop: Shop) -> None:
    shop.apply(offers({"spring": {"coupon": "launch"}}, launch=LAUNCH))
    (answer,) = shop.raw("GET", "/v1/promotion_codes")["data"]
    now = shop.control("GET", "clock")["now"]
    wanted = promotion_code.KIND.natural_keys(
        promotion_code._read(answer, now).spec, address("stripe.promotion_code/x")
    )
    assert promotion_code._read(answer, now).natural == wanted
    for owner in ("customer", "customer_account"):
        assert not promotion_code._read({**answer, owner: "cus_1"}, now).natural & wanted
        assert not promotion_code._read({**answer, owner: {"id": "cus_1"}}, now).natural & wanted


ENDS = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
SEATS: dict[str, Any] = {"seats": {"prices": {"monthly": {"every": "month", "amount": 9}}}}


@pytest.fixture
def two_months_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the time pass, here and at Stripe."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(days=60)

    def go() -> None:
        monkeypatch.setattr("billform.providers.stripe.answers.datetime", Later)
        monkeypatch.setattr("billform.providers.stripe.promotion_code.datetime", Later)
        shop.control("PUT", "clock", {"offset": 60 * 86_400})

    return go


def test_a_code_that_nobody_can_use_any_more_leaves_the_catalog_and_comes_back(
    shop: Shop, two_months_on: Callable[[], None]
) -> None:
    """Stripe switches it on no more, and there is no need to: it is there, and used up."""
    spring = {"spring": {"coupon": "launch"}}
    ending = {**LAUNCH, "ends": ENDS}
    shop.apply(offers(spring, launch=ending))
    shop.apply(offers(None, launch=ending))
    two_months_on()
    made = shop.apply(offers(spring, launch=ending))
    assert [(type(each), each.cause) for each in made.changes] == [(Update, Cause.RECORD)]
    assert not shop.plan(offers(None, launch=ending)).changes


def on_pro(more: dict[str, Any], coupon: dict[str, Any], code: dict[str, Any]) -> Catalog:
    """A discount on the plan pro, which has these charges more."""
    pro = {"charges": {**PLANS["pro"]["charges"], **more}}
    return catalog(
        plans={"pro": pro},
        coupons={"launch": {**LAUNCH, "plans": ["pro"], **coupon}},
        promotion_codes={"spring": {"coupon": "launch", **code}},
    )


@pytest.mark.parametrize(("coupon", "code"), [({"ends": ENDS}, {}), ({"ends": ENDS}, {"expires": ENDS})])
def test_a_coupon_that_is_over_is_left_alone_whatever_its_plan_becomes(
    shop: Shop, two_months_on: Callable[[], None], coupon: dict[str, Any], code: dict[str, Any]
) -> None:
    """Stripe would refuse to make it anew, and that would hold up all else."""
    shop.apply(on_pro({}, coupon, code))
    two_months_on()
    made = shop.apply(on_pro(SEATS, coupon, code))
    kinds = {each.address.kind for each in made.changes}
    assert "stripe.price" in kinds
    assert not kinds & {"stripe.coupon", "stripe.promotion_code"}


def test_a_code_that_is_over_is_left_alone_while_its_coupon_is_made_anew(
    shop: Shop, two_months_on: Callable[[], None]
) -> None:
    shop.apply(on_pro({}, {}, {"expires": ENDS}))
    two_months_on()
    made = shop.apply(on_pro(SEATS, {}, {"expires": ENDS}))
    assert "stripe.coupon" in {each.address.kind for each in made.changes}
    assert "stripe.promotion_code" not in {each.address.kind for each in made.changes}


def test_what_is_over_is_never_made_and_what_needs_it_is_left_out(shop: Shop) -> None:
    made = shop.apply(offers({"spring": {"coupon": "launch"}}, launch={**LAUNCH, "ends": "2020-01-31"}))
    assert "stripe.coupon" not in {each.address.kind for each in made.changes}
    assert [each.code for each in made.findings] == ["P020"]


@pytest.mark.parametrize("name", ["stripe.coupon", "stripe.promotion_code"])
def test_an_end_that_has_passed_does_not_say_when_to_end_what_is_in_force(shop: Shop, name: str) -> None:
    past = "2020-01-31"
    shop.apply(offers({"spring": {"coupon": "launch"}}, launch=LAUNCH))
    over = {"ends": past} if name == "stripe.coupon" else {}
    code = {"expires": past} if name == "stripe.promotion_code" else {}
    made = shop.plan(offers({"spring": {"coupon": "launch", **code}}, launch={**LAUNCH, **over}))
    assert [(each.code, each.address.kind) for each in made.refusals] == [("P028", name)]


def test_a_code_that_somebody_else_uses_is_a_finding_whatever_its_case(shop: Shop) -> None:
    shop.raw("POST", "/v1/coupons", {"id": "other", "percent_off": "5", "duration": "once"})
    form = {"promotion[type]": "coupon", "promotion[coupon]": "other", "code": "spring"}
    identity = shop.raw("POST", "/v1/promotion_codes", form)["id"]
    wanted = offers({"spring": {"coupon": "launch"}}, launch=LAUNCH)
    assert [each.code for each in shop.plan(wanted).refusals] == ["P022"]
    shop.raw("POST", f"/v1/promotion_codes/{identity}", {"active": "false"})
    shop.apply(wanted)


def test_deleting_a_coupon_twice_is_harmless(shop: Shop) -> None:
    shop.apply(offers(launch=LAUNCH))
    (live,) = shop.ours("stripe.coupon", "launch")

    async def retire(client: Any) -> None:
        await coupon.KIND.retire(client, live, "a")
        await coupon.KIND.retire(client, live, "b")

    shop.with_client(retire)
    assert isinstance(live, Live)
    assert shop.observe("stripe.coupon") == []


def test_a_new_version_does_not_disturb_other_kinds(shop: Shop) -> None:
    shop.apply(offers({"spring": {"coupon": "launch"}}, launch=LAUNCH))
    made = shop.plan(offers({"spring": {"coupon": "launch"}}, launch={"percent_off": 30}))
    kinds = {each.address.kind for each in made.changes if isinstance(each, Create | NewVersion | Recreate | Update)}
    assert kinds == {"stripe.coupon", "stripe.promotion_code"}
