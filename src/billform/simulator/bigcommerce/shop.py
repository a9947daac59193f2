"""What every object module works with: the store's tables, the caller, one call, and the route that leads to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final, Literal

from billform.simulator.bigcommerce import problems
from billform.simulator.message import Answer
from billform.simulator.vendor import Setting
from billform.simulator.world import Row, Table, World

Gate = Literal["price_lists", "customer_groups"]
"""A feature that only some plans of the vendor have; a store's settings switch it."""

FIRST_ID: Final = 100
"""Ids start above the ones that a new store comes with."""


@dataclass(frozen=True)
class Caller:
    """An API account: what its token may do, and the client id that owns what it makes."""

    client_id: str
    client_secret: str = field(repr=False)
    scopes: frozenset[str]

    def may(self, scope: str, method: str) -> bool:
        """Tell whether the scope allows the method; `…_read_only` scopes allow reading alone."""
        return scope in self.scopes or (method == "GET" and f"{scope}_read_only" in self.scopes)


@dataclass(frozen=True)
class Shop:
    """One store: its own tables and ids inside the world, and the way its events leave."""

    setting: Setting = field(repr=False)
    hash: str

    @property
    def world(self) -> World:
        """The state that the store is a part of."""
        return self.setting.world

    def table(self, name: str) -> Table:
        """Answer the store's own table of that name."""
        return self.world.table(f"bigcommerce/{self.hash}/{name}")

    def all(self, name: str) -> list[Row]:
        """Answer the rows of a table, oldest first."""
        return list(self.table(name).values())

    def find(self, name: str, number: object) -> Row | None:
        """Answer the row with that id, or None."""
        return self.table(name).get(str(number))

    def add(self, name: str, row: Row) -> Row:
        """Store a new row under its `id`."""
        return self.table(name).put(str(row["id"]), row)

    def change(self, name: str, row: Row, changes: Mapping[str, Any]) -> Row:
        """Store a copy of the row with changes and answer it."""
        return self.table(name).put(str(row["id"]), {**row, **changes})

    def drop(self, name: str, row: Row) -> None:
        """Remove a row."""
        self.table(name).delete(str(row["id"]))

    def next_id(self, name: str) -> int:
        """Answer a number that the table never had."""
        return FIRST_ID + self.world.sequence(f"bigcommerce/{self.hash}/{name}")

    @property
    def profile(self) -> Row:
        """What the store says of itself, with its `settings` of the simulator beside."""
        row = self.world.table("bigcommerce/stores").get(self.hash)
        assert row is not None, f"no store {self.hash}"
        return row

    def fails_in_part(self) -> bool:
        """Tell whether this write is to be done in part (the setting `partial_writes`), and count it."""
        row = self.profile
        left = int(row["settings"]["partial_writes"])
        if left > 0:
            settings = {**row["settings"], "partial_writes": left - 1}
            self.world.table("bigcommerce/stores").update(self.hash, {"settings": settings})
        return left > 0

    @property
    def now(self) -> int:
        """The simulated time in whole unix seconds."""
        return self.world.now()

    @property
    def stamp(self) -> str:
        """Now, as catalog and metafields write it."""
        return datetime.fromtimestamp(self.now, UTC).isoformat()

    @property
    def zulu(self) -> str:
        """Now, as price lists and channels write it."""
        return datetime.fromtimestamp(self.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def rfc2822(self) -> str:
        """Now, as v2 writes it."""
        return format_datetime(datetime.fromtimestamp(self.now, UTC))


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request after routing: who asks what of which store."""

    shop: Shop
    caller: Caller
    method: str
    version: problems.Version
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None

    def number(self, name: str) -> int:
        """Answer an id from the path; ids that are no numbers are not found."""
        raw = self.params[name]
        if not raw.isascii() or not raw.isdigit():
            raise problems.say(self.version, 404, f"The requested resource {raw} was not found")
        return int(raw)

    def fields(self, check: Callable[[Any, str, dict[str, str]], Any]) -> dict[str, Any]:
        """Answer the cleaned body object; raises the v3 refusal with every field error at once."""
        if not isinstance(self.body, dict):
            raise problems.malformed(self.version)
        errors: dict[str, str] = {}
        cleaned = check(self.body, "", errors)
        if errors:
            raise problems.invalid(errors)
        return dict(cleaned)

    def entries(
        self, check: Callable[[Any, str, dict[str, str]], Any], most: int | None = None
    ) -> list[dict[str, Any]]:
        """Answer the cleaned body array; raises 413 over `most`, or 422 with every field error at once."""
        if not isinstance(self.body, list):
            raise problems.malformed(self.version)
        if most is not None and len(self.body) > most:
            raise problems.too_many(most)
        errors: dict[str, str] = {}
        cleaned = [check(entry, str(index), errors) for index, entry in enumerate(self.body)]
        if errors:
            raise problems.invalid(errors)
        return cleaned


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation of the vendor: `{name}` in the path catches a segment."""

    method: str
    path: str
    """With its version, for instance `/v3/catalog/products/{product_id}`."""
    scope: str | None
    """The OAuth scope it needs; None when every token may."""
    handle: Callable[[Call], Answer]
    gate: Gate | None = None
    together: int | None = None
    """How many may run at once in one store, where that is documented."""
