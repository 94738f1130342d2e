"""One face that is being followed, and the memory of those that were."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from talkface_studio.api.values import FaceObservation, FloatArray, VideoFrame
from talkface_studio.faces.landmarker import Landmarker
from talkface_studio.faces.region import Region, box_size, face_box, observation

_GROWTH = 1.5
"""Most that a face may grow or shrink between two sights and still be the same."""

_FARTHEST = 0.8
"""Most that it may move meanwhile, in its own size."""

_SIDE_SLACK = 1.2
"""The region keeps its size until the face has grown or shrunk by this factor."""


class Followed:
    """A face that is looked for in a region around where it was last."""

    def __init__(self, landmarker: Landmarker, track: int) -> None:
        self.landmarker = landmarker
        self.track = track
        self.visible = False
        self.last_time = float("-inf")
        self.landmarks: FloatArray = np.zeros((478, 3), np.float32)
        self._region = Region(0, 0, 1)

    def begin(self, landmarks: FloatArray) -> None:
        """Look for the face around these landmarks next."""
        self.landmarks = landmarks
        self._region = Region.around(landmarks)

    def update(self, frame: VideoFrame) -> None:
        """Find the face in its region and move the region after it.

        The network starts from where the face was in the last region. As each region is centred on the face of the
        frame before, that place is the face's last position plus its last motion.
        """
        faces = self.landmarker.find(self._region.cut(frame.pixels))
        if not faces:
            self.lose()
            return
        found = self._region.to_frame(faces[0])
        if not self.resembles(found):
            self.lose()
            return
        self.landmarks = found
        self.visible = True
        self.last_time = frame.time
        side = round(2 * box_size(face_box(found)))
        keep = self._region.side / _SIDE_SLACK < side < self._region.side * _SIDE_SLACK
        self._region = Region.around(found, side=self._region.side if keep else max(8, side))

    def lose(self) -> None:
        """Note that the face is not seen now."""
        self.visible = False

    def seen_at(self, time: float) -> bool:
        """Whether the face was found in the frame of this time."""
        return self.visible and self.last_time == time

    def resembles(self, landmarks: FloatArray) -> bool:
        """Whether landmarks lie so near, and are so large, that they can be this face."""
        return _near(face_box(self.landmarks), face_box(landmarks))

    def distance(self, landmarks: FloatArray) -> float:
        """How far landmarks are from where the face was, in its size."""
        return _distance(face_box(self.landmarks), face_box(landmarks))

    @property
    def observation(self) -> FaceObservation:
        """The face as it was last seen."""
        return observation(self.landmarks, self.last_time, track=self.track)


@dataclass
class Roll:
    """Remembers where every track was last, so that a person who comes back keeps the number."""

    _known: dict[int, FaceObservation] = field(default_factory=dict)
    _next: int = 0

    def saw(self, face: FaceObservation) -> None:
        """Note where a track is."""
        self._known[face.track] = face

    def new_shot(self) -> None:
        """Forget places: after a scene cut, who is where says nothing."""
        self._known.clear()

    def recognise(self, landmarks: FloatArray, taken: set[int]) -> int:
        """The track that these landmarks belong to, or a new one."""
        box = face_box(landmarks)
        candidates = [face for track, face in self._known.items() if track not in taken and _near(face.box, box)]
        if candidates:
            return min(candidates, key=lambda face: _distance(face.box, box)).track
        self._next += 1
        return self._next - 1


def _distance(first: tuple[float, float, float, float], second: tuple[float, float, float, float]) -> float:
    middle = np.add(first[:2], first[2:]) / 2 - np.add(second[:2], second[2:]) / 2
    return float(np.hypot(*middle)) / max(box_size(first), box_size(second), 1e-6)


def _near(first: tuple[float, float, float, float], second: tuple[float, float, float, float]) -> bool:
    larger, smaller = max(box_size(first), box_size(second)), min(box_size(first), box_size(second))
    return larger <= _GROWTH * smaller and _distance(first, second) <= _FARTHEST
