"""One dubbed frame, at any instant."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass

from talkface_studio.api.values import ByteArray
from talkface_studio.dubbing.dub import Session, composed_frame, open_session
from talkface_studio.dubbing.faces import FacedFrame, RenderedFrame
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.folders import Folders


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """A dubbed frame: uint8 RGB `(H, W, 3)`, its own time in seconds, and how long it took."""

    pixels: ByteArray
    time: float
    seconds: float
    """From the opened session to the picture."""
    setup_seconds: float
    """Opening files, finding the face, loading the model."""
    model: str
    device: str
    face_found: bool


def preview(request: DubRequest, at: float, catalog: Catalog, folders: Folders) -> PreviewResult:
    """The frame that is shown at `at` seconds of the output.

    Raises:
        MediaError: the output is not that long.
        TalkFaceError: as `dub`.
    """
    began = time.perf_counter()
    with ExitStack() as stack:
        session = open_session(request, catalog, folders, stack, writes=False)
        opened = time.perf_counter()
        item = session.picture.frame_at(at)
        pixels = _dubbed(session, item)
        return PreviewResult(
            pixels=pixels,
            time=item.frame.time,
            seconds=time.perf_counter() - opened,
            setup_seconds=opened - began,
            model=session.card.name,
            device=f"{session.device.torch_name} {session.device.precision}",
            face_found=item.crop is not None,
        )


def _dubbed(session: Session, item: FacedFrame) -> ByteArray:
    if item.crop is None:
        return item.frame.pixels
    session.picture.offer(item.crop)
    face = next(iter(session.take.render([item.frame.time])))
    return composed_frame(RenderedFrame(item.frame, item.crop, face), session.card).pixels
