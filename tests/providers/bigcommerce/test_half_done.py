"""Answers that are lost, runs that stop half-way, writes that are done in part: nothing twice, nothing forgotten."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from billform.core.diagnostic import BillformError
from billform.providers.http import BigCommercePolicy, Patience, Response, Transport

from .catalogs import EMPTY, PRO, edited
from .shop import Shop, actions, described

CREATES = (
    "/v3/catalog/products",
    "/v3/catalog/products/*/options",
    "/v3/catalog/variants",
    "/v3/catalog/variants/metafields",
    "/v3/catalog/products/metafields",
    "/v3/catalog/products/channel-assignments",
    "/v3/pricelists",
    "/v3/pricelists/assignments",
    "/v3/pricelists/*/records",
    "/v2/customer_groups",
    "/v3/customers/attributes",
    "/v3/hooks",
    "/v3/content/scripts",
    "/v3/store/metafields",
)


def _population(shop: Shop) -> Counter[str]:
    """How many there are of everything."""
    paths = (
        "/v3/catalog/products", "/v3/catalog/variants", "/v3/pricelists", "/v3/pricelists/assignments",
        "/v2/customer_groups", "/v3/customers/attributes", "/v3/hooks", "/v3/content/scripts", "/v3/store/metafields",
        "/v3/catalog/variants/metafields", "/v3/catalog/products/metafields",
    )  # fmt: skip
    answers = {path: shop.raw("GET", f"{path}?limit=250") for path in paths}
    return Counter({path: len(_rows(answer)) for path, answer in answers.items()})


def _rows(answer: Any) -> list[Any]:
    return list(answer["data"] if isinstance(answer, dict) else answer or [])


WHOLE = Counter(
    {
        "/v3/catalog/products": 1,
        "/v3/catalog/variants": 2,
        "/v3/pricelists": 2,
        "/v3/pricelists/assignments": 2,
        "/v2/customer_groups": 2,
        "/v3/customers/attributes": 2,
        "/v3/hooks": 1,
        "/v3/content/scripts": 2,
        "/v3/store/metafields": 12,
        "/v3/catalog/variants/metafields": 4,
        "/v3/catalog/products/metafields": 1,
    }
)


@pytest.mark.parametrize("path", CREATES)
def test_a_create_whose_answer_is_lost_makes_one(shop: Shop, path: str) -> None:
    """The object is looked up by its natural key before it is asked for again."""
    shop.fault(action="lost_answer", writes=True, path=f"/stores/*{path}")
    shop.apply(PRO)
    assert shop.control("GET", "faults")["data"][0]["fired"] == 1
    assert _population(shop) == WHOLE
    assert described(shop.plan(PRO)) == []


@pytest.mark.parametrize("path", CREATES)
def test_a_create_that_never_arrived_is_asked_for_again(shop: Shop, path: str) -> None:
    """For the caller it looks the same as a lost answer."""
    shop.fault(action="cut_connection", writes=True, path=f"/stores/*{path}")
    shop.apply(PRO)
    assert _population(shop) == WHOLE
    assert described(shop.plan(PRO)) == []


class Unmarking(Transport):
    """A store that fails on marks of objects (`"product`), and takes everything else."""

    failing = ""

    async def request(self, method: str, url: str, **words: Any) -> Response:
        body = words.get("content") or b""
        if url.endswith("/v3/store/metafields") and b"digest" in body and self.failing.encode() in body:
            answer = await super().request("GET", url, **{**words, "content": None, "write": False})
            return replace(answer, status=500, body=b"{}")
        return await super().request(method, url, **words)


def unmarked(shop: Shop, text: str, monkeypatch: pytest.MonkeyPatch, failing: str = "") -> None:
    """Applies, and objects are made whose marks are not."""
    policy = BigCommercePolicy(patience=Patience(tries=3, total=5, first=0.01, most=0.05))
    monkeypatch.setattr(Unmarking, "failing", failing)
    with monkeypatch.context() as patch:
        patch.setattr(shop, "transport", lambda: Unmarking(policy, base_url=shop.simulator.bigcommerce_url))
        with pytest.raises(BillformError):
            shop.apply(text)


def test_objects_whose_marks_were_never_written_are_recognised(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store takes the object and the mark in two writes; a run may end between them."""
    text = edited(('      headers: { X-Hook-Token: "env:HOOK_TOKEN", X-Source: billform }\n', ""))
    unmarked(shop, text, monkeypatch)
    second = shop.apply(text)
    adopted = {each.removeprefix("adopt bigcommerce.") for each in actions(second) if each.startswith("adopt")}
    assert adopted == {
        "product/main/pro",
        "script/main/portal/us",
        "script/main/portal/eu",
        "webhook/main/orders",
        "price_list/main/europe",
        "price_list/main/partners",
        "customer_group/main/partners",
        "customer_attribute/main/renews",
        "customer_attribute/main/status",
    }
    assert _population(shop) == WHOLE, "of what was written down before they were made, nothing is left"
    assert described(shop.plan(text)) == []


