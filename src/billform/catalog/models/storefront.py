"""How plans and add-ons are sold on BigCommerce."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .words import Amount, Count, Key, Model, PriceRef, Text, Whole, in_words

Sku = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^\S(.*\S)?$")]
ShortText = Annotated[str, Field(min_length=1, max_length=250)]
MetafieldKey = Annotated[str, Field(min_length=1, max_length=64)]


class Variant(Model):
    """How one price appears as a variant."""

    label: Text | None = Field(
        default=None,
        max_length=255,
        description="What customers choose; the price's key in words.",
        examples=["Yearly (two months free)"],
    )
    sku: Sku | None = Field(
        default=None, description="Its SKU; the product's with the price's key where left out.", examples=["PRO-Y"]
    )
    retail_price: Amount | None = Field(
        default=None, description="A higher price to strike through, store currency.", examples=[588]
    )


class StorefrontProduct(Model):
    """How a plan or add-on is sold on BigCommerce."""

    type: Literal["digital", "physical"] = Field(default="digital", description="What kind of product.")
    sku: Sku | None = Field(default=None, description="Its SKU; the key in capitals where left out.", examples=["PRO"])
    name: Text | None = Field(
        default=None,
        max_length=250,
        description="Its name there, unique in the store; the Stripe name where left out.",
        examples=["Nimbus Pro"],
    )
    description: Text | None = Field(
        default=None, description="HTML; the plan's description where left out.", examples=["<p>For growing teams.</p>"]
    )
    categories: list[Text] = Field(
        default_factory=list,
        description="Categories by name; a path such as `Plans/Cloud` for nested ones.",
        examples=[["Plans", "Plans/Cloud"]],
    )
    visible: bool | None = Field(default=None, description="Shown in the store; follows `visibility` where left out.")
    availability: Literal["available", "disabled", "preorder"] = Field(
        default="available", description="Whether it can be bought."
    )
    hide_price: bool = Field(default=False, description="Only with availability `disabled`.")
    custom_fields: dict[ShortText, ShortText] = Field(
        default_factory=dict, max_length=200, description="Shown on the product page.", examples=[{"Support": "24/7"}]
    )
    weight: Amount | None = Field(default=None, description="In the store's unit; 0 where left out.", examples=[0])
    tax_class: Text | None = Field(default=None, description="Tax class by name.", examples=["Digital services"])
    product_tax_code: Text | None = Field(
        default=None, max_length=255, description="Code for a tax provider.", examples=["SW054000"]
    )
    customer_group: Key | None = Field(
        default=None, description="The group that its subscribers are put into.", examples=["pro_customers"]
    )
    option: Text | None = Field(
        default=None, max_length=255, description="Name of the choice between variants.", examples=["Billing"]
    )
    sells: list[PriceRef] = Field(
        default_factory=list,
        description="Prices that become variants; the base charge's recurring prices where left out.",
        examples=[["base.monthly", "base.yearly"]],
    )
    variants: dict[PriceRef, Variant] = Field(
        default_factory=dict, description="Words for single variants.", examples=[{"base.yearly": {"label": "Yearly"}}]
    )
    price: Amount | None = Field(
        default=None, description="Product price where no price is sold (custom plans).", examples=[0]
    )
    quantity_min: Whole | None = Field(default=None, description="Least quantity in one order.", examples=[1])
    quantity_max: Count | None = Field(default=None, description="Greatest quantity in one order.", examples=[20])
    search_keywords: Text | None = Field(
        default=None, max_length=65535, description="For the store's search.", examples=["hosting, cloud"]
    )
    page_title: Text | None = Field(
        default=None,
        max_length=255,
        description="Title of the product page.",
        examples=["Nimbus Pro: for growing teams"],
    )
    path: Annotated[str, Field(pattern=r"^/[^\s]*$", max_length=255)] | None = Field(
        default=None, description="Path of the product page.", examples=["/plans/pro/"]
    )
    sort_order: Whole | None = Field(default=None, description="Position in lists.", examples=[30])
    storefronts: list[Key] = Field(
        default_factory=list, description="Storefronts that sell it; all where left out.", examples=[["us"]]
    )
    metafields: dict[MetafieldKey, Text] = Field(
        default_factory=dict,
        description="Further metafields of the product, in the storefront's namespace.",
        examples=[{"support": "e-mail"}],
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
