"""Rules about plans and add-ons as products of a store."""

from __future__ import annotations

from collections.abc import Iterator

from billform.catalog.models import Path, Plan, Sellable, StorefrontProduct
from billform.core.codes import Explanation

from .shop import Found, Rule, Shop, listed, repeated

MARKS = "billform."
"""Opens the metafield namespaces that say whose an object is."""

CODES = {
    "C100": Explanation(
        title="SKU used twice",
        meaning="A SKU names one product or variant of the store; capitals do not tell SKUs apart.",
        mend="Change one `sku`. Left out, a product's SKU is its key, and a variant's is that with the price's key.",
    ),
    "C101": Explanation(
        title="Product name used twice",
        meaning="No two products of a BigCommerce store can have the same name.",
        mend="Change one `storefront: name:`.",
    ),
    "C102": Explanation(
        title="Storefront product with nothing to sell",
        meaning="The base charge has no recurring price, and `sells:` names none, so there would be no variant.",
        mend="Name the prices with `sells:`, add a price, or remove `storefront:`.",
    ),
    "C103": Explanation(
        title="Price that a store cannot show",
        meaning="A variant has one fixed price; tiers, usage and freely chosen amounts are billed by Stripe alone.",
        mend="Name flat prices under `sells:`.",
    ),
    "C104": Explanation(
        title="Storefront settings that contradict each other",
        meaning="A price can be hidden only where the product cannot be bought; a custom plan cannot be bought.",
        mend="Add `availability: disabled`, or remove the other word.",
    ),
    "C105": Explanation(
        title="Variant that means nothing",
        meaning="Two variants show the same label to customers, or a variant is described whose price is not sold.",
        mend="Change one `label`, or add the price to `sells:`.",
    ),
    "C115": Explanation(
        title="Metafield that is taken",
        meaning="Two facts would be kept under one key of one namespace, or where Billform says whose an object is.",
        mend="Use another key or namespace.",
    ),
    "C113": Explanation(
        title="Not sold in the store's currency",
        meaning="The storefront of this environment has a currency in which the price has no amount.",
        mend="Add the amount in that currency, or name other `storefronts:`.",
    ),
}


def _shown(shop: Shop) -> Iterator[tuple[str, Path, StorefrontProduct, Sellable | None]]:
    sold = {each.key: each for each in shop.sellables}
    for path, key, item in shop.items:
        if item.storefront is not None:
            yield key, (*path, "storefront"), item.storefront, sold.get(key)


def _refs(sellable: Sellable | None) -> list[str]:
    return list(dict.fromkeys(each.ref for each in sellable.storefront_prices)) if sellable else []


def _stores(shop: Shop, product: StorefrontProduct) -> frozenset[str]:
    """The stores that sell it, or its storefronts where no environment says which store is behind them."""
    sites = shop.environment.storefronts if shop.environment else {}
    return frozenset(str(getattr(sites.get(name), "store", name)) for name in product.storefronts or sites)


def _meet(here: frozenset[str], there: frozenset[str]) -> bool:
    return not here or not there or bool(here & there)


def skus_are_single(shop: Shop) -> Found:
    """No SKU of a store names two products or variants."""
    seen: dict[str, list[tuple[str, Path, frozenset[str]]]] = {}
    for key, path, product, sellable in _shown(shop):
        stores = _stores(shop, product)
        named: list[tuple[str, Path]] = [(product.sku_of(key), (*path, "sku"))]
        named += [(product.variant_sku(key, ref), (*path, "variants", ref, "sku")) for ref in _refs(sellable)]
        for sku, place in named:
            same = seen.setdefault(sku.casefold(), [])
            first = next((each for each in same if _meet(each[2], stores)), None)
            if first is not None:
                hint = f"change one of them{shop.place(first[1])}"
                summary = f"SKU `{sku}` of `{key}` is already one of `{first[0]}`"
                yield shop.problem("C100", summary, place, at="value", hint=hint)
            same.append((key, place, stores))


def product_names_are_single(shop: Shop) -> Found:
    """No two products of a store have the same name."""
    seen: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for key, path, product, _ in _shown(shop):
        name = product.name or shop.catalog.product_name(key, shop.catalog.plans.get(key) or shop.catalog.addons[key])
        stores = _stores(shop, product)
        same = seen.setdefault(name.casefold(), [])
        first = next((other for other, there in same if _meet(there, stores)), None)
        if first is not None:
            summary = f"`{key}` and `{first}` are both called `{name}` in the store"
            yield shop.problem("C101", summary, (*path, "name"), at="value", hint="change one of them")
        same.append((key, stores))


