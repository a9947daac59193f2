"""Stripe's rules: docs.stripe.com/rate-limits, /error-low-level and /api/idempotent_requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .answer import Request, Response
from .failures import Failure, VendorError
from .meters import Gate, Meter, Pace
from .policy import Accept, Attempt, Fail, Patience, Trouble, Verdict, seconds
from .waits import Limit

LIVE_PER_SECOND = 100
TEST_PER_SECOND = 25
ENDPOINT_PER_SECOND = 25
SLOW_START = 1.0
"""Seconds for which writes to an endpoint work up from half of that."""
AT_ONCE = 80
"""Requests under way at once; Stripe does not publish a figure, and says so in a 429 where it is lower."""

# What stands between these words in a path is an id. Everything under /v1 is RESOURCE/ID/…, but for the namespaces.
_NAMESPACES = {"billing", "billing_portal", "entitlements", "tax", "checkout", "test_helpers"}
_WORD = re.compile(r"[a-z_]+")


class StripePolicy:
    """One account in one mode."""

    vendor = "stripe"

    def __init__(self, *, live: bool, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._all = Pace(LIVE_PER_SECOND if live else TEST_PER_SECOND)
        self._gate = Gate(AT_ONCE)
        self._endpoints: dict[str, Pace] = {}
        self._gates: dict[str, Gate] = {}

    def meters(self, request: Request) -> tuple[Meter, ...]:
        """The endpoint's own limits first, so that a busy one does not use up what others could send."""
        return (self._pace_of(request), self._all, self._gate_of(request), self._gate)

    def learn(self, request: Request, response: Response, *, sent_at: float, now: float) -> None:
        """A 429 with a reason lowers the limit that it names; one without is a lock on the object."""
        if response.status != 429:
            return
        match response.headers.get("stripe-rate-limited-reason"):
            case "global-rate":
                self._all.refused(now, sent=sent_at)
            case "endpoint-rate":
                self._pace_of(request).refused(now, sent=sent_at)
            case "global-concurrency":
                self._gate.refused()
            case "endpoint-concurrency":
                self._gate_of(request).refused()
            case _:
                return

    def decide(self, attempt: Attempt, outcome: Response | Trouble) -> Verdict:
        """Every write carries an idempotency key, so that all but a saved answer can be asked for again."""
        if isinstance(outcome, Trouble):
            lost = outcome.sent and attempt.request.write
            return self._again(attempt, Fail(outcome.failure, outcome.reason, lost=lost), sent=outcome.sent)
        should, after = outcome.headers.get("stripe-should-retry"), seconds(outcome.headers, "retry-after")
        replayed = outcome.headers.get("idempotent-replayed") == "true"
        if outcome.status == 429:
            return self._limited(attempt, outcome, after)
        empty = outcome.ok and not outcome.body.strip()
        if outcome.status >= 500 or empty or (not outcome.is_json and outcome.status != 404):
            failure = Failure.SERVER if outcome.status >= 500 else Failure.NOT_JSON
            fail = Fail(failure, message(outcome)[0] or f"status {outcome.status}", lost=attempt.request.write)
            # The first result is replayed whatever it was: asking again with this key would answer the same for a day.
            return fail if should == "false" or replayed else self._again(attempt, fail, after=after)
        if outcome.status == 409 or should == "true":
            fail = Fail(Failure.CONFLICT, message(outcome)[0] or "somebody else is at it")
            again = self._patience.retry(attempt, fail, after=after, first=0.25)
            return Accept() if isinstance(again, Fail) or should == "false" else again
        return Accept()

    def error(self, request: Request, response: Response, *, tries: int = 1) -> VendorError:
        """Stripe's own words, code and parameter."""
        text, code, param = message(response)
        return VendorError(
            _FAILURES.get(response.status, Failure.SERVER if response.status >= 500 else Failure.INVALID),
            vendor=self.vendor,
            message=text or f"status {response.status}",
            method=request.method,
            path=request.path,
            status=response.status,
            vendor_code=code,
            param=param,
            request_id=response.request_id,
            tries=tries,
            replayed=response.headers.get("idempotent-replayed") == "true",
        )

    def _limited(self, attempt: Attempt, outcome: Response, after: float | None) -> Verdict:
        reason = outcome.headers.get("stripe-rate-limited-reason")
        fail = Fail(Failure.RATE, f"too many requests ({reason})" if reason else "another request holds a lock on it")
        if reason in {"global-rate", "endpoint-rate"}:
            # The pace has been lowered and rests; waiting once more on top of it would only lose time.
            after = after if after is not None else 0.05
            return self._patience.retry(attempt, fail, after=after, slowed=True, limit=Limit.RATE)
        return self._patience.retry(attempt, fail, after=after, first=0.25 if reason is None else None)

    def _again(self, attempt: Attempt, fail: Fail, *, after: float | None = None, sent: bool = True) -> Verdict:
        if fail.failure in {Failure.TLS, Failure.INSECURE}:
            return fail
        if sent and not attempt.request.idempotent:
            return fail
        return self._patience.retry(attempt, fail, after=after)

    def _pace_of(self, request: Request) -> Pace:
        pace = self._endpoints.get(request.endpoint)
        if pace is None:
            # An apply has several endpoints to find the limits of; a plan has nothing to lose but time.
            slow_start = SLOW_START if request.write else 0.0
            pace = self._endpoints[request.endpoint] = Pace(ENDPOINT_PER_SECOND, slow_start=slow_start)
        return pace

    def _gate_of(self, request: Request) -> Gate:
        return self._gates.setdefault(request.endpoint, Gate(AT_ONCE))


_FAILURES = {
    401: Failure.AUTH,
    403: Failure.PERMISSION,
    404: Failure.NOT_FOUND,
    409: Failure.CONFLICT,
    429: Failure.RATE,
}


def message(response: Response) -> tuple[str, str | None, str | None]:
    """Stripe's message, code and parameter; empty where the answer is not Stripe's."""
    content: Any = response.json() if response.is_json else None
    error = content.get("error") if isinstance(content, Mapping) else None
    if not isinstance(error, Mapping):
        return "", None, None
    code, param = error.get("code") or error.get("type"), error.get("param")
    return str(error.get("message") or ""), str(code) if code else None, str(param) if param else None


def stripe_endpoint(method: str, path: str) -> str:
    """The name that Stripe's limits count under: `GET /v1/prices/{id}` is one endpoint for all ids."""
    parts = path.strip("/").split("/")
    head, rest = parts[:1], parts[1:]
    while rest and rest[0] in _NAMESPACES and len(rest) > 1:
        head.append(rest.pop(0))
    if head[-1:] == ["tax"] and rest[:1] == ["settings"]:
        return f"{method} /{'/'.join([*head, *rest])}"
    shaped = [each if number % 2 == 0 and _WORD.fullmatch(each) else "{id}" for number, each in enumerate(rest)]
    return f"{method} /{'/'.join([*head, *shaped])}"
