"""The simulated Stripe as the pipeline sees it."""

from __future__ import annotations

import importlib
import pkgutil
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from billform.simulator.faults import Fault, FaultError
from billform.simulator.message import Answer, Request, json_answer
from billform.simulator.stripe import events, expand, form, keys, objects, schema
from billform.simulator.stripe.idempotency import Idempotency
from billform.simulator.stripe.keys import Key
from billform.simulator.stripe.kind import API_VERSION, Context, Kind, Route
from billform.simulator.stripe.problem import StripeError, error_answer, invalid
from billform.simulator.stripe.rules import check_texts
from billform.simulator.vendor import Call, Setting

_LIMIT_KINDS: Final = (
    "global-rate",
    "endpoint-rate",
    "global-concurrency",
    "endpoint-concurrency",
    "resource-specific",
    "lock_timeout",
)
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class StripeCall(Call):
    """A request let in: who calls what."""

    key: Key
    route: Route
    ids: Mapping[str, str]
    request_id: str
    idempotency_key: str | None


class Stripe:
    """One simulated Stripe, for any number of accounts, each with a test and a live mode."""

    name = "stripe"

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._world = setting.world
        self._idempotency = Idempotency(setting.world)
        self._modules = _discover()
        self._routes = _compile_routes([route for module in self._modules for route in module.ROUTES])

    @property
    def routes(self) -> list[Route]:
        """Every endpoint, literal paths before those with placeholders."""
        return [route for _, route in self._routes]

    # -- the protocol of a vendor ------------------------------------------------------------------------

    def seed(self) -> None:
        """Make the default account with its two keys."""
        for text in keys.DEFAULT_KEYS:
            self._add_key({"key": text})

    def admit(self, request: Request) -> StripeCall:
        """Authenticate, check the version, find the endpoint, check the permission."""
        key = keys.authenticate(self._world, request)
        request_id = _request_id()
        if request.body.startswith(b"{"):
            raise invalid(
                "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have "
                "any questions, we can help at https://support.stripe.com/."
            )
        version = request.headers.get("stripe-version", API_VERSION)
        if version != API_VERSION and version not in _versions():
            raise invalid(f"Invalid Stripe API version: {version}")
        route, ids = self._find(request)
        if not key.allows(route.permission):
            raise keys.forbid(key, route.permission)
        return StripeCall(
            request=request,
            account=key.account,
            endpoint=f"{route.method} {route.template}",
            key=key,
            route=route,
            ids=ids,
            request_id=request_id,
            idempotency_key=self._idempotency.key_of(request),
        )

    def limit(self, call: StripeCall) -> Answer | None:
        """Count the request against the account's and the endpoint's rate."""
        limits, meters = self._setting.limits, self._setting.meters
        overall = limits.stripe_live_per_second if call.key.mode == "live" else limits.stripe_test_per_second
        if overall is not None and not meters.bucket(call.key.dataset, overall).take():
            return _rate_limited("global-rate")
        each = limits.stripe_endpoint_per_second
        if each is not None and not meters.bucket(call.key.dataset + call.endpoint, each).take():
            return _rate_limited("endpoint-rate")
        return None

    def enter(self, call: StripeCall) -> Answer | None:
        """Look at the idempotency key: replay, refuse, or begin."""
        if call.idempotency_key is None:
            return None
        try:
            return self._idempotency.enter(call.key, call.idempotency_key, call.request, call.request_id)
        except StripeError as error:
            return error.answer

    def handle(self, call: StripeCall) -> Answer:
        """Check the parameters, run the endpoint, and keep the result under the idempotency key."""
        ctx = Context(
            setting=self._setting,
            key=call.key,
            request_id=call.request_id,
            idempotency_key=call.request.headers.get("idempotency-key"),
            params=_params(call.route, call.request),
            ids=call.ids,
            record=events.record,
        )
        # Stripe indents every answer; here only for the command line, whose output people read.
        person = "stripe-cli" in call.request.headers.get("user-agent", "")
        answer = json_answer(200, call.route.handler(ctx), indented=person)
        if call.idempotency_key is not None:
            self.keep(call, answer)
        return answer

    def keep(self, call: StripeCall, answer: Answer) -> None:
        """Remember an answer as the result of the idempotency key."""
        if call.idempotency_key is not None:
            self._idempotency.keep(call.key, call.idempotency_key, call.request, call.request_id, answer)

    def leave(self, call: StripeCall) -> None:
        """Free the idempotency key."""
        if call.idempotency_key is not None:
            self._idempotency.leave(call.key, call.idempotency_key)

    def finish(self, request: Request, call: StripeCall | None, answer: Answer) -> Answer:
        """Add the headers that Stripe sends with every answer."""
        headers = {"stripe-version": request.headers.get("stripe-version", API_VERSION)}
        if not (answer.status == 429 and "stripe-rate-limited-reason" not in answer.headers):
            headers["request-id"] = call.request_id if call else _request_id()
        if "idempotency-key" in request.headers:
            headers["idempotency-key"] = request.headers["idempotency-key"]
            if request.method == "POST" and "request-id" in headers:
                headers["original-request"] = headers["request-id"]
        return answer.with_headers({**headers, **answer.headers})

    def faulty(self, fault: Fault, request: Request) -> Answer:
        """Answer a 429 of the ordered kind, or a 500."""
        if fault.action == "rate_limit":
            return _rate_limited(fault.kind or "endpoint-rate")
        message = "An unknown error occurred"
        return error_answer(message, status=fault.status, kind="api_error")

    def check_fault(self, words: Mapping[str, Any]) -> None:
        """Refuse a kind of 429 that Stripe does not have."""
        if words.get("action") == "rate_limit" and words.get("kind", "endpoint-rate") not in _LIMIT_KINDS:
            raise FaultError(f"kind must be one of {', '.join(_LIMIT_KINDS)}")

    def control(self, method: str, path: str, body: Any) -> Any | None:
        """Serve `POST keys` (add or change one) and `GET keys`."""
        if (method, path) == ("POST", "keys"):
            return self._add_key(body)
        if (method, path) == ("GET", "keys"):
            return dict(self._world.dump().get(keys.TABLE, {}))
        return None

    # -- inside ------------------------------------------------------------------------------------------

    def _add_key(self, words: dict[str, Any]) -> Any:
        row = keys.add(self._world, words)
        modes: tuple[keys.Mode, ...] = ("test", "live")
        for mode in modes:
            key = Key(text="", account=row["account"], mode=mode, permissions=None)
            if len(self._world.table(key.dataset + "account")):
                continue
            ctx = Context(
                setting=self._setting,
                key=key,
                request_id="",
                idempotency_key=None,
                params={},
                ids={},
                record=lambda ctx, name, content, previous: None,
            )
            for module in self._modules:
                seed = getattr(module, "seed", None)
                if seed is not None:
                    seed(ctx)
        return row

    def _find(self, request: Request) -> tuple[Route, Mapping[str, str]]:
        for pattern, route in self._routes:
            found = pattern.fullmatch(request.path)
            if found is not None and route.method == request.method:
                return route, {name: unquote(value) for name, value in found.groupdict().items()}
        raise StripeError(
            f"Unrecognized request URL ({request.method}: {request.path}). If you are trying to list objects, remove "
            "the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) "
            "identifier in your code. Please see https://stripe.com/docs or we can help at "
            "https://support.stripe.com/.",
            status=404,
            executed=False,
        )


