"""Rules about the customer portal."""

from __future__ import annotations

from collections.abc import Iterator

from billform.catalog.models import Path, Portal
from billform.core.codes import Explanation

from .prices import MOST
from .shop import Found, Rule, Shop

PRODUCTS = 10

CODES = {
    "C070": Explanation(
        title="Portal offers too many products",
        meaning="Stripe takes ten products in a portal; each charge of a plan is a product of its own.",
        mend="Offer fewer plans, or name fewer of their prices with `prices:`.",
    ),
    "C071": Explanation(
        title="Portal product without one name",
        meaning="Each product that customers may switch to is a plan or an add-on.",
        mend="Write `plan:` or `addon:`, one of them.",
    ),
    "C072": Explanation(
        title="Portal offers what cannot be subscribed to",
        meaning="The plan is not sold in Stripe, or the price is paid once, and a subscription cannot switch to it.",
        mend="Offer recurring prices of paid or free plans.",
    ),
    "C073": Explanation(
        title="Portal settings that contradict each other",
        meaning="One setting of the portal takes away what another one needs.",
        mend="The message says which; change one of them.",
        example="subscription_cancel: { mode: at_period_end, proration: create_prorations }",
    ),
    "C074": Explanation(
        title="Portal product twice",
        meaning="Stripe takes each product once; two entries come to the same one.",
        mend="Put their prices into one entry.",
    ),
}


def _targets(shop: Shop) -> Iterator[tuple[str, Portal, Path]]:
    for key, portal in shop.catalog.portal.items():
        yield key, portal, ("portal", key, "subscription_update", "products")


def portals_offer_few_products(shop: Shop) -> Found:
    """No portal offers more products than Stripe takes."""
    for key, portal, place in _targets(shop):
        count = len({each.product.address for each in shop.catalog.portal_products(portal)})
        if count > PRODUCTS:
            yield shop.problem(
                "C070",
                f"portal `{key}` offers {count} products, more than the {PRODUCTS} Stripe takes",
                place,
                hint="offer fewer plans; each charge counts as a product",
            )


def targets_have_one_name(shop: Shop) -> Found:
    """Each product is a plan or an add-on."""
    for key, portal, place in _targets(shop):
        for index, target in enumerate(portal.subscription_update.products if portal.subscription_update else ()):
            if (target.plan is None) == (target.addon is None):
                problem = "names a plan and an add-on" if target.plan else "names neither a plan nor an add-on"
                yield shop.problem("C071", f"a product of portal `{key}` {problem}", (*place, index), at="value")


def targets_can_be_subscribed_to(shop: Shop) -> Found:
    """What the portal offers is sold in Stripe, again and again."""
    for key, portal, place in _targets(shop):
        for index, target in enumerate(portal.subscription_update.products if portal.subscription_update else ()):
            name = target.plan or target.addon or ""
            owner = shop.catalog.plans.get(name) if target.plan else shop.catalog.addons.get(name)
            word = "plan" if target.plan else "addon"
            if owner is None:
                continue
            sellable = shop.catalog.sellable(name)
            if sellable is None:
                summary = f"portal `{key}` offers `{name}`, which is not sold in Stripe"
                yield shop.problem("C072", summary, (*place, index, word), at="value", hint="remove it")
                continue
            recurring = {each.ref for each in sellable.prices if each.price.is_recurring}
            for number, ref in enumerate(target.prices):
                if ref not in recurring and ref in {each.ref for each in sellable.prices}:
                    yield shop.problem(
                        "C072",
                        f"portal `{key}` offers `{name}.{ref}`, which is paid once",
                        (*place, index, "prices", number),
                        at="value",
                        hint="offer recurring prices",
                    )
            if not target.prices and not any(each.price.is_recurring for each in sellable.product.prices):
                yield shop.problem(
                    "C072",
                    f"portal `{key}` offers `{name}`, whose base charge has no recurring price",
                    (*place, index, word),
                    at="value",
                    hint="name its prices with `prices:`",
                )


def _contradictions(portal: Portal) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    cancel, update = portal.subscription_cancel, portal.subscription_update
    if cancel and cancel.mode == "at_period_end" and cancel.proration != "none":
        yield (
            ("subscription_cancel", "proration"),
            "credits unused time, but cancelling waits for the end of the period",
            "add `mode: immediately`, or remove `proration`",
        )
    if update and update.enabled:
        if not update.allow:
            what = "lets customers change subscriptions, but names nothing they may change"
            yield ("subscription_update",), what, "add `allow: [price]`, or `enabled: false`"
        elif "price" in update.allow and not update.products:
            what = "lets customers switch prices, but offers none"
            yield ("subscription_update", "allow"), what, "list plans under `products:`"
    customer = portal.customer_update
    if customer and customer.enabled and not customer.allow:
        what = "lets customers edit their details, but names none they may edit"
        yield ("customer_update",), what, "add `allow: [address]`, or write `customer_update: false`"
    pause = portal.subscription_pause
    for index, each in enumerate(pause.durations if pause and pause.durations != "indefinite" else ()):
        if not isinstance(each, str) and each.count > MOST[each.interval]:
            what = f"lets customers pause for {each}, more than three years"
            yield ("subscription_pause", "durations", index), what, "shorten it"


def settings_agree(shop: Shop) -> Found:
    """The settings of a portal do not contradict each other."""
    for key, portal in shop.catalog.portal.items():
        for below, what, hint in _contradictions(portal):
            yield shop.problem("C073", f"portal `{key}` {what}", ("portal", key, *below), hint=hint)


def products_are_single(shop: Shop) -> Found:
    """No product stands in a portal twice."""
    for key, portal, place in _targets(shop):
        seen: set[str] = set()
        for each in shop.catalog.portal_products(portal):
            if each.product.address in seen:
                yield shop.problem(
                    "C074",
                    f"portal `{key}` offers `{each.product.address}` twice",
                    place,
                    hint="put the prices together",
                )
            seen.add(each.product.address)


RULES: tuple[Rule, ...] = (
    portals_offer_few_products,
    targets_have_one_name,
    targets_can_be_subscribed_to,
    settings_agree,
    products_are_single,
)
