"""The value that flows through the stages of face tracking."""

from __future__ import annotations

from dataclasses import dataclass

from talkface_studio.api.values import FaceObservation, VideoFrame


@dataclass(frozen=True, slots=True)
class TrackedFrame:
    """A frame and the faces seen in it, at most one per track; empty where there is none.

    `shot` counts the scene cuts before this frame.
    """

    frame: VideoFrame
    faces: tuple[FaceObservation, ...] = ()
    shot: int = 0

    def face(self, track: int) -> FaceObservation | None:
        """The face of this track, or None where it is not seen."""
        return next((face for face in self.faces if face.track == track), None)
