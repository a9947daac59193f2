"""The one way out to a vendor: waits its turn, sends, tries again where that is right, and fails by name."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import urlencode

from billform.core.redact import redact

from .answer import Request, Response
from .failures import Failure, LostAnswer, VendorError
from .meters import Clock, RealClock
from .policy import Accept, Attempt, Fail, Policy, Retry, Trouble
from .trouble import is_loopback, refuse_clear_text, trouble
from .waits import Limit, WaitEvent

if TYPE_CHECKING:
    import httpx

CONNECT = 10.0
ANSWER = 80.0
"""Seconds to wait for a connection, and for each part of an answer; 80 is what Stripe's own packages wait."""
LARGEST = 64 * 1024 * 1024
"""Bytes of the largest answer that is read."""


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """One attempt, for progress and for the log of `--debug`; nothing secret is in it."""

    vendor: str
    method: str
    path: str
    endpoint: str
    write: bool
    attempt: int
    seconds: float
    status: int | None
    """None where no whole answer came."""
    request_id: str | None
    verdict: str
    """`accepted`, or why it is sent again or given up."""
    wait: float | None = None
    """Seconds until it is sent again."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was sent: every attempt is counted once as a read or a write, and the repeated ones again as retries."""

    reads: int = 0
    writes: int = 0
    retries: int = 0
    refused: int = 0
    """Answers 429."""

    @property
    def requests(self) -> int:
        """All attempts."""
        return self.reads + self.writes

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.reads + other.reads,
            self.writes + other.writes,
            self.retries + other.retries,
            self.refused + other.refused,
        )

    def __sub__(self, other: Counts) -> Counts:
        return Counts(
            self.reads - other.reads,
            self.writes - other.writes,
            self.retries - other.retries,
            self.refused - other.refused,
        )


OnRequest = Callable[[RequestEvent], None]
OnWait = Callable[[WaitEvent], None]
Params = Mapping[str, str] | Sequence[tuple[str, str]]


