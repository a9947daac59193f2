"""Globs of addresses: one that can fit no address protects nothing and chooses nothing, and nobody would notice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from billform.catalog.known import KINDS
from billform.core.diagnostic import nearest


def can_fit(glob: str, stores: Collection[str]) -> bool:
    """Whether some address of an environment with these stores could fit the glob.

    What stands before its first slash is about the kind: `*.produkt/*` is misspelled, whatever may be called so.
    """
    kind, slash, _ = glob.partition("/")
    if slash and not any(fnmatchcase(each, kind) for each in KINDS):
        return False
    return any(_opens(glob, start) for kind in KINDS for start in _starts(kind, stores))


def meant(glob: str, stores: Collection[str]) -> str:
    """What the author of a glob that fits nothing most likely means, as a hint."""
    kind, _, key = glob.partition("/")
    near = kind if any(fnmatchcase(each, kind) for each in KINDS) else _near(kind)
    if near is None:
        return "write it as a plan shows addresses, such as `stripe.product/*`; docs/kinds.md lists the kinds"
    key = key or "*"
    store, slash, rest = key.partition("/")
    meant_store = nearest(store, stores) if slash else None
    keys = [f"{meant_store}/{rest}"] if meant_store else []
    fitting = (f"{near}/{each}" for each in (*keys, key, *(f"{each}/{key}" for each in sorted(stores))))
    right = next((each for each in fitting if can_fit(each, stores)), f"{near}/*")
    return f"did you mean `{right}`?"


def _near(kind: str) -> str | None:
    """The kind, or the glob of kinds, that a misspelled one was probably meant to be."""
    vendor, dot, name = kind.rpartition(".")
    if not (dot and set(kind) & set("*?[")):
        return nearest(kind, KINDS)
    near = nearest(name, _of(vendor))
    return f"{vendor}.{near}" if near else None


def _of(vendor: str) -> Iterable[str]:
    """The kinds of those vendors that a glob fits, without the vendor."""
    return {name for each, name in (kind.split(".") for kind in KINDS) if fnmatchcase(each, vendor)}


def _starts(kind: str, stores: Collection[str]) -> list[str]:
    """How addresses of a kind begin: those of a store's objects name the store."""
    return [f"{kind}/{store}/" for store in sorted(stores)] if stores and _is_in_stores(kind) else [f"{kind}/"]


def _is_in_stores(kind: str) -> bool:
    return kind.startswith("bigcommerce.")


def _opens(glob: str, start: str) -> bool:
    """Whether a part of the glob fits the start and leaves something to fit a key."""
    parts = (glob[:end] for end in range(1, len(glob) + 1))
    return any(fnmatchcase(start, part) and (part != glob or glob.endswith("*")) for part in parts)
