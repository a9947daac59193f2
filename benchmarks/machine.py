"""What the machine has to do for a plan: read the files, work out what is wanted, compare it with what is there.

Beside it octoDNS (https://github.com/octodns/octodns), the best known tool of this shape, planning as many records from
YAML to YAML. Both in a process of their own, without the imports, in seconds of processor time, for others may be at
work on the machine; the least of several runs, which take turns. What was observed lies in memory when ours begins,
and in a second directory of YAML for octoDNS, whose way of keeping a state without a vendor that is.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import catalogs
from .table import Table

if TYPE_CHECKING:
    from billform.core.graph import Graph
    from billform.core.kind import AnyKind
    from billform.core.resource import Live, Ref, Resource, Snapshot, Spec

ACCOUNT = "acct_1BillformLocal00"
SCENARIOS = {
    "nothing to do": "everything is there as it is wanted",
    "every price": "every price is there with another amount (octoDNS: every record with another TTL)",
    "a first plan": "nothing is there yet",
}
SIZES = (1_000, 10_000)
RUNS = 5


def measure(*, quick: bool) -> tuple[Table, Table]:
    """How long each step takes, and beside octoDNS; `quick` runs each once."""
    runs = 1 if quick else RUNS
    with tempfile.TemporaryDirectory() as scratch:
        best = _best(Path(scratch), runs)
    return _steps(best), _beside(best)


@dataclass(frozen=True, slots=True)
class Work:
    """One plan: seconds by step, what came of it, and the most memory that the process had, in megabytes."""

    seconds: dict[str, float]
    changes: int
    peak: float

    @property
    def total(self) -> float:
        """All steps together."""
        return sum(self.seconds.values())


Best = dict[tuple[str, str, int], Work]
"""(whose, scenario, size) -> its quickest run."""


def _best(scratch: Path, runs: int) -> Best:
    for size in SIZES:
        _prepare(scratch / str(size), size)
    whose = ["billform", *(["octodns"] if find_spec("octodns") else [])]
    best: Best = {}
    for _ in range(runs):
        for size in SIZES:
            for scenario in SCENARIOS:
                for one in whose:
                    work = _child(one, scratch / str(size), scenario)
                    known = best.get((one, scenario, size))
                    best[one, scenario, size] = work if known is None or work.total < known.total else known
    return best


def _steps(best: Best) -> Table:
    rows = []
    for scenario in SCENARIOS:
        small, large = (best["billform", scenario, size] for size in SIZES)
        steps = [f"{seconds:.2f} s" for seconds in large.seconds.values()]
        times = f"{large.total / small.total:.1f}"
        rows.append((scenario, *steps, f"{large.total:.2f} s", times, f"{large.changes:,}", f"{large.peak:.0f} MB"))
    head = ("10,000 prices", "load", "desired", "diff", "together", "times 1,000", "changes", "peak memory")
    notes = (*(f"{name}: {about}." for name, about in SCENARIOS.items()), "Linear is 10 times 1,000.")
    return Table("Work of the machine", head, tuple(rows), (" ".join(notes),))


def _beside(best: Best) -> Table:
    rows = []
    for scenario in SCENARIOS:
        ours, theirs = (best.get((one, scenario, SIZES[-1])) for one in ("billform", "octodns"))
        assert ours is not None
        shown = (f"{theirs.total:.2f} s", f"{ours.total / theirs.total:.2f}") if theirs else ("not installed", "-")
        rows.append((scenario, f"{ours.total:.2f} s", *shown))
    head = ("", "Billform, 10,000 prices", "octoDNS, 10,000 records", "ratio")
    note = "octoDNS comes with `uv run --group bench python -m benchmarks machine`."
    return Table("Beside octoDNS", head, tuple(rows), (note,))


def _child(whose: str, directory: Path, scenario: str) -> Work:
    command = [sys.executable, "-m", "benchmarks.machine", whose, str(directory), scenario]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Work(**json.loads(answer.stdout.splitlines()[-1]))


# In the child


def _told(laps: dict[str, float], changes: int) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    sys.stdout.write(json.dumps({"seconds": laps, "changes": changes, "peak": peak}) + "\n")


def _billform(directory: Path, scenario: str) -> None:
    from billform.catalog.environment import load_environment
    from billform.catalog.load import load
    from billform.cli import memory
    from billform.core.draft import Scope
    from billform.core.planner import plan
    from billform.providers import registry

    kinds = dict(registry.kinds())
    snapshot = _observed(directory / f"{scenario}.jsonl", kinds)
    memory.pause()  # as the command does
    began = time.process_time()
    environment = load_environment("bench", directory / "environments")
    catalog = load(directory / "catalog", environment)
    loaded = time.process_time()
    graph = _graph(kinds, catalog, environment)
    wanted = time.process_time()
    made = plan(graph, snapshot, kinds, Scope(catalog.name, "", environment.name, environment.mode))
    planned = time.process_time()
    _told({"load": loaded - began, "desired": wanted - loaded, "diff": planned - wanted}, len(made.changes))


def _octodns(directory: Path, scenario: str) -> None:
    manager: Any = import_module("octodns.manager").Manager
    processor: Any = import_module("octodns.processor.base").BaseProcessor
    began = time.process_time()
    made = manager(str(directory / "octodns" / f"{scenario}.yaml"))
    counted: list[int] = []

    class Counter(processor):  # type: ignore[misc]  # octoDNS comes without types
        def process_plan(self, plan: Any, *_: object, **__: object) -> Any:
            counted.append(len(plan.changes) if plan else 0)
            return plan

    made.processors["counter"] = Counter("counter")
    made.global_processors.append("counter")
    made.sync(dry_run=True, force=True)
    _told({"plan": time.process_time() - began}, sum(counted))


# Beforehand


def _prepare(directory: Path, size: int) -> None:
    """Files for both sides, and what each finds in each scenario."""
    catalog = catalogs.write(directory, catalogs.Shape(size))
    (catalog / "discounts.yaml").unlink()  # prices are counted here, and what they need: products and meters
    catalogs.write_live(directory, ACCOUNT)
    for scenario, ttl in zip(SCENARIOS, (300, 600, None), strict=True):
        _zone(directory / "octodns", scenario, size, ttl)
    subprocess.run([sys.executable, "-m", "benchmarks.machine", "snapshots", str(directory), ""], check=True)


def _zone(directory: Path, scenario: str, size: int, ttl: int | None) -> None:
    """One zone in two directories: as it is wanted, and as it is there with another TTL, or empty."""
    wanted, there = directory / "wanted", directory / scenario
    wanted.mkdir(parents=True, exist_ok=True)
    there.mkdir()
    (wanted / "bench.example.yaml").write_text(_records(size, 300))
    (there / "bench.example.yaml").write_text(_records(size, ttl) if ttl is not None else "--- {}\n")
    provider = "class: octodns.provider.yaml.YamlProvider"
    (directory / f"{scenario}.yaml").write_text(
        f"providers:\n  wanted: {{ {provider}, directory: {wanted} }}\n"
        f"  there: {{ {provider}, directory: '{there}', supports_root_ns: false }}\n"
        "zones:\n  bench.example.:\n    sources: [wanted]\n    targets: [there]\n"
    )


def _records(size: int, ttl: int) -> str:
    """Records of four types in turn, in the order that octoDNS asks for."""
    types = (
        "type: A\n  values: [10.0.0.1, 10.0.0.2]",
        "type: CNAME\n  value: www.bench.example.",
        "type: TXT\n  value: some text of a record",
        "type: MX\n  values:\n  - { exchange: mx.bench.example., preference: 10 }",
    )
    return "---\n" + "".join(f"host{each}:\n  ttl: {ttl}\n  {types[each % 4]}\n" for each in range(size))


def _snapshots(directory: Path) -> None:
    """What the account holds in each scenario, as it would have been read."""
    from billform.catalog.environment import load_environment
    from billform.catalog.load import load
    from billform.providers import registry

    kinds = dict(registry.kinds())
    environment = load_environment("bench", directory / "environments")
    catalog = load(directory / "catalog", environment)
    graph = _graph(kinds, catalog, environment)
    wanted = list(graph)
    dearer = [replace(each, spec=_dearer(each.spec)) for each in wanted]
    for scenario, there in zip(SCENARIOS, (wanted, dearer, ()), strict=True):
        rows = "".join(json.dumps(row) + "\n" for row in _rows(there, kinds, catalog.name))
        (directory / f"{scenario}.jsonl").write_text(rows)


def _graph(kinds: dict[str, AnyKind], catalog: Any, environment: Any) -> Graph:
    from billform.core.graph import Graph

    wanted = (each for kind in kinds.values() for each in kind.desired(catalog, environment))
    return Graph(wanted, lookups=[name for name, kind in kinds.items() if kind.lookup])


def _rows(there: Any, kinds: dict[str, AnyKind], catalog: str) -> Iterator[dict[str, Any]]:
    """The objects as a vendor has them: every field filled in, references by the vendor's own ids, marks as text."""
    from billform.core.declared import declared, spec_digest
    from billform.core.kind import Ownership
    from billform.core.resource import Ref
    from billform.core.values import rebound

    ids = {each.address: f"{each.address.kind.partition('.')[2]}_{number:06}" for number, each in enumerate(there)}

    def found(ref: Ref) -> Ref:
        return Ref.found(ref.kind, ids[ref.address])

    each: Resource[Spec]
    for each in there:
        address, spec = each.address, rebound(each.spec, found)
        kind, fields = kinds[address.kind], " ".join(sorted(declared(each.spec)))
        written = {"billform_catalog": catalog, "billform_key": address.local_key, "billform_fields": fields}
        marked = (
            {**written, "billform_digest": spec_digest(each.spec)} if kind.ownership is not Ownership.NATURAL else {}
        )
        natural = sorted(kind.natural_keys(each.spec, address))
        spec_text = spec.model_dump_json()
        yield {"kind": kind.name, "id": ids[address], "spec": spec_text, "metadata": marked, "natural": natural}


