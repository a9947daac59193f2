"""Rules about the webhooks of both vendors."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

from billform.catalog.known import BIGCOMMERCE_SCOPES, STRIPE_EVENTS
from billform.catalog.models import Path
from billform.core.codes import Explanation
from billform.core.diagnostic import Severity
from billform.core.redact import cautious

from .shop import Found, Rule, Shop, meant

ENDPOINTS = 16
HOOKS_PER_SCOPE = 10
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_SECRET = re.compile(r"auth|token|secret|password|api-?key|signature", re.IGNORECASE)
_OTHER_REFERENCE = re.compile(r"(?:[eE][nN][vV] ?: ?|\$)(?P<brace>\{)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?(brace)\})")
"""How other tools, or a slip, name an environment variable."""

CODES = {
    "C090": Explanation(
        title="Unknown Stripe event",
        meaning="Stripe sends no such event to endpoints of this API version.",
        mend="Correct the name (the hint offers the nearest one), or use `*` for all.",
    ),
    "C091": Explanation(
        title="Unknown BigCommerce scope",
        meaning="BigCommerce has no hook of this scope. Scopes of a channel carry its id and have no place here.",
        mend="Correct the name; `store/order/*` stands for all scopes below it.",
    ),
    "C092": Explanation(
        title="Webhook that the vendor cannot deliver",
        meaning="Stripe delivers to https in live mode, and BigCommerce only to https on port 443.",
        mend="Use an https address without a port.",
    ),
    "C093": Explanation(
        title="Too many webhooks",
        meaning="Stripe allows 16 endpoints in an account and mode, BigCommerce 10 hooks of one scope.",
        mend="Let one endpoint take the events of several.",
    ),
    "C094": Explanation(
        title="Webhook declared twice",
        meaning="Two webhooks have the same address (and, at BigCommerce, the same scope); events would arrive twice.",
        mend="Put the events into one of them.",
    ),
    "C095": Explanation(
        title="Secret in a catalog file",
        meaning="The header looks like a secret, and files of a catalog are for everybody to read. Or it names a "
        "variable in another way than `env:NAME`, such as `ENV:NAME` or `$NAME`, which would be sent as it stands.",
        mend="Write `env:NAME`; the value is then taken from that environment variable when it is needed.",
        example='headers: { X-Hook-Token: "env:HOOK_TOKEN" }',
    ),
    "C096": Explanation(
        title="Event named twice",
        meaning="The list names an event twice, or names single events beside `*`, which means all.",
        mend="Remove what says nothing new.",
    ),
}


def stripe_events_exist(shop: Shop) -> Found:
    """Stripe knows every event."""
    for key, endpoint in shop.catalog.webhooks.stripe.items():
        for index, event in enumerate(endpoint.events):
            if event != "*" and event not in STRIPE_EVENTS:
                near = meant(event, STRIPE_EVENTS)
                place = ("webhooks", "stripe", key, "events", index)
                hint = f"did you mean `{near}`?" if near else None
                yield shop.problem("C090", f"`{event}` is not a Stripe event", place, at="value", hint=hint)


def bigcommerce_scopes_exist(shop: Shop) -> Found:
    """BigCommerce knows every scope."""
    for key, hook in shop.catalog.webhooks.bigcommerce.items():
        if hook.scope not in BIGCOMMERCE_SCOPES:
            near = meant(hook.scope, BIGCOMMERCE_SCOPES)
            place = ("webhooks", "bigcommerce", key, "scope")
            hint = f"did you mean `{near}`?" if near else None
            yield shop.problem("C091", f"`{hook.scope}` is not a BigCommerce scope", place, at="value", hint=hint)


def webhooks_can_be_delivered(shop: Shop) -> Found:
    """Addresses are of the kind that the vendors deliver to; the machine at hand is for tests."""
    mode = str(getattr(shop.environment, "mode", ""))
    for key, endpoint in shop.catalog.webhooks.stripe.items():
        url = urlsplit(endpoint.url)
        if url.scheme != "https" and (mode == "live" or (not mode and url.hostname not in _LOCAL)):
            summary = f"Stripe delivers live events to https only, not to `{endpoint.url}`"
            place = ("webhooks", "stripe", key, "url")
            # A catalog by itself may be meant for tests, or an environment may say another address.
            severity = Severity.ERROR if mode else Severity.WARNING
            yield shop.problem("C092", summary, place, at="value", hint="use https", severity=severity)
    for key, hook in shop.catalog.webhooks.bigcommerce.items():
        url = urlsplit(hook.destination)
        if url.scheme != "https" or (url.netloc.rpartition(":")[2].isdigit() and not url.netloc.endswith(":443")):
            summary = f"BigCommerce delivers to https on port 443 only, not to `{hook.destination}`"
            place = ("webhooks", "bigcommerce", key, "destination")
            yield shop.problem("C092", summary, place, at="value", hint="use https and no port")


def webhooks_are_few(shop: Shop) -> Found:
    """Not more webhooks than the vendors allow."""
    endpoints = shop.catalog.webhooks.stripe
    if len(endpoints) > ENDPOINTS:
        summary = f"{len(endpoints)} Stripe endpoints are more than the {ENDPOINTS} that Stripe allows"
        yield shop.problem("C093", summary, ("webhooks", "stripe"), hint="let one endpoint take the events of several")
    scopes: dict[str, list[str]] = defaultdict(list)
    for key, hook in shop.catalog.webhooks.bigcommerce.items():
        scopes[hook.scope].append(key)
    for scope, keys in scopes.items():
        if len(keys) > HOOKS_PER_SCOPE:
            summary = (
                f"{len(keys)} hooks of scope `{scope}` are more than the {HOOKS_PER_SCOPE} that BigCommerce allows"
            )
            yield shop.problem("C093", summary, ("webhooks", "bigcommerce", keys[HOOKS_PER_SCOPE]))


def _targets(shop: Shop) -> Iterator[tuple[tuple[str, ...], Path]]:
    for key, endpoint in shop.catalog.webhooks.stripe.items():
        yield (endpoint.url.rstrip("/"), str(endpoint.connect)), ("webhooks", "stripe", key)
    for key, hook in shop.catalog.webhooks.bigcommerce.items():
        for store in sorted(hook.storefronts) or ("",):
            yield (hook.scope, hook.destination.rstrip("/"), store), ("webhooks", "bigcommerce", key)


def webhooks_are_single(shop: Shop) -> Found:
    """No event is sent to one address twice."""
    seen: dict[tuple[str, ...], Path] = {}
    for target, path in _targets(shop):
        first = seen.setdefault(target, path)
        if first != path:
            yield shop.problem(
                "C094",
                f"webhooks `{first[-1]}` and `{path[-1]}` have the same address",
                path,
                hint=f"put them together{shop.place(first)}",
            )


def headers_keep_secrets_out(shop: Shop) -> Found:
    """Headers that look like secrets come from the environment."""
    for key, hook in shop.catalog.webhooks.bigcommerce.items():
        for name, value in hook.headers.items():
            place: Path = ("webhooks", "bigcommerce", key, "headers", name)
            if value.startswith("env:"):
                if not re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*", value):
                    summary = f"header `{name}` names no environment variable"
                    yield shop.problem("C095", summary, place, at="value", hint="write `env:NAME`")
            elif (other := _OTHER_REFERENCE.fullmatch(value)) is not None:
                summary = f"header `{name}` would be sent as it is written, not with a variable's value"
                hint = f"write `env:{cautious(other['name'])}`"
                yield shop.problem("C095", summary, place, at="value", hint=hint)
            elif _SECRET.search(name):
                summary = f"header `{name}` of hook `{key}` looks like a secret written out"
                yield shop.problem(
                    "C095", summary, place, hint="write `env:NAME`, and put the value into the environment"
                )


def events_are_named_once(shop: Shop) -> Found:
    """No list of events repeats itself."""
    for key, endpoint in shop.catalog.webhooks.stripe.items():
        for index, event in enumerate(endpoint.events):
            place = ("webhooks", "stripe", key, "events", index)
            if event in endpoint.events[:index]:
                yield shop.warning("C096", f"`{event}` is named twice", place, at="value", hint="remove one")
            elif event != "*" and "*" in endpoint.events:
                yield shop.warning("C096", f"`*` already means `{event}`", place, at="value", hint="remove one of them")


RULES: tuple[Rule, ...] = (
    stripe_events_exist,
    bigcommerce_scopes_exist,
    webhooks_can_be_delivered,
    webhooks_are_few,
    webhooks_are_single,
    headers_keep_secrets_out,
    events_are_named_once,
)
