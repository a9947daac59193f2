"""Where secrets go, and that they go nowhere else."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from billform.catalog.models.words import KEY
from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.resource import Address
from billform.engine import secrets
from billform.engine.codes import CODES
from billform.engine.secrets import CommandSink, FileSink, SecretSink, open_sink, secret_name

SECRET = "whsec_sentinel0123456789"


def problem(sink: SecretSink, *, store: bool = False) -> Diagnostic:
    with pytest.raises(BillformError) as caught:
        sink.store("A_SECRET", SECRET) if store else sink.check()
    (diagnostic,) = caught.value.diagnostics
    assert "sentinel" not in repr(caught.value) + str(diagnostic)
    assert caught.value.__cause__ is None
    assert diagnostic.code in CODES
    return diagnostic


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_secrets_that_arrive_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "secrets" / "local.env")
    names = [f"N{number}_SECRET" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: sink.store(name, f"whsec_{name}"), names))
    assert sorted(sink.path.read_text().splitlines()) == sorted(f"{name}=whsec_{name}" for name in names)


ADD = """
import sys
from pathlib import Path
from billform.engine.secrets import FileSink
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    FileSink(Path(sys.argv[1])).store(f"{sys.argv[2]}{number}", "whsec_x")
"""


def test_two_processes_that_share_a_file_keep_each_others_secrets(tmp_path: Path) -> None:
    path = tmp_path / "both.env"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", ADD, str(path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in "AB"
    ]
    for each in both:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in both:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in both:
        each.communicate(timeout=60)
    assert [each.returncode for each in both] == [0, 0]
    assert len(path.read_text().splitlines()) == 80


@pytest.mark.parametrize(
    ("kind", "key", "name"),
    [
        ("stripe.webhook_endpoint", "events", "STRIPE_WEBHOOK_ENDPOINT__NIMBUS__EVENTS_SECRET"),
        ("stripe.webhook_endpoint", "billing_app", "STRIPE_WEBHOOK_ENDPOINT__NIMBUS__BILLING_APP_SECRET"),
        ("stripe.webhook_endpoint", "billing-app", "STRIPE_WEBHOOK_ENDPOINT__NIMBUS__BILLING_APP_463E6626_SECRET"),
        ("bigcommerce.hook", "main/orders", "BIGCOMMERCE_HOOK__NIMBUS__MAIN__ORDERS_SECRET"),
    ],
)
def test_names_come_from_catalogs_and_addresses(kind: str, key: str, name: str) -> None:
    assert secret_name("nimbus", Address(kind, key)) == name


# A busy machine is no counter-example.
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.from_regex(KEY, fullmatch=True), st.from_regex(KEY, fullmatch=True)), min_size=2))
@example([("a", "b_c"), ("a_b", "c"), ("a_b_", "c"), ("a", "b__c"), ("a__b", "c")])
@example([("my-shop", "hook"), ("my_shop", "hook"), ("my_shop-", "hook"), ("my--shop", "hook"), ("github", "hook")])
def test_no_two_secrets_have_one_name_and_every_sink_takes_it(whose: list[tuple[str, str]]) -> None:
    """A variable's name, also where case says nothing, none may open with a digit or `GITHUB_`, and 255 are many."""
    names = {secret_name(catalog, Address("stripe.webhook_endpoint", key)) for catalog, key in whose}
    assert len(names) == len(set(whose))
    assert all(re.fullmatch(r"(?!GITHUB_)[A-Z][A-Z0-9_]{0,254}", each) for each in names)


def test_a_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "secrets.env"
    sink = FileSink(path)
    sink.check()
    assert not path.exists(), "a trial leaves nothing behind"
    assert list(path.parent.iterdir()) == []
    sink.store("A_SECRET", SECRET)
    assert path.read_text() == f"A_SECRET={SECRET}\n"
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700


