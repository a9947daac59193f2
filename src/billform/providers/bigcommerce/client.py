"""One store: requests under its token, lists read to the end or not at all, and what several kinds read read once.

https://developer.bigcommerce.com/docs/start/about
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from billform.catalog.environment import Environment
from billform.core.diagnostic import BillformError, Diagnostic, Span
from billform.core.money import Money
from billform.core.resource import Address
from billform.providers.bigcommerce.answer import Answer, extent, next_cursor
from billform.providers.bigcommerce.marks import Marks
from billform.providers.bigcommerce.wanted import NOTHING, Wanted
from billform.providers.bigcommerce.wire import Row, encode
from billform.providers.http import (
    Failure,
    LostAnswer,
    Transport,
    Unavailable,
    VendorError,
    bigcommerce_endpoint,
)

PAGE = 250
"""Rows of a page; more are refused with 413."""
ENDED = frozenset({"archived", "deleted", "terminated"})
SELLING = frozenset({"active", "prelaunch", "connected"})
"""Of a channel's status; the vendor counts these three as enabled."""
TRIES = 3
"""How often a list is read whose rows move between its pages."""

T = TypeVar("T")
Query = Mapping[str, object]


class Secrets(Protocol):
    """The environment's secrets, by the names of their variables."""

    def resolve(self, value: str, *, span: Span | None = None) -> str:
        """The value behind `env:NAME`, any other text unchanged; raises a BillformError where it is not set."""

    def name_of(self, value: str) -> str | None:
        """The variable that holds a value, where the catalog declares one."""

    def is_plain(self, value: str) -> bool:
        """Whether the value stands in the catalog for everybody to read."""


