"""`billform drift`: what others changed, and only that."""

from __future__ import annotations

import json
import re

import pytest

from tests.cases.story import Stage
from tests.cli.shop import rewrite, shop, writes

__all__ = ["shop"]

NO_DRIFT = "No drift. Nothing was changed outside Billform.\n"


@pytest.fixture
def applied(shop: Stage) -> Stage:
    assert shop.command("apply local --yes")[0] == 0
    return shop


def test_nothing_changed(applied: Stage) -> None:
    assert applied.command("drift local")[:2] == (0, NO_DRIFT)


def test_an_edit_in_the_dashboard(applied: Stage) -> None:
    applied.stripe("POST", "/v1/products/acme-pro", data={"description": "Spring sale!"})
    before = writes(applied)
    code, out, _ = applied.command("drift local")
    assert code == 3
    assert re.findall(r"^  (\S) (\S+)", out, flags=re.MULTILINE) == [("~", "stripe.product/pro")]
    assert "changed outside Billform; this puts it back" in out
    assert '"Spring sale!" -> "For growing teams"' in out
    assert out.splitlines()[-1] == "Drift: 1 object changed outside Billform."
    assert writes(applied) == before


def test_a_change_of_the_catalog_is_no_drift_nor_is_what_follows_from_it(applied: Stage) -> None:
    applied.edit("catalog/plans/pro.yaml", "usd: 49,", "usd: 59,")
    code, out, err = applied.command("drift local")
    assert (code, out) == (0, NO_DRIFT)
    assert "6 other changes would come from the catalog" in err


def test_what_was_archived_in_the_dashboard(applied: Stage) -> None:
    """A product, with which its default price leaves the shop, and a price: they come back, and bear no trace of it."""
    prices = applied.stripe("GET", "/v1/prices", params={"product": "acme-pro"}).json()["data"]
    (price,) = (each for each in prices if each["recurring"]["interval"] == "year")
    for path in ("/v1/products/acme-free", f"/v1/prices/{price['id']}"):
        assert applied.stripe("POST", path, data={"active": "false"}).is_success
    code, out, err = applied.command("drift local")
    assert code == 3
    assert re.findall(r"^  (\S) (\S+)", out, flags=re.MULTILINE) == [
        ("^", "stripe.price/pro.base.yearly"),
        ("^", "stripe.product/free"),
        ("^", "stripe.price/free.base.monthly"),
    ]
    assert f"{price['id']} is equal and archived outside Billform; it goes back on sale" in out
    assert "other change" not in err
    assert applied.command("apply local --yes")[0] == 0
    assert applied.command("drift local")[:2] == (0, NO_DRIFT)
    assert applied.command("plan local")[1].startswith("No changes.")


def test_what_left_the_catalog_and_comes_back_is_no_drift(applied: Stage) -> None:
    """The product bears the trace of its default price too, which cannot be archived by itself."""
    plan = applied.directory / "catalog/plans/free.yaml"
    written = plan.read_text(encoding="utf-8")
    plan.unlink()
    assert applied.command("apply local --yes --allow archive=3")[0] == 0
    rewrite(applied, "catalog/plans/free.yaml", written)
    assert applied.command("drift local")[:2] == (0, NO_DRIFT)
    assert re.findall(r"^  \^ (\S+)  ", applied.command("plan local")[1], flags=re.MULTILINE) == [
        "stripe.product/free",
        "stripe.price/free.base.monthly",
    ]


def test_what_left_the_catalog_and_was_put_back_on_sale_by_hand(applied: Stage) -> None:
    (applied.directory / "catalog/plans/free.yaml").unlink()
    assert applied.command("apply local --yes --allow archive=3")[0] == 0
    assert applied.stripe("POST", "/v1/products/acme-free", data={"active": "true"}).is_success
    code, out, _ = applied.command("drift local")
    assert code == 3
    assert "- stripe.product/free" in out
    assert "no longer in the catalog; archived once, and put back on sale since" in out


def test_what_was_deleted_without_a_trace_is_not_called_nothing(shop: Stage) -> None:
    """Stripe keeps nothing of a deleted coupon: it looks like one that is new in the catalog."""
    shop.edit("catalog/discounts.yaml", "coupons:", "coupons:\n  launch: { percent_off: 25, duration: once }")
    assert shop.command("apply local --yes")[0] == 0
    assert shop.stripe("DELETE", "/v1/coupons/launch").is_success
    code, out, err = shop.command("drift local")
    assert (code, out) == (0, "No drift to be seen, but 1 change may come from outside or from the catalog.\n")
    assert "or from deletions that left no trace" in err


def test_both_at_once_is_drift(applied: Stage) -> None:
    applied.stripe("POST", "/v1/products/acme-pro", data={"description": "Spring sale!"})
    applied.edit("catalog/plans/pro.yaml", "description: For growing teams", "description: For all teams")
    code, out, _ = applied.command("drift local")
    assert code == 3
    assert "changed in the catalog and outside Billform" in out


def test_what_was_deleted_in_the_store(applied: Stage) -> None:
    """The mark of it stays behind."""
    (product, *_) = applied.bigcommerce("GET", "/v3/catalog/products").json()["data"]
    assert applied.bigcommerce("DELETE", f"/v3/catalog/products/{product['id']}").is_success
    code, out, _ = applied.command("drift local")
    assert code == 3
    gone = re.findall(r"^  (\S) (bigcommerce\.product\S+)", out, flags=re.MULTILINE)
    assert [sign for sign, _ in gone] == ["+"]
    assert "it was deleted at the vendor" in out


def test_for_programs(applied: Stage) -> None:
    applied.stripe("POST", "/v1/products/acme-pro", data={"description": "Spring sale!"})
    code, out, _ = applied.command("drift local --format json")
    assert code == 3
    assert [(each["address"], each["cause"]) for each in json.loads(out)["changes"]] == [
        ("stripe.product/pro", "outside")
    ]


def test_drift_elsewhere_is_not_asked_about(applied: Stage) -> None:
    applied.stripe("POST", "/v1/products/acme-pro", data={"description": "Spring sale!"})
    assert applied.command("drift local --only stripe.coupon/*")[:2] == (0, NO_DRIFT)
