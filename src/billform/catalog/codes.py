"""What the codes C020 and up mean: those of the rules. The codes of reading files are in file_codes.py."""

from __future__ import annotations

from billform.catalog.rules import CODES

__all__ = ["CODES"]
