"""Metafields: keys, permissions, owners, batches with partial success."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.bigcommerce.client import CLIENT, Store, metafield


def _path(shop: Store) -> str:
    return f"v3/catalog/products/{shop.product()['id']}/metafields"


def test_what_a_metafield_is(shop: Store) -> None:
    """A7: the answer adds id, resource, dates and the owner's client id."""
    path = _path(shop)
    field = shop.made(path, metafield())
    assert field["resource_type"] == "product"
    assert field["owner_client_id"] == CLIENT
    assert field["description"] == ""
    assert {"id", "resource_id", "date_created", "date_modified"} <= set(field)
    assert shop.data(path) == [field]
    assert shop.data(f"{path}/{field['id']}") == field


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"value": ""}, "value"),
        ({"value": 5}, "value"),
        ({"value": "x" * 65_536}, "value"),
        ({"namespace": ""}, "namespace"),
        ({"namespace": "x" * 65}, "namespace"),
        ({"key": "x" * 65}, "key"),
        ({"permission_set": "secret"}, "permission_set"),
        ({"description": "x" * 256}, "description"),
    ],
)
def test_values_that_do_not_fit(shop: Store, words: dict[str, Any], field: str) -> None:
    """A7: lengths, closed permission set; an empty value is invalid."""
    answer = shop.post(_path(shop), metafield(**words))
    assert answer.status_code == 422
    assert answer.json()["title"] == f"The following fields are invalid: {field}"


@pytest.mark.parametrize("field", ["permission_set", "namespace", "key", "value"])
def test_what_a_metafield_needs(shop: Store, field: str) -> None:
    """A7: all four are required, of a PUT too."""
    path = _path(shop)
    body = {name: value for name, value in metafield().items() if name != field}
    assert shop.post(path, body).status_code == 422
    made = shop.made(path, metafield())
    assert shop.put(f"{path}/{made['id']}", body).status_code == 422


def test_keys_are_unique_for_an_owner(shop: Store) -> None:
    """A5: the key is (client, namespace, key, resource): 409 for one's own, none for another's."""
    path = _path(shop)
    shop.made(path, metafield(permission_set="read"))
    assert shop.post(path, metafield()).status_code == 409
    assert shop.post(path, metafield(namespace="other")).status_code == 200
    other = shop.another("t2", "c2")
    assert other.post(path, metafield()).status_code == 200
    assert sorted(row["owner_client_id"] for row in other.data(f"{path}?namespace=billing")) == ["c2", CLIENT]


def test_a_field_of_the_app_alone(shop: Store) -> None:
    """A7: app_only exists for its owner alone."""
    path = _path(shop)
    field = shop.made(path, metafield(permission_set="app_only"))
    other = shop.another("t2", "c2")
    assert other.data(path) == []
    assert other.data("v3/catalog/products/metafields") == []
    assert other.get(f"{path}/{field['id']}").status_code == 404
    assert other.put(f"{path}/{field['id']}", metafield(value="x")).status_code == 404


@pytest.mark.parametrize(
    ("permission_set", "change", "status"),
    [
        ("read", {"value": "x"}, 403),
        ("read_and_sf_access", {"value": "x"}, 403),
        ("write", {"description": "x"}, 200),
        ("write", {"value": "x"}, 403),
        ("write", {"namespace": "x"}, 403),
        ("write", {"key": "x"}, 403),
        ("write", {"permission_set": "read"}, 403),
    ],
)
def test_what_others_may_change_of_a_product(
    shop: Store, permission_set: str, change: dict[str, Any], status: int
) -> None:
    """A7: namespace, key, permission set, and a product's value, are for the owner to change."""
    path = _path(shop)
    field = shop.made(path, metafield(permission_set=permission_set))
    body = {**metafield(permission_set=permission_set), **change}
    assert shop.another("t2", "c2").put(f"{path}/{field['id']}", body).status_code == status
    assert shop.put(f"{path}/{field['id']}", body).status_code == 200


