"""Labels of speakers: read, taken over by a preparation, and refused in a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from talkface_studio.api.errors import TrainingError
from talkface_trainer.labels import SpeakerLabels, read_labels, write_labels


def test_labels_come_back_as_they_were_written(tmp_path: Path) -> None:
    labels = SpeakerLabels({"ann": 0.0, "bob": 1.0}, {"bob": 34.5, "eve": 20.0})
    write_labels(tmp_path, labels)
    assert read_labels(tmp_path) == labels


def test_no_labels_are_no_table(tmp_path: Path) -> None:
    write_labels(tmp_path, SpeakerLabels())
    assert not list(tmp_path.iterdir())
    assert read_labels(tmp_path) == SpeakerLabels()


@pytest.mark.parametrize("row", ["\tmale\t", "ann\tman\t", "ann\tfemale\told"])
def test_a_wrong_row_is_named(tmp_path: Path, row: str) -> None:
    (tmp_path / "speakers.tsv").write_text(f"speaker\tgender\tage\nbob\tmale\t30\n{row}\n")
    with pytest.raises(TrainingError, match=r"speakers\.tsv line 3: needs a speaker"):
        read_labels(tmp_path)
