"""Somebody writes a secret into a file: it is said where it stands, and never what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from .vault import HOOK, PASTED, TOKEN, Vault

TEST, SETTINGS, PRO = "environments/test.yaml", "catalog/settings.yaml", "catalog/plans/pro.yaml"
TOKEN_ENV, KEY_ENV = "token_env: BIGCOMMERCE_TEST_TOKEN", "api_key_env: STRIPE_TEST_KEY"
HEADER = "X-Hook-Token: env:NIMBUS_TEST_HOOK_TOKEN"
DRIFT = "url: https://hooks.nimbus.example/drift"
TEAM = "metadata: { team: growth }\n    trial"
OTHER = "sentinelothertoken9z8y7x6w5v4u3"
"""A token that no variable holds, and that nothing but chance tells from a word."""
PHRASE = "Sentinel of no shape: 4711, # {x}"
"""A secret that looks like nothing at all."""

ANYWHERE: list[tuple[str, str, str]] = [
    (TEST, KEY_ENV, "api_key_env: {}"),
    (TEST, TOKEN_ENV, "token_env: {}"),
    (TEST, "hash: t3stn1mbus", "hash: {}"),
    (TEST, "account: acct_1QNimbusTest0001", "account: {}"),
    (TEST, "file: .billform/secrets/test.env", "command: [store, {}]"),
    (TEST, HEADER, "X-Hook-Token: {}"),
    (TEST, HEADER, "X-Hook-Token: env:{}"),
    (TEST, HEADER, "{}: env:NO"),
    (TEST, "mode: test", "mode: {}"),
    (TEST, "mode: test", "mode: test\n{}: 1"),
    (TEST, "mode: test", "mode: test\nx: [{}"),
    ("catalog/catalog.yaml", TEAM, "metadata: {{ team: {} }}\n    trial"),
    (PRO, "description: For growing teams.", "description: For {}."),
    (SETTINGS, DRIFT, DRIFT + "?key={}"),
    (SETTINGS, DRIFT, "url: https://user:{}@hooks.nimbus.example/drift"),
    (PRO, "name: Pro\n", "name: Pro\n    {}: 1\n"),
    (PRO, "unit_label: seat", "unit_label: [{}]"),
]
"""Where whatever is known as a secret, by its form or by the variable that holds it, is refused."""
WHERE_NO_TEXT_IS: list[tuple[str, str, str]] = [
    (TEST, KEY_ENV, "api_key_env: {}"),
    (TEST, TOKEN_ENV, "token_env: {}"),
    (TEST, "hash: t3stn1mbus", "hash: {}"),
    (TEST, "account: acct_1QNimbusTest0001", "account: {}"),
    (TEST, HEADER, "X-Hook-Token: {}"),
    (TEST, HEADER, "X-Hook-Token: env:{}"),
    (TEST, "mode: test", "mode: {}"),
    (TEST, "mode: test", "mode: test\n{}: 1"),
    (TEST, "mode: test", "mode: test\nx: [{}"),
    (TEST, "currency: usd", "currency: {}"),
    (PRO, "name: Pro\n", "name: Pro\n    {}: 1\n"),
    (PRO, "unit_label: seat", "unit_label: [{}]"),
    (PRO, "{ usd: 49, eur: 45, jpy: 6900 }", "{{ usd: {} }}"),
    (PRO, "extends: cloud_plan", "extends: {}"),
    (PRO, "sso: true", "sso: *{}"),
    (PRO, "sso: true", "sso: !{} true"),
    (PRO, "sso: true", "sso: true\n      {}: 1\n      {}: 2"),
]
"""Where no text of one's own belongs, so that something is said about what looks like chance."""
UNDER_A_NAME: list[tuple[str, str, str]] = [
    (TEST, HEADER, "X-Hook-Token: {}"),
    (TEST, HEADER, "X-Hook-Token: '{}'"),
    (TEST, f"headers: {{ {HEADER} }}", "headers:\n          X-Hook-Token: {}"),
    (TEST, f"headers: {{ {HEADER} }}", "headers:\n          X-Hook-Token: >-\n            {}\n          x: [a"),
    (TEST, f"headers: {{ {HEADER} }}", "headers:\n          X-Hook-Token:\n            [{}]"),
    (TEST, "mode: test", "mode: test\npassword: {}"),
    (TEST, "mode: test", 'mode: test\napi_key: "{}'),
    (TEST, "mode: test", "mode: test\nclient_secret : {}: x"),
]
"""Where only the name beside it tells that it is one."""


