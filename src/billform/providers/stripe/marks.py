"""Whose an object is, in its metadata: `billform_catalog`, `billform_key` and what was last written.

The mark travels in the same request as the object, so that no object of ours is ever without one. Every key that
opens with `billform_` is ours; the others are the author's or somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote, unquote

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.kind import Write
from billform.core.resource import Mark

PREFIX = "billform_"
VALUE = 500
"""Most characters of a metadata value, https://docs.stripe.com/api/metadata."""
RETIRED = " retired"
"""Closes the version on what we took out of sale: whatever is out of sale without it, somebody else took out.

It needs no key of its own, and is gone with the next mark.
"""
MORE = "+"
"""Opens a value that goes on with the last word of the one before; no word of ours begins so."""
CHUNKS = 5
"""Most values that one long text is spread over: room for the names of forty metadata keys of an author's."""
SHORT = VALUE * (CHUNKS - 1) // len("%E3%80%80")
"""So many characters have room however they are written: no blank takes more than this one."""
WAY_OUT = (
    "use fewer or shorter metadata keys; of a price in dozens of currencies, `separate_currencies: true` makes several"
)


def read(metadata: Mapping[str, Any] | None) -> Mark | None:
    """The mark, or None on an object that no Billform wrote."""
    values = metadata or {}
    catalog, key = values.get("billform_catalog"), values.get("billform_key")
    if not catalog or not key:
        return None
    version = str(values.get("billform_version", "1")).removesuffix(RETIRED)
    return Mark(
        catalog=str(catalog),
        key=str(key),
        digest=str(values.get("billform_digest", "")),
        fields=_fields(unspread(values, "fields")),
        version=int(version) if version.isdecimal() else 1,
    )


def retired(metadata: Mapping[str, Any] | None) -> bool:
    """Whether we took the object out of sale, and have not written to it since."""
    return str((metadata or {}).get("billform_version", "")).endswith(RETIRED)


@lru_cache(maxsize=4096)
def _fields(written: str) -> frozenset[str]:
    """The names in one text; objects by the thousand say the same, and share what it means."""
    return frozenset(unquote(each) if "%" in each else each for each in written.split())


_PARTING = re.compile(r"[\s%]")


def _word(name: str) -> str:
    """A name as one word: metadata keys may have blanks in them."""
    return _PARTING.sub(lambda found: quote(found[0]), name)


def authored(metadata: Mapping[str, Any] | None) -> dict[str, str]:
    """The metadata without our bookkeeping."""
    return {key: str(value) for key, value in (metadata or {}).items() if not key.startswith(PREFIX)}


def on_create(write: Write[Any]) -> dict[str, str]:
    """All metadata of a new object: the author's and the mark."""
    return {**write.spec.metadata, **_mark(write.mark)}


def on_retire(mark: Mark) -> dict[str, str]:
    """The trace on what we take out of sale."""
    return {"billform_version": f"{mark.version}{RETIRED}"}


def on_update(write: Write[Any]) -> dict[str, str]:
    """What changes in the metadata: declared keys that differ, `""` for those to be unset, and the mark.

    Stripe merges metadata, so that keys which somebody else added survive.
    """
    wanted: Mapping[str, str] = write.spec.metadata
    return {**{key: wanted.get(key, "") for key in sorted(write.keys("metadata"))}, **_mark(write.mark, clear=True)}


def _mark(mark: Mark, *, clear: bool = False) -> dict[str, str]:
    return {
        "billform_catalog": mark.catalog,
        "billform_key": mark.key,
        "billform_digest": mark.digest,
        "billform_version": str(mark.version),
        **spread("fields", map(_word, sorted(mark.fields)), clear=clear),
    }


def spread(name: str, words: Iterable[str], *, clear: bool) -> dict[str, str]:
    """Words over as many values as they need: `billform_fields`, `billform_fields_2`, …

    With `clear`, values that an earlier and longer text may have left behind are unset.
    """
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > VALUE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
        while len(lines[-1]) > VALUE:
            lines[-1:] = [lines[-1][:VALUE], MORE + lines[-1][VALUE:]]
    if len(lines) > CHUNKS:
        raise BillformError(
            Diagnostic(
                "V051",
                f"`billform_{name}` would need more than the {CHUNKS} metadata values that Billform keeps for it",
                hint=WAY_OUT,
            )
        )
    found = {_numbered(name, number): line for number, line in enumerate(lines, 1) if line or clear}
    if clear:
        found.update({_numbered(name, number): "" for number in range(len(lines) + 1, CHUNKS + 1)})
    return found


def too_long(fields: frozenset[str]) -> tuple[str, str, str] | None:
    """What a mark with these fields would be refused for; None where there is room for it."""
    if sum(map(len, fields)) + len(fields) <= SHORT:
        return None
    try:
        spread("fields", map(_word, sorted(fields)), clear=False)
    except BillformError as error:
        (told,) = error.diagnostics
        return told.code, told.summary, WAY_OUT
    return None


def unspread(metadata: Mapping[str, Any], name: str) -> str:
    """What `spread` wrote, as one line of words."""
    values = (str(metadata[each]) for each in _names(name) if metadata.get(each))
    return "".join(each.removeprefix(MORE) if each.startswith(MORE) else f" {each}" for each in values).lstrip()


def pack(name: str, facts: Mapping[str, str], *, clear: bool) -> dict[str, str]:
    """Named facts as words: `billform_terms: trial_days=14 unit=per%20seat`."""
    return spread(name, (f"{each}={quote(facts[each], safe=':,/')}" for each in sorted(facts)), clear=clear)


def unpack(metadata: Mapping[str, Any] | None, name: str) -> dict[str, str]:
    """What `pack` wrote."""
    words = (word.partition("=") for word in unspread(metadata or {}, name).split())
    return {each: unquote(value) for each, _, value in words}


@cache
def _names(name: str) -> tuple[str, ...]:
    return tuple(_numbered(name, number) for number in range(1, CHUNKS + 1))


def _numbered(name: str, number: int) -> str:
    return f"{PREFIX}{name}" if number == 1 else f"{PREFIX}{name}_{number}"
