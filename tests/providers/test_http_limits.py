"""Rates, quotas and caps: what goes out, how fast, and what a refusal teaches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from billform.providers.http import (
    BigCommercePolicy,
    Limit,
    Policy,
    Request,
    Response,
    StripePolicy,
    Transport,
    WaitEvent,
    bigcommerce_endpoint,
    stripe_endpoint,
)
from billform.providers.http.meters import Gate, Pace, Quota
from tests.providers.loopback import Asked, FakeClock, Reply, Script, vendor

LATENCY = 0.1


@dataclass
class Bucket:
    """A vendor that lets through so many requests a second, and keeps one second's worth."""

    rate: float
    level: float = 0.0
    at: float = 1000.0
    taken: int = 0
    refused: int = 0
    started: bool = field(default=False)

    def take(self, now: float) -> bool:
        if not self.started:
            self.level, self.started = self.rate, True
        self.level = min(self.rate, self.level + max(0.0, now - self.at) * self.rate)
        self.at = max(self.at, now)
        if self.level < 1:
            self.refused += 1
            return False
        self.level -= 1
        self.taken += 1
        return True


def sent(pace: Pace, bucket: Bucket, requests: int) -> float:
    """Seconds until a vendor has taken so many requests; answers come back after the latency."""

    async def go() -> float:
        clock = FakeClock()
        under_way: list[tuple[float, float, bool]] = []
        while bucket.taken < requests:
            while under_way and under_way[0][0] <= clock.time:
                arrived, left, good = under_way.pop(0)
                if not good:
                    pace.refused(arrived, sent=left)
            await pace.enter(clock)
            now = clock.time
            under_way.append((now + LATENCY, now, bucket.take(now + LATENCY / 2)))
        return clock.time - 1000

    return asyncio.run(go())


def test_the_documented_rate_is_used_and_never_refused() -> None:
    bucket = Bucket(25)
    seconds = sent(Pace(25), bucket, 1000)
    assert bucket.refused == 0
    assert seconds <= 1000 / 25 * 1.05


@pytest.mark.parametrize("real", [20, 12, 10, 5, 4, 3, 2])
def test_a_lower_limit_is_found_with_few_refusals(real: int) -> None:
    bucket = Bucket(real)
    seconds = sent(Pace(25), bucket, 1000)
    assert bucket.refused / 1000 < 0.02
    assert seconds <= 1000 / real * 1.25


def test_writes_work_up_to_the_rate_where_reads_begin_with_it() -> None:
    policy = StripePolicy(live=True)
    get, post = (
        policy.meters(
            Request(method, "https://api.stripe.com/v1/prices", f"{method} /v1/prices", write, idempotent=True)
        )[0]
        for method, write in (("GET", False), ("POST", True))
    )
    assert isinstance(get, Pace)
    assert isinstance(post, Pace)
    lower, higher = Bucket(4), Bucket(4)
    sent(post, lower, 100)
    sent(get, higher, 100)
    assert lower.refused < higher.refused
    unhindered = Bucket(25)
    assert sent(Pace(25, slow_start=1.0), unhindered, 1000) <= 1000 / 25 * 1.05
    assert unhindered.refused == 0


@pytest.mark.parametrize(("real", "share"), [(20, 0.005), (15, 0.01), (10, 0.011), (7, 0.011), (5, 0.015)])
def test_an_apply_finds_the_limits_of_its_endpoints_with_few_refusals(real: int, share: float) -> None:
    """Products, prices, default prices, promotion codes: each endpoint has a limit of its own to be found."""
    buckets = {count: Bucket(real) for count in (220, 550, 221, 222)}
    for count, bucket in buckets.items():
        sent(Pace(25, slow_start=1.0), bucket, count)
    assert sum(each.refused for each in buckets.values()) / sum(buckets) < share


def test_the_rate_is_won_back_when_the_vendor_recovers() -> None:
    pace, clock = Pace(25), FakeClock()
    for _ in range(3):
        pace.refused(clock.time, sent=clock.time)
        clock.time += 1
    assert pace.rate < 10
    fast = Bucket(25)
    sent(pace, fast, 1500)
    assert pace.rate > 12
    assert fast.refused == 0


def test_requests_sent_before_we_slowed_down_say_nothing_new() -> None:
    pace = Pace(25)
    pace.refused(10.0, sent=9.9)
    lowered = pace.rate
    pace.refused(10.05, sent=9.95)
    assert pace.rate == lowered
    pace.refused(10.5, sent=10.4)
    assert pace.rate < lowered


def answered(status: int, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()})


