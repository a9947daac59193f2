"""The way of every request: authenticate, faults, limits, idempotency, handler in a transaction, log, answer."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from billform.simulator.faults import Fault, Faults
from billform.simulator.message import WRITES, Answer, Exchange, Refusal, Request, json_answer
from billform.simulator.vendor import Setting, Vendor

_LOG: Final = 200_000
"""How many requests the log remembers."""
_HTML: Final = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
    b"<body><h1>502 Bad Gateway</h1><p>The server is temporarily unable to answer.</p></body></html>\n"
)


@dataclass(frozen=True)
class Cut:
    """The connection is closed: before any byte when `answer` is None, else in the middle of its body."""

    answer: Answer | None = None


@dataclass(kw_only=True)
class Entry:
    """One line of the log; `ms` is milliseconds on the machine's monotonic clock, at arrival."""

    number: int
    vendor: str
    method: str
    path: str
    query: str
    status: int | None
    write: int | None
    endpoint: str | None
    account: str | None
    idempotency_key: str | None
    faults: list[str]
    ms: int
    crash: str | None = None
    request_body: str | None = None
    answer_body: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Answer the line without what is not there."""
        bodies = ("request_body", "answer_body", "crash")
        return {key: value for key, value in asdict(self).items() if value is not None or key not in bodies}


Observer = Callable[[Exchange], None]


class Pipeline:
    """Numbers the requests and leads each through its vendor."""

    def __init__(self, setting: Setting, faults: Faults, observers: list[Observer]) -> None:
        self.setting = setting
        self.faults = faults
        self.log: deque[Entry] = deque(maxlen=_LOG)
        self.keep_bodies = False
        self._observers = observers
        self._number = 0
        self._writes = 0

    def clear_log(self) -> None:
        """Empty the log and count requests and writes from 1 again."""
        self.log.clear()
        self._number = 0
        self._writes = 0

    def receive(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Request:
        """Give the request its numbers."""
        self._number += 1
        if method in WRITES:
            self._writes += 1
        return Request(
            number=self._number,
            write_number=self._writes if method in WRITES else None,
            method=method,
            path=path,
            query=query,
            headers=headers,
            body=body,
        )

    async def answer(self, vendor: Vendor, request: Request) -> Answer | Cut:
        """Lead one request through; every way out is in the log."""
        entry = Entry(
            number=request.number,
            vendor=vendor.name,
            method=request.method,
            path=request.path,
            query=request.query,
            status=None,
            write=request.write_number,
            endpoint=None,
            account=None,
            idempotency_key=request.headers.get("idempotency-key"),
            faults=[],
            ms=time.monotonic_ns() // 1_000_000,
        )
        self.log.append(entry)
        call = None
        try:
            call = vendor.admit(request)
            entry.endpoint, entry.account = call.endpoint, call.account
            result = await self._lead(vendor, request, call, entry)
        except Refusal as refusal:
            result = refusal.answer
        except sqlite3.Error as problem:
            # A refusal in the words of either vendor: nothing was done, and to ask again would not help.
            words = f"the simulator cannot keep its state: {problem}; make room beside its state file"
            error = {"type": "invalid_request_error", "message": words}
            result = json_answer(400, {"error": error, "status": 400, "title": words})
        except Exception:  # noqa: BLE001  # a fault of the simulator itself must be seen, not hang the client
            entry.crash = traceback.format_exc()
            result = json_answer(500, {"error": {"type": "api_error", "message": entry.crash}})
        if isinstance(result, Answer):
            result = vendor.finish(request, call, result)
        answer = result if isinstance(result, Answer) else result.answer
        entry.status = result.status if isinstance(result, Answer) else None
        if self.keep_bodies:
            entry.request_body = request.body.decode("utf-8", "replace")
            entry.answer_body = answer.body.decode("utf-8", "replace") if answer else None
        self._observe(request, answer, entry)
        return result

    def _observe(self, request: Request, answer: Answer | None, entry: Entry) -> None:
        if not self._observers:
            return
        exchange = Exchange(
            vendor=entry.vendor,
            request=request,
            answer=answer,
            endpoint=entry.endpoint,
            fault=next((fault for fault in entry.faults if fault != "latency"), None),
            crash=entry.crash,
        )
        try:
            for observer in self._observers:
                observer(exchange)
        except Exception:  # noqa: BLE001  # a check that breaks must not change what the client sees
            entry.crash = traceback.format_exc()

    async def _lead(self, vendor: Vendor, request: Request, call: Any, entry: Entry) -> Answer | Cut:
        hits = self.faults.hit(vendor.name, request)
        entry.faults = [fault.action for fault in hits]
        delay = sum(fault.ms for fault in hits if fault.action == "latency") / 1000
        fault = next((fault for fault in hits if fault.action != "latency"), None)
        after = fault if fault is not None and _comes_after(fault) else None

        if fault is not None and after is None:
            await asyncio.sleep(delay)
            return self._before(vendor, request, call, fault)
        early = vendor.limit(call)
        entered = False
        if early is None:
            early = vendor.enter(call)
            entered = early is None
        try:
            if delay:
                await asyncio.sleep(delay)
            answer = self._execute(vendor, call) if early is None else early
        finally:
            if entered:
                vendor.leave(call)
        return answer if after is None else self._after(vendor, request, call, after, answer)

    def _execute(self, vendor: Vendor, call: Any) -> Answer:
        try:
            with self.setting.world.transaction():
                return vendor.handle(call)
        except Refusal as refusal:
            if refusal.executed:
                with self.setting.world.transaction():
                    vendor.keep(call, refusal.answer)
            return refusal.answer

    def _before(self, vendor: Vendor, request: Request, call: Any, fault: Fault) -> Answer | Cut:
        match fault.action:
            case "rate_limit":
                return vendor.faulty(fault, request)
            case "server_error":
                answer = vendor.faulty(fault, request)
                if fault.saved:
                    with self.setting.world.transaction():
                        vendor.keep(call, answer)
                return answer
            case "html":
                return Answer(status=fault.status, body=_HTML, content_type="text/html; charset=utf-8")
            case "kill":
                _kill(fault)
                return Cut()
            case _:
                return Cut()

    def _after(self, vendor: Vendor, request: Request, call: Any, fault: Fault, answer: Answer) -> Answer | Cut:
        match fault.action:
            case "server_error":
                broken = vendor.faulty(fault, request)
                if fault.saved is not False:
                    with self.setting.world.transaction():
                        vendor.keep(call, broken)
                return broken
            case "html":
                return Answer(status=fault.status, body=_HTML, content_type="text/html; charset=utf-8")
            case "cut_body":
                return Cut(vendor.finish(request, call, answer))
            case "kill":
                _kill(fault)
                return Cut()
            case _:
                return Cut()


def _comes_after(fault: Fault) -> bool:
    if fault.action in ("lost_answer", "cut_body"):
        return True
    return fault.moment == "after" and fault.action in ("server_error", "html", "kill")


def _kill(fault: Fault) -> None:
    assert fault.pid is not None
    try:
        os.kill(fault.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it is gone already: what was wanted
