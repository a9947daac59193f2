"""Secrets that are known, and words that may be some: what is left of a text that holds them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest

from billform.core import redact
from billform.core.redact import cautious, find, mask

TOKEN = "8x2kq1v0aa9b3c7d2e5f6g1h4j8k9l0"
ODD = 'Odd secret/"with\\ all=&of+it%\n'


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    before = tuple(redact._known)
    redact.know(())
    yield
    redact.know(before)


@pytest.mark.parametrize(
    "form",
    [
        ODD,
        ODD.strip(),
        quote(ODD, safe=""),
        quote_plus(ODD),
        json.dumps(ODD)[1:-1],
        repr(ODD)[1:-1],
        quote(ODD.strip()),
    ],
)
def test_what_is_known_is_hidden_in_every_form(form: str) -> None:
    text = f"before {form} after"
    assert redact.redact(text) == text
    redact.know([ODD])
    assert redact.redact(text) == "before •••••• after"
    assert mask(text) == f"before {'•' * len(form)} after"
    assert [text[start:end] for start, end in find(text)] == [form]
    redact.know(())
    assert redact.redact(text) == text


def test_what_is_known_is_found_once_and_the_longest_of_two() -> None:
    key = "sk_test_4eC39HqLyjWDarjtT1"
    redact.know([key, "secret of mine", "secret of mine, the longer", "  "])
    text = f"a {key} and secret of mine, the longer; secret of mine"
    found = [text[start:end] for start, end in find(text)]
    assert found == [key, "secret of mine, the longer", "secret of mine"]
    assert redact.redact(text) == "a sk_test_•••••• and ••••••; ••••••"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"token_env: {TOKEN}", "token_env: ••••••"),
        (f'"api_key_env": "{TOKEN}"', '"api_key_env": "••••••"'),
        (f"the variable env:{TOKEN} is", "the variable env:•••••• is"),
        ("token_env: BIGCOMMERCE_TEST_TOKEN", "token_env: BIGCOMMERCE_TEST_TOKEN"),
        ("env:NIMBUSHOOKTOKENOFTHEMAINSTORE", "env:NIMBUSHOOKTOKENOFTHEMAINSTORE"),
        ("https://me:pass@host/x?a=b", "https://me:••••••@host/x?a=b"),
        ("https://host/x?token=abcd&a=1&my_secret=efgh", "https://host/x?token=••••••&a=1&my_secret=••••••"),
        ("GET /v3/metafields?key=variant.118&limit=250", "GET /v3/metafields?key=variant.118&limit=250"),
        ("GET /v1/prices?lookup_keys[0]=pro.base.monthly", "GET /v1/prices?lookup_keys[0]=pro.base.monthly"),
        (TOKEN, TOKEN),
    ],
)
def test_what_is_certain_is_dots_everywhere(text: str, clean: str) -> None:
    assert redact.redact(text) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"unknown word `{TOKEN}`", "unknown word `••••••`"),
        (f"client_id: {TOKEN}", f"client_id: {TOKEN}"),
        ("enterprise2027annualplan and CustomerPortalConfigurations", None),
        ("acct_1QNimbusTest0001, price_1NvXLq2eZvKYlo2C, txcd_10103001", None),
        ("2026-10-28.endive, 0123456789012345678901234567890", None),
    ],
)
def test_what_chance_has_made_is_dots_where_a_file_is_quoted(text: str, clean: str | None) -> None:
    assert cautious(text) == (text if clean is None else clean)


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("X-Hook-Token: a phrase, with: all", "X-Hook-Token: " + "•" * 19),
        ('  password: "a, b" # x', "  password: ••••••  # x".replace("•  #", "• #")),
        ("{ token: abcd, b: c }", "{ token: ••••, b: c }"),
        ("{ token: env:HOOK, api_key: 'x, y' }", "{ token: env:HOOK, api_key: •••••• }"),
        ("token_env: MY_TOKEN", "token_env: MY_TOKEN"),
        ("secrets: { file: x }", "secrets: { file: x }"),
        ("token: null", "token: null"),
        ("author: somebody", "author: somebody"),
        ("x_auth: somebody", "x_auth: ••••••••"),
        ("X-Token: sk_live_abcdef123", "X-Token: sk_live_•••••••••"),
    ],
)
def test_the_name_of_a_key_gives_its_value_away(line: str, hidden: str) -> None:
    assert mask(line) == hidden
    assert len(mask(line)) == len(line)


@pytest.mark.parametrize("above", ["X-Hook-Token:", "  token: >-", "secret: |", '"password": '])
def test_the_line_above_may_hold_the_key(above: str) -> None:
    assert mask("    some phrase", above=above) == "    •••••••••••"
    assert mask("    some phrase", above="name: >-") == "    some phrase"


UNITS = [
    *("x", "token", "?token", "token: ", "authorization ", "authorization: ", "authorization=bearer ", 'token: "'),
    *("://", "://a:", "?a=", "?key=a", "sk_live_abcdefg ", "whsec_", "_env: ", "env: ", " ", "a1", f"{TOKEN} "),
    *("{token: a,", "-", "\n"),
]


@pytest.mark.parametrize("unit", UNITS)
def test_a_hostile_text_is_looked_through_once(unit: str) -> None:
    """Twice the text takes about twice the time, not four times."""
    redact.know([ODD])

    def taken(size: int) -> float:
        text = unit * (size // len(unit))
        began = time.process_time()
        assert len(redact.redact(text)) + len(mask(text, above=text)) + len(list(find(text))) > 0
        return time.process_time() - began

    assert taken(100_000) < 1
    assert taken(400_000) < 4 * max(min(taken(100_000) for _ in range(3)), 0.02) * 2
