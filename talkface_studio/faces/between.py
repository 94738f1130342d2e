"""Frames that are not looked at: where faces hardly move, they lie between what their neighbours show."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from talkface_studio.api.values import FaceObservation, VideoFrame
from talkface_studio.faces.region import box_size, observation
from talkface_studio.faces.tracked import TrackedFrame

STEPS = 64
"""Landmarks are kept to this part of a pixel, far finer than they are found, so that they can be stored exactly."""

_SLOW, _STILL = 0.25, 0.12
"""Face sizes a second below which a face hardly moves, and every other frame is looked at, and every third. Between
them a face is then known to a thousandth of its size, about as well as where it was looked at."""

_LONGEST = 0.09
"""Seconds behind a look within which frames may be left out: lips move fast."""


class Pace:
    """Decides which frames are looked at, and gives those left out their faces.

    At most `skipped` in a row are left out.
    """

    def __init__(self, skipped: int = 2) -> None:
        self.left_out: list[VideoFrame] = []
        """The frames that wait for the next one that is looked at."""
        self._seen: tuple[FaceObservation, ...] = ()
        self._skipped, self._most = skipped, 0

    def restart(self) -> None:
        """Forget what was seen: the next two frames are to be looked at."""
        self._seen, self._most = (), 0

    def leaves_out(self, frame: VideoFrame) -> bool:
        """Whether this frame, the next one, need not be looked at."""
        if len(self.left_out) == self._most or frame.time > self._seen[0].time + _LONGEST:
            return False
        self.left_out.append(frame)
        return True

    def missing(self, faces: Sequence[FaceObservation]) -> set[int]:
        """The tracks that were seen before the frames that were left out and are not among these faces."""
        return {face.track for face in self._seen} - {face.track for face in faces} if self.left_out else set()

    def looked(
        self, frame: VideoFrame, faces: tuple[FaceObservation, ...], shot: int, there: Sequence[Collection[int]]
    ) -> list[TrackedFrame]:
        """This frame with the faces seen in it, and before it those that were left out.

        Of the faces that are `missing`, those of the tracks `there` were in each of them, about where they were before.
        """
        seen = [*self._between(faces, shot, there), TrackedFrame(frame, faces, shot)]
        before = {face.track: face for face in self._seen}
        known = bool(faces) and before.keys() == {face.track for face in faces}
        fastest = max((_speed(before[face.track], face) for face in faces), default=0.0) if known else np.inf
        self._most = min(self._skipped, 2 if fastest < _STILL else 1 if fastest < _SLOW else 0)
        self._seen = faces
        return seen

    def rest(self, shot: int, there: Sequence[Collection[int]]) -> list[TrackedFrame]:
        """The frames that were left out where nothing that shows the same follows; `there` as for `looked`."""
        seen = self._between((), shot, there)
        self.restart()
        return seen

    def _between(
        self, after: tuple[FaceObservation, ...], shot: int, there: Sequence[Collection[int]]
    ) -> list[TrackedFrame]:
        frames, self.left_out = self.left_out, []
        followed = {face.track for face in after}
        seen = []
        for frame, others in zip(frames, there, strict=True):
            before = [face for face in self._seen if face.track in followed or face.track in others]
            seen.append(TrackedFrame(frame, faces_between(before, after, frame.time), shot))
        return seen


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
