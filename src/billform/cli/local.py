"""The embedded simulator behind environments of mode `simulated`: started for one command, or already running."""

from __future__ import annotations

import http.client
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from billform.core.diagnostic import BillformError, Diagnostic

if TYPE_CHECKING:
    from billform.catalog.environment import Environment
    from billform.simulator.server import Simulator

STATE = Path(".billform/simulator.db")
KEY = "sk_test_simulator"
TOKEN = "bc_simulator_token"  # noqa: S105  # a fixed fake, printed for everybody
ACCOUNT = "acct_1BillformLocal00"
STORE = "simstore1"


@dataclass(frozen=True, slots=True)
class Bases:
    """Where a running simulator answers, without trailing slashes."""

    stripe: str
    bigcommerce: str


@contextmanager
def running(state: Path = STATE) -> Iterator[Bases]:
    """The simulator of a state file: the one that `billform simulator` serves from it, or one for this command.

    Raises BillformError (S001 in use, S002 not usable) before anything is served.
    """
    from billform.simulator.server import Simulator
    from billform.simulator.world import StateInUse, StateUnreadable

    try:
        simulator = Simulator(state)
    except StateInUse:
        simulator = None
    except (StateUnreadable, OSError, sqlite3.Error) as problem:
        raise unusable(state, problem) from None
    if simulator is not None:
        with simulator:
            yield Bases(simulator.stripe_url, simulator.bigcommerce_url)
    elif (found := served(state)) is not None:
        yield found
    else:
        raise in_use(state)


def fitted(bases: Bases, environment: Environment) -> tuple[str, dict[str, str]]:
    """The key and, by the stores' aliases, the tokens of the environment's account and stores, which are made where
    the simulator lacks them: a simulated account belongs to whoever names it."""
    key, tokens = KEY, {}
    account = environment.stripe.account or ACCOUNT
    if account != ACCOUNT:
        key = f"{KEY}_{account.removeprefix('acct_')}"
        control(bases, "POST", "stripe/keys", {"key": key, "account": account})
    known = {each["id"] for each in control(bases, "GET", "bigcommerce/stores")["data"]}
    for alias, store in environment.stores.items():
        tokens[alias] = TOKEN if store.hash == STORE else f"{TOKEN}_{store.hash}"
        if store.hash not in known:
            control(bases, "POST", "bigcommerce/stores", {"hash": store.hash, "name": alias.title()})
        if store.hash != STORE:
            client = store.client_id or f"simclient_{store.hash}"
            words = {"token": tokens[alias], "store": store.hash, "client_id": client}
            control(bases, "POST", "bigcommerce/accounts", words)
        wanted = [each.channel for each in environment.storefronts_of(alias).values()]
        _name_channels(bases, store.hash, wanted)
    return key, tokens


def _name_channels(bases: Bases, store: str, wanted: list[str]) -> None:
    """Gives the store's spare channels the names that the environment's storefronts go by."""
    channels = control(bases, "GET", f"bigcommerce/objects/{store}/channels")["data"]
    names = {each["name"] for each in channels}
    spare = [each for each in channels if each["name"] not in wanted]
    for name, channel in zip([each for each in wanted if each not in names], spare, strict=False):
        control(bases, "PATCH", f"bigcommerce/objects/{store}/channels/{channel['id']}", {"name": name})


def announce(simulator: Simulator, state: Path) -> None:
    """Leaves word beside the state file of where it is served, for `running` of other commands."""
    words = {"stripe": simulator.stripe_url, "bigcommerce": simulator.bigcommerce_url}
    path = _word(state)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(words), encoding="utf-8")
    temporary.replace(path)


def withdraw(state: Path) -> None:
    """Takes the word away when the simulator stops."""
    with suppress(OSError):
        _word(state).unlink()


def served(state: Path) -> Bases | None:
    """Where a state file is served by another process; None where that one answers no more, or serves only itself."""
    try:
        words = json.loads(_word(state).read_text(encoding="utf-8"))
        found = Bases(words["stripe"], words["bigcommerce"])
        control(found, "GET", "clock")
    except (OSError, ValueError, KeyError, TypeError, BillformError, http.client.HTTPException):
        return None
    return found


def control(bases: Bases, method: str, path: str, body: Any = None) -> Any:
    """One request to the simulator's control endpoint; raises BillformError (S003) where it does not answer well."""
    place = urlsplit(bases.stripe)
    # Loopback only, and never through a proxy that the environment names.
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        connection.request(method, f"/_simulator/{path}", json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        content = json.loads(answer.read())
    finally:
        connection.close()
    if answer.status != http.client.OK:
        said = content.get("problem") if isinstance(content, dict) else None
        hint = "stop the running `billform simulator` and start it again"
        summary = f"the simulator refused {method} {path}: {said or answer.status}"
        raise BillformError(Diagnostic("S003", summary, hint=hint))
    return content


def in_use(state: Path) -> BillformError:
    """Another command is at work on the state file."""
    hint = "wait until the other command is done, or stop it"
    return BillformError(Diagnostic("S001", f"{state} is in use by another simulator", hint=hint))


def unusable(state: Path, problem: Exception) -> BillformError:
    """The state file cannot be opened, made or written."""
    why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    # The simulator speaks to its own users, and names the file as well.
    why = re.sub(r"^\[Errno \d+\] ", "", why.removeprefix(f"{state} cannot be used: "))
    why = why.replace(f"{state} is ", "it is ", 1)
    hint = f"make {state.parent}/ writable, or delete {state} where it is damaged"
    return BillformError(Diagnostic("S002", f"the simulator's state {state} cannot be used: {why}", hint=hint))


def _word(state: Path) -> Path:
    return state.with_suffix(".json")
