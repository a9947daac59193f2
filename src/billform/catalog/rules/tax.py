"""Rules about tax and payment methods."""

from __future__ import annotations

from billform.catalog.known import LOCAL_US_TAXES, PAYMENT_METHODS, REGISTRATION_TYPES
from billform.catalog.models import Path, Registration, in_words
from billform.catalog.models.settings import SIGNATURE
from billform.core.codes import Explanation

from .shop import Found, Rule, Shop, listed, meant, repeated

MOST_OF_A_NAME = 100
"""Characters that Stripe takes for the name of a payment method configuration."""

CODES = {
    "C080": Explanation(
        title="Automatic tax without a registration",
        meaning="Stripe computes tax only where the business is registered; with no registration it computes none.",
        mend="Add the places under `tax: registrations:`, or switch `automatic` off.",
    ),
    "C081": Explanation(
        title="No such registration in that country",
        meaning="Each country has its own ways to be registered: the EU has one-stop shops, the US registers by state.",
        mend="Use one of the types that the hint names.",
        example="germany: { country: DE, type: simplified }    # standard, oss_union, oss_non_union or ioss",
    ),
    "C082": Explanation(
        title="Registration lacks its place, or has one too many",
        meaning=(
            "US registrations name the `state`, local US taxes also the `jurisdiction`, and Canadian provinces "
            "the `province`. Elsewhere these words mean nothing."
        ),
        mend="Add or remove the word that the message names.",
    ),
    "C083": Explanation(
        title="Registered twice",
        meaning="Two registrations are for the same country, type and place. Where one of them ends, the other is made "
        "once that one is over, by the apply after that.",
        mend="Remove one, or let the first end before the second starts.",
    ),
    "C084": Explanation(
        title="Ends before it starts",
        meaning="The registration's end is not after its start.",
        mend="Correct `starts` or `ends`.",
    ),
    "C085": Explanation(
        title="Registration without a head office",
        meaning="Stripe wants to know the head office before the first registration.",
        mend="Add `tax: settings: head_office:`; or ignore the warning where it was set in the Dashboard.",
    ),
    "C086": Explanation(
        title="Amounts neither with nor without tax",
        meaning=(
            "Automatic tax is on, and neither the price, the catalog's defaults nor the tax settings say whether "
            "amounts include tax, so Stripe cannot compute it."
        ),
        mend="Add `tax_behavior: exclusive` (or `inclusive`) to `defaults:` or the price.",
    ),
    "C087": Explanation(
        title="Unknown payment method",
        meaning="Stripe's payment method configurations have no such member.",
        mend="Use Stripe's name, such as `card`, `sepa_debit` or `apple_pay`.",
    ),
    "C088": Explanation(
        title="Payment method configuration's name used twice",
        meaning="Nothing but its name tells one configuration from another; two of the catalog have the same.",
        mend="Change one of them; where no name is given, the name is the key in words.",
    ),
    "C089": Explanation(
        title="Payment method configuration's name is too long",
        meaning="Stripe takes a hundred characters, and `(billform CATALOG/KEY)` is added to the name, for nothing "
        "else says whose the configuration is.",
        mend="Shorten the name, or the key.",
    ),
}


def automatic_tax_has_registrations(shop: Shop) -> Found:
    """Automatic tax knows where to compute tax."""
    tax = shop.catalog.tax
    if tax and tax.automatic and not tax.registrations:
        yield shop.problem(
            "C080",
            "automatic tax is on, but the business is registered nowhere",
            ("tax", "automatic"),
            hint="add `registrations:`, or write `automatic: false`",
        )


def registration_types_exist(shop: Shop) -> Found:
    """Each registration is one of its country's."""
    for key, each in shop.catalog.tax.registrations.items() if shop.catalog.tax else ():
        types = REGISTRATION_TYPES.get(each.country)
        place: Path = ("tax", "registrations", key)
        if types is None:
            summary = f"Stripe Tax has no registrations in `{each.country}`"
            yield shop.problem("C081", summary, (*place, "country"), at="value", hint="remove the registration")
        elif each.type not in types:
            near = meant(each.type, types)
            hint = f"did you mean `{near}`?" if near else f"{each.country} has {listed(sorted(types), most=4)}"
            summary = f"registration `{key}`: {each.country} has no type `{each.type}`"
            yield shop.problem("C081", summary, (*place, "type"), at="value", hint=hint)


def _places(each: Registration) -> dict[str, bool]:
    """Which words for a place the registration needs."""
    return {
        "state": each.country == "US",
        "province": each.country == "CA" and each.type == "province_standard",
        "jurisdiction": each.country == "US" and each.type in LOCAL_US_TAXES,
    }


