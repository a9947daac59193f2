"""Stripe payment method configurations: which ways to pay are on offer; without metadata, found by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Annotated

from pydantic import Field

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, in_words
from billform.core.kind import Immutable, Kept, OnImmutable, Ownership, PerKey, Write
from billform.core.resource import Address, Live, Resource, Spec

from .answers import Answer, part
from .base import Params, StripeKind
from .client import StripeAccount
from .lists import PAYMENT_METHODS


class PaymentMethodsSpec(Spec):
    """What Stripe keeps of a configuration; methods that are not declared are left as they are."""

    name: Annotated[str, Immutable("A configuration is found by its name")]
    active: bool = True
    methods: Annotated[dict[str, str], PerKey(), Kept("Stripe has no place to note which methods were declared")] = (
        Field(default_factory=dict)
    )
    """`on`, `off` or `none` (no preference) by payment method."""


class PaymentMethodsKind(StripeKind[PaymentMethodsSpec]):
    """Configurations; leaving the catalog archives none, for nothing tells whose they are: `active: false` does."""

    name = "stripe.payment_method_configuration"
    spec = PaymentMethodsSpec
    path = "/v1/payment_method_configurations"
    on_immutable = OnImmutable.REFUSE
    ownership = Ownership.NATURAL
    retirable = False
    later = frozenset({"active"})
    reports_orphans = True

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[PaymentMethodsSpec]]:
        """Every configuration of the catalog."""
        for key, wanted in catalog.payment_methods.items():
            spec = PaymentMethodsSpec(
                name=wanted.name or in_words(key),
                active=wanted.active,
                methods=dict(wanted.methods),
            )
            yield Resource(Address(self.name, key), spec, catalog.key_span("payment_methods", key))

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[PaymentMethodsSpec]]:
        """Every configuration of the account, archived ones and Stripe's own default included."""
        for answer in await client.read(PAYMENT_METHODS, by=self.name):
            yield _read(answer)

    def natural_keys(self, spec: PaymentMethodsSpec, address: Address) -> frozenset[str]:
        """Its name."""
        return frozenset({spec.name})

    def birth(self, write: Write[PaymentMethodsSpec]) -> Params:
        """The name, and every declared method."""
        return {"name": write.spec.name, **_preferences(write.spec, frozenset(write.spec.methods))}

    def params(self, write: Write[PaymentMethodsSpec], names: frozenset[str]) -> Params:
        """Preferences, and whether it can be used."""
        active: Params = {"active": write.spec.active} if "active" in names else {}
        return {**active, **_preferences(write.spec, write.keys("methods"))}


def _preferences(spec: PaymentMethodsSpec, methods: frozenset[str]) -> Params:
    return {
        each: {"display_preference": {"preference": spec.methods[each]}}
        for each in sorted(methods & spec.methods.keys())
    }


def _read(answer: Answer) -> Live[PaymentMethodsSpec]:
    methods = {
        name: str(preference)
        for name, value in answer.items()
        if isinstance(value, Mapping) and (preference := part(value, "display_preference").get("preference"))
    }
    name, default = str(answer.get("name") or ""), bool(answer.get("is_default"))
    return Live(
        kind=PaymentMethodsKind.name,
        id=str(answer["id"]),
        spec=PaymentMethodsSpec(name=name, active=bool(answer["active"]), methods=methods),
        # Whether it can be used is a field of its own, so that `active: false` is a wish like any other. Stripe's own
        # default is nobody's orphan.
        current=bool(answer["active"]) and not default,
        natural=frozenset({name}),
        label=name,
    )


KIND = PaymentMethodsKind()
