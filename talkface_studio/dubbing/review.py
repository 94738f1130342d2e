"""What a finished dub is like: how well lips follow the voice, how sharp the mouth is, and where it is worst."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import CropLayout, FaceObservation, VideoFrame
from talkface_studio.dubbing.device import choose_device
from talkface_studio.faces.align import frame_crop
from talkface_studio.faces.region import box_size
from talkface_studio.faces.tracker import FaceTracker
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.probe import probe
from talkface_studio.media.video import VideoReader
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.quality.listener import FRAME_RATE, Listener
from talkface_studio.quality.sharpness import detail, lower_face, upper_face
from talkface_studio.quality.sync import SyncScore, sync_score
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.track import SpeechTrack

STRETCH = 5.0
"""Seconds of each stretch that is looked at."""
STRETCHES = 3
"""Of a dub that is longer: its beginning, its middle, its end."""
_LAYOUT = CropLayout(size=256)


@dataclass(frozen=True, slots=True)
class Review:
    """What was seen and heard in the frames that were looked at; None where a dub is too short, or shows no face."""

    frames: int
    without_face: int
    """Of these."""
    sync: float | None
    """Correlation of the lips with how far a listener expects them to be open, -1..1; real speech has 0.8 to 0.9."""
    late: float | None
    """Seconds by which the lips come late where they fit the voice best; negative where they are early."""
    sharpness: float | None
    """Detail of the lower face as a share of that of the eyes' region, median: 1 is as sharp."""
    worst: float | None
    """Seconds into the file, of the frame whose lower face has the least detail."""
    worst_sharpness: float | None

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A frame with the face that was reviewed."""

    time: float
    opening: float
    lower: float
    upper: float


def review(path: Path, folders: Folders) -> Review:
    """Look at and listen to a video; of a long one, at three stretches of 5 s. The largest face of each is reviewed.

    Needs no source and no reference: sync is measured by `quality.listener`, sharpness against the rest of the face.

    Raises:
        MediaError: the file cannot be read, or shows no picture.
        SpeechError: the encoder that the listener hears with is not installed.
    """
    frames = 0
    seen: list[_Seen] = []
    syncs: list[SyncScore] = []
    with ExitStack() as stack:
        video = stack.enter_context(VideoReader(path))
        speech = None
        if probe(path).audios:
            encoders = studio_encoders(choose_device("cpu", "fp32"), folders.encoders)
            speech = SpeechTrack(stack.enter_context(AudioReader(path)), encoders=encoders)
        for start, end in _stretches(video.duration):
            count, stretch = _largest(video, start, end)
            frames += count
            seen += stretch
            if speech is not None and stretch:
                syncs.append(_sync(speech, stretch))
    return _summed(frames, seen, [score for score in syncs if np.isfinite(score.correlation)])


def _summed(frames: int, seen: list[_Seen], syncs: list[SyncScore]) -> Review:
    shares = [each.lower / each.upper for each in seen if each.upper > 0]
    worst = min(seen, key=lambda each: each.lower, default=None)
    return Review(
        frames=frames,
        without_face=frames - len(seen),
        sync=float(np.mean([score.correlation for score in syncs])) if syncs else None,
        late=float(np.median([score.offset for score in syncs])) / FRAME_RATE if syncs else None,
        sharpness=float(np.median(shares)) if shares else None,
        worst=None if worst is None else worst.time,
        worst_sharpness=None if worst is None or not worst.upper else worst.lower / worst.upper,
    )


def _stretches(duration: float) -> list[tuple[float, float]]:
    if duration <= STRETCH * STRETCHES:
        return [(0.0, duration)]
    starts = np.linspace(0.0, duration - STRETCH, STRETCHES)
    return [(float(start), float(start) + STRETCH) for start in starts]


def _largest(video: VideoReader, start: float, end: float) -> tuple[int, list[_Seen]]:
    """How many frames a stretch has, and what is seen of the face that takes most of the picture in them."""
    count, sizes = 0, defaultdict[int, float](float)
    seen = defaultdict[int, list[_Seen]](list)
    with FaceTracker() as tracker:
        for tracked in tracker.track(takewhile(lambda frame: frame.time < end, video.frames(start))):
            count += 1
            for face in tracked.faces:
                sizes[face.track] += box_size(face.box)
                seen[face.track].append(_look(tracked.frame, face))
    return count, seen[max(sizes, key=lambda number: sizes[number])] if sizes else []


def _look(frame: VideoFrame, face: FaceObservation) -> _Seen:
    crop = frame_crop(frame, face, _LAYOUT)
    lower, upper = (detail(crop.pixels, region(crop.landmarks, _LAYOUT.size)) for region in (lower_face, upper_face))
    return _Seen(frame.time, lip_opening(face.landmarks), lower, upper)


def _sync(speech: SpeechTrack, seen: list[_Seen]) -> SyncScore:
    # Shifts count in the listener's own frames, whatever the rate of the film.
    times = np.arange(seen[0].time, seen[-1].time + 1e-6, 1 / FRAME_RATE)
    opening = np.interp(times, [each.time for each in seen], [each.opening for each in seen])
    return sync_score(Listener.shipped().expected(speech, times), opening)
