"""What is said of a finished dub."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from talkface_studio.api.errors import MediaError
from talkface_studio.api.values import VideoFrame
from talkface_studio.dubbing.review import review
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import Encoding, MediaWriter

from .conftest import SAMPLES


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    """Four seconds of the sample video, one frame of it blurred."""
    path = tmp_path_factory.mktemp("review") / "clip.mp4"
    with VideoReader(SAMPLES / "video.mp4") as video, AudioReader(SAMPLES / "video.mp4") as sound:
        settings = VideoSettings.like(video.info)
        with MediaWriter(path, settings, AudioSettings(rate=sound.rate), Encoding(crf=12)) as writer:
            for frame in video.frames(0.0, 4.0):
                pixels = cv2.blur(frame.pixels, (15, 15)) if frame.index == 50 else frame.pixels
                writer.write_frame(VideoFrame(pixels, frame.time, frame.index))
            writer.write_audio(sound.read(0.0, 4.0))
    return path


def test_the_worst_frame_is_found(clip, folders) -> None:
    said = review(clip, folders)
    assert (said.frames, said.without_face) == (100, 0)
    assert said.worst == pytest.approx(2.0, abs=0.021)
    assert 0.3 < said.sharpness < 1
    assert -1 <= said.sync <= 1
    assert set(said.to_dict()) >= {"sync", "late", "sharpness", "worst"}


def test_a_picture_without_a_face_has_no_scores(tmp_path, folders) -> None:
    path = tmp_path / "grey.mp4"
    with MediaWriter(path, VideoSettings(width=128, height=128), None, Encoding()) as writer:
        for number in range(25):
            writer.write_frame(VideoFrame(np.full((128, 128, 3), 90, np.uint8), number / 25, number))
    said = review(path, folders)
    assert said.frames == said.without_face == 25
    assert said.sync is said.sharpness is said.worst is None
    with pytest.raises(MediaError):
        review(tmp_path / "missing.mp4", folders)
