"""What an account and a store have beside what they sell, at random."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

Words = dict[str, Any]
FAR = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()
ON_OFF = st.sampled_from(["on", "off", "none"])
EVENTS = ["customer.subscription.updated", "invoice.paid", "price.updated", "product.updated"]


def some(**entries: st.SearchStrategy[Any]) -> st.SearchStrategy[Words]:
    """Any of these entries, each or not."""
    return st.fixed_dictionaries({}, optional=entries)


OFFICE = st.fixed_dictionaries(
    {"country": st.just("IE"), "city": st.sampled_from(["Dublin", "Cork"]), "line1": st.just("12 Harbour Street")}
)
TAX = some(
    automatic=st.booleans(),
    settings=some(
        head_office=OFFICE,
        tax_code=st.sampled_from(["txcd_10103001", "txcd_10103000"]),
        tax_behavior=st.sampled_from(["exclusive", "inclusive"]),
    ),
    registrations=some(
        japan=st.just({"country": "JP"}),
        union=st.just({"country": "IE", "type": "oss_union"}),
        california=st.fixed_dictionaries(
            {"country": st.just("US"), "type": st.just("state_sales_tax"), "state": st.just("CA")},
            optional={"ends": st.just(FAR)},
        ),
    ),
)
PAYMENT_METHODS = some(
    europe=st.fixed_dictionaries({"methods": some(card=ON_OFF, link=ON_OFF, sepa_debit=ON_OFF)}),
    checkout=st.fixed_dictionaries({"methods": some(card=ON_OFF), "active": st.booleans()}),
)
ENDPOINTS = some(
    worker=st.fixed_dictionaries(
        {
            "url": st.sampled_from(["https://hooks.nimbus.example/stripe", "https://hooks.nimbus.example/elsewhere"]),
            "events": st.lists(st.sampled_from(EVENTS), min_size=1, unique=True),
        },
        optional={
            "api_version": st.just("2026-10-28.endive"),
            "description": st.sampled_from(["Keeps them in step.", "Größe"]),
            "enabled": st.booleans(),
            "metadata": st.just({"team": "core"}),
        },
    )
)
HOOKS = some(
    orders=st.fixed_dictionaries(
        {
            "scope": st.sampled_from(["store/order/created", "store/order/*"]),
            "destination": st.just("https://billing.nimbus.example/store"),
            "headers": st.sampled_from([{"X-Token": "env:HOOK_TOKEN", "X-From": "nimbus"}, {"X-From": "nimbus"}]),
            "active": st.booleans(),
        }
    )
)
SCRIPTS = some(
    link=st.fixed_dictionaries(
        {
            "portal_link": st.fixed_dictionaries(
                {"url": st.just("https://nimbus.example/billing"), "label": st.sampled_from(["Billing", "Plans </b>"])}
            ),
            "enabled": st.booleans(),
        }
    ),
    menu=st.fixed_dictionaries(
        {
            "src": st.just("https://cdn.nimbus.example/menu.js"),
            "location": st.sampled_from(["head", "footer"]),
            "load": st.sampled_from(["default", "async"]),
        }
    ),
)
DISCOUNTS = st.lists(
    st.sampled_from(
        [
            {"type": "all", "amount": "10"},
            {"type": "category", "category": "Plans", "amount": "12.5"},
        ]
    ),
    unique_by=str,
)
GROUPS = some(
    members=st.fixed_dictionaries({"features": st.just(["sso"]), "discounts": DISCOUNTS}),
    partners=st.fixed_dictionaries({"default": st.booleans()}),
)
ATTRIBUTES = some(plan=st.just({}), renews=st.just({"type": "date"}))


@st.composite
def taxes(draw: st.DrawFn) -> Words:
    """Where tax is collected: only from a head office, and by itself only where there is such a place."""
    found = draw(TAX)
    if found.get("registrations"):
        found.setdefault("settings", {})["head_office"] = draw(OFFICE)
    else:
        found.pop("automatic", None)
    return found


@st.composite
def stores(draw: st.DrawFn) -> Words:
    """What the store has beside its products."""
    found: Words = {"metafields": {"lookup_key": draw(st.sampled_from(["lookup", "stripe_lookup"]))}}
    groups = draw(GROUPS)
    if draw(st.booleans()):
        europe: Words = {"currencies": ["eur"], "storefronts": draw(st.sampled_from([["eu"], ["us", "eu"]]))}
        # A group has discounts or a price list.
        if plain := sorted(key for key, group in groups.items() if not group.get("discounts")):
            europe["customer_groups"] = plain
        found["price_lists"] = {"europe": europe}
    found["customer_groups"] = groups
    found["customer_attributes"] = draw(ATTRIBUTES)
    found["scripts"] = draw(SCRIPTS)
    return found
