"""What is sent again, what is not, and how every failure is told: against a scripted vendor over real HTTP."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from billform.providers.codes import CODES
from billform.providers.http import (
    BigCommercePolicy,
    Failure,
    LostAnswer,
    Policy,
    RequestEvent,
    Response,
    StripePolicy,
    Transport,
    VendorError,
)
from billform.providers.http.failures import CODE
from billform.providers.http.trouble import trouble
from tests.providers.loopback import Asked, FakeClock, Reply, Vendor, vendor

GOOD = Reply(body={"id": "prod_1"})
HTML = Reply(502, b"<html><h1>Bad Gateway</h1></html>", kind="text/html")
FAILED = Reply(500, {"error": {"type": "api_error", "message": "An unknown error occurred"}})
LOCKED = Reply(429, {"error": {"code": "lock_timeout", "message": "This object cannot be accessed right now"}})
TOO_FAST = Reply(429, {"error": {"message": "too fast"}}, {"Stripe-Rate-Limited-Reason": "endpoint-rate"})
IN_FLIGHT = Reply(409, {"error": {"code": "idempotency_key_in_use", "message": "another request is in progress"}})
EMPTY = Reply(body=b"")
KEY = "sk_test_abcdefgh12345678"


class Run:
    """One request to a scripted vendor: the answer or the failure, and everything on the way."""

    def __init__(
        self, script: Iterable[Reply] | Callable[[Asked], Reply], policy: Policy, *, first: bool = False
    ) -> None:
        self.script, self.policy, self.first = script, policy, first
        self.clock, self.events = FakeClock(), list[RequestEvent]()
        self.vendor: Vendor
        self.transport: Transport

    def send(self, method: str = "POST", *, idempotent: bool = True, path: str = "/v1/products") -> Response:
        return asyncio.run(self._send(method, idempotent, path))

    def fail(self, method: str = "POST", *, idempotent: bool = True) -> VendorError:
        with pytest.raises(VendorError) as caught:
            self.send(method, idempotent=idempotent)
        return caught.value

    async def _send(self, method: str, idempotent: bool, path: str) -> Response:
        async with vendor(self.script) as self.vendor:
            self.transport = Transport(
                self.policy, base_url=self.vendor.url, clock=self.clock, on_request=self.events.append
            )
            self.transport._reached = not self.first
            async with self.transport as transport:
                return await transport.request(
                    method,
                    path,
                    endpoint=f"{method} {path}",
                    write=method != "GET",
                    idempotent=idempotent,
                    headers={"Authorization": f"Bearer {KEY}", "Idempotency-Key": "key-1"},
                    content=b"name=Pro",
                )


def stripe(*script: Reply, first: bool = False) -> Run:
    return Run(script, StripePolicy(live=False), first=first)


def shop(*script: Reply, first: bool = False) -> Run:
    return Run(script, BigCommercePolicy(), first=first)


@pytest.mark.parametrize(
    "trouble",
    [FAILED, LOCKED, TOO_FAST, IN_FLIGHT, HTML, Reply(cut="before"), Reply(body={"id": "x" * 500}, cut="body"), EMPTY],
    ids=["500", "lock", "429", "409", "html", "lost", "truncated", "empty"],
)
def test_stripe_is_asked_again_with_the_same_idempotency_key(trouble: Reply) -> None:
    run = stripe(trouble, trouble, GOOD)
    assert run.send().json() == {"id": "prod_1"}
    assert [each.headers["idempotency-key"] for each in run.vendor.asked] == ["key-1"] * 3
    assert {each.body for each in run.vendor.asked} == {b"name=Pro"}
    assert run.transport.counts.writes == 3
    assert run.transport.counts.retries == 2


def test_waits_grow_and_are_the_same_in_every_run() -> None:
    first, second = stripe(*[FAILED] * 5, GOOD), stripe(*[FAILED] * 5, GOOD)
    first.send()
    second.send()
    assert first.clock.slept == second.clock.slept
    assert len(first.clock.slept) == 5
    assert all(0.25 * 2**n <= wait <= 0.5 * 2**n for n, wait in enumerate(first.clock.slept))


def test_retry_after_is_honoured() -> None:
    run = stripe(Reply(503, {}, {"Retry-After": "7"}), GOOD)
    run.send()
    assert run.clock.slept == [7.0]


def test_stripe_says_whether_to_retry() -> None:
    no = stripe(Reply(500, FAILED.body, {"Stripe-Should-Retry": "false"}), GOOD)
    assert no.fail().failure is Failure.LOST
    yes = stripe(Reply(400, FAILED.body, {"Stripe-Should-Retry": "true"}), GOOD)
    assert yes.send().ok


def test_a_saved_failure_is_not_asked_for_again() -> None:
    """Stripe replays the first result of a key for a day, a 500 as well."""
    run = stripe(Reply(500, FAILED.body, {"Idempotent-Replayed": "true"}), GOOD)
    assert isinstance(run.fail(), LostAnswer)
    assert len(run.vendor.asked) == 1


def test_patience_ends() -> None:
    run = stripe(FAILED)
    error = run.fail("GET")
    assert (error.failure, error.status, error.tries) == (Failure.SERVER, 500, 7)
    assert error.code == "V004"
    assert "tried 7 times" in error.diagnostics[0].detail
    assert run.clock.time - 1000 < 90


def test_a_vendor_that_never_answered_is_given_up_soon() -> None:
    async def go() -> VendorError:
        async with vendor([GOOD]) as gone:
            url = gone.url
        clock = FakeClock()
        async with Transport(StripePolicy(live=False), base_url=url, clock=clock) as transport:
            with pytest.raises(VendorError) as caught:
                await transport.request("GET", "/v1/account", endpoint="a", write=False, idempotent=True)
        assert sum(clock.slept) < 3
        return caught.value

    error = asyncio.run(go())
    assert (error.failure, error.tries) == (Failure.NETWORK, 3)
    assert "could not be reached" in error.diagnostics[0].summary


def test_a_refusal_is_an_answer() -> None:
    run = stripe(Reply(400, {"error": {"message": "No such product", "param": "product", "code": "resource_missing"}}))
    answer = run.send()
    assert answer.status == 400
    error = run.transport.refusal("POST", "/v1/prices", answer)
    assert (error.failure, error.vendor_code, error.param) == (Failure.INVALID, "resource_missing", "product")
    assert error.about("stripe.price/pro").diagnostics[0].summary == "Stripe refused stripe.price/pro: No such product"


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Failure.INVALID),
        (401, Failure.AUTH),
        (402, Failure.INVALID),
        (403, Failure.PERMISSION),
        (404, Failure.NOT_FOUND),
    ],
)
def test_send_raises_what_a_status_stands_for(status: int, failure: Failure) -> None:
    async def go() -> None:
        reply = Reply(status, {"error": {"message": "no"}}, {"Request-Id": "req_1"})
        async with vendor([reply]) as it, Transport(StripePolicy(live=False), base_url=it.url) as transport:
            with pytest.raises(VendorError) as caught:
                await transport.send("GET", "/v1/x", endpoint="x", write=False, idempotent=True)
        assert caught.value.failure is failure
        assert caught.value.request_id == "req_1"
        assert len(it.asked) == 1

    asyncio.run(go())


@pytest.mark.parametrize("trouble", [FAILED, HTML, Reply(cut="before"), Reply(body={"a": "b" * 99}, cut="body")])
def test_a_bigcommerce_create_is_never_repeated_blindly(trouble: Reply) -> None:
    run = shop(trouble, GOOD)
    assert isinstance(run.fail("POST", idempotent=False), LostAnswer)
    assert len(run.vendor.asked) == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_bigcommerce_read_or_put_is_repeated(method: str) -> None:
    run = shop(FAILED, Reply(cut="before"), GOOD)
    assert run.send(method).ok
    assert len(run.vendor.asked) == 3


def test_a_bigcommerce_create_is_repeated_where_nothing_can_have_happened() -> None:
    slow = Reply(429, {}, {"X-Rate-Limit-Requests-Left": "0", "X-Rate-Limit-Time-Reset-Ms": "1500"})
    run = shop(slow, Reply(429, {"title": "overloaded"}), GOOD)
    assert run.send(idempotent=False).ok
    assert len(run.vendor.asked) == 3
    assert run.clock.slept[0] == 1.5
    assert run.transport.counts.refused == 2


def test_no_connection_means_that_nothing_was_sent() -> None:
    async def go() -> None:
        async with vendor([GOOD]) as gone:
            url = gone.url
        async with Transport(BigCommercePolicy(), base_url=url, clock=FakeClock()) as transport:
            with pytest.raises(VendorError) as caught:
                await transport.request("POST", "/v3/hooks", endpoint="h", write=True, idempotent=False)
        assert not isinstance(caught.value, LostAnswer)
        assert caught.value.tries == 3

    asyncio.run(go())


def test_a_slowed_down_request_is_tried_longer_than_a_failing_one() -> None:
    run = stripe(*[TOO_FAST] * 15, GOOD)
    assert run.send().ok
    assert run.transport.counts.refused == 15


def test_an_answer_that_is_nested_without_end_is_no_answer() -> None:
    run = stripe(Reply(body=b"[" * 200_000), GOOD)
    assert run.send().ok


def test_html_is_not_the_vendor() -> None:
    run = stripe(Reply(200, b"<!DOCTYPE html><p>Please log in</p>", kind="text/html"))
    error = run.fail("GET")
    assert (error.failure, error.code) == (Failure.NOT_JSON, "V005")


def test_decimals_stay_exact() -> None:
    run = stripe(Reply(body=b'{"unit_amount_decimal": 0.000000000001, "n": 3}'))
    assert run.send().json() == {"unit_amount_decimal": Decimal("0.000000000001"), "n": 3}


@pytest.mark.parametrize("url", ["http://api.stripe.com", "http://10.0.0.1:80", "ftp://127.0.0.1", "api.stripe.com"])
def test_keys_are_not_sent_in_clear_text(url: str) -> None:
    async def go() -> None:
        async with Transport(StripePolicy(live=True), base_url=url) as transport:
            with pytest.raises(VendorError) as caught:
                await transport.request("GET", "/v1/account", endpoint="a", write=False, idempotent=True)
        assert caught.value.failure is Failure.INSECURE

    asyncio.run(go())


def test_a_proxy_of_the_surroundings_does_not_stand_before_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert stripe(GOOD).send().ok


async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


def test_a_tls_failure_is_final() -> None:
    problem = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]")
    problem.__cause__ = ssl.SSLCertVerificationError("certificate verify failed")
    assert trouble(problem).failure is Failure.TLS
    problem.__cause__ = ssl.SSLWantReadError("slow")
    assert trouble(problem).failure is Failure.NETWORK

    async def go() -> None:
        server = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, Transport(StripePolicy(live=False), base_url=url) as transport:
            with pytest.raises(VendorError) as caught:
                await transport.request("GET", "/v1/account", endpoint="a", write=False, idempotent=True)
        assert (caught.value.failure, caught.value.tries) == (Failure.TLS, 1)

    asyncio.run(go())


def test_no_secret_is_in_a_failure_or_an_event() -> None:
    leaky = Reply(401, {"error": {"message": f"Invalid API Key provided: {KEY}"}})
    run = stripe(FAILED, leaky)
    answer = run.send(path=f"/v1/products?key={KEY}")
    error = run.transport.refusal("GET", f"/v1/{KEY}", answer)
    seen = [str(error), repr(error), str(error.diagnostics), *map(str, run.events), repr(answer)]
    assert [each for each in seen if "abcdefgh12345678" in each] == []
    assert run.events[0].status == 500
    assert run.events[0].wait is not None
    assert run.events[1].verdict == "accepted"


def test_a_header_that_cannot_be_sent_is_told_without_itself() -> None:
    async def go() -> VendorError:
        async with vendor([GOOD]) as it, Transport(StripePolicy(live=False), base_url=it.url) as transport:
            headers = {"Authorization": f"Bearer {KEY}\n"}
            with pytest.raises(VendorError) as caught:
                await transport.request("GET", "/", endpoint="a", write=False, idempotent=True, headers=headers)
            return caught.value

    error = asyncio.run(go())
    assert error.failure is Failure.INSECURE
    assert "abcdefgh12345678" not in str(error)


def test_every_failure_has_a_page() -> None:
    assert set(CODE.values()) <= set(CODES)
    assert set(CODE) == set(Failure)


def test_bigcommerce_says_no_in_many_shapes() -> None:
    bodies: list[tuple[Any, str]] = [
        ({"status": 422, "title": "Invalid", "errors": {"sku": "taken"}}, "Invalid; sku: taken"),
        ([{"status": 400, "message": "The field 'name' is invalid."}], "The field 'name' is invalid."),
        ({"errors": [{"title": "one"}, {"title": "two"}]}, "one; two"),
        ({}, "status 422"),
    ]
    for body, said in bodies:
        run = shop(Reply(422, body))
        answer = run.send(idempotent=False)
        assert run.transport.refusal("POST", "/v3/x", answer).message == said
