"""Stripe Tax registrations: where tax is collected, and since when.

To register and to end a registration are legal acts. Leaving the catalog ends nothing: only `ends` in the catalog does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, Registration
from billform.core.kind import Hidden, Immutable, Kept, OnImmutable, Ownership, SetOnce, Write
from billform.core.resource import Address, Live, Ref, Resource, Spec

from .answers import Answer, moment, part, passed, seconds, stamp
from .base import UNSET, Params, StripeKind
from .client import StripeAccount
from .lists import REGISTRATIONS
from .tax_settings import SINGLE, TaxSettingsKind

PLACE = "Stripe fixes where and how a registration is"
FIXED_IF_DECLARED = SetOnce(PLACE, unset="never unset")
"""Stripe fills these in by itself: what the catalog does not say is not compared, and what it says is fixed."""
UNMARKED = Kept("Stripe has no place to note what of a registration was declared")


class Election(BaseModel):
    """How a US state's sales tax is collected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    jurisdiction: str | None = None


class TaxRegistrationSpec(Spec):
    """What Stripe keeps of a registration."""

    country: Annotated[str, Immutable(PLACE)]
    type: Annotated[str, Immutable(PLACE)]
    state: Annotated[str | None, Immutable(PLACE)] = None
    province: Annotated[str | None, Immutable(PLACE)] = None
    jurisdiction: Annotated[str | None, Immutable(PLACE)] = None
    elections: Annotated[tuple[Election, ...], FIXED_IF_DECLARED, UNMARKED] = ()
    place_of_supply: Annotated[str, FIXED_IF_DECLARED, UNMARKED] = "standard"
    starts: Annotated[str | None, UNMARKED] = None
    ends: Annotated[str | None, UNMARKED] = None
    settings: Annotated[Ref | None, Hidden()] = None
    """Stripe wants to know the head office first."""


class TaxRegistrationKind(StripeKind[TaxRegistrationSpec]):
    """Registrations, found by place and type among those that are not over."""

    name = "stripe.tax_registration"
    spec = TaxRegistrationSpec
    path = "/v1/tax/registrations"
    on_immutable = OnImmutable.REFUSE
    ownership = Ownership.NATURAL
    way_out = "end this one with `ends:` first, and declare the other one under a key of its own"
    retirable = False
    reports_orphans = True

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[TaxRegistrationSpec]]:
        """Of the registrations for one place the one that ends first and is not over: no two stand at one time."""
        now = datetime.now(UTC)
        registrations = catalog.tax.registrations if catalog.tax else {}
        specs = {key: _wanted(catalog, registration, now) for key, registration in registrations.items()}
        turn: dict[str, str] = {}
        for key in sorted(specs, key=lambda each: (specs[each].ends is None, specs[each].ends, each)):
            if not self.over(specs[key]):
                turn.setdefault(_place(specs[key]), key)
        for key, spec in specs.items():
            if turn.get(_place(spec), key) == key:
                yield Resource(Address(self.name, key), spec, catalog.key_span("tax", "registrations", key))

    async def observe(self, client: StripeAccount) -> AsyncIterator[Live[TaxRegistrationSpec]]:
        """Every registration of the account, those that are over included."""
        for answer in await client.read(REGISTRATIONS, by=self.name):
            yield _read(answer)

    def natural_keys(self, spec: TaxRegistrationSpec, address: Address) -> frozenset[str]:
        """Place and type."""
        return frozenset({_place(spec)})

    def over(self, spec: TaxRegistrationSpec) -> bool:
        """A registration that has ended is history."""
        return passed(spec.ends)

    def birth(self, write: Write[TaxRegistrationSpec]) -> Params:
        """Place and type, from now on where the catalog does not say."""
        spec = write.spec
        return {
            "country": spec.country,
            "country_options": {spec.country.lower(): _options(spec)},
            "active_from": seconds(spec.starts) if spec.starts else "now",
            "expires_at": seconds(spec.ends) if spec.ends else None,
        }

    def params(self, write: Write[TaxRegistrationSpec], names: frozenset[str]) -> Params:
        """The dates."""
        spec = write.spec
        found: Params = {}
        if "starts" in names and spec.starts:
            found["active_from"] = seconds(spec.starts)
        if "ends" in names:
            found["expires_at"] = seconds(spec.ends) if spec.ends else UNSET
        return found


def _wanted(catalog: Catalog, registration: Registration, now: datetime) -> TaxRegistrationSpec:
    starts = catalog.starts(registration.starts) if registration.starts else None
    spec: TaxRegistrationSpec = TaxRegistrationSpec.declare(
        country=registration.country,
        type=registration.type,
        state=registration.state,
        province=registration.province,
        jurisdiction=registration.jurisdiction,
        elections=tuple(Election(type=each.type, jurisdiction=each.jurisdiction) for each in registration.elections)
        or None,
        place_of_supply=registration.place_of_supply,
        # Stripe takes `now` or a time to come, and answers `now` as a time: a start that is past asks for nothing.
        starts=stamp(starts) if starts and starts > now else None,
        ends=stamp(catalog.ends(registration.ends)) if registration.ends else None,
        settings=Ref.to(Address(TaxSettingsKind.name, SINGLE)) if catalog.tax and catalog.tax.settings else None,
    )
    return spec


def _place(spec: TaxRegistrationSpec) -> str:
    return " ".join(each for each in (spec.country, spec.type, spec.state, spec.province, spec.jurisdiction) if each)


def _options(spec: TaxRegistrationSpec) -> dict[str, Any]:
    found: dict[str, Any] = {"type": spec.type, "state": spec.state}
    if spec.elections:
        found["state_sales_tax"] = {
            "elections": [{"type": each.type, "jurisdiction": each.jurisdiction} for each in spec.elections]
        }
    elif spec.province:
        found["province_standard"] = {"province": spec.province}
    elif spec.jurisdiction:
        found[spec.type] = {"jurisdiction": spec.jurisdiction}
    elif "place_of_supply" in spec.model_fields_set:
        found["standard"] = {"place_of_supply_scheme": spec.place_of_supply}
    return found


def _read(answer: Answer) -> Live[TaxRegistrationSpec]:
    country = str(answer["country"])
    options = part(answer, "country_options", country.lower())
    kind = str(options.get("type") or "standard")
    elections = part(options, "state_sales_tax").get("elections") or ()
    spec = TaxRegistrationSpec(
        country=country,
        type=kind,
        state=options.get("state"),
        province=part(options, "province_standard").get("province"),
        jurisdiction=part(options, kind).get("jurisdiction"),
        elections=tuple(Election(type=each["type"], jurisdiction=each.get("jurisdiction")) for each in elections),
        place_of_supply=part(options, "standard").get("place_of_supply_scheme") or "standard",
        starts=moment(answer["active_from"]),
        ends=moment(answer.get("expires_at")),
        settings=Ref.found(TaxSettingsKind.name, SINGLE),
    )
    over = answer["status"] == "expired"
    return Live(
        kind=TaxRegistrationKind.name,
        id=str(answer["id"]),
        spec=spec,
        active=not over,
        natural=frozenset() if over else frozenset({_place(spec)}),
        created=int(answer.get("created") or 0),
        label=_place(spec),
    )


KIND = TaxRegistrationKind()
