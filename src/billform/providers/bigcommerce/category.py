"""`bigcommerce.category`: looked up by its path, `Plans` or `Plans/Cloud`; of equal paths in several trees the oldest.

https://developer.bigcommerce.com/docs/rest-catalog/category-trees
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from billform.core.kind import OnImmutable
from billform.core.resource import Live
from billform.providers.bigcommerce.base import LookupKind, NamedSpec
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.wire import Row

DEEPEST = 20
"""Levels that are followed upwards: a circle, which the store does not allow, would have no end."""


class CategoryKind(LookupKind[NamedSpec]):
    """Categories of all trees."""

    name = "bigcommerce.category"
    spec = NamedSpec
    on_immutable = OnImmutable.REFUSE

    async def look(self, client: Store) -> AsyncIterator[Live[NamedSpec]]:
        rows = await client.once("categories", lambda: client.rows("/v3/catalog/trees/categories"))
        by_id = {int(row["category_id"]): row for row in rows}
        for number, row in by_id.items():
            path = _path(row, by_id)
            yield self.found(client, str(number), path, NamedSpec(called=path))


def _path(row: Row, by_id: Mapping[int, Row]) -> str:
    names: list[str] = []
    here: Row | None = row
    while here is not None and len(names) < DEEPEST:
        names.append(str(here["name"]))
        here = by_id.get(int(here.get("parent_id") or 0))
    return "/".join(reversed(names))


KIND = CategoryKind()
