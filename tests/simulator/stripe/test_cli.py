"""The official Stripe CLI as a client: BILLFORM_STRIPE_CLI, `stripe` on the path, or what npm installs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from billform.simulator.server import Simulator

VERSION = "1.52.0"
Run = Callable[..., Any]


@pytest.fixture(scope="session")
def binary(pytestconfig: pytest.Config) -> str:
    """The CLI; a skip that says why where there is none."""
    found = os.environ.get("BILLFORM_STRIPE_CLI") or shutil.which("stripe")
    if found is not None:
        return found
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no Stripe CLI: neither BILLFORM_STRIPE_CLI, nor `stripe` or `npm` on the path")
    assert pytestconfig.cache is not None
    place = pytestconfig.cache.mkdir(f"stripe-cli-{VERSION}")
    if not (place / "node_modules/.bin/stripe").exists():
        words = "--prefer-offline --ignore-scripts --no-audit --no-fund --fetch-retries=0 --fetch-timeout=20000"
        command = [npm, "install", "--prefix", str(place), *words.split(), f"@stripe/cli@{VERSION}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        except subprocess.TimeoutExpired:
            shutil.rmtree(place)
            pytest.skip("no Stripe CLI: npm did not install it within two minutes")
        if done.returncode != 0:
            pytest.skip(f"no Stripe CLI: npm cannot install it here: {done.stderr.strip()[-200:]}")
    return str(place / "node_modules/.bin/stripe")


@pytest.fixture
def run(binary: str, simulator: Simulator, tmp_path: Path) -> Run:
    """Run the CLI against the simulator and answer its JSON, or its text when it prints none."""
    surroundings = {**os.environ, "HOME": str(tmp_path), "STRIPE_CLI_TELEMETRY_OPTOUT": "1"}

    def call(*words: str) -> Any:
        command = [binary, *words, "--api-key", "sk_test_simulator", "--api-base", simulator.stripe_url]
        done = subprocess.run(
            command, capture_output=True, text=True, env=surroundings, stdin=subprocess.DEVNULL, check=True, timeout=60
        )
        start = done.stdout.find("{")
        return json.loads(done.stdout[start:]) if start >= 0 else done.stdout

    return call


def test_products_and_prices(run: Run) -> None:
    """Create, read, change, page and delete."""
    product = run("products", "create", "--name", "Pro Plan", "-d", "metadata[tier]=pro")
    assert product["metadata"] == {"tier": "pro"}
    form = ("--product", product["id"], "--currency", "usd", "-d", "recurring[interval]=month")
    prices = [run("prices", "create", *form, "--unit-amount", str(amount))["id"] for amount in (1900, 2900)]
    assert run("prices", "retrieve", prices[0])["unit_amount"] == 1900
    assert run("prices", "update", prices[0], "--nickname", "Monthly")["nickname"] == "Monthly"
    page = run("prices", "list", "--limit", "1")
    assert ([row["id"] for row in page["data"]], page["has_more"]) == ([prices[1]], True)
    rest = run("prices", "list", "--limit", "1", "--starting-after", prices[1])
    assert [row["id"] for row in rest["data"]] == [prices[0]]
    run("coupons", "create", "--id", "SAVE", "--percent-off", "10")
    assert run("coupons", "delete", "SAVE", "--confirm")["deleted"] is True
    assert run("events", "list", "--limit", "1")["data"][0]["type"] == "coupon.deleted"


def test_one_key_twice(run: Run) -> None:
    """An idempotency key sent twice makes one product."""
    first = run("products", "create", "--idempotency", "k1", "--name", "Once")
    assert run("products", "create", "--idempotency", "k1", "--name", "Once")["id"] == first["id"]
    assert run("products", "create", "--idempotency", "k1", "--name", "Twice")["error"]["type"] == "idempotency_error"


def test_fixtures(run: Run, tmp_path: Path) -> None:
    """A fixture file whose second object refers to the first."""
    file = tmp_path / "fixture.json"
    price = {"product": "${plan:id}", "currency": "usd", "unit_amount": 500, "recurring": {"interval": "month"}}
    steps = [
        {"name": "plan", "path": "/v1/products", "method": "post", "params": {"name": "From a fixture"}},
        {"name": "price", "path": "/v1/prices", "method": "post", "params": price},
    ]
    file.write_text(json.dumps({"_meta": {"template_version": 0}, "fixtures": steps}), encoding="utf-8")
    run("fixtures", str(file))
    made = run("get", "/v1/prices", "-d", "expand[]=data.product")["data"][0]
    assert (made["unit_amount"], made["product"]["name"]) == (500, "From a fixture")
