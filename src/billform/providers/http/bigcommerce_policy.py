"""BigCommerce's rules: "API rate limits" and the concurrency notes of each endpoint in the developer documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .answer import Request, Response
from .failures import Failure, VendorError
from .meters import Gate, Meter, Quota
from .policy import Accept, Attempt, Fail, Patience, Trouble, Verdict, seconds
from .waits import Limit

QUOTA = 150
WINDOW = 30.0
"""Seconds. The smallest plans; answers say what the store really has."""
AT_ONCE = 12
"""Requests under way at once, for the whole store. Not published; storefronts share the platform with us."""

CAPS: Mapping[str, int] = {
    "PUT /v3/pricelists/records": 1,
    "PUT /v3/pricelists/{id}/records": 1,
    "POST /v3/pricelists/records": 10,
    "DELETE /v3/pricelists": 1,
    "DELETE /v3/pricelists/{id}": 1,
    "POST /v3/customers/attributes": 3,
    "PUT /v3/customers/attributes": 3,
    "PUT /v3/customers/attribute-values": 3,
    "PUT /v3/customers": 3,
    "PUT /v3/catalog/products/channel-assignments": 1,
    "DELETE /v3/catalog/products/channel-assignments": 1,
    "PUT /v3/catalog/products/category-assignments": 1,
    "GET /v3/catalog/categories/tree": 1,
}
"""Simultaneous requests of one operation in one store, by `bigcommerce_endpoint`."""

_STORE = re.compile(r"^/stores/[^/]+")
_ID = re.compile(r"[0-9]+|[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]{3}|\{id\}")


class BigCommercePolicy:
    """One store."""

    vendor = "bigcommerce"

    def __init__(self, *, patience: Patience | None = None, caps: Mapping[str, int] = CAPS) -> None:
        # A full window may have to pass before anything moves again; the documentation asks for minutes after a 500.
        self._patience = patience or Patience(total=180.0, most=16.0)
        self._quota = Quota(QUOTA, WINDOW)
        self._gate = Gate(AT_ONCE)
        self._gates: dict[str, Gate] = {}
        self._caps = caps

    def meters(self, request: Request) -> tuple[Meter, ...]:
        """The operation's own cap first, then the store's, then the quota."""
        return (self._gate_of(request), self._gate, self._quota)

    def learn(self, request: Request, response: Response, *, sent_at: float, now: float) -> None:
        """Every answer says how much of the window is left; a 429 with requests left is about concurrency."""
        left, reset, whole = _quota(response)
        if response.status != 429:
            if left is not None and reset is not None:
                self._quota.learn(now, sent=sent_at, left=left, reset=reset, requests=whole)
        elif left is None or reset is None:
            self._gate.refused()
        elif left > 0:
            self._gate_of(request).refused()
        else:
            self._quota.exhausted(now, reset)

    def decide(self, attempt: Attempt, outcome: Response | Trouble) -> Verdict:
        """There are no idempotency keys: a create whose answer is lost is never repeated blindly."""
        request = attempt.request
        if isinstance(outcome, Trouble):
            fail = Fail(outcome.failure, outcome.reason, lost=outcome.sent and request.write)
            if fail.failure in {Failure.TLS, Failure.INSECURE}:
                return fail
            return fail if outcome.sent and not request.idempotent else self._patience.retry(attempt, fail)
        if outcome.status == 429:
            return self._limited(attempt, outcome)
        if outcome.status == 423:
            locked = self._patience.retry(attempt, Fail(Failure.CONFLICT, "it is locked"))
            return Accept() if isinstance(locked, Fail) else locked
        unreadable = not outcome.is_json and outcome.status not in {401, 403, 404}
        if (outcome.status >= 500 and outcome.status != 507) or unreadable:
            failure = Failure.SERVER if outcome.status >= 500 else Failure.NOT_JSON
            fail = Fail(failure, said(outcome) or f"status {outcome.status}", lost=request.write)
            return self._patience.retry(attempt, fail) if request.idempotent else fail
        return Accept()

    def error(self, request: Request, response: Response, *, tries: int = 1) -> VendorError:
        """BigCommerce's own words, from any of its error shapes."""
        usual = Failure.SERVER if response.status >= 500 and response.status != 507 else Failure.INVALID
        return VendorError(
            _FAILURES.get(response.status, usual),
            vendor=self.vendor,
            message=said(response) or f"status {response.status}",
            method=request.method,
            path=request.path,
            status=response.status,
            request_id=response.request_id,
            tries=tries,
        )

    def _limited(self, attempt: Attempt, outcome: Response) -> Verdict:
        left, reset, _ = _quota(outcome)
        if left is None or reset is None:
            after = (
                seconds(outcome.headers, "x-retry-after") or seconds(outcome.headers, "retry-after") or _body(outcome)
            )
            return self._patience.retry(attempt, Fail(Failure.RATE, "the store is overloaded"), after=after)
        if left > 0:
            return self._patience.retry(attempt, Fail(Failure.RATE, "too many at once"), after=_body(outcome))
        # The quota itself now waits for the window's end; one that ends right away needs a moment all the same.
        fail = Fail(Failure.RATE, "too many requests")
        return self._patience.retry(attempt, fail, after=max(reset, 0.05), limit=Limit.QUOTA)

    def _gate_of(self, request: Request) -> Gate:
        return self._gates.setdefault(request.endpoint, Gate(self._caps.get(request.endpoint, AT_ONCE)))


_FAILURES = {
    401: Failure.AUTH,
    403: Failure.PERMISSION,
    404: Failure.NOT_FOUND,
    409: Failure.CONFLICT,
    423: Failure.CONFLICT,
    429: Failure.RATE,
}


def _quota(response: Response) -> tuple[int | None, float | None, int | None]:
    """Requests left, seconds until the window ends, requests of a window."""
    left = seconds(response.headers, "x-rate-limit-requests-left", most=1e9)
    whole = seconds(response.headers, "x-rate-limit-requests-quota", most=1e9)
    reset = seconds(response.headers, "x-rate-limit-time-reset-ms", divisor=1000)
    return (int(left) if left is not None else None, reset, int(whole) if whole is not None else None)


def _body(response: Response) -> float | None:
    """`retry_after_seconds`, which price lists answer."""
    content: Any = response.json() if response.is_json else None
    return seconds(content, "retry_after_seconds") if isinstance(content, Mapping) else None


def said(response: Response) -> str:
    """Everything an error answer says, v2 and v3 alike, as one line."""
    content: Any = response.json() if response.is_json else None
    return "; ".join(dict.fromkeys(each.strip() for each in _words(content) if each.strip()))


def _words(content: Any) -> Iterator[str]:
    match content:
        case str():
            yield content
        case list():
            for each in content:
                yield from _words(each)
        case Mapping():
            for name in ("title", "message", "detail"):
                if isinstance(content.get(name), str):
                    yield content[name]
                    break
            inner = content.get("errors") or content.get("batch_errors")
            if isinstance(inner, Mapping):
                yield from (f"{name}: {word}" for name, each in inner.items() for word in _words(each))
            elif inner is not None:
                yield from _words(inner)
        case _:
            return


def bigcommerce_endpoint(method: str, path: str) -> str:
    """The name that caps count under: the path without the store, ids as `{id}`."""
    bare = _STORE.sub("", path).rstrip("/")
    return f"{method} " + "/".join("{id}" if _ID.fullmatch(each) else each for each in bare.split("/"))