def written(vault: Vault, file: str, old: str, new: str, secret: str) -> tuple[Path, bytes]:
    """Puts a secret into a file; answers the file as it is then, for it is no news that it stands there."""
    path = vault.directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(
        text.replace(old, new.replace("{}", secret).replace("{{", "{").replace("}}", "}")), encoding="utf-8"
    )
    return path, path.read_bytes()


def told(vault: Vault, *words: str) -> str:
    """Runs commands, each of which must refuse; answers what the first of them said."""
    first = ""
    for each in words:
        ended = vault.run(each, GITHUB_ACTIONS="true" if "--debug" in each else "")
        assert ended.code == 1, ended.said
        first = first or ended.said
    return first


MOST = ("--debug validate test", "validate --format json", "--debug apply test --yes")


@pytest.mark.parametrize(("file", "old", "new"), ANYWHERE)
def test_a_key_that_was_pasted_into_a_file_is_not_repeated(file: str, old: str, new: str, vault: Vault) -> None:
    path, _ = written(vault, file, old, new, PASTED)
    said = told(
        vault,
        *MOST,
        "--debug plan test --out plan.json",
        "plan test --format json",
        "plan test --format markdown",
        "--debug drift test",
    )
    assert "C009" in said
    path.unlink()
    assert vault.leaks(PASTED) == []


@pytest.mark.parametrize("secret", [TOKEN, HOOK], ids=["token", "hook"])
@pytest.mark.parametrize(("file", "old", "new"), ANYWHERE)
def test_what_a_variable_holds_is_not_repeated(file: str, old: str, new: str, secret: str, vault: Vault) -> None:
    """Whatever it looks like: that the variable is secret is known from the file that names it."""
    path, _ = written(vault, file, old, new, secret)
    assert "C009" in told(vault, *MOST)
    path.unlink()
    assert vault.leaks() == []


@pytest.mark.parametrize(("file", "old", "new"), WHERE_NO_TEXT_IS)
def test_what_chance_has_made_is_not_repeated(file: str, old: str, new: str, vault: Vault) -> None:
    """A token of nobody's that is in no variable."""
    path, _ = written(vault, file, old, new, OTHER)
    told(vault, *MOST)
    path.unlink()
    assert vault.leaks(OTHER) == []


@pytest.mark.parametrize(("file", "old", "new"), UNDER_A_NAME)
def test_what_its_name_gives_away_is_not_repeated(file: str, old: str, new: str, vault: Vault) -> None:
    path, _ = written(vault, file, old, new, PHRASE)
    said = told(vault, *MOST)
    assert "test.yaml:" in said
    path.unlink()
    assert vault.leaks(PHRASE) == []


def test_a_variable_of_any_name_is_secret_where_a_file_says_so(vault: Vault) -> None:
    """`api_key_env: NIMBUS` and `env:SHOP` are names of secrets, although they do not sound like it."""
    path = vault.directory / TEST
    text = path.read_text(encoding="utf-8").replace("NIMBUS_TEST_HOOK_TOKEN", "SHOP")
    path.write_text(text.replace("name: ", "name: "), encoding="utf-8")
    secret = "Sentinel-of-the-shop/0815"
    ended = vault.run("--debug plan test", stumbles=f"over {secret}", SHOP=secret)
    assert ended.code == 1
    assert "over ••••••" in ended.said
    assert vault.leaks(secret) == []


def test_what_is_no_secret_is_shown_as_it_is(vault: Vault) -> None:
    """An excerpt that hides everything helps nobody."""
    written(vault, PRO, "unit_label: seat", "unit_labell: seat", "")
    said = vault.run("validate test").said
    assert "        unit_labell: seat" in said
    written(vault, TEST, "account: acct_1QNimbusTest0001", "account: acct-1QNimbusTest0001", "")
    said = vault.run("validate test").said
    assert "account: acct-1QNimbusTest0001" in said
    written(vault, TEST, KEY_ENV, "api_key_env: STRIPE-TEST-KEY", "")
    assert "api_key_env: STRIPE-TEST-KEY" in vault.run("validate test").said
