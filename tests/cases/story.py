"""Runs a story: commands, edits of files, and what people do at the vendors in between; the outcome is a transcript."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx
import yaml

from billform.cli import local
from billform.cli.main import run
from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

HERE = Path(__file__).parent
PROJECT = HERE / "_project"
STATE = Path(".billform/simulator.db")


@dataclass
class Stage:
    """Where a story plays: a project directory and a running simulator."""

    directory: Path
    simulator: Simulator
    masks: dict[str, str] = field(default_factory=dict)

    def stripe(self, method: str, path: str, **words: Any) -> httpx.Response:
        """A request to Stripe by somebody else than Billform."""
        headers = {"Authorization": f"Bearer {local.KEY}"}
        return httpx.request(method, f"{self.simulator.stripe_url}{path}", headers=headers, **words)

    def bigcommerce(self, method: str, path: str, **words: Any) -> httpx.Response:
        """A request to the store by somebody else than Billform."""
        base = f"{self.simulator.bigcommerce_url}/stores/{local.STORE}"
        return httpx.request(method, f"{base}{path}", headers={"X-Auth-Token": local.TOKEN}, **words)

    def control(self, method: str, path: str, **words: Any) -> httpx.Response:
        """A request to the simulator's control endpoint."""
        return httpx.request(method, f"{self.simulator.stripe_url}/_simulator/{path}", **words)

    def command(self, words: str) -> tuple[int, str, str]:
        """One command: exit code, standard output, standard error."""
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(words.split())
        return code, out.getvalue(), err.getvalue()

    def edit(self, file: str, old: str, new: str) -> None:
        """Replaces exactly one piece of text of a file."""
        path = self.directory / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def mask(self, text: str) -> str:
        """The text without what differs from run to run: minted ids, times, digests."""
        for pattern, name in _MINTED:
            text = pattern.sub(partial(self._masked, name), text)
        for pattern, shown in _VARYING:
            text = pattern.sub(shown, text)
        return "\n".join(line.rstrip() for line in text.splitlines())

    def _masked(self, name: str, match: re.Match[str]) -> str:
        number = sum(each.startswith(f"{name}_") for each in self.masks.values()) + 1
        return self.masks.setdefault(match[0], f"{name}_{number}")


_MINTED = [
    (re.compile(rf"\b{prefix}_(?=[A-Za-z0-9]{{8,}})[A-Za-z0-9]+\b"), prefix)
    for prefix in ("price", "promo", "mtr", "feat", "prodft", "bpc", "we", "taxreg", "pmc", "req")
]
_VARYING = [
    (re.compile(r"\b\d+\.\d+ ?s\b"), "0.0s"),
    (re.compile(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{12}\b"), "<digest>"),
    (re.compile(r"made \S+ \S+ ago"), "made just now"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"(~ ?|[Aa]bout )\d+ s\b"), r"\g<1>0 s"),
]


@contextmanager
def staged(directory: Path, project: Path = PROJECT, limits: Limits | None = None) -> Iterator[Stage]:
    """A copy of a project in `directory`, which must be the working directory, beside a simulator without limits."""
    shutil.copytree(project, directory, dirs_exist_ok=True)
    state = directory / STATE
    state.parent.mkdir(exist_ok=True)
    with Simulator(state, limits=limits or Limits.off()) as simulator:
        local.announce(simulator, state)
        yield Stage(directory, simulator)


def told(stage: Stage, story: Path) -> str:
    """Plays `story.yaml` and answers the transcript."""
    script = yaml.safe_load((story / "story.yaml").read_text(encoding="utf-8"))
    lines = [f"# {script['about']}", ""]
    for step in script["steps"]:
        ((word, what), *options) = step.items()
        lines += _played(stage, word, what, dict(options))
    return "\n".join(lines).rstrip() + "\n"


def _played(stage: Stage, word: str, what: Any, options: dict[str, Any]) -> list[str]:
    match word:
        case "run":
            code, out, err = stage.command(what)
            if options.get("quiet"):
                assert code == 0, err
                return [f"$ billform {what}", "[exit 0]", ""]
            if what.startswith("apply") and code == 0 and "\nPlan: " in out:
                out = "[the plan as above]\n" + out[out.index("\nPlan: ") + 1 :]
            told = [
                *stage.mask(out).splitlines(),
                *(f"[stderr] {each}".rstrip() for each in stage.mask(err).splitlines()),
            ]
            return [f"$ billform {what}", *_in_order(told), f"[exit {code}]", ""]
        case "edit":
            stage.edit(what["file"], what["old"], what["new"])
            return [f"# {what['file']}: {what['old'].strip()}  =>  {what['new'].strip() or '(removed)'}", ""]
        case "write":
            path = stage.directory / what["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(what["text"], encoding="utf-8")
            return [f"# {what['file']} is written", ""]
        case "delete":
            (stage.directory / what).unlink()
            return [f"# {what} is deleted", ""]
        case "stripe":
            answer = stage.stripe(what["method"], _path(stage, what["path"]), data=what.get("form"))
            assert answer.is_success, answer.text
            return [f"# somebody at Stripe: {what['method']} {what['path']} {_shown(what.get('form'))}", ""]
        case "bigcommerce":
            answer = stage.bigcommerce(what["method"], what["path"], json=what.get("json"))
            assert answer.is_success, answer.text
            return [f"# somebody at BigCommerce: {what['method']} {what['path']} {_shown(what.get('json'))}", ""]
        case "fault":
            answer = stage.control("POST", "faults", json=what)
            assert answer.is_success, answer.text
            return [f"# the simulator will: {_shown(what)}", ""]
        case "no_faults":
            stage.control("DELETE", "faults")
            return []
        case _:
            raise AssertionError(f"a story knows no {word!r}")


_PROGRESS = re.compile(r"\[stderr\] \[ *\d+/(\d+)\] (\S) (\S+)\s+(?:.*?0\.0s|(?=skipped))(.*)")


def _in_order(lines: list[str]) -> list[str]:
    """Progress lines without number and id, sorted: independent changes run side by side, in any order."""
    told: list[str] = []
    for is_progress, group in groupby(lines, key=lambda each: _PROGRESS.fullmatch(each) is not None):
        if not is_progress:
            told += group
            continue
        told += sorted(_PROGRESS.sub(r"[stderr] [n/\1] \2 \3\4", each) for each in group)
    return told


def _path(stage: Stage, path: str) -> str:
    """`{lookup:KEY}` in a path is the id of the price that holds the lookup key; `{we}` of the only endpoint."""

    def price(match: re.Match[str]) -> str:
        found = stage.stripe("GET", "/v1/prices", params={"lookup_keys[]": match[1]}).json()["data"]
        return str(found[0]["id"])

    path = re.sub(r"\{lookup:([^}]+)\}", price, path)
    return re.sub(r"\{first:([^}]+)\}", lambda match: str(stage.stripe("GET", match[1]).json()["data"][0]["id"]), path)


def _shown(content: object) -> str:
    return json.dumps(content, ensure_ascii=False) if content else ""
