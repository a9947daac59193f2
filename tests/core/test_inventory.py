"""Which of the objects that were found stands for what."""

from __future__ import annotations

import itertools

from billform.core.inventory import Inventory, next_version, standing
from billform.core.resource import Address, Live, Ref, Snapshot, Spec
from tests.core.shop import MONTHLY, PRICE_1, PRICE_2, PROD_1, live_price, usd
from tests.core.toys import KINDS, found

ADDRESS = Address("toy.price", "pro.monthly")


def inventory(*lives: Live[Spec]) -> Inventory:
    return Inventory(Snapshot(lives), KINDS, "shop")


def test_the_one_that_stands_for_an_address_is_on_sale_then_current_then_newest() -> None:
    worst_first = [
        live_price("1", "a", active=False, current=False, version=9),
        live_price("1", "b", active=False, current=True, version=1),
        live_price("1", "c", active=True, current=False, version=1, created=1),
        live_price("1", "d", active=True, current=False, version=1, created=2),
        live_price("1", "e", active=True, current=False, version=2),
        live_price("1", "f", active=True, current=True, version=1, created=5),
        live_price("1", "g", active=True, current=True, version=1, created=5),
    ]
    for order in itertools.islice(itertools.permutations(worst_first), 0, 5040, 97):
        versions = inventory(*order).versions[ADDRESS]
        assert [each.id for each in versions] == ["g", "f", "e", "d", "c", "b", "a"]


def test_an_unmarked_object_counts_as_older_than_the_first_version() -> None:
    unmarked = found("toy.price", None, "z", product=PROD_1, unit_amount=usd("1"))
    assert standing(unmarked) < standing(live_price("1", "a", version=1))
    assert standing(unmarked)[2] == 0


def test_the_next_version_follows_the_highest() -> None:
    assert next_version([live_price(version=2), live_price(version=7), live_price(version=3)]) == 8
    assert next_version([found("toy.price", None, "z", product=PROD_1, unit_amount=usd("1"))]) == 1
    assert next_version([]) == 1


def test_a_found_reference_gets_the_name_of_what_stands_for_it() -> None:
    there = inventory(live_price(identity="price_2", version=2), live_price(active=False, current=False))
    assert (there.named(PRICE_2), there.named(PRICE_1)) == (MONTHLY, PRICE_1)
    assert (there.still_named(PRICE_2), there.still_named(PRICE_1)) == (MONTHLY, MONTHLY)
    unknown = Ref.found("toy.price", "price_9")
    assert (there.named(unknown), there.still_named(unknown), there.named(MONTHLY)) == (unknown, unknown, MONTHLY)
    assert there.still_named(MONTHLY) == MONTHLY
    there.replaced.add(ADDRESS)
    assert (there.named(PRICE_2), there.still_named(PRICE_2)) == (PRICE_2, MONTHLY)


def test_what_was_matched_by_its_natural_key_keeps_its_name_while_it_is_replaced() -> None:
    there = inventory(found("toy.meter", None, "m1", event_name="a", display_name="A"))
    there.address_of["toy.meter", "m1"] = Address("toy.meter", "calls")
    there.replaced.add(Address("toy.meter", "calls"))
    assert there.still_named(Ref.found("toy.meter", "m1")) == Ref.to(Address("toy.meter", "calls"))


def test_an_archived_object_stands_for_nothing_but_what_is_looked_up_does() -> None:
    there = inventory(
        live_price(active=False),
        found("toy.category", "Plans", "5", site="main", active=False),
        found("toy.category", "Plans", "6", site="main", active=False, created=1),
    )
    assert there.address_of == {("toy.category", "6"): Address("toy.category", "main/Plans")}
    assert there.population == {}


def test_each_holder_of_natural_keys_is_found_once_and_at_its_site() -> None:
    both = found("toy.shelf", None, "1", name="A", natural=["a", "b"], site="main")
    one = found("toy.shelf", "x", "2", name="B", natural=["b"], site="main")
    elsewhere = found("toy.shelf", None, "3", name="A", natural=["a"], site="other")
    there = inventory(both, one, elsewhere)
    assert [each.id for each in there.holders("toy.shelf", "main", frozenset({"a", "b", "c"}))] == ["1", "2"]
    assert there.holders("toy.price", "main", frozenset({"a"})) == []


def test_the_marks_of_other_catalogs_make_strangers_but_not_of_what_is_looked_up() -> None:
    there = inventory(
        found("toy.shelf", "x", "1", name="A", catalog="another", site="main"),
        found("toy.category", "Plans", "5", catalog="", site="main"),
    )
    assert {key: [each.id for each in lives] for key, lives in there.strangers.items()} == {
        ("toy.shelf", "main"): ["1"]
    }
    assert list(there.versions) == [Address("toy.category", "main/Plans")]
