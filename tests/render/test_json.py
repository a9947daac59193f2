"""The plan file and its schema agree on every plan."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from billform.core.plan_file import plan_from_json
from billform.render.json import plan_json, plan_schema
from tests.core.toys import KINDS
from tests.render import stories

SPECS = {name: kind.spec for name, kind in KINDS.items()}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(plan_schema())


@pytest.mark.parametrize("story", stories.STORIES)
def test_every_plan_fits_the_schema_and_comes_back_as_it_was(story: str) -> None:
    plan = stories.STORIES[story]()
    written = plan_json(plan)
    Draft202012Validator(plan_schema()).validate(json.loads(written))
    assert plan_from_json(written, SPECS) == plan


@pytest.mark.parametrize(
    "damage",
    [
        {"format": "one"},
        {"digest": "short"},
        {"changes": [{"action": "explode"}]},
        {"population": {"toy.price": "many"}},
        {"basis": [{"address": "toy.price/pro"}]},
        {"surprise": 1},
    ],
    ids=lambda each: next(iter(each)),
)
def test_a_damaged_plan_does_not_fit_the_schema(damage: dict[str, object]) -> None:
    data = json.loads(plan_json(stories.price_rise()))
    assert not Draft202012Validator(plan_schema()).is_valid({**data, **damage})
    missing = {key: value for key, value in data.items() if key != next(iter(damage))}
    assert Draft202012Validator(plan_schema()).is_valid(missing) == ("surprise" in damage)
