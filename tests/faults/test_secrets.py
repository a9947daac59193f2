"""Sentinels in every place where a secret may stand: none shows anywhere but where it belongs."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from .ground import Ground, Scene
from .stories import replaced
from .zygote import Ended, Zygote

ACCOUNT, STORE = "acct_1QNimbusTest0001", "t3stn1mbus"
STRIPE = "sk_test_51SentinelStripeKey0Aa1Bb2Cc3Dd4Ee5"
TOKEN = "sentinelbctoken0a1b2c3d4e5f6g7h"
HOOK = "Sentinel+Hook/Header==&secret %41"
PASTED = "sk_live_51SentinelPastedKey9Zz8Yy7Xx6Ww5Vv4"
VARIABLES = {
    "STRIPE_TEST_KEY": STRIPE,
    "BIGCOMMERCE_TEST_TOKEN": TOKEN,
    "NIMBUS_TEST_HOOK_TOKEN": HOOK,
    "COLUMNS": "200",
}
NO_FILE_OF_OURS = {"simulator.db", "simulator.db-wal", "simulator.db-shm", "simulator.db-journal"}
"""What the vendors keep is theirs to keep."""


def forms(secret: str) -> Iterator[bytes]:
    """A secret as it may turn up: plain, in a URL, in JSON, in base64 at any offset, in hexadecimal, backwards."""
    yield from (each.encode() for each in {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]})
    yield json.dumps(secret)[1:-1].encode()
    yield secret[::-1].encode()
    yield secret.encode().hex().encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret.encode())
        # What surrounds it changes the first and the last characters.
        yield encoded[4 if offset else 0 : -4]
        yield base64.urlsafe_b64encode(b"\0" * offset + secret.encode())[4 if offset else 0 : -4]


@cache
def traces(secret: str) -> frozenset[bytes]:
    """Its forms, those of its part that is no prefix, and either half of that, should somebody have cut it."""
    bare = re.sub(r"^(sk_(test|live)_|whsec_)", "", secret)
    halves = {bare[: len(bare) // 2 + 1].encode(), bare[len(bare) // 2 :].encode()}
    return frozenset({*forms(secret), *forms(bare), *halves})


def found(secret: str, content: bytes) -> list[str]:
    """The traces of a secret in a content."""
    return [each.decode() for each in traces(secret) if each in content]


@dataclass(slots=True)
class Vault:
    """A project of the test environment, whose vendors are simulated and whose keys are sentinels."""

    scene: Scene
    said: list[tuple[str, str]] = field(default_factory=list)

    @property
    def directory(self) -> Path:
        return self.scene.directory

    def run(self, words: str, *, stumbles: str | None = None, **variables: str) -> Ended:
        """A command with every secret in its environment."""
        vendors = self.scene.simulator.stripe_url, self.scene.simulator.bigcommerce_url
        zygote = self.scene.zygote
        everything = {**VARIABLES, **variables}
        running = zygote.begin(self.directory, words.split(), everything, vendors=vendors, stumbles=stumbles)
        ended = zygote.end(running)
        self.said.append((words, ended.said))
        return ended

    def signing_secrets(self) -> set[str]:
        """Everything that Stripe has shown once."""
        rows = self.scene.tables().get(f"stripe/{ACCOUNT}/test/webhook_endpoint", {}).values()
        return {str(row["_secret"]) for row in rows}

    def leaks(self, *more: str, sink: str | None = ".billform/secrets/test.env") -> list[str]:
        """Where any secret stands that should not: in what commands said, and in all files but the sink."""
        places = {f"`billform {words}`": said.encode() for words, said in self.said}
        for path in sorted(self.directory.rglob("*")):
            name = str(path.relative_to(self.directory))
            if path.is_file() and path.name not in NO_FILE_OF_OURS and name != sink and not name.startswith("kept-"):
                places[name] = path.read_bytes()
        secrets = {STRIPE, TOKEN, HOOK, *more} | self.signing_secrets()
        return [
            f"{secret} in {place} as {form}"
            for place, content in places.items()
            for secret in secrets
            for form in found(secret, content)
        ]


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote(speed=200) as running:
        yield running


@pytest.fixture
def vault(zygote: Zygote, tmp_path: Path) -> Iterator[Vault]:
    ground = Ground(tmp_path, zygote)
    ground.files()
    with ground.scene() as scene:
        scene.control("POST", "stripe/keys", json={"key": STRIPE, "account": ACCOUNT})
        scene.control("POST", "bigcommerce/stores", json={"hash": STORE, "name": "Test"})
        scene.control("POST", "bigcommerce/accounts", json={"token": TOKEN, "store": STORE, "client_id": "test"})
        channels = scene.control("GET", f"bigcommerce/objects/{STORE}/channels")["data"]
        for channel, name in zip(channels, ("Nimbus US", "Nimbus EU"), strict=True):
            place = f"bigcommerce/objects/{STORE}/channels/{channel['id']}"
            scene.control("PATCH", place, json={"name": name})
        yield Vault(scene)


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
    hook = next(iter(vault.scene.tables()[f"bigcommerce/{STORE}/hooks"]))
    changed = {"headers": {"X-Hook-Token": "SentinelOfSomebodyElse0123"}}
    place = f"{vault.scene.simulator.bigcommerce_url}/stores/{STORE}/v3/hooks/{hook}"
    vault.scene.client.put(place, json=changed, headers={"X-Auth-Token": TOKEN})
    assert vault.run("--debug drift test").code == 3
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


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("environments/test.yaml", "api_key_env: STRIPE_TEST_KEY", f"api_key_env: {PASTED}"),
        ("environments/test.yaml", "token_env: BIGCOMMERCE_TEST_TOKEN", f"token_env: {PASTED}"),
        ("environments/test.yaml", "hash: t3stn1mbus", f"hash: {PASTED}"),
        ("environments/test.yaml", "account: acct_1QNimbusTest0001", f"account: {PASTED}"),
        ("environments/test.yaml", "file: .billform/secrets/test.env", f"command: [store, {PASTED}]"),
        ("environments/test.yaml", "X-Hook-Token: env:NIMBUS_TEST_HOOK_TOKEN", f"X-Hook-Token: {PASTED}"),
        ("environments/test.yaml", "X-Hook-Token: env:NIMBUS_TEST_HOOK_TOKEN", f"X-Hook-Token: env:{PASTED}"),
        ("environments/test.yaml", "X-Hook-Token: env:NIMBUS_TEST_HOOK_TOKEN", f"{PASTED}: env:NO"),
        ("environments/test.yaml", "mode: test", f"mode: {PASTED}"),
        ("environments/test.yaml", "mode: test", f"mode: test\n{PASTED}: 1"),
        ("environments/test.yaml", "mode: test", f"mode: test\nx: [{PASTED}"),
        ("catalog/catalog.yaml", "metadata: { team: growth }\n    trial", f"metadata: {{ team: {PASTED} }}\n    trial"),
        ("catalog/plans/pro.yaml", "description: For growing teams.", f"description: For {PASTED}."),
        ("catalog/settings.yaml", "url: https://hooks.nimbus.example/drift",
         f"url: https://hooks.nimbus.example/drift?key={PASTED}"),
        ("catalog/settings.yaml", "url: https://hooks.nimbus.example/drift",
         f"url: https://user:{PASTED}@hooks.nimbus.example/drift"),
        ("catalog/plans/pro.yaml", "name: Pro\n", f"name: Pro\n    {PASTED}: 1\n"),
        ("catalog/plans/pro.yaml", "unit_label: seat", f"unit_label: [{PASTED}]"),
    ],
)  # fmt: skip
def test_a_secret_that_was_pasted_into_a_file_is_not_repeated(file: str, old: str, new: str, vault: Vault) -> None:
    path = vault.directory / file
    text = path.read_text(encoding="utf-8")
    if text.count(old) > 1:
        path.write_text(text.replace(old, new), encoding="utf-8")
    else:
        replaced(vault.directory, file, (old, new))
    vault.run("--debug validate test", GITHUB_ACTIONS="true")
    vault.run("validate test --format json")
    vault.run("--debug plan test --out plan.json", GITHUB_ACTIONS="true")
    vault.run("plan test --format json")
    vault.run("plan test --format markdown")
    vault.run("--debug apply test --yes")
    vault.run("--debug drift test")
    kept = path.read_bytes()
    path.unlink()
    try:
        assert vault.leaks(PASTED) == []
    finally:
        path.write_bytes(kept)


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
    assert "STRIPE_WEBHOOK_ENDPOINT_WORKER_SECRET" in text
    assert all(secret not in text for secret in vault.signing_secrets())


def test_an_unexpected_problem_shows_no_secret_with_debug(vault: Vault) -> None:
    """Not even where the exception itself repeats them all."""
    for words in ("--debug plan test", "plan test"):
        ended = vault.run(words, stumbles=f"{STRIPE} {TOKEN} {HOOK} {PASTED}")
        assert ended.code == 1
        assert "X001" in ended.said
        assert ("Traceback" in ended.said) == ("--debug" in words)
    assert vault.leaks(PASTED) == []
