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

from .lock import DIRECTORY, path_of

LASTS = timedelta(minutes=10)
RENEWED = timedelta(minutes=3)
"""After which it is renewed; what lies between the two is for slow requests and for clocks that differ."""
GIVING_UP = 15.0
"""Seconds that giving it back may take; it ends by itself anyway."""
_HELD = "held"
_LONGEST = 200

Entry = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who wants to apply: this process, and what it is about."""

    catalog: str
    environment: str
    place: str
    """Tells the environment's lock file on this machine from all others; whoever holds that lock is alone with it."""
    pid: int = field(default_factory=os.getpid)
    host: str = field(default_factory=socket.gethostname)
    machine: str = field(default_factory=lambda: _digest(_machine()))

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


def holder(catalog: str, environment: str, directory: Path = DIRECTORY) -> Holder:
    """This process, which holds the environment's local lock."""
    place = _digest(f"{_machine()} {path_of(environment, directory).resolve()}")
    return Holder(catalog, environment, place)


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
        since = datetime.now(UTC)
        mine = self.holder.entry(since, since)
        if not await self.register.swap(self._seen, mine):
            await self._too_late(self.register)
        keeping = asyncio.ensure_future(self._keep(self.register, mine, since, stop))
        try:
            yield
        finally:
            keeping.cancel()
            last = (await asyncio.gather(keeping, return_exceptions=True))[0]
            await self._give_back(self.register, self._seen or mine if isinstance(last, BaseException) else mine)

    async def _too_late(self, register: Register) -> None:
        entry = await register.read()
        if entry is not None and self._is_at_work(entry):
            raise BillformError(_at_work(entry))
        raise BillformError(_moved_on(entry))

    async def _keep(self, register: Register, mine: Entry, since: datetime, stop: asyncio.Event) -> None:
        """Renews it in time, for as long as it is held."""
        self._seen = mine
        while True:
            await asyncio.sleep(RENEWED.total_seconds())
            now = datetime.now(UTC)
            fresh = self.holder.entry(since, now)
            try:
                renewed = await register.swap(self._seen, fresh)
            except BillformError as error:
                # Others keep away until it ends, so that there is time to try once more.
                if now + RENEWED < _time(self._seen, "until"):
                    continue
                self.lost = _lost(error.diagnostics[0].summary)
            else:
                if renewed:
                    self._seen = fresh
                    continue
                self.lost = _lost("somebody else has taken it over")
            stop.set()
            return

    async def _give_back(self, register: Register, mine: Entry) -> None:
        free = {"state": "free", "token": secrets.token_hex(12), **_names(mine)}
        try:
            async with asyncio.timeout(GIVING_UP):
                await register.swap(mine, free)
        except (BillformError, TimeoutError) as error:
            why = error.diagnostics[0].summary if isinstance(error, BillformError) else "no answer in time"
            self.lost = self.lost or _kept(mine, why)

    def _is_at_work(self, entry: Entry) -> bool:
        """Whether the holder of an entry may still be writing."""
        if entry.get("state") != _HELD or datetime.now(UTC) > _time(entry, "until"):
            return False
        if entry.get("place") == self.holder.place:
            return False  # it held the local lock that we hold now
        return entry.get("machine") != self.holder.machine or _runs(entry.get("pid", ""))


def _names(entry: Entry) -> dict[str, str]:
    return {name: entry[name] for name in ("catalog", "environment", "pid", "host", "since") if name in entry}


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


def _machine() -> str:
    """What tells this machine, since its last start, from every other: numbers of processes only mean something here."""
    parts = [socket.gethostname(), f"{uuid.getnode():x}"]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
    with suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))  # containers count their processes on their own
    return " ".join(parts)


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
