"""`bigcommerce.webhook`: a hook that the store sends one scope of events to.

The store answers custom headers in clear: a value that is one of the environment's secrets is read as `env:NAME`, one
that Billform wrote as plain text as that text, and any other as unknown. No secret enters a spec, a plan or a message.
https://developer.bigcommerce.com/docs/integrations/webhooks
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from billform.catalog.environment import Environment, reference
from billform.catalog.models import Catalog
from billform.core.kind import OnImmutable, PerKey, Secret, Write
from billform.core.resource import Address, Live, Resource, Spec
from billform.providers.bigcommerce import offers
from billform.providers.bigcommerce.base import wire_body
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.marked import MarkedKind
from billform.providers.bigcommerce.notes import Notes, sealed
from billform.providers.bigcommerce.secrets import sendable
from billform.providers.bigcommerce.wire import Row
from billform.providers.http import LostAnswer

PATH = "/v3/hooks"
UNKNOWN = "env:? (another value)"
"""What a header holds whose value is neither a known secret nor a plain text of ours."""


class WebhookSpec(Spec):
    """A hook; a header's value is a plain text, or `env:NAME` for a secret of the environment."""

    scope: str
    destination: str
    active: bool = True
    headers: Annotated[Mapping[str, str], PerKey(), Secret()] = {}


class WebhookKind(MarkedKind[WebhookSpec]):
    """Hooks; the store switches off those that nobody answers, which is drift like any other."""

    name = "bigcommerce.webhook"
    spec = WebhookSpec
    on_immutable = OnImmutable.REFUSE

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[WebhookSpec]]:
        for alias, sites in offers.stores(environment):
            for key, words in catalog.webhooks.bigcommerce.items():
                if offers.concerns(words.storefronts, sites):
                    spec = WebhookSpec(
                        scope=words.scope.rstrip("/"),
                        destination=_normal(words.destination),
                        active=words.active,
                        headers=dict(words.headers),
                    )
                    span = catalog.key_span("webhooks", "bigcommerce", key)
                    yield Resource(self.address(alias, key), spec, span)

    def natural_keys(self, spec: WebhookSpec, address: Address) -> frozenset[str]:
        return frozenset({f"{spec.scope} {spec.destination}"})

    async def rows(self, client: Store) -> Iterable[Row]:
        return await client.once("hooks", lambda: client.rows(PATH))

    def identity(self, row: Row) -> str:
        return str(row["id"])

    async def read(self, client: Store, row: Row, notes: Notes) -> WebhookSpec:
        headers = row.get("headers") or {}
        return WebhookSpec(
            scope=str(row["scope"]).rstrip("/"),
            destination=_normal(str(row["destination"])),
            active=bool(row.get("is_active")),
            headers={name: _shown(client, name, str(value), notes) for name, value in headers.items()},
        )

    def notes(self, write: Write[WebhookSpec], before: Notes) -> Notes:
        plain = {name: sealed(value) for name, value in write.spec.headers.items() if reference(value) is None}
        return super().notes(write, before).model_copy(update={"plain": plain})

    async def make(self, client: Store, write: Write[WebhookSpec]) -> Row:
        spec = write.spec
        body = {
            "scope": spec.scope,
            "destination": spec.destination,
            "is_active": spec.active,
            "headers": _resolved(client, spec.headers) or None,
        }
        try:
            answer = await client.call("POST", PATH, body=body, accept={400, 409, 422})
        except LostAnswer:
            rows = await client.rows(PATH, {"scope": spec.scope})
            for row in rows:
                if _normal(str(row["destination"])) == spec.destination:
                    return row
            answer = await client.call("POST", PATH, body=body, accept={400, 409, 422})
        if answer.status not in (200, 201):
            raise client.refused(answer, write.address)
        return answer.row()

    async def change(self, client: Store, identity: str, write: Write[WebhookSpec]) -> None:
        names = {"scope": "scope", "destination": "destination", "active": "is_active"}
        body: dict[str, Any] = wire_body(write, names)
        if keys := write.keys("headers"):
            # The store takes them as a whole: those that the catalog does not declare go along as they are.
            there = (await client.get(f"{PATH}/{identity}")).row().get("headers") or {}
            kept = {name: value for name, value in there.items() if name not in keys}
            ours = {name: value for name, value in write.spec.headers.items() if name in keys}
            body["headers"] = {**kept, **_resolved(client, ours)} or None
        answer = await client.call("PUT", f"{PATH}/{identity}", body=body, accept={400, 404, 409, 422})
        if answer.status != 200:
            raise client.refused(answer, write.address)

    async def withdraw(self, client: Store, live: Live[WebhookSpec], idempotency: str) -> None:
        await client.call("DELETE", f"{PATH}/{live.id}", accept={404})
        await client.marks.drop(self.short, live.id)


def _normal(destination: str) -> str:
    """Without the trailing slash that the store may add or drop."""
    return destination.rstrip("/")


def _shown(client: Store, name: str, value: str, notes: Notes) -> str:
    if (known := client.secrets.name_of(value)) is not None:
        return f"env:{known}"
    ours = client.secrets.is_plain(value) or notes.plain.get(name) == sealed(value)
    return value if ours else UNKNOWN


def _resolved(client: Store, headers: Mapping[str, str]) -> dict[str, str]:
    """The values to send; raises a BillformError where a variable is not set (E006) or no header's value (K046)."""
    return {name: sendable(name, value, client.secrets) for name, value in sorted(headers.items())}


KIND = WebhookKind()