class Transport:
    """One vendor account or store. Use it as an async context manager, or close it with `aclose`."""

    def __init__(
        self,
        policy: Policy,
        *,
        base_url: str,
        clock: Clock | None = None,
        on_request: OnRequest | None = None,
        on_wait: OnWait | None = None,
        connect_timeout: float = CONNECT,
        answer_timeout: float = ANSWER,
    ) -> None:
        self.policy = policy
        self.base_url = base_url.rstrip("/")
        self.counts = Counts()
        self.on_request = on_request
        self._on_wait = on_wait
        self._clock: Clock = clock or RealClock()
        self._timeouts = (connect_timeout, answer_timeout)
        self._client: httpx.AsyncClient | None = None
        self._reached = False

    async def __aenter__(self) -> Transport:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes every connection; closing twice is harmless."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        endpoint: str,
        write: bool,
        idempotent: bool,
        headers: Mapping[str, str] | None = None,
        content: bytes | str | None = None,
        params: Params | None = None,
    ) -> Response:
        """Sends it as often as the vendor's rules allow, and returns the vendor's answer, also a refusal (4xx).

        `url` may be a path under the base URL. Raises VendorError where no answer of the vendor's was to be had, and
        LostAnswer where in addition a write may have happened.
        """
        whole = url if "://" in url else self.base_url + url
        if params:
            whole += ("&" if "?" in whole else "?") + urlencode(
                list(params.items() if isinstance(params, Mapping) else params)
            )
        request = Request(
            method=method.upper(),
            url=whole,
            endpoint=endpoint,
            write=write,
            idempotent=idempotent,
            headers=dict(headers or {}),
            content=content.encode() if isinstance(content, str) else content,
        )
        refuse_clear_text(self.policy.vendor, request)
        started: float | None = None
        number = 0
        while True:
            number += 1
            outcome, sent_at = await self._attempt(request, number)
            now = self._clock.now()
            # How long it stood in line before it was first sent is no trouble of the vendor's.
            started = sent_at if started is None else started
            if isinstance(outcome, Response):
                self._reached = True
                self.policy.learn(request, outcome, sent_at=sent_at, now=now)
            attempt = Attempt(request, number, sent_at, now, now - started, self._reached)
            verdict = self.policy.decide(attempt, outcome)
            self._count(request, number, outcome)
            self._tell(request, number, outcome, now - sent_at, verdict)
            match verdict:
                case Accept():
                    assert isinstance(outcome, Response)
                    return outcome
                case Retry(after=after, reason=reason, limit=limit):
                    self._tell_wait(limit, after, redact(reason))
                    await self._clock.sleep(after)
                case Fail():
                    raise self._failed(request, number, outcome, verdict)
                case _:
                    assert_never(verdict)

    async def send(self, method: str, url: str, **words: Any) -> Response:
        """As `request`, and raises the VendorError of an answer of 300 or more as well."""
        response = await self.request(method, url, **words)
        if not response.ok:
            raise self.refusal(method, url, response)
        return response

    def refusal(self, method: str, url: str, response: Response) -> VendorError:
        """The VendorError that an answer stands for, in the vendor's words."""
        request = Request(method.upper(), url, endpoint="", write=method.upper() != "GET", idempotent=False)
        return self.policy.error(request, response)

    async def _attempt(self, request: Request, number: int) -> tuple[Response | Trouble, float]:
        async with AsyncExitStack() as inside:
            for meter in self.policy.meters(request):
                await meter.enter(self._clock, self._tell_wait)
                inside.callback(meter.leave)
            sent_at = self._clock.now()
            return await self._send(request), sent_at

    async def _send(self, request: Request) -> Response | Trouble:
        import httpx

        try:
            async with self._connected().stream(
                request.method, request.url, headers=dict(request.headers), content=request.content
            ) as answer:
                body = bytearray()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        return Trouble(Failure.NOT_JSON, f"an answer of more than {LARGEST >> 20} MB", sent=True)
                return Response(answer.status_code, dict(answer.headers), bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as problem:
            return trouble(problem)

    def _connected(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx

            connect, answer = self._timeouts
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(answer, connect=connect, pool=None),
                limits=httpx.Limits(max_connections=120, max_keepalive_connections=100, keepalive_expiry=30),
                follow_redirects=False,
                # A proxy of the surroundings cannot reach this machine's own loopback.
                trust_env=not is_loopback(self.base_url),
                # Reading all authorities takes longer than all else here; without any, no certificate would pass.
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if self.base_url.startswith("http://") else True,
            )
        return self._client

    def _count(self, request: Request, number: int, outcome: Response | Trouble) -> None:
        limited = isinstance(outcome, Response) and outcome.status == 429
        self.counts += Counts(
            reads=int(not request.write), writes=int(request.write), retries=int(number > 1), refused=int(limited)
        )

    def _tell(
        self, request: Request, number: int, outcome: Response | Trouble, took: float, verdict: Accept | Retry | Fail
    ) -> None:
        if self.on_request is None:
            return
        answered = isinstance(outcome, Response)
        self.on_request(
            RequestEvent(
                vendor=self.policy.vendor,
                method=request.method,
                path=redact(request.path + (f"?{request.query}" if request.query else "")),
                endpoint=redact(request.endpoint),
                write=request.write,
                attempt=number,
                seconds=took,
                status=outcome.status if isinstance(outcome, Response) else None,
                request_id=outcome.request_id if isinstance(outcome, Response) and answered else None,
                verdict="accepted" if isinstance(verdict, Accept) else redact(verdict.reason),
                wait=verdict.after if isinstance(verdict, Retry) else None,
            )
        )

    def _tell_wait(self, limit: Limit | None, seconds: float, reason: str = "") -> None:
        if self._on_wait is not None:
            self._on_wait(WaitEvent(self.policy.vendor, seconds, limit, reason))

    def _failed(self, request: Request, tries: int, outcome: Response | Trouble, verdict: Fail) -> VendorError:
        sort = LostAnswer if verdict.lost else VendorError
        answered = isinstance(outcome, Response)
        return sort(
            Failure.LOST if verdict.lost else verdict.failure,
            vendor=self.policy.vendor,
            message=verdict.reason,
            method=request.method,
            path=request.path,
            status=outcome.status if isinstance(outcome, Response) else None,
            request_id=outcome.request_id if isinstance(outcome, Response) and answered else None,
            tries=tries,
            cause=verdict.failure,
            replayed=isinstance(outcome, Response) and outcome.headers.get("idempotent-replayed") == "true",
        )
