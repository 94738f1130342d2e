"""Head and shoulders of a photo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.errors import MediaError
from talkface_studio.api.landmarks import eye_distance
from talkface_studio.dubbing.canvas import head_and_shoulders
from talkface_studio.dubbing.preview import preview
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.media.photo import read_photo

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


def test_the_part_around_a_face_is_framed_by_it() -> None:
    pixels = read_photo(SAMPLES / "portrait.jpg").pixels
    (face,) = FaceDetector().detect(pixels)
    part, moved = head_and_shoulders(pixels, face)
    assert part.shape[0] == part.shape[1] == np.ceil(eye_distance(face.landmarks) / 0.17)
    x, y = np.round(moved.landmarks[4, :2]).astype(int)
    left, top = np.round(face.landmarks[4, :2]).astype(int)
    np.testing.assert_array_equal(part[y - 5 : y + 5, x - 5 : x + 5], pixels[top - 5 : top + 5, left - 5 : left + 5])
    assert moved.box[2] - moved.box[0] == pytest.approx(face.box[2] - face.box[0])


def test_a_preview_shows_head_and_shoulders(catalog, folders, voice, tmp_path) -> None:
    request = DubRequest(
        face=SAMPLES / "portrait.jpg", speech=voice, output=tmp_path / "o.mp4", model="sdm", canvas="head"
    )
    shown = preview(request, 0.5, catalog, folders)
    assert shown.pixels.shape[0] == shown.pixels.shape[1] < 512


def test_a_video_has_no_canvas_to_choose(catalog, folders, voice, clip, tmp_path) -> None:
    request = DubRequest(face=clip, speech=voice, output=tmp_path / "o.mp4", canvas="head")
    with pytest.raises(MediaError, match="is not a photo; --canvas head"):
        preview(request, 0.1, catalog, folders)
