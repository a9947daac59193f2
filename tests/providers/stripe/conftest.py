from __future__ import annotations

from collections.abc import Iterator

import pytest

from .shop import Shop, open_shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    """An empty Stripe account, over real HTTP."""
    with open_shop() as opened:
        yield opened
