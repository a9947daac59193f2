"""A catalog in a store: made in one go and found again unchanged, taken away and brought back."""

from __future__ import annotations

from pathlib import Path

import pytest

from billform.catalog.environment import load_environment
from billform.catalog.load import load
from billform.core.graph import Graph
from billform.core.hidden import hides
from billform.core.plan import Plan, Writing
from billform.core.plan_file import plan_from_json, plan_to_json

from .catalogs import EMPTY, PRO, edited
from .shop import Shop, actions, described, store_kinds

ROOT = Path(__file__).parents[3]


def test_everything_is_made_once_and_found_again_unchanged(shop: Shop) -> None:
    made = shop.apply(PRO)
    assert {each.action for each in made.changes} == {"create"}
    assert {each.address.kind for each in made.changes} == {
        "bigcommerce.product", "bigcommerce.variant", "bigcommerce.metafield", "bigcommerce.price_list",
        "bigcommerce.price_record", "bigcommerce.price_list_assignment", "bigcommerce.customer_group",
        "bigcommerce.customer_attribute", "bigcommerce.webhook", "bigcommerce.script",
        "bigcommerce.channel_assignment", "stripe.product", "stripe.price",
    }  # fmt: skip
    shop.control("DELETE", "log")
    assert described(shop.apply(PRO)) == []
    assert shop.writes() == []


def test_the_batches_of_the_store_are_used(shop: Shop) -> None:
    """Two variants, two attributes, two assignments and their marks each leave in one request."""
    shop.apply(PRO)
    written = shop.writes()
    for path in ("PUT /v3/catalog/variants", "POST /v3/customers/attributes", "POST /v3/pricelists/assignments",
                 "PUT /v3/catalog/products/channel-assignments", "POST /v3/catalog/variants/metafields"):  # fmt: skip
        assert written.count(path) == 1, path
    assert not [each for each in written if each.startswith("POST /v3/catalog/products/101/variants")]


def test_a_list_that_several_kinds_need_is_read_once(shop: Shop) -> None:
    shop.apply(PRO)
    shop.control("DELETE", "log")
    shop.plan(PRO)
    asked = shop.requests()
    for path in ("GET /v3/store/metafields", "GET /v3/catalog/variants", "GET /v3/pricelists"):
        assert asked.count(path) == 1, path
    assert not [each for each in asked if each.endswith("/options")], "one request for each product would be many"


def test_the_storefront_finds_the_stripe_ids(shop: Shop) -> None:
    shop.apply(PRO)
    fields = shop.raw("GET", "/v3/catalog/variants/metafields")["data"]
    assert {(each["namespace"], each["key"], each["value"], each["permission_set"]) for each in fields} == {
        ("stripe", "price_id", "price_1", "read_and_sf_access"),
        ("stripe", "price_id", "price_2", "read_and_sf_access"),
        ("stripe", "lookup", "pro.base.monthly", "read_and_sf_access"),
        ("stripe", "lookup", "pro.base.yearly", "read_and_sf_access"),
    }
    (product,) = shop.raw("GET", "/v3/catalog/products/metafields")["data"]
    assert (product["key"], product["value"]) == ("product_id", "prod_1")


def test_marks_are_seen_by_their_writer_alone(shop: Shop) -> None:
    shop.apply(PRO)
    fields = shop.raw("GET", "/v3/store/metafields")["data"]
    assert {(each["namespace"], each["permission_set"]) for each in fields} == {("billform.nimbus", "app_only")}
    other = {"token": "another", "store": "simstore1", "client_id": "somebody"}
    shop.control("POST", "bigcommerce/accounts", other)
    assert shop.raw("GET", "/v3/store/metafields", token="another")["data"] == []


def test_what_is_taken_away_is_out_of_sale_and_comes_back_the_same(shop: Shop) -> None:
    """Products and variants keep their ids, so that orders, links and carts keep their meaning."""
    shop.settle(PRO)
    before = {kind: {live.id for live in shop.observe(kind)} for kind in ("bigcommerce.product", "bigcommerce.variant")}

    taken = shop.apply(EMPTY)
    assert {each.action for each in taken.changes} == {"archive"}
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    assert (product["is_visible"], product["availability"]) == (False, "disabled")
    assert all(each["purchasing_disabled"] for each in shop.raw("GET", "/v3/catalog/variants")["data"])
    assert shop.raw("GET", "/v3/hooks")["data"] == []
    assert shop.raw("GET", "/v3/content/scripts")["data"] == []
    assert shop.raw("GET", "/v3/pricelists")["data"] == []
    assert shop.raw("GET", "/v3/catalog/products/channel-assignments")["data"] == []
    assert described(shop.plan(EMPTY)) == []

    back = shop.apply(PRO)
    assert [each for each in actions(back) if each.startswith("restore")] == [
        "restore bigcommerce.product/main/pro",
        "restore bigcommerce.variant/main/pro.base.monthly",
        "restore stripe.price/pro.base.monthly",
        "restore bigcommerce.variant/main/pro.base.yearly",
        "restore stripe.price/pro.base.yearly",
        "restore stripe.product/pro",
    ]
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    assert (product["is_visible"], product["availability"]) == (True, "available")
    assert not any(each["purchasing_disabled"] for each in shop.raw("GET", "/v3/catalog/variants")["data"])
    after = {kind: {live.id for live in shop.observe(kind)} for kind in ("bigcommerce.product", "bigcommerce.variant")}
    assert after == before
    assert described(shop.plan(PRO)) == []


