"""Bridges short gaps of tracks, so that a blink of the detector does not switch a face off."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from talkface_studio.api.values import FaceObservation
from talkface_studio.faces.region import box_move, box_size, face_box
from talkface_studio.faces.tracked import TrackedFrame

_FARTHEST = 0.5
"""A face that moved by more than this part of its size during a gap cannot be guessed in between."""

_GROWTH = 1.4


def bridge_gaps(frames: Iterable[TrackedFrame], *, longest: float = 0.4) -> Iterator[TrackedFrame]:
    """The same frames; where a track was lost for at most `longest` seconds, its face is interpolated linearly.

    Such faces have `observed=False` and half the score. Longer gaps, and gaps across a scene cut, stay. Frames are
    held back for at most `longest` seconds, and only while a track is missing.
    """
    held: deque[TrackedFrame] = deque()
    seen: dict[int, FaceObservation] = {}
    shot = 0
    for frame in frames:
        if frame.shot != shot:
            yield from held
            held.clear()
            seen.clear()
            shot = frame.shot
        now = frame.frame.time
        for face in frame.faces:
            before = seen.get(face.track)
            if before is not None and now - before.time <= longest + 1e-6 and _bridgeable(before, face):
                _fill(held, before, face)
            seen[face.track] = face
        seen = {track: face for track, face in seen.items() if now - face.time <= longest + 1e-6}
        held.append(frame)
        settled = min((face.time for face in seen.values()), default=now)
        while held and held[0].frame.time <= settled:
            yield held.popleft()
    yield from held


def _bridgeable(before: FaceObservation, after: FaceObservation) -> bool:
    first, second = box_size(before.box), box_size(after.box)
    near = box_move(before.box, after.box) <= _FARTHEST * max(first, second)
    return near and max(first, second) <= _GROWTH * min(first, second)


def _fill(held: deque[TrackedFrame], before: FaceObservation, after: FaceObservation) -> None:
    for position, frame in enumerate(held):
        time = frame.frame.time
        if not before.time < time < after.time:
            continue
        part = np.float32((time - before.time) / (after.time - before.time))
        landmarks = before.landmarks + (after.landmarks - before.landmarks) * part
        face = FaceObservation(
            landmarks=landmarks,
            box=face_box(landmarks),
            score=0.5 * min(before.score, after.score),
            time=time,
            track=before.track,
            observed=False,
        )
        held[position] = replace(frame, faces=tuple(sorted((*frame.faces, face), key=lambda each: each.track)))
