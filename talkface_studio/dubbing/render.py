"""Drives a take over a stream of frames, of which some have no face to dub."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Take
from talkface_studio.api.values import FaceCrop, RenderedFace
from talkface_studio.dubbing.faces import FacedFrame, RenderedFrame


def render_frames(
    take: Take, frames: Iterable[FacedFrame], offer: Callable[[FaceCrop], None], *, gap: float, window: int = 0
) -> Iterator[RenderedFrame]:
    """Every frame once, in order, with the rendered face where it has a crop.

    A run of frames without a face that is longer than `gap` seconds ends the take's window and a new one is opened
    behind it; so the frames that wait for the take are bounded by its look-ahead and the gap. With `window`, a new one
    is opened at every frame whose index is a multiple of it, so that what is rendered from there on does not depend on
    how a model groups the frames before: in the last bits of its pixels it would.

    Raises:
        PluginError: the take gives too many or too few faces, or one of the wrong time or size.
    """
    if window:
        for _, group in groupby(frames, lambda item: item.frame.index // window):
            yield from render_frames(take, group, offer, gap=gap)
        return
    source = iter(frames)
    for item in source:
        if item.crop is None:
            yield _untouched(item)
        else:
            yield from _render_run(take, item, source, offer, gap)


def _render_run(
    take: Take,
    first: FacedFrame,
    source: Iterator[FacedFrame],
    offer: Callable[[FaceCrop], None],
    gap: float,
) -> Iterator[RenderedFrame]:
    waiting: deque[FacedFrame] = deque()

    def instants() -> Iterator[float]:
        item: FacedFrame | None = first
        last = first.frame.time
        while item is not None:
            waiting.append(item)
            if item.crop is not None:
                last = item.frame.time
                offer(item.crop)
                yield last
            elif item.frame.time - last > gap:
                return
            item = next(source, None)

    for face in take.render(instants()):
        while waiting and waiting[0].crop is None:
            yield _untouched(waiting.popleft())
        if not waiting:
            raise PluginError(f"the plugin gave a face for {face.time:.3f} s that nobody asked for")
        item = waiting.popleft()
        yield RenderedFrame(item.frame, item.crop, _checked(face, item), item.rest)
    for item in waiting:
        if item.crop is not None:
            raise PluginError(f"the plugin gave no face for {item.frame.time:.3f} s")
        yield _untouched(item)


def _untouched(item: FacedFrame) -> RenderedFrame:
    return RenderedFrame(item.frame, rest=item.rest)


def _checked(face: RenderedFace, item: FacedFrame) -> RenderedFace:
    crop = item.crop
    if crop is None or face.time != item.frame.time:
        raise PluginError(f"the plugin gave the face of {face.time:.3f} s for {item.frame.time:.3f} s")
    if face.pixels.shape != crop.pixels.shape or face.pixels.dtype != crop.pixels.dtype:
        raise PluginError(
            f"the plugin gave a face of {face.pixels.shape} {face.pixels.dtype} at {face.time:.3f} s, "
            f"not {crop.pixels.shape} {crop.pixels.dtype}"
        )
    return face
