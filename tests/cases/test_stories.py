"""Every folder here is a story with its golden transcript; `--snapshot-update` writes it anew, a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.cases.story import HERE, staged, told

STORIES = sorted(path.parent.name for path in HERE.glob("*/story.yaml"))


class Transcript(SingleFileSnapshotExtension):
    """One text file beside the story."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"

    @classmethod
    def dirname(cls, *, test_location: object) -> str:
        """The story's own folder; the file is named by the test."""
        return str(HERE)

    @classmethod
    def get_snapshot_name(cls, *, test_location: object, index: object = 0) -> str:
        """FOLDER/transcript."""
        return f"{index}/transcript"


@pytest.mark.parametrize("story", STORIES)
def test_story(story: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion) -> None:
    monkeypatch.chdir(tmp_path)
    with staged(tmp_path) as stage:
        transcript = told(stage, HERE / story)
    assert transcript == snapshot(extension_class=Transcript, name=story)
