"""Stripe webhook endpoints: where events are sent; the signing secret is shown once, at the birth of an endpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Annotated

from pydantic import Field

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.kind import Immutable, OnImmutable, Unordered, Write
from billform.core.resource import Address, Live, Resource, Spec

from . import marks
from .answers import Answer
from .base import UNSET, Metadata, Params, StripeKind
from .client import StripeAccount
from .lists import WEBHOOKS

SECRET = "billform_secret"  # noqa: S105  # the name of a metadata key, which says where the secret is
STORED, ELSEWHERE = "stored", "elsewhere"


class WebhookSpec(Spec):
    """What Stripe keeps of an endpoint."""

    url: str
    events: Annotated[tuple[str, ...], Unordered()]
    api_version: Annotated[str | None, Immutable("Stripe fixes the API version of an endpoint")] = None
    connect: Annotated[bool, Immutable("Stripe fixes whose events an endpoint gets")] = False
    description: str | None = None
    enabled: bool = True
    metadata: Metadata = Field(default_factory=dict)


class WebhookKind(StripeKind[WebhookSpec]):
    """Endpoints, found by their mark; a new version stands before the old one is deleted, so that no event is lost."""

    name = "stripe.webhook_endpoint"
    spec = WebhookSpec
    path = "/v1/webhook_endpoints"
    on_immutable = OnImmutable.RECREATE
    restorable = False
    takes_names = True  # Stripe does not mind two endpoints of one URL
    later = frozenset({"enabled"})

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[WebhookSpec]]:
        """Every Stripe endpoint of the catalog."""
        for key, hook in catalog.webhooks.stripe.items():
            spec = WebhookSpec.declare(
                url=hook.url,
                events=tuple(dict.fromkeys(hook.events)),
                api_version=hook.api_version,
                connect=hook.connect,
                description=hook.description,
                enabled=hook.enabled,
                metadata=dict(hook.metadata),
            )
            yield Resource(Address(self.name, key), spec, catalog.key_span("webhooks", "stripe", key))

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[WebhookSpec]]:
        """Every endpoint of the account, disabled ones included."""
        for answer in await client.read(WEBHOOKS, by=self.name):
            yield _read(answer)

    def natural_keys(self, spec: WebhookSpec, address: Address) -> frozenset[str]:
        """Its URL: two endpoints there would deliver every event twice."""
        return frozenset({spec.url})

    def birth(self, write: Write[WebhookSpec]) -> Params:
        """What Stripe fixes."""
        return {"api_version": write.spec.api_version, "connect": write.spec.connect or None}

    def params(self, write: Write[WebhookSpec], names: frozenset[str]) -> Params:
        """The named fields; an endpoint is disabled by another name, and not at birth."""
        spec = write.spec
        found: Params = {
            "url": spec.url,
            "enabled_events": list(spec.events),
            "description": spec.description or UNSET,
        }
        changes = {field: value for field, value in found.items() if _field(field) in names}
        if "enabled" in names:
            changes["disabled"] = not spec.enabled
        return changes

    def bookkeeping(self, write: Write[WebhookSpec], *, new: bool) -> dict[str, str]:
        """Whoever made an endpoint that we take over has its secret; it cannot be asked for again."""
        return {SECRET: ELSEWHERE} if write.before is not None and write.before.mark is None else {}

    async def secret_stored(self, client: StripeAccount, identity: str, write: Write[WebhookSpec]) -> None:
        """Notes on the endpoint that its secret is safe; without the note the next run makes the endpoint anew."""
        await client.update(
            self.path, identity, {"metadata": {SECRET: STORED}}, f"{write.idempotency}-stored-{identity}"
        )

    async def retire(self, client: StripeAccount, live: Live[WebhookSpec], idempotency: str) -> None:
        """Deletes it."""
        await client.delete(self.path, live.id)


def _field(param: str) -> str:
    return "events" if param == "enabled_events" else param


def _read(answer: Answer) -> Live[WebhookSpec]:
    metadata = answer.get("metadata") or {}
    mark = marks.read(metadata)
    spec = WebhookSpec(
        url=answer["url"],
        events=tuple(answer["enabled_events"]),
        api_version=answer.get("api_version"),
        # Stripe does not tell; what was written last does.
        connect=mark is not None and "connect" in mark.fields,
        description=answer.get("description"),
        enabled=answer["status"] != "disabled",
        metadata=marks.authored(metadata),
    )
    return Live(
        kind=WebhookKind.name,
        id=str(answer["id"]),
        spec=spec,
        mark=mark,
        natural=frozenset({spec.url}),
        created=int(answer.get("created") or 0),
        unfinished="its signing secret was never stored" if mark is not None and SECRET not in metadata else None,
    )


KIND = WebhookKind()
