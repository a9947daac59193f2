"""What a file may hold of fields that hold secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pytest

from billform.core.hidden import HIDDEN, hides, secret_fields, spec_as_json
from billform.core.kind import Secret
from billform.core.resource import Spec
from tests.core.toys import HookSpec, ProductSpec


class LockedSpec(Spec):
    name: str = ""
    token: Annotated[str | None, Secret()] = None
    headers: Annotated[Mapping[str, str], Secret()] = {}
    parts: Annotated[tuple[str, ...], Secret()] = ()
    number: Annotated[int, Secret()] = 0


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ({"name": "x"}, {"name": "x"}),
        ({"token": "hush"}, {"token": HIDDEN}),
        ({"token": "env:TOKEN"}, {"token": "env:TOKEN"}),
        ({"token": None}, {"token": None}),
        ({"headers": {"A": "hush", "B": "env:B"}}, {"headers": {"A": HIDDEN, "B": "env:B"}}),
        ({"parts": ("hush", "env:B")}, {"parts": [HIDDEN, "env:B"]}),
        ({"number": 7}, {"number": HIDDEN}),
    ],
)
def test_of_a_secret_field_only_the_names_of_variables_are_written(
    fields: dict[str, Any], written: dict[str, Any]
) -> None:
    assert spec_as_json(LockedSpec(**fields)) == written


def test_what_was_not_written_down_is_noticed() -> None:
    assert not hides(LockedSpec(name=HIDDEN, token="env:TOKEN", headers={"A": "env:A"}, parts=("x",)))
    for hidden in ({"token": HIDDEN}, {"headers": {"A": "env:A", "B": HIDDEN}}, {"parts": ("x", HIDDEN)}):
        assert hides(LockedSpec(**hidden))


def test_the_fields_that_may_hold_secrets_are_marked() -> None:
    assert secret_fields(LockedSpec) == {"token", "headers", "parts", "number"}
    assert secret_fields(HookSpec) == {"token"}
    assert not secret_fields(ProductSpec)
