"""What plan, apply and drift share: the files, the accounts behind them, and a plan between the two."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from billform.cli import console, debug, local, memory
from billform.cli.waiting import Watch, of_the_simulator
from billform.core.diagnostic import BillformError, Diagnostic, errors, nearest

if TYPE_CHECKING:
    from billform.catalog.environment import Environment
    from billform.catalog.models import Catalog
    from billform.core.graph import Graph
    from billform.core.kind import AnyKind
    from billform.core.plan import Plan
    from billform.providers.http import RequestEvent
    from billform.providers.registry import Connections


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says beside the environment's name."""

    catalog: Path
    environments: Path
    only: tuple[str, ...] = ()
    adopt: tuple[str, ...] = ()
    allow: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """An environment with its accounts open and known to be the ones that it names."""

    environment: Environment
    catalog: Catalog
    digest: str
    """Of the catalog as it is in this environment."""
    revision: str | None
    """The commit that the files are at, with a sign where they are not as it has them."""
    desired: Graph
    kinds: Mapping[str, AnyKind]
    connections: Connections
    wishes: Wishes
    watch: Watch

    @property
    def is_local(self) -> bool:
        """Whether all of it happens on this machine."""
        return self.environment.mode == "simulated"

    def fitting(self, diagnostics: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
        """The same, with hints that fit what is behind the environment."""
        return of_the_simulator(diagnostics) if self.is_local else diagnostics


@asynccontextmanager
async def opened(name: str, wishes: Wishes) -> AsyncIterator[Session]:
    """Reads the files, then opens the accounts; raises BillformError with everything that is wrong with either."""
    from billform.catalog.load import digest
    from billform.cli.options import read
    from billform.cli.progress import reading
    from billform.core.graph import Graph
    from billform.providers import registry

    catalog, environment, revision = read(name, catalog=wishes.catalog, environments=wishes.environments)
    demand_kinds(wishes, environment.stores)
    kinds = registry.kinds()
    desired = Graph(
        (each for kind in kinds.values() for each in kind.desired(catalog, environment)),
        lookups=[name for name, kind in kinds.items() if kind.lookup],
    )
    memory.resume()
    simulated = environment.mode == "simulated"
    with local.running() if simulated else nullcontext() as bases, _explained(is_local=simulated):
        found = None
        if bases is not None:
            key, tokens = local.fitted(bases, environment)
            found = registry.Local(bases.stripe, bases.bigcommerce, key, tokens)
        watch = Watch()

        def told(event: RequestEvent) -> None:
            watch.heard(event)
            if debug.is_on():
                debug.log(event)

        accounts = [("stripe", ""), *(("bigcommerce", alias) for alias in environment.stores)]
        with reading(watch), watch.over(accounts):
            connected = await registry.connect(
                environment, os.environ, catalog=catalog, local=found, on_request=told, on_wait=watch.waits
            )
        async with connected as connections:
            console.report(connections.warnings)
            yield Session(
                environment=environment,
                catalog=catalog,
                digest=digest(catalog),
                revision=revision,
                desired=desired,
                kinds=kinds,
                connections=connections,
                wishes=wishes,
                watch=watch,
            )


@contextmanager
def _explained(*, is_local: bool) -> Iterator[None]:
    """Whatever is raised in here has hints that fit what is behind the environment."""
    try:
        yield
    except BillformError as error:
        fitting = of_the_simulator(error.diagnostics)
        if not is_local or fitting == list(error.diagnostics):
            raise  # as what it is: a no from whoever was asked is told otherwise than an error
        raise BillformError(fitting) from error


async def planned(session: Session) -> Plan:
    """Observes and plans; raises BillformError where something could not be read, or a glob names nothing."""
    from billform.cli.progress import reading
    from billform.core.draft import Scope
    from billform.core.planner import plan
    from billform.engine.observe import observe

    connections, wishes = session.connections, session.wishes
    began = time.monotonic()
    places = [(name, site) for name in session.kinds for site in connections.sites(name.partition(".")[0])]
    with reading(session.watch), session.watch.over(places), memory.paused():  # all of a snapshot stays: it is large
        snapshot = await observe(session.kinds, connections, progress=session.watch.read)
    objects = sum(not session.kinds[each.kind].lookup for each in snapshot.lives)
    console.err(observed(session, objects, time.monotonic() - began))
    scope = Scope(
        catalog=session.catalog.name,
        catalog_digest=session.digest,
        environment=session.environment.name,
        mode=session.environment.mode,
        accounts=connections.accounts,
        adopt=wishes.adopt,
        only=wishes.only,
        epoch=connections.epoch,
        revision=session.revision,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    with memory.paused():
        made = plan(session.desired, snapshot, session.kinds, scope)
    found = {str(each) for each in session.desired.resources} | {str(each.address) for each in made.changes}
    check_globs("--only", wishes.only, found)
    check_globs("--adopt", wishes.adopt, found)
    return made


def guarded(session: Session, plan: Plan) -> tuple[Diagnostic, ...]:
    """What the environment's guardrails say to the plan, but for what `--allow` names."""
    from billform.core.guard import guard

    return guard(plan, session.environment.limits, session.wishes.allow or {})


def is_blocked(plan: Plan, guards: Iterable[Diagnostic]) -> bool:
    """Whether nothing of the plan may be applied."""
    return bool(plan.refusals or errors(plan.findings) or errors(guards))


def observed(session: Session, objects: int, seconds: float) -> str:
    """`Observed 42 objects in Stripe acct_… (test) and BigCommerce store-…: 9 requests, 1.1s`."""
    from billform.render.summary import counted

    accounts = session.connections.accounts
    places = [f"Stripe {accounts['stripe']} ({session.environment.mode})"] if "stripe" in accounts else []
    places += [f"BigCommerce store-{found}" for name, found in accounts.items() if name != "stripe"]
    requests = counted(session.connections.counts.requests, "request")
    return f"Observed {counted(objects, 'object')} in {' and '.join(places)}: {requests}, {seconds:.1f}s"


def demand_kinds(wishes: Wishes, stores: Iterable[str]) -> None:
    """Raises BillformError (X015) for every glob that no address can fit, before anything is read for nothing."""
    from billform.catalog.guarded import can_fit, meant

    there = frozenset(stores)
    allowed = (wishes.allow or {}).get("protected", "")
    given = [
        *((f"--only {each}", each) for each in wishes.only),
        *((f"--adopt {each}", each) for each in wishes.adopt),
        *((f"--allow protected={each}", each) for each in allowed.split(",") if each),
    ]
    wrong = [
        Diagnostic("X015", f"`{option}` fits no address that there can be", hint=meant(glob, there))
        for option, glob in given
        if not can_fit(glob, there)
    ]
    if wrong:
        raise BillformError(wrong)


def check_globs(option: str, globs: Iterable[str], addresses: Iterable[str]) -> None:
    """Raises BillformError (X015) for every glob that fits no address: a slip there would look like success."""
    known = sorted(addresses)
    wrong = [glob for glob in globs if not any(fnmatchcase(each, glob) for each in known)]
    if wrong:
        raise BillformError(_fits_nothing(option, glob, known) for glob in wrong)


def _fits_nothing(option: str, glob: str, known: list[str]) -> Diagnostic:
    near = nearest(glob, known)
    hint = f"did you mean `{near}`?" if near else "write an address as the plan shows it; `*` stands for anything"
    return Diagnostic(
        "X015", f"`{option} {glob}` fits nothing that the catalog asks for or the plan changes", hint=hint
    )
