"""Plan files on disk: whole, unharmed, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from billform.cli import plan_file
from billform.core.diagnostic import BillformError
from tests.core.toys import KINDS
from tests.render import stories

SPECS = {name: kind.spec for name, kind in KINDS.items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    plan_file.write(stories.price_rise(), path)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BillformError) as error:
        plan_file.read(path, SPECS)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.hint
    assert str(path) in f"{diagnostic.subject} {diagnostic.summary}", "it names the file"
    return diagnostic.code


def test_a_plan_comes_back_as_it_was(path: Path) -> None:
    assert plan_file.read(path, SPECS) == stories.price_rise()
    assert [each.name for each in path.parent.iterdir()] == ["plan.json"]


def test_a_truncated_one_is_refused_wherever_it_was_cut(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(1, len(whole) - 1, 97):
        path.write_bytes(whole[:length])
        assert refusal(path) == "P010"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("59 usd", "5.9 usd"),
        ("price_1PfA", "price_1Other"),
        ('"environment": "test"', '"environment": "production"'),
        ('"new_version"', '"create"'),
        ('"digest": "', '"digest": "0'),
        ('"mode": "test"', '"mode": ["test"]'),
        ("toy.price/pro.monthly", "stripe.refund/pro.monthly"),
        ("toy.price/pro.monthly", "no address"),
    ],
)
def test_one_that_was_edited_is_refused(before: str, after: str, path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    assert before in written
    path.write_text(written.replace(before, after), encoding="utf-8")
    assert refusal(path) == "P013"


def test_one_of_a_newer_version_is_refused(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 1', '"format": 2'), encoding="utf-8")
    assert refusal(path) == "P012"


@pytest.mark.parametrize("content", [b"", b"\n", b"plans: {}\n", b"{}", b"[]", b"null", b'"plan"', b'{"format": 1}'])
def test_other_json_is_not_a_plan(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    assert refusal(path) == "P011"


def test_what_cannot_be_read_is_refused(path: Path) -> None:
    assert refusal(path.parent) == "X013"
    assert refusal(path.parent / "gone.json") == "X013"
    path.write_bytes(b"\xff\xfe\x00")
    assert refusal(path) == "X013"
    path.write_bytes(b"[" * 200_000)
    assert refusal(path) == "X013"


def test_one_that_cannot_be_written_leaves_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BillformError, match="X014"):
        plan_file.write(stories.archive(), path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["plan.json"]


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BillformError, match=r"X014: .*nowhere"):
        plan_file.write(stories.archive(), tmp_path / "nowhere" / "plan.json")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_device_is_written_to_and_never_replaced() -> None:
    with pytest.raises(BillformError, match="X014"):
        plan_file.write(stories.archive(), Path("/dev/full"))
    assert Path("/dev/full").is_char_device()
