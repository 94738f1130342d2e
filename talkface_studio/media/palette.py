"""Reducing pictures to 256 colours, each to its own, for GIF."""

from __future__ import annotations

from fractions import Fraction

import av
from av.filter import Graph
from av.video.format import VideoFormat


class Palette:
    """FFmpeg's palette filters, frame by frame: nothing but one picture is held."""

    def __init__(self, width: int, height: int, time_base: Fraction) -> None:
        """For pictures of this size with timestamps in `time_base`."""
        self._graph = Graph()
        self._source = self._graph.add_buffer(
            width=width, height=height, format=VideoFormat("rgb24"), time_base=time_base
        )
        split = self._graph.add("split")
        make = self._graph.add("palettegen", "stats_mode=single:reserve_transparent=0")
        use = self._graph.add("paletteuse", "new=1:dither=sierra2_4a")
        self._sink = self._graph.add("buffersink")
        self._source.link_to(split)
        split.link_to(use, 0, 0)
        split.link_to(make, 1, 0)
        make.link_to(use, 0, 1)
        use.link_to(self._sink)
        self._graph.configure()
        self._base = time_base

    def reduce(self, frame: av.VideoFrame, timestamp: int) -> av.VideoFrame:
        """An RGB picture as one with a palette; timestamps rise."""
        frame.pts, frame.time_base = timestamp, self._base
        self._source.push(frame)
        reduced = self._sink.pull()
        assert isinstance(reduced, av.VideoFrame)
        return reduced