def test_groups_and_attributes_keep_their_customers(shop: Shop) -> None:
    """Deleting a group throws its members out, deleting an attribute deletes values: neither is ever done."""
    shop.settle(PRO)
    shop.apply(EMPTY)
    assert len(shop.raw("GET", "/v2/customer_groups")) == 2
    assert len(shop.raw("GET", "/v3/customers/attributes")["data"]) == 2
    back = shop.apply(PRO)
    assert not [each for each in actions(back) if "customer" in each]


def test_a_price_list_that_somebody_uses_is_switched_off_instead_of_deleted(shop: Shop) -> None:
    shop.settle(PRO)
    mine = shop.raw("POST", "/v3/catalog/products", {"name": "Mug", "type": "physical", "weight": 1, "price": 9})[
        "data"
    ]
    (europe,) = [each for each in shop.raw("GET", "/v3/pricelists")["data"] if each["name"] == "Europe"]
    record = {"variant_id": mine["base_variant_id"], "currency": "EUR", "price": 8}
    shop.raw("PUT", f"/v3/pricelists/{europe['id']}/records", [record])

    assert described(shop.plan(PRO)) == []
    shop.apply(EMPTY)
    (left,) = shop.raw("GET", "/v3/pricelists")["data"]
    assert (left["id"], left["active"]) == (europe["id"], False)
    assert len(shop.raw("GET", f"/v3/pricelists/{europe['id']}/records")["data"]) == 1
    assert described(shop.plan(EMPTY)) == []

    assert "restore bigcommerce.price_list/main/europe" in actions(shop.apply(PRO))
    assert described(shop.plan(PRO)) == []


def test_retiring_twice_is_harmless(shop: Shop) -> None:
    shop.settle(PRO)
    kinds = store_kinds()
    lives = [live for name in kinds if not kinds[name].lookup for live in shop.observe(name)]
    assert len({live.kind for live in lives}) == 11

    async def twice(store: object) -> None:
        for _ in range(2):
            for live in reversed(lives):
                await kinds[live.kind].retire(store, live, "key")

    shop.run(twice)


def test_specs_survive_the_plan_file(shop: Shop) -> None:
    specs = {name: kind.spec for name, kind in shop.kinds.items()}

    def check(made: Plan) -> None:
        written = plan_to_json(made)
        again = plan_from_json(written, specs)
        assert plan_to_json(again) == written
        # What may be secret is not written down: apply fills it in from the catalog.
        hidden = [isinstance(each, Writing) and hides(each.spec) for each in again.changes]
        assert hidden.count(True) <= 1
        assert all(new == old or gap for new, old, gap in zip(again.changes, made.changes, hidden, strict=True))

    check(shop.plan(PRO))
    shop.apply(PRO)
    check(shop.plan(edited(("usd: 49, eur", "usd: 59, eur"), ("amount: 10 }", "amount: 11 }"))))


def test_two_catalogs_share_a_store_without_touching_each_other(shop: Shop) -> None:
    shop.settle(PRO)
    other = edited(("catalog: nimbus", "catalog: other"), ("name: Nimbus }", "name: Other }"), ("  pro:\n", "  max:\n"))
    other = other.replace("pro.base", "max.base").replace("product: pro,", "product: max,")
    clashes = shop.plan(other).refusals
    assert {str(each.address) for each in clashes} >= {
        "bigcommerce.price_list/main/europe",
        "bigcommerce.customer_group/main/partners",
        "bigcommerce.webhook/main/orders",
    }
    assert {each.code for each in clashes} == {"P022"}
    assert described(shop.plan(PRO)) == []


@pytest.mark.parametrize("name", ["local", "test", "production"])
def test_the_example_catalog_is_one_graph_in_every_environment(name: str) -> None:
    environment = load_environment(name, ROOT / "environments")
    catalog = load(ROOT / "catalog", environment)
    wanted = [each for kind in store_kinds().values() for each in kind.desired(catalog, environment)]
    Graph(wanted, lookups=[*(k for k, kind in store_kinds().items() if kind.lookup), "stripe.price", "stripe.product"])
    assert {each.address.kind for each in wanted} == {k for k, kind in store_kinds().items() if not kind.lookup}


def test_the_example_catalog_settles(shop: Shop) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "catalog").rglob("*.yaml")))
    assert "catalog:" in text
    for path in (ROOT / "catalog").rglob("*.yaml"):
        place = shop.directory / path.relative_to(ROOT / "catalog")
        place.parent.mkdir(exist_ok=True)
        place.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    own = (shop.directory / "catalog.yaml").read_text(encoding="utf-8")
    shop.variables = {**shop.variables, "NIMBUS_HOOK_TOKEN": "a token of the hooks"}
    shop.settle(own)
    shop.settle(own.replace("Digital services", "Shipping"))
