"""What the author of a value that cannot be read most likely means, as a hint; None where there is no telling."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from billform.core.diagnostic import nearest
from billform.core.money import CURRENCIES

_INTERVALS = {
    **dict.fromkeys(("daily", "d"), "day"),
    **dict.fromkeys(("weekly", "w", "wk"), "week"),
    **dict.fromkeys(("monthly", "m", "mo", "mth"), "month"),
    **dict.fromkeys(("yearly", "annual", "annually", "y", "yr"), "year"),
    **dict.fromkeys(("biweekly", "fortnight", "fortnightly"), "2 weeks"),
    **dict.fromkeys(("quarter", "quarterly"), "3 months"),
    **dict.fromkeys(("half-year", "half-yearly", "semiannual", "semi-annual", "semiannually", "biannual"), "6 months"),
    **dict.fromkeys(("biennial", "biennially"), "2 years"),
}
_UNITS = ("day", "week", "month", "year")

# ISO 3166-1 writes countries with two letters and with three; these are the ones that businesses mostly are in.
_THREE_LETTERS = dict(
    each.split("=")
    for each in (
        "ARE=AE AUS=AU AUT=AT BEL=BE BGR=BG BRA=BR CAN=CA CHE=CH CYP=CY CZE=CZ DEU=DE DNK=DK ESP=ES EST=EE FIN=FI "
        "FRA=FR GBR=GB GRC=GR HKG=HK HRV=HR HUN=HU IND=IN IRL=IE ISR=IL ITA=IT JPN=JP KOR=KR LTU=LT LUX=LU LVA=LV "
        "MEX=MX MLT=MT NLD=NL NOR=NO NZL=NZ POL=PL PRT=PT ROU=RO SGP=SG SVK=SK SVN=SI SWE=SE TUR=TR USA=US ZAF=ZA"
    ).split()
)


def interval(written: str) -> str | None:
    """For `every`: `monthly`, `3months`, `mnth`."""
    word = written.strip().lower().removeprefix("every ").removeprefix("each ")
    count, unit = "", word
    if parts := re.fullmatch(r"([1-9][0-9]{0,3})[ _-]*([a-z-]+)", word):
        count, unit = parts[1], parts[2]
    if not re.fullmatch(r"[a-z-]+", unit):
        return None
    right = _INTERVALS.get(unit) or nearest(unit.removesuffix("s"), _UNITS)
    if right is None or (count and right not in _UNITS):
        return None
    return f"write `{count} {right}s`" if count not in ("", "1") else f"write `{right}`"


def percentage(value: Any) -> str | None:
    """For a share of a price that is none: `250`."""
    number = _number(value)
    if number is None:
        return None
    return (
        "100 takes off all there is; a fixed amount is `amount_off`"
        if number > 100
        else "write it as in `25` or `12.5`"
    )


def without_sign(value: Any) -> str | None:
    """For a negative amount."""
    number = _number(value)
    return None if number is None else f"leave the sign out: {abs(number):f}"


def form(pattern: str, written: str) -> str | None:
    """For a text of another form, by the pattern that it should have."""
    if pattern == r"^[a-z]{3}$":
        near = nearest(written, CURRENCIES)
        return f"did you mean `{near}`?" if near else None
    if pattern == r"^[A-Z]{2}$":
        known = _THREE_LETTERS.get(written.upper())
        return f"write `{known}`" if known else "write the two letters of ISO 3166, such as `IE` for Ireland"
    return None


def shaped(written: Any, word: str) -> str | None:
    """For a count in the place of a mapping of one word: `3 months` for `{ months: 3 }`."""
    found = re.fullmatch(rf"([1-9][0-9]{{0,3}})(?:[ _-]*{re.escape(word.removesuffix('s'))}s?)?", str(written))
    return f"write `{{ {word}: {found[1]} }}`" if found else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", value):
        return Decimal(value)
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
