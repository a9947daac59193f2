"""One Stripe account in one mode: lists that are read once per snapshot, writes that happen once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from billform.catalog.environment import Environment
from billform.providers.http import Clock, Counts, Failure, StripePolicy, Transport, VendorError
from billform.providers.http.transport import OnRequest, OnWait

from .answers import Answer
from .keys import Key, account_problem, another_account, read_key
from .lists import HIDDEN, NOTHING, Listing, Wanted, prices
from .pages import every

if TYPE_CHECKING:
    import stripe

URL = "https://api.stripe.com"
URL_VARIABLE = "BILLFORM_STRIPE_URL"
"""Names the simulator's base URL; only read where the environment is simulated."""
ROUNDS = 5
"""How often a write is sent under a new key because Stripe replays the answer to an old one."""

OUT_OF_USE = frozenset({"inactive", "expired"})
"""The `status` of meters and registrations that are; other objects have `active` for it, or are deleted."""

Answers: TypeAlias = tuple[Answer, ...]
Meanwhile: TypeAlias = Callable[[Sequence[Answer]], None]
"""What looks at the objects of a page. A page that comes twice, or that is given up, is looked at all the same."""


@dataclass(slots=True)
class _Shared:
    """A list on its way, or here, and which kinds have had it."""

    answers: asyncio.Task[Answers]
    readers: set[str] = field(default_factory=set)


class StripeAccount:
    """The account that a key opens. Use it as an async context manager, or close it with `aclose`."""

    def __init__(
        self,
        sdk: stripe.StripeClient,
        transport: Transport,
        *,
        key: Key,
        account: str | None,
        wanted: Wanted = NOTHING,
    ) -> None:
        self._sdk, self._transport = sdk, transport
        self._shared: dict[Listing, _Shared] = {}
        self.key = key
        self.account = account
        """The account id that the environment names; `verify` fills it in where it names none."""
        self.wanted = wanted
        self.prices = prices(wanted.currencies)
        """The list of all prices, with tiers in these further currencies."""

    async def __aenter__(self) -> StripeAccount:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes every connection."""
        self.forget()
        await self._transport.aclose()

    @property
    def counts(self) -> Counts:
        """Requests sent so far."""
        return self._transport.counts

    async def verify(self) -> str:
        """The account's id; raises BillformError (K0xx) unless the key opens the account that the environment names."""
        try:
            answer = await self.get("/v1/account")
        except VendorError as error:
            if (problem := account_problem(error, self.key)) is None:
                raise
            raise problem from error
        found = str(answer["id"])
        if self.account is not None and found != self.account:
            raise another_account(self.key, self.account, found)
        self.account = found
        return found

    # Reading

    async def read(self, listing: Listing, *, by: str | None, meanwhile: Meanwhile | None = None) -> Answers:
        """Every object of a list, in Stripe's order; raises VendorError unless every page was read.

        Kinds that ask for one list share one reading of it. The kind that asks a second time wants to know what has
        changed since, and gets a new reading, as everybody does after a write; None always reads anew.

        Whoever begins a reading may look at the objects of each page as it comes in, while the limits hold up others.
        """
        if by is None:
            return await self._fetch(listing, meanwhile)
        shared = self._shared.get(listing)
        if shared is None or by in shared.readers:
            shared = self._shared[listing] = _Shared(asyncio.ensure_future(self._fetch(listing, meanwhile)))
            # Whoever waits for it raises its failure; when nobody is left to, it is no news.
            shared.answers.add_done_callback(lambda task: task.cancelled() or task.exception())
        shared.readers.add(by)
        return await asyncio.shield(shared.answers)

    def forget(self) -> None:
        """Drops everything read so far."""
        for shared in self._shared.values():
            shared.answers.cancel()
        self._shared.clear()

    async def _fetch(self, listing: Listing, meanwhile: Meanwhile | None) -> Answers:
        about = self.wanted.sizes.get(listing.path, 0)
        rate = self.wanted.rate(listing.path, live=self.key.mode == "live")

        async def page(path: str, params: Mapping[str, object]) -> Answer:
            answer = await self.get(path, params)
            if meanwhile is not None and isinstance(answers := answer.get("data"), list):
                meanwhile(answers)
            return answer

        found: dict[str, Answer] = {}
        # One after the other: what is archived meanwhile is in the second list, and would else be in neither.
        for variant in listing.variants:
            params = listing.params(variant)
            read = await every(page, listing.path, params, cut=listing.by_created, about=about, rate=rate)
            found.update((str(each["id"]), each) for each in read)
        return tuple(found.values())

    async def get(self, path: str, params: Mapping[str, object] | None = None) -> Answer:
        """One answer; raises VendorError."""
        answer, _ = await self._send("get", path, params or {}, None)
        return answer

    async def retrieve(self, path: str, identity: str, *, expand: tuple[str, ...] = ()) -> Answer:
        """One object; raises VendorError, with Failure.NOT_FOUND where it is gone."""
        return await self.get(_at(path, identity), {"expand": list(expand)} if expand else {})

    # Writing

    async def create(self, path: str, params: Mapping[str, object], idempotency: str) -> Answer:
        """Makes one object, once per idempotency key.

        Stripe answers a repeated key with what it answered first, for a day, and also where the object has been
        deleted or archived since: a replayed answer counts only while the object is there and as much in use. A
        replayed refusal counts never, for what it was about may have been mended.
        """
        for round_ in range(ROUNDS):
            try:
                answer, replayed = await self._send("post", path, params, _key(idempotency, round_))
            except VendorError as error:
                if _is_of_old(error):
                    continue
                raise
            if not replayed or await self._stands(path, answer):
                return answer
        raise self._stale(path)

    async def update(
        self, path: str, identity: str, params: Mapping[str, object], idempotency: str, *, may_be_gone: bool = False
    ) -> None:
        """Sets values, which are absolute.

        An answer that Stripe replays counts while the object is as the answer says; otherwise it is of an earlier run,
        somebody has changed the object since, and the values are sent once more.
        """
        if not params:
            return
        # Two answers are only alike where nothing is hidden in both.
        hidden = HIDDEN.get(path, ())
        whole = {**params, "expand": list(hidden)} if hidden else params
        for round_ in range(ROUNDS):
            try:
                answer, replayed = await self._send("post", _at(path, identity), whole, _key(idempotency, round_))
                if not replayed or await self.retrieve(path, identity, expand=hidden) == answer:
                    return
            except VendorError as error:
                if may_be_gone and error.failure is Failure.NOT_FOUND:
                    return
                if not _is_of_old(error):
                    raise
        raise self._stale(_at(path, identity))

    async def post(self, path: str, params: Mapping[str, object], idempotency: str) -> Answer:
        """Sends a write under exactly this key, whatever Stripe has answered to the key before."""
        answer, _ = await self._send("post", path, params, idempotency)
        return answer

    async def act(self, path: str, identity: str, verb: str, idempotency: str) -> None:
        """Does something to an object that is no field of it."""
        place = f"{_at(path, identity)}/{verb}"
        for round_ in range(ROUNDS):
            try:
                await self._send("post", place, {}, _key(idempotency, round_))
            except VendorError as error:
                if not _is_of_old(error):
                    raise
            else:
                return
        raise self._stale(place)

    async def delete(self, path: str, identity: str) -> None:
        """Deletes an object; one that is gone is deleted."""
        try:
            await self._send("delete", _at(path, identity), {}, None)
        except VendorError as error:
            if error.failure is not Failure.NOT_FOUND:
                raise

    async def _stands(self, path: str, made: Answer) -> bool:
        """Whether nobody has taken it out of use since; values may differ, for we set some right after a create."""
        try:
            answer = await self.retrieve(path, str(made["id"]))
            in_use = answer.get("active") == made.get("active") and answer.get("status") not in OUT_OF_USE
            return in_use and not answer.get("deleted", False)
        except VendorError as error:
            if error.failure is Failure.NOT_FOUND:
                return False
            raise

    async def _send(
        self, method: str, path: str, params: Mapping[str, object], idempotency: str | None
    ) -> tuple[Answer, bool]:
        """The answer, and whether Stripe only repeated an earlier one."""
        if method != "get":
            self._shared.clear()
        options: dict[str, Any] = {"idempotency_key": idempotency} if idempotency else {}
        try:
            response = await self._sdk.raw_request_async(method, path, **params, **options)
        finally:
            if method != "get":
                # A list that was begun while the write was under way may be from before it.
                self._shared.clear()
        answer = json.loads(response.body, parse_float=Decimal)
        if not isinstance(answer, Mapping):
            raise VendorError(
                Failure.NOT_JSON, vendor="stripe", message="an answer that is no object", method=method, path=path
            )
        return answer, response.headers.get("idempotent-replayed") == "true"

    @staticmethod
    def _stale(path: str) -> VendorError:
        return VendorError(
            Failure.LOST,
            vendor="stripe",
            message="only answers to earlier requests came back",
            method="POST",
            path=path,
        )


