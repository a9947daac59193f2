"""A word without a value is a slip that would silently change what is billed; it is told, not passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalog.files_of import Place

USAGE = """\
catalog: shop
defaults: {tax_behavior: exclusive}
products: {cloud: {}}
meters: {calls: {}}
templates:
  metered:
    product: cloud
    description: Usage
    charges: {api: {meter: calls, prices: {m: {every: month, amount: 1}}}}
plans:
  pro:
    product: cloud
    name: Pro
    storefront: {}
    charges:
      base: {prices: {m: {every: month, amount: 9}}}
      api:
        meter: calls
        prices:
          m: {every: month, amount: 1}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    return Place(tmp_path)


WRITE = "write a value, or delete the line"
INDENT = "indent what belongs to it, or delete the line"


@pytest.mark.parametrize(
    ("before", "after", "expected", "hint"),
    [
        # Usage billing would become a fee per unit.
        ("        meter: calls", "        meter:", "C014 18:9 `meter` has no value", WRITE),
        ("        meter: calls", "        meter: null", "C014 18:16 `meter`: `null` takes nothing away here", WRITE),
        ("        meter: calls", "        meter: ~", "C014 18:16 `meter`: `~` takes nothing away here", WRITE),
        ("name: Pro", "name:", "C014 13:5 `name` has no value", WRITE),
        # The plan would not be sold in the store.
        ("storefront: {}", "storefront:", "C014 14:5 `storefront` has no value", INDENT),
        ("month, amount: 1}\n", "month, amount: 1, nickname: }\n", "C014 20:40 `nickname` has no value", WRITE),
        ("    description: Usage", "    description:", "C014 8:5 `description` has no value", WRITE),
    ],
)
def test_a_word_without_a_value_is_told_where_it_stands(
    place: Place, before: str, after: str, expected: str, hint: str
) -> None:
    head, found, tail = USAGE.rpartition(before)
    assert found
    place.write({"a.yaml": USAGE})
    assert place.errors() == []
    place.write({"a.yaml": head + after + tail})
    problems = place.examine().diagnostics
    assert place.errors() == [expected]
    assert [each.hint for each in problems] == [hint]


def test_one_word_is_told_once_and_in_one_way(place: Place) -> None:
    """Where the models have something to say about it themselves, or the word is not even known."""
    place.write(
        {"a.yaml": USAGE, "b.yaml": "coupons:\npromotion_codes: {x: {coupon: }}\nportal: {default: {nmae: }}\n"}
    )
    assert place.errors() == [
        "C014 b.yaml:1:9 `coupons`: expected a mapping of words to values; found nothing",
        "C014 b.yaml:2:31 `coupon`: expected text; found nothing",
        "C013 b.yaml:3:20 unknown word `nmae` in `portal.default`",
    ]


def test_the_rules_still_look_at_everything_else(place: Place) -> None:
    place.write(
        {"a.yaml": USAGE.replace("name: Pro", "name:"), "b.yaml": "plans: {free: {kind: free, product: cluod}}\n"}
    )
    assert [each[:10] for each in place.errors()] == ["C014 13:5 ", "C020 b.yam"]


def test_null_takes_away_what_a_template_says_and_an_empty_word_does_not(place: Place) -> None:
    plans = "plans:\n  lite:\n    extends: metered\n    description: {}\n    charges: {{api: {{meter: {}}}}}\n"
    place.write({"a.yaml": USAGE, "b.yaml": plans.format("null", "null")})
    lite = place.load().plans["lite"]
    assert (lite.description, lite.charges["api"].meter) == (None, None)
    place.write({"b.yaml": plans.format("", "")})
    assert place.errors() == [
        "C014 b.yaml:4:5 `description` has no value",
        "C014 b.yaml:5:21 `meter` has no value",
    ]
    assert place.examine().diagnostics[0].hint == "write a value; or `null`, to take away what the template says"


def test_null_in_what_extends_a_template_needs_something_to_take_away(place: Place) -> None:
    plans = "plans:\n  lite:\n    extends: metered\n    charges: {seats: {meter: null}}\n"
    place.write({"a.yaml": USAGE, "b.yaml": plans})
    assert place.errors() == ["C014 b.yaml:4:30 `meter`: `null` takes nothing away here"]


def test_an_environment_takes_away_with_null(place: Place) -> None:
    live = "mode: simulated\ncatalog:\n  plans: {pro: {name: null, storefront: }}\n"
    place.write({"a.yaml": USAGE, "environments/live.yaml": live})
    pro = place.load("live").plans["pro"]
    assert (pro.name, pro.storefront) == (None, None)


@pytest.mark.parametrize("value", ["", "null"])
def test_a_guardrail_without_a_value_is_not_switched_off(place: Place, value: str) -> None:
    place.write({"environments/live.yaml": f"mode: simulated\nguardrails:\n  max_archived: {value}\n"})
    (said,) = place.errors("live")
    assert said.startswith("C014 live.yaml:3:")
    assert "`max_archived`" in said


def test_what_an_alias_repeats_is_told_once(place: Place) -> None:
    place.write({"a.yaml": USAGE, "b.yaml": "plans:\n  a: &a {kind: free, name: }\n  b: *a\n  c: *a\n"})
    assert place.errors() == ["C014 b.yaml:2:22 `name` has no value"]
