"""Events: one for every change, with the previous attributes, listed for 30 days and delivered signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from billform.simulator.delivery import Parcel
from billform.simulator.stripe.kind import API_VERSION, Context
from billform.simulator.world import Row

TABLE: Final = "event"
_NOTHING: Final = object()


def record(ctx: Context, name: str, content: Row, previous: Row | None) -> None:
    """Store the event `name` about an object as answered, and send it to the endpoints that want it."""
    endpoints = [row for row in ctx.table("webhook_endpoint").values() if _wants(row, name)]
    data: dict[str, Any] = {"object": content}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Row = {
        "id": ctx.token("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": ctx.now,
        "data": data,
        "livemode": ctx.livemode,
        "pending_webhooks": len(endpoints),
        "request": {"id": ctx.request_id, "idempotency_key": ctx.idempotency_key},
        "type": name,
    }
    ctx.table(TABLE).put(event["id"], event)
    for endpoint in endpoints:
        body = json.dumps({**event, "api_version": endpoint["api_version"] or API_VERSION}, indent=2).encode()
        parcel = Parcel(
            vendor="stripe",
            event=event["id"],
            endpoint=endpoint["id"],
            url=endpoint["url"],
            body=body,
            sign=partial(signature, endpoint["_secret"], body),
        )
        ctx.setting.world.after_commit(partial(ctx.setting.delivery.send, parcel))


def changes(old: Row, new: Row) -> Row:
    """Answer what differs, with the old values: maps key by key (a new key was null), lists as a whole."""
    before: Row = {}
    for key in {**old, **new}:
        was, now = old.get(key, _NOTHING), new.get(key, _NOTHING)
        if was == now:
            continue
        if isinstance(was, dict) and isinstance(now, dict):
            before[key] = changes(was, now)
        else:
            before[key] = None if was is _NOTHING else was
    return before


def signature(secret: str, body: bytes, at: int) -> Mapping[str, str]:
    """Answer the headers of one delivery attempt made `at` unix seconds."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={digest}", "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"}


def _wants(endpoint: Row, name: str) -> bool:
    if endpoint["status"] != "enabled":
        return False
    return "*" in endpoint["enabled_events"] or name in endpoint["enabled_events"]
