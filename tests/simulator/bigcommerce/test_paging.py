"""Pages by offset, by cursor and of v2; filters that count and filters that are not there."""

from __future__ import annotations

import pytest

from tests.simulator.bigcommerce.client import Store, metafield


def test_pages_by_offset(shop: Store) -> None:
    """A3: data and meta.pagination with total, count, per_page, current_page, total_pages and links."""
    for number in range(5):
        shop.product(f"P{number}")
    answer = shop.get("v3/catalog/products?limit=2&page=2&sort=name").json()
    assert [row["name"] for row in answer["data"]] == ["P2", "P3"]
    assert answer["meta"]["pagination"] == {
        "total": 5,
        "count": 2,
        "per_page": 2,
        "current_page": 2,
        "total_pages": 3,
        "links": {
            "previous": "?sort=name&page=1&limit=2",
            "current": "?sort=name&page=2&limit=2",
            "next": "?sort=name&page=3&limit=2",
        },
    }
    assert shop.data("v3/catalog/products?limit=2&page=9") == []


def test_fifty_unless_said(shop: Store) -> None:
    """A3: the default page size is 50."""
    meta = shop.get("v3/catalog/products").json()["meta"]["pagination"]
    assert (meta["per_page"], meta["total"], meta["total_pages"]) == (50, 0, 0)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("v3/catalog/products?limit=251", 413),
        ("v3/catalog/products?limit=250", 200),
        ("v3/catalog/products?limit=none", 422),
        ("v3/catalog/products?limit=0", 422),
        ("v3/catalog/products?page=0", 422),
        ("v3/pricelists?limit=251", 413),
        ("v3/catalog/products?id:in=one", 422),
        ("v3/catalog/products?is_visible=perhaps", 422),
        ("v3/catalog/products?include=everything", 422),
        ("v3/catalog/products?colour=red", 422),
        ("v3/catalog/trees/categories?id:in=1", 422),
        ("v3/customers/attributes?id:in=1", 422),
        ("v3/catalog/products/metafields?after=nonsense", 422),
        ("v3/pricelists?after=MQ==&page=1", 422),
        ("v3/pricelists?after=MQ==&before=MQ==", 422),
    ],
)
def test_what_a_list_may_be_asked(shop: Store, path: str, status: int) -> None:
    """A3, A15: 413 over the limit, 422 for values and filters that mean nothing."""
    assert shop.get(path).status_code == status


def test_the_filter_that_is_not_one_is_named(shop: Store) -> None:
    """A15: the title names the filters."""
    title = shop.get("v3/catalog/products?colour=red").json()["title"]
    assert title == "The filter(s): colour are not valid filter parameter(s)."


def test_includes_of_options_cut_the_page_to_ten(shop: Store) -> None:
    """A3: include=options|modifiers silently drops to ten per page."""
    for number in range(12):
        shop.product(f"P{number}")
    for include, count in (("variants", 12), ("options", 10), ("variants,modifiers", 10)):
        assert len(shop.data(f"v3/catalog/products?limit=250&include={include}")) == count
    assert len(shop.data("v3/catalog/products?limit=250&include=options&page=2")) == 2


def test_cursors_walk_the_collection(shop: Store) -> None:
    """A3: cursors on metafields; end_cursor leads on, `page` is gone once a cursor is given."""
    product = shop.product()
    for number in range(5):
        shop.made(f"v3/catalog/products/{product['id']}/metafields", metafield(key=f"k{number}"))
    seen: list[str] = []
    path = "v3/catalog/products/metafields?limit=2"
    first = shop.get(path).json()
    assert set(first["meta"]) == {"pagination", "cursor_pagination"}
    while True:
        answer = shop.get(path).json()
        seen += [row["key"] for row in answer["data"]]
        cursors = answer["meta"]["cursor_pagination"]
        if "next" not in cursors["links"]:
            break
        assert cursors["end_cursor"] != cursors["start_cursor"]
        path = f"v3/catalog/products/metafields?limit=2&after={cursors['end_cursor']}"
    assert seen == [f"k{number}" for number in range(5)]
    assert set(answer["meta"]) == {"cursor_pagination"}
    back = shop.get(f"v3/catalog/products/metafields?limit=2&before={cursors['start_cursor']}").json()
    assert [row["key"] for row in back["data"]] == ["k2", "k3"]


