"""Tax registrations: where tax is collected; they end, they are never deleted, and record no events."""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.stripe import change, lists
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.objects import tax_settings
from billform.simulator.stripe.problem import StripeError, invalid, missing_param
from billform.simulator.world import Row

_PLACED: Final = frozenset(
    "AE AT AU BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IT JP LT LU LV MT NL NO NZ PL PT RO SE SG SI SK".split()
)
"""Countries whose standard registration comes back with a place of supply scheme, `standard` when not given."""


def shape(ctx: Context, row: Row) -> Row:
    """Compute the status from the times."""
    return {**row, "status": _status(row, ctx.now)}


KIND = Kind(name="tax.registration", what="tax registration", shape=shape)


def create(ctx: Context) -> Row:
    """POST /v1/tax/registrations: the head office comes first, and one registration per place and type."""
    params = ctx.params
    if tax_settings.head_office(ctx) is None:
        text = "You must set the head office of your account in the tax settings before you can add a registration."
        raise StripeError(text, code="stripe_tax_inactive")
    country: str = params["country"]
    if len(country) != 2 or country != country.upper():
        raise invalid(f"Invalid country: {country}", param="country")
    options = _options(country, params["country_options"])
    active_from = _moment(ctx, params["active_from"], "active_from")
    expires_at = params.get("expires_at")
    if expires_at is not None and expires_at <= active_from:
        raise invalid("`expires_at` must be later than `active_from`.", param="expires_at")
    for other in ctx.table(KIND).where("country", country):
        if _status(other, ctx.now) != "expired" and _place(other["country_options"]) == _place(options):
            raise StripeError(f"There is already a registration of this type in {country}: {other['id']}.")
    row: Row = {
        "id": ctx.token("taxreg_"),
        "object": "tax.registration",
        "active_from": active_from,
        "country": country,
        "country_options": options,
        "created": ctx.now,
        "expires_at": expires_at,
        "livemode": ctx.livemode,
    }
    return change.answer(ctx, KIND, change.create(ctx, KIND, row, event=None))


def retrieve(ctx: Context) -> Row:
    """GET /v1/tax/registrations/{id}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def update(ctx: Context) -> Row:
    """POST /v1/tax/registrations/{id}: when it begins and ends; what has ended has ended."""
    row, params = ctx.in_path(KIND), ctx.params
    if params and _status(row, ctx.now) == "expired":
        raise StripeError("An expired registration cannot be changed.", code="status_transition_invalid")
    fields: Row = {}
    if "active_from" in params:
        fields["active_from"] = _moment(ctx, params["active_from"], "active_from")
    if "expires_at" in params:
        given = params["expires_at"]
        fields["expires_at"] = None if given == "" else _moment(ctx, given, "expires_at")
    merged = {**row, **fields}
    ends = merged["expires_at"]
    if ends is not None and ends < merged["active_from"]:
        raise invalid("`expires_at` must be later than `active_from`.", param="expires_at")
    return change.answer(ctx, KIND, change.update(ctx, KIND, row, fields, event=None))


def listing(ctx: Context) -> Row:
    """GET /v1/tax/registrations: all of them unless `status` says otherwise."""
    status = ctx.params.get("status", "all")
    now = ctx.now
    return lists.page(ctx, KIND, url="/v1/tax/registrations", keep=lambda row: status in ("all", _status(row, now)))


def _status(row: Row, now: int) -> str:
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return "expired"
    return "scheduled" if row["active_from"] > now else "active"


def _moment(ctx: Context, given: Any, param: str) -> int:
    now = ctx.now
    if given == "now":
        return now
    if given < now:
        raise invalid(f"`{param}` must be `now` or a timestamp in the future.", param=param)
    return int(given)


def _options(country: str, given: dict[str, Any]) -> Row:
    key = country.lower()
    others = [name for name in given if name != key]
    if key not in given or others:
        text = f"`country_options` must hold exactly the options for {country}."
        raise invalid(text, param=f"country_options[{others[0] if others else key}]")
    options = dict(given[key])
    if country == "US" and "state" not in options:
        raise missing_param("country_options[us][state]")
    if country in _PLACED and options["type"] == "standard":
        options.setdefault("standard", {"place_of_supply_scheme": "standard"})
    return {key: options}


def _place(options: Row) -> Row:
    """Answer what makes two registrations of a country the same one: type, state or province, jurisdiction."""
    return {key: {name: value for name, value in one.items() if name != "standard"} for key, one in options.items()}


ROUTES = (
    Route(
        method="POST",
        template="/v1/tax/registrations",
        params="tax._registration_create",
        permission="tax_registrations_write",
        handler=create,
    ),
    Route(
        method="GET",
        template="/v1/tax/registrations",
        params="tax._registration_list",
        permission="tax_registrations_read",
        handler=listing,
    ),
    Route(
        method="GET",
        template="/v1/tax/registrations/{id}",
        params="tax._registration_retrieve",
        permission="tax_registrations_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/tax/registrations/{id}",
        params="tax._registration_update",
        permission="tax_registrations_write",
        handler=update,
    ),
)
