"""A small shop on both vendors, and no long waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from billform.catalog.environment import load_environment
from billform.catalog.load import load
from billform.providers.http import RealClock
from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

from .both import PROJECT, Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    async def soon(clock: RealClock, seconds: float) -> None:
        await asyncio.sleep(seconds * 0.02)

    monkeypatch.setattr(RealClock, "sleep", soon)
    environment = load_environment("local", PROJECT / "environments")
    with Simulator(limits=Limits.off()) as simulator:
        yield Project(load(PROJECT / "catalog", environment), environment, simulator, tmp_path / "secrets.env")
