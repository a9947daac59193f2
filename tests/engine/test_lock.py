"""One apply at a time for an environment, on one machine."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from billform.core.diagnostic import BillformError, Diagnostic
from billform.engine.lock import locked

HOLD = """
import sys, time
from pathlib import Path
from billform.engine.lock import locked
with locked("production", Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def refused(environment: str, directory: Path) -> Diagnostic:
    with pytest.raises(BillformError) as caught, locked(environment, directory):
        raise AssertionError("the lock was given twice")
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def test_the_second_is_told_who_is_at_it(tmp_path: Path) -> None:
    with locked("production", tmp_path):
        diagnostic = refused("production", tmp_path)
    assert diagnostic.code == "S010"
    assert f"process {os.getpid()} on " in diagnostic.summary
    with locked("production", tmp_path):
        pass


def test_environments_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with locked("production", tmp_path), locked("test", tmp_path):
        pass


def test_a_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert f"process {other.pid} on " in refused("production", tmp_path).summary
        other.send_signal(signal.SIGKILL)
        other.wait()
    with locked("production", tmp_path):
        pass


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    diagnostic = refused("production", tmp_path / "taken")
    assert diagnostic.code == "S011"
    assert "nothing was changed" in diagnostic.summary


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert refused("production", tmp_path / "state").code == "S011"


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    diagnostic = refused("production", tmp_path)
    assert diagnostic.code == "S012"
    monkeypatch.undo()
    with locked("production", tmp_path):
        pass


def test_a_lock_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "locks" / "production.lock").symlink_to(tmp_path / "victim")
    assert refused("production", tmp_path).code == "S011"
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_lock_file_of_nonsense_still_locks(tmp_path: Path) -> None:
    with locked("production", tmp_path):
        (tmp_path / "locks" / "production.lock").write_text("?")
        assert "another process" in refused("production", tmp_path).summary
