"""The secrets that the headers of webhooks may carry: by name from the environment's variables, and back."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping

from billform.catalog.environment import REFERENCE, Environment, reference, resolved
from billform.catalog.models import Catalog
from billform.core.diagnostic import BillformError, Diagnostic, Span
from billform.providers.bigcommerce import offers
from billform.providers.bigcommerce.client import Secrets


def declared(catalog: Catalog) -> frozenset[str]:
    """The variables that the catalog's webhooks name."""
    values = (value for hook in catalog.webhooks.bigcommerce.values() for value in hook.headers.values())
    return frozenset(name for value in values if (name := reference(value)) is not None)


def plain(catalog: Catalog) -> frozenset[str]:
    """The values that stand in the catalog as they are: no secrets."""
    values = (value for hook in catalog.webhooks.bigcommerce.values() for value in hook.headers.values())
    return frozenset(value for value in values if reference(value) is None)


class Variables:
    """Secrets from environment variables; only those that the catalog declares are ever compared."""

    def __init__(
        self,
        names: frozenset[str],
        variables: Mapping[str, str],
        *,
        plain: frozenset[str] = frozenset(),
        simulated: bool = False,
    ) -> None:
        """`simulated` makes up what is not set: nothing that the simulator keeps is a secret."""
        self._plain = plain
        made_up = {name: _made_up(name) for name in names} if simulated else {}
        self._variables = {**made_up, **{name: value for name, value in _bare(variables).items() if value}}
        self._names = names

    def __repr__(self) -> str:
        return f"Variables({sorted(self._names)})"

    def resolve(self, value: str, *, span: Span | None = None) -> str:
        """The value behind `env:NAME`, any other text unchanged; raises a BillformError (E006) where it is not set."""
        return resolved(value, self._variables, span=span)

    def name_of(self, value: str) -> str | None:
        """The declared variable that holds this value, None where none does."""
        matching = (name for name in sorted(self._names) if _same(self._variables.get(name), value))
        return next(matching, None)

    def is_plain(self, value: str) -> bool:
        """Whether the value stands in the catalog for everybody to read."""
        return value in self._plain


def unfit(catalog: Catalog, environment: Environment, secrets: Variables) -> Iterator[Diagnostic]:
    """What keeps a hook of this environment from being written, each variable once: it is not set, or cannot be sent.

    Asked before anything is read, because a hook is written when most of an apply is already done.
    """
    sites = [storefronts for _, storefronts in offers.stores(environment)]
    seen: set[str] = set()
    for key, hook in catalog.webhooks.bigcommerce.items():
        if not any(offers.concerns(hook.storefronts, each) for each in sites):
            continue
        for header, value in hook.headers.items():
            if value not in seen:
                seen.add(value)
                span = catalog.value_span("webhooks", "bigcommerce", key, "headers", header)
                try:
                    sendable(header, value, secrets, span=span)
                except BillformError as error:
                    yield from error.diagnostics


def sendable(header: str, written: str, secrets: Secrets, *, span: Span | None = None) -> str:
    """What is sent for a header's value; raises a BillformError: not set (E006), or no header's value (K046)."""
    value = secrets.resolve(written, span=span)
    if not value.isprintable():
        variable = reference(written)
        what = f"the variable `{variable}`" if variable else "the text"
        hint = "line breaks and other control characters cannot be sent; put the bare value there"
        raise BillformError(Diagnostic("K046", f"{what} holds no value that the header {header} can have", span, hint))
    return value


def _bare(variables: Mapping[str, str]) -> dict[str, str]:
    """Without the line break at the end that reading a value from a file leaves there."""
    return {name: value.removesuffix("\n").removesuffix("\r") for name, value in variables.items()}


def _same(known: str | None, value: str) -> bool:
    return known is not None and hmac.compare_digest(known.encode(), value.encode())


def _made_up(name: str) -> str:
    return hashlib.sha256(f"simulated {REFERENCE}{name}".encode()).hexdigest()
