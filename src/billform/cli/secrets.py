"""What people are told of the secrets that an apply stores: where they are and what they are called."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from billform.core.diagnostic import Diagnostic, Severity
from billform.core.plan import Create, NewVersion, Plan, Recreate

if TYPE_CHECKING:
    from billform.catalog.environment import Environment
    from billform.core.kind import AnyKind
    from billform.engine.secrets import SecretSink


@dataclass(frozen=True, slots=True)
class Noted:
    """A sink that remembers the names of what it has stored."""

    sink: SecretSink
    names: list[str] = field(default_factory=list)

    def check(self) -> None:
        """As the sink itself."""
        self.sink.check()

    def store(self, name: str, secret: str) -> None:
        """As the sink itself; what it refuses is not remembered."""
        self.sink.store(name, secret)
        self.names.append(name)


def where(environment: Environment, names: Sequence[str]) -> str:
    """Where the secrets are that were stored under these names, which is said nowhere else."""
    sink = environment.sink
    place = f"in {sink.file}, which only you may read" if sink.command is None else f"with `{sink.command[0]}`"
    if len(names) == 1:
        return f"The secret {names[0]}, which its vendor shows only once, is {place}."
    return "\n".join(
        [f"These secrets, which their vendors show only once, are {place}:", *(f"  {each}" for each in names)]
    )


def about_to_be_lost(
    environment: Environment, plan: Plan, kinds: Mapping[str, AnyKind], directory: Path
) -> Diagnostic | None:
    """A warning (S025) where a job of continuous integration, whose files go with it, would keep a new secret."""
    from billform.engine.writing import hands_out_secrets

    file = environment.sink.file
    if file is None or os.environ.get("CI", "").lower() in {"", "0", "false"}:
        return None
    path = directory / Path(file).expanduser()
    sorts = Create | NewVersion | Recreate
    makes = any(isinstance(each, sorts) and hands_out_secrets(kinds[each.address.kind]) for each in plan.changes)
    if not makes or not path.resolve().is_relative_to(directory.resolve()):
        return None
    return Diagnostic(
        "S025",
        f"{file} will hold a secret that is shown only once, and this job's files are gone when it ends",
        environment.value_span("secrets", "file") if environment.secrets.file else None,
        "name a command that keeps it, under `secrets:` in the environment, or a file outside of the job's directory",
        subject=environment.name,
        severity=Severity.WARNING,
    )
