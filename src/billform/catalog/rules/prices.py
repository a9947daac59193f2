"""Rules about the shape of prices: one amount, words that go together, intervals, defaults, lookup keys."""

from __future__ import annotations

from billform.catalog.models import Interval, Path, Price
from billform.core.codes import Explanation
from billform.core.money import Money

from .shop import Found, PriceAt, Rule, Shop, listed

MOST = {"day": 1095, "week": 156, "month": 36, "year": 3}
"""Three years, which is as far apart as Stripe lets two bills be."""
LOOKUP_KEY_LENGTH = 200

CODES = {
    "C030": Explanation(
        title="Price without an amount",
        meaning="The price says how often, but not how much.",
        mend="Write `amount:`, `tiers:` or `customer_chooses:`; a price of nothing is `amount: 0`.",
    ),
    "C031": Explanation(
        title="Price with two kinds of amount",
        meaning="`amount`, `tiers` and `customer_chooses` are three ways to say what a price costs; one is needed.",
        mend="Keep one of them. A fixed part on top of tiers is the `flat` of a step.",
    ),
    "C032": Explanation(
        title="Words that do not go together",
        meaning="Two words of a price, or of a price and its charge, contradict each other or mean nothing together.",
        mend="The message says which; remove one of them.",
        example="monthly: { every: month, customer_chooses: {} }    # only one-time prices can be chosen freely",
    ),
    "C033": Explanation(
        title="Interval longer than three years",
        meaning="Stripe bills at least every 3 years, 36 months, 156 weeks or 1095 days.",
        mend="Use a shorter interval.",
    ),
    "C041": Explanation(
        title="The longer interval is dearer",
        meaning="Paying for a year costs more than paying for twelve months one by one, which is rarely meant.",
        mend="Check both amounts. The finding is a warning and does not stop anything.",
        example="monthly: { every: month, amount: 49 }\nyearly: { every: year, amount: 590 }    # 12 × 49 = 588",
    ),
    "C043": Explanation(
        title="Two default prices",
        meaning="A Stripe product has one default price; two prices of this charge ask to be it.",
        mend="Keep `default: true` on one of them.",
    ),
    "C044": Explanation(
        title="Lookup key too long",
        meaning="A Stripe lookup key has at most 200 characters, with the currency where prices are separate.",
        mend="Shorten `lookup_key`, or leave it out: the price's address is used then.",
    ),
    "C045": Explanation(
        title="Lookup key used twice",
        meaning="Stripe finds a price by its lookup key, so no two prices can have the same.",
        mend="Change one `lookup_key`, or leave it out: the price's address is used then.",
    ),
}


def _kinds(price: Price) -> list[str]:
    return [word for word in ("amount", "tiers", "customer_chooses") if getattr(price, word) is not None]


def prices_cost_something(shop: Shop) -> Found:
    """Every price says how much."""
    for at in shop.prices:
        if not _kinds(at.price):
            hint = "write `amount:`, `tiers:` or `customer_chooses:`; nothing is `amount: 0`"
            yield shop.problem("C030", f"price `{at.address}` has no amount", at.path, hint=hint)


def prices_have_one_amount(shop: Shop) -> Found:
    """No price says it twice."""
    for at in shop.prices:
        kinds = _kinds(at.price)
        if len(kinds) > 1:
            yield shop.problem(
                "C031",
                f"price `{at.address}` has {listed(kinds)}",
                (*at.path, kinds[1]),
                hint="keep one of them",
            )


def _clashes(at: PriceAt) -> list[tuple[str, str, str]]:
    """Word, what is wrong with it, and what to do."""
    price, once, metered = at.price, at.price.every is None, at.charge.meter is not None
    found: list[tuple[bool, str, str, str]] = [
        (price.round is not None and price.per is None, "round", "rounds packages, but there is no `per`", "add `per`"),
        (price.per is not None and price.tiers is not None, "per", "does not go with tiers", "price units in tiers"),
        (
            price.per is not None and price.customer_chooses is not None,
            "per",
            "does not go with `customer_chooses`",
            "remove one of them",
        ),
        (
            price.customer_chooses is not None and not once,
            "customer_chooses",
            "is for prices paid once, and this one is billed again and again",
            "remove `every`, or write an amount",
        ),
        (price.trial_days is not None and once, "trial_days", "needs an interval", "remove it"),
        (
            metered and once,
            "every",
            "is missing: usage is billed by interval",
            f"add `every: month`, or remove `meter: {at.charge.meter}` from the charge",
        ),
        (
            metered and price.customer_chooses is not None,
            "customer_chooses",
            "does not go with a meter",
            "write an amount",
        ),
    ]
    return [(word, problem, hint) for applies, word, problem, hint in found if applies]