def _observed(rows: Path, kinds: dict[str, AnyKind]) -> Snapshot:
    """The account in memory, as kinds leave it there that have read it row by row."""
    from billform.core.resource import Live, Snapshot
    from billform.providers.stripe import marks

    def lives() -> Iterator[Live[Spec]]:
        with rows.open() as lines:
            for row in map(json.loads, lines):
                spec = kinds[row["kind"]].spec.model_validate_json(row["spec"])
                natural = frozenset(row["natural"])
                yield Live(row["kind"], row["id"], spec, mark=marks.read(row["metadata"]), natural=natural)

    return Snapshot(tuple(lives()), frozenset((name, "") for name in kinds))


def _dearer(spec: Spec) -> Spec:
    """A price with another amount; anything else as it is."""
    from billform.core.money import Money
    from billform.providers.stripe.price_spec import PriceSpec

    def more(money: Money | None) -> Money | None:
        return Money(money.amount + 1, money.currency) if money else None

    if not isinstance(spec, PriceSpec):
        return spec
    tiers = tuple(each.model_copy(update={"unit": more(each.unit)}) for each in spec.tiers or ())
    changed: dict[str, Any] = {"tiers": tiers} if tiers else {"unit_amount": more(spec.unit_amount)}
    return spec.model_copy(update=changed)


if __name__ == "__main__":
    _what, _directory, _scenario = sys.argv[1:]
    match _what:
        case "billform":
            _billform(Path(_directory), _scenario)
        case "octodns":
            _octodns(Path(_directory), _scenario)
        case _:
            _snapshots(Path(_directory))
