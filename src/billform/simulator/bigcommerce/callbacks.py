"""Tells registered hooks what happened: the payload, who is told, and the Standard Webhooks signature.

Source: "Webhooks overview" and "HTTPS webhooks" of the developer documentation. `webhook-id` is the `hash`
of the payload; the key of the signature is the raw client secret of the account that made the hook.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from billform.simulator.bigcommerce.shop import Shop
from billform.simulator.delivery import Parcel
from billform.simulator.world import Row


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """Answer `v1,<base64>`: HMAC-SHA256 of `{message}.{timestamp}.{body}` under the client secret."""
    signed = f"{message}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def announce(shop: Shop, scope: str, data: Any) -> None:
    """Deliver an event to every active hook whose scope covers it, once the transaction has committed.

    Each account's hooks get the same hash for the same event; it is stable over re-deliveries.
    """
    number = shop.world.sequence(f"bigcommerce/{shop.hash}/events")
    digest = hashlib.sha1(f"{shop.hash}:{number}:{scope}".encode(), usedforsecurity=False).hexdigest()
    payload = {
        "scope": scope,
        "store_id": str(shop.profile["store_id"]),
        "data": data,
        "hash": digest,
        "created_at": shop.now,
        "producer": f"stores/{shop.hash}",
    }
    body = json.dumps(payload, separators=(",", ":")).encode()
    for hook in shop.all("hooks"):
        if hook["is_active"] and covers(hook["scope"], scope):
            _queue(shop, hook, digest, body)


def covers(wanted: str, happened: str) -> bool:
    """Tell whether a hook's scope takes in an event: the same, or a `/*` above it."""
    return wanted == happened or (wanted.endswith("/*") and happened.startswith(wanted.removesuffix("*")))


def _queue(shop: Shop, hook: Row, digest: str, body: bytes) -> None:
    secret = _secret(shop, hook["client_id"])
    custom: Mapping[str, str] = hook["headers"] or {}

    def sign(now: int) -> Mapping[str, str]:
        return {
            **custom,
            "webhook-id": digest,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(secret, digest, now, body),
        }

    parcel = Parcel(
        vendor="bigcommerce",
        event=digest,
        endpoint=str(hook["id"]),
        url=hook["destination"],
        body=body,
        sign=sign,
    )
    shop.world.after_commit(lambda: shop.setting.delivery.send(parcel))


def _secret(shop: Shop, client_id: str) -> str:
    accounts = shop.world.table("bigcommerce/accounts").where("client_id", client_id)
    return str(accounts[0]["client_secret"]) if accounts else ""
