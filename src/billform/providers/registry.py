"""Finds every kind, and opens the accounts of an environment. There is no list of kinds to maintain."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import billform.providers as package
from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.kind import AnyKind, Kind
from billform.core.resource import Spec
from billform.providers.http import BigCommercePolicy, Counts, RequestEvent, Transport, WaitEvent

if TYPE_CHECKING:
    from billform.catalog.environment import Environment
    from billform.catalog.models import Catalog
    from billform.providers.bigcommerce.secrets import Variables

NOT_VENDORS = frozenset({"http"})
SIMULATOR_KEY = "BILLFORM_SIMULATOR_KEY"
"""Stands for the simulator's key where an environment has none of its own."""

OnRequest = Callable[[RequestEvent], None]
OnWait = Callable[[WaitEvent], None]


@dataclass(frozen=True, slots=True)
class Local:
    """Where the embedded simulator answers, and what opens it."""

    stripe: str
    bigcommerce: str
    key: str = field(repr=False)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By the store's alias."""


@cache
def kinds() -> Mapping[str, AnyKind]:
    """Every module-level KIND of every vendor, by name, in the order of the names."""
    found: dict[str, AnyKind] = {}
    for module in _modules():
        kind = getattr(module, "KIND", None)
        if isinstance(kind, Kind):
            assert kind.name not in found, f"two modules call their kind {kind.name}"
            found[kind.name] = kind
    return dict(sorted(found.items()))


def specs() -> Mapping[str, type[Spec]]:
    """The spec of every kind, which is what plan files are read with."""
    return {name: kind.spec for name, kind in kinds().items()}


def _modules() -> Iterator[ModuleType]:
    for vendor in pkgutil.iter_modules(package.__path__):
        if not vendor.ispkg or vendor.name in NOT_VENDORS:
            continue
        inside = importlib.import_module(f"{package.__name__}.{vendor.name}")
        for module in pkgutil.iter_modules(inside.__path__):
            if not module.ispkg:
                yield importlib.import_module(f"{inside.__name__}.{module.name}")


class Register(Protocol):
    """A place at a vendor that several machines share and one at a time can write (see `stripe/register.py`)."""

    async def read(self) -> Mapping[str, str] | None:
        """The entry, under `token` its own name; None before the first. Raises VendorError."""
        ...

    async def swap(self, seen: Mapping[str, str] | None, words: Mapping[str, str]) -> bool:
        """Puts an entry in the place of the one that was seen; False where another came first. Raises VendorError."""
        ...


class Tally:
    """Counts requests by vendor, and passes each on to whoever wants to know."""

    def __init__(self, on_request: OnRequest | None, on_wait: OnWait | None = None) -> None:
        self.counts: dict[str, Counts] = {}
        self.first: dict[str, str] = {}
        """The vendor's own name of the first request that it answered."""
        self.on_wait = on_wait
        """Hears of waits, which there is nothing to count about."""
        self._on_request = on_request

    def __call__(self, event: RequestEvent) -> None:
        """Counts one attempt."""
        one = Counts(
            reads=int(not event.write),
            writes=int(event.write),
            retries=int(event.attempt > 1),
            refused=int(event.status == 429),
        )
        self.counts[event.vendor] = self.counts.get(event.vendor, Counts()) + one
        if event.request_id:
            self.first.setdefault(event.vendor, event.request_id)
        if self._on_request is not None:
            self._on_request(event)


@dataclass(slots=True)
class Connections:
    """The open accounts of an environment: one of Stripe, one of each store. Use as an async context manager."""

    clients: Mapping[tuple[str, str], Any]
    """(vendor, site) -> the vendor's own client; Stripe's site is the empty string."""
    accounts: Mapping[str, str]
    """`stripe` -> account id, `bigcommerce/ALIAS` -> store hash."""
    warnings: tuple[Diagnostic, ...] = ()
    tally: Tally = field(default_factory=lambda: Tally(None))
    register: Register | None = None
    """Where an apply says that it is at work; None where no vendor of the environment has such a place."""
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Connections:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def client(self, vendor: str, site: str) -> Any:
        """The client that a kind of this vendor speaks through at this site."""
        return self.clients[vendor, site]

    def sites(self, vendor: str) -> tuple[str, ...]:
        """Where this vendor's kinds have objects; none where the environment has no account of it."""
        return tuple(site for each, site in self.clients if each == vendor)

    @property
    def counts(self) -> Counts:
        """Requests of all vendors so far."""
        return sum(self.tally.counts.values(), Counts())

    @property
    def epoch(self) -> str:
        """When we looked, in the vendor's own words: its name for the first request, which it gives only once."""
        return self.tally.first.get("stripe", "")

    def forget(self) -> None:
        """Begins a new snapshot: whatever clients share between kinds is read anew."""
        for client in self.clients.values():
            client.forget()


