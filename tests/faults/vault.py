"""A project whose every secret is a sentinel, and the search for them in all that is said and written down."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote, quote_plus

from .ground import Scene
from .zygote import Ended, Running

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
    shown_once: set[str] = field(default_factory=set)

    @property
    def directory(self) -> Path:
        """Where the project is."""
        return self.scene.directory

    def run(self, words: str, *, stumbles: str | None = None, where: str = "in the open", **variables: str) -> Ended:
        """A command with every secret in its environment."""
        ended = self.scene.zygote.end(self.begin(words, stumbles=stumbles, where=where, **variables))
        self.said.append((words, ended.said))
        self.signing_secrets()
        return ended

    def begin(
        self, words: str, *, stumbles: str | None = None, where: str = "in the open", **variables: str
    ) -> Running:
        """The same, standing still before its first line; all that a package might leave behind stays below."""
        aside = self.directory / "aside"
        aside.mkdir(exist_ok=True)
        return self.scene.zygote.begin(
            self.directory,
            words.split(),
            {**VARIABLES, "HOME": str(aside), "TMPDIR": str(aside), **variables},
            vendors=(self.scene.simulator.stripe_url, self.scene.simulator.bigcommerce_url),
            stumbles=stumbles,
            where=where,
        )

    def signing_secrets(self) -> set[str]:
        """Everything that Stripe has shown once, also of endpoints that are gone."""
        self.shown_once |= set(re.findall(r"whsec_[A-Za-z0-9]+", json.dumps(self.scene.tables())))
        return self.shown_once

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


def furnish(scene: Scene) -> None:
    """Gives the simulated vendors the accounts, the keys and the channels that the test environment names."""
    scene.control("POST", "stripe/keys", json={"key": STRIPE, "account": ACCOUNT})
    scene.control("POST", "bigcommerce/stores", json={"hash": STORE, "name": "Test"})
    scene.control("POST", "bigcommerce/accounts", json={"token": TOKEN, "store": STORE, "client_id": "test"})
    channels = scene.control("GET", f"bigcommerce/objects/{STORE}/channels")["data"]
    for channel, name in zip(channels, ("Nimbus US", "Nimbus EU"), strict=True):
        place = f"bigcommerce/objects/{STORE}/channels/{channel['id']}"
        scene.control("PATCH", place, json={"name": name})
