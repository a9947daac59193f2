"""Finds what looks like a vendor's secret in a text, so that no message, log or source line repeats it."""

from __future__ import annotations

import re
from collections.abc import Iterator

MASK = "••••••"

# https://docs.stripe.com/keys: secret (sk), restricted (rk), organisation (sk_org) and ephemeral (ek) keys, and the
# signing secrets of webhook endpoints. Publishable keys (pk) are public. BigCommerce tokens have no prefix: they are
# only known by the header they travel in.
_SHAPES = re.compile(
    r"(?P<prefix>\b(?:(?:sk|rk|ek)_(?:live|test|org)_|whsec_))(?P<secret>[A-Za-z0-9+/=_-]{6,})"
    r"|(?P<header>(?:x-auth-token[\"']?\s*[:=]|authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic)\s)\s*[\"']?"
    r"(?!env:|[\"'\s]))(?P<token>[^\s\"',}]{8,})",
    re.IGNORECASE,
)


_HINTS = ("k_", "whsec_", "auth")
"""One of these is in every shape, in whatever case; whole files are read for them, and most have none."""


def find(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of everything in `text` that looks like a secret, its prefix included."""
    folded = text.casefold()
    if not any(each in folded for each in _HINTS):
        return
    for match in _SHAPES.finditer(text):
        yield (match.start() if match["prefix"] else match.start("token")), match.end()


def redact(text: str) -> str:
    """The text with every secret replaced by dots; the prefix stays, so that people know which one is meant."""
    return _SHAPES.sub(lambda match: (match["prefix"] or match["header"]) + MASK, text)


def mask(line: str) -> str:
    """The same, as long as before, so that columns keep their meaning."""
    return _SHAPES.sub(_dots, line)


def _dots(match: re.Match[str]) -> str:
    kept = match["prefix"] or match["header"]
    return kept + MASK[0] * (match.end() - match.start() - len(kept))
