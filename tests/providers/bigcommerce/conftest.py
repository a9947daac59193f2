"""A fresh simulated store for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .shop import Shop, opened


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A store without objects of anybody's."""
    with opened(tmp_path) as simulator:
        yield Shop(simulator, tmp_path)
