"""An environment says whose accounts it means, what differs there and what is allowed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from billform.catalog.environment import load_environment, names, reference, resolved
from billform.core.diagnostic import BillformError
from tests.catalog.files_of import Place

PROJECT = Path(__file__).parents[2]
WHOLE = """\
mode: live
stripe:
  account: acct_1NvXLq2eZvKYlo2C
  api_key_env: STRIPE_KEY
stores:
  main: {hash: 8x2kq1v0aa, token_env: BC_TOKEN, client_id: abc}
  second: {hash: 9y3lr2w1bb, token_env: BC_TOKEN_2}
storefronts:
  us: {channel: Shop US, currency: usd, locale: en-US}
  eu: {store: second, channel: Shop EU, currency: eur}
guardrails:
  max_archived: 12.5 %
  max_amount_change: 20
  protected: [stripe.product/*]
secrets:
  command: [vault, kv, put, "secret/{name}", value=-]
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    return Place(tmp_path)


def test_an_environment_in_full(place: Place) -> None:
    live = place.write({"environments/live.yaml": WHOLE}).environment("live")
    assert (live.name, live.mode, live.is_live) == ("live", "live", True)
    assert (live.stripe.account, live.stripe.api_key_env) == ("acct_1NvXLq2eZvKYlo2C", "STRIPE_KEY")
    assert live.store_of("us").hash == "8x2kq1v0aa"
    assert live.store_of("eu").token_env == "BC_TOKEN_2"
    assert list(live.storefronts_of("second")) == ["eu"]
    assert live.limits.archive_percent == Decimal("12.5")
    assert live.limits.amount_percent == Decimal(20)
    assert live.limits.protected == ("stripe.product/*",)
    assert live.sink.command == ["vault", "kv", "put", "secret/{name}", "value=-"]
    assert str(live.value_span("storefronts", "eu", "channel")) == "environments/live.yaml:10:32"


def test_real_money_is_confirmed_by_name_and_secrets_have_a_place_of_their_own(place: Place) -> None:
    live = "mode: live\nstripe: {account: acct_1NvXLq2eZvKYlo2C, api_key_env: STRIPE_KEY}\n"
    place.write({"environments/live.yaml": live, "environments/local.yml": "mode: simulated\n"})
    assert place.environment("live").confirmation == "typed"
    assert place.environment("local").confirmation == "yes"
    assert place.environment("local").sink.file == ".billform/secrets/local.env"


@pytest.mark.parametrize("name", ["local", "test", "production"])
def test_the_projects_own_environments_are_read(name: str) -> None:
    environment = load_environment(name, PROJECT / "environments")
    assert set(environment.storefronts) == {"us", "eu"}
    assert environment.store_of("us") is environment.store_of("eu")
    assert environment.confirmation == ("typed" if name == "production" else "yes")


@pytest.mark.parametrize(
    ("name", "code", "says", "hint"),
    [
        ("prodction", "E001", "there is no environment `prodction`", "did you mean `production`?"),
        ("zzz", "E001", "there is no environment `zzz`", "environments holds `Odd`, `local`, `production`"),
        ("../production", "E001", "there is no environment", ""),
        ("", "E001", "there is no environment", ""),
        ("Odd", "E007", "`Odd` cannot name an environment", "lower-case"),
    ],
)
def test_an_environment_that_is_not_there(place: Place, name: str, code: str, says: str, hint: str) -> None:
    for known in ("local", "production", "Odd"):
        place.write({f"environments/{known}.yaml": "mode: simulated\n"})
    with pytest.raises(BillformError) as error:
        place.environment(name)
    (problem,) = error.value.diagnostics
    assert problem.code == code
    assert says in problem.summary
    assert hint in (problem.hint or "")


@pytest.mark.parametrize(("text", "code"), [("", "C007"), ("# later\n", "C007"), ("- live\n", "C008")])
def test_an_environment_without_a_word_in_it_is_told_how_one_begins(place: Place, text: str, code: str) -> None:
    place.write({"environments/live.yaml": text})
    with pytest.raises(BillformError) as error:
        place.environment("live")
    (problem,) = error.value.diagnostics
    assert problem.code == code
    assert (problem.hint or "").startswith("begin with its mode, such as `mode: test`, ")


def test_one_name_in_two_files_and_no_directory_at_all(place: Place) -> None:
    assert place.errors("local") == ["E002 there is no directory environments"]
    place.write({"environments/local.yaml": "mode: simulated\n", "environments/local.yml": "mode: simulated\n"})
    assert names(place.environments) == ["local"]
    assert place.errors("local") == ["E007 environments/local.yaml and environments/local.yml have one name"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "mode: live",
            "mode: liv",
            "C014 live.yaml:1:7 `mode`: expected one of `simulated`, `test`, `live`; found `liv`",
        ),
        ("mode: live\n", "", "C015 live.yaml:1:1 `mode` is missing"),
        ("stripe:", "strip:", "C013 live.yaml:2:1 unknown word `strip`"),
        ("  account: acct_1NvXLq2eZvKYlo2C\n", "", "E004 live.yaml:2:1 mode `live` needs `stripe.account`"),
        ("  api_key_env: STRIPE_KEY\n", "", "E004 live.yaml:2:1 mode `live` needs `stripe.api_key_env`"),
        (", token_env: BC_TOKEN,", ",", "E004 live.yaml:6:3 mode `live` needs `stores.main.token_env`"),
        ("acct_1NvXLq2eZvKYlo2C", "1NvX", "C014 live.yaml:3:12 `account`: expected a Stripe account id"),
        ("STRIPE_KEY", "STRIPE KEY", "C014 live.yaml:4:16 `api_key_env`: expected the name of an environment variable"),
        ("store: second", "store: secnd", "E005 live.yaml:10:15 there is no store `secnd`"),
        (
            "store: second, channel: Shop EU",
            "channel: Shop US",
            "E008 live.yaml:10:17 `us` and `eu` are the same channel",
        ),
        ("9y3lr2w1bb", "8x2kq1v0aa", "E008 live.yaml:7:18 `main` and `second` are the same store"),
        ("currency: eur", "currency: EUR", "C014 live.yaml:10:51 `currency`: expected a currency"),
        ("12.5 %", "a lot", "C014 live.yaml:12:17 `max_archived`: expected a percentage, such as 25%"),
        ("12.5 %", "-5", "C014 live.yaml:12:17 `max_archived`: expected at least 0; found `-5`"),
        ("secrets:\n", "secrets:\n  file: x\n", "E009 live.yaml:17:3 secrets go to a file or to a command"),
        ("12.5 %", "250%", "C014 live.yaml:12:17 `max_archived`: expected at most 100; found `250%`"),
        ("stripe.product/*", "stripe.produkt/*", "E010 live.yaml:14:15 `stripe.produkt/*` protects nothing"),
        ("mode: live", "mode: live\nmode: test", "C010 live.yaml:2:1 `mode` is given twice"),
        ("mode: live", "- live", "C00"),
    ],
)
def test_what_is_wrong_with_an_environment(place: Place, before: str, after: str, expected: str) -> None:
    assert before in WHOLE
    place.write({"a.yaml": "catalog: shop\n", "environments/live.yaml": WHOLE.replace(before, after)})
    assert expected in " ".join(place.errors("live"))


@pytest.mark.parametrize(
    "glob",
    [
        *("*", "stripe.*", "*/pro", "*.price/*", "stripe.pri*", "stripe.product/pro", "[s]tripe.price/pro.*"),
        *("bigcommerce.*", "bigcommerce.product/*", "bigcommerce.product/main/pro", "*/second/*"),
    ],
)
def test_what_can_fit_an_address_is_protected(place: Place, glob: str) -> None:
    place.write({"environments/live.yaml": WHOLE.replace("stripe.product/*", f'"{glob}"')})
    assert place.environment("live").limits.protected == (glob,)


@pytest.mark.parametrize(
    ("glob", "hint"),
    [
        ("stripe.produkt/*", "did you mean `stripe.product/*`?"),
        ("stripe.prices/pro.*", "did you mean `stripe.price/pro.*`?"),
        ("Stripe.Product/pro", "did you mean `stripe.product/pro`?"),
        ("stripe.product", "did you mean `stripe.product/*`?"),
        # A star in its place does not make a kind of a word that is none.
        ("*.produkt/*", "did you mean `*.product/*`?"),
        ("big*.varient/main/*", "did you mean `big*.variant/main/*`?"),
        ("*.yearly/*", "write it as a plan shows addresses, such as `stripe.product/*`; docs/kinds.md lists the kinds"),
        ("stripe.product/", "did you mean `stripe.product/*`?"),
        # Addresses in a store name the store.
        ("bigcommerce.product/pro", "did you mean `bigcommerce.product/main/pro`?"),
        ("bigcommerce.product/mian/*", "did you mean `bigcommerce.product/main/*`?"),
        ("pro", "write it as a plan shows addresses, such as `stripe.product/*`; docs/kinds.md lists the kinds"),
    ],
)
def test_a_glob_that_protects_nothing_is_refused(place: Place, glob: str, hint: str) -> None:
    place.write({"environments/live.yaml": WHOLE.replace("stripe.product/*", f'"{glob}"')})
    with pytest.raises(BillformError) as error:
        place.environment("live")
    assert [(each.code, each.hint) for each in error.value.diagnostics] == [("E010", hint)]


def test_a_key_in_place_of_its_variables_name_is_not_repeated(place: Place) -> None:
    text = WHOLE.replace("STRIPE_KEY", "sk_live_abcdefgh12345678")
    place.write({"environments/live.yaml": text})
    with pytest.raises(BillformError) as error:
        place.environment("live")
    assert [each.code for each in error.value.diagnostics] == ["C009"]
    assert "abcdefgh" not in str(error.value)


def test_a_reference_stands_until_it_is_resolved() -> None:
    assert reference("env:HOOK_TOKEN") == "HOOK_TOKEN"
    assert reference("plain text") is None
    assert resolved("env:HOOK_TOKEN", {"HOOK_TOKEN": "s3cret"}) == "s3cret"
    assert resolved("plain text", {}) == "plain text"
    for variables in ({}, {"HOOK_TOKEN": ""}):
        with pytest.raises(BillformError) as error:
            resolved("env:HOOK_TOKEN", variables)
        assert error.value.diagnostics[0].code == "E006"
