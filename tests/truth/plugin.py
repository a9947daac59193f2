"""The pytest plugin: what a simulated vendor is asked and answers anywhere in the suite has to be true.

A violation fails the test in which it happened; the summary counts what was checked. What Billform's own client sends
has to be right whatever comes of it; what a test sends with a client of its own, where it is accepted. A test that is
about something wrong says so with the mark `wrong_on_purpose`.
"""

from __future__ import annotations

import os
import pickle
import tempfile
import traceback
from collections import deque
from collections.abc import Generator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.truth.summary import Tally

if TYPE_CHECKING:
    from billform.simulator.message import Exchange
    from tests.truth.checker import Checker

CHILDREN: Final = Path(__file__).parent / "children"
MARK: Final = "wrong_on_purpose: what is sent is wrong, and that is the story"
_MOST: Final = 2_000
"""Exchanges that wait to be judged; a test that makes more of them waits instead."""
_SHOWN: Final = 20
Phase = Generator[None, Any, Any]


class Watch:
    """Sees every exchange with the simulators of this process, and of those in processes that it starts."""

    def __init__(self, specs: Path | None) -> None:
        self._specs = specs
        self._waiting: deque[Exchange] = deque()
        self._judging = Lock()
        self._problems: deque[str] = deque()
        self._on_purpose = False
        self._left = tempfile.TemporaryDirectory(prefix="billform-exchanges-")
        self._read: dict[Path, int] = {}

    @cached_property
    def _checker(self) -> Checker:
        from tests.truth.checker import Checker  # with all the types of the stripe package: once one is needed

        return Checker(self._specs)

    def begin(self) -> None:
        """Watch from now on."""
        from billform.simulator.server import Simulator

        Simulator.OBSERVERS.append(self._see)
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(CHILDREN), *([before] if before else [])])
        os.environ["BILLFORM_EXCHANGES"] = self._left.name

    def end(self) -> Tally:
        """Answer what has been seen, with the problems that no test was there to be failed by."""
        self._listen()
        problems = self._judge()
        self._left.cleanup()
        # Where no vendor was asked anything, nothing need be imported now.
        return Tally.of(self._checker, problems) if "_checker" in vars(self) else Tally()

    def _see(self, exchange: Exchange) -> None:
        # Called on the simulator's thread, where nobody would hear of a problem, and while times are being taken.
        self._waiting.append(exchange)
        if len(self._waiting) > _MOST:
            found = self._judge()
            self._problems.extend(found)

    def _judge(self) -> list[str]:
        """Answer the problems of all exchanges that have not been judged, and those that were left before."""
        found: list[str] = []
        with self._judging:
            while self._waiting:
                exchange = self._waiting.popleft()
                try:
                    found += self._checker.problems(exchange, on_purpose=self._on_purpose)
                except Exception:  # noqa: BLE001  # on the simulator's thread nobody would hear of it
                    found.append(f"what to make of {exchange.request.path}?\n{traceback.format_exc()}")
            while self._problems:
                found.append(self._problems.popleft())
        return found

    def _listen(self) -> None:
        """Take in what simulators in other processes have left."""
        for path in sorted(Path(self._left.name).iterdir()):
            ended = not _is_running(int(path.name))
            with path.open("rb") as file:
                file.seek(self._read.get(path, 0))
                # More of a frame that is cut off will come, or its process was killed.
                with suppress(EOFError, pickle.UnpicklingError):
                    while True:
                        self._waiting.append(pickle.load(file))
                        self._read[path] = file.tell()
            if ended:
                path.unlink()
                self._read.pop(path, None)

    def _settle(self) -> None:
        """Judge what has happened since the last time; fails the test when something is untrue."""
        self._listen()
        problems = list(dict.fromkeys(self._judge()))
        if problems:
            more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
            pytest.fail("\n".join(["not true to the vendor:", *problems[:_SHOWN], *more]), pytrace=False)

    # A test that fails by itself says so first; what was untrue in it is told when it is torn down.

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Phase:
        self._on_purpose = item.get_closest_marker(MARK.partition(":")[0]) is not None
        result = yield
        self._settle()
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Phase:
        result = yield
        self._settle()
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Phase:
        result = yield
        self._settle()
        return result


class Report:
    """Adds up what the processes of a session have seen, and tells it at the end."""

    def __init__(self, config: pytest.Config, specs: Path | None) -> None:
        self._config = config
        self._specs = specs
        self._tally = Tally()
        self._whole = False
        self._watch = None if _is_controller(config) else Watch(specs)
        if self._watch is not None:
            config.pluginmanager.register(self._watch, "truth-watch")
            self._watch.begin()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker has seen."""
        if seen := getattr(node, "workeroutput", {}).get("truth"):
            self._tally += Tally.from_json(seen)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End watching; the session fails for what no test could be failed for."""
        if self._watch is not None:
            self._tally += self._watch.end()
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["truth"] = self._tally.as_json()
            return
        self._whole = self._is_whole()
        if self._whole and session.testsfailed == 0:
            self._tally.problems += self._tally.stale(self._specs)
        if self._tally.problems and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell the counts."""
        if lines := self._tally.lines(self._specs, whole=self._whole):
            terminalreporter.section("true to the vendors", sep="=")
            for line in lines:
                terminalreporter.write_line(line)

    def _is_whole(self) -> bool:
        """Tell whether the whole suite ran, so that what did not occur in it never does."""
        chosen = any(
            self._config.getoption(name, None) for name in ("keyword", "markexpr", "maxfail", "lf", "deselect")
        )
        return self._config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen


def _is_controller(config: pytest.Config) -> bool:
    """Tell whether this process only hands tests to workers, which inherit its environment."""
    return not hasattr(config, "workerinput") and config.getoption("dist", "no") != "no"


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