async def connect(
    environment: Environment,
    variables: Mapping[str, str],
    *,
    catalog: Catalog,
    local: Local | None = None,
    on_request: OnRequest | None = None,
    on_wait: OnWait | None = None,
) -> Connections:
    """Opens every account of the environment and makes sure that each is the one that it names.

    `variables` are the environment variables that hold keys; `local` is where the simulator is, for environments of
    mode `simulated`. Raises BillformError with everything that is wrong (K0xx, V0xx); nothing is open then.
    """
    local = local if environment.mode == "simulated" else None
    tally = Tally(on_request, on_wait)
    async with AsyncExitStack() as stack:
        opened = await asyncio.gather(
            _stripe(environment, variables, catalog, local, tally),
            *(_store(environment, alias, variables, catalog, local, tally=tally) for alias in environment.stores),
            return_exceptions=True,
        )
        opens = [each for each in opened if isinstance(each, _Open)]
        for each in opens:
            stack.push_async_callback(each.close)
        _raise_together([*opened, _unfit(environment, variables, catalog)])
        answers = await asyncio.gather(*(each.check() for each in opens), return_exceptions=True)
        _raise_together(answers)
        return Connections(
            clients={each.place: each.client for each in opens},
            accounts={"/".join(filter(None, each.place)): each.account() for each in opens},
            warnings=tuple(warning for answer in answers if isinstance(answer, tuple) for warning in answer),
            tally=tally,
            register=next((each.register for each in opens if each.register is not None), None),
            _open=stack.pop_all(),
        )


@dataclass(frozen=True, slots=True)
class _Open:
    """An account that can be spoken to, though it may be the wrong one."""

    place: tuple[str, str]
    client: Any
    account: Callable[[], str]
    check: Callable[[], Awaitable[object]]
    close: Callable[[], Awaitable[None]]
    register: Register | None = None


async def _stripe(
    environment: Environment, variables: Mapping[str, str], catalog: Catalog, local: Local | None, tally: Tally
) -> _Open:
    from billform.providers.stripe.client import connect as open_account
    from billform.providers.stripe.register import StripeRegister
    from billform.providers.stripe.wanted import wanted

    if local is not None:
        named = environment.stripe.model_copy(update={"api_key_env": SIMULATOR_KEY})
        environment = environment.model_copy(update={"stripe": named})
        variables = {**variables, SIMULATOR_KEY: local.key}
    url = local.stripe if local is not None else None
    client = await open_account(
        environment, variables, wanted=wanted(catalog), url=url, on_request=tally, on_wait=tally.on_wait
    )
    return _Open(
        ("stripe", ""), client, lambda: str(client.account), client.verify, client.aclose, StripeRegister(client)
    )


async def _store(
    environment: Environment,
    alias: str,
    variables: Mapping[str, str],
    catalog: Catalog,
    local: Local | None,
    *,
    tally: Tally,
) -> _Open:
    from billform.providers.bigcommerce import connect as shop

    secrets = _secrets(environment, variables, catalog)
    base = local.bigcommerce if local is not None else shop.API
    transport = Transport(BigCommercePolicy(), base_url=base, on_request=tally, on_wait=tally.on_wait)
    token = local.tokens.get(alias) if local is not None else None
    store = shop.connect(environment, alias, secrets, catalog=catalog, token=token, transport=transport)
    return _Open(("bigcommerce", alias), store, lambda: store.hash, lambda: shop.verify(store), transport.aclose)


def _secrets(environment: Environment, variables: Mapping[str, str], catalog: Catalog) -> Variables:
    from billform.providers.bigcommerce.secrets import Variables, declared, plain

    return Variables(declared(catalog), variables, plain=plain(catalog), simulated=environment.mode == "simulated")


def _unfit(environment: Environment, variables: Mapping[str, str], catalog: Catalog) -> BillformError | None:
    """The catalog's own variables that are not set or cannot be sent: told together with keys that are not."""
    from billform.providers.bigcommerce.secrets import unfit

    found = tuple(unfit(catalog, environment, _secrets(environment, variables, catalog)))
    return BillformError(found) if found else None


def _raise_together(outcomes: Iterable[object]) -> None:
    """Raises everything that went wrong, each once; what is not a diagnostic goes first, as it is."""
    wrong: dict[Diagnostic, None] = {}
    for outcome in outcomes:
        if isinstance(outcome, BillformError):
            wrong.update(dict.fromkeys(outcome.diagnostics))
        elif isinstance(outcome, BaseException):
            raise outcome
    if wrong:
        raise BillformError(wrong)
