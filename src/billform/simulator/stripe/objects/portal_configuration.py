"""Customer portal configurations: what customers may do by themselves."""

from __future__ import annotations

from billform.simulator.stripe import change, lists, portal_features, rules
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import StripeError
from billform.simulator.world import Row

KIND = Kind(
    name="billing_portal.configuration",
    what="billing_portal configuration",
    path_param="configuration",
    hidden=frozenset({"features.subscription_update.products"}),
    references={
        "features.subscription_cancel.cancellation_reason.feedback_options": "billing.feedback_option",
        "application": "application",
    },
)
_HIGHLIGHTS = ("headline", "privacy_policy_url", "terms_of_service_url")


def seed(ctx: Context) -> None:
    """Store the default configuration, which is kept in the Dashboard."""
    features = {
        "customer_update": {"allowed_updates": ["email", "tax_id"], "enabled": True},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
    }
    _store(ctx, {"features": features}, is_default=True)


def create(ctx: Context) -> Row:
    """POST /v1/billing_portal/configurations."""
    return change.answer(ctx, KIND, _store(ctx, ctx.params, is_default=False))


def retrieve(ctx: Context) -> Row:
    """GET /v1/billing_portal/configurations/{configuration}."""
    return change.answer(ctx, KIND, ctx.in_path(KIND))


def update(ctx: Context) -> Row:
    """POST /v1/billing_portal/configurations/{configuration}: what is given is laid over what is there."""
    row, params = ctx.in_path(KIND), ctx.params
    if params.get("active") is False and row["is_default"]:
        raise StripeError("The default configuration cannot be deactivated.", param="active")
    fields = _fields(ctx, params, row)
    if "active" in params:
        fields["active"] = params["active"]
    changed = change.update(ctx, KIND, row, fields, event="billing_portal.configuration.updated")
    return change.answer(ctx, KIND, changed)


def listing(ctx: Context) -> Row:
    """GET /v1/billing_portal/configurations."""
    wanted = {name: ctx.params[name] for name in ("active", "is_default") if name in ctx.params}

    def keep(row: Row) -> bool:
        return all(row[name] == value for name, value in wanted.items())

    return lists.page(ctx, KIND, url="/v1/billing_portal/configurations", keep=keep)


def _store(ctx: Context, params: Row, *, is_default: bool) -> Row:
    now = ctx.now
    row: Row = {
        "id": ctx.token("bpc_"),
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": dict.fromkeys(_HIGHLIGHTS),
        "created": now,
        "default_return_url": None,
        "features": portal_features.DEFAULTS,
        "is_default": is_default,
        "livemode": ctx.livemode,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "name": None,
        "updated": now,
    }
    row.update(_fields(ctx, params, row))
    return change.create(ctx, KIND, row, event="billing_portal.configuration.created")


def _fields(ctx: Context, params: Row, row: Row) -> Row:
    fields: Row = {}
    if "business_profile" in params:
        given: Row = {key: value or None for key, value in params["business_profile"].items()}
        for key in ("privacy_policy_url", "terms_of_service_url"):
            if given.get(key):
                rules.url(given[key], param=f"business_profile[{key}]", https=ctx.livemode)
        fields["business_profile"] = {**row["business_profile"], **given}
    if "default_return_url" in params:
        fields["default_return_url"] = params["default_return_url"] or None
        if fields["default_return_url"]:
            rules.url(fields["default_return_url"], param="default_return_url", https=ctx.livemode)
    if "login_page" in params:
        enabled = params["login_page"]["enabled"]
        address = f"https://billing.stripe.com/p/login/{'' if ctx.livemode else 'test_'}{row['id'][-16:]}"
        fields["login_page"] = {"enabled": enabled, "url": address if enabled else None}
    if "metadata" in params:
        fields["metadata"] = rules.metadata(params["metadata"], row["metadata"])
    if "name" in params:
        fields["name"] = params["name"] or None
    if "features" in params:
        fields["features"] = portal_features.merged(ctx, row["features"], params["features"])
    return fields


ROUTES = (
    Route(
        method="POST",
        template="/v1/billing_portal/configurations",
        params="billing_portal._configuration_create",
        permission="customer_portal_write",
        handler=create,
        texts=rules.PORTAL_TEXTS,
    ),
    Route(
        method="GET",
        template="/v1/billing_portal/configurations",
        params="billing_portal._configuration_list",
        permission="customer_portal_read",
        handler=listing,
    ),
    Route(
        method="GET",
        template="/v1/billing_portal/configurations/{configuration}",
        params="billing_portal._configuration_retrieve",
        permission="customer_portal_read",
        handler=retrieve,
    ),
    Route(
        method="POST",
        template="/v1/billing_portal/configurations/{configuration}",
        params="billing_portal._configuration_update",
        permission="customer_portal_write",
        handler=update,
        texts=rules.PORTAL_TEXTS,
    ),
)
