"""Every folder here is a story with its golden transcript; `--snapshot-update` writes it anew, a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from tests.cases.story import HERE, staged, told
from tests.cli.running import SILENT

STORIES = sorted(path.parent.name for path in HERE.glob("*/story.yaml"))


class Transcript(SingleFileSnapshotExtension):
    """FOLDER/transcript.txt, beside the story."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Where the folders are."""
        return str(HERE)

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        """The story's folder, and one name in all of them."""
        return f"{index}/transcript"

    @classmethod
    def matches_test_location(cls, *, test_location: PyTestLocation, snapshot_location: str) -> bool:
        """Every transcript belongs to the one test of this file."""
        return test_location.basename == Path(__file__).stem and Path(snapshot_location).name == "transcript.txt"


@pytest.mark.parametrize("story", STORIES)
def test_story(story: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SILENT:
        monkeypatch.delenv(name, raising=False)
    with staged(tmp_path) as stage:
        transcript = told(stage, HERE / story)
    assert transcript == snapshot(extension_class=Transcript, name=story)
