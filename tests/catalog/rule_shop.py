"""A shop that nothing is wrong with, and ways to change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from billform.catalog.rules import Rule

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

SHOP: dict[str, Any] = {
    "catalog": "nimbus",
    "products": {"cloud": {"name": "Nimbus Cloud"}},
    "plans": {
        "pro": {
            "product": "cloud",
            "charges": {
                "base": {
                    "prices": {
                        "monthly": {"every": "month", "amount": {"usd": 49, "eur": 45}},
                        "yearly": {"every": "year", "amount": {"usd": 490, "eur": 450}},
                    }
                }
            },
        }
    },
}
"""A shop that nothing is wrong with."""


@dataclass(frozen=True)
class Case:
    """A change to the shop and what is found then."""

    name: str
    rule: Rule
    codes: tuple[str, ...]
    change: dict[str, Any]
    says: str = ""
    storefronts: dict[str, Any] = field(default_factory=dict)
    mode: str = "simulated"

    @property
    def environment(self) -> Any:
        """An environment, where the case needs one."""
        if not self.storefronts and self.mode == "simulated":
            return None
        sites = {name: SimpleNamespace(store="main", **site) for name, site in self.storefronts.items()}
        return SimpleNamespace(storefronts=sites, mode=self.mode)


def laid_over(below: Any, above: Any) -> Any:
    """The shop with a change: maps are joined, anything else is replaced, None takes away."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    joined = {**below, **{key: laid_over(below.get(key), value) for key, value in above.items()}}
    return {key: value for key, value in joined.items() if value is not None}


def price(**words: Any) -> dict[str, Any]:
    """The shop's plan with one price more on its base charge."""
    return base(extra={"every": "month", **words} if "every" not in words or words["every"] else words)


def base(**more: Any) -> dict[str, Any]:
    """The shop's plan with these prices on its base charge."""
    cleaned = {
        key: {word: value for word, value in each.items() if value is not None} if isinstance(each, dict) else each
        for key, each in more.items()
    }
    return {"plans": {"pro": {"charges": {"base": {"prices": cleaned}}}}}


def charge(prices: dict[str, Any], **words: Any) -> dict[str, Any]:
    """The shop's plan with a charge more, `usage`, on the meter `calls`."""
    return {
        "meters": {"calls": {}},
        "plans": {"pro": {"charges": {"usage": {"meter": "calls", **words, "prices": prices}}}},
    }


def tiers(*steps: dict[str, Any]) -> dict[str, Any]:
    """The shop's plan with usage in tiers."""
    return charge({"monthly": {"every": "month", "tiers": {"steps": list(steps)}}})


def both(**amounts: Any) -> dict[str, Any]:
    """An amount in both currencies of the shop."""
    return {"usd": 5, "eur": 5, **amounts}


def plan(key: str, **words: Any) -> dict[str, Any]:
    """A plan more, with one price in both currencies."""
    charges = {"base": {"prices": {"monthly": {"every": "month", "amount": both()}}}}
    return {"plans": {key: {"product": "cloud", "charges": charges, **words}}}


def addon(**words: Any) -> dict[str, Any]:
    """An add-on `storage`, with one price in both currencies."""
    return {"addons": {"storage": {"prices": {"monthly": {"every": "month", "amount": both()}}, **words}}}


def front(**words: Any) -> dict[str, Any]:
    """The shop's plan, sold on BigCommerce."""
    return {"plans": {"pro": {"storefront": words}}}


def listed(key: str, **words: Any) -> dict[str, Any]:
    """A price list."""
    return {"storefront": {"price_lists": {key: words}}}


def bulk(*steps: dict[str, Any]) -> dict[str, Any]:
    """A price list with one record in both currencies, and prices for those who buy many."""
    return listed("x", storefronts=["us"], records={"pro.base.monthly": {"price": both(), "bulk": list(steps)}})


HOOK = {"scope": "store/order/created", "destination": "https://hooks.example/bc"}
ENDPOINT = {"url": "https://hooks.example/stripe", "events": ["invoice.paid"]}
OFFICE = {"settings": {"head_office": {"country": "IE"}, "tax_behavior": "exclusive"}}


def hook(**words: Any) -> dict[str, Any]:
    """A BigCommerce hook."""
    return {"webhooks": {"bigcommerce": {"orders": {**HOOK, **words}}}}


def endpoint(**words: Any) -> dict[str, Any]:
    """A Stripe endpoint."""
    return {"webhooks": {"stripe": {"worker": {**ENDPOINT, **words}}}}


def registered(**registrations: dict[str, Any]) -> dict[str, Any]:
    """A business with a head office and these registrations."""
    return {"tax": {**OFFICE, "registrations": registrations}}


def switching(*products: dict[str, Any], **words: Any) -> dict[str, Any]:
    """A portal that lets customers switch to these products."""
    update = {"allow": ["price"], "products": list(products), **words}
    return {"portal": {"default": {"subscription_update": update}}}


MANY = {
    "plans": {
        f"p{number}": {
            "product": "cloud",
            "charges": {"base": {"prices": {"monthly": {"every": "month", "amount": both()}}}},
        }
        for number in range(11)
    }
}
