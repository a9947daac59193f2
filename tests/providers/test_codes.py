"""What the pages of codes send people to is there."""

from __future__ import annotations

import re
from pathlib import Path

from billform.cli.explain import codes

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
