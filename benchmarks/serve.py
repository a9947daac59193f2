"""The simulator of a benchmark, until it is told to stop: `python -m benchmarks.serve [STATE]`."""

from __future__ import annotations

import sys
from pathlib import Path

from billform.simulator.server import Simulator, serve


def _started(simulator: Simulator) -> None:
    sys.stdout.write(simulator.stripe_url + "\n")
    sys.stdout.flush()


serve(Path(sys.argv[1]) if len(sys.argv) > 1 else None, started=_started)