def test_a_reason_lowers_the_limit_that_it_names() -> None:
    policy = StripePolicy(live=True)
    prices = Request("POST", "https://api.stripe.com/v1/prices", "POST /v1/prices", write=True, idempotent=True)
    coupons = Request("POST", "https://api.stripe.com/v1/coupons", "POST /v1/coupons", write=True, idempotent=True)
    own, whole, *_ = policy.meters(prices)
    other = policy.meters(coupons)[0]
    assert isinstance(own, Pace)
    assert isinstance(whole, Pace)
    assert isinstance(other, Pace)
    before = (own.rate, whole.rate, other.rate)
    policy.learn(prices, answered(429), sent_at=1.0, now=1.0)
    assert (own.rate, whole.rate, other.rate) == before, "a lock on an object is no rate"
    policy.learn(prices, answered(429, stripe_rate_limited_reason="endpoint-rate"), sent_at=1.0, now=1.0)
    assert own.rate < before[0]
    assert (whole.rate, other.rate) == before[1:]
    policy.learn(prices, answered(429, stripe_rate_limited_reason="global-rate"), sent_at=1.0, now=1.0)
    assert whole.rate < before[1]


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/v1/prices", "POST /v1/prices"),
        ("POST", "/v1/prices/price_1Pf", "POST /v1/prices/{id}"),
        ("GET", "/v1/products/nimbus-pro/features", "GET /v1/products/{id}/features"),
        ("DELETE", "/v1/products/pro/features/prodft_1", "DELETE /v1/products/{id}/features/{id}"),
        ("POST", "/v1/billing/meters/mtr_1/deactivate", "POST /v1/billing/meters/{id}/deactivate"),
        ("GET", "/v1/billing_portal/configurations/bpc_1", "GET /v1/billing_portal/configurations/{id}"),
        ("GET", "/v1/tax/settings", "GET /v1/tax/settings"),
        ("POST", "/v1/tax/registrations/taxreg_1", "POST /v1/tax/registrations/{id}"),
        ("POST", "/v1/coupons/spring", "POST /v1/coupons/{id}"),
        ("GET", "/v1/account", "GET /v1/account"),
        ("GET", "/v1/payment_method_configurations", "GET /v1/payment_method_configurations"),
    ],
)
def test_one_endpoint_for_all_ids_at_stripe(method: str, path: str, name: str) -> None:
    assert stripe_endpoint(method, path) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/stores/abc123/v3/pricelists/4/records", "PUT /v3/pricelists/{id}/records"),
        ("/stores/abc123/v3/pricelists/4/records/77/USD", "PUT /v3/pricelists/{id}/records/{id}/{id}"),
        ("/stores/abc123/v3/catalog/products/channel-assignments", "PUT /v3/catalog/products/channel-assignments"),
    ],
)
def test_one_operation_for_all_ids_at_bigcommerce(path: str, name: str) -> None:
    assert bigcommerce_endpoint("PUT", path) == name


def test_caps_on_simultaneous_requests_hold() -> None:
    async def go() -> tuple[int, int]:
        most = []
        for endpoint in ("PUT /v3/pricelists/records", "GET /v3/catalog/products"):
            async with (
                vendor([Reply()], delay=0.005) as it,
                Transport(BigCommercePolicy(), base_url=it.url) as transport,
            ):
                requests = (
                    transport.request("PUT", "/", endpoint=endpoint, write=True, idempotent=True) for _ in range(30)
                )
                await asyncio.gather(*requests)
                most.append(it.most_inside)
        return most[0], most[1]

    assert asyncio.run(go()) == (1, 12)


def test_a_gate_hands_its_place_on_and_survives_those_who_leave_the_queue() -> None:
    async def go() -> None:
        gate, clock = Gate(1), FakeClock()
        await gate.enter(clock)
        first, second = asyncio.create_task(gate.enter(clock)), asyncio.create_task(gate.enter(clock))
        await asyncio.sleep(0)
        gate.leave()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await asyncio.wait_for(second, 1)
        assert gate.inside == 1
        gate.leave()
        assert gate.inside == 0

    asyncio.run(go())


def test_a_gate_narrows_and_widens_again() -> None:
    gate = Gate(8)
    gate.inside = 8
    gate.refused()
    assert gate.most == 4
    for _ in range(4 * Gate.REGAIN):
        gate.inside += 1
        gate.leave()
    assert gate.most == 8


