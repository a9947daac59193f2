"""The choice between a product's variants: an option with one value for each; both belong to the variants.

A variant's option values cannot be exchanged (the store says yes and does nothing), but the values themselves can be
renamed, so that a variant keeps its id, its metafields and its price records under another label. A variant needs a
value of every option of its product: one with a second option cannot be bought.
https://developer.bigcommerce.com/docs/rest-catalog/product-variant-options
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.resource import Address
from billform.providers.bigcommerce.client import Answer, Store
from billform.providers.bigcommerce.wire import Row
from billform.providers.http import LostAnswer

STYLE = "radio_buttons"
"""How the store shows the choice when Billform makes it; a merchant may choose another."""
LONGEST = 255
"""Characters of a label."""
WAY_OUT = "take them off the product at BigCommerce, or give the product of the catalog another name and SKU"
REFUSED = frozenset({404, 409, 422})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an option."""

    option: int
    value: int

    def body(self) -> dict[str, int]:
        """As a variant names it."""
        return {"option_id": self.option, "id": self.value}


@dataclass(frozen=True, slots=True)
class Taken:
    """What the variants of a product that are ours rest on, retired ones as well."""

    options: frozenset[int]
    values: Mapping[int, str]
    """The SKU of the variant, by its value."""
    used: frozenset[int]
    """The values of all variants, be they ours or not."""


Ours: TypeAlias = Callable[[], Awaitable[Taken]]
"""Asks for that; only where a name is in the way."""


def path(product: int) -> str:
    """Where a product's options are."""
    return f"/v3/catalog/products/{product}/options"


async def choices(
    client: Store, product: int, option: str, *, labels: Mapping[str, int], ours: Ours, subject: Address
) -> dict[str, Choice]:
    """The choice for each label (label -> position), made where it is not there yet; one product at a time.

    Raises a BillformError (K048) where the product has an option of somebody else's, and VendorError.
    """
    async with client.turn(f"options of {product}"):
        rows = await client.rows(path(product))
        there = await _own(client, product, option, rows=rows, ours=ours, subject=subject)
        if there is None:
            there = await _make(client, product, option, labels)
        number = int(there["id"])
        found: dict[str, Choice] = {}
        for label, position in labels.items():
            held = _labelled(there.get("option_values") or (), label)
            if held is not None and await _stood_aside(client, product, number, held, ours):
                held = None
            value = int(held["id"]) if held is not None else await _add(client, product, number, label, position)
            found[label] = Choice(number, value)
        return found


async def of_ours(client: Store) -> frozenset[int]:
    """The options that this catalog's variants rest on, of all products."""
    marks = await client.marks.ours("variant")
    rows = (row for row in await client.variants() if f"{row['product_id']}/{row['id']}" in marks)
    return frozenset(int(value["option_id"]) for row in rows for value in row["option_values"])


async def of_others(client: Store, product: int, ours: frozenset[int]) -> tuple[str, ...]:
    """The names of a product's options; none where it has no other than one of ours."""
    rows = await client.once(f"positions of {product}", lambda: client.rows(path(product)))
    if len(rows) == 1 and int(rows[0]["id"]) in ours:
        return ()
    return tuple(str(row["display_name"]) for row in rows)


def no_room(option: str, others: tuple[str, ...]) -> str | None:
    """Why a product with options that others made is no place for a variant under `option`; None where it is one."""
    strange = [each for each in others if _folded(each) != _folded(option)]
    if not strange:
        return None
    return f"its product has options that are somebody else's: {', '.join(map(repr, strange))}"


async def rename(client: Store, product: int, option: int, name: str) -> None:
    """Gives an option another name; harmless where it has it."""
    answer = await client.call("PUT", f"{path(product)}/{option}", body={"display_name": name}, accept={404, 409, 422})
    if answer.status in (404, 409, 422):
        raise client.refused(answer)


async def change_value(client: Store, product: int, choice: Choice, *, label: str, position: int, ours: Ours) -> None:
    """Gives a value another label and place; a variant of ours that has the label has to give it up."""
    answer = await _put(client, product, choice, label, position)
    if answer.status in REFUSED:
        rows = await client.rows(f"{path(product)}/{choice.option}/values")
        held = _labelled((row for row in rows if int(row["id"]) != choice.value), label)
        if held is not None and await _made_way(client, product, choice.option, held, ours):
            answer = await _put(client, product, choice, label, position)
    if answer.status in REFUSED:
        raise client.refused(answer)


def positions(rows: Iterable[Row]) -> dict[int, int]:
    """The place of every value of some options, by the value's id."""
    return {
        int(value["id"]): int(value.get("sort_order") or 0) for row in rows for value in row.get("option_values") or ()
    }


async def _own(
    client: Store, product: int, option: str, *, rows: list[Row], ours: Ours, subject: Address
) -> Row | None:
    """The option of our variants, under the name that it is to have; None where the product has no options."""
    there = _named(rows, option)
    if not rows or (len(rows) == 1 and there is not None):
        return there
    if len(rows) == 1 and int(rows[0]["id"]) in (await ours()).options:
        await rename(client, product, int(rows[0]["id"]), option)
        return rows[0]
    why = no_room(option, tuple(str(row["display_name"]) for row in rows))
    raise BillformError(Diagnostic("K048", f"{subject}: {why}", subject=str(subject), hint=WAY_OUT))


async def _made_way(client: Store, product: int, option: int, held: Row, ours: Ours) -> bool:
    """Frees the label of a value: one that no variant has any more, as its own was deleted by hand, goes."""
    if int(held["id"]) in (await ours()).used:
        return await _stood_aside(client, product, option, held, ours)
    await client.call("DELETE", f"{path(product)}/{option}/values/{held['id']}", accept=REFUSED)
    return True


async def _stood_aside(client: Store, product: int, option: int, held: Row, ours: Ours) -> bool:
    """Gives the value of a variant of ours another label, as the label is wanted for another; False for no such value.

    A catalog has each label once: this variant is retired, about to be, or about to have a label of its own.
    """
    sku = (await ours()).values.get(int(held["id"]))
    if sku is None:
        return False
    tail = f" ({sku})"
    label = f"{str(held['label'])[: LONGEST - len(tail)]}{tail}"
    choice = Choice(option, int(held["id"]))
    answer = await _put(client, product, choice, label, int(held.get("sort_order") or 0))
    if answer.status in REFUSED:
        raise client.refused(answer)
    return True


async def _put(client: Store, product: int, choice: Choice, label: str, position: int) -> Answer:
    place = f"{path(product)}/{choice.option}/values/{choice.value}"
    return await client.call("PUT", place, body={"label": label, "sort_order": position}, accept=REFUSED)


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


def _labelled(values: Iterable[Row], label: str) -> Row | None:
    return next((row for row in values if _folded(row["label"]) == _folded(label)), None)


def _folded(name: object) -> str:
    """The store compares names and labels without case."""
    return str(name).strip().lower()
