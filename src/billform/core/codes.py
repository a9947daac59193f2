"""What each diagnostic code means and how to mend it; `billform explain CODE` and docs/codes.md read this.

Each layer keeps a module `codes.py` with a table `CODES: dict[str, Explanation]`:
C catalog files · E environments · G guardrails · P plans · A applying · K keys and accounts · V vendors
· S simulator and local state.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """The page of one code."""

    title: str
    meaning: str
    mend: str
    example: str = ""
