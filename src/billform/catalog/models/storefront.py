"""How plans and add-ons are sold on BigCommerce, and what the store needs for it."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field

from .words import Amount, Amounts, Count, Currency, Key, Model, PriceAddress, PriceRef, Text, Url, Whole, in_words

Sku = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^\S(.*\S)?$")]
MetafieldKey = Annotated[str, Field(min_length=1, max_length=64)]
PermissionSet = Literal["app_only", "read", "write", "read_and_sf_access", "write_and_sf_access"]


class Variant(Model):
    """How one price appears as a variant."""

    label: Text | None = Field(default=None, description="What customers choose; the price's key in words.")
    sku: Sku | None = Field(default=None, description="Its SKU; the product's with the price's key where left out.")
    retail_price: Amount | None = Field(default=None, description="A higher price to strike through, store currency.")


class StorefrontProduct(Model):
    """How a plan or add-on is sold on BigCommerce."""

    type: Literal["digital", "physical"] = Field(default="digital", description="What kind of product.")
    sku: Sku | None = Field(default=None, description="Its SKU; the key in capitals where left out.", examples=["PRO"])
    name: Text | None = Field(
        default=None, max_length=250, description="Its name there, unique in the store; the Stripe name where left out."
    )
    description: Text | None = Field(default=None, description="HTML; the plan's description where left out.")
    categories: list[Text] = Field(
        default_factory=list, description="Categories by name; a path such as `Plans/Cloud` for nested ones."
    )
    visible: bool | None = Field(default=None, description="Shown in the store; follows `visibility` where left out.")
    availability: Literal["available", "disabled", "preorder"] = Field(
        default="available", description="Whether it can be bought."
    )
    hide_price: bool = Field(default=False, description="Only with availability `disabled`.")
    custom_fields: dict[Text, Text] = Field(
        default_factory=dict, max_length=200, description="Shown on the product page.", examples=[{"Support": "24/7"}]
    )
    weight: Amount | None = Field(default=None, description="In the store's unit; 0 where left out.")
    tax_class: Text | None = Field(default=None, description="Tax class by name.")
    product_tax_code: Text | None = Field(default=None, max_length=255, description="Code for a tax provider.")
    customer_group: Key | None = Field(default=None, description="The group that its subscribers are put into.")
    option: Text | None = Field(default=None, description="Name of the choice between variants.", examples=["Billing"])
    sells: list[PriceRef] = Field(
        default_factory=list,
        description="Prices that become variants; the base charge's recurring prices where left out.",
        examples=[["base.monthly", "base.yearly"]],
    )
    variants: dict[PriceRef, Variant] = Field(
        default_factory=dict, description="Words for single variants.", examples=[{"base.yearly": {"label": "Yearly"}}]
    )
    price: Amount | None = Field(default=None, description="Product price where no price is sold (custom plans).")
    quantity_min: Whole | None = Field(default=None, description="Least quantity in one order.")
    quantity_max: Count | None = Field(default=None, description="Greatest quantity in one order.")
    search_keywords: Text | None = Field(default=None, max_length=65535, description="For the store's search.")
    page_title: Text | None = Field(default=None, max_length=255, description="Title of the product page.")
    path: Annotated[str, Field(pattern=r"^/[^\s]*$", max_length=255)] | None = Field(
        default=None, description="Path of the product page.", examples=["/plans/pro/"]
    )
    sort_order: Whole | None = Field(default=None, description="Position in lists.")
    storefronts: list[Key] = Field(default_factory=list, description="Storefronts that sell it; all where left out.")
    metafields: dict[MetafieldKey, Text] = Field(
        default_factory=dict, description="Further metafields of the product, in the storefront's namespace."
    )

    def sku_of(self, key: str) -> str:
        """The product's SKU: as written, else the key of the plan or add-on in capitals."""
        return self.sku or key.upper()

    def variant_sku(self, key: str, ref: str) -> str:
        """A variant's SKU: as written, else the product's with the price's key, and its charge's where not `base`."""
        words = self.variants.get(ref)
        if words is not None and words.sku is not None:
            return words.sku
        return "-".join((self.sku_of(key), *(part.upper() for part in ref.removeprefix("base.").split("."))))

    def variant_label(self, ref: str) -> str:
        """What customers choose: as written, else the price's key in words, and its charge's where not `base`."""
        words = self.variants.get(ref)
        if words is not None and words.label is not None:
            return words.label
        return in_words(ref.removeprefix("base.").replace(".", " "))


