"""What a listener expects of lips, and that real pairs are told from others, on the sample video."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from prepared_clips import prepare_sample_clips
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.quality.sync import sync_score
from talkface_trainer.dataset import Dataset
from talkface_trainer.evaluation import speech_of
from talkface_trainer.listener import Listener

SPLIT = 120
"""Frames that the listener learns from; the others are new to it."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return Dataset(prepare_sample_clips(tmp_path_factory.mktemp("sample"))).clips("train")[0]


@pytest.fixture(scope="module")
def listener(clip, tmp_path_factory):
    """Fitted to the first part of the sample video."""
    folder = tmp_path_factory.mktemp("first")
    source = clip.folder.parents[1]
    record = next(
        json.loads(line)
        for line in (source / "clips.jsonl").read_text().splitlines()
        if json.loads(line)["id"] == clip.id
    )
    (folder / "dataset.json").write_text((source / "dataset.json").read_text())
    (folder / "clips.jsonl").write_text(json.dumps(record | {"frames": SPLIT}) + "\n")
    copy = folder / "clips" / clip.id
    shutil.copytree(clip.folder, copy)
    for name in ("landmarks", "times"):
        np.save(copy / f"{name}.npy", np.load(copy / f"{name}.npy")[:SPLIT])
    return Listener.fit(Dataset(Path(folder)).clips("train"))


def test_own_speech_fits_better_than_shifted_and_than_another_part(clip, listener):
    speech = speech_of(clip)
    times = clip.times[SPLIT:]
    expected = listener.expected(speech, times)
    opening = np.array([lip_opening(mesh) for mesh in clip.landmarks[SPLIT:]])
    own = sync_score(expected, opening)
    assert own.correlation > 0.4
    assert abs(own.offset) <= 2
    late = sync_score(expected, np.roll(opening, 9))
    assert late.correlation < own.correlation - 0.2
    assert abs(late.offset - 9) <= 2
    other = sync_score(listener.expected(speech, clip.times[: len(times)]), opening)
    assert other.correlation < own.correlation - 0.2


def test_it_needs_somebody_to_listen_to(clip, tmp_path):
    with pytest.raises(TrainingError, match="sync score"):
        Listener.fit(())