def test_a_file_that_anybody_could_read_becomes_private_and_keeps_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("# ours\nOTHER=1\nexport A_SECRET=old\nA_SECRET_2=two")
    path.chmod(0o666)
    FileSink(path).store("A_SECRET", SECRET)
    assert path.read_text() == f"# ours\nOTHER=1\nA_SECRET_2=two\nA_SECRET={SECRET}\n"
    assert mode(path) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secrets.env"]


def test_somebody_who_has_the_old_file_open_does_not_see_the_secret(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("")
    path.chmod(0o644)
    with path.open() as spy:
        FileSink(path).store("A_SECRET", SECRET)
        assert spy.read() == ""


@pytest.mark.parametrize("make", ["link", "directory", "binary", "huge"])
def test_what_is_no_file_of_secrets_is_left_alone(tmp_path: Path, make: str) -> None:
    path = tmp_path / "secrets.env"
    match make:
        case "link":
            (tmp_path / "victim").write_text("v")
            path.symlink_to(tmp_path / "victim")
        case "directory":
            path.mkdir()
        case "binary":
            path.write_bytes(b"\xff\xfe\x00")
        case _:
            path.write_bytes(b"x" * (secrets.LARGEST + 1))
    assert problem(FileSink(path)).code == "S021"
    assert problem(FileSink(path), store=True).code == "S021"


def test_a_place_that_cannot_be_written_is_told_before(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert problem(FileSink(tmp_path / "file" / "secrets.env")).code == "S020"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("OLD=1\n")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    diagnostic = problem(FileSink(path), store=True)
    assert diagnostic.code == "S020"
    assert "No space left" in diagnostic.summary
    assert path.read_text() == "OLD=1\n"
    assert [each.name for each in tmp_path.iterdir()] == ["secrets.env"]


def command(script: str, *words: str, patience: float = 10.0) -> CommandSink:
    return CommandSink((sys.executable, "-c", script, *words), patience)


def test_a_command_gets_the_name_in_its_words_and_the_secret_on_standard_input(tmp_path: Path) -> None:
    script = """
import os, sys
with open(sys.argv[2], "w") as file:
    print(sys.argv[1], os.environ["BILLFORM_SECRET_NAME"], repr(sys.stdin.read()), file=file)
"""
    out = tmp_path / "out"
    sink = command(script, "billing/{name}", str(out))
    sink.check()
    assert not out.exists(), "it is not run without a secret"
    sink.store("A_SECRET", SECRET)
    assert out.read_text() == f"billing/A_SECRET A_SECRET '{SECRET}\\n'\n"


@pytest.mark.parametrize(
    ("script", "how"),
    [
        ("import sys; print(sys.stdin.read()); print('no', file=sys.stderr); sys.exit(3)", "ended with 3"),
        ("import sys; sys.exit(1)", "ended with 1"),
        ("import time; time.sleep(30)", "did not end within 0 seconds"),
    ],
)
def test_a_command_that_fails_is_told_without_what_it_said(
    script: str, how: str, capfd: pytest.CaptureFixture[str]
) -> None:
    diagnostic = problem(command(script, patience=0.4 if "sleep" in script else 10), store=True)
    assert diagnostic.code == "S023"
    assert how in diagnostic.summary
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


def test_a_command_that_is_not_there_is_told_before() -> None:
    assert problem(CommandSink(("no-such-program-at-all",))).code == "S022"
    assert problem(CommandSink(("no-such-program-at-all",)), store=True).code == "S023"


def test_an_environment_names_its_sink(tmp_path: Path) -> None:
    assert open_sink(file="s.env", command=None, directory=tmp_path) == FileSink(tmp_path / "s.env")
    assert open_sink(file="/abs/s.env", command=None, directory=tmp_path) == FileSink(Path("/abs/s.env"))
    assert isinstance(open_sink(file=None, command=["vault"], directory=tmp_path), CommandSink)
    assert "sentinel" not in repr(CommandSink(("x",), variables={"TOKEN": SECRET}))
