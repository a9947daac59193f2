from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    """Nothing is remembered from the test before: it would hide a fault from the one that looks for it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("billform.core."):
            for each in list(vars(module).values()):
                if callable(clear := getattr(each, "cache_clear", None)):
                    clear()
