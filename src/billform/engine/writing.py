"""One step, or one batch of them, as calls of its kind; every failure becomes a value."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.kind import AnyKind, Kind, Made, Ownership, Write
from billform.core.plan import Archive, Plan, Refuse
from billform.core.redact import redact
from billform.core.resource import Live, Ref
from billform.core.stages import Step
from billform.providers.http import LostAnswer, VendorError
from billform.providers.registry import Connections

from .secrets import SecretSink, secret_name


@dataclass(frozen=True, slots=True)
class Written:
    """A step that was done."""

    id: str
    shown_id: str


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A step that was not done, or not to the end."""

    diagnostic: Diagnostic
    error: Exception


Answer = Written | Unwritten


def hands_out_secrets(kind: AnyKind) -> bool:
    """Whether a create of this kind answers a secret that is never shown again."""
    return type(kind).secret_stored is not Kind.secret_stored


class Keys:
    """Idempotency keys of one plan: the same for every attempt at one of its steps, and for nothing else."""

    def __init__(self, plan: Plan) -> None:
        # Digesting a large plan takes a while, so it is done once.
        self._whole = (plan.catalog, plan.environment, plan.epoch, plan.digest)

    def key(self, step: Step) -> str:
        """The key of one step; two old versions of one address are retired under two keys."""
        found = step.found.id if step.found is not None else ""
        parts = (*self._whole, str(step.address), step.action, found)
        return "billform-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


class Writer:
    """Writes the steps of one plan. `ids` is what references resolve to; it grows as objects are made."""

    def __init__(
        self,
        plan: Plan,
        kinds: Mapping[str, AnyKind],
        connections: Connections,
        sink: SecretSink,
        *,
        ids: dict[str, str],
        steps: Iterable[Step],
    ) -> None:
        self._plan, self._keys = plan, Keys(plan)
        self._kinds, self._connections, self._sink, self._ids = kinds, connections, sink, ids
        self._unannounced: dict[tuple[str, str], list[Step]] = defaultdict(list)
        """By kind and site: what is to be made and must be written down before."""
        for step in steps:
            if step.action == "create" and kinds[step.address.kind].announced:
                self._unannounced[step.address.kind, step.address.site].append(step)
        self._announcing: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def write(self, batch: Sequence[Step]) -> list[Answer]:
        """What became of each, in order; raises nothing but a cancellation."""
        kind = self._kinds[batch[0].address.kind]
        client = self._connections.client(batch[0].address.vendor, batch[0].address.site)
        try:
            if batch[0].action == "create":
                await self._announce(kind, client, (batch[0].address.kind, batch[0].address.site))
            if len(batch) > 1:
                answers = await self._together(kind, client, batch)
            else:
                answers = [await self._one(kind, client, batch[0], self._keys.key(batch[0]))]
        except Exception as error:  # noqa: BLE001  # whatever it is, it concerns these steps alone
            answers = [failure(step, error) for step in batch]
        for place, (step, answer) in enumerate(zip(batch, answers, strict=True)):
            if isinstance(answer, Unwritten) and _may_be_done(answer.error):
                answers[place] = await self._settled(kind, client, step, answer)
        for step, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Written) and step.action != "retire":
                self._ids[str(Ref.to(step.address))] = answer.id
        return answers

    async def _announce(self, kind: AnyKind, client: Any, place: tuple[str, str]) -> None:
        """Everything of one kind at one site at once, however many requests it is made with."""
        async with self._announcing[place]:
            if steps := self._unannounced.get(place):
                await kind.announce(client, [self._write(each, self._keys.key(each)) for each in steps])
                del self._unannounced[place]

    async def _one(self, kind: AnyKind, client: Any, step: Step, key: str) -> Answer:
        match step.action:
            case "create":
                write = self._write(step, key)
                return await self._made(kind, client, step, write, await kind.create(client, write))
            case "update":
                assert step.found is not None
                await kind.update(client, step.found.id, self._write(step, key))
            case "restore":
                assert step.found is not None
                await kind.restore(client, step.found.id, self._write(step, key))
            case "retire":
                assert step.found is not None
                await kind.retire(client, step.found.live(step.address.kind), key)
        return Written(step.found.id, step.found.shown_id)

    async def _together(self, kind: AnyKind, client: Any, batch: Sequence[Step]) -> list[Answer]:
        writes = [self._write(step, self._keys.key(step)) for step in batch]
        if batch[0].action == "create":
            made = await kind.create_many(client, writes)
            return [
                failure(step, each)
                if isinstance(each, Exception)
                else await self._made(kind, client, step, write, each)
                for step, write, each in zip(batch, writes, made, strict=True)
            ]
        targets = [(step.found.id, write) for step, write in zip(batch, writes, strict=True) if step.found is not None]
        problems = await kind.update_many(client, targets)
        return [
            failure(step, each) if each is not None else Written(step.found.id, step.found.shown_id)
            for step, each in zip(batch, problems, strict=True)
            if step.found is not None
        ]

    async def _made(self, kind: AnyKind, client: Any, step: Step, write: Write[Any], made: Made) -> Answer:
        """What was made is done once its secret, if it has one, is safe."""
        if hands_out_secrets(kind):
            if made.secret is None:
                return failure(step, BillformError(_unseen(step, made)))
            try:
                await asyncio.to_thread(self._sink.store, secret_name(self._plan.catalog, step.address), made.secret)
            except BillformError as error:
                return failure(step, BillformError(_unstored(step, made, error)))
            try:
                await kind.secret_stored(client, made.id, write)
            except Exception as error:  # noqa: BLE001  # as in `write`
                return failure(step, error)
        return Written(made.id, made.shown_id or made.id)

    async def _settled(self, kind: AnyKind, client: Any, step: Step, lost: Unwritten) -> Answer:
        """What became of a write whose answer was lost: an object is looked up, anything else is done once more.

        Values are absolute and retiring is harmless, so that only a create must not be repeated blindly.
        """
        try:
            if step.action == "create":
                lives = [live async for live in kind.observe(client)]
                if (found := self._made_already(kind, step, lives)) is not None:
                    if hands_out_secrets(kind):
                        return failure(step, BillformError(_unseen(step, Made(found.id))))
                    return Written(found.id, found.shown_id)
                if kind.ownership is Ownership.MARKED_AFTER:
                    return lost
            # What may still be under way is not begun beside itself: another key is for a vendor that has ended it, and
            # would only repeat what it said.
            ended = isinstance(lost.error, LostAnswer) and lost.error.replayed
            key = self._keys.key(step)
            return await self._one(kind, client, step, f"{key}-again" if ended else key)
        except Exception as error:  # noqa: BLE001  # as in `write`
            return failure(step, error)

    def _made_already(self, kind: AnyKind, step: Step, lives: Iterable[Live[Any]]) -> Live[Any] | None:
        change, address = step.change, step.address
        assert not isinstance(change, Archive | Refuse)
        old = {each.id for each in change.supersedes}
        natural = kind.natural_keys(change.spec, address)
        for live in lives:
            if not live.active or live.id in old:
                continue
            if kind.ownership is Ownership.NATURAL:
                ours = bool(natural & live.natural)
            else:
                mark = live.mark
                ours = mark is not None and (mark.catalog, mark.key) == (self._plan.catalog, address.local_key)
            if ours:
                return live
        return None

    def _write(self, step: Step, key: str) -> Write[Any]:
        change = step.change
        assert not isinstance(change, Archive | Refuse), "only retiring steps come of these"
        return Write(
            address=step.address,
            spec=change.spec,
            fields=frozenset(change.fields),
            mark=change.mark(self._plan.catalog),
            ids=self._ids,
            idempotency=key,
            before=step.found.live(step.address.kind) if step.found is not None else None,
        )