def test_others_may_write_the_value_of_a_variant(shop: Store) -> None:
    """A7: only a product's value is sealed under `write`."""
    product, _, variants = shop.plan()
    path = f"v3/catalog/products/{product['id']}/variants/{variants[0]['id']}/metafields"
    field = shop.made(path, metafield(permission_set="write"))
    other = shop.another("t2", "c2")
    assert other.put(f"{path}/{field['id']}", metafield(permission_set="write", value="x")).status_code == 200
    assert shop.data(f"{path}/{field['id']}")["value"] == "x"
    assert other.delete(f"{path}/{field['id']}").status_code == 403


def test_one_account_may_manage_all(shop: Store) -> None:
    """A1: store_metafield_write_all manages everybody's, app_only included."""
    path = _path(shop)
    field = shop.made(path, metafield())
    scopes = ["store_v2_products", "store_metafield_write_all"]
    other = shop.another("t2", "c2", scopes=scopes)
    assert other.put(f"{path}/{field['id']}", metafield(value="x")).status_code == 200
    assert other.delete(f"{path}/{field['id']}").status_code == 204


def test_writing_needs_the_scope(shop: Store) -> None:
    """A1: store_metafield_write is the default scope of metafields."""
    path = _path(shop)
    other = shop.another("t2", "c2", scopes=["store_v2_products"])
    assert other.get(path).status_code == 200
    assert other.post(path, metafield()).status_code == 403


def test_the_limit_per_resource_and_client(shop: Store) -> None:
    """A7: 250 per entity per client id."""
    product = shop.product()
    fields = [metafield(key=f"k{number}", resource_id=product["id"]) for number in range(251)]
    answer = shop.post("v3/catalog/products/metafields", fields)
    assert answer.status_code == 422
    assert answer.json()["meta"] == {"total": 251, "success": 250, "failed": 1}
    path = f"v3/catalog/products/{product['id']}/metafields"
    assert shop.another("t2", "c2").post(path, metafield()).status_code == 200


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("namespace=billing", ["a", "b"]),
        ("namespace=other", ["c"]),
        ("namespace:in=billing,other", ["a", "b", "c"]),
        ("key=b", ["b"]),
        ("key:in=a,c", ["a", "c"]),
        ("resource_id:in=999", []),
        ("direction=desc", ["c", "b", "a"]),
        ("date_modified:min=2001-01-01", ["a", "b", "c"]),
    ],
)
def test_the_collection_is_filtered(shop: Store, query: str, keys: list[str]) -> None:
    """A3: namespace, key, their lists, and resource_id:in."""
    path = _path(shop)
    for key, namespace in (("a", "billing"), ("b", "billing"), ("c", "other")):
        shop.made(path, metafield(key=key, namespace=namespace))
    assert [row["key"] for row in shop.data(f"v3/catalog/products/metafields?{query}")] == keys


def test_a_batch_that_works(shop: Store) -> None:
    """A4: POST, PUT and DELETE of the collection; DELETE takes a body of ids."""
    product, _, variants = shop.plan()
    made = shop.made("v3/catalog/variants/metafields", [metafield(resource_id=variant["id"]) for variant in variants])
    changes = [{"id": field["id"], "value": "price_2"} for field in made]
    changed = shop.put("v3/catalog/variants/metafields", changes).json()
    assert [field["value"] for field in changed["data"]] == ["price_2", "price_2"]
    assert (changed["errors"], changed["meta"]) == ([], {"total": 2, "success": 2, "failed": 0})
    gone = shop.delete("v3/catalog/variants/metafields", [field["id"] for field in made])
    assert (gone.status_code, gone.json()["data"]) == (200, [field["id"] for field in made])
    assert shop.data(f"v3/catalog/products/{product['id']}/variants/{variants[0]['id']}/metafields") == []


