"""Custom fields of a product: only the declared names are ours; whatever else is there stays.

They have requests of their own: in a product's body, one without its id would be added a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from billform.core.kind import Write
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.wire import Row

if TYPE_CHECKING:
    from billform.providers.bigcommerce.product import ProductSpec


def read(rows: Iterable[Row]) -> Mapping[str, str]:
    """By name; where a name is there several times, the oldest counts, for that is the one that was made with it."""
    fields: dict[str, str] = {}
    for row in sorted(rows, key=lambda each: int(each["id"])):
        fields.setdefault(str(row["name"]), str(row["value"]))
    return fields


async def write(client: Store, product: str, write: Write[ProductSpec]) -> None:
    """Sets the named fields, and takes away those that are no longer declared."""
    names = write.keys("custom_fields")
    if not names:
        return
    path = f"/v3/catalog/products/{product}/custom-fields"
    there: dict[str, Row] = {}
    for row in sorted(await client.rows(path), key=lambda each: int(each["id"])):
        there.setdefault(str(row["name"]), row)
    for name in sorted(names):
        wanted, field = write.spec.custom_fields.get(name), there.get(name)
        if wanted is None:
            if field is not None:
                await client.call("DELETE", f"{path}/{field['id']}", accept={404})
            continue
        if field is not None and str(field["value"]) == wanted:
            continue
        method, place = ("PUT", f"{path}/{field['id']}") if field is not None else ("POST", path)
        answer = await client.call(method, place, body={"name": name, "value": wanted}, accept={409, 422})
        if answer.status in (409, 422):
            raise client.refused(answer, write.address)
