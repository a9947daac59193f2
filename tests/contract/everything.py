"""Every sample by kind, and what parametrised tests are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billform.core.resource import Live, Spec

from .samples import Case, Sample
from .samples_account import ACCOUNT
from .samples_customers import CUSTOMERS
from .samples_discounts import DISCOUNTS
from .samples_portal import PORTALS
from .samples_prices import PRICES
from .samples_shop import SHOP
from .samples_sold import SOLD
from .samples_store import STORE

ALL: tuple[Sample, ...] = (*SOLD, *PRICES, *DISCOUNTS, *PORTALS, *ACCOUNT, *STORE, *SHOP, *CUSTOMERS)
SAMPLES: Mapping[str, Sample] = {each.kind: each for each in ALL}
FULL: Mapping[str, tuple[Sample, str]] = {
    f"{sample.kind}/{name}": (sample, name) for sample in SAMPLES.values() for name in sample.full
}
CASES: Mapping[str, tuple[Sample, Case]] = {
    f"{sample.kind}/{each}": (sample, each) for sample in SAMPLES.values() for each in sample.cases
}


def value(live: Live[Spec], name: str) -> Any:
    """A field as it is found."""
    return getattr(live.spec, name)


def _removable() -> Mapping[str, tuple[Sample, str, str]]:
    return {
        f"{sample.kind}/{name}/{field}": (sample, name, field)
        for sample in SAMPLES.values()
        for name, full in sample.full.items()
        for field in full
        if not (sample.spec.model_fields[field].is_required() or field in sample.always or field in sample.base)
    }


def _outsiders() -> Mapping[str, tuple[Sample, str, str]]:
    return {
        f"{sample.kind}/{field}": (
            sample,
            next(name for name, fields in sample.full.items() if field in fields),
            field,
        )
        for sample in SAMPLES.values()
        for field, raw in sample.raw.items()
        if not isinstance(raw, str)
    }


REMOVABLE = _removable()
"""Every optional field, in the full specs that declare it and can do without."""
OUTSIDERS = _outsiders()
"""Every field that somebody else can try to change, in a spec that declares it."""
