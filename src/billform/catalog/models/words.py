"""The scalar words of the catalog language: keys, amounts, currencies, intervals, moments, references."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from billform.core.money import text

KEY = r"^[a-z][a-z0-9_-]{0,39}$"
AMOUNT = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
DECIMAL_PLACES = 12
"""An amount may be written with this many decimals, in any currency."""
LONGEST_AMOUNT = 80
"""Characters; all the money there is takes fewer."""


def quoted(written: str) -> str:
    """What stands in a file, as a message carries it: one long text may stand, by its alias, in a thousand places."""
    return written if len(written) <= LONGEST_AMOUNT else f"{written[:LONGEST_AMOUNT]}…"


def close_maps(schema: dict[str, Any]) -> None:
    """Makes a JSON Schema refuse the keys that the models refuse: those outside a map's pattern."""
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
        schema.pop("propertyNames", None)
    for part in schema.values():
        for each in part if isinstance(part, list) else [part]:
            if isinstance(each, dict):
                close_maps(each)


class Model(BaseModel):
    """Every part of the catalog: frozen, and closed to words it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=close_maps)


def _not_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("not_a_number", "expected a number, found a yes or no")
    return value


def _text_of(value: Any) -> Any:
    """Metadata is text at both vendors; a plain number or yes/no is what its author sees."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return text(value) if isinstance(value, Decimal) else value


def _exact_amount(value: Any) -> Any:
    if isinstance(value, bool | float):
        raise PydanticCustomError("not_an_amount", "expected an amount such as 49 or 49.00")
    if isinstance(value, str) and (len(value) > LONGEST_AMOUNT or not re.fullmatch(AMOUNT, value)):
        raise PydanticCustomError(
            "not_an_amount",
            "`{written}` is not an amount; write digits and a point, as in 4900.50",
            {"written": quoted(value)},
        )
    number = Decimal(value) if isinstance(value, str | int) else value
    if isinstance(number, Decimal) and number.is_finite():
        if number < 0:
            raise PydanticCustomError("negative_amount", "an amount cannot be negative")
        places = number.as_tuple().exponent
        if isinstance(places, int) and -places > DECIMAL_PLACES:
            raise PydanticCustomError(
                "too_many_decimals",
                "{decimals} decimals are more than the {most} that can be billed",
                {"decimals": -places, "most": DECIMAL_PLACES},
            )
    return number


@dataclass(frozen=True, slots=True)
class ByShape:
    """Reads a map or list as one type and everything else as another.

    A plain union would put its tags into the place of every problem; this keeps the file's own path.
    """

    shape: type
    shaped: Any
    other: Any

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tries the shape first; what it does not concern goes on to the other."""

        def read_shaped(value: Any, inner: core_schema.ValidatorFunctionWrapHandler) -> Any:
            return _Read(inner(value)) if isinstance(value, self.shape | BaseModel) else value

        def read_other(value: Any, inner: core_schema.ValidatorFunctionWrapHandler) -> Any:
            return value.value if isinstance(value, _Read) else inner(value)

        return core_schema.chain_schema(
            [
                core_schema.no_info_wrap_validator_function(read_shaped, handler.generate_schema(self.shaped)),
                core_schema.no_info_wrap_validator_function(read_other, handler.generate_schema(self.other)),
            ]
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Either of the two."""
        return _any_of(schema, handler)


@dataclass(frozen=True, slots=True)
class _Read:
    value: Any


def _any_of(schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    steps = schema["steps"] if schema["type"] == "chain" else []
    return {"anyOf": [handler(step) for step in reversed(steps)]}


Key = Annotated[str, Field(pattern=KEY, examples=["pro"])]
"""A stable identity: lower case, starts with a letter, at most 40 characters."""
Text = Annotated[str, Field(min_length=1)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=2048)]
Currency = Annotated[str, Field(pattern=r"^[a-z]{3}$", examples=["usd", "eur", "jpy"])]
"""A lower-case ISO 4217 code; rules.py knows which ones exist."""
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["US", "DE"])]
Whole = Annotated[int, Field(ge=0), BeforeValidator(_not_bool, json_schema_input_type=Annotated[int, Field(ge=0)])]
Count = Annotated[int, Field(ge=1), BeforeValidator(_not_bool, json_schema_input_type=Annotated[int, Field(ge=1)])]
Days = Annotated[
    int, Field(ge=0, le=730), BeforeValidator(_not_bool, json_schema_input_type=Annotated[int, Field(ge=0, le=730)])
]
TaxCode = Annotated[str, Field(pattern=r"^txcd_[0-9]{8}$", examples=["txcd_10103001"])]
TaxBehavior = Literal["exclusive", "inclusive", "unspecified"]

