"""Stripe entitlement features: what plans entitle to, under a lookup key that stays reserved for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Annotated

from pydantic import Field

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, Feature, in_words
from billform.core.kind import Immutable, OnImmutable, Write
from billform.core.resource import Address, Live, Resource, Spec

from . import marks
from .answers import Answer
from .base import Metadata, Params, StripeKind
from .client import StripeAccount
from .lists import FEATURES


class FeatureSpec(Spec):
    """What Stripe keeps of a feature."""

    lookup_key: Annotated[str, Immutable("Stripe fixes a feature's lookup key")]
    name: str
    terms: dict[str, str] = Field(default_factory=dict)
    """What Stripe has no field for: whether it is a limit or metered, its unit, its meter."""
    metadata: Metadata = Field(default_factory=dict)


def lookup_key(key: str, feature: Feature) -> str:
    """The feature's name for programs."""
    return feature.lookup_key or key


class FeatureKind(StripeKind[FeatureSpec]):
    """Features, found by their mark.

    Stripe calls archiving permanent, while other tools revive features with `active=true`: see `revived`.
    """

    name = "stripe.feature"
    spec = FeatureSpec
    path = "/v1/entitlements/features"
    on_immutable = OnImmutable.NEW_VERSION

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[FeatureSpec]]:
        """Every feature of the catalog."""
        for key, feature in catalog.features.items():
            spec = FeatureSpec.declare(
                lookup_key=lookup_key(key, feature),
                name=feature.name or in_words(key),
                terms=_terms(feature) or None,
                metadata=dict(feature.metadata),
            )
            yield Resource(Address(self.name, key), spec, catalog.key_span("features", key))

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[FeatureSpec]]:
        """Every feature of the account, archived ones included."""
        for answer in await client.read(FEATURES, by=self.name):
            yield _read(answer)

    def natural_keys(self, spec: FeatureSpec, address: Address) -> frozenset[str]:
        """Its lookup key: unique over active and archived features alike."""
        return frozenset({spec.lookup_key})

    def birth(self, write: Write[FeatureSpec]) -> Params:
        """The lookup key."""
        return {"lookup_key": write.spec.lookup_key}

    def params(self, write: Write[FeatureSpec], names: frozenset[str]) -> Params:
        """The name."""
        return {"name": write.spec.name} if "name" in names else {}

    def bookkeeping(self, write: Write[FeatureSpec], *, new: bool) -> dict[str, str]:
        """The terms, for whoever reads entitlements."""
        return marks.pack("terms", write.spec.terms, clear=not new) if new or write.sends("terms") else {}


def _terms(feature: Feature) -> dict[str, str]:
    found: dict[str, str] = {"type": feature.type} if feature.type != "boolean" else {}
    found |= {"meter": feature.meter} if feature.meter else {}
    return found | ({"unit": feature.unit} if feature.unit else {})


def _read(answer: Answer) -> Live[FeatureSpec]:
    metadata = answer.get("metadata")
    spec = FeatureSpec(
        lookup_key=answer["lookup_key"],
        name=answer["name"],
        terms=marks.unpack(metadata, "terms"),
        metadata=marks.authored(metadata),
    )
    return Live(
        kind=FeatureKind.name,
        id=str(answer["id"]),
        spec=spec,
        mark=marks.read(metadata),
        active=bool(answer["active"]),
        natural=frozenset({spec.lookup_key}),
        retired=marks.retired(metadata),
    )


KIND = FeatureKind()
