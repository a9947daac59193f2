"""`billform validate`, one bad input after the other, and what it says of good ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.running import Shell, finished

PROJECT = Path(__file__).parents[2]
SHOP = """\
catalog: shop
defaults: {tax_behavior: exclusive}
products: {cloud: {name: Cloud}}
plans:
  pro:
    product: cloud
    charges:
      base:
        prices:
          monthly: {every: month, amount: 49}
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, monkeypatch, capsys)


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
)
BAD: dict[str, dict[str, str | bytes]] = {
    "not YAML": {"b.yaml": "plans:\n  team: {name: Team\n  free: {}\n"},
    "a colon in a text": {"b.yaml": "plans:\n  team:\n    description: Everything: and more\n"},
    "not UTF-8": {"b.yaml": b"plans:\n  team:\n    name: Caf\xe9\n"},
    "UTF-16": {"b.yaml": "plans: {}\n".encode("utf-16")},
    "a NUL": {"b.yaml": b"plans:\n  team:\n    name: Te\x00am\n"},
    "empty": {"b.yaml": ""},
    "a list": {"b.yaml": "- plans\n- products\n"},
    "a single value": {"b.yaml": "plans\n"},
    "several documents": {"b.yaml": "meters: {}\n---\nfeatures: {}\n"},
    "a billion laughs": {"b.yaml": LAUGHS},
    "an alias inside of itself": {"b.yaml": "plans: &p\n  team: *p\n"},
    "a tag": {"b.yaml": "plans: !!python/object/apply:os.system [echo hello]\n"},
    "a duplicate key": {"b.yaml": "plans:\n  team:\n    name: Team\n    product: cloud\n    name: Other\n"},
    "a tab": {"b.yaml": "plans:\n  team:\n\tname: Team\n"},
    "an unknown word": {"b.yaml": "plans:\n  team:\n    product: cloud\n    trail_days: 14\n"},
    "an unknown section": {"b.yaml": "plan:\n  team: {}\n"},
    "a word nobody knows": {"b.yaml": "products:\n  cloud2:\n    colour: red\n"},
    "a wrong type at depth": {
        "b.yaml": "plans:\n  team:\n    charges:\n      base:\n        prices:\n          monthly: month 49\n"
    },
    "a wrong type deeper": {
        "b.yaml": "plans:\n  team:\n    marketing_features:\n      - Fast\n      - [Good, Cheap]\n"
    },
    "a number for a text": {"b.yaml": "plans:\n  team:\n    name: 365\n"},
    "yes for true": {"b.yaml": "tax:\n  automatic: yes\n"},
    "a missing word": {"b.yaml": "promotion_codes:\n  launch: {max_redemptions: 5}\n"},
    "float notation": {"a.yaml": SHOP.replace("49", "1e3")},
    "a negative amount": {"a.yaml": SHOP.replace("49", "-49")},
    "13 decimals": {"a.yaml": SHOP.replace("49", "0.1234567890123")},
    "a comma in an amount": {"a.yaml": SHOP.replace("{every: month, amount: 49}", "\n            amount: 4,900")},
    "a comma in an amount in braces": {"a.yaml": SHOP.replace("49", "4,900")},
    "a decimal comma": {"a.yaml": SHOP.replace("49", "'49,90'")},
    "leading zeros": {"a.yaml": SHOP.replace("49", "049")},
    "a currency sign": {"a.yaml": SHOP.replace("49", "$49")},
    "an amount of nothing": {"a.yaml": SHOP.replace("49", "")},
    "a currency in capitals": {"a.yaml": SHOP.replace("49", "{USD: 49}")},
    "two files with one key": {"b.yaml": "plans:\n  pro: {product: cloud}\n"},
    "a template that is not there": {
        "b.yaml": "templates:\n  paid: {product: cloud}\nplans:\n  team: {kind: free, extends: payd}\n"
    },
    "a template of itself": {"b.yaml": "templates:\n  paid: {extends: paid}\n"},
    "templates in a circle": {"b.yaml": "templates:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n"},
    "a secret": {"b.yaml": "webhooks:\n  bigcommerce:\n    x:\n      headers: {X-Token: sk_live_abcdefgh12345678}\n"},
    "wide characters": {"b.yaml": "plans:\n  team: {description: 価格表とプラン, nmae: チーム}\n"},
}


