"""The way to a store: whose token it is, whether it is the store that the environment means, and what it may read."""

from __future__ import annotations

import asyncio

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.diagnostic import BillformError, Diagnostic, Severity
from billform.providers.bigcommerce.client import Answer, Secrets, Store
from billform.providers.bigcommerce.wanted import NOTHING, wanted
from billform.providers.http import BigCommercePolicy, Failure, Transport, VendorError

API = "https://api.bigcommerce.com"

# What each scope lets one read, by a request that costs little; all of them answer without any object being there.
PROBES = {
    "store_v2_products": "/v3/catalog/products",
    "store_v2_customers": "/v3/customers/attributes",
    "store_channel_settings": "/v3/channels",
    "store_v2_content": "/v3/content/scripts",
}
NEEDED = frozenset({"store_v2_products"})
"""Without these nothing can be done; without the others the kinds concerned are left out."""


def connect(
    environment: Environment,
    alias: str,
    secrets: Secrets,
    *,
    catalog: Catalog | None = None,
    base_url: str = API,
    token: str | None = None,
    transport: Transport | None = None,
) -> Store:
    """The store of that alias; the token comes from the variable that the environment file names.

    `catalog` is what it is to be compared with; without one, nothing that bears no mark counts as ours.

    Raises a BillformError (K040) where the file names none, (E006) where it is not set. Nothing is sent yet.
    """
    store = environment.stores[alias]
    if token is None:
        if store.token_env is None:
            span = environment.key_span("stores", alias)
            hint = "add `token_env: BIGCOMMERCE_TOKEN`, with the name of your variable"
            raise BillformError(Diagnostic("K040", f"the store `{alias}` names no token", span, hint=hint))
        token = secrets.resolve(f"env:{store.token_env}", span=environment.value_span("stores", alias, "token_env"))
    usable = token.strip()
    if not usable or not usable.isascii() or not usable.isprintable() or " " in usable:
        span = environment.value_span("stores", alias, "token_env")
        hint = "copy the access token of the API account once more; it is letters and digits"
        raise BillformError(Diagnostic("K041", f"the token of the store `{alias}` is malformed", span, hint=hint))
    transport = transport or Transport(BigCommercePolicy(), base_url=base_url)
    asked = wanted(catalog, environment, alias) if catalog is not None else NOTHING
    return Store(alias, store.hash, environment, transport, secrets, usable, asked)


async def verify(store: Store) -> tuple[Diagnostic, ...]:
    """Makes sure that this is the store that the environment means, before anything else is read.

    Raises a BillformError: K042 (another store, or a token of another store), K043 (another API account), K044 (a scope
    without which nothing can be done), K045 (another currency). Answers warnings about scopes that single kinds need.
    """
    environment, alias = store.environment, store.alias
    profile = (await _profile(store)).row()
    problems: list[Diagnostic] = []
    priced = store.wanted.currency
    if str(profile.get("id")) != store.hash:
        problems.append(
            Diagnostic(
                "K042",
                f"the token belongs to the store {profile.get('id')}, not to {store.hash}",
                environment.value_span("stores", alias, "hash"),
                hint="use the token of an API account of this store",
            )
        )
        raise BillformError(problems)
    store.currency = str(profile["currency"]).lower()
    sold = {site.currency for site in environment.storefronts_of(alias).values()}
    if sold and store.currency not in sold:
        problems.append(
            Diagnostic(
                "K045",
                f"the store's own currency is {store.currency}, but no storefront of `{alias}` sells in it",
                environment.key_span("stores", alias),
                hint="product prices are in the store's own currency: give its storefront that `currency`",
            )
        )
    elif priced is not None and priced != store.currency:
        problems.append(
            Diagnostic(
                "K045",
                f"the store's own currency is {store.currency}, but the catalog prices its products in {priced}",
                environment.key_span("stores", alias),
                hint=f"make {priced} the store's default currency again, or {store.currency} the catalog's "
                "`defaults.currency`",
            )
        )
    granted, owner = await asyncio.gather(_scopes(store), _owner(store))
    problems += [_missing(store, scope) for scope, may in granted.items() if not may]
    if owner is not None and store.client_id not in (None, owner):
        problems.append(
            Diagnostic(
                "K043",
                f"the token belongs to the API account {owner}, not to {store.client_id}",
                environment.value_span("stores", alias, "client_id"),
                hint="hooks, scripts and metafields can only be seen by the account that made them: use its token",
            )
        )
    if any(each.is_error for each in problems):
        raise BillformError(problems)
    store.client_id = store.client_id or owner
    return tuple(problems)


async def _profile(store: Store) -> Answer:
    try:
        return await store.get("/v2/store")
    except VendorError as error:
        span = store.environment.key_span("stores", store.alias)
        if error.failure is Failure.AUTH or error.status == 404:
            summary = f"the token does not open the store {store.hash}"
            hint = "check the store hash, and that the token is of an API account of this store and was not deleted"
        elif error.status == 403:
            summary = f"the token may not read about the store {store.hash}"
            hint = "give the API account the scope Information & Settings: read-only (store_v2_information_read_only)"
        else:
            raise
        raise BillformError(Diagnostic("K042", summary, span, hint=hint, detail=(error.message,))) from None


async def _scopes(store: Store) -> dict[str, bool]:
    """Which of the scopes the token has, as far as reading goes; writing cannot be tried without writing."""
    paths = list(PROBES.values())
    answers = await asyncio.gather(*(store.get(path, {"limit": 1}, accept={401, 403}) for path in paths))
    return {scope: answer.ok for scope, answer in zip(PROBES, answers, strict=True)}


async def _owner(store: Store) -> str | None:
    """The API account's client id: hooks are only shown to the one who made them, so any of them tells."""
    rows = (await store.get("/v3/hooks", {"limit": 1}, accept={403})).rows()
    return str(rows[0]["client_id"]) if rows and rows[0].get("client_id") else None


def _missing(store: Store, scope: str) -> Diagnostic:
    needed = scope in NEEDED
    rest = "" if needed else "; what needs it is left out"
    return Diagnostic(
        "K044",
        f"the token of the store `{store.alias}` lacks the scope {scope}{rest}",
        store.environment.key_span("stores", store.alias),
        hint="scopes cannot be added to an API account: make another account with it, and use its token",
        severity=Severity.ERROR if needed else Severity.WARNING,
    )


__all__ = ["API", "PROBES", "connect", "verify"]
