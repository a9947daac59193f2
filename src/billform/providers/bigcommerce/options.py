"""The choice between a product's variants: an option with one value for each; both belong to the variants.

A variant's option values cannot be exchanged (the store says yes and does nothing), but the values themselves can be
renamed, so that a variant keeps its id, its metafields and its price records under another label.
https://developer.bigcommerce.com/docs/rest-catalog/product-variant-options
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.wire import Row
from billform.providers.http import LostAnswer

STYLE = "radio_buttons"
"""How the store shows the choice when Billform makes it; a merchant may choose another."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an option."""

    option: int
    value: int

    def body(self) -> dict[str, int]:
        """As a variant names it."""
        return {"option_id": self.option, "id": self.value}


def path(product: int) -> str:
    """Where a product's options are."""
    return f"/v3/catalog/products/{product}/options"


async def choices(client: Store, product: int, option: str, labels: Mapping[str, int]) -> dict[str, Choice]:
    """The choice for each label (label -> position), made where it is not there yet; one product at a time."""
    async with client.turn(f"options of {product}"):
        there = _named(await client.rows(path(product)), option)
        if there is None:
            there = await _make(client, product, option, labels)
        number = int(there["id"])
        values = {_folded(each["label"]): int(each["id"]) for each in there.get("option_values") or ()}
        for label, position in labels.items():
            if _folded(label) not in values:
                values[_folded(label)] = await _add(client, product, number, label, position)
        return {label: Choice(number, values[_folded(label)]) for label in labels}


async def rename(client: Store, product: int, option: int, name: str) -> None:
    """Gives an option another name; harmless where it has it."""
    answer = await client.call("PUT", f"{path(product)}/{option}", body={"display_name": name}, accept={404, 409, 422})
    if answer.status in (404, 409, 422):
        raise client.refused(answer)


async def change_value(client: Store, product: int, choice: Choice, label: str, position: int) -> None:
    """Gives a value another label and place."""
    answer = await client.call(
        "PUT",
        f"{path(product)}/{choice.option}/values/{choice.value}",
        body={"label": label, "sort_order": position},
        accept={404, 409, 422},
    )
    if answer.status in (404, 409, 422):
        raise client.refused(answer)


def positions(rows: Iterable[Row]) -> dict[int, int]:
    """The place of every value of some options, by the value's id."""
    return {
        int(value["id"]): int(value.get("sort_order") or 0) for row in rows for value in row.get("option_values") or ()
    }


async def _make(client: Store, product: int, option: str, labels: Mapping[str, int]) -> Row:
    values = [{"label": label, "sort_order": position} for label, position in labels.items()]
    body = {"display_name": option, "type": STYLE, "option_values": values}
    try:
        answer = await client.call("POST", path(product), body=body, accept={404, 409, 422})
    except LostAnswer:
        if there := _named(await client.rows(path(product)), option):
            return there
        answer = await client.call("POST", path(product), body=body, accept={404, 409, 422})
    if answer.status in (404, 409, 422):
        raise client.refused(answer)
    return answer.row()


async def _add(client: Store, product: int, option: int, label: str, position: int) -> int:
    place = f"{path(product)}/{option}/values"
    body = {"label": label, "sort_order": position}
    try:
        answer = await client.call("POST", place, body=body, accept={404, 409, 422})
    except LostAnswer:
        for row in await client.rows(place):
            if _folded(row["label"]) == _folded(label):
                return int(row["id"])
        answer = await client.call("POST", place, body=body, accept={404, 409, 422})
    if answer.status in (404, 409, 422):
        raise client.refused(answer)
    return int(answer.row()["id"])


def _named(rows: Iterable[Row], name: str) -> Row | None:
    return next((row for row in rows if _folded(row["display_name"]) == _folded(name)), None)


def _folded(name: object) -> str:
    """The store compares names and labels without case."""
    return str(name).strip().lower()
