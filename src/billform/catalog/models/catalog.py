"""The catalog as a whole: everything that is sold, and the settings around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, PrivateAttr

from billform.core.diagnostic import Span

from .discount import Coupon, PromotionCode
from .plan import AddOn, Feature, Meter, Plan, ProductFamily, Template
from .portal import AdjustableQuantity, Portal
from .settings import PaymentMethods, Tax, Webhooks
from .sold import BASE, Defaulted, Path, Sellable, SoldPrice, SoldProduct, product_name, sell
from .store import Storefront
from .words import Currency, Key, Model, TaxBehavior, TaxCode, close_maps, in_words


class Spans(Protocol):
    """Where the parts of the merged files stand; both fall back to the nearest part that is known."""

    def key(self, path: Path) -> Span | None:
        """The place of the key."""

    def value(self, path: Path) -> Span | None:
        """The place of the value."""


class Defaults(Model):
    """What is taken where a plan or price does not say."""

    currency: Currency = Field(default="usd", description="The currency of amounts written without one.")
    tax_behavior: TaxBehavior | None = Field(default=None, description="Whether amounts include tax.")
    tax_code: TaxCode | None = Field(default=None, description="Stripe tax code of products that name none.")
    timezone: str = Field(
        default="UTC", description="Time zone of dates written without a time.", examples=["Europe/Berlin"]
    )


@dataclass(frozen=True, slots=True)
class PortalProduct:
    """One product that customers may switch to in the portal, with its prices."""

    product: SoldProduct
    prices: tuple[SoldPrice, ...]
    quantity: AdjustableQuantity | None


def _any_part(schema: dict[str, Any]) -> None:
    # A file holds any part of the catalog; only the merged whole must have its name.
    schema.pop("required", None)
    close_maps(schema)


class Catalog(Model):
    """Everything that a company sells, merged from all files."""

    model_config = ConfigDict(json_schema_extra=_any_part)

    catalog: Key = Field(description="Name of the catalog: the mark of ownership on every object.", examples=["nimbus"])
    defaults: Defaults = Field(default_factory=Defaults, description="What is taken where nothing is said.")
    templates: dict[Key, Template] = Field(default_factory=dict, description="Defaults that plans share, by key.")
    products: dict[Key, ProductFamily] = Field(default_factory=dict, description="Product families, by key.")
    meters: dict[Key, Meter] = Field(default_factory=dict, description="Usage meters, by key.")
    features: dict[Key, Feature] = Field(default_factory=dict, description="Features, by key.")
    plans: dict[Key, Plan] = Field(default_factory=dict, description="Plans, by key.")
    addons: dict[Key, AddOn] = Field(default_factory=dict, description="Add-ons, by key.")
    coupons: dict[Key, Coupon] = Field(default_factory=dict, description="Coupons, by key.")
    promotion_codes: dict[Key, PromotionCode] = Field(default_factory=dict, description="Promotion codes, by key.")
    portal: dict[Key, Portal] = Field(
        default_factory=dict, description="Portal configurations, by key; usually one, `default`."
    )
    tax: Tax | None = Field(default=None, description="Tax settings and registrations.")
    payment_methods: dict[Key, PaymentMethods] = Field(
        default_factory=dict, description="Payment method configurations, by key."
    )
    webhooks: Webhooks = Field(default_factory=Webhooks, description="Webhooks of both vendors.")
    storefront: Storefront = Field(default_factory=Storefront, description="What the store needs beside its products.")

    _spans: Spans | None = PrivateAttr(default=None)
    _sellables: tuple[Sellable, ...] | None = PrivateAttr(default=None)
    """What plans and add-ons come to, settled once: every kind asks for it, and coupons once each."""
    _sold: dict[str, list[int]] = PrivateAttr(default_factory=dict)
    """The places among them by key; two where a plan and an add-on share one, which the rules forbid."""

    @property
    def name(self) -> str:
        """The catalog's name."""
        return self.catalog

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Catalog:
        """A copy with other words, which come to something else."""
        copy = super().model_copy(update=update, deep=deep)
        copy._sellables, copy._sold = None, {}
        return copy

    def located(self, spans: Spans) -> Catalog:
        """The same catalog, knowing where its parts stand."""
        copy = self.model_copy()
        copy._spans = spans
        return copy

    @property
    def spans(self) -> Spans | None:
        """Where its parts stand; None for a catalog that was not read from files."""
        return self._spans

    def key_span(self, *path: str | int) -> Span | None:
        """The place of a key, or of the nearest part around it."""
        return spans.key(path) if (spans := self._spans) else None

    def value_span(self, *path: str | int) -> Span | None:
        """The place of a value, or of the nearest part around it."""
        return spans.value(path) if (spans := self._spans) else None

    def sellables(self) -> tuple[Sellable, ...]:
        """Plans and add-ons that are sold in Stripe, in the order of the files."""
        if self._sellables is None:
            items: list[tuple[str, Plan | AddOn]] = [
                *((key, plan) for key, plan in self.plans.items() if plan.kind != "custom"),
                *self.addons.items(),
            ]
            self._sellables = tuple(self._sell(key, item) for key, item in items)
            for place, each in enumerate(self._sellables):
                self._sold.setdefault(each.key, []).append(place)
        return self._sellables

    def sellable(self, key: str) -> Sellable | None:
        """The plan or add-on of that key, where it is sold in Stripe; the plan, should both have it."""
        everything, plan = self.sellables(), self.plans.get(key)
        places = self._sold.get(key)
        return None if places is None or (plan is not None and plan.kind == "custom") else everything[places[0]]

    def metadata(self) -> Iterator[tuple[Path, dict[str, str]]]:
        """The author's metadata wherever it stands, templates filled in."""
        sections: tuple[tuple[str, dict[str, Any]], ...] = (
            ("features", self.features),
            ("plans", self.plans),
            ("addons", self.addons),
            ("coupons", self.coupons),
            ("promotion_codes", self.promotion_codes),
            ("portal", self.portal),
        )
        for section, items in sections:
            for key, item in items.items():
                yield (section, key, "metadata"), item.metadata
        for key, endpoint in self.webhooks.stripe.items():
            yield ("webhooks", "stripe", key, "metadata"), endpoint.metadata

    def sold_products(self) -> Iterator[SoldProduct]:
        """Every Stripe product to be."""
        return (product for each in self.sellables() for product in each.products)

    def sold_prices(self) -> Iterator[SoldPrice]:
        """Every Stripe price to be."""
        return (price for each in self.sellables() for price in each.prices)

    def storefront_items(self) -> Iterator[tuple[str, Plan | AddOn, Sellable | None]]:
        """Plans and add-ons sold on BigCommerce: key, words, and what Stripe sells (None for custom plans)."""
        items: list[tuple[str, Plan | AddOn]] = [*self.plans.items(), *self.addons.items()]
        return ((key, item, self.sellable(key)) for key, item in items if item.storefront is not None)

    def portal_products(self, portal: Portal) -> tuple[PortalProduct, ...]:
        """The products that a portal lets customers switch to; references to nothing are passed over."""
        update = portal.subscription_update
        found: list[PortalProduct] = []
        for target in update.products if update else []:
            sellable = self.sellable(target.plan or target.addon or "")
            for product in sellable.products if sellable else ():
                prices = tuple(
                    price
                    for price in product.prices
                    if (price.ref in target.prices if target.prices else product.is_base and price.price.is_recurring)
                )
                if prices:
                    found.append(PortalProduct(product, prices, target.quantity))
        return tuple(found)

    def discounted(self, coupon: Coupon) -> tuple[SoldProduct, ...]:
        """The products a coupon is limited to; none means it applies to everything."""
        wanted = {*coupon.plans, *coupon.addons}
        if not wanted:
            return ()
        everything, owners = self.sellables(), {each.partition(".")[0] for each in wanted}
        return tuple(
            product
            for place in sorted(place for owner in owners for place in self._sold.get(owner, ()))
            for product in everything[place].products
            if product.owner in wanted or f"{product.owner}.{product.charge_key}" in wanted
        )

    def starts(self, moment: datetime | date) -> datetime:
        """The instant, UTC; a bare day stands for its first second in the catalog's time zone."""
        if isinstance(moment, datetime):
            return moment
        # A machine without a time zone database knows UTC all the same.
        zone = UTC if self.defaults.timezone == "UTC" else ZoneInfo(self.defaults.timezone)
        try:
            return datetime.combine(moment, time.min, tzinfo=zone).astimezone(UTC)
        except OverflowError:  # the first day that there is, east of UTC
            return datetime.min.replace(tzinfo=UTC)

    def ends(self, moment: datetime | date) -> datetime:
        """The instant, UTC; a bare day stands for its last second in the catalog's time zone."""
        if isinstance(moment, datetime):
            return moment
        if moment == date.max:
            return datetime.max.replace(microsecond=0, tzinfo=UTC)
        return self.starts(moment + timedelta(days=1)) - timedelta(seconds=1)

    def product_name(self, key: str, item: Plan | AddOn) -> str:
        """The name of a plan or add-on as a product, custom plans included."""
        return product_name(key, item, self._family_name(item))

    def _sell(self, key: str, item: Plan | AddOn) -> Sellable:
        defaults = Defaulted(self.defaults.currency, self.defaults.tax_code, self.defaults.tax_behavior)
        return sell(key, item, self._family_name(item), defaults)

    def _family_name(self, item: Plan | AddOn) -> str | None:
        if item.product is None:
            return None
        family = self.products.get(item.product)
        return family.name if family and family.name else in_words(item.product)


__all__ = ["BASE", "Catalog", "Defaults", "PortalProduct", "Spans"]
