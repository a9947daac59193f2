"""Ids of a store say nothing outside of it: two stores both have a channel 1. Outside they open with the alias.

Kinds of this provider speak of `118`; the planner, plan files and references between objects of `main:118`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias, TypeVar

from billform.core.kind import Made, Write
from billform.core.resource import Live, Ref, S, Spec
from billform.core.values import rebound, refs

VENDOR = "bigcommerce."
AnySpec = TypeVar("AnySpec", bound=Spec)
Change: TypeAlias = Callable[[str], str]


def outward(live: Live[S], alias: str) -> Live[S]:
    """An object of a store as everybody else knows it."""
    return replace(
        live,
        id=_with(live.id, alias),
        spec=_rebound(live.spec, lambda identity: _with(identity, alias)),
        label=live.label or live.id,
        comes_with=tuple(Ref.found(each.kind, _with(each.id or "", alias)) for each in live.comes_with),
    )


def made_outward(made: Made, alias: str) -> Made:
    """The same for the answer to a create."""
    return replace(made, id=_with(made.id, alias), shown_id=made.shown_id or made.id)


def inward(live: Live[S]) -> Live[S]:
    """An object as its store knows it."""
    return replace(live, id=bare(live.id), spec=_rebound(live.spec, bare))


def write_inward(write: Write[S]) -> Write[S]:
    """A write with the ids that its store knows; ids of other vendors stay as they are."""
    wanted = {ref: write.id(ref) for ref in refs(write.spec) if ref.key is not None and str(ref) in write.ids}
    return replace(
        write,
        spec=_rebound(write.spec, bare),
        ids={str(ref): bare(each) if ref.kind.startswith(VENDOR) else each for ref, each in wanted.items()},
        before=inward(write.before) if write.before is not None else None,
    )


def bare(identity: str) -> str:
    """`118` of `main:118`; an alias holds no colon, and neither does an id."""
    return identity.partition(":")[2] or identity


def _with(identity: str, alias: str) -> str:
    return f"{alias}:{identity}"


def _rebound(spec: AnySpec, change: Change) -> AnySpec:
    def bind(ref: Ref) -> Ref:
        if ref.id is None or not ref.kind.startswith(VENDOR):
            return ref
        return Ref.found(ref.kind, change(ref.id))

    bound: AnySpec = rebound(spec, bind)
    return bound
