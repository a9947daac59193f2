"""BigCommerce as the simulator's pipeline drives it: authentication, routing, quota, and the answers' headers.

Hosts and headers: "About our APIs", "API rate limits" and "API accounts" of the developer documentation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl, unquote

from billform.simulator.bigcommerce import control, problems, seed
from billform.simulator.bigcommerce.routing import Router, params_of
from billform.simulator.bigcommerce.shop import Call, Caller, Route, Shop
from billform.simulator.faults import Fault, FaultError
from billform.simulator.message import Answer, Refusal, Request
from billform.simulator.vendor import Setting, Vendor

SCOPE_MISSING: Final = "You don't have a required scope to access the endpoint"
FAULT_KINDS: Final = ("quota", "concurrency", "overload")
OVERLOAD: Final = "x-simulated-overload"
"""Marks, inside the simulator alone, an answer that must go out without quota headers."""
UNLIMITED: Final = 20_000
"""The quota that the headers show when the limit is switched off."""


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A request that was let in."""

    request: Request
    account: str
    endpoint: str
    route: Route
    call: Call


class BigCommerce:
    """The vendor. `account` in logs and limits is the store's hash: all its applications share one quota."""

    name = "bigcommerce"

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._router = Router()

    @property
    def routes(self) -> list[Route]:
        """Every operation."""
        return self._router.routes

    def seed(self) -> None:
        """Make the store of the `local` environment."""
        seed.fill(self._setting)

    def admit(self, request: Request) -> Admitted:
        """Find store, operation and account; raises 401, 403, 404, 405, 415 or 400 in the vendor's shapes."""
        store, version, rest = _split(request.path)
        shop, caller = self._authenticate(request, store, version)
        methods = self._router.find(f"{version}/{rest}")
        if not methods:
            raise problems.say(version, 404, "The requested resource was not found.")
        route = methods.get(request.method)
        if route is None:
            raise problems.say(version, 405, f"{request.method} is not allowed on this resource.")
        if route.scope is not None and not caller.may(route.scope, request.method):
            raise problems.say(version, 403, SCOPE_MISSING)
        if route.gate is not None and not shop.profile["settings"][route.gate]:
            title = f"The {route.gate.replace('_', ' ')} feature is not available on the store's plan"
            raise problems.say(version, 403, title)
        call = Call(
            shop=shop,
            caller=caller,
            method=request.method,
            version=version,
            params=params_of(route, f"{version}/{rest}"),
            query=dict(parse_qsl(request.query, keep_blank_values=True)),
            body=_body(request, version),
        )
        endpoint = f"{route.method} {route.path}"
        return Admitted(request=request, account=store, endpoint=endpoint, route=route, call=call)

    def _authenticate(self, request: Request, store: str, version: problems.Version) -> tuple[Shop, Caller]:
        token = request.headers.get("x-auth-token")
        if self._setting.world.table("bigcommerce/stores").get(store) is None:
            raise problems.say(version, 404, "The requested store was not found.")
        if not token:
            raise problems.say(version, 401, "X-Auth-Token header is required")
        account = self._setting.world.table("bigcommerce/accounts").get(token)
        if account is None or account["revoked"] or account["store"] != store:
            raise problems.say(
                version, 401, "The client ID or token in the request are not a valid combination for this store."
            )
        caller = Caller(account["client_id"], account["client_secret"], frozenset(account["scopes"]))
        return Shop(self._setting, store), caller

    def limit(self, call: Admitted) -> Answer | None:
        """Count the request against the store's quota."""
        quota = self._setting.limits.bigcommerce_quota
        if quota is None:
            return None
        window = self._setting.meters.window(_meter(call.account), quota, self._setting.limits.bigcommerce_window_ms)
        return None if window.take() else _too_many("Too many requests, please slow down.")

    def enter(self, call: Admitted) -> Answer | None:
        """Hold the documented caps on simultaneous requests of one operation in one store."""
        most = call.route.together
        if most is None or not self._setting.limits.bigcommerce_concurrency:
            return None
        if self._setting.meters.enter(_gate(call), most):
            return None
        return _too_many("Too many concurrent requests to this endpoint.")

    def leave(self, call: Admitted) -> None:
        """Let the next one in."""
        if call.route.together is not None and self._setting.limits.bigcommerce_concurrency:
            self._setting.meters.leave(_gate(call))

    def handle(self, call: Admitted) -> Answer:
        """Do what the operation does."""
        return call.route.handle(call.call)

    def keep(self, call: Admitted, answer: Answer) -> None:
        """Do nothing: the vendor has no idempotency keys."""

    def finish(self, request: Request, call: Admitted | None, answer: Answer) -> Answer:
        """Add the store's quota headers; an overloaded platform (429 by fault) sends none."""
        if OVERLOAD in answer.headers:
            headers = {name: one for name, one in answer.headers.items() if name != OVERLOAD}
            return replace(answer, headers=headers)
        parts = request.path.split("/", 3)
        store = parts[2] if len(parts) > 2 else ""
        if self._setting.world.table("bigcommerce/stores").get(store) is None:
            return answer
        return answer.with_headers(self._quota_headers(store))

    def _quota_headers(self, store: str) -> dict[str, str]:
        quota, length = self._setting.limits.bigcommerce_quota, self._setting.limits.bigcommerce_window_ms
        left, reset = UNLIMITED, length
        if quota is not None:
            window = self._setting.meters.window(_meter(store), quota, length)
            left, reset = window.left, window.reset_ms
        return {
            "x-rate-limit-time-window-ms": str(length),
            "x-rate-limit-time-reset-ms": str(reset),
            "x-rate-limit-requests-quota": str(quota if quota is not None else UNLIMITED),
            "x-rate-limit-requests-left": str(left),
        }

    def faulty(self, fault: Fault, request: Request) -> Answer:
        """Answer an ordered 429 (`quota`, `concurrency`, or `overload` without headers) or 5xx."""
        version: problems.Version = "v2" if "/v2/" in request.path else "v3"
        if fault.action == "rate_limit":
            answer = _too_many("Too many requests, please slow down.")
            return answer.with_headers({OVERLOAD: "1"}) if fault.kind == "overload" else answer
        return problems.say(version, fault.status, "An internal error occurred.").answer

    def check_fault(self, words: Mapping[str, Any]) -> None:
        """Refuse kinds of fault that mean nothing here."""
        kind = words.get("kind")
        if kind is not None and kind not in FAULT_KINDS:
            raise FaultError(f"kind must be one of {', '.join(FAULT_KINDS)}")

    def control(self, method: str, path: str, body: Any) -> Any | None:
        """Answer a control request; `control.py` says which there are."""
        return control.answer(self._setting, method, path, body)


