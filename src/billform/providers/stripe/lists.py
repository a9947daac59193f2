"""The lists that kinds are read from, and what a catalog wants of them.

Several kinds share one, and it is read once per snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from billform.providers.http.stripe_policy import ENDPOINT_PER_SECOND, LIVE_PER_SECOND, TEST_PER_SECOND


@dataclass(frozen=True, slots=True)
class Listing:
    """All objects under a path: every page of every variant, those in use before the archived ones."""

    path: str
    variants: tuple[tuple[tuple[str, str], ...], ...] = ((),)
    """Filters that together cover every object; one whole list where Stripe answers all at once."""
    expand: tuple[str, ...] = ()
    """Fields that Stripe leaves out unless asked."""
    by_created: bool = False
    """Whether it can be asked for by `created`, and so in several places at a time."""

    def params(self, variant: tuple[tuple[str, str], ...]) -> Mapping[str, object]:
        """The parameters of the first page."""
        return {"limit": 100, **dict(variant), **({"expand": list(self.expand)} if self.expand else {})}


PRODUCTS = Listing("/v1/products", by_created=True)


def prices(currencies: tuple[str, ...] = ()) -> Listing:
    """Every price, with its tiers in its own currency and in these.

    Stripe ignores `data.currency_options.tiers`; only a currency's own name brings its tiers.
    """
    further = (f"data.currency_options.{each}.tiers" for each in currencies)
    both = ((("active", "true"),), (("active", "false"),))
    return Listing("/v1/prices", both, expand=("data.tiers", "data.currency_options", *further), by_created=True)


PRICES = prices()
METERS = Listing("/v1/billing/meters")
FEATURES = Listing("/v1/entitlements/features", ((("archived", "false"),), (("archived", "true"),)))
COUPONS = Listing("/v1/coupons", expand=("data.applies_to", "data.currency_options"), by_created=True)
PROMOTION_CODES = Listing(
    "/v1/promotion_codes",
    expand=("data.restrictions.currency_options", "data.promotion.coupon"),
    by_created=True,
)
PORTALS = Listing("/v1/billing_portal/configurations", expand=("data.features.subscription_update.products",))
REGISTRATIONS = Listing("/v1/tax/registrations", ((("status", "all"),),))
PAYMENT_METHODS = Listing("/v1/payment_method_configurations")
WEBHOOKS = Listing("/v1/webhook_endpoints")


HIDDEN: Mapping[str, tuple[str, ...]] = {
    PRICES.path: ("tiers", "currency_options"),
    COUPONS.path: ("applies_to", "currency_options"),
    PROMOTION_CODES.path: ("restrictions.currency_options",),
    PORTALS.path: ("features.subscription_update.products",),
}
"""Fields of single objects that Stripe leaves out unless asked, by path."""


def features_of(product: str) -> Listing:
    """The features attached to one product."""
    return Listing(f"/v1/products/{product}/features")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a catalog wants, as far as it decides what is read; see `wanted`."""

    catalog: str = ""
    """Whose objects count as ours where the vendor keeps no mark; with none, nothing of the kind is taken away."""
    currencies: tuple[str, ...] = ()
    """In which it has tiers beside those of the prices' own."""
    products: frozenset[str] = frozenset()
    """Ids of the products of its plans and add-ons, without those of their further charges."""
    features: frozenset[str] = frozenset()
    """Lookup keys of its features."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """How many objects it has in each of the longer lists, by path."""

    def rate(self, path: str, *, live: bool) -> float:
        """Pages a second beyond which it is of no use to read a list faster, for all lists together take as long."""
        size = self.sizes.get(path, 0)
        if not size:
            return ENDPOINT_PER_SECOND
        in_all = LIVE_PER_SECOND if live else TEST_PER_SECOND
        return size / max(max(self.sizes.values()) / ENDPOINT_PER_SECOND, sum(self.sizes.values()) / in_all)


NOTHING = Wanted()
