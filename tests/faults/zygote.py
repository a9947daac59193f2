"""Processes of `billform` without the wait for an interpreter: one that has imported all forks each of them.

    python -m tests.faults.zygote SPEED

reads one order after the other from standard input (JSON, the fields of `Order`), forks, and answers the process' id
once that one stands still before its first line. Whoever ordered it sends SIGCONT, and reads its exit code (negative:
the signal that ended it) as the second answer. `SPEED` is how many times faster the clock runs that limits and retries
wait by; beside that only what the order says differs from the product as it is.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from . import stumbles

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one process, and all that it wrote on both streams."""

    code: int
    said: str

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.code == -signal.SIGKILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One process of `billform`."""

    arguments: list[str]
    directory: str
    output: str
    variables: dict[str, str]
    """Of its environment, beside those of the zygote."""
    machine: str | None = None
    """Another machine that it believes to be on."""
    vendors: list[str] | None = None
    """Where Stripe and BigCommerce answer for environments that are not simulated."""
    stumbles: str | None = None
    """What it stumbles over when it wants to read: an exception that nobody is prepared for."""
    where: str = "in the open"
    """In which way: a key of `stumbles.WAYS`."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process that has been forked and waits for `Zygote.end`."""

    pid: int
    output: Path


class Zygote:
    """The forking process; use it as a context manager."""

    def __init__(self, speed: float = 50.0) -> None:
        self._speed = speed
        self._process: subprocess.Popen[str] | None = None
        self._running: int | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", str(self._speed)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        if self._running is not None:
            os.kill(self._running, signal.SIGKILL)  # a test that failed between `begin` and `end` left it standing
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=30)
            assert process.stdout is not None
            process.stdout.close()

    def begin(
        self,
        directory: Path,
        arguments: Sequence[str],
        variables: Mapping[str, str] | None = None,
        *,
        machine: str | None = None,
        vendors: tuple[str, str] | None = None,
        stumbles: str | None = None,
        where: str = "in the open",
    ) -> Running:
        """Forks a process, which stands still until `end`. One of a zygote's processes runs at a time."""
        output = directory / f".output-{id(self)}"
        order = Order(
            arguments=list(arguments),
            directory=str(directory),
            output=str(output),
            variables=dict(variables or {}),
            machine=machine,
            vendors=list(vendors) if vendors else None,
            stumbles=stumbles,
            where=where,
        )
        writer, reader = self._pipes()
        writer.write(json.dumps(asdict(order)) + "\n")
        writer.flush()
        self._running = self._number(reader)
        return Running(self._running, output)

    def end(self, running: Running) -> Ended:
        """Lets it go and waits until it is over."""
        os.kill(running.pid, signal.SIGCONT)
        code = self._number(self._pipes()[1])
        self._running = None
        return Ended(code, running.output.read_text(encoding="utf-8", errors="replace"))

    def _number(self, reader: IO[str]) -> int:
        line = reader.readline()
        if not line:
            assert self._process is not None
            raise RuntimeError(f"the zygote ended with {self._process.wait(timeout=10)}")
        return int(line)

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


def hurry(speed: float) -> None:
    """Makes the clock of the transport run faster: pauses and limits keep their proportions and take less time."""
    from billform.providers.http import meters, transport

    class Hurried(meters.RealClock):
        def now(self) -> float:
            return time.monotonic() * speed

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(seconds / speed)

    # The one place that makes a clock where none is given.
    setattr(transport, "RealClock", Hurried)  # noqa: B010  # the name is not exported


def _warm() -> None:
    from billform.cli.main import COMMANDS
    from billform.providers import registry

    for name in (*(module for module, _ in COMMANDS.values()), "stripe", "deepdiff", "httpx", "rich.console"):
        importlib.import_module(name)
    for name in ("billform.simulator.server", "billform.engine.apply", "billform.render.terminal"):
        importlib.import_module(name)
    registry.kinds()
    gc.collect()
    gc.freeze()


def _become(order: Order) -> int:
    """Turns this fork into the command; answers its exit code."""
    from billform.cli.main import run

    os.chdir(order.directory)
    os.environ.update(order.variables)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # else whoever runs this in the background has it ignored
    _pretend(order)
    nowhere, output = os.open(os.devnull, os.O_RDONLY), os.open(order.output, os.O_CREAT | os.O_WRONLY, 0o600)
    os.ftruncate(output, 0)
    for number, descriptor in ((0, nowhere), (1, output), (2, output)):
        os.dup2(descriptor, number)
    os.kill(os.getpid(), signal.SIGSTOP)
    code = run(order.arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _pretend(order: Order) -> None:
    from billform.engine import lease, observe
    from billform.providers.bigcommerce import connect
    from billform.providers.stripe import client

    if order.machine is not None:
        lease._boot = lambda: str(order.machine)
    if order.vendors is not None:
        client.URL, connect.API = order.vendors
    if order.stumbles is not None:
        setattr(observe, "observe", stumbles.over(order.stumbles, order.where))  # noqa: B010  # any function would do


def main() -> None:
    """Forks one process after the other until there are no more orders."""
    hurry(float(sys.argv[1]))
    _warm()
    answers = os.dup(1)
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                code = _become(Order(**json.loads(line)))
            finally:
                os._exit(code)
        os.waitpid(pid, os.WUNTRACED)
        os.write(answers, f"{pid}\n".encode())
        _, status = os.waitpid(pid, 0)
        os.write(answers, f"{os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