class Window:
    """A store's quota, as headers tell it."""

    def __init__(self, clock: FakeClock, quota: int, *, others: int = 0) -> None:
        self.clock, self.quota, self.others = clock, quota, others
        self.ends, self.left, self.refused = 0.0, 0, 0

    def __call__(self, asked: Asked) -> Reply:
        if self.clock.time >= self.ends:
            self.ends, self.left = self.clock.time + 30, self.quota - self.others
        status = 200 if self.left > 0 else 429
        self.refused += status == 429
        self.left = max(0, self.left - 1)
        headers = {
            "X-Rate-Limit-Time-Window-Ms": "30000",
            "X-Rate-Limit-Time-Reset-Ms": str(round((self.ends - self.clock.time) * 1000)),
            "X-Rate-Limit-Requests-Quota": str(self.quota),
            "X-Rate-Limit-Requests-Left": str(self.left),
        }
        return Reply(status, {}, headers)


@pytest.mark.parametrize(("quota", "others"), [(150, 0), (150, 100), (450, 0), (40, 0)])
def test_a_window_is_used_up_and_not_overdrawn(quota: int, others: int) -> None:
    """400 requests take as many windows as they must, whatever the store's plan and its other applications use."""

    async def go() -> tuple[int, float]:
        clock = FakeClock()
        window = Window(clock, quota, others=others)
        async with vendor(window) as it, Transport(BigCommercePolicy(), base_url=it.url, clock=clock) as transport:
            requests = (
                transport.request("GET", "/", endpoint="GET /", write=False, idempotent=True) for _ in range(400)
            )
            await asyncio.gather(*requests)
        return window.refused, clock.time - 1000

    refused, seconds = asyncio.run(go())
    windows = -(-400 // (quota - others))
    assert refused <= 8
    assert seconds <= 30 * (windows + 1)


def test_a_quota_waits_for_the_window_to_end() -> None:
    async def go() -> None:
        quota, clock = Quota(150, 30.0), FakeClock()
        quota.learn(clock.time, sent=clock.time, left=2, reset=12.5, requests=150)
        await quota.enter(clock)
        assert clock.slept == [12.5]

    asyncio.run(go())


def heard(policy: Policy, script: Callable[[FakeClock], Script] | Sequence[Reply], requests: int) -> list[WaitEvent]:
    """What a transport tells of its waits while it asks a vendor so many things at once."""
    said: list[WaitEvent] = []

    async def go() -> None:
        clock = FakeClock()
        async with (
            vendor(script(clock) if callable(script) else script) as it,
            Transport(policy, base_url=it.url, clock=clock, on_wait=said.append) as transport,
        ):
            one = transport.request
            await asyncio.gather(
                *(one("GET", "/", endpoint="GET /", write=False, idempotent=True) for _ in range(requests))
            )

    asyncio.run(go())
    return said


def test_a_window_that_is_used_up_is_told_of_once_with_the_seconds_until_the_next() -> None:
    said = [each for each in heard(BigCommercePolicy(), lambda clock: Window(clock, 150), 400) if each.seconds > 1]
    assert [(each.vendor, each.limit) for each in said] == [("bigcommerce", Limit.QUOTA)] * 2
    assert all(29 < each.seconds <= 30 for each in said)


def test_a_store_that_refuses_for_its_quota_is_waited_for_by_that_name() -> None:
    headers = {"X-Rate-Limit-Requests-Left": "0", "X-Rate-Limit-Time-Reset-Ms": "21000"}
    said = heard(BigCommercePolicy(), [Reply(429, {}, headers), Reply()], 1)
    assert said == [WaitEvent("bigcommerce", 21.0, Limit.QUOTA, "too many requests")]


def test_a_rate_is_told_of_with_the_seconds_until_there_is_room() -> None:
    said = heard(StripePolicy(live=False), [Reply()], 40)
    assert {(each.vendor, each.limit, each.reason) for each in said} == {("stripe", Limit.RATE, "")}
    assert max(each.seconds for each in said) < 0.2, "nobody has to be told of that"


@pytest.mark.parametrize(
    ("limited", "limit"), [({"Stripe-Rate-Limited-Reason": "endpoint-rate"}, Limit.RATE), ({}, None)]
)
def test_what_retry_after_asks_for_is_told(limited: dict[str, str], limit: Limit | None) -> None:
    said = heard(StripePolicy(live=False), [Reply(429, {}, {"Retry-After": "17", **limited}), Reply()], 1)
    reason = "too many requests (endpoint-rate)" if limit else "another request holds a lock on it"
    assert said[0] == WaitEvent("stripe", 17.0, limit, reason)


def test_a_reason_with_a_secret_in_it_is_not_told() -> None:
    key = "sk_live_abcdefgh12345678"
    failed = Reply(503, {"error": {"message": f"no such key: {key}"}}, {"Retry-After": "5"})
    (told,) = heard(StripePolicy(live=False), [failed, Reply()], 1)
    assert "no such key" in told.reason
    assert key not in told.reason