Amount = Annotated[
    Decimal,
    BeforeValidator(
        _exact_amount,
        json_schema_input_type=Annotated[
            Any,
            WithJsonSchema(
                {
                    "anyOf": [
                        {"type": "number", "minimum": 0},
                        {"type": "string", "pattern": r"^(0|[1-9][0-9]*)(\.[0-9]{1,12})?$"},
                    ]
                }
            ),
        ],
    ),
    PlainSerializer(text, return_type=str, when_used="json"),
]
"""A non-negative number in major units, as people write it; never a float."""


def _percent(value: Decimal) -> Decimal:
    if not 0 < value <= 100:
        raise PydanticCustomError("not_a_percentage", "a percentage is more than 0 and at most 100")
    return value


Percent = Annotated[Amount, AfterValidator(_percent)]

MetadataKey = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\[\]]+$")]
MetadataValue = Annotated[
    str,
    Field(min_length=1, max_length=500),
    BeforeValidator(
        _text_of,
        json_schema_input_type=Annotated[
            Any, WithJsonSchema({"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": 500})
        ],
    ),
]
Metadata = Annotated[dict[MetadataKey, MetadataValue], Field(max_length=40, examples=[{"team": "growth"}])]
"""Stripe takes 50 pairs; ten are kept for the marks of ownership."""

PriceRef = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$", examples=["base.monthly", "seats.yearly"])
]
"""A price of the plan or add-on at hand: CHARGE.PRICE."""
PriceAddress = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*){2}$", examples=["pro.base.monthly"])
]
"""A price of the catalog: PLAN.CHARGE.PRICE or ADD-ON.CHARGE.PRICE."""
ChargeAddress = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)?$", examples=["pro", "pro.seats"])]
"""A plan or add-on with all its charges, or one of its charges: PLAN or PLAN.CHARGE."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """An amount in one or several currencies; `bare` is one written without a currency."""

    bare: Decimal | None = None
    by_currency: Mapping[str, Decimal] = field(default_factory=dict)

    def in_currencies(self, default: str) -> dict[str, Decimal]:
        """Amounts by currency, the base currency first: the default one where present, else the first written."""
        if self.bare is not None:
            return {default: self.bare}
        written = self.by_currency
        return {default: written[default], **written} if default in written else dict(written)

    def written(self) -> str | dict[str, str]:
        """As it would stand in a file."""
        if self.bare is not None:
            return text(self.bare)
        return {currency: text(amount) for currency, amount in self.by_currency.items()}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        one = handler.generate_schema(Amount)
        many = handler.generate_schema(Annotated[dict[Currency, Amount], Field(min_length=1)])

        def read_map(value: Any, inner: core_schema.ValidatorFunctionWrapHandler) -> Any:
            # A union would put its tags into the place of every problem; this keeps the file's own path.
            return cls(by_currency=inner(value)) if isinstance(value, dict) else value

        def read_bare(value: Any, inner: core_schema.ValidatorFunctionWrapHandler) -> Any:
            return value if isinstance(value, cls) else cls(bare=inner(value))

        return core_schema.chain_schema(
            [
                core_schema.no_info_wrap_validator_function(read_map, many),
                core_schema.no_info_wrap_validator_function(read_bare, one),
            ],
            serialization=core_schema.plain_serializer_function_ser_schema(cls.written, when_used="json"),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _any_of(schema, handler)


def in_words(key: str) -> str:
    """A key as a name, where none is given: extra_storage -> Extra storage."""
    return re.sub(r"[-_]+", " ", key).strip().capitalize()
