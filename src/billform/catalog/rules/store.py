"""Rules about what a store needs beside its products: price lists, groups, attributes, scripts."""

from __future__ import annotations

from collections.abc import Iterator

from billform.catalog.models import Amounts, Path, in_words
from billform.core.codes import Explanation

from .shop import Found, Rule, Shop, repeated

CODES = {
    "C106": Explanation(
        title="Price list without effect",
        meaning="The list has no prices, or no group and no storefront uses it.",
        mend="Add `currencies:` or `records:`, and `customer_groups:` or `storefronts:`.",
    ),
    "C107": Explanation(
        title="Group with discounts and a price list",
        meaning="BigCommerce gives a customer group either discounts or a price list.",
        mend="Remove one of them.",
    ),
    "C108": Explanation(
        title="Two groups for the same customers",
        meaning="One group can be the default, and one can stand for guests.",
        mend="Keep `default: true` or `guests: true` on one group.",
    ),
    "C109": Explanation(
        title="Name used twice in the store",
        meaning="Price lists, customer groups, attributes and scripts are told apart by name.",
        mend="Change one `name`.",
    ),
    "C110": Explanation(
        title="Script without one content",
        meaning="A script is a portal link, a script tag of yours, or a script by URL.",
        mend="Write `portal_link:`, `html:` or `src:`, one of them.",
    ),
    "C111": Explanation(
        title="Script that would not work as meant",
        meaning=(
            "Pages of visibility `storefront` leave out the account pages, where the portal link belongs; "
            "integrity hashes and `load` are for scripts by URL."
        ),
        mend="Use `visibility: all_pages` for the link, and `integrity` only beside `src`.",
    ),
    "C112": Explanation(
        title="Group setting half said",
        meaning="A discount for a category or product names it, and access to `specific` categories names them.",
        mend="Add the word that the message names, or remove the one that is too many.",
    ),
    "C114": Explanation(
        title="Price list lacks a currency",
        meaning="The list takes over the catalog's amounts in a currency in which a sold price has none.",
        mend="Add the amount to the price, or a record to the list.",
    ),
    "C116": Explanation(
        title="Sale or retail price of 0",
        meaning="BigCommerce answers 0 for a sale or retail price that was never set, so that 0 cannot be declared: "
        "the two could not be told apart.",
        mend="Leave it out. What is to cost nothing has a `price` of 0.",
    ),
}


def price_lists_have_effect(shop: Shop) -> Found:
    """Every price list has prices and somebody who pays them."""
    for key, prices in shop.catalog.storefront.price_lists.items():
        place: Path = ("storefront", "price_lists", key)
        if not prices.currencies and not prices.records:
            hint = "add `currencies:` or `records:`"
            yield shop.warning("C106", f"price list `{key}` has no prices", place, hint=hint)
        elif not prices.customer_groups and not prices.storefronts:
            hint = "add `customer_groups:` or `storefronts:`"
            yield shop.warning("C106", f"no group or storefront uses the price list `{key}`", place, hint=hint)


def groups_have_one_kind_of_price(shop: Shop) -> Found:
    """No group has discounts and a price list."""
    for key, prices in shop.catalog.storefront.price_lists.items():
        for index, name in enumerate(prices.customer_groups):
            group = shop.catalog.storefront.customer_groups.get(name)
            if group is not None and group.discounts:
                yield shop.problem(
                    "C107",
                    f"group `{name}` has discounts, so it cannot have the price list `{key}`",
                    ("storefront", "price_lists", key, "customer_groups", index),
                    at="value",
                    hint="remove the discounts, or the group from the list",
                )


def groups_stand_for_different_customers(shop: Shop) -> Found:
    """One group is the default and one stands for guests."""
    for word, meaning in (("default", "the default"), ("guests", "the group of guests")):
        marked = [key for key, group in shop.catalog.storefront.customer_groups.items() if getattr(group, word)]
        for key in marked[1:]:
            yield shop.problem(
                "C108",
                f"groups `{marked[0]}` and `{key}` are both {meaning}",
                ("storefront", "customer_groups", key, word),
                hint="keep one of them",
            )


def names_are_single(shop: Shop) -> Found:
    """Things of a kind have names of their own."""
    store = shop.catalog.storefront
    kinds: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("price list", "price_lists", {key: each.name or in_words(key) for key, each in store.price_lists.items()}),
        (
            "customer group",
            "customer_groups",
            {key: each.name or in_words(key) for key, each in store.customer_groups.items()},
        ),
        (
            "customer attribute",
            "customer_attributes",
            {key: each.name or key for key, each in store.customer_attributes.items()},
        ),
        ("script", "scripts", {key: each.name or in_words(key) for key, each in store.scripts.items()}),
    )
    for what, word, names in kinds:
        for key, first, shown in repeated(names, folded=True):
            place = ("storefront", word, key, "name")
            summary = f"{what}s `{first}` and `{key}` are both called `{shown}`"
            yield shop.problem("C109", summary, place, at="value", hint="change one `name`")


