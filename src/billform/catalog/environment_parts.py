"""The parts of an environment: accounts, stores, storefronts, guardrails, and where secrets go."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from billform.core.money import text

NAME = r"^[a-z][a-z0-9_-]{0,39}$"
_PERCENT = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,20})?) ?%?")


def _percent(value: Any) -> Any:
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value)):
        return Decimal(match[1])
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("not_a_percentage", "expected a percentage, such as 25%")
    return Decimal(value)


Alias = Annotated[str, Field(pattern=NAME, examples=["main"])]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", examples=["STRIPE_API_KEY"])]
_AS_TEXT = PlainSerializer(text, return_type=str, when_used="json")


def _written(number: dict[str, Any], pattern: str) -> Any:
    """What a schema says of a percentage: a number, or a text with the sign."""
    choices = [{"type": "number", "minimum": 0, **number}, {"type": "string", "pattern": pattern}]
    return Annotated[Any, WithJsonSchema({"anyOf": choices})]


Percent = Annotated[
    Decimal,
    BeforeValidator(_percent, json_schema_input_type=_written({}, r"^[0-9]+(\.[0-9]+)? ?%?$")),
    Field(ge=0),
    _AS_TEXT,
]


_TO_100 = r"^0*(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?) ?%?$"
Share = Annotated[
    Decimal,
    BeforeValidator(_percent, json_schema_input_type=_written({"maximum": 100}, _TO_100)),
    Field(ge=0, le=100),
    _AS_TEXT,
]
"""Of something that cannot be more than all."""


class Part(BaseModel):
    """Every part of an environment: frozen, and closed to words it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StripeAccount(Part):
    """The Stripe account of this environment."""

    account: Annotated[str, Field(pattern=r"^acct_[A-Za-z0-9]{6,}$")] | None = Field(
        default=None,
        description="The account's id; a key of another account is refused before anything is read.",
        examples=["acct_1NvXLq2eZvKYlo2C"],
    )
    api_key_env: Variable | None = Field(
        default=None, description="Name of the environment variable that holds the secret or restricted key."
    )


class Store(Part):
    """One BigCommerce store."""

    hash: Annotated[str, Field(pattern=r"^[a-z0-9]{4,20}$")] = Field(
        description="The store hash, as in the API path; a token of another store is refused.", examples=["8x2kq1v0aa"]
    )
    token_env: Variable | None = Field(
        default=None, description="Name of the environment variable that holds the API account's access token."
    )
    client_id: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="Client id of the API account that owns what Billform makes; checked where given."
    )


class StorefrontSite(Part):
    """One storefront: a channel of a store, with its currency and language."""

    store: Alias = Field(default="main", description="The store it belongs to, by its name under `stores`.")
    channel: Annotated[str, Field(min_length=1)] = Field(
        description="The channel's name in the store.", examples=["Nimbus US"]
    )
    currency: Annotated[str, Field(pattern=r"^[a-z]{3}$")] = Field(
        description="The currency it sells in.", examples=["usd", "eur"]
    )
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = Field(
        default="en", description="Its language.", examples=["en-US"]
    )


class Guardrails(Part):
    """What a plan may not do here without being told so once more."""

    max_archived: Share | None = Field(
        default=None, description="The greatest share of one kind's objects that a plan may archive.", examples=["25%"]
    )
    max_amount_change: Percent | None = Field(
        default=None, description="The greatest change of an amount, up or down.", examples=["20%"]
    )
    protected: list[Annotated[str, Field(min_length=1)]] = Field(
        default_factory=list,
        description="Addresses that may not be archived or replaced; `*` stands for anything.",
        examples=[["stripe.price/pro.*"]],
    )
    confirm: Literal["yes", "typed"] | None = Field(
        default=None,
        description="How `apply` asks: a yes, or the environment's name typed out; `typed` by default where live.",
    )


class SecretSink(Part):
    """Where the secrets go that a vendor shows once, such as a webhook's signing secret."""

    file: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="A file that only its owner may read.", examples=[".billform/secrets/production.env"]
    )
    command: list[Annotated[str, Field(min_length=1)]] | None = Field(
        default=None,
        min_length=1,
        description="Or a command that reads the secret from standard input; `{name}` becomes the secret's name.",
        examples=[["vault", "kv", "put", "secret/billing/{name}", "value=-"]],
    )
