"""What a plan or an apply cannot do without: the requests, and the time that limits and latency allow for them."""

from __future__ import annotations

from collections.abc import Mapping

from .ground import LATENCY, PER_ENDPOINT, Files

PAGE = 100
LISTED = {
    "stripe.product": "GET /v1/products",
    "stripe.price": "GET /v1/prices",
    "stripe.coupon": "GET /v1/coupons",
    "stripe.promotion_code": "GET /v1/promotion_codes",
    "stripe.feature": "GET /v1/entitlements/features",
    "stripe.meter": "GET /v1/billing/meters",
}
"""Kinds that these catalogs have objects of, and the list that each is read from."""
ONCE = (
    "GET /v1/account",
    "GET /v1/billing_portal/configurations",
    "GET /v1/tax/registrations",
    "GET /v1/tax/settings",
    "GET /v1/payment_method_configurations",
    "GET /v1/webhook_endpoints",
)
"""The check of the account, and the kinds of which there are no objects here, which only asking tells."""
APART = frozenset({"GET /v1/prices", "GET /v1/entitlements/features"})
"""Lists that Stripe keeps apart for what is archived."""
WRITTEN = {
    "stripe.product": "POST /v1/products",
    "stripe.price": "POST /v1/prices",
    "stripe.default_price": "POST /v1/products/{id}",
    "stripe.coupon": "POST /v1/coupons",
    "stripe.promotion_code": "POST /v1/promotion_codes",
    "stripe.feature": "POST /v1/entitlements/features",
    "stripe.product_feature": "POST /v1/products/{id}/features",
    "stripe.meter": "POST /v1/billing/meters",
}
LINK = "stripe.product_feature"
NO_OBJECT = "stripe.default_price"
"""A field of a product rather than an object."""


def objects(files: Files) -> int:
    """How many objects of a catalog Stripe has: as many requests where each is asked for by its id."""
    return sum(each.address.kind != NO_OBJECT for each in files.graph)


def granting(files: Files) -> int:
    """Products that entitle to features: Stripe has no list of these links but the one of each product."""
    return len({each.address.local_key.rpartition(".")[0] for each in files.graph if each.address.kind == LINK})


def reads(files: Files) -> Mapping[str, int]:
    """The requests of a plan by endpoint: every page of every list, and one request for each granting product."""
    pages = {name: -(-max(1, files.count(kind)) // PAGE) + (name in APART) for kind, name in LISTED.items()}
    links = {"GET /v1/products/{id}/features": found} if (found := granting(files)) else {}
    return {**pages, **dict.fromkeys(ONCE, 1), **links}


def allowed(files: Files) -> int:
    """One request for each full page, and one for each kind and check, and for each granting product."""
    full = sum(files.count(kind) // PAGE for kind in LISTED)
    return full + len(LISTED) + len(ONCE) + len(APART) + granting(files)


def writes(files: Files) -> Mapping[str, int]:
    """The requests of a first apply by endpoint; taking and giving back the account are two of them."""
    found = {name: files.count(kind) for kind, name in WRITTEN.items()}
    for lease in ("POST /v1/products", "POST /v1/products/{id}"):
        found[lease] += 1
    return found


def seconds(requests: Mapping[str, int], *, in_all: float, per_endpoint: float = PER_ENDPOINT, chain: int) -> float:
    """The least time for these requests, the last of the busiest endpoint leaving when the limits let it leave.

    `chain` is how many of them must wait for the answer to another: each of those takes the latency once, and so does
    the last answer. Limits are taken as so many in each second from the first request on.
    """
    busiest = max((count - 1) / per_endpoint for count in requests.values())
    return chain * LATENCY + max(busiest, (sum(requests.values()) - 1) / in_all)
