"""One small shop per rule: what is wrong with it, and what is said about that."""

from __future__ import annotations

from . import cases_plans, cases_prices, cases_references, cases_settings, cases_store
from .rule_shop import NOW, SHOP, Case, laid_over

CASES: tuple[Case, ...] = (
    *cases_references.CASES,
    *cases_prices.CASES,
    *cases_plans.CASES,
    *cases_settings.CASES,
    *cases_store.CASES,
)

__all__ = ["CASES", "NOW", "SHOP", "Case", "laid_over"]
