"""A small shop beside a running simulator, to run commands in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.story import Stage, staged
from tests.cli.running import SILENT

SUMMARY = "Plan: 24 to create, 0 to update, 0 new versions, 0 to archive. 0 unchanged."


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The project of the stories, and its accounts, which are empty."""
    for name in SILENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with staged(tmp_path) as stage:
        yield stage


def writes(shop: Stage) -> list[str]:
    """Every write that reached a simulated vendor, but for those by hand."""
    log = shop.control("GET", "log").json()["data"]
    return [f"{each['method']} {each['path']}" for each in log if each["method"] != "GET"]


def rewrite(shop: Stage, file: str, text: str) -> None:
    """Writes a file of the project."""
    (shop.directory / file).write_text(text, encoding="utf-8")


LOCAL = """
mode: simulated
stripe: { account: acct_1BillformLocal00 }
stores:
  main: { hash: simstore1 }
storefronts:
  us: { store: main, channel: Nimbus US, currency: usd, locale: en-US }
"""
