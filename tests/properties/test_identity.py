"""What is sent comes back as it was: every field of every kind, and every amount to its last digit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from billform.core.declared import declared, restricted, spec_digest
from billform.core.money import CURRENCIES, Money
from billform.core.resource import Ref, Resource, Spec
from billform.core.values import canonical, rebound
from billform.providers.stripe.price_spec import PriceSpec
from tests.contract.bench import CATALOG, KINDS, Bench

from .accounts import Words
from .catalogs import catalogs
from .profiles import few
from .worlds import fresh, wanted

NONE = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split()
THREE = "bhd jod kwd omr tnd".split()
"""https://docs.stripe.com/currencies, written down once more: what is tested must not say what is right."""


@few(8)
@given(words=catalogs())
def test_what_was_written_is_read_back(world: Bench, words: Words) -> None:
    bench, all_of = fresh(world), wanted(words)
    bench.settle(*all_of)
    for resource, found in read_back(bench, all_of):
        spec, names = resource.spec, declared(resource.spec)
        assert canonical(restricted(found, names)) == canonical(restricted(spec, names)), resource.address
        assert spec_digest(found, names) == spec_digest(spec), resource.address


def read_back(bench: Bench, all_of: list[Resource[Spec]]) -> list[tuple[Resource[Spec], Spec]]:
    """Each resource with what the vendor says of it, references by name."""
    snapshot = bench.observe()
    lives = [(resource, bench.live(resource, snapshot)) for resource in all_of]
    names = {(live.kind, live.id): Ref.to(resource.address) for resource, live in lives}
    names |= {
        (live.kind, live.id): Ref(live.kind, key=f"{live.site}/{live.mark.key}")
        for live in snapshot.lives
        if KINDS[live.kind].lookup and live.mark
    }
    return [
        (resource, rebound(live.spec, lambda ref: names.get((ref.kind, ref.id or ""), ref))) for resource, live in lives
    ]


@dataclass(frozen=True)
class Amount:
    """As people write it, and as Stripe counts it: in minor units."""

    text: str
    minor: str


@st.composite
def amounts(draw: st.DrawFn) -> dict[str, Amount]:
    """Amounts in any currencies, with up to twelve decimals."""
    found: dict[str, Amount] = {}
    for currency in draw(st.lists(st.sampled_from(sorted(CURRENCIES)), min_size=40, unique=True)):
        places = 0 if currency in NONE else 3 if currency in THREE else 2
        digits = str(draw(st.integers(0, 99_999_999))).rjust(places + 1, "0")
        fine = draw(st.text("0123456789", max_size=12 - places))
        whole, part = digits[: len(digits) - places], digits[len(digits) - places :] + fine
        found[currency] = Amount(f"{whole}.{part}" if part else whole, f"{digits}.{fine or 0}")
    return found


@few(12)
@given(written=amounts())
def test_an_amount_comes_back_as_it_was_written(world: Bench, written: dict[str, Amount]) -> None:
    """From text to a decimal, to the vendor, back from there and to text, in every currency."""
    assume(any(Decimal(each.text) for each in written.values()))
    monthly = {"every": "month", "amount": {currency: each.text for currency, each in written.items()}}
    words = {
        "catalog": CATALOG,
        "meters": {"calls": {"aggregation": "sum"}},
        "plans": {"solo": {"name": "Solo", "charges": {"usage": {"meter": "calls", "prices": {"monthly": monthly}}}}},
    }
    bench, all_of = fresh(world), wanted(words)
    bench.settle(*all_of)
    ((resource, spec),) = ((each, found) for each, found in read_back(bench, all_of) if isinstance(found, PriceSpec))
    assert spec.unit_amount is not None
    back = {spec.currency: spec.unit_amount, **spec.currency_options}
    raw = bench.ask_raw(f"/v1/prices/{bench.live(resource).id}?expand[]=currency_options")
    there = {raw["currency"]: raw, **raw["currency_options"]}
    assert back.keys() == there.keys() == written.keys()
    for currency, each in written.items():
        amount = back[currency]
        assert isinstance(amount, Money)
        assert (amount.amount, str(amount)) == (Decimal(each.text), f"{tidy(each.text)} {currency}")
        assert Decimal(there[currency]["unit_amount_decimal"]) == Decimal(each.minor), currency


def tidy(text: str) -> str:
    """An amount without the zeros that say nothing."""
    return text.rstrip("0").rstrip(".") if "." in text else text
