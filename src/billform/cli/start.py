"""Where the console script begins: before anything is imported that takes long enough for a Ctrl-C to fall into it."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line and exits; a Ctrl-C at whatever moment ends it with one line and its exit code."""
    try:
        from billform.cli.main import main as begin

        begin()
    except KeyboardInterrupt:
        from contextlib import suppress

        with suppress(OSError, AttributeError):  # nobody may be there to read it
            sys.stderr.write("Interrupted.\n")
            sys.stderr.flush()
        sys.exit(130)