def test_variants_whose_marks_were_never_written_are_recognised_with_their_places(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    unmarked(shop, PRO, monkeypatch, failing='"variant.')
    adopted = [each for each in actions(shop.apply(PRO)) if each.startswith("adopt")]
    assert adopted == [
        "adopt bigcommerce.variant/main/pro.base.monthly",
        "adopt bigcommerce.variant/main/pro.base.yearly",
    ]
    assert described(shop.plan(PRO)) == []
    assert _population(shop) == WHOLE


def test_a_run_that_stops_at_any_write_is_finished_by_the_next(shop: Shop) -> None:
    """Every write in turn is the last one that gets through."""
    text = edited(('      headers: { X-Hook-Token: "env:HOOK_TOKEN", X-Source: billform }\n', ""))
    shop.apply(text)
    total = len(shop.writes())
    assert total > 20
    for last in range(1, total, 3):
        shop.control("POST", "reset")
        for thing in shop.things.values():
            thing.lives.clear()
        shop.fault(action="server_error", writes=True, nth=last + 1, count=None)
        with pytest.raises(BillformError):
            shop.apply(text)
        shop.control("DELETE", "faults")
        shop.apply(text)
        assert described(shop.plan(text)) == [], f"after write {last}"
        assert _population(shop) == WHOLE, f"after write {last}"


def test_a_product_without_its_address_is_tried_again(shop: Shop) -> None:
    """207: the product stands, but its address does not."""
    text = edited(("categories: [Plans]", "categories: [Plans]\n      path: /plans/pro"))
    shop.control("PATCH", "bigcommerce/stores/simstore1", {"settings": {"partial_writes": 1}})
    shop.settle(text)
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    assert product["custom_url"]["url"] == "/plans/pro/"

    shop.control("PATCH", "bigcommerce/stores/simstore1", {"settings": {"partial_writes": 3}})
    with pytest.raises(BillformError):
        shop.apply(text.replace("/plans/pro", "/plans/max"))
    shop.settle(text.replace("/plans/pro", "/plans/max"))
    assert len(shop.raw("GET", "/v3/catalog/products")["data"]) == 1


@pytest.mark.parametrize("failing", [1, 2])
def test_a_group_without_its_discount_is_tried_again(shop: Shop, failing: int) -> None:
    """207: the group stands, its discount does not; when that is so once more, nobody is told that all is done."""
    text = edited(("type: product, product: pro, amount", "type: all, amount"))
    shop.control("PATCH", "bigcommerce/stores/simstore1", {"settings": {"partial_writes": failing}})
    with pytest.raises(BillformError, match="sitewide discount") if failing == 2 else nullcontext():
        shop.apply(text)
    shop.control("PATCH", "bigcommerce/stores/simstore1", {"settings": {"partial_writes": 0}})
    shop.settle(text)
    group = next(each for each in shop.raw("GET", "/v2/customer_groups") if each["name"] == "Members")
    assert [each["type"] for each in group["discount_rules"]] == ["all"]


def test_of_a_batch_only_what_is_wrong_fails(shop: Shop) -> None:
    """A SKU that somebody else's product has fails its own variant; the other one is made."""
    theirs = {"name": "Mug", "type": "physical", "weight": 1, "price": 9, "sku": "pro-yearly"}
    shop.raw("POST", "/v3/catalog/products", theirs)
    with pytest.raises(BillformError, match="PRO-YEARLY"):
        shop.apply(PRO)
    assert [live.spec.sku for live in shop.observe("bigcommerce.variant")] == ["PRO-MONTHLY"]


def test_of_price_records_only_those_that_are_named_fail(shop: Shop) -> None:
    """The store saves the others of a batch: here all but one in a currency that it does not have."""
    text = edited(("price: { usd: 39 },", "price: { usd: 39, gbp: 31 },"))
    with pytest.raises(BillformError, match="currency"):
        shop.apply(text)
    left = actions(shop.plan(text), "bigcommerce.price_record")
    assert left == ["create bigcommerce.price_record/main/partners/pro.base.monthly/gbp"]
    assert shop.raw("GET", "/v3/catalog/products/channel-assignments")["data"] == [], "sold at the wrong price there"


class Vague(Transport):
    """A store that says that records are wrong and not which, and saves none."""

    async def request(self, method: str, url: str, **words: Any) -> Response:
        if method == "PUT" and url.endswith("/records"):
            errors = [{"data": {"currency": "EUR"}, "field_errors": {"price": "is too high"}}]
            body = json.dumps({"batch_errors": errors}).encode()
            answer = await super().request("GET", url, **{**words, "content": None, "write": False})
            return replace(answer, status=422, body=body)
        return await super().request(method, url, **words)


def test_price_records_of_which_the_store_does_not_say_which_are_wrong_all_fail(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not known to be saved is not told as saved."""
    policy = BigCommercePolicy(patience=Patience(tries=3, total=5, first=0.01, most=0.05))
    monkeypatch.setattr(shop, "transport", lambda: Vague(policy, base_url=shop.simulator.bigcommerce_url))
    with pytest.raises(BillformError):
        shop.apply(PRO)
    monkeypatch.undo()
    records = {each for each in actions(shop.plan(PRO)) if "price_record" in each}
    assert len(records) == 3
    shop.settle(PRO)


def test_metafields_that_were_made_in_part_are_completed(shop: Shop) -> None:
    """One metafield of the batch is there already from a run of ours that was never heard of again."""
    shop.settle(PRO)
    field = shop.raw("GET", "/v3/catalog/variants/metafields")["data"][0]
    shop.settle(EMPTY)
    fresh = {
        name: field[name] for name in ("namespace", "key", "value", "permission_set", "description", "resource_id")
    }
    shop.raw("POST", "/v3/catalog/variants/metafields", [{**fresh, "description": fresh["description"]}])
    shop.settle(PRO)
    assert _population(shop)["/v3/catalog/variants/metafields"] == 4


WEEKLY = ("          yearly: {", "          weekly: { every: week, amount: { usd: 19, eur: 18 } }\n          yearly: {")
MARKS = "/stores/*/v3/store/metafields"


def test_what_a_stopped_run_made_is_finished_as_the_catalog_has_it_by_then(shop: Shop) -> None:
    """The run wrote down what it was about to make: that the files were edited since makes it nobody else's."""
    only = edited((PRO[PRO.index("storefront:\n  metafields") :], ""))
    shop.fault(action="server_error", writes=True, path=MARKS, nth=2, count=None)
    with pytest.raises(BillformError):
        shop.apply(only)
    shop.control("DELETE", "faults")
    shop.settle(only.replace("usd: 49, eur: 45", "usd: 59, eur: 55").replace("For teams & shops.", "For teams."))
    assert [each["price"] for each in shop.raw("GET", "/v3/catalog/products")["data"]] == [59]


def test_what_a_stopped_run_made_goes_off_sale_where_nobody_wants_it_any_more(shop: Shop) -> None:
    """The variant stands without a mark, and the price was taken out of the catalog again."""
    shop.settle(PRO)
    shop.fault(action="server_error", writes=True, path=MARKS, nth=3, count=None)
    with pytest.raises(BillformError):
        shop.apply(edited(WEEKLY))
    shop.control("DELETE", "faults")
    shop.settle(PRO)
    rows = shop.raw("GET", "/v3/catalog/variants")["data"]
    assert {row["sku"]: row["purchasing_disabled"] for row in rows} == {
        "PRO-MONTHLY": False,
        "PRO-WEEKLY": True,
        "PRO-YEARLY": False,
    }
    shop.settle(edited(WEEKLY))
    assert not any(row["purchasing_disabled"] for row in shop.raw("GET", "/v3/catalog/variants")["data"])
