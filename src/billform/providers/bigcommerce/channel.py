"""`bigcommerce.channel`: a storefront's place in the store, looked up by its name.

https://developer.bigcommerce.com/docs/rest-management/channels
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from billform.core.kind import OnImmutable
from billform.core.resource import Live
from billform.providers.bigcommerce.base import LookupKind, NamedSpec
from billform.providers.bigcommerce.client import Store


class ChannelKind(LookupKind[NamedSpec]):
    """Channels that have not been ended, each the one that its name means."""

    name = "bigcommerce.channel"
    spec = NamedSpec
    on_immutable = OnImmutable.REFUSE

    async def look(self, client: Store) -> AsyncIterator[Live[NamedSpec]]:
        for row in await client.channels():
            yield self.found(client, str(row["id"]), str(row["name"]), NamedSpec(called=str(row["name"])))


KIND = ChannelKind()
