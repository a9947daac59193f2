"""One apply at a time for an account, whichever machine it runs on: who is at work is written at the vendor.

A lease ends by itself a while after its holder last renewed it, so that a machine that is gone holds nobody up for
long. A holder that can be seen to be gone, because it ran on this very machine, holds nobody up at all.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import socket
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from billform.core.diagnostic import BillformError, Diagnostic, Severity
from billform.core.redact import redact
from billform.providers.registry import Register

LASTS = timedelta(minutes=10)
RENEWED = timedelta(minutes=3)
"""After which it is renewed; what lies between the two is for slow requests and for clocks that differ."""
GIVING_UP, AT_ONCE = 15.0, 3.0
"""Seconds that giving it back may take, also when all has to stop at once; it ends by itself anyway."""
TRIES = 3
_HELD = "held"
_NAMES = ("catalog", "environment", "pid", "host", "place", "since")
_LONGEST = 200

Entry = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who wants to apply: this process, and what it is about."""

    catalog: str
    environment: str
    lock: str
    """Names the file of the local lock that this process holds, as `locked` does."""
    pid: int = field(default_factory=os.getpid)
    host: str = field(default_factory=socket.gethostname)

    @property
    def machine(self) -> str:
        """Where the number of this process means something."""
        return _digest(f"{_boot()} {_processes()}")

    @property
    def place(self) -> str:
        """The local lock, told apart from those of all other machines: whoever holds it is alone with it."""
        return _digest(f"{_boot()} {self.lock}")

    def entry(self, since: datetime, now: datetime) -> dict[str, str]:
        """What it writes down at `now` when it has been at work `since`."""
        words = {
            "state": _HELD,
            "token": secrets.token_hex(12),
            "catalog": self.catalog,
            "environment": self.environment,
            "pid": str(self.pid),
            "host": self.host,
            "machine": self.machine,
            "place": self.place,
            "since": since.isoformat(timespec="seconds"),
            "until": (now + LASTS).isoformat(timespec="seconds"),
        }
        return {name: value[:_LONGEST] for name, value in words.items()}


