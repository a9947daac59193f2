"""What is wanted, in the order of need."""

from __future__ import annotations

import pytest

from billform.core.diagnostic import BillformError
from billform.core.graph import Graph
from billform.core.resource import Address, Ref, Resource, Spec
from tests.core.shop import MONTHLY, price, product
from tests.core.toys import want


def shelf(key: str, behind: str | None = None, line: int | None = None) -> Resource[Spec]:
    """A shelf that needs another."""
    needed = {"category": Ref.to(Address("toy.shelf", behind))} if behind else {}
    return want("toy.shelf", key, name=key, line=line, **needed)


def order(*wanted: Resource[Spec]) -> list[str]:
    return [each.address.key for each in Graph(wanted)]


def problems(*wanted: Resource[Spec], lookups: tuple[str, ...] = ()) -> list[tuple[str, str, str | None, str | None]]:
    with pytest.raises(BillformError) as caught:
        Graph(wanted, lookups)
    return [
        (each.code, each.summary, str(each.span) if each.span else None, each.hint) for each in caught.value.diagnostics
    ]


def test_needs_come_first_and_everything_else_by_address() -> None:
    wanted = [shelf("a", "z"), shelf("b"), shelf("z", "m"), shelf("m"), shelf("c", "z")]
    assert order(*wanted) == order(*wanted[::-1]) == ["m", "z", "a", "b", "c"]


def test_a_graph_knows_what_it_holds_and_what_that_needs() -> None:
    graph = Graph([want("toy.page", "main", prices=(MONTHLY, MONTHLY)), price(), product()])
    assert (Address("toy.price", "pro.monthly") in graph, Address("toy.price", "x") in graph) == (True, False)
    assert graph.needs[Address("toy.page", "main")] == (Address("toy.price", "pro.monthly"),)
    assert graph.needs[Address("toy.product", "pro")] == ()


def test_a_deep_chain_needs_no_stack() -> None:
    chain = [shelf(f"{number:05}", f"{number + 1:05}") for number in range(5000)]
    assert order(*chain, shelf("05000"))[0] == "05000"


def test_two_parts_that_ask_for_one_object_are_both_named() -> None:
    summary, first = "two parts of the catalog ask for toy.product/pro", "the other stands at catalog.yaml:3:1"
    assert problems(product(line=3), product("Twice", line=9), product("Thrice")) == [
        ("P001", summary, "catalog.yaml:9:1", first),
        ("P001", summary, None, first),
    ]
    assert problems(product(), product("Twice"))[0][3] is None


def test_everything_that_nobody_asks_for_is_named_at_once() -> None:
    assert problems(want("toy.page", "main", prices=(MONTHLY,), line=4), shelf("a", "b")) == [
        ("P002", "toy.page/main needs toy.price/pro.monthly, which nothing asks for", "catalog.yaml:4:1", None),
        ("P002", "toy.shelf/a needs toy.shelf/b, which nothing asks for", None, None),
    ]


def test_what_is_looked_up_needs_nobody_to_ask_for_it() -> None:
    wanted = want("toy.shelf", "main/a", name="A", category=Ref.to(Address("toy.category", "main/Plans")))
    graph = Graph([wanted], lookups=["toy.category"])
    assert list(graph) == [wanted]
    assert graph.needs[wanted.address] == (Address("toy.category", "main/Plans"),)


def test_a_circle_is_shown_from_where_it_closes() -> None:
    assert problems(shelf("a", "b"), shelf("b", "c", line=5), shelf("c", "d"), shelf("d", "b")) == [
        (
            "P003",
            "these need each other in a circle: toy.shelf/b -> toy.shelf/c -> toy.shelf/d -> toy.shelf/b",
            "catalog.yaml:5:1",
            None,
        )
    ]
