"""A mark names every field that the catalog declares; where Stripe has no room for that, the plan says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billform.catalog.models import Catalog
from billform.core.diagnostic import BillformError
from billform.core.money import CURRENCIES
from billform.providers.stripe import marks

from .shop import Shop, catalog

NAMES = st.from_regex(r"metadata\.[A-Za-z0-9 %\u00a0\u3000-]{1,40}", fullmatch=True)


def in_currencies(number: int, **words: object) -> Catalog:
    """A price in that many currencies, each with its tax behavior, beside forty long metadata keys."""
    amount = dict.fromkeys(["usd", *(each for each in sorted(CURRENCIES) if each != "usd")][:number], 1000)
    metadata = {f"a-fact-of-the-author-that-has-a-name-{each:03d}": "x" for each in range(40)}
    price = {"every": "month", "amount": amount, "metadata": metadata, **words}
    return catalog(
        defaults={"currency": "usd", "tax_behavior": "exclusive"},
        plans={"pro": {"charges": {"base": {"prices": {"monthly": price}}}}},
    )


def test_a_price_in_dozens_of_currencies_is_refused_by_the_plan_with_the_way_out(shop: Shop) -> None:
    made = shop.plan(in_currencies(60))
    (refused,) = made.refusals
    assert (refused.code, str(refused.address)) == ("V051", "stripe.price/pro.base.monthly")
    assert "`separate_currencies: true`" in str(refused.way_out)
    assert not shop.plan(in_currencies(60, separate_currencies=True)).refusals


def test_what_there_is_room_for_is_made(shop: Shop) -> None:
    shop.apply(in_currencies(8))
    assert not shop.plan(in_currencies(8)).changes


@given(st.frozensets(NAMES, max_size=40))
def test_the_plan_refuses_just_what_could_not_be_written(fields: frozenset[str]) -> None:
    words = map(marks._word, sorted(fields))
    if marks.too_long(fields) is None:
        marks.spread("fields", words, clear=False)
    else:
        with pytest.raises(BillformError, match="V051"):
            marks.spread("fields", words, clear=False)
