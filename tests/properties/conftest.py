from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.bench import Bench, open_bench


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    """One simulator for all tests of a module."""
    with open_bench() as opened:
        yield opened
