"""What is over in the catalog, and what cannot come back."""

from __future__ import annotations

from typing import Any

import pytest

from billform.core.plan import Recreate
from tests.core.shop import PRO, PROD_1, live_product, product, told
from tests.core.toys import Code, found, lines, planned, want

OVER = want("toy.code", "launch", code="OVER")


@pytest.fixture(autouse=True)
def codes_that_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes of this word are over."""

    def over(self: Code, spec: Any) -> bool:
        return str(spec.code).startswith("OVER")

    monkeypatch.setattr(Code, "over", over)


def code(identity: str, word: str, **more: Any) -> Any:
    return found("toy.code", "launch", identity, code=word, **more)


def test_what_is_over_is_not_made_and_what_is_out_of_sale_does_not_come_back() -> None:
    for lives in ([], [code("promo_1", "OVER", active=False)]):
        made = planned([OVER], lives)
        assert (lines(made), made.findings, made.unchanged) == ([], (), 0)


def test_what_ran_out_is_left_alone_though_the_vendor_fixes_what_differs() -> None:
    made = planned(
        [product(), want("toy.code", "launch", code="OVER-2", product=PRO)], [live_product(), code("p", "OVER")]
    )
    assert (lines(made), made.findings, made.unchanged) == ([], (), 2)


@pytest.mark.parametrize("lasting", [code("promo_1", "LASTS"), code("promo_2", "LASTS", version=2)])
def test_what_is_in_force_is_ended_by_people(lasting: Any) -> None:
    made = planned([OVER], [code("promo_1", "OVER"), lasting] if lasting.id == "promo_2" else [lasting])
    assert lines(made) == [f'refuse toy.code/launch {lasting.id} [code "LASTS" -> "OVER"]']
    assert told(made) == [
        (
            "P028",
            "error",
            "toy.code/launch",
            f"toy.code/launch: its end has passed in the catalog, and {lasting.id} is in force all the same"
            " | write a moment to come for it to end at, or no end at all",
        )
    ]


def test_an_old_version_whose_secret_is_gone_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = want("toy.code", "launch", code="A", product=PRO)
    one, two = (code(f"promo_{n}", word, product=PROD_1, version=n) for n, word in ((1, "A"), (2, "B")))
    assert [each.action for each in planned([product(), wanted], [live_product(), one, two]).changes] == ["restore"]
    monkeypatch.setattr(Code, "restorable", False)
    (change,) = planned([product(), wanted], [live_product(), one, two]).changes
    assert isinstance(change, Recreate)
    assert [each.id for each in change.supersedes] == ["promo_2", "promo_1"]