@pytest.mark.parametrize("story", BAD)
def test_bad_input_by_name(story: str, shell: Shell, snapshot: SnapshotAssertion) -> None:
    shell.write({"catalog/a.yaml": SHOP, **{f"catalog/{name}": text for name, text in BAD[story].items()}})
    outcome = shell.run("validate")
    assert outcome.code == 1
    assert outcome.out == ""
    assert "abcdefgh12345678" not in outcome.err
    assert str(outcome) == snapshot


def test_bad_files_that_cannot_be_written_as_text(shell: Shell, snapshot: SnapshotAssertion) -> None:
    shell.write({"catalog/a.yaml": SHOP, "secret.yaml": "name: not for you\n"})
    with (shell.path / "catalog/big.yaml").open("wb") as file:
        file.truncate(50_000_000)
    (shell.path / "catalog/loop").symlink_to("../catalog")
    (shell.path / "catalog/self.yaml").symlink_to("self.yaml")
    (shell.path / "catalog/out.yaml").symlink_to("../secret.yaml")
    outcome = shell.run("validate")
    assert outcome.code == 1
    assert str(outcome) == snapshot


def test_the_catalog_is_not_there(shell: Shell, snapshot: SnapshotAssertion) -> None:
    assert str(shell.run("validate")) == snapshot(name="no directory")
    (shell.path / "catalog").mkdir()
    assert str(shell.run("validate")) == snapshot(name="no file")


ENVIRONMENTS: dict[str, str] = {
    "overlay on nothing": "mode: simulated\ncatalog:\n  plans:\n    team: {name: Team}\n",
    "overlay with an unknown word": "mode: simulated\ncatalog:\n  plans:\n    pro: {nmae: Team}\n",
    "overlay that breaks a rule of shape": "mode: simulated\ncatalog:\n  plans:\n    pro: {trial_days: 14.5}\n",
    "no account": "mode: live\nstores:\n  main: {hash: 8x2kq1v0aa}\n",
    "a key in the file": "mode: test\nstripe: {account: acct_1NvXLq2e, api_key_env: sk_test_abcdefgh12345678}\n",
    "an unknown store": "mode: simulated\nstorefronts:\n  us: {store: mian, channel: US, currency: usd}\n"
    "stores:\n  main: {hash: simstore1}\n",
    "an unknown mode": "mode: prod\n",
}


@pytest.mark.parametrize("story", ENVIRONMENTS)
def test_bad_environments_by_name(story: str, shell: Shell, snapshot: SnapshotAssertion) -> None:
    shell.write({"catalog/a.yaml": SHOP, "environments/here.yaml": ENVIRONMENTS[story]})
    outcome = shell.run("validate", "here")
    assert outcome.code == 1
    assert "abcdefgh" not in outcome.err
    assert str(outcome) == snapshot


def test_an_environment_that_is_not_there(shell: Shell, snapshot: SnapshotAssertion) -> None:
    shell.write({"catalog/a.yaml": SHOP})
    assert str(shell.run("validate", "production")) == snapshot(name="no directory")
    shell.write({f"environments/{name}.yaml": "mode: simulated\n" for name in ("local", "production")})
    assert str(shell.run("validate", "prodction")) == snapshot(name="a nearer one")


def test_all_problems_of_all_files_at_once(shell: Shell, snapshot: SnapshotAssertion) -> None:
    shell.write(
        {
            "catalog/a.yaml": SHOP.replace("49", "1e3"),
            "catalog/plans/team.yaml": "plans:\n  team:\n    nmae: Team\n    trial_days: soon\n",
            "catalog/coupons.yaml": "coupons:\n  spring: {percent_off: 10, plans: [prro]}\n",
            "catalog/tab.yaml": "meters:\n\tcalls: {}\n",
            "environments/live.yaml": "mode: simulated\ncatalog:\n  plans: {proo: {name: X}}\n",
            "environments/odd.yaml": "mode: odd\n",
        }
    )
    assert str(shell.run("validate")) == snapshot


def test_a_good_catalog_in_one_line(shell: Shell) -> None:
    shell.write({"catalog/a.yaml": SHOP})
    assert str(shell.run("validate")) == (
        "exit code 0\n--- out\nCatalog shop is valid: 1 file, 1 plan, 1 price.\n"
        "--- err\nNo environment was checked: there is none in environments."
    )
    shell.write({"environments/here.yaml": "mode: simulated\n"})
    assert "is valid for here: 2 files" in shell.run("validate", "here").out


