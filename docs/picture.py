"""The picture in the README: a real plan, made against the simulator from the example catalog."""

from __future__ import annotations

import http.client
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urlsplit

from billform.cli import local
from billform.cli.main import run
from billform.core.plan_file import plan_from_json
from billform.providers.registry import kinds, specs
from billform.render.effort import effort
from billform.render.explain import plan_lines
from billform.render.lines import Line
from billform.render.picture import plan_svg
from billform.simulator.limits import Limits
from billform.simulator.server import Simulator

ROOT = Path(__file__).parents[1]
EDITS = (
    ("catalog/plans/pro.yaml", "usd: 49, eur: 45, jpy: 6900 }, nick", "usd: 59, eur: 55, jpy: 8500 }, nick"),
    (
        "catalog/discounts.yaml",
        "  education50:\n    name: Schools and universities\n    percent_off: 50\n",
        "  education50:\n    name: Schools and universities\n    percent_off: 40\n",
    ),
    ("catalog/plans/starter.yaml", "For one person with a few projects.", "For one person with a few good projects."),
)
_MINTED = re.compile(r"(?P<prefix>price_|bpc_)[A-Za-z0-9]{20,}|\bid \d+\b")
SHOWN = ("stripe.price/pro.base.monthly", "stripe.product/starter", "stripe.product/business", "stripe.coupon/*")


def svg() -> str:
    """The SVG, the same each time: what the simulator mints at random is written in one way."""
    with TemporaryDirectory() as scratch, _inside(Path(scratch)):
        for name in ("catalog", "environments"):
            shutil.copytree(ROOT / name, name)
        Path(".billform").mkdir()
        with Simulator(local.STATE, limits=Limits.off()) as simulator:
            local.announce(simulator, local.STATE)
            _quietly("apply", "local", "--yes")
            for file, old, new in EDITS:
                text = Path(file).read_text(encoding="utf-8")
                assert text.count(old) == 1, f"the picture's edit no longer fits {file}"
                Path(file).write_text(text.replace(old, new), encoding="utf-8")
            _edit_by_hand(simulator, "/v1/products/nimbus-business", {"name": "Nimbus Business (old)"})
            only = [word for glob in SHOWN for word in ("--only", glob)]
            plan = plan_from_json(_quietly("plan", "local", "--format", "json", *only), specs())
    return plan_svg(_steady(plan_lines(plan, effort(plan, kinds()))), "billform plan local", columns=130)


def _edit_by_hand(simulator: Simulator, path: str, form: dict[str, str]) -> None:
    place = urlsplit(simulator.stripe_url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port)
    headers = {"Authorization": f"Bearer {local.KEY}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, urlencode(form), headers)
    assert connection.getresponse().status == http.client.OK
    connection.close()


def _quietly(*words: str) -> str:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(words)
    assert code == 0, err.getvalue()
    return out.getvalue()


def _steady(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines with one spelling for each minted id."""
    minted: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        prefix = match["prefix"] or "id "
        return minted.setdefault(
            match[0], f"{prefix}{118 + len(minted)}" if prefix == "id " else f"{prefix}1Pf{len(minted)}"
        )

    for each in lines:
        yield replace(each, pieces=tuple(replace(piece, text=_MINTED.sub(named, piece.text)) for piece in each.pieces))


@contextmanager
def _inside(directory: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)
