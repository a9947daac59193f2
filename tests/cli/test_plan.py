"""`billform plan`: shown in three ways, kept in a file, and nothing is written anywhere."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from billform.render.json import plan_schema
from tests.cases.story import Stage
from tests.cli.running import finished, process
from tests.cli.shop import LOCAL, SUMMARY, rewrite, shop, writes

__all__ = ["shop"]

RISE = ("catalog/plans/pro.yaml", "usd: 49,", "usd: 59,")


def test_the_plan_is_data_and_everything_else_is_not(shop: Stage) -> None:
    code, out, err = shop.command("plan local")
    assert code == 0
    assert out.splitlines()[0] == "What customers will notice"
    assert out.splitlines()[-1].startswith(SUMMARY)
    assert re.fullmatch(
        r"Read 5 files\n"
        r"Observed \d+ objects in Stripe acct_1BillformLocal00 \(simulated\) and BigCommerce store-simstore1: "
        r"\d+ requests, \d+\.\ds\n",
        err,
    )
    assert "\x1b" not in out + err


def test_a_plan_writes_nothing(shop: Stage) -> None:
    for form in ("text", "markdown", "json"):
        assert shop.command(f"plan local --format {form}")[0] == 0
    assert writes(shop) == []


def test_pending_changes_have_an_exit_code_when_asked_for(shop: Stage) -> None:
    assert [shop.command("plan local")[0], shop.command("plan local --detailed-exitcode")[0]] == [0, 3]
    shop.command("apply local --yes")
    code, out, _ = shop.command("plan local --detailed-exitcode")
    assert (code, out) == (0, "No changes. 24 objects match.\n")


def test_json_and_the_file_are_the_same_plan_and_fit_the_schema(shop: Stage) -> None:
    _, out, err = shop.command("plan local --format json --out plan.json")
    data = json.loads(out)
    assert json.loads((shop.directory / "plan.json").read_text(encoding="utf-8")) == data
    Draft202012Validator(plan_schema()).validate(data)
    assert f"Plan {data['digest']} is in plan.json; `billform apply plan.json` applies exactly this." in err
    assert json.loads(shop.command("plan local --format json")[1])["digest"] == data["digest"]


def test_markdown_is_one_comment_for_the_environment(shop: Stage) -> None:
    _, out, _ = shop.command("plan local --format markdown")
    assert out.startswith("<!-- billform:plan:local -->\n")
    assert out.count("<details>") == 1


def test_only_takes_what_is_needed_along(shop: Stage) -> None:
    _, out, _ = shop.command("plan local --only stripe.price/pro.base.monthly")
    assert re.findall(r"^  \+ (\S+)", out, flags=re.MULTILINE) == [
        "create",
        "stripe.product/pro",
        "stripe.price/pro.base.monthly",
    ]


@pytest.mark.parametrize("option", ["--only", "--adopt"])
def test_a_glob_that_fits_nothing_is_a_slip(option: str, shop: Stage) -> None:
    code, out, err = shop.command(f"plan local {option} stripe.price/pro.base.monthyl")
    assert (code, out) == (1, "")
    assert "error[X015]" in err
    assert "did you mean `stripe.price/pro.base.monthly`?" in err


@pytest.mark.parametrize("option", ["--only ", "--adopt ", "--allow protected="])
@pytest.mark.parametrize(
    ("glob", "hint"),
    [
        ("stripe.produkt/pro", "did you mean `stripe.product/pro`?"),
        ("stripe.prise/*", "did you mean `stripe.price/*`?"),
        ("bigcommerce.product/mian/*", "did you mean `bigcommerce.product/main/*`?"),
    ],
)
def test_a_kind_that_is_not_there_is_told_before_anything_is_read(
    option: str, glob: str, hint: str, shop: Stage
) -> None:
    """A star may stand for many things; where it makes the rest fit something by chance, the slip would go unseen."""
    code, out, err = shop.command(f"plan local {option}{glob}")
    assert (code, out) == (1, "")
    assert f"error[X015]: `{option}{glob}` fits no address that there can be" in err
    assert f"hint: {hint}" in err
    assert "Observed" not in err


@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
def test_a_star_makes_no_kind_of_a_word_that_is_none(command: str, shop: Stage) -> None:
    code, out, err = shop.command(f"{command} local --only *.produkt/*")
    assert (code, out) == (1, "")
    assert "hint: did you mean `*.product/*`?" in err
    assert "Observed" not in err


@pytest.mark.parametrize("value", ["archive", "archive=", "=9", "everything=1"])
def test_a_guardrail_that_is_not_there_cannot_be_lifted(value: str, shop: Stage) -> None:
    code, _, err = shop.command(f"plan local --allow {value}")
    assert code == 2
    assert "archive=NUMBER, amounts=NUMBER, protected=ADDRESS" in err


def test_a_plan_that_may_not_be_applied_says_so_with_its_exit_code(shop: Stage) -> None:
    shop.command("apply local --yes")
    rewrite(
        shop, "environments/local.yaml", LOCAL + "guardrails: { protected: ['stripe.product/*', 'stripe.price/*'] }"
    )
    shop.edit(*RISE)
    (shop.directory / "catalog/plans/free.yaml").unlink()
    code, out, err = shop.command("plan local --detailed-exitcode")
    assert code == 1
    assert "Plan: 0 to create" in out
    allowed = re.findall(r"`(--allow protected=\S+)`", err)
    assert len(allowed) == 3
    assert shop.command(f"plan local {' '.join(allowed)} --detailed-exitcode")[0] == 3


def test_programs_are_told_of_guardrails_as_well(shop: Stage) -> None:
    """Beside the plan, which stays the same; one that is kept from there can be applied once they are lifted."""
    shop.command("apply local --yes")
    rewrite(shop, "environments/local.yaml", LOCAL + "guardrails: { max_amount_change: 20% }")
    shop.edit(*RISE)
    code, out, err = shop.command("plan local --format json --out kept.json")
    data = json.loads(out)
    assert (code, [(each["code"], each["severity"]) for each in data["findings"]]) == (1, [("G002", "error")] * 3)
    Draft202012Validator(plan_schema()).validate(data)
    assert f"Plan {data['digest']} is in kept.json; nothing of it is applied as it is." in err
    assert json.loads((shop.directory / "kept.json").read_text(encoding="utf-8"))["findings"] == []
    rewrite(shop, "plan.json", out)
    assert shop.command("apply plan.json --yes")[0] == 1
    assert shop.command("apply plan.json --yes --allow amounts=3")[0] == 0


def test_colour_is_for_those_who_want_it(shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32m+" in shop.command("plan local")[1]
    assert "\x1b" not in shop.command("plan local --no-color")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shop.command("plan local")[1]


def test_an_environment_that_is_not_there(shop: Stage) -> None:
    code, out, err = shop.command("plan lokal")
    assert (code, out) == (1, "")
    assert "error[E001]: there is no environment `lokal`" in err
    assert "did you mean `local`?" in err


def test_no_key_no_request(shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BILLFORM_TEST_KEY", raising=False)
    rewrite(
        shop,
        "environments/test.yaml",
        "mode: test\nstripe: { account: acct_1Somebody0000, api_key_env: BILLFORM_TEST_KEY }\n",
    )
    # The shop sells on a storefront that this environment does not have; that alone is reported before any key.
    (shop.directory / "catalog/plans/pro.yaml").write_text("plans: {}\n", encoding="utf-8")
    rewrite(shop, "catalog/settings.yaml", "webhooks: {}\n")
    rewrite(shop, "catalog/discounts.yaml", "coupons: {}\n")
    code, out, err = shop.command("plan test")
    assert (code, out) == (1, "")
    assert "BILLFORM_TEST_KEY" in err
    assert re.search(r"error\[K\d\d\d\]", err)


def test_a_secret_of_the_environment_reaches_neither_plan_nor_output(
    shop: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "correct-horse-battery-staple"
    monkeypatch.setenv("HOOK_TOKEN", secret)
    hook = """