def words_go_together(shop: Shop) -> Found:
    """The words of a price do not contradict each other."""
    for at in shop.prices:
        for word, problem, hint in _clashes(at):
            yield shop.problem("C032", f"`{word}` of price `{at.address}` {problem}", (*at.path, word), hint=hint)


def intervals_fit(shop: Shop) -> Found:
    """No interval is longer than Stripe takes."""
    for at in shop.prices:
        every = at.price.every
        if every is not None and every.count > MOST[every.interval]:
            most = f"{MOST[every.interval]} {every.interval}s"
            yield shop.problem(
                "C033", f"`{every}` is longer than the {most} Stripe allows", (*at.path, "every"), at="value"
            )


def _times(shorter: Interval, longer: Interval) -> int | None:
    """How many of the shorter make the longer, where the calendar says so exactly."""
    units = {"day": ("day", 1), "week": ("day", 7), "month": ("month", 1), "year": ("month", 12)}
    (small, by), (large, into) = units[shorter.interval], units[longer.interval]
    parts, rest = divmod(into * longer.count, by * shorter.count)
    return parts if small == large and rest == 0 and parts > 1 else None


def longer_is_not_dearer(shop: Shop) -> Found:
    """A year costs no more than twelve months."""
    for sellable in shop.sellables:
        for product in sellable.products:
            flat = [each for each in product.prices if each.model == "flat" and each.every and not each.meter]
            for longer in flat:
                for shorter in flat:
                    if not (shorter.every and longer.every and (times := _times(shorter.every, longer.every))):
                        continue
                    for here in longer.amounts:
                        there = shorter.in_currency(here.currency)
                        if here.unit is None or there is None or there.unit is None:
                            continue
                        if here.unit > there.unit * times > 0:
                            yield shop.warning(
                                "C041",
                                f"`{longer.address}` costs {Money(here.unit, here.currency).shown()}, "
                                f"more than {times} × {Money(there.unit, here.currency).shown()} "
                                f"of `{shorter.address}`",
                                (*longer.path, "amount", here.currency),
                                at="value",
                                hint="check both amounts; a longer interval usually costs less",
                            )


def defaults_are_single(shop: Shop) -> Found:
    """No charge has two default prices."""
    for charge in shop.charges:
        marked = [each for each in charge.prices if each.price.default]
        for each in marked[1:]:
            yield shop.problem(
                "C043",
                f"`{each.address}` and `{marked[0].address}` are both the default price",
                (*each.path, "default"),
                hint="keep one of them",
            )


def lookup_keys_fit(shop: Shop) -> Found:
    """Lookup keys are short enough and name one price each."""
    seen: dict[str, tuple[str, Path]] = {}
    for sellable in shop.sellables:
        for each in sellable.prices:
            place: Path = (*each.path, "lookup_key")
            if len(each.lookup_key) > LOOKUP_KEY_LENGTH:
                yield shop.problem(
                    "C044",
                    f"the lookup key of `{each.address}` has {len(each.lookup_key)} characters, "
                    f"more than the {LOOKUP_KEY_LENGTH} of Stripe",
                    place,
                    at="value",
                    hint="shorten it",
                )
            first = seen.setdefault(each.lookup_key, (each.address, each.path))
            if first[0] != each.address:
                yield shop.problem(
                    "C045",
                    f"`{each.address}` and `{first[0]}` have the same lookup key `{each.lookup_key}`",
                    place,
                    at="value",
                    hint=f"change one of them{shop.place(first[1])}",
                )


def addons_say_prices_once(shop: Shop) -> Found:
    """An add-on's short `prices` do not stand beside the prices of its base charge."""
    for key, addon in shop.catalog.addons.items():
        base = addon.charges.get("base")
        if addon.prices and base is not None and base.prices:
            yield shop.problem(
                "C032",
                f"add-on `{key}` has `prices` and also prices of the charge `base`",
                ("addons", key, "prices"),
                hint="`prices` is short for `charges: {base: {prices: …}}`; keep one of them",
            )


RULES: tuple[Rule, ...] = (
    prices_cost_something,
    prices_have_one_amount,
    words_go_together,
    intervals_fit,
    longer_is_not_dearer,
    defaults_are_single,
    lookup_keys_fit,
    addons_say_prices_once,
)
