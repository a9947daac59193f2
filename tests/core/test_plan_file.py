"""Plans on their way through a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from billform.core.declared import declared, spec_digest
from billform.core.diagnostic import BillformError
from billform.core.plan import Found, NewVersion, Plan, fingerprint
from billform.core.plan_file import plan_from_json, plan_to_json
from billform.core.resource import Mark
from tests.core.shop import MONTHLY, PRICE_1, live_price, live_product, price, product
from tests.core.toys import KINDS, found, planned, want

SPECS = {name: kind.spec for name, kind in KINDS.items()}
CHANGED = ("P013", "this plan file has been changed by hand", "make the plan again")


def everything() -> Plan:
    """A plan with a change of every sort."""
    wanted = [
        product("Größe", description=None, metadata={"team": "a"}),
        price("59"),
        want("toy.page", "main", prices=(MONTHLY,)),
        want("toy.code", "launch", code="NEW"),
        want("toy.shelf", "main/a", name="A"),
        want("toy.shelf", "main/b", name="B"),
        want("toy.product", "back", name="Back"),
        want("toy.product", "clash", name="Clash"),
    ]
    lives = [
        live_product(label="id 118"),
        live_price("49", version=2),
        live_price("39", "price_0", current=False),
        found("toy.code", "launch", "promo_1", code="OLD"),
        found("toy.shelf", None, "7", name="A", natural=["A"], site="main"),
        found("toy.shelf", "gone", "8", name="C", site="main"),
        found("toy.product", "back", "prod_2", name="Back", active=False),
        found("toy.product", None, "prod_9", name="Theirs", natural=["clash"]),
    ]
    return planned(wanted, lives, accounts={"stripe": "acct_1"}, epoch="then", made_at="2026-01-01")


def problem(written: str) -> tuple[str, str, str | None]:
    with pytest.raises(BillformError) as caught:
        plan_from_json(written, SPECS)
    (only,) = caught.value.diagnostics
    return only.code, only.summary, only.hint


def test_a_plan_of_every_sort_survives_its_file() -> None:
    made = everything()
    actions = ["refuse", "update", "restore", "adopt", "create", "recreate", "new_version", "create", "archive"]
    assert sorted(each.action for each in made.changes) == sorted(actions)
    again = plan_from_json(plan_to_json(made), SPECS)
    assert again == made.model_copy(update={"findings": again.findings})
    assert again.digest == made.digest
    assert [type(each) for each in again.changes] == [type(each) for each in made.changes]


def test_what_is_declared_at_its_default_is_still_declared_after_the_file() -> None:
    """An undeclared field is nobody's business; one declared at the vendor's default is put back."""
    (change,) = (each for each in everything().changes if str(each.address) == "toy.product/pro")
    again = plan_from_json(plan_to_json(everything()), SPECS)
    (read,) = (each for each in again.changes if each.address == change.address)
    assert change.action == read.action == "update"
    assert read.spec.model_fields_set == {"name", "description", "metadata"}
    assert read.mark("shop") == change.mark("shop")


def test_a_plan_file_reads_well_and_ends_its_last_line() -> None:
    written = plan_to_json(everything())
    assert written.startswith('{\n  "digest": "')
    assert "Größe" in written
    assert written.endswith("}\n")
    assert next(iter(json.loads(written))) == "digest"


def test_what_a_file_says_beside_the_plan_is_not_in_its_digest() -> None:
    made = everything()
    other = made.model_copy(update={"epoch": "now", "revision": "abc", "made_at": "2026-02-02", "findings": ()})
    assert other.digest == made.digest
    assert made.model_copy(update={"mode": "live"}).digest != made.digest
    assert len(made.digest) == 12
    assert set(made.digest) <= set("0123456789abcdef")


CUT = ("P010", "this plan file is not whole JSON", "make the plan again; it was cut off, or changed by hand")
NONE = ("P011", "this file is not a Billform plan", "`billform plan ENV --out plan.json` writes one")
NEWER = ("P012", "a newer Billform made this plan", "update Billform, or make the plan again")


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (lambda text: text[: len(text) // 2], CUT),
        (lambda text: "", NONE),
        (lambda text: "mode: simulated\n", NONE),
        (lambda text: "[]", NONE),
        (lambda text: '"format changes"', NONE),
        (lambda text: '{"format": 1}', NONE),
        (lambda text: '{"changes": []}', NONE),
        (lambda text: text.replace('"format": 1', '"format": 2'), NEWER),
        (lambda text: text.replace('"format": 1', '"format": "one"'), NEWER),
        (lambda text: text.replace("59 usd", "5.9 usd"), CHANGED),
        (lambda text: text.replace("59 usd", "lots"), CHANGED),
        (lambda text: text.replace('"digest"', '"digits"', 1), CHANGED),
        (lambda text: text.replace("toy.price/", "toy.fee/"), CHANGED),
        (lambda text: text.replace('"action": "create"', '"action": "destroy"'), CHANGED),
        (lambda text: text.replace('"changes": [', '"changes": [3, ', 1), CHANGED),
        (lambda text: '{"format": 1, "changes": []}', CHANGED),
    ],
)
def test_a_broken_file_is_told_apart_from_a_changed_one(
    broken: Callable[[str], str], expected: tuple[str, str, str]
) -> None:
    assert problem(broken(plan_to_json(everything()))) == expected


def test_a_plan_counts_its_changes_by_what_they_do() -> None:
    made = everything()
    assert {sort: made.count(sort) for sort in ("create", "archive", "delete")} == {
        "create": 2,
        "archive": 1,
        "delete": 0,
    }
    assert [each.code for each in made.refusals] == ["P022"]


def test_what_is_written_on_an_object_says_whose_it_is_and_what_was_declared() -> None:
    (change,) = planned([want("toy.shelf", "main/a", name="A")]).changes
    assert change.action == "create"
    assert change.mark("shop") == Mark("shop", "a", spec_digest(change.spec), declared(change.spec), 1), (
        "the site is no part of the key"
    )
    rise = planned([product(), price("59")], [live_product(), live_price("49")]).changes[0]
    assert isinstance(rise, NewVersion)
    assert rise.mark("shop").version == 2


def test_a_live_object_comes_out_of_the_plan_as_it_went_in() -> None:
    live = found("toy.shelf", "a", "7", name="A", site="main", version=3, active=False, current=False, label="id 7")
    live = replace(live, retired=None)  # decides the cause alone, which is in the plan
    again = Found.of(live).live("toy.shelf")
    assert live.mark is not None
    assert again == replace(live, mark=Mark("shop", "a", digest="", version=3))
    stranger = found("toy.shelf", None, "8", name="B")
    kept = Found.of(stranger)
    assert (kept.version, kept.catalog, kept.key, kept.shown_id, kept.site) == (1, None, None, "8", "")
    assert kept.live("toy.shelf") == stranger
    assert Found.of(live).shown_id == "id 7"
    nameless = replace(Found.of(live), key=None).live("toy.shelf")
    assert nameless.mark == Mark("shop", "", digest="", version=3)


def test_a_fingerprint_changes_with_everything_that_a_plan_can_rest_on() -> None:
    page = found("toy.page", "main", "p", prices=(PRICE_1,), title="x")
    variants: list[dict[str, Any]] = [
        {},
        {"active": False},
        {"current": False},
        {"mark": None},
        {"spec": page.spec.model_copy(update={"title": "y"})},
        {"spec": page.spec.model_copy(update={"prices": ()})},
    ]
    prints = [fingerprint(replace(page, **each)) for each in variants]
    assert len(set(prints)) == len(variants)
    assert fingerprint(replace(page, id="q", created=9, label="z")) == prints[0]
    assert fingerprint(page) == Found.of(page).fingerprint
