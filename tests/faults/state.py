"""The state of both vendors without what differs from run to run: ids, moments, and what only the simulator keeps.

A row's references are replaced by what they refer to, so that two states are alike exactly when there is a way to pair
their objects; an object too many, a reference that went astray or a field that was left behind shows.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from billform.cli import local
from billform.providers.stripe.register import ID as LOCK

from .ground import Tables

_LEFT_OUT = {"event", "idempotency", "sequences", "clock", "keys", "accounts", "stores", "tax_code"}
_MOMENTS = {
    "created", "updated", "date_created", "date_modified", "created_at", "updated_at", "last_updated", "active_from",
    "_created", "_updated", "deactivated_at",
}  # fmt: skip
_SECRETS = {"_secret"}
_NUMBERS = {"id", "serial", "sku_id"}
_POINTS_AT = {
    "product_id": "products",
    "variant_id": "variants",
    "option_id": "options",
    "price_list_id": "price_lists",
    "customer_group_id": "customer_groups",
    "base_variant": "variants",
    "option_value_id": "option_values",
}
"""BigCommerce's numbers: by the name of the field."""
_MINTED = re.compile(r"\b(?:price|promo|mtr|feat|prodft|bpc|we|taxreg|pmc)_[A-Za-z0-9]{8,}\b")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_OPTION = re.compile(r"^(.*?)\d{9,}-\d+$")
"""The store adds the moment and the product to an option's internal name."""
_NUMBERED = re.compile(r"^(product|variant|customer_group|customer_attribute|price_list|webhook|script)\.(.+)$")
"""The key of a mark in the store."""
_ROUNDS = 4
"""How far apart two objects may be that tell two others apart."""

Node = tuple[str, str]
"""Table and key."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A state as a bag of rows; two are equal when both vendors are in the same state."""

    rows: Counter[str]
    plain: Counter[str]
    """The same with all references to one table alike: a difference shows once, and not in all that refer to it."""

    def differences(self, other: Likeness) -> list[str]:
        """Rows that only the other has (`-`) and that only this one has (`+`), in words."""
        return _differences(self.plain, other.plain) or _differences(self.rows, other.rows)


def likeness(tables: Tables) -> Likeness:
    """The comparable form of `GET /_simulator/state`."""
    nodes = {
        (table, key): row
        for name, rows in tables.items()
        if (table := _bare(name)).rpartition("/")[2] not in _LEFT_OUT
        for key, row in rows.items()
    }
    names = _Names(nodes)
    plain = names.all()
    for _ in range(_ROUNDS):
        names.refine()
    return Likeness(names.all(), plain)


def _differences(ours: Counter[str], theirs: Counter[str]) -> list[str]:
    """Rows of one side only; where the other side has a near relation, the fields in which the two differ."""
    lines: list[str] = []
    extra = [_parsed(row) for row in sorted((ours - theirs).elements())]
    for table, row in (_parsed(row) for row in sorted((theirs - ours).elements())):
        near = max((each for each in extra if each[0] == table), key=lambda each: _alike(each[1], row), default=None)
        if near is None or _alike(near[1], row) * 2 < len(row):
            lines.append(f"- {table} {json.dumps(row)}")
            continue
        extra.remove(near)
        fields = [
            f"{name}: {row.get(name)!r} -> {near[1].get(name)!r}"
            for name in {**row, **near[1]}
            if row.get(name) != near[1].get(name)
        ]
        lines.append(f"~ {table} {row.get('name') or row.get('key') or ''} {'; '.join(fields)}")
    return [*lines, *(f"+ {table} {json.dumps(row)}" for table, row in extra)]


def _parsed(row: str) -> tuple[str, dict[str, Any]]:
    table, _, content = row.partition(" ")
    return table, json.loads(content)


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    return sum(name in other and other[name] == value for name, value in one.items())


def _bare(name: str) -> str:
    return name.replace(f"/{local.ACCOUNT}", "").replace(f"/{local.STORE}", "")


class _Names:
    """Names for objects from what they say and what they refer to, instead of ids."""

    def __init__(self, nodes: Mapping[Node, Any]) -> None:
        self._nodes = nodes
        self._minted = {key: (table, key) for table, key in nodes if _MINTED.fullmatch(key) or _UUID.fullmatch(key)}
        self._names: dict[Node, str] = {(table, key): table for table, key in nodes}

    def refine(self) -> None:
        """Tells objects apart that differ in what they refer to."""
        self._names = {
            (table, key): hashlib.sha256(self.text(table, row).encode()).hexdigest()[:10]
            for (table, key), row in self._nodes.items()
        }

    def all(self) -> Counter[str]:
        """Every row with its table."""
        return Counter(f"{table} {self.text(table, row)}" for (table, _), row in self._nodes.items())

    def text(self, table: str, row: Mapping[str, Any]) -> str:
        """A row with names for ids."""
        kept = {name: value for name, value in row.items() if name not in _MOMENTS | _SECRETS | _NUMBERS}
        if table == "bigcommerce/variants":
            kept["values"] = [self._of("bigcommerce/option_values", each) for each in kept["values"]]
        if table == "stripe/test/webhook_endpoint":
            # The one whose secret was lost with its answer is made anew, which is its second version.
            kept["metadata"] = {key: value for key, value in kept["metadata"].items() if key != "billform_version"}
        if row.get("id") == LOCK:
            kept["metadata"] = {key: value for key, value in kept["metadata"].items() if key == "billform_lock_state"}
        if table == "bigcommerce/options":
            kept["name"] = _OPTION.sub(r"\1", str(kept["name"]))
        if table == "bigcommerce/metafields":
            kept = dict(self._metafield(kept))
        return json.dumps({name: self._value(name, value) for name, value in kept.items()}, sort_keys=True)

    def _metafield(self, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """What a metafield belongs to is named, and in our marks also what they are about."""
        about = _NUMBERED.match(str(row["key"])) if str(row["namespace"]).startswith("billform.") else None
        for name, value in row.items():
            if name == "resource_id":
                yield name, self._of(f"bigcommerce/{row['resource_type']}s", value)
            elif about and name == "key":
                yield name, f"{about[1]}.{self._of(_table(about[1]), about[2])}"
            elif about and name == "value":
                facts = json.loads(value)
                # What announces an object that is to be made knows no id of it yet.
                yield name, {**facts, "id": self._of(_table(about[1]), facts["id"])} if "id" in facts else facts
            else:
                yield name, value

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._string(key): self._value(key, each) for key, each in value.items() if key not in _MOMENTS}
        if isinstance(value, list):
            return [self._value(name, each) for each in value]
        if name in _POINTS_AT and value is not None:
            return self._of(f"bigcommerce/{_POINTS_AT[name]}", value)
        return self._string(value) if isinstance(value, str) else value

    def _of(self, table: str, key: object) -> str:
        return self._names.get((table, str(key)), f"{table} {'none' if table in _OURS else key}")

    def _string(self, text: str) -> str:
        def named(match: re.Match[str]) -> str:
            node = self._minted.get(match[0])
            return self._names[node] if node is not None else "<gone>"

        return _UUID.sub(named, _MINTED.sub(named, text))


def _table(word: str) -> str:
    return f"bigcommerce/{'hooks' if word == 'webhook' else f'{word}s'}"


_OURS = {f"bigcommerce/{each}" for each in _POINTS_AT.values()}
