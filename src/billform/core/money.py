"""Money is decimal from YAML to the wire; this is the only module that scales an amount."""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, PlainSerializer
from pydantic_core import CoreSchema, core_schema

# https://docs.stripe.com/currencies#zero-decimal and #three-decimal. ISK, UGX, HUF and TWD are special
# cases there: people write no decimals, but Stripe counts them in hundredths.
ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
CURRENCIES = frozenset(
    (
        "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad "
        "cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd "
        "hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl "
        "mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg "
        "qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah "
        "ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw"
    ).split()
)
SUB_UNIT_PLACES = 12
"""Stripe takes `unit_amount_decimal` with at most 12 decimal places, counted in minor units."""

_WIDE = Context(prec=60)
"""Python's own context rounds to 28 digits."""

_SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "cad": "CA$", "aud": "A$", "inr": "₹", "krw": "₩"}


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has: usd 2, jpy 0, kwd 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def to_minor(amount: Decimal, currency: str) -> Decimal:
    """Major units (49.00 usd) to minor units (4900); exact, and possibly with decimals of a cent."""
    return plain(amount.scaleb(exponent(currency), _WIDE))


def from_minor(amount: Decimal | int, currency: str) -> Decimal:
    """Minor units (4900) to major units (49); exact."""
    return plain(Decimal(amount).scaleb(-exponent(currency), _WIDE))


def plain(amount: Decimal) -> Decimal:
    """The same number in its one canonical form: no exponent, no trailing zeros, no negative zero."""
    normal = amount.normalize(_WIDE)
    if not normal:
        return Decimal(0)
    return normal.quantize(Decimal(1), context=_WIDE) if _scale(normal) > 0 else normal


def text(amount: Decimal) -> str:
    """A decimal as digits, never in exponent notation."""
    return f"{plain(amount):f}"


class Money:
    """An amount in major units with its currency; equal, hashable, and written as `49.5 usd`."""

    __slots__ = ("amount", "currency")
    amount: Decimal
    currency: str

    def __init__(self, amount: Decimal, currency: str) -> None:
        object.__setattr__(self, "amount", plain(amount))
        object.__setattr__(self, "currency", currency.lower())

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Money is frozen")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and (self.amount, self.currency) == (other.amount, other.currency)

    def __reduce__(self) -> tuple[type[Money], tuple[Decimal, str]]:
        """How it is copied, as pydantic does with the defaults of fields."""
        return Money, (self.amount, self.currency)

    def __hash__(self) -> int:
        return hash((self.amount, self.currency))

    def __repr__(self) -> str:
        return f"Money({self})"

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"  # in its canonical form from the start

    @classmethod
    def parse(cls, written: str) -> Money:
        """Reads what `str` wrote; raises ValueError on anything else."""
        try:
            number, currency = written.split(" ")
            amount = Decimal(number)
        except (ValueError, InvalidOperation):
            amount, currency = Decimal("NaN"), ""
        if not amount.is_finite():
            raise ValueError(f"not an amount of money: {written!r}")
        return cls(amount, currency)

    @classmethod
    def of_minor(cls, amount: Decimal | int, currency: str) -> Money:
        """From the vendor's minor units."""
        return cls(from_minor(amount, currency), currency)

    @property
    def minor(self) -> Decimal:
        """In the currency's minor unit, with decimals where the amount is finer than that."""
        return to_minor(self.amount, self.currency)

    @property
    def is_whole(self) -> bool:
        """Whether the amount is a whole number of minor units, as Stripe's integer fields need."""
        return -_scale(self.amount) <= exponent(self.currency)

    def shown(self) -> str:
        """As people read it: $49.00, ¥4,900, €0.0004, 1.250 KWD."""
        places = max(exponent(self.currency), -_scale(self.amount))
        number = f"{abs(self.amount):,.{places}f}"
        sign = "-" if self.amount < 0 else ""
        symbol = _SYMBOLS.get(self.currency)
        return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {self.currency.upper()}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from_text = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
            serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json"),
        )


def _scale(amount: Decimal) -> int:
    """The exponent of the last digit: -2 for 0.25, 2 for 1E+2."""
    scale = amount.as_tuple().exponent
    assert isinstance(scale, int), "an amount is a number"
    return scale


def _exact(value: Any) -> Any:
    """Refuses floats: a float has already lost what the author wrote."""
    if isinstance(value, float):
        raise ValueError("a float cannot carry an exact number")
    return value


Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(text, return_type=str, when_used="json"),
]
"""A decimal that never was a float and is written back as digits (percentages, rates)."""
