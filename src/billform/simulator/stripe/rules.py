"""Rules that hold for every object: limits of texts, metadata, times, numbers, URLs and currencies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from billform.simulator.stripe.problem import exclusive, invalid, too_long

LONGEST_TEXT: Final = 5000
METADATA_KEYS: Final = 50
METADATA_KEY: Final = 40
METADATA_VALUE: Final = 500
FIVE_YEARS: Final = 5 * 366 * 86_400
LARGEST_AMOUNT: Final = 999_999_999_999

PRODUCT_TEXTS: Final = {
    "description": 40_000,
    "unit_label": 12,
    "statement_descriptor": 22,
    "marketing_features[].name": 80,
}
PRICE_TEXTS: Final = {"lookup_key": 200, "product_data.unit_label": 12, "product_data.statement_descriptor": 22}
COUPON_TEXTS: Final = {"name": 40}
PROMOTION_CODE_TEXTS: Final = {"code": 500}
METER_TEXTS: Final = {
    "display_name": 250,
    "event_name": 100,
    "customer_mapping.event_payload_key": 100,
    "value_settings.event_payload_key": 100,
}
FEATURE_TEXTS: Final = {"lookup_key": 80, "name": 80}
PORTAL_TEXTS: Final = {"name": 256, "business_profile.headline": 60}
PAYMENT_METHODS_TEXTS: Final = {"name": 100}

PRODUCT_IMAGES: Final = 8
PRODUCT_MARKETING_FEATURES: Final = 15
PORTAL_PRODUCTS: Final = 10
WEBHOOK_ENDPOINTS: Final = 16
LOOKUP_KEYS_FILTER: Final = 10
EVENT_TYPES_FILTER: Final = 20
EXPAND_DEPTH: Final = 4
EVENT_DAYS: Final = 30
TRIAL_DAYS: Final = 730
LONGEST_INTERVAL: Final = {"day": 1095, "week": 156, "month": 36, "year": 3}

CURRENCIES: Final = frozenset(
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf "
    "clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr "
    "ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mro mur "
    "mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek "
    "sgd shp sle sll sos srd std svc szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof "
    "xpf yer zar zmw".split()
)


def check_texts(values: Any, limits: Mapping[str, int], path: str = "", name: str = "") -> None:
    """Refuse a text over its limit, anywhere in the parameters."""
    if isinstance(values, str):
        most = limits.get(path, LONGEST_TEXT)
        if len(values) > most:
            raise too_long(name, values, most)
    elif isinstance(values, list):
        for place, child in enumerate(values):
            check_texts(child, limits, f"{path}[]", f"{name}[{place}]")
    elif isinstance(values, dict):
        for key, child in values.items():
            if path or key != "metadata":
                inner = f"{name}[{key}]" if name else key
                check_texts(child, limits, f"{path}.{key}" if path else key, inner)


def metadata(given: Any, current: Mapping[str, str] | None = None, *, name: str = "metadata") -> dict[str, str]:
    """Answer the metadata after a merge: "" unsets a key, and everything when it is the whole value."""
    if given == "":
        return {}
    merged = dict(current or {})
    for key, value in (given or {}).items():
        if "[" in key or "]" in key:
            raise invalid("Metadata keys can't include square brackets.", param=name)
        if len(key) > METADATA_KEY:
            raise invalid(
                f"Metadata keys can have up to {METADATA_KEY} characters, but you passed in a key that is {len(key)} "
                f"characters. Invalid key: {key}",
                param=name,
            )
        if len(value) > METADATA_VALUE:
            raise invalid(
                f"Metadata values can have up to {METADATA_VALUE} characters, but you passed in a value that is "
                f"{len(value)} characters. Invalid value: {value[:40]}...",
                param=f"{name}[{key}]",
            )
        if value == "":
            merged.pop(key, None)
        else:
            merged[key] = value
    if len(merged) > METADATA_KEYS:
        text = f"You can have up to {METADATA_KEYS} metadata keys, but this would make {len(merged)}."
        raise invalid(text, param=name)
    return merged


def currency(value: str, *, param: str) -> str:
    """Refuse a currency that Stripe does not support, or one in upper case."""
    if value not in CURRENCIES:
        raise invalid(
            f"Invalid currency: {value}. Stripe currently supports these currencies: {', '.join(sorted(CURRENCIES))}",
            param=param,
        )
    return value


def currency_key(value: str, *, param: str) -> str:
    """Refuse the key of a currency map that is not a supported currency in lower case."""
    if value != value.lower():
        raise invalid(
            f"Currencies must be lowercase when used as keys in a map. Use `{value.lower()}` instead of `{value}`.",
            param=param,
        )
    return currency(value, param=f"{param}[{value}]")


def at_least(value: int | None, least: int, *, param: str) -> None:
    """Refuse an integer under its minimum."""
    if value is not None and value < least:
        text = f"This value must be greater than or equal to {least}."
        raise invalid(text, code="parameter_invalid_integer", param=param)


def at_most(value: int | None, most: int, *, param: str) -> None:
    """Refuse an integer over its maximum."""
    if value is not None and value > most:
        text = f"This value must be less than or equal to {most}."
        raise invalid(text, code="parameter_invalid_integer", param=param)


def in_five_years(value: int | None, now: int, *, param: str) -> None:
    """Refuse a time that is not in the future, or further away than five years."""
    if value is None:
        return
    if value <= now:
        raise invalid(f"Invalid timestamp: {param} must be in the future", param=param)
    if value > now + FIVE_YEARS:
        raise invalid(f"Invalid timestamp: {param} can be at most five years in the future", param=param)


def url(value: str, *, param: str, https: bool = False) -> str:
    """Refuse what is not a URL, and http where https is needed."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value):
        raise invalid(f"Not a valid URL: {value}", code="url_invalid", param=param)
    if https and parts.scheme != "https":
        raise invalid("Invalid URL: URLs must be HTTPS in live mode.", code="url_invalid", param=param)
    return value


def amounts(values: Mapping[str, Any], stem: str, *, name: str = "") -> tuple[int | None, str | None]:
    """Answer `<stem>` and `<stem>_decimal` as both come back: each mirrors the other where it can."""
    whole, exact = values.get(stem), values.get(f"{stem}_decimal")
    inner = f"{name}[{stem}]" if name else stem
    if whole is not None and exact is not None:
        raise exclusive(inner, f"{name}[{stem}_decimal]" if name else f"{stem}_decimal")
    if exact is not None:
        amount = Decimal(exact)
    elif whole is not None:
        amount = Decimal(whole)
    else:
        return None, None
    if amount < 0:
        raise invalid("This value must be greater than or equal to 0.", code="parameter_invalid_integer", param=inner)
    if amount > LARGEST_AMOUNT:
        raise invalid(f"Invalid integer: {plain(amount)} is too large", code="parameter_invalid_integer", param=inner)
    return (int(amount) if amount == amount.to_integral_value() else None), plain(amount)


def plain(amount: Decimal) -> str:
    """Answer a decimal without exponent and trailing zeros."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if amount == 0 else text
