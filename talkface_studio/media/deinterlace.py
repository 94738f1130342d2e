"""Woven fields to whole pictures."""

from __future__ import annotations

from collections import deque

import av
import av.filter

_FILTER = "bwdif", "mode=send_frame:parity=auto:deint=interlaced"


class Deinterlacer:
    """Gives each picture back without its comb, one picture later. Those that are not interlaced stay as they are.

    What a picture becomes depends on those before and behind it, and on nothing else. Timestamps have to rise.
    Source: FFmpeg's filter bwdif, which joins yadif and the BBC's w3fdif.
    """

    def __init__(self) -> None:
        self._graph: av.filter.Graph | None = None
        self._layout: tuple[int, int, str] | None = None
        self._waiting: deque[av.VideoFrame] = deque()

    def push(self, frame: av.VideoFrame) -> list[av.VideoFrame]:
        """The pictures that are ready after this one."""
        layout = frame.width, frame.height, frame.format.name
        ready = self.flush() if self._layout not in {None, layout} else []
        if self._graph is None:
            self._graph, self._layout = _graph(frame), layout
        self._waiting.append(frame)
        self._graph.vpush(frame)
        return ready + self._pull()

    def flush(self) -> list[av.VideoFrame]:
        """The pictures that are left. What comes afterwards is another video."""
        if self._graph is None:
            return []
        self._graph.vpush(None)
        ready = self._pull()
        self._graph = self._layout = None
        self._waiting.clear()
        return ready

    def _pull(self) -> list[av.VideoFrame]:
        assert self._graph is not None
        ready: list[av.VideoFrame] = []
        while True:
            try:
                picture = self._graph.vpull()
            except (av.BlockingIOError, av.EOFError):
                return ready
            source = self._waiting.popleft()
            picture.pts, picture.time_base = source.pts, source.time_base
            ready.append(picture)


def _graph(frame: av.VideoFrame) -> av.filter.Graph:
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base, name="in"
    )
    bwdif, sink = graph.add(*_FILTER), graph.add("buffersink")
    source.link_to(bwdif)
    bwdif.link_to(sink)
    graph.configure()
    return graph