@dataclass(slots=True, eq=False)
class Store:
    """A store of an environment; `connect` makes it, and `verify` must have passed before anything else is read."""

    alias: str
    hash: str
    environment: Environment
    transport: Transport
    secrets: Secrets
    token: str = field(repr=False)
    wanted: Wanted = NOTHING
    currency: str = ""
    """The store's default currency, lower case: the one of product and variant prices."""
    client_id: str | None = None
    """Of the API account that the token belongs to, where known."""
    marks: Marks = field(init=False, repr=False)
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)
    """Lists as the store answered them; those of hooks hold secrets."""
    _turns: dict[str, asyncio.Semaphore] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.client_id = self.environment.stores[self.alias].client_id
        self.marks = Marks(self)

    # One request

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        accept: Collection[int] = (),
        again: bool = False,
        query: Query | None = None,
    ) -> Answer:
        """Sends a request; answers yes, and those refusals that `accept` names. Raises VendorError for others.

        Writes drop what was kept. Raises LostAnswer for a create (a POST without `again`) that may have happened.
        """
        write = method != "GET"
        place = f"/stores/{self.hash}{path}"
        headers = {"X-Auth-Token": self.token, "Accept": "application/json", "User-Agent": "billform"}
        try:
            response = await self.transport.request(
                method,
                place,
                endpoint=bigcommerce_endpoint(method, place),
                write=write,
                idempotent=method != "POST" or again,
                headers={**headers, "Content-Type": "application/json"} if body is not None else headers,
                content=encode(body) if body is not None else None,
                params=[(name, _text(value)) for name, value in (query or {}).items() if value is not None],
            )
        finally:
            if write:
                self.forget_lists()
        answer = Answer(response.status, response.json() if response.is_json else None, (method, path), response)
        if not answer.ok and response.status not in accept:
            raise self.refused(answer)
        return answer

    async def get(self, path: str, query: Query | None = None, *, accept: Collection[int] = ()) -> Answer:
        """Reads one page or one object."""
        return await self.call("GET", path, accept=accept, query=query)

    def refused(self, answer: Answer, subject: Address | None = None) -> VendorError:
        """The error that a refusal stands for, in the store's own words, about the object that was to be written."""
        assert answer.response is not None
        error = self.transport.refusal(*answer.request, answer.response)
        return error.about(str(subject)) if subject is not None else error

    # Whole lists

    async def rows(self, path: str, query: Query | None = None) -> list[Row]:
        """Every row of a v3 list: the first page, then all others side by side.

        Rows that come and go meanwhile shift the pages, so the numbers must add up. Raises VendorError otherwise.
        """
        for _ in range(TRIES):
            first = await self.get(path, {**(query or {}), "page": 1, "limit": PAGE})
            total, pages = extent(first)
            rest = await asyncio.gather(
                *(self.get(path, {**(query or {}), "page": number, "limit": PAGE}) for number in range(2, pages + 1)),
                return_exceptions=True,
            )
            answers = [first, *_whole(rest)]
            found = [row for answer in answers for row in answer.rows()]
            if all(extent(each)[0] == total for each in answers) and total in (None, len(found)):
                return found
        raise _restless(path)

    async def chained(self, path: str, query: Query | None = None) -> list[Row]:
        """Every row of a v3 list that goes on from a cursor; raises VendorError where a page cannot be read."""
        for _ in range(TRIES):
            answer = await self.get(path, {**(query or {}), "limit": PAGE})
            total, pages = extent(answer)
            if pages > 1 and next_cursor(answer) is None:
                return await self.rows(path, query)
            found = answer.rows()
            cursor = next_cursor(answer)
            while cursor is not None:
                answer = await self.get(path, {**(query or {}), "limit": PAGE, "after": cursor})
                found += answer.rows()
                cursor = following if (following := next_cursor(answer)) != cursor else None
            if total is None or len(found) >= total:
                return found
        raise _restless(path)

    async def bare(self, path: str) -> list[Row]:
        """Every row of a v2 list, which says neither how many there are nor which page is the last."""
        found: list[Row] = []
        for number in range(1, 10_000):
            rows = (await self.get(path, {"page": number, "limit": PAGE})).rows()
            found += rows
            if len(rows) < PAGE:
                return found
        raise _restless(path)

    # What several kinds read

    async def once(self, name: str, load: Callable[[], Awaitable[T]]) -> T:
        """What `load` answers, read once between two writes however many ask at the same time."""
        async with self.turn(f"read {name}"):
            kept = self._kept  # a write meanwhile begins another, so that what it outdates is asked for anew
            if name not in kept:
                kept[name] = await load()
            found: T = kept[name]
            return found

    def forget_lists(self) -> None:
        """Reads the objects anew, and keeps the marks, which nobody else writes."""
        self._kept = {}

    def forget(self) -> None:
        """Starts a new snapshot: everything is read anew, marks as well."""
        self.forget_lists()
        self.marks.forget()

    def turn(self, name: str, *, at_once: int = 1) -> AbstractAsyncContextManager[None]:
        """Waits until others that want the same thing are done with it."""
        return self._turns.setdefault(name, asyncio.Semaphore(at_once))

    async def products(self) -> list[Row]:
        """Every product, with its custom fields."""
        return await self.once("products", lambda: self.rows("/v3/catalog/products", {"include": "custom_fields"}))

    async def variants(self) -> list[Row]:
        """Every variant that is one: a product without options has a base variant, which only mirrors it."""
        rows = await self.once("variants", lambda: self.rows("/v3/catalog/variants"))
        return [row for row in rows if row.get("option_values")]

    async def channels(self) -> list[Row]:
        """Every channel that has not been ended; of several with one name those that sell, where any does.

        Raises a BillformError (K047) where the name of a storefront still says more than one.
        """
        rows = await self.once("channels", lambda: self.allowed("channels", self.rows("/v3/channels")))
        there = [row for row in rows if row.get("status") not in ENDED]
        selling = {str(row["name"]) for row in there if row.get("status") in SELLING}
        chosen = [row for row in there if row.get("status") in SELLING or str(row["name"]) not in selling]
        problems = [
            Diagnostic(
                "K047",
                f"several channels of the store `{self.alias}` are called {site.channel!r}: "
                + ", ".join(f"id {row['id']} ({row.get('status')})" for row in same),
                self.environment.value_span("storefronts", key, "channel"),
                hint="rename all but one of them at BigCommerce, or archive those that no longer sell",
            )
            for key, site in self.environment.storefronts_of(self.alias).items()
            if len(same := [row for row in chosen if str(row["name"]) == site.channel]) > 1
        ]
        if problems:
            raise BillformError(problems)
        return chosen

    async def sites(self) -> dict[int, str]:
        """The storefronts of the environment by the id of their channel."""
        named = {site.channel: name for name, site in self.environment.storefronts_of(self.alias).items()}
        return {int(row["id"]): named[str(row["name"])] for row in await self.channels() if str(row["name"]) in named}

    async def price_lists(self) -> list[Row]:
        """Every price list; raises Unavailable where the store's plan has none."""
        return await self.once(
            "price lists", lambda: self.allowed("price lists", self.chained("/v3/pricelists"), of_plan=True)
        )

    async def price_list_keys(self) -> dict[str, str]:
        """By id, what the catalog calls its price lists, and those of the same name that it could take over."""
        ours = {number: each.mark.key for number, each in (await self.marks.ours("price_list")).items()}
        wanted = {name: key for name, key in self.wanted.price_lists.items() if key not in ours.values()}
        named = {str(row["id"]): wanted.get(str(row["name"]).strip().lower()) for row in await self.price_lists()}
        return {**{number: key for number, key in named.items() if key is not None}, **ours}

    async def price_list_assignments(self) -> list[Row]:
        """Every assignment of a price list; raises Unavailable where the store's plan has none."""
        path = "/v3/pricelists/assignments"
        return await self.once("assignments", lambda: self.allowed("price lists", self.chained(path), of_plan=True))

    async def customer_groups(self) -> list[Row]:
        """Every customer group; raises Unavailable where the store's plan has none."""
        return await self.once(
            "groups", lambda: self.allowed("customer groups", self.bare("/v2/customer_groups"), of_plan=True)
        )

    async def allowed(self, what: str, read: Awaitable[list[Row]], *, of_plan: bool = False) -> list[Row]:
        """A list that the token, or with `of_plan` the store's plan, may not have; raises Unavailable then.

        Which status a plan without a feature answers is not documented: 403 and 404 are both taken for it.
        """
        try:
            return await read
        except VendorError as error:
            if of_plan and error.status in (403, 404) and "scope" not in error.message.lower():
                raise Unavailable(f"the store's plan has no {what}") from None
            if error.status == 403:
                raise Unavailable(f"the API account's token lacks the scope for {what}") from None
            raise

    # What must hold before an amount is written

    def demand_currency(self, money: Money, subject: Address) -> None:
        """Product and variant prices are in the store's own currency; raises a BillformError (K045) otherwise."""
        if money.currency != self.currency:
            raise BillformError(
                Diagnostic(
                    "K045",
                    f"{subject} is priced in {money.currency}, but the store's own currency is {self.currency}",
                    subject=str(subject),
                    hint="prices in other currencies belong into a price list",
                )
            )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _whole(answers: list[Answer | BaseException]) -> list[Answer]:
    """All of them, or the first failure."""
    found: list[Answer] = []
    for each in answers:
        if isinstance(each, BaseException):
            raise each
        found.append(each)
    return found


def _restless(path: str) -> VendorError:
    return VendorError(
        Failure.CONFLICT,
        vendor="bigcommerce",
        message=f"{path} changed each of the {TRIES} times that it was read",
        method="GET",
        path=path,
        hint="run it again when nobody else is changing the store",
    )


__all__ = ["Answer", "LostAnswer", "Secrets", "Store"]
