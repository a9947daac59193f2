"""Rules about references: everything that is referred to is defined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from billform.catalog.models import Path
from billform.core.codes import Explanation

from .shop import Found, Rule, Shop, under

CODES = {
    "C020": Explanation(
        title="Reference to something that is not defined",
        meaning="A plan, price, feature, meter, coupon, group or storefront is named here, and no file defines it.",
        mend="Correct the name (the hint offers the nearest one), or define it.",
        example="features: { sso: true }    # and no `sso` under `features:`",
    ),
    "C021": Explanation(
        title="A plan and an add-on share a key",
        meaning="Keys of plans and add-ons become product names at both vendors, so each may be used once.",
        mend="Rename one of them.",
        example="plans: { storage: … }\naddons: { storage: … }",
    ),
}


class Mention(NamedTuple):
    """A name that stands for something defined elsewhere."""

    what: str
    word: str
    known: Mapping[str, Path]
    path: Path
    at: Literal["key", "value"] = "value"


Mentions = Iterator[Mention]


def _references(shop: Shop) -> Mentions:
    catalog = shop.catalog
    families, meters = under("products", catalog.products), under("meters", catalog.meters)
    features, plans = under("features", catalog.features), under("plans", catalog.plans)
    sold = {**plans, **under("addons", catalog.addons)}
    groups: dict[str, Path] = {
        key: ("storefront", "customer_groups", key) for key in catalog.storefront.customer_groups
    }
    for path, _, item in shop.items:
        if item.product is not None:
            yield Mention("product family", item.product, families, (*path, "product"))
        for feature in item.features:
            yield Mention("feature", feature, features, (*path, "features", feature), "key")
        for index, plan in enumerate(getattr(item, "for_plans", ())):
            yield Mention("plan", plan, plans, (*path, "for_plans", index))
        if item.storefront and item.storefront.customer_group is not None:
            place = (*path, "storefront", "customer_group")
            yield Mention("customer group", item.storefront.customer_group, groups, place)
    for charge in shop.charges:
        if charge.charge.meter is not None:
            yield Mention("meter", charge.charge.meter, meters, (*charge.path, "meter"))
    for key, each in catalog.features.items():
        if each.meter is not None:
            yield Mention("meter", each.meter, meters, ("features", key, "meter"))
    coupons = under("coupons", catalog.coupons)
    for key, code in catalog.promotion_codes.items():
        yield Mention("coupon", code.coupon, coupons, ("promotion_codes", key, "coupon"))
    yield from _coupon_references(shop)
    for key, portal in catalog.portal.items():
        update = portal.payment_method_update
        if update is not None and update.payment_methods is not None:
            known = under("payment_methods", catalog.payment_methods)
            place = ("portal", key, "payment_method_update", "payment_methods")
            yield Mention("payment method configuration", update.payment_methods, known, place)
        for index, target in enumerate(portal.subscription_update.products if portal.subscription_update else ()):
            place = ("portal", key, "subscription_update", "products", index)
            if target.plan is not None:
                yield Mention("plan", target.plan, plans, (*place, "plan"))
            if target.addon is not None:
                yield Mention("add-on", target.addon, under("addons", catalog.addons), (*place, "addon"))
            yield from _price_refs(shop, target.plan or target.addon, target.prices, (*place, "prices"))
    for key, group in catalog.storefront.customer_groups.items():
        place = ("storefront", "customer_groups", key)
        for index, feature in enumerate(group.features):
            yield Mention("feature", feature, features, (*place, "features", index))
        for index, discount in enumerate(group.discounts):
            if discount.product is not None:
                where = (*place, "discounts", index, "product")
                yield Mention("plan or add-on", discount.product, sold, where)
    yield from _storefront_references(shop, groups)


def _coupon_references(shop: Shop) -> Mentions:
    for word, what in (("plans", "plan"), ("addons", "add-on")):
        items = getattr(shop.catalog, word)
        known = under(word, items)
        narrow = {each.address: each.path for each in shop.charges if each.owner in items}
        for key, coupon in shop.catalog.coupons.items():
            for index, wanted in enumerate(getattr(coupon, word)):
                place: Path = ("coupons", key, word, index)
                if "." in wanted:
                    yield Mention("charge", wanted, narrow, place)
                else:
                    yield Mention(what, wanted, known, place)


def _price_refs(shop: Shop, owner: str | None, refs: list[str], place: Path) -> Mentions:
    if owner is not None and (owner in shop.catalog.plans or owner in shop.catalog.addons):
        known = shop.refs.get(owner, {})
        for index, ref in enumerate(refs):
            yield Mention(f"price of `{owner}`", ref, known, (*place, index))


def _storefront_references(shop: Shop, groups: dict[str, Path]) -> Mentions:
    store = shop.catalog.storefront
    addresses = {each.address: each.path for each in shop.prices}
    users: list[tuple[Path, list[str]]] = []
    for path, key, item in shop.items:
        if item.storefront is None:
            continue
        place: Path = (*path, "storefront")
        users.append((place, item.storefront.storefronts))
        yield from _price_refs(shop, key, item.storefront.sells, (*place, "sells"))
        known = shop.refs.get(key, {})
        for ref in item.storefront.variants:
            yield Mention(f"price of `{key}`", ref, known, (*place, "variants", ref), "key")
    for key, prices in store.price_lists.items():
        place = ("storefront", "price_lists", key)
        users.append((place, prices.storefronts))
        for index, group in enumerate(prices.customer_groups):
            yield Mention("customer group", group, groups, (*place, "customer_groups", index))
        for address in prices.records:
            yield Mention("price", address, addresses, (*place, "records", address), "key")
    users += [(("storefront", "scripts", key), script.storefronts) for key, script in store.scripts.items()]
    hooks = shop.catalog.webhooks.bigcommerce.items()
    users += [(("webhooks", "bigcommerce", key), hook.storefronts) for key, hook in hooks]
    if shop.environment is not None:
        names: dict[str, Path] = dict.fromkeys(shop.environment.storefronts, ())
        for place, wanted in users:
            for index, name in enumerate(wanted):
                yield Mention("storefront", name, names, (*place, "storefronts", index))


def references_resolve(shop: Shop) -> Found:
    """Everything that is referred to is defined."""
    for each in _references(shop):
        if each.word not in each.known:
            yield shop.unknown(each.what, each.word, each.known, each.path, at=each.at)


def keys_name_one_thing(shop: Shop) -> Found:
    """No plan and add-on share a key."""
    for key in shop.catalog.addons:
        if key in shop.catalog.plans:
            where = shop.place(("plans", key))
            yield shop.problem(
                "C021",
                f"`{key}` is the key of a plan and of an add-on",
                ("addons", key),
                hint=f"rename the add-on{f'; the plan is there:{where}' if where else ''}",
            )


RULES: tuple[Rule, ...] = (references_resolve, keys_name_one_thing)
