"""What the pages of codes send people to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from billform.cli.explain import codes
from billform.providers.http import Failure, VendorError

ROOT = Path(__file__).parents[2]


def test_every_page_that_an_explanation_names_exists() -> None:
    named = {
        (code, path)
        for code, page in codes().items()
        for path in re.findall(r"docs/[\w./-]*\w", f"{page.meaning} {page.mend} {page.example}")
    }
    assert {code for code, _ in named} >= {"K005", "V007"}
    assert [each for each in sorted(named) if not (ROOT / each[1]).exists()] == []


def test_the_permissions_that_a_refused_key_needs_are_listed_where_the_page_says() -> None:
    keys = (ROOT / "docs" / "environments.md").read_text(encoding="utf-8").partition("## Keys\n")[2]
    assert "read the account" in keys
    assert "store_v2_products" in keys


@pytest.mark.parametrize(
    ("failure", "code", "about"),
    [
        (Failure.NETWORK, "V001", "could not be reached"),
        (Failure.TLS, "V002", "certificate"),
        (Failure.RATE, "V003", "Too many requests"),
        (Failure.SERVER, "V004", "failed"),
        (Failure.NOT_JSON, "V005", "not the vendor"),
        (Failure.AUTH, "V006", "did not accept the key"),
        (Failure.PERMISSION, "V007", "may not do this"),
        (Failure.NOT_FOUND, "V008", "gone"),
        (Failure.CONFLICT, "V009", "Somebody else"),
        (Failure.INVALID, "V010", "refused"),
        (Failure.LOST, "V011", "was lost"),
        (Failure.INSECURE, "V012", "clear text"),
    ],
)
def test_each_way_to_fail_has_its_own_page_and_a_way_out(failure: Failure, code: str, about: str) -> None:
    (told,) = VendorError(failure, vendor="stripe", message="no").diagnostics
    assert (told.code, about in codes()[code].title) == (code, True)
    assert told.hint
