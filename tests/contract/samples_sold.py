"""Samples of what Stripe sells: products, meters, features and the links between them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billform.core.money import Money

from .samples import Call, Foreign, Sample, archive, bin_, case, each_of, entries, forget, get, post, ref, want

PRO = want("stripe.product", "pro", id="nimbus-pro", name="Pro")
TEAM = want("stripe.product", "team", id="nimbus-team", name="Team")
CALLS = want("stripe.meter", "calls", name="Calls", event_name="calls", aggregation="sum")
MINUTES = want("stripe.meter", "minutes", name="Minutes", event_name="minutes", aggregation="sum")


def usd(amount: str) -> Money:
    """Dollars."""
    return Money(Decimal(amount), "usd")


def eur(amount: str) -> Money:
    """Euros."""
    return Money(Decimal(amount), "eur")


def yen(amount: str) -> Money:
    """Yen, which have no decimals."""
    return Money(Decimal(amount), "jpy")


MONTHLY = want(
    "stripe.price",
    "pro.base.monthly",
    product=ref("stripe.product/pro"),
    currency="usd",
    unit_amount=usd("49"),
    interval="month",
    lookup_key="pro-monthly",
)
YEARLY = want(
    "stripe.price",
    "pro.base.yearly",
    product=ref("stripe.product/pro"),
    currency="usd",
    unit_amount=usd("490"),
    interval="year",
    lookup_key="pro-yearly",
)
TEAM_MONTHLY = want(
    "stripe.price",
    "team.base.monthly",
    product=ref("stripe.product/team"),
    currency="usd",
    unit_amount=usd("99"),
    interval="month",
    lookup_key="team-monthly",
)
METERED = want(
    "stripe.price",
    "pro.calls.monthly",
    product=ref("stripe.product/pro"),
    currency="usd",
    unit_amount=usd("0.01"),
    interval="month",
    usage_type="metered",
    meter=ref("stripe.meter/calls"),
)
SSO = want("stripe.feature", "sso", lookup_key="sso", name="Single sign-on")
AUDIT = want("stripe.feature", "audit", lookup_key="audit", name="Audit log")


def metadata_of(path: str) -> Foreign:
    """A key that another application keeps in the metadata of an object."""
    return Foreign(
        "a key in the metadata",
        lambda at: post(f"{path}/{at.id}", {"metadata": {"hubspot": "42"}}),
        lambda at: get(f"{path}/{at.id}"),
        lambda content: content["metadata"].get("hubspot") == "42",
    )


def inactive(path: str) -> Any:
    """A question whether an object is archived."""
    return lambda at: (get(f"{path}/{at.id}"), lambda status, content: status == 200 and content["active"] is False)


def deleted(path: str) -> Any:
    """A question whether an object is gone."""
    return lambda at: (get(f"{path}/{at.id}"), lambda status, content: status == 404)


def _product() -> Sample:
    base = {"id": "nimbus-solo", "name": "Solo"}
    images = ("https://nimbus.example/a.png", "https://nimbus.example/b.png")
    full = {
        **base,
        "description": "For one",
        "images": images,
        "marketing_features": ("Backups", "Support"),
        "statement_descriptor": "NIMBUS SOLO",
        "tax_code": "txcd_10103001",
        "unit_label": "seat",
        "url": "https://nimbus.example/solo",
        "terms": {"trial_days": "14", "visibility": "hidden"},
        "metadata": {"team": "core", "tier": "1"},
    }

    def change(**body: Any) -> Any:
        return lambda at: post(f"/v1/products/{at.id}", body)

    return Sample(
        kind="stripe.product",
        key="solo",
        base=base,
        full={"full": full},
        cases=(
            *each_of(
                full,
                id="nimbus-alone",
                name="Solo 2",
                description="For just one",
                statement_descriptor="NIMBUS ONE",
                tax_code="txcd_10103000",
                unit_label="person",
                url="https://nimbus.example/solo-2",
                terms={"trial_days": "30"},
            ),
            case("images", full, "reordered", images=images[::-1]),
            case("images", full, "shorter", images=images[:1]),
            case("marketing_features", full, marketing_features=("Backups", "Support", "Audit log")),
            *entries(
                "metadata",
                full,
                changed={"team": "growth", "tier": "1"},
                added={"team": "core", "tier": "1", "new": "yes"},
                removed={"team": "core"},
            ),
        ),
        raw={
            "id": change(id="nimbus-alone"),
            "name": change(name="Changed"),
            "description": change(description="Changed"),
            "images": change(images=["https://nimbus.example/c.png"]),
            "marketing_features": change(marketing_features=[{"name": "Changed"}]),
            "statement_descriptor": change(statement_descriptor="CHANGED"),
            "tax_code": change(tax_code="txcd_10102001"),
            "unit_label": change(unit_label="changed"),
            "url": change(url="https://nimbus.example/changed"),
            "terms": change(metadata={"billform_terms": "trial_days=99"}),
            "metadata": change(metadata={"team": "changed"}),
        },
        taken={**archive("/v1/products"), **bin_("/v1/products"), **forget("/v1/products")},
        out=inactive("/v1/products"),
        foreign=(metadata_of("/v1/products"),),
    )


def _meter() -> Sample:
    base = {"name": "Sparks", "event_name": "sparks", "aggregation": "sum"}
    full = {**base, "customer_key": "customer", "value_key": "number", "time_window": "hour"}
    uses = want(
        "stripe.price",
        "pro.sparks.monthly",
        product=ref("stripe.product/pro"),
        currency="usd",
        unit_amount=usd("0.01"),
        interval="month",
        usage_type="metered",
        meter=ref("stripe.meter/sparks"),
    )

    def change(**body: Any) -> Any:
        return lambda at: post(f"/v1/billing/meters/{at.id}", body)

    return Sample(
        kind="stripe.meter",
        key="sparks",
        base=base,
        full={"full": full},
        cases=each_of(
            full,
            name="Spark",
            event_name="spark",
            aggregation="count",
            customer_key="account",
            value_key="amount",
            time_window="day",
        ),
        raw={
            "name": change(display_name="Changed"),
            "event_name": change(event_name="changed"),
            "aggregation": change(default_aggregation={"formula": "last"}),
            "customer_key": change(customer_mapping={"type": "by_id", "event_payload_key": "changed"}),
            "value_key": change(value_settings={"event_payload_key": "changed"}),
            "time_window": change(event_time_window="day"),
        },
        needs=(PRO,),
        proofs=(uses,),
        taken={"switched off": lambda at: post(f"/v1/billing/meters/{at.id}/deactivate")},
        out="it counts what subscribers of archived prices use",
    )


def _feature() -> Sample:
    base = {"lookup_key": "backup", "name": "Backups"}
    full = {**base, "terms": {"type": "limit", "unit": "per day"}, "metadata": {"team": "core", "tier": "1"}}

    def change(**body: Any) -> Any:
        return lambda at: post(f"/v1/entitlements/features/{at.id}", body)

    return Sample(
        kind="stripe.feature",
        key="backup",
        base=base,
        full={"full": full},
        cases=(
            *each_of(full, lookup_key="backups", name="Daily backups", terms={"type": "metered", "meter": "calls"}),
            *entries(
                "metadata",
                full,
                changed={"team": "growth", "tier": "1"},
                added={"team": "core", "tier": "1", "new": "yes"},
                removed={"team": "core"},
            ),
        ),
        raw={
            "lookup_key": change(lookup_key="changed"),
            "name": change(name="Changed"),
            "terms": change(metadata={"billform_terms": "type=metered"}),
            "metadata": change(metadata={"team": "changed"}),
        },
        taken={**archive("/v1/entitlements/features"), **forget("/v1/entitlements/features")},
        out=inactive("/v1/entitlements/features"),
        foreign=(metadata_of("/v1/entitlements/features"),),
    )


def _product_feature() -> Sample:
    base = {
        "pair": "nimbus-pro+sso",
        "product": ref("stripe.product/pro"),
        "feature": ref("stripe.feature/sso"),
    }
    attached = {"entitlement_feature": "feat_other"}
    return Sample(
        kind="stripe.product_feature",
        key="pro.sso",
        base=base,
        full={"full": base},
        cases=(
            case("feature", base, feature=ref("stripe.feature/audit"), pair="nimbus-pro+audit"),
            case("product", base, product=ref("stripe.product/team"), pair="nimbus-team+sso"),
            case("pair", base, product=ref("stripe.product/team"), pair="nimbus-team+sso"),
        ),
        raw={
            name: lambda at: Call("POST", f"/v1/products/nimbus-pro/features/{at.id}", attached)
            for name in ("pair", "product", "feature")
        },
        needs=(PRO, TEAM, SSO, AUDIT),
        taken=bin_("/v1/products/nimbus-pro/features"),
        out=lambda at: (get(f"/v1/products/nimbus-pro/features/{at.id}"), lambda status, content: status == 404),
        another=True,
    )


SOLD = (_product(), _meter(), _feature(), _product_feature())
