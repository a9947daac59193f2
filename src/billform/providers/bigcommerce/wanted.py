"""What a catalog wants of a store, as far as that decides what counts as ours there, and whether it may be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, in_words
from billform.providers.bigcommerce import offers


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of one store."""

    catalog: str = ""
    """Whose objects count as ours where the store keeps no mark; with none, nothing of the kind is taken away."""
    currency: str | None = None
    """Of its product prices there, lower case; None where it sells nothing there."""
    price_lists: Mapping[str, str] = field(default_factory=dict)
    """The keys of its price lists there, by their names in lower case: one that bears no mark may be taken over."""

    variants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The SKUs of a product's variants, in lower case, by its key, its SKU and its name in the same."""


NOTHING = Wanted()


def wanted(catalog: Catalog, environment: Environment, alias: str) -> Wanted:
    """For the client of a store that the catalog is to be compared with."""
    sites = environment.storefronts_of(alias)
    items = list(offers.items(catalog, sites))
    lists = {
        (words.name or in_words(key)).strip().lower(): key
        for key, words in catalog.storefront.price_lists.items()
        if offers.concerns(words.storefronts, sites)
    }
    variants = {
        name: frozenset(each.sku.strip().lower() for each in item.offers)
        for item in items
        for name in (f"key {item.key}", f"sku {item.sku.strip().lower()}", f"name {item.name.strip().lower()}")
    }
    return Wanted(catalog.name, offers.currency_of(catalog, sites) if items else None, lists, variants)
