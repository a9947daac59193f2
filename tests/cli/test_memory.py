"""Memory is given back while vendors are spoken to, and not looked for while files are read and compared."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from billform.cli import memory
from billform.cli.exits import Exit
from billform.cli.main import run
from billform.core.diagnostic import BillformError, Diagnostic
from billform.providers import registry

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_what_is_paused_is_resumed() -> None:
    """Once, and without looking through what is there by then."""
    memory.pause()
    assert not gc.isenabled()
    memory.resume()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000
    gc.unfreeze()
    memory.resume()
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize("was_on", [True, False])
def test_a_pause_ends_as_it_began(was_on: bool) -> None:
    """Also where what it is for goes wrong."""

    def fail() -> None:
        assert not gc.isenabled()
        raise ZeroDivisionError

    (gc.enable if was_on else gc.disable)()
    with pytest.raises(ZeroDivisionError), memory.paused():
        fail()
    assert gc.isenabled() is was_on


def test_whoever_speaks_to_vendors_gives_memory_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long an apply takes."""
    seen: list[bool] = []

    async def connect(*_: object, **__: object) -> None:
        seen.append(gc.isenabled())
        raise BillformError(Diagnostic("V001", "far enough"))

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(registry, "connect", connect)
    memory.pause()
    assert run(["plan", "test"]) == Exit.REFUSED
    assert seen == [True]
