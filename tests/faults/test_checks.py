"""The checks of the crash matrix see what they are there to see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from billform.cli import local

from .always import Watch, gaps, on_sale
from .foreign import settle
from .ground import Ground, Scene
from .state import likeness
from .zygote import ROOT, Zygote

PRICES = f"stripe/{local.ACCOUNT}/test/price"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    directory = tmp_path_factory.mktemp("ground")
    with Zygote() as zygote:
        yield Ground(directory, zygote, ROOT / "tests/cases/_project")


@pytest.fixture(scope="module")
def applied(ground: Ground) -> Path:
    ground.files()
    with ground.scene() as scene:
        assert scene.run("apply local --yes").code == 0
    return ground.keep("applied")


@pytest.fixture
def scene(ground: Ground, applied: Path) -> Iterator[Scene]:
    with ground.scene(applied) as found:
        yield found


def price(scene: Scene, key: str) -> str:
    (row,) = (row for row in scene.tables()[PRICES].values() if row["lookup_key"] == key)
    return str(row["id"])


def test_a_state_is_like_itself(scene: Scene) -> None:
    ours = likeness(scene.tables())
    assert sum(ours.rows.values()) > 40
    assert likeness(scene.tables()).differences(ours) == []


def test_one_too_many_shows(scene: Scene) -> None:
    before = likeness(scene.tables())
    scene.stripe("POST", "/v1/prices", data={"product": "acme-pro", "currency": "usd", "unit_amount": 4900})
    (line,) = likeness(scene.tables()).differences(before)
    assert line.startswith("+ stripe/test/price")


def test_a_field_that_differs_shows(scene: Scene) -> None:
    before = likeness(scene.tables())
    scene.stripe("POST", "/v1/products/acme-pro", data={"description": "Another"})
    (line,) = likeness(scene.tables()).differences(before)
    assert line == "~ stripe/test/product Acme Suite Pro Plan description: 'For growing teams' -> 'Another'"


def test_a_reference_that_went_astray_shows(scene: Scene) -> None:
    before = likeness(scene.tables())
    scene.stripe("POST", "/v1/products/acme-pro", data={"default_price": price(scene, "pro.base.yearly")})
    assert likeness(scene.tables()).differences(before) != []


def test_a_moment_without_a_price_shows_also_where_it_has_passed(scene: Scene) -> None:
    before = scene.tables()
    keys = on_sale(before)
    assert keys == {"pro.base.monthly", "pro.base.yearly", "pro.api.monthly", "free.base.monthly"}
    identity = price(scene, "pro.base.yearly")
    for active in ("false", "true"):
        scene.stripe("POST", f"/v1/prices/{identity}", data={"active": active})
    (line,) = gaps(before, scene.tables(), keys)
    assert line.startswith("nothing was on sale under pro.base.yearly after req_")


def test_a_key_that_moves_from_one_price_to_another_is_no_such_moment(scene: Scene) -> None:
    before = scene.tables()
    words = {"product": "acme-pro", "currency": "usd", "unit_amount": 1, "recurring[interval]": "year"}
    words |= {"lookup_key": "pro.base.yearly", "transfer_lookup_key": "true"}
    scene.stripe("POST", "/v1/prices", data=words)
    assert gaps(before, scene.tables(), on_sale(before)) == []


def test_a_storefront_that_sells_what_is_not_on_sale_shows(scene: Scene) -> None:
    watch = Watch(scene.simulator, key="price_id")
    watch.start()
    scene.stripe("POST", "/v1/products/acme-free", data={"name": "Free"})
    assert watch.seen == []
    identity = price(scene, "pro.base.yearly")
    scene.stripe("POST", f"/v1/prices/{identity}", data={"active": "false"})
    assert watch.seen == [f"after POST /v1/prices/{identity} the storefront sells {identity}, which is not on sale"]


def test_what_is_done_to_others_shows(scene: Scene) -> None:
    foreign = settle(scene)
    assert foreign.harmed(scene.tables()) == []
    scene.stripe("POST", "/v1/products/consulting", data={"name": "Other"})
    scene.stripe("POST", "/v1/products/acme-pro", data={"metadata[crm_id]": ""})
    scene.stripe("DELETE", "/v1/coupons/FRIENDS")
    told = "\n".join(foreign.harmed(scene.tables()))
    for words in ("consulting of somebody else: was changed", "FRIENDS of somebody else: is gone",
                  "acme-pro lost the metadata"):  # fmt: skip
        assert words in told
