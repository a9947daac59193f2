"""Where a fault story plays: a project, a simulator, and a way back to the state that it began in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from billform.cli import local
from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

from .zygote import ROOT, Ended, Running, Zygote

STATE = Path(".billform/simulator.db")
SINK = Path(".billform/secrets/local.env")
Tables = Mapping[str, Mapping[str, Any]]
"""What `GET /_simulator/state` answers: table -> key -> row."""


@dataclass(slots=True)
class Scene:
    """A simulator that runs on a state file, and processes of `billform` beside it."""

    directory: Path
    simulator: Simulator
    zygote: Zygote
    client: httpx.Client

    def begin(self, words: str) -> Running:
        """A process of `billform` that stands still before its first line."""
        return self.zygote.begin(self.directory, words.split())

    def run(self, words: str) -> Ended:
        """A process of `billform` from its beginning to its end."""
        return self.zygote.end(self.begin(words))

    def stripe(self, method: str, path: str, **words: Any) -> Any:
        """A request to Stripe by somebody else."""
        return self._asked(
            method,
            f"{self.simulator.stripe_url}{path}",
            headers={"Authorization": f"Bearer {local.KEY}"},
            **words,
        )

    def store(self, method: str, path: str, *, token: str = local.TOKEN, **words: Any) -> Any:
        """A request to the store by somebody else."""
        base = f"{self.simulator.bigcommerce_url}/stores/{local.STORE}"
        return self._asked(method, f"{base}{path}", headers={"X-Auth-Token": token}, **words)

    def control(self, method: str, path: str, **words: Any) -> Any:
        """A request to the simulator's control endpoint."""
        return self._asked(method, f"{self.simulator.control_url}/{path}", **words)

    def tables(self) -> Tables:
        """Everything that both vendors keep."""
        found: Tables = self.control("GET", "state")
        return found

    def log(self) -> list[dict[str, Any]]:
        """Every request since this simulator was started, in order."""
        found: list[dict[str, Any]] = self.control("GET", "log")["data"]
        return found

    @property
    def writes(self) -> int:
        """How many writes have reached it."""
        return sum(entry["write"] is not None for entry in self.log())

    def _asked(self, method: str, url: str, **words: Any) -> Any:
        answer = self.client.request(method, url, **words)
        assert answer.is_success, f"{method} {url}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@dataclass(slots=True)
class Ground:
    """A directory that scenes play in, one after the other."""

    directory: Path
    zygote: Zygote
    project: Path = ROOT

    def files(self) -> None:
        """Puts the project's files as they are in the repository."""
        for name in ("catalog", "environments"):
            shutil.rmtree(self.directory / name, ignore_errors=True)
            shutil.copytree(self.project / name, self.directory / name)

    @contextmanager
    def scene(self, state: Path | None = None) -> Iterator[Scene]:
        """A simulator on a copy of what `keep` saved; with none, on two empty accounts."""
        place = self.directory / ".billform"
        shutil.rmtree(place, ignore_errors=True)
        if state is None:
            place.mkdir()
        else:
            shutil.copytree(state, place)
        with Simulator(self.directory / STATE, limits=Limits.off()) as simulator:
            local.announce(simulator, self.directory / STATE)
            with httpx.Client(trust_env=False, verify=False, timeout=30) as client:  # plain HTTP: nothing to verify
                yield Scene(self.directory, simulator, self.zygote, client)
            assert [entry.crash for entry in simulator.pipeline.log if entry.crash] == [], "the simulator stumbled"

    def keep(self, name: str) -> Path:
        """Saves state and secrets of the scene that has just ended, to begin others from."""
        saved = self.directory / f"kept-{name}"
        shutil.rmtree(saved, ignore_errors=True)
        shutil.copytree(self.directory / ".billform", saved, ignore=shutil.ignore_patterns("locks", "*.json"))
        return saved
