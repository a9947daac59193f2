"""API keys: which account and mode they open, and what a restricted one may do."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final, Literal

from billform.simulator.message import Request
from billform.simulator.stripe.problem import StripeError
from billform.simulator.world import Row, World

DEFAULT_ACCOUNT: Final = "acct_1BillformLocal00"
DEFAULT_KEYS: Final = ("sk_test_simulator", "sk_live_simulator")
TABLE: Final = "stripe/keys"

Mode = Literal["test", "live"]


@dataclass(frozen=True, kw_only=True)
class Key:
    """An accepted key; `permissions` is None for a key that may do everything."""

    text: str
    account: str
    mode: Mode
    permissions: frozenset[str] | None

    @property
    def dataset(self) -> str:
        """The beginning of the names of this key's tables."""
        return f"stripe/{self.account}/{self.mode}/"

    def allows(self, permission: str) -> bool:
        """Tell whether `product_read` or the like is granted; writing includes reading."""
        if self.permissions is None or permission in self.permissions:
            return True
        return permission.endswith("_read") and f"{permission.removesuffix('_read')}_write" in self.permissions


def add(world: World, words: dict[str, Any]) -> Row:
    """Store a key from `{key, account?, permissions?, status?}`; raises ValueError for words that mean nothing."""
    unknown = set(words) - {"key", "account", "permissions", "status"}
    text = words.get("key", "")
    if unknown or not text.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        raise ValueError("a key is {key: sk_test_… | sk_live_… | rk_test_… | rk_live_…, account, permissions, status}")
    if words.get("status", "active") not in ("active", "revoked"):
        raise ValueError("status must be active or revoked")
    row = {
        "account": words.get("account", DEFAULT_ACCOUNT),
        "mode": text.split("_")[1],
        "permissions": words.get("permissions", [] if text.startswith("rk_") else None),
        "status": words.get("status", "active"),
    }
    return world.table(TABLE).put(text, row)


def authenticate(world: World, request: Request) -> Key:
    """Answer the key of the Authorization header; raises StripeError 401 when it opens nothing."""
    text = _given(request.headers.get("authorization", ""))
    if not text:
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
            status=401,
            executed=False,
        )
    row = world.table(TABLE).get(text)
    if row is None:
        raise StripeError(f"Invalid API Key provided: {masked(text)}", status=401, executed=False)
    if row["status"] == "revoked":
        message = f"Expired API Key provided: {masked(text)}"
        raise StripeError(message, status=401, code="api_key_expired", executed=False)
    permissions = None if row["permissions"] is None else frozenset(row["permissions"])
    key = Key(text=text, account=row["account"], mode=row["mode"], permissions=permissions)
    wanted = request.headers.get("stripe-account", key.account)
    if wanted != key.account:
        raise StripeError(
            f"The provided key '{masked(text)}' does not have access to account '{wanted}' (or that account does not "
            "exist). Application access may have been revoked.",
            status=403,
            code="account_invalid",
            executed=False,
        )
    return key


def forbid(key: Key, permission: str) -> StripeError:
    """Answer the refusal of a restricted key without the permission."""
    return StripeError(
        f"The provided key '{masked(key.text)}' does not have the required permissions for this endpoint on account "
        f"'{key.account}'. Having the 'rak_{permission}' permission would allow this request to continue.",
        status=403,
        executed=False,
    )


def masked(text: str) -> str:
    """Answer a key as Stripe repeats it: the beginning, stars, and the last four characters."""
    if len(text) <= 12:
        return "*" * len(text)
    return f"{text[:8]}{'*' * (len(text) - 12)}{text[-4:]}"


def _given(header: str) -> str:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
