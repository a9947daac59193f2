"""What every rule is given: the catalog with its prices found, the environment and the time; and how it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any, Literal, Protocol, TypeAlias
from zoneinfo import ZoneInfoNotFoundError

from billform.catalog.models import (
    BASE,
    AddOn,
    Amounts,
    Catalog,
    Charge,
    Path,
    Plan,
    Price,
    Sellable,
    charges_of,
    currencies_of,
)
from billform.core.diagnostic import Diagnostic, Severity, nearest


class Surroundings(Protocol):
    """What rules ask of an environment."""

    @property
    def storefronts(self) -> Mapping[str, Any]:
        """The storefronts by name."""


@dataclass(frozen=True, slots=True)
class PriceAt:
    """A price as written, with its place."""

    address: str
    ref: str
    path: Path
    price: Price
    charge: Charge
    is_base: bool
    item: Plan | AddOn
    amounts: tuple[tuple[Path, Amounts], ...]
    """Every amount with its place below the price."""
    currencies: tuple[str, ...]
    """Every currency that an amount names, the base currency first."""


@dataclass(frozen=True, slots=True)
class ChargeAt:
    """A charge as written, with its place."""

    address: str
    path: Path
    charge: Charge
    is_base: bool
    owner: str
    item: Plan | AddOn
    prices: tuple[PriceAt, ...]

    @property
    def priced(self) -> list[PriceAt]:
        """Prices that commit to currencies; nothing is nothing in every currency."""
        return [each for each in self.prices if any(amounts.bare != 0 for _, amounts in each.amounts)]


@dataclass(frozen=True)
class Shop:
    """A catalog under examination."""

    catalog: Catalog
    environment: Surroundings | None
    now: datetime

    @cached_property
    def sellables(self) -> tuple[Sellable, ...]:
        """Plans and add-ons that are sold in Stripe."""
        return self.catalog.sellables()

    @cached_property
    def items(self) -> tuple[tuple[Path, str, Plan | AddOn], ...]:
        """Every plan and add-on: place, key, words."""
        plans = ((("plans", key), key, plan) for key, plan in self.catalog.plans.items())
        addons = ((("addons", key), key, addon) for key, addon in self.catalog.addons.items())
        return (*plans, *addons)

    @cached_property
    def charges(self) -> tuple[ChargeAt, ...]:
        """Every charge of every plan and add-on, custom plans included."""
        return tuple(
            self._charge(path, owner, item, key, charge)
            for path, owner, item in self.items
            for key, charge in charges_of(item).items()
        )

    @cached_property
    def prices(self) -> tuple[PriceAt, ...]:
        """Every price of every charge."""
        return tuple(price for charge in self.charges for price in charge.prices)

    @cached_property
    def refs(self) -> Mapping[str, Mapping[str, Path]]:
        """By plan or add-on: CHARGE.PRICE with the price's place."""
        found: dict[str, dict[str, Path]] = {}
        for charge in self.charges:
            found.setdefault(charge.owner, {}).update((price.ref, price.path) for price in charge.prices)
        return found

    def ends(self, moment: datetime | date) -> datetime:
        """When a day or instant ends, UTC; a time zone that does not exist is a finding of its own."""
        try:
            return self.catalog.ends(moment)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return datetime.combine(moment, time.max, tzinfo=UTC)

    def starts(self, moment: datetime | date) -> datetime:
        """When a day or instant starts, UTC; likewise."""
        try:
            return self.catalog.starts(moment)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return datetime.combine(moment, time.min, tzinfo=UTC)

    def _charge(self, path: Path, owner: str, item: Plan | AddOn, key: str, charge: Charge) -> ChargeAt:
        place: Path = (*path, "charges", key)
        short = item.prices if isinstance(item, AddOn) and key == BASE else {}
        prices = tuple(
            PriceAt(
                address=f"{owner}.{key}.{each}",
                ref=f"{key}.{each}",
                path=(*path, "prices", each) if each in short else (*place, "prices", each),
                price=price,
                charge=charge,
                is_base=key == BASE,
                item=item,
                amounts=tuple(_amounts_in(price)),
                currencies=currencies_of(price, self.catalog.defaults.currency),
            )
            for each, price in charge.prices.items()
        )
        written = place if key in item.charges else (*path, "prices")
        return ChargeAt(f"{owner}.{key}", written, charge, key == BASE, owner, item, prices)

    def problem(
        self,
        code: str,
        summary: str,
        path: Path,
        *,
        at: Literal["key", "value"] = "key",
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """A finding at a place of the catalog."""
        span = self.catalog.key_span(*path) if at == "key" else self.catalog.value_span(*path)
        subject = None if span else ".".join(str(part) for part in path)
        return Diagnostic(code, summary, span=span, hint=hint, subject=subject, severity=severity)

    def warning(
        self, code: str, summary: str, path: Path, *, at: Literal["key", "value"] = "key", hint: str | None = None
    ) -> Diagnostic:
        """A finding that does not stop anything."""
        return self.problem(code, summary, path, at=at, hint=hint, severity=Severity.WARNING)

    def unknown(
        self,
        what: str,
        word: str,
        known: Mapping[str, Path],
        path: Path,
        *,
        at: Literal["key", "value"] = "value",
    ) -> Diagnostic:
        """A reference to nothing, with the nearest thing that is defined, or where to define it."""
        near = meant(word, known)
        if near is not None:
            hint = f"did you mean `{near}`?{self.place(known[near])}"
        elif known:
            hint = f"defined are {listed(known)}"
        else:
            hint = f"no {what} is defined yet"
        return self.problem("C020", f"{what} `{word}` is not defined", path, at=at, hint=hint)

    def place(self, path: Path) -> str:
        """` (file:line)` of a key, where known."""
        span = self.catalog.key_span(*path) if path else None
        return f" ({span.file}:{span.line})" if span else ""


Found: TypeAlias = Iterator[Diagnostic]
Rule: TypeAlias = Callable[[Shop], Found]


def meant(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant: one that goes on where this one stops, else the nearest."""
    words = sorted(known, key=lambda each: (len(each), each))
    longer = next((each for each in words if len(word) >= 3 and each.startswith((f"{word}_", f"{word}-"))), None)
    return longer or nearest(word, words)


def under(top: str, keys: Iterable[str]) -> dict[str, Path]:
    """Keys of a map at the top of the catalog, with their places."""
    return {key: (top, key) for key in keys}


def repeated(names: Mapping[str, str], *, folded: bool = False) -> Iterator[tuple[str, str, str]]:
    """Every key whose name an earlier one has already, as key, earlier key and name; `folded` where capitals tell
    nothing apart."""
    seen: dict[str, str] = {}
    for key, name in names.items():
        first = seen.setdefault(name.casefold() if folded else name, key)
        if first != key:
            yield key, first, name


def listed(words: Iterable[str], *, most: int = 6) -> str:
    """`a`, `b` and `c`; only the first few of many."""
    shown = [f"`{word}`" for word in words]
    if len(shown) > most:
        return f"{', '.join(shown[:most])} and {len(shown) - most} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _amounts_in(price: Price) -> Iterator[tuple[Path, Amounts]]:
    if price.amount is not None:
        yield ("amount",), price.amount
    for index, step in enumerate(price.tiers.steps if price.tiers else ()):
        for word, amounts in (("unit", step.unit), ("flat", step.flat)):
            if amounts is not None:
                yield ("tiers", "steps", index, word), amounts
    if price.customer_chooses is not None:
        for word in ("minimum", "preset", "maximum"):
            amounts = getattr(price.customer_chooses, word)
            if amounts is not None:
                yield ("customer_chooses", word), amounts
