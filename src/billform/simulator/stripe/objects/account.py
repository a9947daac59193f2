"""The account of the key; read only."""

from __future__ import annotations

from billform.simulator.stripe import change
from billform.simulator.stripe.kind import Context, Kind, Route
from billform.simulator.stripe.problem import StripeError
from billform.simulator.world import Row

KIND = Kind(name="account", what="account", path_param="account")


def seed(ctx: Context) -> None:
    """Store the account as Stripe shows it in both modes."""
    row = {
        "id": ctx.key.account,
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": "5734",
            "minority_owned_business_designation": None,
            "name": "Simulated shop",
            "product_description": None,
            "specified_commercial_transactions_act_url": None,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": "https://shop.example",
        },
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "created": ctx.now,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "owner@shop.example",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }
    ctx.table(KIND).put(ctx.key.account, row)


def current(ctx: Context) -> Row:
    """GET /v1/account."""
    return change.answer(ctx, KIND, ctx.table(KIND).get(ctx.key.account) or {})


def retrieve(ctx: Context) -> Row:
    """GET /v1/accounts/{account}: only one's own."""
    if ctx.ids["account"] != ctx.key.account:
        raise StripeError(
            f"The provided key does not have access to account '{ctx.ids['account']}' (or that account does not "
            "exist). Application access may have been revoked.",
            status=403,
            code="account_invalid",
        )
    return current(ctx)


ROUTES = (
    Route(
        method="GET",
        template="/v1/account",
        params="_account_retrieve_current",
        permission="account_read",
        handler=current,
    ),
    Route(
        method="GET",
        template="/v1/accounts/{account}",
        params="_account_retrieve",
        permission="account_read",
        handler=retrieve,
    ),
)
