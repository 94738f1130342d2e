"""RGB is made where it is looked at, and is what the whole picture would show there."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

from talkface_studio.api.values import VideoFrame
from talkface_studio.media.stored_picture import Scalers, StoredPicture, set_aside
from talkface_studio.media.video import VideoReader

VIDEO = Path(__file__).parents[2] / "resources" / "samples" / "video.mp4"
SIZE = 322, 246
KINDS = ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv440p", "yuv420p10le", "yuv444p12le", "nv12", "gray", "rgb24"]


def stored(kind, size=SIZE, **tags):
    """A picture with detail in luma and chroma alike."""
    width, height = size
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [128 + 90 * np.sin(columns / a + rows / b) for a, b in ((3, 7), (11, 5), (6, 13))]
    noise = np.random.default_rng(0).integers(-30, 30, (height, width, 3))
    pixels = np.clip(np.stack(waves, axis=-1) + noise, 0, 255).astype(np.uint8)
    frame = VideoReformatter().reformat(av.VideoFrame.from_ndarray(pixels, format="rgb24"), format=kind)
    for name, value in tags.items():
        setattr(frame, name, value)
    return frame


def whole(frame):
    return StoredPicture(frame).part(0, 0, frame.width, frame.height)


def boxes(width, height):
    chance = np.random.default_rng(1)
    for _ in range(12):
        (left, right), (top, bottom) = (np.sort(chance.choice(side + 1, 2, replace=False)) for side in (width, height))
        # A little part: most of the picture would be made whole.
        yield int(left), int(top), int(min(right, left + 100)), int(min(bottom, top + 70))


@pytest.mark.parametrize("size", [SIZE, (321, 245)])
@pytest.mark.parametrize(
    "kind",
    ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv440p", "yuv420p10le", "yuv444p12le", "nv12", "gray", "rgb24"],
)
def test_a_part_is_what_the_whole_picture_shows_there(kind, size):
    frame = stored(kind, size)
    expected = whole(frame)
    for left, top, right, bottom in boxes(*size):
        part = StoredPicture(frame).part(left, top, right, bottom)
        np.testing.assert_array_equal(part, expected[top:bottom, left:right])


def test_a_video_may_go_on_in_another_format():
    scalers = Scalers()
    for kind in ("yuv420p", "yuv444p", "yuv420p10le", "yuv420p"):
        frame = stored(kind)
        part = StoredPicture(frame, scalers).part(100, 60, 150, 90)
        np.testing.assert_array_equal(part, whole(frame)[60:90, 100:150])


def test_its_tags_and_its_own_size_count_for_a_part():
    """A picture of 720 lines is BT.709, and so is a part of it that has fewer."""
    frame = stored("yuv420p", (1280, 720))
    expected = whole(frame)
    np.testing.assert_array_equal(StoredPicture(frame).part(600, 300, 700, 380), expected[300:380, 600:700])
    full = stored("yuv420p", color_range=2)
    np.testing.assert_array_equal(StoredPicture(full).part(100, 60, 150, 90), whole(full)[60:90, 100:150])


def test_a_part_of_a_video_keeps_the_place_of_its_chroma():
    """H.264 has it at the left of two pixels, where a picture that is not from a file has it between them."""
    with VideoReader(VIDEO) as reader:
        frame = next(reader.frames()).picture.frame
    expected = whole(frame)
    for left, top, right, bottom in boxes(frame.width, frame.height):
        part = StoredPicture(frame).part(left, top, right, bottom)
        np.testing.assert_array_equal(part, expected[top:bottom, left:right])


def test_only_what_is_looked_at_is_made(monkeypatch):
    made = []
    part_to_rgb = Scalers.part_to_rgb

    def noted(self, frame, left, top, right, bottom):
        made.append((right - left, bottom - top))
        return part_to_rgb(self, frame, left, top, right, bottom)

    monkeypatch.setattr(Scalers, "part_to_rgb", noted)
    frame = VideoFrame(StoredPicture(stored("yuv420p", (1280, 720))), 0.0)
    frame.part(600, 300, 700, 380)
    frame.part(610, 310, 650, 350)
    frame.painted(600, 300, np.zeros((10, 10, 3), np.uint8)).part(600, 300, 650, 320)
    assert made == [(128, 128)]
    set_aside(frame)
    frame.part(610, 310, 650, 350)
    assert made == [(128, 128)] * 2
    assert frame.pixels.shape == (720, 1280, 3)


def test_what_is_painted_lies_over_it_in_turn():
    frame = VideoFrame(StoredPicture(stored("yuv420p")), 1.5, 7, 60)
    expected = frame.pixels.copy()
    painted = frame
    for left, top, value in ((20, 30, 0), (40, 40, 255)):
        patch = np.full((25, 35, 3), value, np.uint8)
        painted = painted.painted(left, top, patch)
        expected[top : top + 25, left : left + 35] = patch
    np.testing.assert_array_equal(painted.pixels, expected)
    np.testing.assert_array_equal(painted.part(30, 35, 60, 50), expected[35:50, 30:60])
    assert not (frame.pixels == expected).all()
    assert (painted.time, painted.index, painted.pts, painted.size) == (1.5, 7, 60, SIZE)


@pytest.mark.parametrize("kind", ["yuv420p", "yuv422p10le", "nv12"])
def test_a_thumbnail_shows_the_same(kind):
    smooth = np.repeat(np.linspace(20, 230, 1280).astype(np.uint8)[None, :, None], 720, 0).repeat(3, 2)
    frame = VideoReformatter().reformat(av.VideoFrame.from_ndarray(smooth, format="rgb24"), format=kind)
    small = VideoFrame(StoredPicture(frame), 0.0).thumbnail(144)
    expected = whole(frame)[::4, ::4]
    assert small.shape == expected.shape == (180, 320, 3)
    assert np.abs(small.astype(int) - expected).max() <= 2
