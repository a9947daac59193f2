"""What every kind has to go by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from billform.core.kind import Hidden, Immutable, Made, PerKey, Secret, SetOnce, Write, marker, policy
from billform.core.resource import Address, Mark
from tests.core.shop import MONTHLY, PRICE_1
from tests.core.toys import KINDS, HookSpec, PageSpec, PriceSpec, ProductSpec

WRITE: Write[Any] = Write(
    Address("toy.product", "pro"),
    ProductSpec(name="Pro"),
    frozenset({"name", "metadata.team", "metadata.a.b", "metal"}),
    Mark("shop", "pro", "digest"),
    {"toy.price/pro.monthly": "price_7"},
    "key",
)


def test_a_write_knows_the_ids_behind_references() -> None:
    assert (WRITE.id(MONTHLY), WRITE.id(PRICE_1)) == ("price_7", "price_1")


def test_a_write_tells_fields_from_single_keys() -> None:
    assert [WRITE.sends(name) for name in ("name", "metadata", "metal", "met", "description")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert WRITE.keys("metadata") == {"team", "a.b"}
    assert WRITE.keys("name") == frozenset()


def test_the_markers_of_a_field_are_found_by_sort() -> None:
    assert marker(PriceSpec, "tax_behavior", SetOnce) == SetOnce("It may be chosen once", unset="unspecified")
    assert marker(PriceSpec, "tax_behavior", Immutable) is None
    assert marker(ProductSpec, "metadata", PerKey) == PerKey()
    assert [policy(HookSpec, name) for name in ("url", "token", "stamp")] == [(), (Secret(),), (Hidden(),)]
    assert len(policy(PageSpec, "prices")) == 1


def test_a_secret_does_not_show_in_what_was_made() -> None:
    assert "hush" not in repr(Made("id", "hush"))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda kind: kind.restore(None, "1", WRITE), "toy.product cannot be restored"),
        (lambda kind: kind.create_many(None, [WRITE]), "toy.product has no batch form"),
        (lambda kind: kind.update_many(None, [("1", WRITE)]), "toy.product has no batch form"),
    ],
)
def test_what_a_kind_does_not_offer_is_never_called(
    call: Callable[[Any], Coroutine[Any, Any, object]], words: str
) -> None:
    with pytest.raises(AssertionError, match=f"^{words}$"):
        asyncio.run(call(KINDS["toy.product"]))


def test_a_kind_has_no_natural_keys_and_hands_out_no_secrets_unless_it_says_so() -> None:
    page = KINDS["toy.page"]
    assert page.natural_keys(PageSpec(), Address("toy.page", "main")) == frozenset()
    assert asyncio.run(page.secret_stored(None, "1", WRITE)) is None
