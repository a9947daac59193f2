"""Idempotency keys: replay, mismatch, in flight; kept 24 hours."""

from __future__ import annotations

import hashlib
from typing import Final

from billform.simulator.message import Answer, Request
from billform.simulator.stripe.keys import Key
from billform.simulator.stripe.problem import StripeError, invalid
from billform.simulator.world import Row, Table, World

LONGEST: Final = 255
KEPT: Final = 86_400


class Idempotency:
    """What the keys of one account and mode have seen. Only POST looks at them; GET and DELETE ignore them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._under_way: set[tuple[str, str]] = set()

    def key_of(self, request: Request) -> str | None:
        """Answer the key that counts for this request; raises StripeError when it is too long."""
        text = request.headers.get("idempotency-key")
        if request.method != "POST" or not text:
            return None
        if len(text) > LONGEST:
            raise invalid(f"Idempotency keys can be at most {LONGEST} characters; yours has {len(text)}.")
        return text

    def enter(self, key: Key, text: str, request: Request, request_id: str) -> Answer | None:
        """Answer the stored result, or mark the key as under way; raises StripeError for misuse."""
        stored = self._table(key).get(text)
        if stored is not None and stored["created"] > self._world.now() - KEPT:
            return self._replay(stored, text, request)
        if (key.dataset, text) in self._under_way:
            raise StripeError(
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                f"submitted twice, and the other request is still going through): {text}. Please try again later.",
                status=409,
                code="idempotency_key_in_use",
                headers={"stripe-should-retry": "true"},
                executed=False,
            )
        self._under_way.add((key.dataset, text))
        return None

    def leave(self, key: Key, text: str) -> None:
        """The request with this key is over."""
        self._under_way.discard((key.dataset, text))

    def keep(self, key: Key, text: str, request: Request, request_id: str, answer: Answer) -> None:
        """Store a result; needs a running transaction."""
        row: Row = {
            "path": request.path,
            "digest": _digest(request),
            "status": answer.status,
            "body": answer.body.decode(),
            "request": request_id,
            "created": self._world.now(),
        }
        self._table(key).put(text, row)

    def _table(self, key: Key) -> Table:
        return self._world.table(f"{key.dataset}idempotency")

    def _replay(self, stored: Row, text: str, request: Request) -> Answer:
        if stored["path"] != request.path:
            raise StripeError(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for "
                f"('{request.path}' vs '{stored['path']}'). Try using a key other than '{text}' if you meant to "
                "execute a different request.",
                kind="idempotency_error",
                executed=False,
            )
        if stored["digest"] != _digest(request):
            raise StripeError(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{text}' if you meant to execute a different request.",
                kind="idempotency_error",
                executed=False,
            )
        headers = {"idempotent-replayed": "true", "original-request": stored["request"]}
        return Answer(status=stored["status"], body=stored["body"].encode(), headers=headers)


def _digest(request: Request) -> str:
    # The order of parameters does not count, their spelling does.
    parts = sorted(request.body.split(b"&"))
    return hashlib.sha256(b"&".join(parts) + b"?" + request.query.encode()).hexdigest()