def build(setting: Setting) -> Vendor:
    """Answer the vendor for the simulator."""
    return BigCommerce(setting)


def _split(path: str) -> tuple[str, problems.Version, str]:
    """Answer store, version and the rest of `/stores/{store}/{version}/…`; raises 404."""
    parts = unquote(path).split("/", 4)
    if len(parts) < 5 or parts[0] or parts[1] != "stores" or parts[3] not in ("v2", "v3"):
        raise problems.v3(404, "The requested resource was not found.")
    # v2 clients may put `.json` after a resource, and a trailing slash is let by.
    rest = parts[4].rstrip("/")
    return parts[2], "v2" if parts[3] == "v2" else "v3", rest.removesuffix(".json") if parts[3] == "v2" else rest


def _body(request: Request, version: problems.Version) -> Any:
    if not request.body:
        return None
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        page = b"<html><body><h1>415 Unsupported Media Type</h1></body></html>"
        raise Refusal(Answer(status=415, body=page, content_type="text/html"))
    try:
        return json.loads(request.body, parse_constant=_no_constant)
    except ValueError:
        raise problems.malformed(version) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _too_many(title: str) -> Answer:
    return problems.v3(429, title).answer


def _meter(store: str) -> str:
    return f"bigcommerce/{store}"


def _gate(call: Admitted) -> str:
    return f"bigcommerce/{call.account}/{call.endpoint}"
