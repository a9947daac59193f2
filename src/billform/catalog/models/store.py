"""What a store needs beside its products: metafields, price lists, customer groups, attributes and scripts."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field

from .storefront import MetafieldKey
from .words import Amount, Amounts, Count, Currency, Key, Model, PriceAddress, Text, Url

PermissionSet = Literal["app_only", "read", "write", "read_and_sf_access", "write_and_sf_access"]


class Metafields(Model):
    """Where a store finds the Stripe objects behind its products and variants."""

    namespace: Text = Field(
        default="stripe", max_length=64, description="Namespace of all of them.", examples=["nimbus_billing"]
    )
    price: MetafieldKey = Field(
        default="price_id", description="Key of the Stripe price id, on variants.", examples=["stripe_price_id"]
    )
    product: MetafieldKey = Field(
        default="product_id", description="Key of the Stripe product id, on products.", examples=["stripe_product_id"]
    )
    lookup_key: MetafieldKey | None = Field(
        default=None, description="Key of the lookup key, on variants.", examples=["stripe_lookup_key"]
    )
    permission: PermissionSet = Field(
        default="read_and_sf_access",
        description="Who may read and write them; `app_only` hides them from the storefront.",
    )


class BulkTier(Model):
    """A price for buying many."""

    min: Count = Field(description="From this quantity.", examples=[10])
    max: Count | None = Field(default=None, description="Up to this quantity.", examples=[49])
    type: Literal["fixed", "price", "percent"] = Field(
        default="price", description="New price, an amount off, or a percentage off; see BigCommerce."
    )
    amount: Amounts = Field(
        description="The percentage; or the price or amount, by currency where the record has several.", examples=[35]
    )


class PriceRecord(Model):
    """The price of one variant in a price list."""

    price: Amounts = Field(description="By currency.", examples=[{"usd": 39}])
    sale_price: Amounts | None = Field(default=None, description="While on sale.")
    retail_price: Amounts | None = Field(default=None, description="To strike through.")
    bulk: list[BulkTier] = Field(default_factory=list, description="Prices for buying many.")


class PriceList(Model):
    """Other prices, for a currency, a storefront or a customer group."""

    name: Text | None = Field(
        default=None, description="Name in BigCommerce; the key in words where left out.", examples=["Europe"]
    )
    active: bool = Field(default=True, description="Whether it is used.")
    currencies: list[Currency] = Field(
        default_factory=list, description="Takes over the catalog's amounts in these currencies.", examples=[["eur"]]
    )
    records: dict[PriceAddress, PriceRecord] = Field(
        default_factory=dict, description="Prices of its own.", examples=[{"pro.base.monthly": {"price": {"usd": 39}}}]
    )
    customer_groups: list[Key] = Field(default_factory=list, description="Groups that get it.", examples=[["partners"]])
    storefronts: list[Key] = Field(default_factory=list, description="Storefronts that use it.", examples=[["us"]])


class CategoryAccess(Model):
    """Categories that a group may see."""

    type: Literal["all", "none", "specific"] = Field(default="all", description="All, none, or those named.")
    categories: list[Text] = Field(default_factory=list, description="By name, for `specific`.", examples=[["Plans"]])


class GroupDiscount(Model):
    """A standing discount of a group."""

    type: Literal["all", "category", "product"] = Field(default="all", description="What it covers.")
    category: Text | None = Field(default=None, description="Category by name.", examples=["Plans"])
    product: Key | None = Field(default=None, description="Plan or add-on.")
    method: Literal["percent", "fixed", "price"] = Field(default="percent", description="How it is counted.")
    amount: Amount = Field(description="The percentage, amount off, or price.", examples=[10])


class CustomerGroup(Model):
    """A group of store customers that stands for an entitlement."""

    name: Text | None = Field(default=None, description="Name in BigCommerce; the key in words.", examples=["Partners"])
    features: list[Key] = Field(
        default_factory=list, description="Features that its members are entitled to.", examples=[["sso"]]
    )
    default: bool = Field(default=False, description="New customers are put into it.")
    guests: bool = Field(default=False, description="Stands for customers who are not logged in.")
    category_access: CategoryAccess | None = Field(default=None, description="Categories that members see.")
    discounts: list[GroupDiscount] = Field(default_factory=list, description="Standing discounts.")


class CustomerAttribute(Model):
    """A status flag on store customers."""

    name: Text | None = Field(
        default=None,
        max_length=255,
        description="Name in BigCommerce; the key where left out.",
        examples=["Subscription status"],
    )
    type: Literal["string", "number", "date"] = Field(default="string", description="Fixed once made.")


class PortalLink(Model):
    """A link to the customer portal in the store's account pages."""

    url: Url = Field(
        description="A page of yours that opens a portal session for the logged-in customer.",
        examples=["https://nimbus.example/billing"],
    )
    label: Text = Field(default="Billing", description="What the link says.", examples=["Plans and invoices"])
    selector: Text = Field(
        default=".navBar--account .navBar-section",
        description="Where it is put, a CSS selector.",
        examples=[".account-menu"],
    )