def registrations_have_places(shop: Shop) -> Found:
    """Each registration names its state, province or jurisdiction, and nothing else."""
    for key, each in shop.catalog.tax.registrations.items() if shop.catalog.tax else ():
        if each.type not in REGISTRATION_TYPES.get(each.country, ()):
            continue
        place: Path = ("tax", "registrations", key)
        for word, needed in _places(each).items():
            if needed and getattr(each, word) is None:
                yield shop.problem("C082", f"registration `{key}` names no {word}", place, hint=f"add `{word}:`")
            if not needed and getattr(each, word) is not None:
                summary = f"registration `{key}` in {each.country} ({each.type}) has no {word}"
                yield shop.problem("C082", summary, (*place, word), hint="remove it")
        if each.elections and each.type != "state_sales_tax":
            summary = f"registration `{key}` ({each.type}) has no elections"
            yield shop.problem("C082", summary, (*place, "elections"), hint="remove them")
        if each.place_of_supply and each.type != "standard":
            summary = f"registration `{key}` ({each.type}) has no place of supply"
            yield shop.problem("C082", summary, (*place, "place_of_supply"), hint="remove it")


def registrations_are_single(shop: Shop) -> Found:
    """No two registrations are for the same tax in the same place."""
    seen: dict[tuple[str | None, ...], str] = {}
    ending: dict[tuple[str | None, ...], str] = {}
    registrations = shop.catalog.tax.registrations if shop.catalog.tax else {}
    # One after the other as they end, the one without an end last.
    for key in sorted(registrations, key=lambda each: str(registrations[each].ends or "9999")):
        each = registrations[key]
        same = (each.country, each.type, each.state, each.province, each.jurisdiction)
        before = ending.get(same)
        if before is not None:
            yield shop.warning(
                "C083",
                f"registration `{key}` is made by the first apply after `{before}` is over",
                ("tax", "registrations", key),
                hint=f"apply then, and remove `{before}`",
            )
        if each.ends is not None:
            ending[same] = key
            continue
        first = seen.setdefault(same, key)
        if first != key:
            yield shop.problem(
                "C083",
                f"registrations `{key}` and `{first}` are for the same tax",
                ("tax", "registrations", key),
                hint=f"remove one{shop.place(('tax', 'registrations', first))}",
            )


def registrations_end_after_they_start(shop: Shop) -> Found:
    """No registration ends before it starts."""
    for key, each in shop.catalog.tax.registrations.items() if shop.catalog.tax else ():
        if each.starts and each.ends and shop.ends(each.ends) <= shop.starts(each.starts):
            summary = f"registration `{key}` ends before it starts"
            yield shop.problem("C084", summary, ("tax", "registrations", key, "ends"), at="value")


def head_office_is_known(shop: Shop) -> Found:
    """Whoever registers says where the business is."""
    tax = shop.catalog.tax
    if tax and tax.registrations and not (tax.settings and tax.settings.head_office):
        hint = "add `settings: {head_office: …}`"
        yield shop.warning("C085", "registrations need a head office", ("tax", "registrations"), hint=hint)


def tax_behavior_is_known(shop: Shop) -> Found:
    """With automatic tax, every price says whether its amounts include tax."""
    tax = shop.catalog.tax
    if not (tax and tax.automatic) or (tax.settings and tax.settings.tax_behavior):
        return
    told = set()
    for sellable in shop.sellables:
        for price in sellable.prices:
            unsaid = [each.currency for each in price.amounts if each.tax_behavior in {None, "unspecified"}]
            if unsaid and price.path not in told:
                told.add(price.path)
                yield shop.warning(
                    "C086",
                    f"price `{price.address}` does not say whether its amount includes tax",
                    price.path,
                    hint="add `tax_behavior: exclusive` to `defaults:`, or to the price",
                )


def payment_methods_exist(shop: Shop) -> Found:
    """Stripe knows every payment method."""
    for key, configuration in shop.catalog.payment_methods.items():
        for method in configuration.methods:
            if method not in PAYMENT_METHODS:
                near = meant(method, PAYMENT_METHODS)
                yield shop.problem(
                    "C087",
                    f"`{method}` is not a payment method",
                    ("payment_methods", key, "methods", method),
                    hint=f"did you mean `{near}`?" if near else None,
                )


def payment_configurations_are_single(shop: Shop) -> Found:
    """No two payment method configurations have one name."""
    names = {key: each.name or in_words(key) for key, each in shop.catalog.payment_methods.items()}
    for key, first, name in repeated(names):
        yield shop.problem(
            "C088",
            f"payment method configurations `{key}` and `{first}` have the same name `{name}`",
            ("payment_methods", key, "name"),
            at="value",
            hint="change one of them",
        )


def payment_configurations_can_be_signed(shop: Shop) -> Found:
    """A configuration's name leaves room for what says whose it is."""
    for key, each in shop.catalog.payment_methods.items():
        name = each.name or in_words(key)
        room = MOST_OF_A_NAME - len(SIGNATURE.format(catalog=shop.catalog.name, key=key))
        if len(name) > room:
            yield shop.problem(
                "C089",
                f"the name of payment method configuration `{key}` has {len(name)} characters, and room for {room}",
                ("payment_methods", key, "name"),
                at="value",
                hint="shorten it, or the key",
            )


RULES: tuple[Rule, ...] = (
    automatic_tax_has_registrations,
    registration_types_exist,
    registrations_have_places,
    registrations_are_single,
    registrations_end_after_they_start,
    head_office_is_known,
    tax_behavior_is_known,
    payment_methods_exist,
    payment_configurations_are_single,
    payment_configurations_can_be_signed,
)