@dataclass(slots=True)
class Lease:
    """The right to write to an account: `look` before anything is read, `held` around the writing."""

    register: Register | None
    holder: Holder
    lost: Diagnostic | None = None
    """Why it was lost while it was held, or could not be given back."""
    _seen: Entry | None = None

    async def look(self) -> None:
        """Notes what is written there; raises BillformError (S013) where somebody else is at work."""
        if self.register is None:
            return
        self._seen = await self.register.read()
        if self._seen is not None and self._is_at_work(self._seen):
            raise BillformError(_at_work(self._seen))

    @asynccontextmanager
    async def held(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Holds it; raises BillformError (S013, S014) where somebody else has taken it since `look`.

        Where it is lost meanwhile, `stop` is set and `lost` says why.
        """
        if self.register is None:
            yield
            return
        mine = await self._take(self.register)
        over = asyncio.Event()
        keeping = asyncio.ensure_future(self._keep(self.register, mine, over, stop))
        patience = AT_ONCE
        try:
            yield
            patience = GIVING_UP
        finally:
            over.set()
            await self._give_back(self.register, await keeping, patience)

    async def tidy(self) -> None:
        """Gives back what `look` found to be held by nobody any more, where nothing is to be done in its place."""
        if self.register is not None and self._seen is not None and self._seen.get("state") == _HELD:
            await self._give_back(self.register, self._seen, GIVING_UP)
            self.lost = None  # whoever comes next sees for himself

    async def _take(self, register: Register) -> Entry:
        since = datetime.now(UTC)
        for _ in range(TRIES):
            mine = self.holder.entry(since, since)
            if await register.swap(self._seen, mine):
                return mine
            before, self._seen = self._seen, await register.read()
            if self._seen is not None and self._seen == before:
                raise BillformError(_at_the_same_moment())
            if self._seen is None or self._seen.get("place") != self.holder.place:
                break
            # A run that ended before we began left this behind: its last words took longer than it lived.
        if self._seen is not None and self._is_at_work(self._seen):
            raise BillformError(_at_work(self._seen))
        raise BillformError(_moved_on(self._seen))

    async def _keep(self, register: Register, mine: Entry, over: asyncio.Event, stop: asyncio.Event) -> Entry | None:
        """Renews it in time until `over`; answers the entry that is to be given back, None where it is lost."""
        since = _time(mine, "since")
        while not await _within(RENEWED.total_seconds(), over):
            now = datetime.now(UTC)
            fresh = self.holder.entry(since, now)
            try:
                renewed = await register.swap(mine, fresh)
            except BillformError as error:
                # Others keep away until it ends, so that there is time to try once more.
                if now + RENEWED < _time(mine, "until"):
                    continue
                self.lost = _lost(error.diagnostics[0].summary)
            else:
                if renewed:
                    mine = fresh
                    continue
                self.lost = _lost("somebody else has taken it over")
            stop.set()
            return None
        return mine

    async def _give_back(self, register: Register, mine: Entry | None, patience: float) -> None:
        if mine is None:
            return
        names = {name: mine[name] for name in _NAMES if name in mine}
        free = {"state": "free", "token": secrets.token_hex(12), **names}
        try:
            async with asyncio.timeout(patience):
                if not await register.swap(mine, free):
                    self.lost = _kept(mine, "somebody else has taken it over")
        except TimeoutError:
            self.lost = _kept(mine, "no answer in time")
        except BillformError as error:
            self.lost = _kept(mine, error.diagnostics[0].summary)

    def _is_at_work(self, entry: Entry) -> bool:
        """Whether the holder of an entry may still be writing."""
        if entry.get("state") != _HELD or datetime.now(UTC) > _time(entry, "until"):
            return False
        if entry.get("place") == self.holder.place:
            return False  # it held the local lock that we hold now
        return entry.get("machine") != self.holder.machine or _runs(entry.get("pid", ""))


async def _within(seconds: float, event: asyncio.Event) -> bool:
    """Waits so long for an event; whether it came."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _time(entry: Entry, name: str) -> datetime:
    """A moment that is written there; long ago where it is none, for then no Billform wrote it."""
    with suppress(ValueError):
        found = datetime.fromisoformat(entry.get(name, ""))
        return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return datetime.min.replace(tzinfo=UTC)


def _runs(pid: str) -> bool:
    """Whether a process of this machine is there; yes where that cannot be known."""
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _boot() -> str:
    """What tells this machine, since its last start, from every other."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    node = uuid.getnode()
    # Where a machine has no number of its own, every process makes one up; the multicast bit says so.
    return f"{socket.gethostname()} {'' if node >> 40 & 1 else node}"


def _processes() -> str:
    """What tells containers of one machine apart that each count their processes on their own."""
    with suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink())
    return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _who(entry: Entry) -> str:
    since = _time(entry, "since").astimezone()
    what = f"the catalog {entry.get('catalog', '?')}, environment {entry.get('environment', '?')}"
    return redact(f"process {entry.get('pid', '?')} on {entry.get('host', '?')}, with {what}, since {since:%H:%M:%S}")


def _at_work(entry: Entry) -> Diagnostic:
    until = _time(entry, "until").astimezone()
    return Diagnostic(
        "S013",
        f"another apply is at work on this account: {_who(entry)}",
        hint="wait until it is done and run this again; nothing was changed",
        detail=(f"if that process is gone, its hold ends by itself at {until:%H:%M:%S}",),
    )


def _moved_on(entry: Entry | None) -> Diagnostic:
    who = f": {_who(entry)}" if entry is not None and entry.get("pid") else ""
    return Diagnostic(
        "S014",
        f"another apply has been at work on this account since this one began to read{who}",
        hint="run this again, and it sees what the other has done; nothing was changed",
    )


def _at_the_same_moment() -> Diagnostic:
    return Diagnostic(
        "S014",
        "another apply is about to begin on this account at this very moment",
        hint="run this again in a minute; nothing was changed",
    )


def _lost(why: str) -> Diagnostic:
    return Diagnostic(
        "S015",
        f"the hold on the account was lost while it was written to: {why}",
        hint="what was under way was finished and nothing more begun; run this again",
    )


def _kept(entry: Entry, why: str) -> Diagnostic:
    until = _time(entry, "until").astimezone()
    return Diagnostic(
        "S016",
        f"the hold on the account could not be given back: {why}",
        hint=f"from this directory everything can go on at once; elsewhere it ends by itself at {until:%H:%M:%S}",
        severity=Severity.WARNING,
    )
