"""Storing what was made and changed, each with its event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billform.simulator.stripe import events
from billform.simulator.stripe.expand import Expansion, render
from billform.simulator.stripe.kind import Context, Kind
from billform.simulator.world import Row


def create(ctx: Context, kind: Kind, row: Row, *, event: str | None) -> Row:
    """Store a new object and record its event; answer the stored row."""
    ctx.table(kind).put(row["id"], row)
    if event is not None:
        ctx.record(ctx, event, render(ctx, kind, row), None)
    return row


def update(ctx: Context, kind: Kind, row: Row, fields: Mapping[str, Any], *, event: str | None) -> Row:
    """Lay the fields over the object; record an event with what they were, unless nothing changed."""
    if all(key in row and row[key] == value for key, value in fields.items()):
        return row
    before = render(ctx, kind, row, _everything(kind))
    if "updated" in row:
        fields = {**fields, "updated": ctx.now}
    changed = ctx.table(kind).update(row["id"], fields)
    if event is not None:
        after = render(ctx, kind, changed, _everything(kind))
        ctx.record(ctx, event, render(ctx, kind, changed), events.changes(before, after))
    return changed


def delete(ctx: Context, kind: Kind, row: Row, *, event: str | None) -> Row:
    """Remove the object; answer what the API says of it from now on."""
    if event is not None:
        ctx.record(ctx, event, render(ctx, kind, row), None)
    ctx.table(kind).delete(row["id"])
    return {"id": row["id"], "object": kind.name, "deleted": True}


def answer(ctx: Context, kind: Kind, row: Row) -> Row:
    """Answer an object expanded as the request asked."""
    return render(ctx, kind, row, Expansion.of(ctx.params.get("expand", [])))


def _everything(kind: Kind) -> Expansion:
    """Show the hidden fields too, so that a change of them is not overlooked."""
    return Expansion.of([path for path in kind.hidden if "*" not in path])