def _may_be_done(error: Exception) -> bool:
    """Whether a write may have happened and the vendor still talks to us."""
    return isinstance(error, LostAnswer) and (error.status is not None or error.tries == 1)


def failure(step: Step, error: Exception) -> Unwritten:
    """Why a step failed, about its address."""
    address = str(step.address)
    match error:
        case VendorError():
            return Unwritten(error.diagnostic(address), error)
        case BillformError():
            first = error.diagnostics[0]
            return Unwritten(first if first.subject else replace(first, subject=address), error)
        case _:
            hint = "run it again with `--debug` and report what it prints; secrets are masked in it"
            summary = f"Billform stumbled over {address}: {type(error).__name__}"
            diagnostic = Diagnostic("A009", summary, subject=address, hint=hint, detail=(redact(str(error))[:300],))
            return Unwritten(diagnostic, error)


def _unstored(step: Step, made: Made, error: BillformError) -> Diagnostic:
    why = error.diagnostics[0]
    return Diagnostic(
        "A004",
        f"{step.address} ({made.id}) was made, but its secret could not be stored",
        subject=str(step.address),
        detail=(why.summary,),
        hint=f"{why.hint}; then run again: it is made anew, with another secret" if why.hint else None,
    )


def _unseen(step: Step, made: Made) -> Diagnostic:
    return Diagnostic(
        "A005",
        f"{step.address} ({made.id}) was made, but the answer with its secret was lost",
        subject=str(step.address),
        hint="run again: it is made anew, with another secret",
    )
