"""Small catalogs at random: a handful of keys, so that two of them meet at many addresses and differ at some."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from billform.catalog.models import Catalog
from billform.catalog.rules import check
from tests.contract.bench import CATALOG, ENVIRONMENT

from .accounts import ENDPOINTS, FAR, HOOKS, PAYMENT_METHODS, Words, stores, taxes

METERS: Mapping[str, Words] = {"api_calls": {"aggregation": "sum"}, "storage": {"aggregation": "last"}}
FEATURES: Mapping[str, Words] = {"sso": {}, "projects": {"type": "limit", "unit": "per team"}, "audit": {"name": "Log"}}
NAMES = st.sampled_from(["One", "Two", "Three & more", "Größe XL", "A “quoted” name"])
GRANTS = {"boolean": st.just(True), "limit": st.sampled_from(["unlimited", 5])}
COINS = st.integers(1, 99_999)


def money(minor: int, currency: str, decimals: str = "") -> str:
    """Minor units as people write them."""
    if currency == "jpy":
        return f"{minor}{'.' if decimals else ''}{decimals}"
    return f"{minor // 100}.{minor % 100:02d}{decimals}"


@st.composite
def amounts(draw: st.DrawFn, currencies: tuple[str, ...], *, fine: bool = False) -> Words:
    """One amount in each currency; `fine` ones are fractions of the minor unit."""
    decimals = draw(st.sampled_from(["", "5", "04", "0000000001"])) if fine else ""
    return {each: money(draw(COINS), each, decimals if each != "jpy" or fine else "") for each in currencies}


@st.composite
def tiers(draw: st.DrawFn, currencies: tuple[str, ...]) -> Words:
    """One to three steps that rise, the last without an end."""
    ends = sorted(draw(st.sets(st.integers(1, 5000), max_size=2)))
    steps: list[Words] = []
    for up_to in [*ends, None]:
        step: Words = {} if up_to is None else {"up_to": up_to}
        way = draw(st.sampled_from(["unit", "flat", "both"]))
        step |= {"unit": draw(amounts(currencies, fine=True))} if way != "flat" else {}
        step |= {"flat": draw(amounts(currencies))} if way != "unit" else {}
        steps.append(step)
    return {"mode": draw(st.sampled_from(["graduated", "volume"])), "steps": steps}


@st.composite
def prices(draw: st.DrawFn, currencies: tuple[str, ...], *, metered: bool) -> Words:
    """Up to three ways to pay, of every sort that Stripe knows."""
    rhythms = {"monthly": "month", "yearly": "year", "quarterly": "3 months"}
    names = draw(st.lists(st.sampled_from(sorted(rhythms)), min_size=1, max_size=2, unique=True))
    found: dict[str, Words] = {}
    for name in names:
        price: Words = {"every": rhythms[name]}
        match draw(st.sampled_from(["flat", "flat", "flat", "package", "tiers"])):
            case "flat":
                price["amount"] = draw(amounts(currencies, fine=metered))
            case "package":
                price |= {"amount": draw(amounts(currencies)), "per": draw(st.integers(2, 1000)), "round": "up"}
            case _:
                price["tiers"] = draw(tiers(currencies))
        price |= draw(st.sampled_from([{}, {}, {"nickname": "Nick"}, {"metadata": {"team": "core"}}]))
        price |= draw(st.sampled_from([{}, {}, {"tax_behavior": "exclusive"}, {"tax_behavior": "inclusive"}]))
        found[name] = price
    if not metered and draw(st.integers(0, 5)) == 0:
        low = draw(COINS)
        found["once"] = {"customer_chooses": {"minimum": {each: money(low, each) for each in currencies}}}
    if len(currencies) > 1 and draw(st.integers(0, 5)) == 0:
        found[names[0]]["separate_currencies"] = True
    return found


@st.composite
def sold(draw: st.DrawFn, currencies: tuple[str, ...], *, store: bool) -> Words:
    """What plans and add-ons share."""
    charges: dict[str, Words] = {"base": {"prices": draw(prices(currencies, metered=False))}}
    if draw(st.booleans()):
        charges["seats"] = {"unit_label": "seat", "prices": draw(prices(currencies, metered=False))}
    if draw(st.integers(0, 2)) == 0:
        meter = draw(st.sampled_from(sorted(METERS)))
        charges["usage"] = {"meter": meter, "prices": draw(prices(currencies, metered=True))}
    granted = draw(st.lists(st.sampled_from(sorted(FEATURES)), unique=True))
    found: Words = {
        "name": draw(NAMES),
        "features": {each: draw(GRANTS[FEATURES[each].get("type", "boolean")]) for each in granted},
        "charges": charges,
    }
    found |= draw(st.sampled_from([{}, {"description": "For everybody"}, {"marketing_features": ["Fast", "Small"]}]))
    plain = [
        f"base.{name}" for name, price in charges["base"]["prices"].items() if "amount" in price and "per" not in price
    ]
    if store and plain and draw(st.integers(0, 3)):
        found["storefront"] = {"sells": plain, "categories": draw(st.sampled_from([[], ["Plans"]]))}
    return found


def offered(item: Words) -> list[str]:
    """The prices of the base fee that customers may switch to."""
    return [f"base.{name}" for name, price in item["charges"]["base"]["prices"].items() if "every" in price]


@st.composite
def catalogs(draw: st.DrawFn) -> Words:
    """A catalog as its files say it, in the order of no file in particular."""
    store = draw(st.booleans())
    others = draw(st.lists(st.sampled_from(["eur", "jpy", "gbp"]), max_size=2, unique=True))
    currencies = ("usd", *(sorted({"eur", *others}) if store else others))
    plans = {
        key: draw(sold(currencies, store=store))
        for key in draw(st.lists(st.sampled_from(["pro", "team", "solo"]), min_size=1, max_size=2, unique=True))
    }
    addons = {
        key: draw(sold(currencies, store=store))
        for key in draw(st.lists(st.sampled_from(["backup", "support"]), max_size=1, unique=True))
    }
    for key, item in [*plans.items(), *addons.items()]:
        # A store has every name once, and what was taken out of sale keeps its own.
        item["name"] += f" ({key})"
    coupons: dict[str, Words] = {}
    for key in draw(st.lists(st.sampled_from(["launch", "welcome"]), unique=True)):
        worth = draw(st.sampled_from(["percent", "amount"]))
        coupon: Words = (
            {"percent_off": draw(st.sampled_from(["10", "12.5", "100"]))}
            if worth == "percent"
            else {"amount_off": draw(amounts(currencies))}
        )
        coupon["duration"] = draw(st.sampled_from(["once", "forever", {"months": 3}]))
        coupon |= draw(st.sampled_from([{}, {"name": "Sale"}, {"max_redemptions": 10}, {"ends": FAR}]))
        if draw(st.booleans()):
            coupon["plans"] = draw(st.lists(st.sampled_from(sorted(plans)), min_size=1, unique=True))
        coupons[key] = coupon
    portal: dict[str, Words] = {}
    if draw(st.booleans()):
        targets = [{"plan": key, "prices": offered(item)} for key, item in sorted(plans.items())]
        portal["default"] = {
            "invoice_history": True,
            "subscription_update": {"allow": ["price"], "products": draw(st.sampled_from([targets, targets[:1]]))},
        }
    codes = {f"{key}_code": {"coupon": key, "code": key.upper()} for key in coupons if draw(st.booleans())}
    return {
        "catalog": CATALOG,
        "meters": {key: dict(words) for key, words in METERS.items()},
        "features": {key: dict(words) for key, words in FEATURES.items()},
        "plans": plans,
        "addons": addons,
        "coupons": coupons,
        "promotion_codes": codes,
        "portal": portal,
        "tax": draw(taxes()),
        "payment_methods": draw(PAYMENT_METHODS),
        "webhooks": {"stripe": draw(ENDPOINTS), **({"bigcommerce": draw(HOOKS)} if store else {})},
        **({"storefront": draw(stores())} if store else {}),
    }


def read(words: Words) -> Catalog | None:
    """The catalog, unless the rules refuse it."""
    catalog = Catalog.model_validate(words)
    return None if any(each.is_error for each in check(catalog, ENVIRONMENT)) else catalog
