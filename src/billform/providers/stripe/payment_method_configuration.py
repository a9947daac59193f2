"""Stripe payment method configurations: which ways to pay are on offer. Without metadata, the name says whose they are.

`Europe (billform nimbus/eu)`: one of just the name that the catalog wants is somebody else's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, in_words
from billform.catalog.models.settings import SIGNATURE
from billform.core.kind import Kept, OnImmutable, Ownership, PerKey, Write
from billform.core.resource import Address, Live, Mark, Resource, Spec

from .answers import Answer, part
from .base import Params, StripeKind
from .client import StripeAccount
from .lists import PAYMENT_METHODS

_SIGNED = re.compile(r"(.*)" + re.sub(r"\\{\w+\\}", "([^ /]+)", re.escape(SIGNATURE)), re.DOTALL)


class PaymentMethodsSpec(Spec):
    """What Stripe keeps of a configuration; methods that are not declared are left as they are."""

    name: str
    """Without what says whose it is."""
    active: bool = True
    methods: Annotated[dict[str, str], PerKey(), Kept("Stripe has no place to note which methods were declared")] = (
        Field(default_factory=dict)
    )
    """`on`, `off` or `none` (no preference) by payment method."""


class PaymentMethodsKind(StripeKind[PaymentMethodsSpec]):
    """Configurations; leaving the catalog archives none, for customers pay with them: `active: false` does."""

    name = "stripe.payment_method_configuration"
    spec = PaymentMethodsSpec
    path = "/v1/payment_method_configurations"
    on_immutable = OnImmutable.REFUSE
    ownership = Ownership.NAMED
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
        lives = [_read(answer) for answer in await client.read(PAYMENT_METHODS, by=self.name)]
        signed = Counter(each.mark for each in lives)
        for each in lives:
            # Of two that say the same, one is somebody's copy, and which one nobody can tell.
            yield each if signed[each.mark] == 1 else replace(each, mark=None)

    def natural_keys(self, spec: PaymentMethodsSpec, address: Address) -> frozenset[str]:
        """Its name."""
        return frozenset({spec.name})

    def birth(self, write: Write[PaymentMethodsSpec]) -> Params:
        """Every declared method."""
        return _preferences(write.spec, frozenset(write.spec.methods))

    def params(self, write: Write[PaymentMethodsSpec], names: frozenset[str]) -> Params:
        """The name, preferences, and whether it can be used."""
        active: Params = {"active": write.spec.active} if "active" in names else {}
        signature = SIGNATURE.format(catalog=write.mark.catalog, key=write.mark.key)
        name: Params = {"name": f"{write.spec.name}{signature}"} if "name" in names else {}
        return {**active, **name, **_preferences(write.spec, write.keys("methods"))}


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
    mark = None
    if (signed := _SIGNED.fullmatch(name)) is not None:
        name, catalog, key = signed.groups()
        mark = Mark(catalog, key, digest="")
    return Live(
        kind=PaymentMethodsKind.name,
        id=str(answer["id"]),
        spec=PaymentMethodsSpec(name=name, active=bool(answer["active"]), methods=methods),
        mark=mark,
        # Whether it can be used is a field of its own, so that `active: false` is a wish like any other. Stripe's own
        # default is nobody's orphan.
        current=bool(answer["active"]) and not default,
        natural=frozenset({name}),
        label=name,
    )


KIND = PaymentMethodsKind()
