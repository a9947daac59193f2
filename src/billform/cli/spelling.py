"""Text for streams of few letters: amounts keep their currencies, and signs that have a plain form get it."""

from __future__ import annotations

import re

CODES = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW"}
_AMOUNT = re.compile(rf"([{''.join(CODES)}])(\d+(?:,\d{{3}})*(?:\.\d+)?)")
_PLAIN = {"–": "-", "…": "...", "·": "-", "•": "*", "→": "->", "━": "-"}


def spelled(text: str, encoding: str) -> str:
    """The text as an encoding can have it: `€45.00` as `45.00 EUR`; what has no other form is left to the stream."""

    def amount(match: re.Match[str]) -> str:
        return match[0] if _has(encoding, match[1]) else f"{match[2]} {CODES[match[1]]}"

    text = _AMOUNT.sub(amount, text)
    for sign, plain in _PLAIN.items():
        if sign in text and not _has(encoding, sign):
            text = text.replace(sign, plain)
    return text


def _has(encoding: str, sign: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