class Metafields(Model):
    """Where a store finds the Stripe objects behind its products and variants."""

    namespace: Text = Field(default="stripe", max_length=64, description="Namespace of all of them.")
    price: MetafieldKey = Field(default="price_id", description="Key of the Stripe price id, on variants.")
    product: MetafieldKey = Field(default="product_id", description="Key of the Stripe product id, on products.")
    lookup_key: MetafieldKey | None = Field(default=None, description="Key of the lookup key, on variants.")
    permission: PermissionSet = Field(
        default="read_and_sf_access",
        description="Who may read and write them; `app_only` hides them from the storefront.",
    )


class BulkTier(Model):
    """A price for buying many."""

    min: Count = Field(description="From this quantity.")
    max: Count | None = Field(default=None, description="Up to this quantity.")
    type: Literal["fixed", "price", "percent"] = Field(
        default="price", description="New price, an amount off, or a percentage off; see BigCommerce."
    )
    amount: Amount = Field(description="The price, amount or percentage.")


class PriceRecord(Model):
    """The price of one variant in a price list."""

    price: Amounts = Field(description="By currency.", examples=[{"usd": 39}])
    sale_price: Amounts | None = Field(default=None, description="While on sale.")
    retail_price: Amounts | None = Field(default=None, description="To strike through.")
    bulk: list[BulkTier] = Field(default_factory=list, description="Prices for buying many.")


class PriceList(Model):
    """Other prices, for a currency, a storefront or a customer group."""

    name: Text | None = Field(default=None, description="Name in BigCommerce; the key in words where left out.")
    active: bool = Field(default=True, description="Whether it is used.")
    currencies: list[Currency] = Field(
        default_factory=list, description="Takes over the catalog's amounts in these currencies.", examples=[["eur"]]
    )
    records: dict[PriceAddress, PriceRecord] = Field(
        default_factory=dict, description="Prices of its own.", examples=[{"pro.base.monthly": {"price": {"usd": 39}}}]
    )
    customer_groups: list[Key] = Field(default_factory=list, description="Groups that get it.")
    storefronts: list[Key] = Field(default_factory=list, description="Storefronts that use it.")


class CategoryAccess(Model):
    """Categories that a group may see."""

    type: Literal["all", "none", "specific"] = Field(default="all", description="All, none, or those named.")
    categories: list[Text] = Field(default_factory=list, description="By name, for `specific`.")


class GroupDiscount(Model):
    """A standing discount of a group."""

    type: Literal["all", "category", "product"] = Field(default="all", description="What it covers.")
    category: Text | None = Field(default=None, description="Category by name.")
    product: Key | None = Field(default=None, description="Plan or add-on.")
    method: Literal["percent", "fixed", "price"] = Field(default="percent", description="How it is counted.")
    amount: Amount = Field(description="The percentage, amount off, or price.")


class CustomerGroup(Model):
    """A group of store customers that stands for an entitlement."""

    name: Text | None = Field(default=None, max_length=50, description="Name in BigCommerce; the key in words.")
    features: list[Key] = Field(default_factory=list, description="Features that its members are entitled to.")
    default: bool = Field(default=False, description="New customers are put into it.")
    guests: bool = Field(default=False, description="Stands for customers who are not logged in.")
    category_access: CategoryAccess | None = Field(default=None, description="Categories that members see.")
    discounts: list[GroupDiscount] = Field(default_factory=list, description="Standing discounts.")


class CustomerAttribute(Model):
    """A status flag on store customers."""

    name: Text | None = Field(default=None, max_length=255, description="Name in BigCommerce; the key where left out.")
    type: Literal["string", "number", "date"] = Field(default="string", description="Fixed once made.")


class PortalLink(Model):
    """A link to the customer portal in the store's account pages."""

    url: Url = Field(description="A page of yours that opens a portal session for the logged-in customer.")
    label: Text = Field(default="Billing", description="What the link says.")
    selector: Text = Field(default=".navBar--account .navBar-section", description="Where it is put, a CSS selector.")


class Script(Model):
    """A script on the storefront's pages."""

    name: Text | None = Field(default=None, max_length=255, description="Name in BigCommerce; the key in words.")
    description: Text | None = Field(default=None, description="What it is for.")
    portal_link: PortalLink | None = Field(default=None, description="A link to the customer portal.")
    html: Annotated[str, Field(min_length=1, max_length=65536)] | None = Field(
        default=None, description="Or a script tag of your own."
    )
    src: Url | None = Field(default=None, description="Or a script by URL.")
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
    integrity: list[Text] = Field(default_factory=list, max_length=5, description="Integrity hashes, for `src`.")
    storefronts: list[Key] = Field(default_factory=list, description="Storefronts that run it; all where left out.")

    def body(self) -> str | None:
        """The script tag that BigCommerce stores; None for a script by URL."""
        return _portal_script(self.portal_link) if self.portal_link else self.html


class Storefront(Model):
    """What the store needs beside its products."""

    option: Text = Field(default="Billing", description="Name of the choice between variants.")
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
