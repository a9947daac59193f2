"""Every rule that the files together must keep: one function per rule, each finding with a code of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from billform.catalog.models import Catalog
from billform.core.codes import Explanation
from billform.core.diagnostic import Diagnostic, Span

from . import amounts, discounts, lists, names, plans, portal, prices, references, store, storefront, tax, webhooks
from .shop import Rule, Shop, Surroundings

_MODULES = (references, names, prices, amounts, plans, discounts, portal, tax, webhooks, storefront, store, lists)
RULES: tuple[Rule, ...] = tuple(rule for module in _MODULES for rule in module.RULES)
CODES: dict[str, Explanation] = {code: page for module in _MODULES for code, page in module.CODES.items()}


def check(
    catalog: Catalog,
    environment: Surroundings | None = None,
    *,
    now: datetime | None = None,
    rules: Iterable[Rule] = RULES,
) -> tuple[Diagnostic, ...]:
    """Everything the rules find, in the order of the files; `now` (UTC) decides what is already over."""
    shop = Shop(catalog, environment, now or datetime.now(UTC))
    found = [diagnostic for rule in rules for diagnostic in rule(shop)]
    return tuple(sorted(found, key=lambda each: (each.span is None, each.span or Span(""), each.code)))


__all__ = ["CODES", "RULES", "Rule", "Shop", "Surroundings", "check"]
