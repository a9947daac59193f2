"""What stories about secrets play in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .ground import Ground
from .vault import Vault, furnish
from .zygote import Zygote


@pytest.fixture(scope="session")
def hurried() -> Iterator[Zygote]:
    """Processes for which time flies."""
    with Zygote(speed=200) as running:
        yield running


@pytest.fixture
def vault(hurried: Zygote, tmp_path: Path) -> Iterator[Vault]:
    """The example project in its test environment, with sentinels for secrets and simulated vendors."""
    ground = Ground(tmp_path, hurried)
    ground.files()
    with ground.scene() as scene:
        furnish(scene)
        yield Vault(scene)
