"""Python runs this at its start in every process that a test starts: a simulator there leaves word of its exchanges.

The plugin puts this directory on PYTHONPATH. What it costs where no simulator runs is one look at each import.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

WANTED = "billform.simulator.server"
_PLACE = os.environ.get("BILLFORM_EXCHANGES")


class _Finder:
    """Waits until the simulator is imported, and adds an observer to it."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != WANTED:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                module.Simulator.OBSERVERS.append(_write)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # of this one module only
        return spec


def _write(exchange: object) -> None:
    import pickle  # where there is no simulator, nothing is written

    # One file for each process, also after a fork; a frame is there as a whole or, when it is killed, cut off.
    try:
        with open(f"{_PLACE}/{os.getpid()}", "ab", buffering=0) as file:  # noqa: PTH123  # pathlib takes long to import
            file.write(pickle.dumps(exchange))
    except OSError:
        return  # the disk is full in some tests, and an observer may change nothing


if _PLACE:
    sys.meta_path.insert(0, _Finder())
