"""Frames that are not looked at: where faces hardly move, every other one lies between what its neighbours show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talkface_studio.api.values import FaceObservation
from talkface_studio.faces.region import box_size, observation

STEPS = 64
"""Landmarks are kept to this part of a pixel, far finer than they are found, so that they can be stored exactly."""

_SLOW = 0.25
"""Face sizes a second below which a face hardly moves: where it lies between two frames is then known to a few
hundredths of what a head turned in between could add."""


class Pace:
    """Tells from the frames that were looked at whether the next one may be left out."""

    def __init__(self) -> None:
        self.seen: tuple[FaceObservation, ...] = ()
        """The faces of the last frame that was looked at."""
        self.slow = False

    def restart(self) -> None:
        """Forget what was seen: the next two frames are to be looked at."""
        self.seen, self.slow = (), False

    def looked(self, faces: Sequence[FaceObservation]) -> None:
        """Note the faces of a frame that was looked at."""
        before = {face.track: face for face in self.seen}
        known = bool(faces) and before.keys() == {face.track for face in faces}
        self.slow = known and all(_speed(before[face.track], face) < _SLOW for face in faces)
        self.seen = tuple(faces)


def faces_between(
    before: Sequence[FaceObservation], after: Sequence[FaceObservation], time: float
) -> tuple[FaceObservation, ...]:
    """The faces at a time between two frames; one that is not seen behind it is where it was."""
    later = {face.track: face for face in after}
    return tuple(_between(face, later.get(face.track, face), time) for face in before)


def _between(before: FaceObservation, after: FaceObservation, time: float) -> FaceObservation:
    span = after.time - before.time
    share = np.float32((time - before.time) / span if span > 0 else 0.0)
    landmarks = before.landmarks + share * (after.landmarks - before.landmarks)
    return observation((np.round(landmarks * STEPS) / STEPS).astype(np.float32), time, track=before.track)


def _speed(before: FaceObservation, after: FaceObservation) -> float:
    """Mean way of the landmarks, in face sizes a second."""
    way = np.linalg.norm(after.landmarks[:, :2] - before.landmarks[:, :2], axis=1).mean()
    return float(way / box_size(after.box) / max(after.time - before.time, 1e-6))