def test_the_example_catalog_is_good_in_every_environment(shell: Shell) -> None:
    for name in ("catalog", "environments"):
        shutil.copytree(PROJECT / name, shell.path / name)
    for environment in ("local", "test", "production"):
        outcome = shell.run("validate", environment)
        assert (outcome.code, outcome.err) == (0, "")
    assert shell.run("validate").code == 0


def test_warnings_are_said_and_stop_nothing(shell: Shell, snapshot: SnapshotAssertion) -> None:
    shell.write({"catalog/a.yaml": SHOP + "meters:\n  calls: {}\n"})
    outcome = shell.run("validate")
    assert outcome.code == 0
    assert str(outcome) == snapshot


def test_other_directories_by_option_and_by_variable(shell: Shell) -> None:
    shell.write({"here/a.yaml": SHOP, "there/live.yaml": "mode: simulated\n"})
    assert shell.run("validate", "live", "--catalog", "here", "--environments", "there").code == 0
    shell.monkeypatch.setenv("BILLFORM_CATALOG", "here")
    shell.monkeypatch.setenv("BILLFORM_ENVIRONMENTS", "there")
    assert shell.run("validate", "live").code == 0


def test_a_directory_of_environments_that_is_named_must_be_there(shell: Shell) -> None:
    """To check less than was asked for, and call it valid, would let a broken environment through."""
    shell.write({"catalog/a.yaml": SHOP, "environments/live.yaml": "mode: odd\n"})
    outcome = shell.run("validate", "--environments", "enviroments")
    assert (outcome.code, outcome.out) == (1, "")
    assert "error[E002]: there is no directory enviroments" in outcome.err
    shell.monkeypatch.setenv("BILLFORM_ENVIRONMENTS", "enviroments")
    assert json.loads(shell.run("validate", "--format", "json").out)["diagnostics"][0]["code"] == "E002"


def test_a_file_in_the_place_of_the_environments_is_not_no_environment(shell: Shell) -> None:
    shell.write({"catalog/a.yaml": SHOP, "environments": "mode: simulated\n"})
    assert "error[E002]" in shell.run("validate").err


def test_an_empty_directory_of_environments_is_said_to_be(shell: Shell) -> None:
    shell.write({"catalog/a.yaml": SHOP})
    (shell.path / "empty").mkdir()
    outcome = shell.run("validate", "--environments", "empty")
    assert (outcome.code, outcome.err) == (0, "No environment was checked: there is none in empty.\n")


def test_programs_read_the_same_from_standard_output(shell: Shell, snapshot: SnapshotAssertion) -> None:
    shell.write({"catalog/a.yaml": SHOP.replace("49", "1e3")})
    outcome = shell.run("validate", "--format", "json")
    assert (outcome.code, outcome.err) == (1, "")
    assert json.loads(outcome.out) == snapshot
    shell.write({"catalog/a.yaml": SHOP})
    shell.write({"environments/here.yaml": "mode: simulated\n"})
    fine = {"ok": True, "files": 2, "environments": ["here"], "diagnostics": []}
    assert json.loads(shell.run("validate", "--format", "json").out) == fine


def test_on_github_every_problem_stands_beside_its_line(shell: Shell) -> None:
    shell.monkeypatch.setenv("GITHUB_ACTIONS", "true")
    shell.write({"catalog/a.yaml": SHOP.replace("49", "1e3")})
    assert shell.run("validate").err.splitlines()[-1] == (
        "::error file=catalog/a.yaml,line=10,col=43,endLine=10,endColumn=45,title=C016"
        "::`amount`: `1e3` is not an amount%0Ahint: write it out: 1000"
    )


def test_it_works_without_a_single_connection_and_at_once(tmp_path: Path) -> None:
    """The process imports nothing that could connect; pytest's own ban on sockets does not reach into it."""
    for name in ("catalog", "environments"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    outcome = finished("validate", cwd=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    assert outcome.code == 0
    imported = {line.rpartition("|")[2].strip() for line in outcome.err.splitlines() if line.startswith("import time:")}
    heavy = {"stripe", "httpx", "deepdiff", "starlette", "uvicorn", "rich", "jsonschema", "asyncio", "ssl", "requests"}
    assert imported & heavy == set()
    later = "providers engine render simulator catalog.schema catalog.reference core.planner core.diff".split()
    assert not [each for each in imported if each.startswith(tuple(f"billform.{name}" for name in later))]