def test_the_link_to_the_next_page_works_as_it_is(shop: Store) -> None:
    """A3: links.next is a query string."""
    product = shop.product()
    for number in range(3):
        shop.made(f"v3/catalog/products/{product['id']}/metafields", metafield(key=f"k{number}"))
    first = shop.get("v3/catalog/products/metafields?namespace=billing&limit=2").json()
    link = first["meta"]["cursor_pagination"]["links"]["next"]
    assert [row["key"] for row in shop.data(f"v3/catalog/products/metafields{link}")] == ["k2"]


def test_price_lists_say_only_what_was_asked_for(shop: Store) -> None:
    """Price lists page: `page` leaves pagination alone, a cursor leaves cursor_pagination alone."""
    for name in ("A", "B", "C"):
        shop.made("v3/pricelists", {"name": name})
    assert set(shop.get("v3/pricelists?limit=1").json()["meta"]) == {"pagination", "cursor_pagination"}
    assert set(shop.get("v3/pricelists?page=1").json()["meta"]) == {"pagination"}
    cursor = shop.get("v3/pricelists?limit=1").json()["meta"]["cursor_pagination"]["end_cursor"]
    assert set(shop.get(f"v3/pricelists?after={cursor}").json()["meta"]) == {"cursor_pagination"}


def test_v2_lists_are_bare_and_204_when_empty(shop: Store) -> None:
    """A3: v2 answers arrays, and 204 with no body when there is nothing."""
    empty = shop.get("v2/customer_groups")
    assert (empty.status_code, empty.content) == (204, b"")
    shop.post("v2/customer_groups", {"name": "Pro members"})
    assert [row["name"] for row in shop.get("v2/customer_groups").json()] == ["Pro members"]
    assert shop.get("v2/customer_groups?page=2").status_code == 204
    assert shop.get("v2/customer_groups?limit=251").status_code == 413


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sku=pro", ["Pro"]),
        ("sku:in=PRO,TEAM", ["Pro", "Team"]),
        ("name=Team", ["Team"]),
        ("name=Tea", []),
        ("type=physical", []),
        ("is_visible=true", ["Team"]),
        ("price=49", ["Pro", "Team"]),
        ("keyword=tea", ["Team"]),
        ("availability=disabled", []),
        ("channel_id:in=2", ["Pro"]),
        ("date_modified:min=2001-01-01T00:00:00Z", ["Pro", "Team"]),
        ("date_modified:max=2001-01-01T00:00:00Z", []),
        ("sort=name&direction=desc", ["Team", "Pro"]),
    ],
)
def test_products_are_found(shop: Store, query: str, names: list[str]) -> None:
    """A3: filters of the product list; `sku` and `sku:in` look at the product's own SKU."""
    pro = shop.product("Pro")
    shop.product("Team", is_visible=True)
    shop.put("v3/catalog/products/channel-assignments", [{"product_id": pro["id"], "channel_id": 2}])
    assert [row["name"] for row in shop.data(f"v3/catalog/products?{query}")] == names


def test_products_are_found_by_id_and_narrowed(shop: Store) -> None:
    """A3: id:in, include_fields and exclude_fields."""
    first, second = shop.product("A"), shop.product("B")
    found = shop.data(f"v3/catalog/products?id:in={first['id']},{second['id']}&include_fields=name,sku")
    assert found == [{"id": row["id"], "name": row["name"], "sku": row["sku"]} for row in (first, second)]
    assert "price" not in shop.data(f"v3/catalog/products/{first['id']}?exclude_fields=price,weight")
