"""Frames that are not looked at: where faces hardly move, every other one lies between what its neighbours show."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from talkface_studio.api.values import FaceObservation, VideoFrame
from talkface_studio.faces.region import box_size, observation
from talkface_studio.faces.tracked import TrackedFrame

STEPS = 64
"""Landmarks are kept to this part of a pixel, far finer than they are found, so that they can be stored exactly."""

_SLOW = 0.25
"""Face sizes a second below which a face hardly moves: where it lies between two frames is then known to a few
hundredths of what a head turned in between could add."""


class Pace:
    """Decides which frames are looked at, and gives those left out their faces."""

    def __init__(self) -> None:
        self.left_out: VideoFrame | None = None
        """The frame that waits for the next one that is looked at."""
        self._seen: tuple[FaceObservation, ...] = ()
        self._slow = False

    def restart(self) -> None:
        """Forget what was seen: the next two frames are to be looked at."""
        self._seen, self._slow = (), False

    def leaves_out(self, frame: VideoFrame) -> bool:
        """Whether this frame, the next one, need not be looked at."""
        if not self._slow or self.left_out is not None:
            return False
        self.left_out = frame
        return True

    def missing(self, faces: Sequence[FaceObservation]) -> set[int]:
        """The tracks that were seen before the frame that was left out and are not among these faces."""
        return set() if self.left_out is None else {face.track for face in self._seen} - {face.track for face in faces}

    def looked(
        self, frame: VideoFrame, faces: tuple[FaceObservation, ...], shot: int, there: Collection[int]
    ) -> list[TrackedFrame]:
        """This frame with the faces seen in it, and before it the one that was left out.

        Of the faces that are `missing`, those of the tracks `there` were in that one, about where they were before.
        """
        seen = [*self._between(faces, shot, there), TrackedFrame(frame, faces, shot)]
        before = {face.track: face for face in self._seen}
        known = bool(faces) and before.keys() == {face.track for face in faces}
        self._slow = known and all(_speed(before[face.track], face) < _SLOW for face in faces)
        self._seen = faces
        return seen

    def rest(self, shot: int, there: Collection[int]) -> list[TrackedFrame]:
        """The frame that was left out where nothing that shows the same follows; `there` as for `looked`."""
        seen = self._between((), shot, there)
        self.restart()
        return seen

    def _between(self, after: tuple[FaceObservation, ...], shot: int, there: Collection[int]) -> list[TrackedFrame]:
        frame, self.left_out = self.left_out, None
        if frame is None:
            return []
        shown = {face.track for face in after} | set(there)
        before = [face for face in self._seen if face.track in shown]
        return [TrackedFrame(frame, faces_between(before, after, frame.time), shot)]


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
