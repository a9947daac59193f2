"""What a command's exit code says; click itself exits with 2 on a usage error."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes."""

    OK = 0
    """Did what was asked; or there is nothing to change."""
    REFUSED = 1
    """The catalog, a vendor or a guardrail said no."""
    USAGE = 2
    """The command was not understood."""
    CHANGES = 3
    """Changes are pending."""
    PARTIAL = 4
    """Applied in part; run again."""
    INTERRUPTED = 130
    """Stopped by the person who started it; everything written so far is consistent."""
