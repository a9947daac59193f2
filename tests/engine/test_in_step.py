"""Stripe and the shop in step: whatever fails half-way, what is shown is what is charged, and what is sold can be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from billform.catalog.load import load

from .both import TOKEN, Project, Run

CATALOG = """
catalog: nimbus
products:
  cloud: { name: Nimbus }
plans:
  pro:
    product: cloud
    charges: { base: { prices: { monthly: { every: month, amount: { usd: 49, eur: 45 } } } } }
    storefront: { categories: [Plans] }
storefront:
  price_lists: { europe: { currencies: [eur], storefronts: [us] } }
"""
EMPTY = "catalog: nimbus\n"
RISEN = CATALOG.replace("usd: 49, eur: 45", "usd: 59, eur: 55")
RECORDS = "/stores/*/v3/pricelists/*/records"


def run(project: Project, directory: Path, text: str) -> Run:
    (directory / "shop.yaml").write_text(text, encoding="utf-8")
    project.catalog = load(directory, project.environment)
    return project.run()


def store(project: Project, path: str) -> list[dict[str, Any]]:
    url = f"{project.simulator.bigcommerce_url}/stores/simstore1/v3{path}"
    rows: list[dict[str, Any]] = httpx.get(url, headers={"X-Auth-Token": TOKEN}).json()["data"]
    return rows


def prices(project: Project) -> dict[str, int]:
    """What Stripe charges under each id that is on sale; one with a product that is archived is not."""
    url = f"{project.simulator.stripe_url}/v1/prices?active=true&expand[]=data.product"
    rows = httpx.get(url, headers={"Authorization": "Bearer sk_test_simulator"}).json()["data"]
    return {row["id"]: row["unit_amount"] // 100 for row in rows if row["product"]["active"]}


def shown(project: Project) -> tuple[list[int], list[int], list[int]]:
    """Amounts of products, variants and price records."""
    records = [
        each for row in store(project, "/pricelists") for each in store(project, f"/pricelists/{row['id']}/records")
    ]
    return (
        [each["price"] for each in store(project, "/catalog/products")],
        [each["price"] for each in store(project, "/catalog/variants")],
        [each["price"] for each in records],
    )


def charged(project: Project) -> list[int | None]:
    """What those pay who buy a variant; None where its id is not on sale."""
    fields = store(project, "/catalog/variants/metafields")
    return [prices(project).get(each["value"]) for each in fields if each["key"] == "price_id"]


def log(project: Project) -> list[str]:
    """The writes to the store, `POST /pricelists/assignments`."""
    rows = httpx.get(f"{project.simulator.control_url}/log").json()["data"]
    return [f"{row['method']} {row['path'].rpartition('/v3')[2]}" for row in rows if row["method"] != "GET"]


def test_no_amount_is_shown_before_stripe_can_charge_it(project: Project, tmp_path: Path) -> None:
    run(project, tmp_path, CATALOG)
    project.order(action="server_error", vendor="stripe", method="POST", path="/v1/prices", count=None)
    assert run(project, tmp_path, RISEN).outcome.exit_code != 0
    assert (shown(project), charged(project)) == (([49], [49], [45]), [49])
    project.calm()
    assert run(project, tmp_path, RISEN).outcome.exit_code == 0
    assert (shown(project), charged(project)) == (([59], [59], [55]), [59])


def test_nothing_is_charged_that_is_not_shown(project: Project, tmp_path: Path) -> None:
    """The id behind a variant follows its amounts, those in price lists as well."""
    run(project, tmp_path, CATALOG)
    project.order(action="server_error", vendor="bigcommerce", method="PUT", path=RECORDS, count=None)
    assert run(project, tmp_path, RISEN).outcome.exit_code == 4
    assert (shown(project)[1:], charged(project)) == (([49], [45]), [49])
    project.calm()
    assert run(project, tmp_path, RISEN).outcome.exit_code == 0
    assert (shown(project), charged(project)) == (([59], [59], [55]), [59])


@pytest.mark.parametrize(
    ("vendor", "path"),
    [("stripe", "/v1/prices"), ("bigcommerce", "/stores/*/v3/catalog/variants/metafields"), ("bigcommerce", RECORDS)],
)
def test_no_storefront_sells_what_is_not_whole(project: Project, tmp_path: Path, vendor: str, path: str) -> None:
    project.order(action="server_error", vendor=vendor, writes=True, path=path, count=None)
    assert run(project, tmp_path, CATALOG).outcome.exit_code == 4
    assert store(project, "/catalog/products/channel-assignments") == []
    assert store(project, "/pricelists/assignments") == [] or vendor == "bigcommerce"
    project.calm()
    assert run(project, tmp_path, CATALOG).outcome.exit_code == 0
    assert len(store(project, "/catalog/products/channel-assignments")) == 1
    assert run(project, tmp_path, CATALOG).plan.changes == ()


def test_what_could_not_be_hidden_can_be_charged_as_before(project: Project, tmp_path: Path) -> None:
    """A plan that leaves the catalog is taken off the shop first, and off Stripe last."""
    run(project, tmp_path, CATALOG)
    project.order(
        action="server_error", vendor="bigcommerce", method="PUT", path="/stores/*/v3/catalog/products/*", count=None
    )
    assert run(project, tmp_path, EMPTY).outcome.exit_code == 4
    assert (shown(project), charged(project)) == (([49], [49], [45]), [49])
    project.calm()
    assert run(project, tmp_path, EMPTY).outcome.exit_code == 0
    assert prices(project) == {}
    assert [each["is_visible"] for each in store(project, "/catalog/products")] == [False]


@pytest.mark.parametrize("path", ["/stores/*/v3/catalog/variants/metafields", RECORDS])
def test_a_price_that_comes_back_cannot_be_bought_before_all_of_it_is_there(
    project: Project, tmp_path: Path, path: str
) -> None:
    both = CATALOG.replace("{ monthly:", "{ weekly: { every: week, amount: { usd: 19, eur: 18 } }, monthly:")
    for text in (both, CATALOG):
        assert run(project, tmp_path, text).outcome.exit_code == 0
    project.order(action="server_error", vendor="bigcommerce", writes=True, path=path, count=None)
    assert run(project, tmp_path, both).outcome.exit_code == 4
    assert {each["sku"]: each["purchasing_disabled"] for each in store(project, "/catalog/variants")} == {
        "PRO-WEEKLY": True,
        "PRO-MONTHLY": False,
    }
    project.calm()
    assert run(project, tmp_path, both).outcome.exit_code == 0
    assert not any(each["purchasing_disabled"] for each in store(project, "/catalog/variants"))
    assert run(project, tmp_path, both).plan.changes == ()


def test_a_price_list_under_another_key_takes_over_without_a_gap(project: Project, tmp_path: Path) -> None:
    """The channel has the new list, with its prices in it, before the old one loses anything."""
    run(project, tmp_path, CATALOG)
    httpx.delete(f"{project.simulator.control_url}/log")
    run(project, tmp_path, CATALOG.replace("europe: {", "eu_prices: {"))
    steps = [re.sub(r"\d+", "N", each.partition("?")[0]) for each in log(project) if "/pricelists" in each]
    assert steps == [
        "POST /pricelists",
        "PUT /pricelists/N/records",
        "POST /pricelists/assignments",
        "DELETE /pricelists/assignments",
        "DELETE /pricelists/N/records/N/EUR",
        "DELETE /pricelists/N",
    ]
    assert len(store(project, "/pricelists/assignments")) == 1
