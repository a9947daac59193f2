"""What looks like a secret is shown nowhere, and what is none stays readable."""

from __future__ import annotations

import pytest

from billform.core.redact import cautious, find, know, mask, redact

KEY = "sk_test_" + "4eC39HqLyjWDarjtT1"
RANDOM = "k3j9x2m4p7q1w8e5r6t0"
DOTS = "••••••"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"key {KEY}.", f"key sk_test_{DOTS}."),
        ("RK_LIVE_abcdef12 and whsec_a+b/c=d-e_f", f"RK_LIVE_{DOTS} and whsec_{DOTS}"),
        ("ek_org_abcdef, sk_org_live", f"ek_org_{DOTS}, sk_org_live"),
        ("X-Auth-Token: abcdefgh1234, next", f"X-Auth-Token: {DOTS}, next"),
        ('x-auth-token\' = "abcdefgh1234"}', f'x-auth-token\' = "{DOTS}"}}'),
        ('Authorization: "Bearer abcdefgh1234"', f'Authorization: "Bearer {DOTS}"'),
        ("authorization=basic dXNlcjpwYXNz", f"authorization=basic {DOTS}"),
        (f"token_env: {RANDOM}", f"token_env: {DOTS}"),
        (f'"api_key_env": "{RANDOM}"', f'"api_key_env": "{DOTS}"'),
        (f"env:{RANDOM}", f"env:{DOTS}"),
        ("https://joe:hunter2@shop.example/a", f"https://joe:{DOTS}@shop.example/a"),
        ("https://shop.example/?api_key=abcdef&x=1", f"https://shop.example/?api_key={DOTS}&x=1"),
        (f"{KEY} {KEY}", f"sk_test_{DOTS} sk_test_{DOTS}"),
        (f"https://joe:{KEY}@shop.example", f"https://joe:{DOTS}@shop.example"),
    ],
)
def test_what_looks_like_a_secret_is_dots(text: str, clean: str) -> None:
    assert redact(text) == clean
    assert cautious(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "pk_test_4eC39HqLyjWDar",
        "task_test_4eC39HqLyjWDar",
        "sk_test_12345",
        "X-Auth-Token: env:STORE_TOKEN",
        "token_env: THE_STRIPE_SECRET_KEY_OF_TEST",
        "enterprise2027annualplanoffer",
        "https://shop.example/a?b=c",
        "x",
        "",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert (redact(text), cautious(text), mask(text), list(find(text))) == (text, text, text, [])


def test_a_word_that_chance_has_made_is_only_left_out_where_a_file_is_quoted() -> None:
    text = f"what stands there is {RANDOM}, beside client_id: {RANDOM}"
    assert redact(text) == text
    assert cautious(text) == f"what stands there is {DOTS}, beside client_id: {RANDOM}"


def test_masked_text_keeps_its_columns() -> None:
    line = f"stripe: {KEY}  # {RANDOM} X-Auth-Token: abcdefgh1234"
    masked = mask(line)
    assert masked == f"stripe: sk_test_{'•' * 18}  # {'•' * 20} X-Auth-Token: {'•' * 12}"
    assert len(masked) == len(line)


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("password: hunter2", "password: •••••••"),
        ("  db_secret: 'a b'", "  db_secret: •••••"),
        ("api-key: null", "api-key: null"),
        ("token: env:TOKEN", "token: env:TOKEN"),
        ("token_env: TOKEN", "token_env: TOKEN"),
        ("name: hunter2", "name: hunter2"),
    ],
)
def test_what_the_key_calls_a_secret_is_masked(line: str, masked: str) -> None:
    assert mask(line) == masked


def test_what_stands_below_the_key_of_a_secret_is_masked_too() -> None:
    assert mask("    hunter2", above="password: |") == "    •••••••"
    assert mask("    hunter2", above="password:") == "    •••••••"
    assert mask("    hunter2", above="name: |") == "    hunter2"


def test_secrets_are_found_with_their_prefix_and_tokens_without_their_header() -> None:
    text = f"a {KEY} X-Auth-Token: abcdefgh1234 token_env: {RANDOM}"
    assert [text[start:end] for start, end in find(text)] == [KEY, "abcdefgh1234", RANDOM]


def test_known_secrets_are_found_wherever_they_begin_and_as_often_as_they_stand() -> None:
    know(["abc", "abcdef", 'a b"ü\n '])
    try:
        assert redact("abc abcdef, abc") == f"{DOTS} {DOTS}, {DOTS}"
        assert [(start, end) for start, end in find("abcabc x")] == [(0, 3), (3, 6)]
        for form in ('a b"ü', "a%20b%22%C3%BC", "a+b%22%C3%BC", 'a b\\"\\u00fc', 'a b\\"ü', 'a b"ü\\n '):
            assert redact(f"<{form}>") == f"<{DOTS}>", form
    finally:
        know(())