webhooks:
  bigcommerce:
    orders:
      scope: store/order/created
      destination: https://hooks.acme.example/orders
      headers: { X-Token: "env:HOOK_TOKEN" }
"""
    rewrite(shop, "catalog/hooks.yaml", hook)
    shown = [shop.command(f"plan local --format {form} --out plan.json") for form in ("text", "markdown", "json")]
    shown.append(shop.command("apply local --yes"))
    assert [each[0] for each in shown] == [0, 0, 0, 0]
    assert secret not in str(shown) + (shop.directory / "plan.json").read_text(encoding="utf-8")
    monkeypatch.setenv("HOOK_TOKEN", secret * 2)  # and a new one is noticed without being shown
    shown = [shop.command("plan local")]
    assert secret not in str(shown)


def test_a_reader_that_goes_away_is_no_trouble(shop: Stage) -> None:
    with process("plan", "local", cwd=shop.directory) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()  # before the first byte
        said = running.stderr.read()
    assert (running.returncode, "Traceback" in said) == (0, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_apart_from_that(shop: Stage) -> None:
    with Path("/dev/full").open("w") as full:
        running = subprocess.run(
            [sys.executable, "-c", "from billform.cli.main import main; main()", "plan", "local"],
            cwd=shop.directory,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert running.returncode == 1
    assert "error[X002]" in running.stderr
    outcome = finished("plan", "local", "--out", "/dev/full", cwd=shop.directory)
    assert outcome.code == 1
    assert "error[X014]" in outcome.err


def test_a_disk_that_fills_up_under_the_simulator_is_named(tmp_path: Path, shop: Stage) -> None:
    here = tmp_path / "elsewhere"
    for name in ("catalog", "environments"):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).symlink_to(shop.directory / name)
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
    running = subprocess.run(
        [sys.executable, "-c", f"{small}; from billform.cli.main import main; main()", "apply", "local", "--yes"],
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 4096
    assert running.returncode == 1
    assert "error[S002]" in running.stderr
    assert "Traceback" not in running.stderr


def test_what_left_and_stays_is_one_line_in_every_plan(shop: Stage) -> None:
    """It stays for years, for nobody can end it; a plan with nothing to do has to look like one."""
    shop.command("apply local --yes")
    shop.edit("catalog/catalog.yaml", "meters:\n  calls: { name: API calls, event_name: api_call }\n", "")
    text = (shop.directory / "catalog/plans/pro.yaml").read_text(encoding="utf-8")
    start, end = text.index("      api:\n"), text.index("    storefront:")
    rewrite(shop, "catalog/plans/pro.yaml", text[:start] + text[end:])
    assert shop.command("apply local --yes")[0] == 0
    line = "1 object left the catalog and stays as it is: stripe.meter/api_call (`billform explain P031`)."
    code, out, err = shop.command("plan local")
    assert (code, out.startswith("No changes.")) == (0, True)
    assert err.splitlines()[2:] == [line]
    code, out, err = shop.command("drift local")
    assert (code, line in err.splitlines(), "note[" in err) == (0, True, False)
    assert f"ℹ️ {line[:12]}" in shop.command("plan local --format markdown")[1]


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("nowhere/plan.json", "there is no directory nowhere"),
        ("catalog", "it is a directory"),
        ("-", "`-` is none"),
    ],
)
def test_a_place_where_no_plan_can_be_written_is_told_before_anything_is_read(
    place: str, why: str, shop: Stage
) -> None:
    code, out, err = shop.command(f"plan local --out {place}")
    assert (code, out) == (1, "")
    assert "error[X014]" in err
    assert why in err
    assert "hint: " in err
    assert "Read" not in err
