"""Sentinels in every place where a secret may stand: none shows anywhere but where it belongs."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from . import stumbles
from .stories import replaced
from .vault import ACCOUNT, HOOK, PASTED, STORE, STRIPE, TOKEN, VARIABLES, Vault, forms, found
from .zygote import ROOT


def test_a_sentinel_is_found_in_every_form() -> None:
    for form in forms(HOOK):
        assert found(HOOK, b"before " + form + b" after"), form
    for text in (b"x" + HOOK.encode(), b"yy " + HOOK.encode() + b" zz"):
        assert found(HOOK, base64.b64encode(text)), text
    assert found(STRIPE, STRIPE[10:].encode())
    assert not found(STRIPE, b"sk_test_\xe2\x80\xa2\xe2\x80\xa2")


def test_no_command_shows_or_keeps_a_secret(vault: Vault) -> None:
    """From the first plan to drift, with and without --debug, in every format, into files, onto the accounts."""
    assert vault.run("validate").code == 0
    assert vault.run("--debug plan test --out plan.json").code == 0
    assert vault.run("plan test --format json").code == 0
    assert vault.run("plan test --format markdown", GITHUB_ACTIONS="true").code == 0
    applied = vault.run("--debug apply plan.json --yes")
    assert applied.code == 0, applied.said
    assert vault.run("--debug plan test --detailed-exitcode").code == 0
    assert vault.run("validate --format json").code == 0
    hook = next(iter(vault.scene.tables()[f"bigcommerce/{STORE}/hooks"]))
    changed = {"headers": {"X-Hook-Token": "SentinelOfSomebodyElse0123"}}
    place = f"{vault.scene.simulator.bigcommerce_url}/stores/{STORE}/v3/hooks/{hook}"
    vault.scene.client.put(place, json=changed, headers={"X-Auth-Token": TOKEN})
    assert vault.run("--debug drift test").code == 3
    assert vault.run("drift test --format json").code == 3
    assert vault.run("plan test --format markdown").code == 0
    assert vault.run("--debug apply test --yes").code == 0
    assert len(vault.signing_secrets()) == 1
    sink = vault.directory / ".billform/secrets/test.env"
    assert all(secret in sink.read_text() for secret in vault.signing_secrets())
    assert sink.stat().st_mode & 0o777 == 0o600
    assert vault.leaks("SentinelOfSomebodyElse0123") == []


def test_secrets_are_at_the_vendors_only_where_they_belong(vault: Vault) -> None:
    assert vault.run("apply test --yes").code == 0
    secrets = {STRIPE, TOKEN, HOOK} | vault.signing_secrets()
    holders = {
        (table, name)
        for table, rows in vault.scene.tables().items()
        for row in rows.values()
        for name, value in row.items()
        for secret in secrets
        if found(secret, json.dumps(value).encode())
    }
    assert holders == {
        (f"stripe/{ACCOUNT}/test/webhook_endpoint", "_secret"),
        (f"stripe/{ACCOUNT}/test/idempotency", "body"),  # Stripe's own memory of what it answered
        (f"bigcommerce/{STORE}/hooks", "headers"),
        ("bigcommerce/accounts", "token"),
    }


FAULTS: dict[str, dict[str, Any]] = {
    "a page in the place of the vendor": {"action": "html", "status": 200, "count": None},
    "failures": {"action": "server_error", "writes": True, "count": None},
    "refusals": {"action": "server_error", "status": 400, "writes": True, "count": None},
    "lost answers": {"action": "lost_answer", "writes": True, "count": None},
    "a lost signing secret": {"action": "lost_answer", "path": "/v1/webhook_endpoints", "count": None},
    "cut answers": {"action": "cut_body", "count": None},
    "nothing but 429": {"action": "rate_limit", "kind": "global-rate", "writes": True, "count": None},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_no_failure_shows_a_secret(fault: dict[str, Any], vault: Vault) -> None:
    vault.scene.control("POST", "faults", json=fault)
    assert vault.run("--debug apply test --yes").code in {1, 4}
    assert vault.leaks() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_TEST_KEY", PASTED),
        ("STRIPE_TEST_KEY", PASTED + "\n"),
        ("STRIPE_TEST_KEY", STRIPE + "x"),
        ("STRIPE_TEST_KEY", "Sentinel Of No Shape 4711"),
        ("BIGCOMMERCE_TEST_TOKEN", "sentinelwrongtoken0123456789abc"),
        ("BIGCOMMERCE_TEST_TOKEN", "Sentinel token\twith blanks 12"),
        ("NIMBUS_TEST_HOOK_TOKEN", "Sentinel\r\nX-Injected: header 12"),
    ],
)
def test_a_wrong_secret_is_not_repeated(name: str, value: str, vault: Vault) -> None:
    ended = vault.run("--debug apply test --yes", **{name: value})
    assert ended.code in {1, 4}, ended.said
    assert vault.leaks(value.strip()) == []


@pytest.mark.parametrize("how", ["fails", "prints", "is not there"])
def test_a_sink_that_fails_repeats_nothing(how: str, vault: Vault) -> None:
    program = vault.directory / "store.sh"
    program.write_text({"fails": "#!/bin/sh\ncat >&2; exit 3\n", "prints": "#!/bin/sh\ncat\ncat >&2\n"}.get(how, ""))
    program.chmod(0o755)
    if how == "is not there":
        program.unlink()
    replaced(vault.directory, "environments/test.yaml", ("file: .billform/secrets/test.env", f"command: [{program}]"))
    ended = vault.run("--debug apply test --yes")
    assert ended.code == {"fails": 4, "prints": 0, "is not there": 1}[how], ended.said
    assert vault.leaks(sink=None) == []


def test_a_process_list_shows_no_secret(vault: Vault) -> None:
    """The command gets the secret on standard input, not as a word and not in its environment."""
    seen = vault.directory / "seen"
    program = vault.directory / "store.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" > {seen}\nenv >> {seen}\ncat > /dev/null\n')
    program.chmod(0o755)
    sink = f"command: [{program}, '{{name}}']"
    replaced(vault.directory, "environments/test.yaml", ("file: .billform/secrets/test.env", sink))
    assert vault.run("apply test --yes").code == 0
    text = seen.read_text()
    assert "STRIPE_WEBHOOK_ENDPOINT__NIMBUS__WORKER_SECRET" in text
    assert all(secret not in text for secret in vault.signing_secrets())


LINE = re.compile(
    r"(stripe|bigcommerce) (GET|POST|PUT|DELETE) /\S+ ([0-9]{3}|no answer) [0-9]+\.[0-9]{2}s (-|req_\w+)"
    r"( \(attempt [0-9]+\))?( (again in [0-9.]+s|given up): .+)?"
)


def test_debug_shows_each_request_and_nothing_that_is_in_it(vault: Vault) -> None:
    """One line on standard error: method, path, status, seconds, the vendor's name for it. No header, no body."""
    vault.scene.control("POST", "faults", json={"action": "rate_limit", "kind": "global-rate", "count": 1})
    applied = vault.run("--debug apply test --yes")
    lines = [line for line in applied.said.splitlines() if line.startswith(("stripe ", "bigcommerce "))]
    assert [line for line in lines if LINE.fullmatch(line) is None] == []
    assert len(lines) == len(vault.scene.log())
    assert any("POST /v1/webhook_endpoints 200" in line for line in lines)
    assert any("429" in line and "again in" in line for line in lines)
    for word in ("uthorization", "Auth-Token", "dempotency", "Bearer", "form-urlencoded", "nimbus-pro&", "Harbour"):
        assert word not in "\n".join(lines)
    assert "GET /v1/" not in vault.run("apply test --yes").said
    assert "GET /v1/" in vault.run("plan test", BILLFORM_DEBUG="1").said