def build(setting: Setting) -> Stripe:
    """Answer a Stripe over this state."""
    return Stripe(setting)


def _discover() -> list[Any]:
    modules = []
    for item in pkgutil.iter_modules(objects.__path__):
        module = importlib.import_module(f"{objects.__name__}.{item.name}")
        kind: Kind | None = getattr(module, "KIND", None)
        if kind is not None:
            expand.KINDS[kind.name] = kind
        if hasattr(module, "lookup"):
            assert kind is not None
            expand.LOOKUPS[kind.name] = module.lookup
        modules.append(module)
    return modules


def _compile_routes(routes: list[Route]) -> list[tuple[re.Pattern[str], Route]]:
    # `/v1/products/search` has to be looked at before `/v1/products/{id}`.
    ordered = sorted(routes, key=lambda route: route.template.count("{"))
    return [(re.compile(_PLACEHOLDER.sub(r"(?P<\1>[^/]+)", route.template)), route) for route in ordered]


def _params(route: Route, request: Request) -> dict[str, Any]:
    text = request.query if request.method == "GET" else request.body.decode("utf-8", "replace")
    if request.method == "DELETE" and request.query:
        text = request.query
    given = form.decode(text)
    unset = {name for name in route.emptyable if given.get(name) == ""}
    if route.params is None:
        shape = schema.Shape({}, ())
    else:
        module = f"{route.params}_params"
        shape = schema.shape_of(module, class_name(route.params))
    params = shape({name: value for name, value in given.items() if name not in unset}, "")
    check_texts(params, route.texts)
    return params | dict.fromkeys(unset, "")


def class_name(stem: str) -> str:
    """Answer the class of a parameter module: `billing._meter_create` holds `MeterCreateParams`."""
    words = stem.rpartition(".")[2].strip("_").split("_")
    return "".join(word.capitalize() for word in words) + "Params"


def _versions() -> frozenset[str]:
    return schema.literal_values("_webhook_endpoint_create_params", "WebhookEndpointCreateParams", "api_version")


def _request_id() -> str:
    return f"req_{secrets.token_urlsafe(12).replace('_', 'A').replace('-', 'B')[:14]}"


def _rate_limited(kind: str) -> Answer:
    if kind == "lock_timeout":
        return error_answer(
            "This object cannot be accessed right now because another API request or Stripe process is currently "
            "accessing it. If you see this error intermittently, retry the request. If you see this error frequently "
            "and are making multiple concurrent requests to a single object, make your requests serially or at a "
            "lower rate. For more details, see https://stripe.com/docs/rate-limits#object-lock-timeouts.",
            status=429,
            code="lock_timeout",
            headers={"stripe-should-retry": "true"},
        )
    return error_answer(
        "Request rate limit exceeded. Learn more about rate limits https://stripe.com/docs/rate-limits.",
        status=429,
        code="rate_limit",
        headers={"stripe-rate-limited-reason": kind},
    )
