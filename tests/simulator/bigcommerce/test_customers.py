"""Customer groups (v2) and customer attributes (v3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.bigcommerce.client import STORE, Store

GROUPS = "v2/customer_groups"
ATTRIBUTES = "v3/customers/attributes"


def test_a_group(shop: Store) -> None:
    """A8: v2 answers without an envelope; dates are RFC 2822; defaults are filled in."""
    made = shop.post(GROUPS, {"name": "Pro members"}).json()
    assert (made["name"], made["is_default"], made["is_group_for_guests"]) == ("Pro members", False, False)
    assert (made["category_access"], made["discount_rules"]) == ({"type": "all"}, [])
    assert made["date_created"].endswith("+0000")
    assert shop.get(f"{GROUPS}/{made['id']}").json() == made
    assert shop.get(f"{GROUPS}/count").json() == {"count": 1}
    assert shop.put(f"{GROUPS}/{made['id']}", {"name": "Pro"}).json()["name"] == "Pro"
    assert shop.get(f"{GROUPS}?name=pro").json()[0]["id"] == made["id"]
    assert shop.delete(f"{GROUPS}/{made['id']}").status_code == 204
    assert shop.delete(f"{GROUPS}/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "The required field 'name' was not supplied."),
        ({"name": 5}, "The field 'name' is invalid."),
        ({"name": "x", "colour": "red"}, "The field 'colour' is not supported by this resource."),
        (
            {"name": "x", "id": 5},
            "The field 'id' cannot be written to. Please remove it from your request before trying again.",
        ),
        ({"name": "x", "is_default": "yes"}, "The field 'is_default' is invalid."),
        ({"name": "x", "category_access": {"type": "some"}}, "The field 'category_access' is invalid."),
        ({"name": "x", "category_access": {"type": "specific"}}, "The field 'category_access' is invalid."),
        ({"name": "x", "discount_rules": [{"type": "all"}]}, "The field 'discount_rules' is invalid."),
        ({"name": "x", "discount_rules": [{"type": "gift"}]}, "The field 'discount_rules' is invalid."),
        (
            {"name": "x", "discount_rules": [{"type": "price_list", "price_list_id": 999}]},
            "The field 'discount_rules' is invalid.",
        ),
    ],
)
def test_groups_that_do_not_fit(shop: Store, body: dict[str, Any], message: str) -> None:
    """A15: v2 answers an array of {status, message}; read-only and unknown fields are refused."""
    answer = shop.post(GROUPS, body)
    assert answer.status_code == 400
    assert (answer.json()[0]["status"], answer.json()[0]["message"]) == (400, message)
    assert shop.get(GROUPS).status_code == 204


def test_rules_are_replaced_as_a_whole(shop: Store) -> None:
    """A8: PUT replaces the whole of discount_rules; amounts are read back as text of four decimals."""
    rules = [
        {"type": "category", "method": "percent", "amount": "5", "category_id": 101},
        {"type": "all", "method": "fixed", "amount": 2.5},
    ]
    made = shop.post(GROUPS, {"name": "x", "discount_rules": rules}).json()
    assert [rule["amount"] for rule in made["discount_rules"]] == ["5.0000", "2.5000"]
    path = f"{GROUPS}/{made['id']}"
    shop.put(path, {"name": "y"})
    assert len(shop.get(path).json()["discount_rules"]) == 2
    price_list = shop.made("v3/pricelists", {"name": "Europe"})
    rule = {"type": "price_list", "price_list_id": price_list["id"]}
    assert shop.put(path, {"discount_rules": [rule]}).json()["discount_rules"] == [rule]
    assert shop.put(path, {"discount_rules": []}).json()["discount_rules"] == []


def test_one_group_for_guests(shop: Store) -> None:
    """A8: only one guest group may exist."""
    first = shop.post(GROUPS, {"name": "Guests", "is_group_for_guests": True}).json()
    assert shop.post(GROUPS, {"name": "More guests", "is_group_for_guests": True}).status_code == 409
    assert shop.put(f"{GROUPS}/{first['id']}", {"is_group_for_guests": True}).status_code == 200


def test_one_default_group(shop: Store) -> None:
    """A8, unverified: a new default unsets the old one."""
    first = shop.post(GROUPS, {"name": "A", "is_default": True}).json()
    second = shop.post(GROUPS, {"name": "A", "is_default": True}).json()
    assert shop.get(f"{GROUPS}/{first['id']}").json()["is_default"] is False
    assert [row["id"] for row in shop.get(f"{GROUPS}?is_default=true").json()] == [second["id"]]


def test_a_discount_that_fails_by_itself(shop: Store) -> None:
    """A8: 207 means that the group was saved and its site-wide discount was not."""
    shop.control("PATCH", f"bigcommerce/stores/{STORE}", {"settings": {"partial_writes": 1}})
    body = {"name": "Pro", "discount_rules": [{"type": "all", "method": "percent", "amount": 10}]}
    answer = shop.post(GROUPS, body)
    assert (answer.status_code, answer.json()["status"]) == (207, 207)
    (group,) = shop.get(GROUPS).json()
    assert (group["name"], group["discount_rules"]) == ("Pro", [])
    again = shop.put(f"{GROUPS}/{group['id']}", body)
    assert len(again.json()["discount_rules"]) == 1


def test_a_group_that_is_not_there(shop: Store) -> None:
    """A15: 404 as an array; an id that is no number is 400 with errors."""
    answer = shop.get(f"{GROUPS}/999")
    assert (answer.status_code, answer.json()[0]["status"]) == (404, 404)
    odd = shop.get(f"{GROUPS}/abc")
    assert (odd.status_code, odd.json()["errors"][0]["status"]) == (400, 400)


def test_attributes(shop: Store) -> None:
    """A9: definitions come and go in arrays."""
    made = shop.made(ATTRIBUTES, [{"name": "Plan", "type": "string"}, {"name": "Seats", "type": "number"}])
    assert [row["type"] for row in made] == ["string", "number"]
    assert shop.data(f"{ATTRIBUTES}?name=plan") == [made[0]]
    renamed = shop.put(ATTRIBUTES, [{"id": made[0]["id"], "name": "Billing plan"}]).json()["data"]
    assert (renamed[0]["name"], renamed[0]["type"]) == ("Billing plan", "string")
    assert shop.delete(f"{ATTRIBUTES}?id:in={made[0]['id']},{made[1]['id']}").status_code == 204
    assert shop.data(ATTRIBUTES) == []


@pytest.mark.parametrize(
    "body",
    [[{"name": "x"}], [{"type": "string"}], [{"name": "x", "type": "boolean"}], [{"name": "", "type": "date"}]],
)
def test_attributes_that_do_not_fit(shop: Store, body: list[Any]) -> None:
    """A9: a name and one of string, number, date."""
    assert shop.post(ATTRIBUTES, body).status_code == 422


def test_fifty_attributes(shop: Store) -> None:
    """A4: 50 per store."""
    shop.made(ATTRIBUTES, [{"name": f"A{number}", "type": "string"} for number in range(50)])
    assert shop.post(ATTRIBUTES, [{"name": "One more", "type": "string"}]).status_code == 422


@pytest.mark.wrong_on_purpose
def test_the_type_of_an_attribute_is_for_ever(shop: Store) -> None:
    """A9: type immutable; and DELETE needs id:in."""
    (made,) = shop.made(ATTRIBUTES, [{"name": "Plan", "type": "string"}])
    body = {"id": made["id"], "name": "Plan"}
    assert shop.put(ATTRIBUTES, [{**body, "type": "number"}]).status_code == 422
    assert shop.put(ATTRIBUTES, [{**body, "type": "string"}]).status_code == 200
    assert shop.put(ATTRIBUTES, [{"id": 999, "name": "Plan"}]).status_code == 422
    assert shop.delete(ATTRIBUTES).status_code == 422