def test_a_batch_that_works_in_part(shop: Store) -> None:
    """A15: 422 with data, errors and meta; what could be done is done."""
    product = shop.product()
    shop.made("v3/catalog/products/metafields", [metafield(resource_id=product["id"])])
    fields = [
        metafield(resource_id=product["id"]),
        metafield(resource_id=product["id"], key="fresh"),
        metafield(resource_id=999),
        metafield(resource_id=product["id"], key="empty", value=""),
    ]
    answer = shop.post("v3/catalog/products/metafields", fields)
    body = answer.json()
    assert answer.status_code == 422
    assert [row["key"] for row in body["data"]] == ["fresh"]
    assert [(error["status"], next(iter(error["errors"])).split(".")[0]) for error in body["errors"]] == [
        (409, "0"),
        (404, "2"),
        (422, "3"),
    ]
    assert body["meta"] == {"total": 4, "success": 1, "failed": 3}
    gone = shop.delete("v3/catalog/products/metafields", [body["data"][0]["id"], 999])
    assert (gone.status_code, gone.json()["data"]) == (422, [body["data"][0]["id"]])


def test_a_batch_that_is_no_array(shop: Store) -> None:
    """A15: 400 with a detail."""
    answer = shop.post("v3/catalog/products/metafields", metafield())
    assert answer.status_code == 400
    assert "detail" in answer.json()


def test_metafields_of_the_store(shop: Store) -> None:
    """Store metafields: made in batches, ids are strings, read, changed and deleted one by one."""
    (field,) = shop.made("v3/store/metafields", [metafield(key="catalog")])
    assert isinstance(field["id"], str)
    assert field["resource_type"] == "store"
    path = f"v3/store/metafields/{field['id']}"
    assert shop.data(path) == field
    assert shop.data("v3/store/metafields?namespace=billing&key=catalog") == [field]
    assert shop.put(path, metafield(key="catalog", value="2")).json()["data"]["value"] == "2"
    batch = [{**metafield(key="catalog", value="3"), "id": int(field["id"])}]
    assert shop.put("v3/store/metafields", batch).status_code == 200
    assert shop.post("v3/store/metafields", [metafield(key="catalog")]).status_code == 422
    assert shop.delete(path).status_code == 204
    assert shop.get(path).status_code == 404
    assert shop.delete("v3/store/metafields", []).json()["meta"]["total"] == 0


def test_metafields_of_a_channel(shop: Store) -> None:
    """Channels carry metafields too."""
    field = shop.made("v3/channels/2/metafields", metafield())
    assert (field["resource_type"], field["resource_id"]) == ("channel", 2)
    assert shop.post("v3/channels/9/metafields", metafield()).status_code == 404
    assert shop.data("v3/channels/metafields") == shop.data("v3/channels/2/metafields") == [field]
    path = f"v3/channels/2/metafields/{field['id']}"
    changed = shop.put(path, metafield(value="price_2")).json()["data"]
    assert changed["value"] == "price_2"
    assert shop.data(path) == changed
    assert shop.delete(path).status_code == 204
    assert shop.get(path).status_code == 404


def test_metafields_of_channels_in_batches(shop: Store) -> None:
    """A4: the collection of every kind takes batches, of any of its objects."""
    fields = shop.made("v3/channels/metafields", [metafield(resource_id=number) for number in (1, 2)])
    assert [field["resource_id"] for field in fields] == [1, 2]
    wanted = [{"id": field["id"], "value": "price_2"} for field in fields]
    changed = shop.put("v3/channels/metafields", wanted).json()["data"]
    assert shop.data("v3/channels/metafields") == changed
    assert [field["value"] for field in changed] == ["price_2"] * 2
    numbers = [field["id"] for field in fields]
    gone = shop.delete("v3/channels/metafields", numbers).json()
    assert (gone["data"], gone["meta"]) == (numbers, {"total": 2, "success": 2, "failed": 0})
    assert shop.data("v3/channels/metafields") == []


def test_metafields_of_nothing(shop: Store) -> None:
    """404 for an object that is not there, or not of that product."""
    _, _, variants = shop.plan("Other")
    wrong = f"v3/catalog/products/{shop.product('Free')['id']}/variants/{variants[0]['id']}/metafields"
    assert shop.post(wrong, metafield()).status_code == 404
    assert shop.post("v3/catalog/products/999/metafields", metafield()).status_code == 404
    assert shop.get("v3/catalog/products/999/metafields").status_code == 404
    assert shop.delete(f"{_path(shop)}/999").status_code == 404
