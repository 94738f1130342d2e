from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import pytest

from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Take
from talkface_studio.api.values import FaceCrop, RenderedFace, VideoFrame
from talkface_studio.dubbing.faces import ClipFace, FacedFrame
from talkface_studio.dubbing.render import render_frames

PIXELS = np.zeros((8, 8, 3), np.uint8)


def frame(index: int, *, face: bool) -> FacedFrame:
    time = index / 25
    crop = FaceCrop(PIXELS, np.eye(2, 3), np.zeros((478, 3), np.float32), time) if face else None
    return FacedFrame(VideoFrame(np.zeros((16, 16, 3), np.uint8), time, index), crop)


class Batching(Take):
    """Looks `batch` instants ahead, as real models do."""

    def __init__(self, face: ClipFace, batch: int = 4) -> None:
        self.face, self.batch, self.windows = face, batch, 0

    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        self.windows += 1
        source = iter(times)
        while batch := list(islice(source, self.batch)):
            for crop in self.face.crops(batch):
                yield RenderedFace(crop.pixels, crop.time)


def run(pattern: str, batch: int = 4, gap: float = 1.0) -> tuple[list[tuple[int, bool]], Batching]:
    face = ClipFace(())
    take = Batching(face, batch)
    frames = [frame(index, face=letter == "F") for index, letter in enumerate(pattern)]
    out = list(render_frames(take, frames, face.offer, gap=gap))
    return [(item.frame.index, item.face is not None) for item in out], take


@pytest.mark.parametrize("batch", [1, 4, 100])
@pytest.mark.parametrize(
    "pattern", ["", "F", ".", "FFFFFFFFFF", "..........", "..FF..FF..", "F.F.F.F.F.F", "." * 60 + "FF" + "." * 60 + "F"]
)
def test_every_frame_comes_out_once_in_order_and_faces_where_there_are_any(pattern: str, batch: int) -> None:
    out, _ = run(pattern, batch)
    assert out == [(index, letter == "F") for index, letter in enumerate(pattern)]


def test_a_long_stretch_without_a_face_opens_a_new_window_and_a_short_one_does_not() -> None:
    assert run("FF" + "." * 10 + "FF")[1].windows == 1
    assert run("FF" + "." * 60 + "FF")[1].windows == 2


def test_frames_that_wait_for_the_take_are_bounded() -> None:
    face = ClipFace(())
    read = 0

    def endless() -> Iterator[FacedFrame]:
        nonlocal read
        while True:
            yield frame(read, face=read == 0)
            read += 1

    out = render_frames(Batching(face, 100), endless(), face.offer, gap=1.0)
    first = list(islice(out, 1))
    assert first[0].face is not None
    assert read < 40


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda faces: faces[:-1], "gave no face for"),
        (lambda faces: [*faces, faces[-1]], "that nobody asked for"),
        (lambda faces: [faces[1], faces[0], *faces[2:]], "gave the face of"),
        (lambda faces: [RenderedFace(np.zeros((4, 4, 3), np.uint8), faces[0].time)], r"\(4, 4, 3\)"),
        (lambda faces: [RenderedFace(np.zeros((8, 8, 3), np.float32), faces[0].time)], "float32"),
    ],
)
def test_a_take_that_breaks_the_contract_is_named(change, message) -> None:
    class Broken(Take):
        def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
            return iter(change([RenderedFace(PIXELS, time) for time in times]))

    frames = [frame(index, face=True) for index in range(3)]
    with pytest.raises(PluginError, match=message):
        list(render_frames(Broken(), frames, lambda crop: None, gap=1.0))


def test_a_plugin_may_ask_for_a_crop_only_once_and_only_where_it_was_asked_to_render() -> None:
    face = ClipFace(())
    face.offer(frame(0, face=True).crop)
    assert len(list(face.crops([0.0]))) == 1
    for time in (0.0, 0.5):
        with pytest.raises(PluginError, match="was not asked to render"):
            list(face.crops([time]))