def products_sell_something(shop: Shop) -> Found:
    """Every product of the store has a price."""
    for key, path, product, sellable in _shown(shop):
        if sellable is not None and not product.sells and not sellable.storefront_prices and sellable.prices:
            yield shop.problem(
                "C102",
                f"`{key}` has no recurring base price to sell in the store",
                path,
                hint=f"name its prices: `sells: [{sellable.prices[0].ref}]`",
            )


def variants_have_fixed_prices(shop: Shop) -> Found:
    """What becomes a variant costs a fixed amount."""
    for key, path, product, sellable in _shown(shop):
        told: set[str] = set()
        for price in sellable.storefront_prices if sellable else ():
            why = {"tiered": "has tiers", "custom": "is chosen by the customer"}.get(price.model)
            why = "is billed by usage" if price.meter else why
            if why and price.ref not in told:
                told.add(price.ref)
                place: Path = (*path, "sells", product.sells.index(price.ref)) if product.sells else path
                yield shop.problem(
                    "C103",
                    f"price `{key}.{price.ref}` {why} and cannot be sold in the store",
                    place,
                    at="value" if product.sells else "key",
                    hint="name flat prices under `sells:`",
                )


def settings_agree(shop: Shop) -> Found:
    """Hidden prices and custom plans cannot be bought."""
    for key, path, product, _ in _shown(shop):
        plan = shop.catalog.plans.get(key)
        if product.hide_price and product.availability != "disabled":
            summary = f"the price of `{key}` is hidden, but it can be bought"
            yield shop.problem("C104", summary, (*path, "hide_price"), hint="add `availability: disabled`")
        elif isinstance(plan, Plan) and plan.kind == "custom" and product.availability != "disabled":
            summary = f"custom plan `{key}` could be bought in the store"
            yield shop.problem("C104", summary, path, hint="add `availability: disabled`")


def variants_differ(shop: Shop) -> Found:
    """Variants have labels of their own, and prices that are sold."""
    for key, path, product, sellable in _shown(shop):
        refs = _refs(sellable)
        for ref, first, label in repeated({each: product.variant_label(each) for each in refs}, folded=True):
            summary = f"variants `{first}` and `{ref}` of `{key}` are both labelled `{label}`"
            yield shop.problem("C105", summary, (*path, "variants", ref), hint="change one `label`")
        exists = {each.ref for each in sellable.prices} if sellable else set()
        for ref in product.variants:
            if ref in exists and ref not in refs:
                summary = f"`{key}` describes the variant `{ref}`, but does not sell it"
                yield shop.problem(
                    "C105", summary, (*path, "variants", ref), hint=f"sold are {listed(refs)}" if refs else None
                )


def stores_have_amounts(shop: Shop) -> Found:
    """What a storefront sells has an amount in its currency."""
    for key, path, product, sellable in _shown(shop):
        told: set[tuple[str, str]] = set()
        for name, store in (shop.environment.storefronts if shop.environment else {}).items():
            currency = getattr(store, "currency", None)
            if not currency or (product.storefronts and name not in product.storefronts):
                continue
            prices = sellable.storefront_prices if sellable else ()
            sold = {each.ref for each in prices if each.in_currency(str(currency).lower())}
            for price in prices:
                if price.ref not in sold and (price.ref, name) not in told:
                    told.add((price.ref, name))
                    yield shop.problem(
                        "C113",
                        f"price `{key}.{price.ref}` has no amount in {str(currency).lower()}, "
                        f"the currency of storefront `{name}`",
                        path,
                        hint="add the amount, or name other `storefronts:`",
                    )


def metafields_differ(shop: Shop) -> Found:
    """No metafield is declared twice, and none is among Billform's own."""
    fields = shop.catalog.storefront.metafields
    place: Path = ("storefront", "metafields")
    if fields.namespace.startswith(MARKS):
        summary = f"the namespace `{fields.namespace}` is one of Billform's own"
        hint = f"use one that does not open with `{MARKS}`"
        yield shop.problem("C115", summary, (*place, "namespace"), at="value", hint=hint)
    if fields.lookup_key == fields.price:
        summary = f"price id and lookup key would both be the metafield `{fields.price}`"
        yield shop.problem("C115", summary, (*place, "lookup_key"), at="value", hint="use another key for one of them")
    for key, path, product, _ in _shown(shop):
        if fields.product in product.metafields:
            summary = f"metafield `{fields.product}` of `{key}` is the one that carries the Stripe product id"
            yield shop.problem("C115", summary, (*path, "metafields", fields.product), hint="use another key")


RULES: tuple[Rule, ...] = (
    skus_are_single,
    product_names_are_single,
    products_sell_something,
    variants_have_fixed_prices,
    settings_agree,
    variants_differ,
    stores_have_amounts,
    metafields_differ,
)