PLAIN = "SentinelPlainHeader0123456789"


def test_a_plain_value_of_a_secret_field_is_in_no_plan(vault: Vault) -> None:
    """A header may be written out in the catalog, and is sent; a plan file does not repeat it."""
    text = "headers: {{ X-Hook-Token: env:NIMBUS_TEST_HOOK_TOKEN{} }}\n      customers"
    replaced(vault.directory, "environments/test.yaml", (text.format(""), text.format(f", X-Shop: {PLAIN}")))
    settings = vault.directory / "environments/test.yaml"
    assert vault.run("--debug plan test --out plan.json").code == 0
    assert vault.run("plan test --format json").code == 0
    assert '"X-Shop": "env:? (hidden)"' in (vault.directory / "plan.json").read_text()
    applied = vault.run("apply plan.json --yes")
    assert applied.code == 0, applied.said
    hooks = vault.scene.tables()[f"bigcommerce/{STORE}/hooks"].values()
    assert [hook["headers"].get("X-Shop") for hook in hooks if hook["scope"] == "store/order/statusUpdated"] == [PLAIN]
    assert vault.run("plan test --detailed-exitcode").code == 0
    replaced(vault.directory, "environments/test.yaml", (PLAIN, PLAIN[::-1]))
    assert vault.run("plan test --out plan.json --detailed-exitcode").code == 3
    assert vault.run("apply plan.json --yes").code == 0
    assert vault.run("plan test --detailed-exitcode").code == 0
    settings.unlink()
    assert vault.leaks(PLAIN, PLAIN[::-1]) == []


def test_a_plan_file_that_hides_is_applied_to_its_own_catalog_only(vault: Vault) -> None:
    text = "headers: {{ X-Hook-Token: env:NIMBUS_TEST_HOOK_TOKEN{} }}\n      customers"
    replaced(vault.directory, "environments/test.yaml", (text.format(""), text.format(f", X-Shop: {PLAIN}")))
    assert vault.run("plan test --out plan.json").code == 0
    replaced(vault.directory, "environments/test.yaml", (PLAIN, "Another"))
    refused = vault.run("apply plan.json --yes")
    assert (refused.code, "P015" in refused.said) == (1, True)
    assert not vault.scene.tables().get(f"bigcommerce/{STORE}/hooks")


