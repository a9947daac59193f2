"""Stripe promotion codes: words that customers type to get a coupon."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, PromotionCode
from billform.core.kind import FixedEntries, Immutable, OnImmutable, Weighed, Write
from billform.core.money import Money
from billform.core.resource import Address, Live, Ref, Resource, Spec

from . import marks
from .answers import Answer, found, ident, moment, part, passed, seconds, stamp, whole_money
from .base import Metadata, Params, StripeKind
from .client import StripeAccount
from .lists import PROMOTION_CODES

LIMIT = "Stripe fixes a promotion code's limits"


class PromotionCodeSpec(Spec):
    """What Stripe keeps of a promotion code."""

    code: Annotated[str, Immutable("Stripe fixes the word of a promotion code")]
    coupon: Annotated[
        Ref | None, Immutable("Stripe fixes which coupon a promotion code gives"), Weighed(measured=False)
    ]
    first_time_only: Annotated[bool, Immutable("Stripe fixes whom a promotion code is for")] = False
    minimum: Annotated[Money | None, Immutable("Stripe fixes a promotion code's least purchase")] = None
    minimum_options: Annotated[dict[str, Money], FixedEntries("Whoever has the code keeps what it asks for")] = Field(
        default_factory=dict
    )
    max_redemptions: Annotated[int | None, Immutable(LIMIT)] = None
    expires_at: Annotated[str | None, Immutable(LIMIT)] = None
    metadata: Metadata = Field(default_factory=dict)

    def headline(self) -> str:
        """The word itself, with what it asks for."""
        least = f" from {self.minimum.shown()}" if self.minimum else ""
        return f"code {self.code}{least}"


class PromotionCodeKind(StripeKind[PromotionCodeSpec]):
    """Promotion codes, found by their mark; the word is unique among active ones."""

    name = "stripe.promotion_code"
    spec = PromotionCodeSpec
    path = "/v1/promotion_codes"
    on_immutable = OnImmutable.RECREATE
    exclusive = True
    who = "customers who have the code"

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[PromotionCodeSpec]]:
        """Every code that can be used; `active: false` takes one out of use like its removal."""
        for key, code in catalog.promotion_codes.items():
            if code.active:
                span = catalog.key_span("promotion_codes", key)
                yield Resource(Address(self.name, key), _wanted(catalog, key, code), span)

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[PromotionCodeSpec]]:
        """Every code of the account, inactive ones included."""
        now = int(datetime.now(UTC).timestamp())
        for answer in await client.read(PROMOTION_CODES, by=self.name):
            yield _read(answer, now)

    def natural_keys(self, spec: PromotionCodeSpec, address: Address) -> frozenset[str]:
        """Its word, which Stripe compares without case."""
        return frozenset({spec.code.lower()})

    def over(self, spec: PromotionCodeSpec) -> bool:
        """Stripe makes no code that nobody can use any more."""
        return passed(spec.expires_at)

    def birth(self, write: Write[PromotionCodeSpec]) -> Params:
        """Everything that Stripe fixes."""
        spec = write.spec
        assert spec.coupon is not None, "the catalog names a coupon for every code"
        least = spec.minimum
        restrictions = {
            "first_time_transaction": spec.first_time_only,
            "minimum_amount": int(least.minor) if least else None,
            "minimum_amount_currency": least.currency if least else None,
            "currency_options": _options(spec, frozenset(spec.minimum_options)),
        }
        return {
            "promotion": {"type": "coupon", "coupon": write.id(spec.coupon)},
            "code": spec.code,
            "max_redemptions": spec.max_redemptions,
            "expires_at": seconds(spec.expires_at) if spec.expires_at else None,
            "restrictions": restrictions,
        }

    def params(self, write: Write[PromotionCodeSpec], names: frozenset[str]) -> Params:
        """Further currencies: all that can change."""
        options = _options(write.spec, write.keys("minimum_options"))
        return {"restrictions": {"currency_options": options}} if options else {}


def _options(spec: PromotionCodeSpec, currencies: frozenset[str]) -> dict[str, Any] | None:
    found = {each: spec.minimum_options[each] for each in sorted(currencies & spec.minimum_options.keys())}
    return {each: {"minimum_amount": int(amount.minor)} for each, amount in found.items()} or None


def _wanted(catalog: Catalog, key: str, code: PromotionCode) -> PromotionCodeSpec:
    amounts = code.minimum.in_currencies(catalog.defaults.currency) if code.minimum else {}
    money = [Money(amount, currency) for currency, amount in amounts.items()]
    spec: PromotionCodeSpec = PromotionCodeSpec.declare(
        code=code.code or key.upper(),
        coupon=Ref.to(Address("stripe.coupon", code.coupon)),
        first_time_only=code.first_time_only,
        minimum=money[0] if money else None,
        minimum_options={each.currency: each for each in money[1:]} or None,
        max_redemptions=code.max_redemptions,
        expires_at=stamp(catalog.ends(code.expires)) if code.expires else None,
        metadata=dict(code.metadata),
    )
    return spec


def _read(answer: Answer, now: int) -> Live[PromotionCodeSpec]:
    metadata = answer.get("metadata") or {}
    restrictions, promotion = part(answer, "restrictions"), part(answer, "promotion")
    currency = restrictions.get("minimum_amount_currency") or ""
    further = {
        each: amount
        for each, value in part(restrictions, "currency_options").items()
        if each != currency and (amount := whole_money(value.get("minimum_amount"), each)) is not None
    }
    code = str(answer["code"])
    # Stripe lets one customer have a word of his own that all others have, too; the catalog's are for everybody.
    owner = ident(answer.get("customer") or answer.get("customer_account"))
    word = f"{code.lower()} {owner}" if owner else code.lower()
    spec = PromotionCodeSpec(
        code=code,
        coupon=found("stripe.coupon", promotion.get("coupon")),
        first_time_only=bool(restrictions.get("first_time_transaction")),
        minimum=whole_money(restrictions.get("minimum_amount"), currency),
        minimum_options=further,
        max_redemptions=answer.get("max_redemptions"),
        expires_at=moment(answer.get("expires_at")),
        metadata=marks.authored(metadata),
    )
    active = bool(answer["active"])
    return Live(
        kind=PromotionCodeKind.name,
        id=str(answer["id"]),
        spec=spec,
        mark=marks.read(metadata),
        active=active,
        # Stripe shows codes that are used up or over as inactive too; such a one is as the catalog wants it.
        spent=not active and _spent(answer, now),
        natural=frozenset({word} if active else ()),
        created=int(answer.get("created") or 0),
        label=code,
        retired=marks.retired(metadata),
    )


def _spent(answer: Answer, now: int) -> bool:
    """Whether Stripe ended it by itself: over, used up, or its coupon no longer valid."""
    over = answer.get("expires_at") is not None and answer["expires_at"] <= now
    limit = answer.get("max_redemptions")
    used_up = limit is not None and answer.get("times_redeemed", 0) >= limit
    coupon = part(answer, "promotion", "coupon")
    return over or used_up or coupon.get("valid") is not True


KIND = PromotionCodeKind()