def _at(path: str, identity: str) -> str:
    # Callers may choose the ids of products and coupons, so that nothing is known of what is in them.
    return f"{path}/{quote(identity, safe='')}"


def _is_of_old(error: VendorError) -> bool:
    """Whether Stripe only repeats what it has refused before; of a failure of its own it is not known what it did."""
    return error.replayed and error.failure is not Failure.LOST


def _key(idempotency: str, round_: int) -> str:
    return idempotency if round_ == 0 else f"{idempotency}-{round_ + 1}"


async def connect(
    environment: Environment,
    secrets: Mapping[str, str],
    *,
    wanted: Wanted = NOTHING,
    url: str | None = None,
    on_request: OnRequest | None = None,
    on_wait: OnWait | None = None,
    clock: Clock | None = None,
) -> StripeAccount:
    """A client for the environment's account; `secrets` are the environment variables, `url` the simulator's.

    Raises BillformError (K0xx) for a key that is missing, misspelled or of the other mode. Nothing is sent yet.
    """
    from .sdk import stripe_client

    simulated = environment.mode == "simulated"
    key = read_key(environment, secrets)
    base = (url or secrets.get(URL_VARIABLE) or "") if simulated else URL
    if simulated and not base:
        raise key.nowhere()
    policy = StripePolicy(live=key.mode == "live")
    transport = Transport(policy, base_url=base, on_request=on_request, on_wait=on_wait, clock=clock)
    sdk = stripe_client(key.text, transport)
    return StripeAccount(sdk, transport, key=key, account=environment.stripe.account, wanted=wanted)
