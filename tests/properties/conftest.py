from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.contract.bench import Bench, open_bench

from .profiles import LONG, is_long

settings.register_profile(LONG)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A long run takes the time it takes."""
    if is_long():
        for each in items:
            each.add_marker(pytest.mark.timeout(0))


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    """One simulator for all tests of a module."""
    with open_bench() as opened:
        yield opened
