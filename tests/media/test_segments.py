"""Segments of every codec are joined to one stream without a frame lost or moved."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.values import VideoFrame
from talkface_studio.media.codecs import VIDEO_CODECS
from talkface_studio.media.encoders import VideoSettings
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.segments import SegmentJoiner, SegmentWriter
from talkface_studio.media.video import VideoReader

NUMBERED = [
    (name, suffix)
    for name, codec in VIDEO_CODECS.items()
    if codec.software is None and codec.joins and name != "png"
    for suffix in codec.containers
]


@pytest.mark.parametrize("variable", [False, True])
@pytest.mark.parametrize(("codec", "suffix"), NUMBERED)
def test_joined_segments_are_one_clip(tmp_path: Path, frame_number, codec: str, suffix: str, variable: bool):
    base = Fraction(1, 30_000)
    settings = VideoSettings(width=64, height=48, frame_rate=Fraction(30_000, 1001), time_base=base, variable=variable)
    encoding, output = Encoding(codec=codec, crf=10), tmp_path / f"out.{suffix}"
    ticks = [index * 1001 for index in range(45)]
    shift = None
    with SegmentJoiner(output, settings, None, encoding) as joiner:
        for number, indices in enumerate((range(16), range(16, 32), range(32, 45))):
            writer = SegmentWriter(tmp_path / f"{number}.segment", output, settings, encoding, shift=shift)
            for index in indices:
                pixels = np.full((48, 64, 3), 16 + 3 * index, np.uint8)
                writer.write_frame(VideoFrame(pixels, float(ticks[index] * base), index, ticks[index], base))
            span, shift = writer.finish(), writer.shift
            joiner.append(writer.path, span)
    with VideoReader(output) as reader:
        frames = list(reader.frames())
    assert [frame_number(frame.pixels) for frame in frames] == list(range(45))
    assert [frame.time for frame in frames] == pytest.approx([float(tick * base) for tick in ticks], abs=6e-4)
