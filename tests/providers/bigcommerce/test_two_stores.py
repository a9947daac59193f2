"""Two stores of one environment: what has the same number in both is not the same thing."""

from __future__ import annotations

from billform.catalog.environment import Store as StoreWords
from billform.catalog.environment import StorefrontSite
from billform.core.resource import Live, Mark, Ref
from billform.providers.bigcommerce.sites import bare, inward, outward
from billform.providers.bigcommerce.variant import VariantSpec

from .catalogs import EMPTY, PRO, edited
from .shop import TOKEN, Shop, actions, described


def second_store(shop: Shop) -> None:
    """Gives the environment another store, whose ids are those of the first."""
    shop.control("POST", "bigcommerce/stores", {"hash": "simstore2", "name": "Nimbus"})
    shop.control("POST", "bigcommerce/accounts", {"token": f"{TOKEN}_spare", "store": "simstore2", "client_id": "two"})
    stores = {**shop.environment.stores, "spare": StoreWords(hash="simstore2")}
    sites = {**shop.environment.storefronts, "uk": StorefrontSite(store="spare", channel="Nimbus US", currency="usd")}
    shop.environment = shop.environment.model_copy(update={"stores": stores, "storefronts": sites})


def test_a_catalog_settles_in_both_stores_and_changes_in_both(shop: Shop) -> None:
    second_store(shop)
    shop.settle(PRO)
    assert {live.id for live in shop.observe("bigcommerce.product")} == {"main:101"}
    changed = edited(
        ("teams & shops.", "big teams."), ("usd: 49, eur", "usd: 59, eur"), ("amount: 10 }", "amount: 12 }")
    )
    expected = {
        f"update bigcommerce.{each.format(alias)}"
        for alias in ("main", "spare")
        for each in (
            "product/{}/pro",
            "variant/{}/pro.base.monthly",
            "metafield/{}/pro.base.monthly/price_id",
            "customer_group/{}/members",
        )
    }
    assert set(actions(shop.apply(changed), "bigcommerce")) == expected
    assert described(shop.plan(changed)) == []
    shop.settle(EMPTY)
    shop.settle(PRO)


def test_a_storefront_of_one_store_leaves_the_other_alone(shop: Shop) -> None:
    second_store(shop)
    only = edited(("storefront:\n      categories", "storefront:\n      storefronts: [uk]\n      categories"))
    shop.settle(only)
    assert shop.raw("GET", "/v3/catalog/products")["data"] == []
    shop.settle(PRO)
    shop.settle(only)
    (product,) = shop.raw("GET", "/v3/catalog/products")["data"]
    assert product["is_visible"] is False


def test_ids_go_out_with_their_store_and_come_back_without() -> None:
    spec = VariantSpec(product=Ref.found("bigcommerce.product", "118"), option="Billing", label="Monthly", sku="A")
    live = Live("bigcommerce.variant", "118/77", spec, "main", Mark("c", "k", "d"))
    out = outward(live, "main")
    assert (out.id, out.spec.product.id, out.label) == ("main:118/77", "main:118", "118/77")
    back = inward(out)
    assert (back.id, back.spec) == (live.id, live.spec)
    assert bare("118") == "118"
