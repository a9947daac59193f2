"""`bigcommerce.tax_class`: looked up by its name.

https://developer.bigcommerce.com/docs/rest-management/tax-classes
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from billform.core.kind import OnImmutable
from billform.core.resource import Live
from billform.providers.bigcommerce.base import LookupKind, NamedSpec
from billform.providers.bigcommerce.client import Store


class TaxClassKind(LookupKind[NamedSpec]):
    """Tax classes."""

    name = "bigcommerce.tax_class"
    spec = NamedSpec
    on_immutable = OnImmutable.REFUSE

    async def look(self, client: Store) -> AsyncIterator[Live[NamedSpec]]:
        for row in await client.once("tax classes", lambda: client.bare("/v2/tax_classes")):
            yield self.found(client, str(row["id"]), str(row["name"]), NamedSpec(called=str(row["name"])))


KIND = TaxClassKind()
