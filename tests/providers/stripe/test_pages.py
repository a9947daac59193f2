"""Long lists are read side by side, and what comes of it is what one page after the other would have brought."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billform.providers.http import Failure, VendorError
from billform.providers.stripe import pages
from billform.providers.stripe.client import StripeAccount
from billform.providers.stripe.lists import COUPONS, PRICES, PRODUCTS, Wanted

from .shop import Shop

NOW = 1_760_000_000
DAY = 86_400
PER_SECOND = 25
LATENCY = 0.1

T = TypeVar("T")


class NoWaiting(selectors.DefaultSelector):
    """Lets the time go on by as much as somebody would wait."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.passed += max(timeout or 0.0, 0.0)
        return super().select(0)


class Hurried(asyncio.SelectorEventLoop):
    """A loop in which the time that is spent waiting passes at once."""

    def __init__(self) -> None:
        self.waiting = NoWaiting()
        super().__init__(self.waiting)

    def time(self) -> float:
        return self.waiting.passed


def hurried(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=Hurried) as runner:
        return runner.run(work)


def refusal(param: str | None = None, failure: Failure = Failure.SERVER) -> VendorError:
    return VendorError(failure, vendor="stripe", message="no", path="/v1/things", param=param)


@dataclass
class Listed:
    """A list as Stripe pages it, newest first and by cursor, in memory; answers come in any order.

    They take a tenth of a second, and no more than 25 leave in one.
    """

    rows: list[dict[str, Any]]
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    asked: int = 0
    latency: float = LATENCY
    next: float = 0.0
    under_way: int = 0
    most_under_way: int = 0
    before_each: Callable[[Listed], None] = lambda listed: None

    @classmethod
    def of(cls, moments: list[int], **words: Any) -> Listed:
        newest_first = sorted(moments, reverse=True)
        return cls([{"id": f"x{each}", "created": made} for each, made in enumerate(newest_first)], **words)

    async def get(self, path: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked += 1
        self.before_each(self)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        now = asyncio.get_running_loop().time()
        leaves = max(now, self.next)
        self.next = leaves + 1 / PER_SECOND
        try:
            await asyncio.sleep(leaves - now + self.latency * self.chance.uniform(0.9, 1.2))
            return self.page(params)
        finally:
            self.under_way -= 1

    def page(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        rows, bounds = self.rows, params.get("created", {})
        if "starting_after" in params:
            places = [place for place, each in enumerate(rows) if each["id"] == params["starting_after"]]
            if not places:
                raise refusal("starting_after", Failure.INVALID)
            rows = rows[places[0] + 1 :]
        kept = [each for each in rows if bounds.get("gte", 0) <= each.get("created", 0) < bounds.get("lt", 2**40)]
        return {"data": kept[: params["limit"]], "has_more": len(kept) > params["limit"]}

    def read(self, *, limit: int = 100, about: int = 0, cut: bool = True) -> list[str]:
        """The ids that a reading brings, in order."""
        return [each["id"] for each in hurried(self.reading(limit=limit, about=about, cut=cut))]

    async def reading(
        self, *, limit: int = 100, about: int = 0, rate: float = PER_SECOND, cut: bool = True
    ) -> list[Mapping[str, Any]]:
        return await pages.every(self.get, "/v1/things", {"limit": limit}, cut=cut, about=about, rate=rate)

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.rows]


def bursts(count: int, apart: int) -> list[int]:
    """Made 25 a second, eight times, `apart` seconds apart."""
    return [NOW + burst * apart + each // 25 for burst in range(8) for each in range(count // 8)]


DISTRIBUTIONS = {
    "one apply": [NOW + each // 25 for each in range(10_000)],
    "over two years": [NOW + each * 6_300 for each in range(10_000)],
    "eight applies, years apart": bursts(10_000, 400 * DAY),
    "a bulk, then now and then": [NOW + each // 25 for each in range(9_500)]
    + [NOW + DAY * each for each in range(500)],
    "now and then, then a bulk": [NOW - DAY * each for each in range(500)]
    + [NOW + each // 25 for each in range(9_500)],
    "all in one second": [NOW] * 10_000,
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("about", [0, 10_000])
def test_a_long_list_takes_a_handful_of_requests_more_than_it_has_pages(name: str, about: int) -> None:
    listed = Listed.of(DISTRIBUTIONS[name])
    assert listed.read(about=about) == listed.ids
    assert listed.asked <= 100 + 12
    if name != "all in one second":  # a second is never cut
        assert listed.most_under_way >= 2


@pytest.mark.parametrize("name", ["one apply", "over two years"])
def test_a_list_as_long_as_expected_is_cut_into_as_many_parts_as_are_read_at_once(name: str) -> None:
    listed = Listed.of(DISTRIBUTIONS[name])
    assert listed.read(about=10_000) == listed.ids
    assert listed.asked <= 100 + 3
    assert listed.most_under_way == 3  # a tenth of a second at 25 a second is two and a half


def test_where_answers_take_long_it_is_read_in_more_places_and_hardly_more_requests() -> None:
    listed = Listed.of(DISTRIBUTIONS["one apply"], latency=0.25)
    assert listed.read(about=10_000) == listed.ids
    assert listed.most_under_way == 6
    assert listed.asked <= 100 + 6


@pytest.mark.parametrize("live", [True, False])
def test_only_the_list_that_everybody_waits_for_is_read_in_several_places(live: bool) -> None:
    sizes = {PRICES.path: 10_000, PRODUCTS.path: 4_000}
    wanted = Wanted(sizes=sizes)
    lists = {
        path: Listed.of([NOW + each * 10_000 // size // 25 for each in range(size)]) for path, size in sizes.items()
    }

    async def read() -> float:
        rates = {path: wanted.rate(path, live=live) for path in lists}
        await asyncio.gather(*(each.reading(about=sizes[path], rate=rates[path]) for path, each in lists.items()))
        return asyncio.get_running_loop().time()

    took = hurried(read())
    assert [each.most_under_way for each in lists.values()] == ([3, 1] if live else [2, 1])
    assert lists[PRODUCTS.path].asked == 40
    assert lists[PRICES.path].asked <= 100 + 3
    assert took <= 1.25 * (100 if live else 140) / 25


@pytest.mark.parametrize(
    ("path", "live", "rate"),
    [
        (PRICES.path, True, 25),  # the longest: all that its endpoint allows
        (PRODUCTS.path, True, 10),  # ends with it at four tenths
        (PRICES.path, False, 25 * 100 / 140),  # 25 a second in all
        (COUPONS.path, True, 25),  # nothing is known of it
    ],
)
def test_a_list_is_read_no_faster_than_is_of_use(path: str, live: bool, rate: float) -> None:
    wanted = Wanted(sizes={PRICES.path: 10_000, PRODUCTS.path: 4_000, COUPONS.path: 0})
    assert wanted.rate(path, live=live) == pytest.approx(rate)


def test_a_list_that_turns_out_longer_than_expected_is_read_as_fast_as_it_may_be() -> None:
    listed = Listed.of(DISTRIBUTIONS["over two years"])
    assert [each["id"] for each in hurried(listed.reading(about=2_000, rate=5))] == listed.ids
    assert listed.most_under_way == 3


@pytest.mark.parametrize("count", [0, 1, 100, 101, 300, 999, 1000])
@pytest.mark.parametrize("apart", [0, 1, DAY])
def test_a_list_of_up_to_a_thousand_objects_takes_no_request_more_than_it_has_pages(count: int, apart: int) -> None:
    listed = Listed.of([NOW + apart * each for each in range(count)])
    assert listed.read() == listed.ids
    assert listed.asked == max(1, -(-count // 100))


@given(
    moments=st.one_of(
        st.lists(st.integers(0, 50), max_size=300),
        st.lists(st.integers(0, 2**31), max_size=300),
        st.lists(
            st.tuples(st.integers(0, 2**31), st.integers(0, 60), st.integers(1, 3)).map(
                lambda burst: [burst[0] + each // burst[2] for each in range(burst[1])]
            ),
            max_size=8,
        ).map(lambda found: [each for burst in found for each in burst]),
    ),
    limit=st.integers(1, 12),
    about=st.sampled_from([0, 10_000]),
    seed=st.integers(0, 2**16),
)
def test_any_list_is_what_it_is_one_page_after_the_other(moments: list[int], limit: int, about: int, seed: int) -> None:
    listed = Listed.of(moments, chance=random.Random(seed))
    plain = Listed.of(moments).read(limit=limit, cut=False)
    assert listed.read(limit=limit, about=about) == plain == listed.ids


@given(moments=st.lists(st.integers(0, 400), min_size=50, max_size=300), seed=st.integers(0, 2**16))
def test_what_comes_and_goes_meanwhile_does_not_break_it(moments: list[int], seed: int) -> None:
    chance = random.Random(seed)
    gone: set[str] = set()

    def change(listed: Listed) -> None:
        if listed.rows and chance.random() < 0.5:
            gone.add(listed.rows.pop(chance.randrange(len(listed.rows)))["id"])
        if chance.random() < 0.5:
            listed.rows.insert(0, {"id": f"new{listed.asked}", "created": 401 + listed.asked})

    listed = Listed.of(moments, chance=chance, before_each=change)
    before = listed.ids
    found = listed.read(limit=5, about=10_000)
    stayed = [each for each in before if each not in gone]
    assert [each for each in found if each in set(stayed)] == stayed
    assert len(found) == len(set(found))


@given(at=st.integers(1, 60), seed=st.integers(0, 2**16))
def test_a_page_that_fails_fails_the_whole_list_and_ends_the_reading(at: int, seed: int) -> None:
    def fail(listed: Listed) -> None:
        if listed.asked == at:
            raise refusal()

    listed = Listed.of([each // 3 for each in range(300)], chance=random.Random(seed), before_each=fail)

    async def read() -> int:
        with pytest.raises(VendorError) as raised:
            await listed.reading(limit=5, about=10_000)
        assert raised.value.failure is Failure.SERVER
        asked = listed.asked
        for _ in range(20):
            await asyncio.sleep(0)
        assert listed.under_way == 0
        return listed.asked - asked

    assert hurried(read()) == 0


def test_nobody_waits_for_pages_that_are_of_no_use_any_more() -> None:
    class Slow(Listed):
        async def get(self, path: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
            if self.asked < 3:
                return await super().get(path, params)
            self.asked += 1
            if self.asked == 5:
                raise refusal()
            return await asyncio.Event().wait() and {}

    async def read() -> None:
        async with asyncio.timeout(5):
            await Slow.of([NOW + each for each in range(1_000)]).reading(limit=10, about=10_000)

    with pytest.raises(VendorError):
        hurried(read())


def test_where_stripe_does_not_keep_to_the_bounds_the_list_is_read_as_any_other() -> None:
    class Careless(Listed):
        def page(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
            return super().page({name: value for name, value in params.items() if name != "created"})

    listed = Careless.of([NOW + each for each in range(1_000)])
    assert listed.read(limit=10) == listed.ids


@pytest.mark.parametrize("about", [0, 10_000])
def test_where_a_list_is_not_newest_first_it_is_read_as_any_other(about: int) -> None:
    listed = Listed.of([NOW + each for each in range(1_000)])
    random.Random(2).shuffle(listed.rows)
    assert listed.read(limit=10, about=about) == listed.ids


def test_a_list_of_things_without_a_date_is_read_as_any_other() -> None:
    listed = Listed([{"id": f"x{each}"} for each in range(250)])
    assert listed.read(limit=10) == listed.ids
    assert listed.asked == 25


@pytest.mark.parametrize("cut", [True, False])
def test_a_list_that_never_ends_is_an_error(cut: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PAGES", 30)
    listed = Listed.of([NOW + each for each in range(1_000)])
    with pytest.raises(VendorError) as raised:
        listed.read(limit=10, cut=cut)
    assert raised.value.failure is Failure.NOT_JSON


def test_the_same_over_http_against_stripes_own_filters(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ALONE", 1)
    monkeypatch.setattr(pages, "WORTH", 0.5)
    monkeypatch.setattr(pages, "ENOUGH", 1_000.0)  # a simulator next door answers so soon that one place is enough
    for number in range(420):
        if number % 70 == 0:
            shop.control("PUT", "clock", {"offset": -1_000 * (420 - number)})
        shop.raw("POST", "/v1/products", {"name": f"P{number}", "id": f"p{number}"})
    shop.control("DELETE", "log")

    async def work(client: StripeAccount) -> list[str]:
        return [each["id"] for each in await client.read(PRODUCTS, by=None)]

    assert shop.with_client(work) == [f"p{number}" for number in reversed(range(420))]
    cut = [each for each in shop.requests() if "created" in each["query"]]
    assert len(cut) > 2
    assert all(each["status"] == 200 for each in shop.requests())
