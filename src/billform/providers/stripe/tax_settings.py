"""Stripe Tax settings of the account: one object that is always there; nothing set can be taken away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Annotated

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.kind import Kept, Made, OnImmutable, Ownership, Weighed, Write
from billform.core.resource import Address, Live, Resource, Spec

from .answers import part
from .base import Params, StripeKind
from .client import StripeAccount

KEPT = Kept("Stripe Tax settings can be changed, but not taken away")
ADDRESS = ("country", "line1", "line2", "postal_code", "city", "state")
SINGLE = "settings"


class TaxSettingsSpec(Spec):
    """What Stripe Tax assumes where nothing else is said, and where the business is."""

    country: Annotated[str | None, KEPT] = None
    line1: Annotated[str | None, KEPT] = None
    line2: Annotated[str | None, KEPT] = None
    postal_code: Annotated[str | None, KEPT] = None
    city: Annotated[str | None, KEPT] = None
    state: Annotated[str | None, KEPT] = None
    tax_code: Annotated[str | None, KEPT] = None
    tax_behavior: Annotated[str | None, KEPT, Weighed(absent=None, measured=False)] = None


class TaxSettingsKind(StripeKind[TaxSettingsSpec]):
    """A singleton: found, never made, and never taken away."""

    name = "stripe.tax_settings"
    spec = TaxSettingsSpec
    path = "/v1/tax"
    on_immutable = OnImmutable.REFUSE
    ownership = Ownership.NATURAL
    retirable = False

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[TaxSettingsSpec]]:
        """The settings, where the catalog has any."""
        settings = catalog.tax.settings if catalog.tax else None
        if settings is None:
            return
        office = settings.head_office
        spec: TaxSettingsSpec = TaxSettingsSpec.declare(
            tax_code=settings.tax_code,
            tax_behavior=settings.tax_behavior,
            **({name: getattr(office, name) for name in ADDRESS} if office else {}),
        )
        yield Resource(Address(self.name, SINGLE), spec, catalog.key_span("tax", "settings"))

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[TaxSettingsSpec]]:
        """The one object."""
        answer = await client.retrieve(self.path, SINGLE)
        office, defaults = part(answer, "head_office", "address"), part(answer, "defaults")
        spec = TaxSettingsSpec(
            tax_code=defaults.get("tax_code"),
            tax_behavior=defaults.get("tax_behavior"),
            **{name: office.get(name) for name in ADDRESS},
        )
        yield Live(self.name, SINGLE, spec, natural=frozenset({SINGLE}), label="tax settings")

    def natural_keys(self, spec: TaxSettingsSpec, address: Address) -> frozenset[str]:
        """There is one."""
        return frozenset({SINGLE})

    def params(self, write: Write[TaxSettingsSpec], names: frozenset[str]) -> Params:
        """The defaults that differ; the head office as a whole, for Stripe takes an address as a whole."""
        spec = write.spec
        defaults = {name: getattr(spec, name) for name in ("tax_code", "tax_behavior") if name in names}
        office = {name: getattr(spec, name) for name in ADDRESS} if names & frozenset(ADDRESS) else {}
        return {
            **({"defaults": defaults} if defaults else {}),
            **({"head_office": {"address": office}} if office else {}),
        }

    async def create(self, client: StripeAccount, write: Write[TaxSettingsSpec]) -> Made:
        """Sets them."""
        await self.update(client, SINGLE, write)
        return Made(SINGLE)


KIND = TaxSettingsKind()