def scripts_have_one_content(shop: Shop) -> Found:
    """Every script has one content."""
    for key, script in shop.catalog.storefront.scripts.items():
        given = [word for word in ("portal_link", "html", "src") if getattr(script, word) is not None]
        if len(given) != 1:
            problem = f"has {' and '.join(f'`{word}`' for word in given)}" if given else "has no content"
            hint = "write one of `portal_link:`, `html:` and `src:`"
            yield shop.problem("C110", f"script `{key}` {problem}", ("storefront", "scripts", key), hint=hint)


def scripts_work(shop: Shop) -> Found:
    """Every script runs where it is meant to."""
    for key, script in shop.catalog.storefront.scripts.items():
        place: Path = ("storefront", "scripts", key)
        if script.portal_link is not None and script.visibility != "all_pages":
            summary = f"script `{key}` would not show its link on the account pages"
            yield shop.warning("C111", summary, (*place, "visibility"), at="value", hint="use `all_pages`")
        if script.integrity and script.src is None:
            summary = f"script `{key}` has integrity hashes, but no `src` they belong to"
            yield shop.problem("C111", summary, (*place, "integrity"), hint="remove them")


def _half_said(shop: Shop) -> Iterator[tuple[str, Path, str]]:
    for key, group in shop.catalog.storefront.customer_groups.items():
        place: Path = ("storefront", "customer_groups", key)
        access = group.category_access
        if access is not None and (access.type == "specific") != bool(access.categories):
            problem = (
                "names no categories" if access.type == "specific" else f"names categories, but sees {access.type}"
            )
            yield key, (*place, "category_access"), problem
        for index, discount in enumerate(group.discounts):
            for word in ("category", "product"):
                if (discount.type == word) != (getattr(discount, word) is not None):
                    problem = "names no" if discount.type == word else f"is for {discount.type}, but names a"
                    yield key, (*place, "discounts", index), f"has a discount that {problem} {word}"


def group_settings_are_whole(shop: Shop) -> Found:
    """Discounts and access name what they are for."""
    for key, place, problem in _half_said(shop):
        yield shop.problem("C112", f"group `{key}` {problem}", place, at="value")


def price_lists_find_amounts(shop: Shop) -> Found:
    """What a price list takes over from the catalog is there."""
    for key, prices in shop.catalog.storefront.price_lists.items():
        for index, currency in enumerate(prices.currencies):
            lacking = {
                price.path: f"{sellable.key}.{price.ref}"
                for sellable in shop.sellables
                if sellable.item.storefront is not None
                for price in sellable.storefront_prices
                if not any(each.in_currency(currency) for each in sellable.storefront_prices if each.path == price.path)
            }
            for path, address in lacking.items():
                record = prices.records.get(address)
                if record is None or currency not in record.price.in_currencies(shop.catalog.defaults.currency):
                    yield shop.warning(
                        "C114",
                        f"price list `{key}` takes over {currency}, but `{address}` has no amount in it",
                        ("storefront", "price_lists", key, "currencies", index),
                        at="value",
                        hint=f"add the amount{shop.place(path)}",
                    )


def prices_beside_are_something(shop: Shop) -> Found:
    """No sale or retail price is 0."""
    for owner, word, place in _beside(shop):
        summary = f"`{owner}` has a {word.replace('_', ' ')} of 0, which the store cannot tell from none"
        hint = "leave it out; what is to cost nothing has a `price` of 0"
        yield shop.problem("C116", summary, place, at="value", hint=hint)


def _beside(shop: Shop) -> Iterator[tuple[str, str, Path]]:
    """Every sale or retail price of 0: whose it is, the word, and its place."""
    for path, key, item in shop.items:
        for ref, variant in item.storefront.variants.items() if item.storefront else ():
            if variant.retail_price == 0:
                yield f"{key}.{ref}", "retail_price", (*path, "storefront", "variants", ref, "retail_price")
    for key, prices in shop.catalog.storefront.price_lists.items():
        for address, record in prices.records.items():
            for word in ("sale_price", "retail_price"):
                amounts: Amounts | None = getattr(record, word)
                place: Path = ("storefront", "price_lists", key, "records", address, word)
                if amounts is not None and amounts.bare == 0:
                    yield address, word, place
                for currency, amount in amounts.by_currency.items() if amounts is not None else ():
                    if amount == 0:
                        yield address, word, (*place, currency)


RULES: tuple[Rule, ...] = (
    price_lists_have_effect,
    groups_have_one_kind_of_price,
    groups_stand_for_different_customers,
    names_are_single,
    scripts_have_one_content,
    scripts_work,
    group_settings_are_whole,
    price_lists_find_amounts,
    prices_beside_are_something,
)
