"""Tax settings: one object per account and mode, in which nothing can be removed once set."""

from __future__ import annotations

from billform.simulator.stripe import change
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import invalid, no_such
from billform.simulator.world import Row

_KEY = "settings"


def shape(ctx: Context, row: Row) -> Row:
    """Compute the status: active once the head office and the default tax code are known."""
    shown = {key: value for key, value in row.items() if key != "id"}  # a singleton has none
    missing = []
    if row["head_office"] is None:
        missing.append("head_office")
    if row["defaults"]["tax_code"] is None:
        missing.append("defaults.tax_code")
    if missing:
        details: Row = {"pending": {"missing_fields": missing}}
        return {**shown, "status": "pending", "status_details": details}
    return {**shown, "status": "active", "status_details": {"active": {}}}


KIND = Kind(name="tax.settings", what="tax settings", shape=shape)


def seed(ctx: Context) -> None:
    """Store the settings of an account that never set any."""
    row: Row = {
        "id": _KEY,
        "object": "tax.settings",
        "defaults": {"provider": "stripe", "tax_behavior": None, "tax_code": None},
        "head_office": None,
        "livemode": ctx.livemode,
    }
    ctx.table(KIND).put(_KEY, row)


def head_office(ctx: Context) -> Row | None:
    """Answer the head office, which registrations need."""
    found: Row | None = _settings(ctx)["head_office"]
    return found


def default_behavior(ctx: Context, currency: str) -> str:
    """Answer the tax behavior of a price that says none."""
    default = _settings(ctx)["defaults"]["tax_behavior"]
    if default == "inferred_by_currency":
        return "exclusive" if currency in ("usd", "cad") else "inclusive"
    return default or "unspecified"


def retrieve(ctx: Context) -> Row:
    """GET /v1/tax/settings."""
    return change.answer(ctx, KIND, _settings(ctx))


def update(ctx: Context) -> Row:
    """POST /v1/tax/settings: lays what is given over what is there."""
    row, params = _settings(ctx), ctx.params
    fields: Row = {}
    if "defaults" in params:
        code = params["defaults"].get("tax_code")
        if code is not None and code not in ctx.table("tax_code"):
            raise no_such("tax code", code, param="defaults[tax_code]")
        fields["defaults"] = {**row["defaults"], **params["defaults"]}
    if "head_office" in params:
        empty = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
        current = row["head_office"]["address"] if row["head_office"] else empty
        address = {**current, **params["head_office"]["address"]}
        country = address["country"]
        if country is None or len(country) != 2 or not country.isupper():
            text = "The head office needs a country: two capital letters (ISO 3166-1 alpha-2)."
            raise invalid(text, param="head_office[address][country]")
        if country in ("US", "CA") and not address["state"]:
            text = f"The address of a head office in {country} needs a state."
            raise invalid(text, param="head_office[address][state]")
        fields["head_office"] = {"address": address}
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event="tax.settings.updated"))


def _settings(ctx: Context) -> Row:
    row = ctx.table(KIND).get(_KEY)
    assert row is not None, "seeded with the account"
    return row


ROUTES = (
    Route(
        method="GET",
        template="/v1/tax/settings",
        params="tax._settings_retrieve",
        permission="tax_settings_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/tax/settings",
        params="tax._settings_update",
        permission="tax_settings_write",
        handler=update,
    ),
)
