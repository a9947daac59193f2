"""Which writes may begin: dependencies first, the longest way first, batches full, no two at one object. No I/O."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from billform.core.kind import AnyKind
from billform.core.plan import Archive, Refuse
from billform.core.resource import Address, Ref
from billform.core.stages import Step
from billform.core.values import refs

TOGETHER = 24
"""Writes of one sort under way at once. More is not faster at 25 a second, and all of them end before a stop does."""
BATCHES = 4
"""The same where many travel in one request."""
AHEAD = 4 * TOGETHER
"""How many that wait for a busy object are looked past."""

Place = tuple[str, str]
"""(vendor, site)"""
Object = tuple[str, str, str]
"""(vendor, site, id): two kinds may be two sides of one object."""


class State(Enum):
    """Where a step stands."""

    WAITING = "waiting"
    READY = "ready"
    UNDER_WAY = "under way"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(slots=True)
class _Lane:
    """Steps of one sort: one kind, site and action."""

    name: tuple[str, str, str]
    batch: int
    heap: list[tuple[int, int]] = field(default_factory=list)
    """(minus height, number); some of them may have been skipped meanwhile."""
    ready: int = 0
    waiting: int = 0
    under_way: int = 0

    @property
    def room(self) -> int:
        return (TOGETHER if self.batch == 1 else BATCHES) - self.under_way


@dataclass(frozen=True, slots=True)
class Skip:
    """A step that will not be begun, and why."""

    step: Step
    reason: str


class Schedule:
    """The steps of one plan. `ids` grows while they are done: reference -> vendor's id."""

    def __init__(self, steps: tuple[Step, ...], kinds: Mapping[str, AnyKind], ids: Mapping[str, str]) -> None:
        self.steps, self._kinds, self._ids = steps, kinds, ids
        self.state = [State.WAITING] * len(steps)
        self.under_way = 0
        self._open_needs = [set(step.needs) for step in steps]
        self._users: dict[int, list[int]] = defaultdict(list)
        for step in steps:
            for each in step.needs:
                self._users[each].append(step.number)
        self._height = [1] * len(steps)
        for step in reversed(steps):
            for each in step.needs:
                self._height[each] = max(self._height[each], self._height[step.number] + 1)
        self._busy: Counter[Object] = Counter()
        self._held: dict[int, frozenset[Object]] = {}
        self._lanes: dict[tuple[str, str, str], _Lane] = {}
        for step in steps:
            self._lane(step).waiting += 1
        for step in steps:
            if not step.needs:
                self._make_ready(step.number)

    # What may begin

    def start(self) -> list[list[Step]]:
        """Everything that may begin now, and counts as under way from now on; several in one list are one request."""
        started: list[list[Step]] = []
        for lane in self._lanes.values():
            while lane.ready > 0 and lane.room > 0 and self._is_worth_it(lane):
                if not (batch := self._taken(lane)):
                    break
                started.append(batch)
        if not started and self.under_way == 0:
            # Nothing will become ready by itself any more: batches go as full as they are.
            for lane in self._lanes.values():
                if lane.ready > 0 and (batch := self._taken(lane)):
                    started.append(batch)
        return started

    def _is_worth_it(self, lane: _Lane) -> bool:
        """A batch leaves when it is full, or when nothing more can come."""
        return lane.batch == 1 or lane.ready >= lane.batch or lane.waiting == 0

    def _taken(self, lane: _Lane) -> list[Step]:
        aside: list[tuple[int, int]] = []
        batch: list[Step] = []
        held: set[Object] = set()
        while lane.heap and len(batch) < lane.batch and len(aside) < AHEAD:
            entry = heapq.heappop(lane.heap)
            if self.state[entry[1]] is not State.READY:
                continue
            step = self.steps[entry[1]]
            objects = self._objects(step)
            if any(self._busy[each] for each in objects - held):
                aside.append(entry)
                continue
            batch.append(step)
            held |= objects
            self._held[step.number] = objects
        for entry in aside:
            heapq.heappush(lane.heap, entry)
        for step in batch:
            self._busy.update(self._held[step.number])
            self.state[step.number] = State.UNDER_WAY
            self.under_way += 1
        lane.ready -= len(batch)
        lane.under_way += bool(batch)
        return batch

    def _objects(self, step: Step) -> frozenset[Object]:
        """What a step writes to: its own object, and those that its kind says it also writes."""
        address = step.address
        found = {(address.vendor, address.site, step.found.id)} if step.found is not None else set()
        also = self._kinds[address.kind].also_writes
        if also and not isinstance(step.change, Archive | Refuse):
            found |= {self._object(ref) for ref in refs(step.change.spec) if ref.kind in also}
        return frozenset(found)

    def _object(self, ref: Ref) -> Object:
        vendor = ref.kind.partition(".")[0]
        identity = ref.id if ref.id is not None else self._ids.get(str(ref), str(ref))
        return (vendor, ref.address.site if ref.key is not None else "", identity)

    # What became of it

    def finished(self, batch: list[Step]) -> None:
        """A batch is no longer under way; `done` or `failed` says for each of its steps how it ended."""
        self._lane(batch[0]).under_way -= 1
        for step in batch:
            self.under_way -= 1
            self._busy.subtract(self._held.pop(step.number))
        self._busy = +self._busy

    def done(self, step: Step) -> None:
        """What waited for it may be ready now."""
        self.state[step.number] = State.DONE
        for user in self._users[step.number]:
            needs = self._open_needs[user]
            needs.discard(step.number)
            if not needs and self.state[user] is State.WAITING:
                self._make_ready(user)

    def failed(self, step: Step) -> list[Skip]:
        """What depends on it is skipped, and nothing else."""
        self.state[step.number] = State.FAILED
        return self._skip_users(step.number, step.address)

    def close(self, place: Place, kind: str | None, reason: str) -> list[Skip]:
        """Nothing more is begun at a place, or of one kind there."""
        skipped: list[Skip] = []
        for step in self.steps:
            here = (step.address.vendor, step.address.site) == place and kind in (None, step.address.kind)
            if here and self.state[step.number] in {State.WAITING, State.READY}:
                self._skip(step.number)
                skipped.append(Skip(step, reason))
                skipped.extend(self._skip_users(step.number, step.address))
        return skipped

    def rest(self, reason: str) -> list[Skip]:
        """Everything that has not begun will not begin."""
        left = [step for step in self.steps if self.state[step.number] in {State.WAITING, State.READY}]
        for step in left:
            self._skip(step.number)
        return [Skip(step, reason) for step in left]

    def _skip_users(self, number: int, cause: Address) -> list[Skip]:
        skipped: list[Skip] = []
        waiting = list(self._users[number])
        while waiting:
            user = waiting.pop()
            if self.state[user] in {State.WAITING, State.READY}:
                self._skip(user)
                skipped.append(Skip(self.steps[user], f"it waits for {cause}"))
                waiting.extend(self._users[user])
        return sorted(skipped, key=lambda each: each.step.number)

    def _skip(self, number: int) -> None:
        lane = self._lane(self.steps[number])
        if self.state[number] is State.WAITING:
            lane.waiting -= 1
        else:
            lane.ready -= 1
        self.state[number] = State.SKIPPED

    def _make_ready(self, number: int) -> None:
        lane = self._lane(self.steps[number])
        lane.waiting -= 1
        lane.ready += 1
        self.state[number] = State.READY
        heapq.heappush(lane.heap, (-self._height[number], number))

    def _lane(self, step: Step) -> _Lane:
        name = (step.address.kind, step.address.site, step.action)
        if name not in self._lanes:
            batch = self._kinds[step.address.kind].batch if step.action in {"create", "update"} else 1
            self._lanes[name] = _Lane(name, batch)
        return self._lanes[name]
