"""One place at Stripe that only one of several Billforms can write at a time: an archived product that is nobody's.

Stripe has no "change this if it still says that". A key for idempotent requests that is derived from what was read
comes to the same: of all who read one entry, the first request under its key is carried out, and the others, whose
parameters differ, are refused. https://docs.stripe.com/api/idempotent_requests
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from billform.providers.http import Failure, LostAnswer, VendorError

from .marks import PREFIX

if TYPE_CHECKING:
    from .client import StripeAccount

ID = "billform-lock"
PATH = "/v1/products"
TOKEN = "token"  # noqa: S105  # the name of the entry's own name
ROUNDS = 4
"""How often an entry is written under a new key because Stripe saved a failure under the old one."""
_LOCK = f"{PREFIX}lock_"
_FACE = {
    "name": "Billform lock (not for sale)",
    "description": "Billform notes here that an apply is under way. It is made anew where it is missing.",
}


class StripeRegister:
    """The register of one account in one mode."""

    def __init__(self, account: StripeAccount) -> None:
        self._account = account

    async def read(self) -> Mapping[str, str] | None:
        """The entry, under `token` its own name; None before the first. Raises VendorError."""
        try:
            answer = await self._account.retrieve(PATH, ID)
        except VendorError as error:
            if error.failure is Failure.NOT_FOUND:
                return None
            raise
        metadata: Mapping[str, str] = answer.get("metadata") or {}
        words = {key.removeprefix(_LOCK): str(value) for key, value in metadata.items() if key.startswith(_LOCK)}
        return {TOKEN: f"at-{answer.get('updated')}", **words}

    async def swap(self, seen: Mapping[str, str] | None, words: Mapping[str, str]) -> bool:
        """Writes an entry in the place of the one that was read; False where somebody else has been quicker.

        `words` has a `token` that no entry ever had. Raises VendorError where it cannot be known who was.
        """
        metadata = {f"{_LOCK}{name}": value for name, value in words.items()}
        if seen is None:
            key = f"{ID}-new-{words[TOKEN]}"
            params: dict[str, object] = {"id": ID, "active": False, **_FACE, "metadata": metadata}
        else:
            # What the old entry says and the new one does not is taken away.
            key = f"{ID}-after-{seen[TOKEN]}"
            gone = {f"{_LOCK}{name}": "" for name in seen if name not in words}
            params = {"metadata": {**gone, **metadata}}
        place = PATH if seen is None else f"{PATH}/{ID}"
        for round_ in range(ROUNDS):
            try:
                await self._account.post(place, params, key if round_ == 0 else f"{key}-{round_ + 1}")
            except LostAnswer as error:
                if await self._says(words[TOKEN]):
                    return True
                # Only what was sent with our own parameters is replayed to us: the key is ours, and of no more use.
                if not error.replayed:
                    raise
            except VendorError as error:
                if not _is_refusal(error):
                    raise
                return await self._says(words[TOKEN])
            else:
                return True
        return await self._says(words[TOKEN])

    async def _says(self, token: str) -> bool:
        now = await self.read()
        return now is not None and now[TOKEN] == token


def _is_refusal(error: VendorError) -> bool:
    """Whether somebody else has made the object, used the key, or taken the object away."""
    return (
        error.vendor_code in {"resource_already_exists", "idempotency_error", "idempotency_key_in_use"}
        or error.failure is Failure.NOT_FOUND
    )
