"""One face that is being followed."""

from __future__ import annotations

import numpy as np

from talkface_studio.api.values import FaceObservation, FloatArray, VideoFrame
from talkface_studio.faces.between import STEPS
from talkface_studio.faces.identity import place_distance, same_place
from talkface_studio.faces.landmarker import Landmarker
from talkface_studio.faces.memory import FollowedState
from talkface_studio.faces.region import Region, box_size, face_box, fitting_side, observation

_LOOKS = 2
"""The first look finds the face roughly; from the next one on it is where one that was followed is."""

_SIDE_SLACK = 1.2
"""The region keeps its size until the face has grown or shrunk by this factor."""


class Followed:
    """A face that is looked for in a region around where it was last."""

    def __init__(self, landmarker: Landmarker) -> None:
        self.landmarker = landmarker
        self.track = -1
        self.visible = False
        self.last_time = float("-inf")
        self.landmarks: FloatArray = np.zeros((478, 3), np.float32)
        self._region = Region(0, 0, 1)

    def begin(self, landmarks: FloatArray, frame: VideoFrame) -> None:
        """Look for a face that was found near these landmarks of this frame, and follow it from there."""
        self.landmarker.forget()
        self.landmarks = landmarks
        self._region = Region.around(landmarks)
        self.update(frame)

    def update(self, frame: VideoFrame) -> None:
        """Find the face in its region and move the region after it.

        The network starts from where the face was in the last region. As each region is centred on the face of the
        frame before, that place is the face's last position plus its last motion.
        """
        faces = self.landmarker.find(self._region.cut(frame))
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
        side = fitting_side(2 * box_size(face_box(found)))
        keep = self._region.side / _SIDE_SLACK < side < self._region.side * _SIDE_SLACK
        self._region = Region.around(found, side=self._region.side if keep else side)

    def lose(self) -> None:
        """Note that the face is not seen now."""
        self.visible = False

    def seen_at(self, time: float) -> bool:
        """Whether the face was found in the frame of this time."""
        return self.visible and self.last_time == time

    def resembles(self, landmarks: FloatArray) -> bool:
        """Whether landmarks lie so near, and are so large, that they can be this face."""
        return same_place(face_box(self.landmarks), face_box(landmarks))

    def distance(self, landmarks: FloatArray) -> float:
        """How far landmarks are from where the face was, in its size."""
        return place_distance(face_box(self.landmarks), face_box(landmarks))

    @property
    def observation(self) -> FaceObservation:
        """The face as it was last seen."""
        landmarks = (np.round(self.landmarks * STEPS) / STEPS).astype(np.float32)
        return observation(landmarks, self.last_time, track=self.track)

    def found_by(self, landmarker: Landmarker, frame: VideoFrame) -> bool:
        """Whether a network that knows nothing of the face finds it where it is expected in this frame."""
        landmarker.forget()
        cut = self._region.cut(frame)
        for _ in range(_LOOKS):
            faces = landmarker.find(cut)
            if not faces or not self.resembles(self._region.to_frame(faces[0])):
                return False
        return True

    @property
    def state(self) -> FollowedState:
        """What `restored` makes the same face of."""
        return FollowedState(self.track, self.visible, self.last_time, self.landmarks, self._region)

    @classmethod
    def restored(cls, state: FollowedState, landmarker: Landmarker) -> Followed:
        """The face of this state; the network has still to be led to it by `found_by`."""
        face = cls(landmarker)
        face.track, face.visible, face.last_time = state.track, state.visible, state.last_time
        face.landmarks, face._region = state.landmarks, state.region
        return face
