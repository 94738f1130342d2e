"""The stages from a source's frames to composed ones, as threads over bounded channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from talkface_studio.api.card import ModelCard
from talkface_studio.api.generator import Take
from talkface_studio.api.values import VideoFrame
from talkface_studio.dubbing.channel import Channel, Job
from talkface_studio.dubbing.faces import FacedFrame, RenderedFrame
from talkface_studio.dubbing.heap import keep_outside
from talkface_studio.dubbing.render import render_frames
from talkface_studio.dubbing.session import Session
from talkface_studio.faces.cut import put_crop
from talkface_studio.faces.paste import paste_face
from talkface_studio.media.encoders import VideoSettings
from talkface_studio.media.stored_picture import set_aside

T = TypeVar("T")

FRAMES_AHEAD = 6
"""Frames that may wait between two stages, where `BYTES_AHEAD` allows it."""
BYTES_AHEAD = 25 * 2**20
"""What the frames that wait between two stages may take; at 1080p two fit."""
_FRAME_BYTES = 4.5
"""Of a pixel: RGB, and the picture as it was decoded."""
_DECODED_BYTES = 1.5
"""Of a pixel of the picture as it was decoded, or more."""
_ROUNDING = 1e-6
"""Seconds; far more than adding to a time and subtracting from it again changes."""
FACE_GAP = 1.0
"""Seconds without the face after which a take's window ends."""


def add_picture_stages(
    job: Job,
    session: Session,
    *,
    behind: float,
    index: int,
    window: int,
    without_face: set[int],
) -> Channel[VideoFrame]:
    """Add a stage that decodes, one that tracks, and two for each role; gives where the composed frames come out.

    Frames begin behind the time `behind` with number `index`; a take's window ends every `window` frames. The numbers
    of frames that were to be dubbed and show no face are added to `without_face`.
    """
    picture = session.picture
    ahead = frames_ahead(picture.settings)
    large = ahead < FRAMES_AHEAD
    if large:
        keep_outside(int(picture.settings.width * picture.settings.height * _DECODED_BYTES))
    decoded: Channel[VideoFrame] = job.channel(ahead)
    faced: Channel[FacedFrame] = job.channel(ahead)

    def note_missing(item: FacedFrame) -> FacedFrame:
        if item.in_range and item.crop is None and not any(item.rest):
            without_face.add(item.frame.index)
        if large:
            # Many frames wait for a model; large ones do so as they were decoded alone.
            set_aside(item.frame)
        return item

    frames = picture.frames(behind, index)
    job.stage("decode", lambda: job.pump("decode", frames, decoded))
    job.stage("faces", lambda: job.pump("faces", map(note_missing, picture.faced(decoded)), faced))
    alone = len(session.roles) == 1
    source = faced
    for number, (role, take) in enumerate(zip(session.roles, session.takes, strict=True)):
        suffix = "" if alone else f" {number + 1}"
        rendered = _render_stage(
            job,
            f"render{suffix}",
            source,
            ahead,
            take=take,
            offer=picture.faces[number].offer,
            window=window,
            modest=session.device.kind == "cpu",
        )
        if number == len(session.roles) - 1:
            return _compose_stage(job, f"compose{suffix}", rendered, ahead, partial(composed_frame, card=role.card))
        source = _compose_stage(job, f"compose{suffix}", rendered, ahead, partial(_passed_on, card=role.card))
    raise AssertionError("a session has a role")


def frames_ahead(settings: VideoSettings) -> int:
    """How many frames of such a video may wait between two stages, 2 or more."""
    fitting = BYTES_AHEAD // (settings.width * settings.height * _FRAME_BYTES)
    return max(2, min(FRAMES_AHEAD, int(fitting)))


def on_output_time(frames: Iterable[VideoFrame], origin: float) -> Iterable[VideoFrame]:
    """Frames of a clip by the time of an output that begins `origin` seconds into it."""
    return frames if origin == 0 else (replace(frame, time=frame.time - origin) for frame in frames)


def behind(until: float, origin: float) -> float:
    """The clip's time of the output's frame at `until`: frames after it are later than this."""
    return until + origin + (_ROUNDING if origin else 0.0)


def _render_stage(
    job: Job,
    name: str,
    source: Channel[FacedFrame],
    ahead: int,
    *,
    take: Take,
    offer: Callable[[Any], None],
    window: int,
    modest: bool,
) -> Channel[RenderedFrame]:
    out: Channel[RenderedFrame] = job.channel(ahead)
    rendered = render_frames(take, source, offer, gap=FACE_GAP, window=window)
    # A network takes all it gets, while what it made waits for the encoder, whose every frame must be on time.
    job.stage(name, lambda: job.pump(name, rendered, out), modest=modest)
    return out


def _compose_stage(
    job: Job,
    name: str,
    source: Channel[RenderedFrame],
    ahead: int,
    compose: Callable[[RenderedFrame], T],
) -> Channel[T]:
    out: Channel[T] = job.channel(ahead)
    job.stage(name, lambda: job.pump(name, map(compose, source), out))
    return out


def composed_frame(item: RenderedFrame, card: ModelCard) -> VideoFrame:
    """The frame with its rendered face pasted in, or as it is."""
    if item.crop is None or item.face is None:
        return item.frame
    if card.region == "crop":
        return put_crop(item.frame, item.crop, item.face)
    return paste_face(item.frame, item.crop, item.face, card.region)


def _passed_on(item: RenderedFrame, card: ModelCard) -> FacedFrame:
    """The composed frame with the crop for the next role, which was cut from the source's own picture."""
    return FacedFrame(composed_frame(item, card), next(iter(item.rest), None), rest=item.rest[1:])
