"""A value that cannot be read comes with what its author most likely meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalog.files_of import SHOP, Place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    return Place(tmp_path)


def told(place: Place, text: str) -> list[tuple[str, str | None]]:
    """Summary and hint of every error that a second file adds to a shop."""
    place.write({"a.yaml": SHOP, "b.yaml": text + "\n"})
    return [(each.summary, each.hint) for each in place.examine().diagnostics if each.is_error]


def hint_of(place: Place, text: str) -> str | None:
    """The hint of the only error."""
    ((_, hint),) = told(place, text)
    return hint


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("monthly", "write `month`"),
        ("Monthly", "write `month`"),
        ("mnth", "write `month`"),
        ("3months", "write `3 months`"),
        ("3-month", "write `3 months`"),
        ("every 3 months", "write `3 months`"),
        ("quarter", "write `3 months`"),
        ("quarterly", "write `3 months`"),
        ("annually", "write `year`"),
        ("biweekly", "write `2 weeks`"),
        ("half-yearly", "write `6 months`"),
        ("2 quarterly", None),
        ("1.5 months", None),
        ("0 months", None),
        ("hour", None),
    ],
)
def test_intervals(place: Place, written: str, hint: str | None) -> None:
    price = f"{{every: {written}, amount: 1}}"
    assert hint_of(place, f"addons: {{x: {{product: cloud, prices: {{m: {price}}}}}}}") == hint


@pytest.mark.parametrize(
    ("amount", "hints"),
    [
        ("-4.50", ["leave the sign out: 4.50"]),
        ("{usd: -4}", ["leave the sign out: 4"]),
        ("{usdd: 4}", ["did you mean `usd`?"]),
        ("{USD: 4}", ["write `usd`"]),
        # To YAML, digits behind a comma are the next entry of the mapping.
        ("{usd: 4,900}", ["leave the commas out: 4900 (for a decimal comma, write a point)"]),
        ("{usd: 4,900,000, eur: 3}", ["leave the commas out: 4900000 (for a decimal comma, write a point)"]),
        ("{usd: 4,900.50}", ["leave the commas out: 4900.50 (for a decimal comma, write a point)"]),
        ("{eur: 3, usd: 4,5}", ["write a point for the comma: 4.5"]),
    ],
)
def test_amounts(place: Place, amount: str, hints: list[str]) -> None:
    price = f"{{every: month, amount: {amount}}}"
    found = told(place, f"addons: {{x: {{product: cloud, prices: {{m: {price}}}}}}}")
    assert [hint for _, hint in found] == hints


@pytest.mark.parametrize(
    ("coupon", "hint"),
    [
        ("percent_off: 250", "100 takes off all there is; a fixed amount is `amount_off`"),
        ("percent_off: 0", "write it as in `25` or `12.5`"),
        ("percent_off: 5, duration: 3 months", "write `{ months: 3 }`"),
        ("percent_off: 5, duration: 1 month", "write `{ months: 1 }`"),
        ("percent_off: 5, duration: 3", "write `{ months: 3 }`"),
        ("percent_off: 5, duration: onces", "did you mean `once`?"),
        ("percent_off: 5, duration: 3 years", None),
    ],
)
def test_coupons(place: Place, coupon: str, hint: str | None) -> None:
    assert hint_of(place, f"coupons: {{x: {{{coupon}}}}}") == hint


def test_what_may_stand_in_the_place_of_a_word_is_listed_whole(place: Place) -> None:
    ((summary, _),) = told(place, "coupons: {x: {percent_off: 5, duration: ever}}")
    assert summary == "`duration`: expected one of `once`, `forever` or `{ months: 3 }`; found `ever`"
    pause = "portal: {x: {subscription_pause: {durations: always}}}"
    ((summary, _),) = told(place, pause)
    assert summary == "`durations`: expected `indefinite` or a list; found `always`"


@pytest.mark.parametrize(
    ("country", "hint"),
    [
        ("IRL", "write `IE`"),
        ("usa", "write `US`"),
        ("ie", "write `IE`"),
        ("Ireland", "write the two letters of ISO 3166, such as `IE` for Ireland"),
    ],
)
def test_countries(place: Place, country: str, hint: str) -> None:
    assert hint_of(place, f"tax: {{registrations: {{x: {{country: {country}, type: standard}}}}}}") == hint


def test_the_short_form_that_only_add_ons_have(place: Place) -> None:
    prices = "prices: {m: {every: month, amount: 1}}"
    assert hint_of(place, f"plans: {{x: {{product: cloud, {prices}}}}}") == (
        "write `charges: base: prices:`; only in an add-on is `prices` short for it"
    )
    assert told(place, f"addons: {{x: {{product: cloud, {prices}}}}}") == []