class Script(Model):
    """A script on the storefront's pages."""

    name: Text | None = Field(
        default=None, max_length=255, description="Name in BigCommerce; the key in words.", examples=["Billing link"]
    )
    description: Text | None = Field(
        default=None, description="What it is for.", examples=["A link in the account menu."]
    )
    portal_link: PortalLink | None = Field(default=None, description="A link to the customer portal.")
    html: Annotated[str, Field(min_length=1, max_length=65536)] | None = Field(
        default=None, description="Or a script tag of your own.", examples=["<script src='/nimbus.js'></script>"]
    )
    src: Url | None = Field(
        default=None, description="Or a script by URL.", examples=["https://cdn.nimbus.example/menu.js"]
    )
    location: Literal["head", "footer"] = Field(default="footer", description="Where on the page.")
    visibility: Literal["storefront", "all_pages", "checkout", "order_confirmation"] = Field(
        default="all_pages", description="On which pages; `storefront` leaves out the account pages."
    )
    load: Literal["default", "async", "defer"] = Field(default="default", description="How the browser loads it.")
    consent: Literal["essential", "functional", "analytics", "targeting"] = Field(
        default="essential", description="Consent category, for stores with a cookie banner."
    )
    enabled: bool = Field(default=True, description="Whether it runs.")
    auto_uninstall: bool = Field(default=True, description="Removed with the app that made it.")
    integrity: list[Text] = Field(
        default_factory=list,
        max_length=5,
        description="Integrity hashes, for `src`.",
        examples=[["sha384-oqVuAfXRKap7fdgcCY5uykM6"]],
    )
    storefronts: list[Key] = Field(
        default_factory=list, description="Storefronts that run it; all where left out.", examples=[["us"]]
    )

    def body(self) -> str | None:
        """The script tag that BigCommerce stores; None for a script by URL."""
        return _portal_script(self.portal_link) if self.portal_link else self.html


class Storefront(Model):
    """What the store needs beside its products."""

    option: Text = Field(
        default="Billing", max_length=255, description="Name of the choice between variants.", examples=["Term"]
    )
    metafields: Metafields = Field(default_factory=Metafields, description="Where Stripe ids are found.")
    price_lists: dict[Key, PriceList] = Field(default_factory=dict, description="Price lists, by key.")
    customer_groups: dict[Key, CustomerGroup] = Field(default_factory=dict, description="Customer groups, by key.")
    customer_attributes: dict[Key, CustomerAttribute] = Field(
        default_factory=dict, max_length=50, description="Status flags on customers, by key."
    )
    scripts: dict[Key, Script] = Field(default_factory=dict, max_length=10, description="Scripts, by key.")


def _portal_script(link: PortalLink) -> str:
    # `</` inside a script element would end it, whatever the quoting.
    selector, url, label = (json.dumps(each).replace("</", "<\\/") for each in (link.selector, link.url, link.label))
    return (
        "<script>\n"
        "document.addEventListener('DOMContentLoaded', function () {\n"
        f"  var place = document.querySelector({selector});\n"
        "  if (!place) { return; }\n"
        "  var item = document.createElement('li');\n"
        "  item.className = 'navBar-item';\n"
        "  var link = document.createElement('a');\n"
        f"  link.href = {url};\n"
        f"  link.textContent = {label};\n"
        "  link.className = 'navBar-action';\n"
        "  item.appendChild(link);\n"
        "  place.appendChild(item);\n"
        "});\n"
        "</script>"
    )