def test_a_secret_that_somebody_wrote_at_a_vendor_is_in_no_plan(vault: Vault) -> None:
    """One that is known by its form, and one that is known by the variable that holds it."""
    assert vault.run("apply test --yes").code == 0
    for product, secret in (("nimbus-pro", PASTED), ("nimbus-free", TOKEN)):
        words = {"description": f"Use {secret} here", "metadata[note]": secret}
        place = f"{vault.scene.simulator.stripe_url}/v1/products/{product}"
        answer = vault.scene.client.post(place, data=words, headers={"Authorization": f"Bearer {STRIPE}"})
        assert answer.is_success
    for command in ("plan test --out plan.json", "plan test --format json", "drift test --format json"):
        refused = vault.run(command)
        assert (refused.code, refused.said.count("X016")) == (1, 2)
        assert "--> stripe.product/free" in refused.said
        assert "--> stripe.product/pro" in refused.said
    assert not (vault.directory / "plan.json").exists()
    assert '"Use ••••••' in vault.run("plan test").said
    assert vault.run("plan test --format markdown").code == 0
    assert vault.run("--debug drift test").code == 3
    assert vault.run("--debug apply test --yes").code == 0
    assert vault.run("plan test --detailed-exitcode").code == 0
    assert vault.leaks(PASTED) == []


@pytest.mark.parametrize("where", stumbles.WAYS)
def test_an_unexpected_problem_shows_no_secret(where: str, vault: Vault) -> None:
    """Not even where the exception itself repeats them all, with --debug, and wherever it arises."""
    for words in ("--debug plan test", "plan test"):
        ended = vault.run(words, stumbles=f"{STRIPE} {TOKEN} {HOOK} {PASTED}", where=where)
        if where == "at Ctrl-C":
            assert (ended.code, "Interrupted." in ended.said) == (130, True)
            continue
        assert ended.code == 1
        assert ("X003" if where == "on a full disk" else "X001") in ended.said
        assert ("Traceback" in ended.said) or "--debug" not in words
        assert "••••••" in ended.said
    assert vault.leaks(PASTED) == []


def test_a_problem_of_a_write_shows_no_secret_with_debug(vault: Vault) -> None:
    """Those that an apply gathers are shown with their tracebacks as well."""
    fault = {"action": "server_error", "status": 400, "path": "/v1/coupons", "writes": True, "count": None}
    vault.scene.control("POST", "faults", json=fault)
    ended = vault.run("--debug apply test --yes")
    assert (ended.code, "Traceback" in ended.said) == (4, True)
    assert vault.leaks() == []


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_shows_no_secret(which: signal.Signals, vault: Vault) -> None:
    vault.scene.control("POST", "faults", json={"action": "latency", "ms": 100, "writes": True, "count": None})
    running = vault.begin("--debug apply test --yes")
    os.kill(running.pid, signal.SIGCONT)
    until = time.monotonic() + 60
    while vault.scene.writes < 20:
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(running.pid, which)
    ended = vault.scene.zygote.end(running)
    vault.said.append((f"stopped by {which.name}", ended.said))
    assert (ended.code, "Stopping" in ended.said) == (130, True), ended.said
    assert vault.leaks() == []


def test_a_run_that_is_killed_leaves_no_secret_behind(vault: Vault) -> None:
    """Neither when the signing secret was answered, nor where a secrets file had been begun by another."""
    left = vault.directory / ".billform/secrets/.test.env.abc12345.unfinished"
    left.parent.mkdir()
    left.write_text(f"STRIPE_WEBHOOK_ENDPOINT__NIMBUS__WORKER_SECRET=whsec_{HOOK}")
    running = vault.begin("--debug apply test --yes")
    fault = {"action": "kill", "path": "/v1/webhook_endpoints", "writes": True, "moment": "after", "pid": running.pid}
    vault.scene.control("POST", "faults", json=fault)
    ended = vault.scene.zygote.end(running)
    vault.said.append(("killed", ended.said))
    assert ended.killed
    assert len(vault.signing_secrets()) == 1
    assert vault.leaks() == []
    assert vault.run("apply test --yes").code == 0
    assert vault.leaks() == []
    assert [path.name for path in left.parent.iterdir()] == ["test.env"]


def test_a_reader_that_goes_away_is_shown_no_secret(vault: Vault) -> None:
    """`billform plan | head -1`: the rest goes nowhere, and nothing is said about it."""
    code = """
from tests.faults.zygote import Order, _pretend
import os, sys
order = Order(arguments=[], directory="", output="", variables={}, vendors=sys.argv[1:3])
_pretend(order)
sys.argv[1:] = ["--debug", "plan", "test"]
from billform.cli.main import main
main()
"""
    vendors = [vault.scene.simulator.stripe_url, vault.scene.simulator.bigcommerce_url]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *vendors],
        cwd=vault.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, **VARIABLES, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
    vault.said.append(("plan test | true", said))
    assert "GET /v1/prices" in said
    assert process.returncode == 0, said
    assert "Broken" not in said
    assert vault.leaks() == []
