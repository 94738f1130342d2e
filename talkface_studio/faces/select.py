"""Which of the faces of a clip is meant, and what is known of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from talkface_studio.api.errors import FaceNotFoundError
from talkface_studio.api.values import FaceObservation, FaceTrack
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.faces.region import Box
from talkface_studio.faces.tracked import TrackedFrame

_FIRST_LOOK = 1.0
"""Seconds from the first face on over which faces are ranked by size."""


def choose_face(frames: Iterable[TrackedFrame], choice: FaceChoice) -> FaceObservation:
    """The chosen face where it was recognised; its `track` names it in the rest of the clip.

    Reads no more frames than needed: the first second with faces, or up to `choice.time`.

    Raises:
        FaceNotFoundError: there is no such face; the message names those that there are.
    """
    return _by_index(frames, choice.index) if choice.point is None else _by_point(frames, choice.point, choice.time)


def choose_observation(faces: tuple[FaceObservation, ...], choice: FaceChoice) -> FaceObservation:
    """The chosen one of the faces of a single picture.

    Raises:
        FaceNotFoundError: there is no such face; the message names those that there are.
    """
    if choice.point is None:
        return _ranked(sorted(faces, key=lambda face: -_area(face.box)), choice.index)
    return _nearest(faces, choice.point, "the picture")


def summarise(frames: Iterable[TrackedFrame]) -> tuple[FaceTrack, ...]:
    """What is known of each person over these frames, in the order of their tracks."""
    known: dict[int, FaceTrack] = {}
    for tracked in frames:
        for face in tracked.faces:
            known[face.track] = _extended(known.get(face.track), face)
    return tuple(known[track] for track in sorted(known))


def _extended(known: FaceTrack | None, face: FaceObservation) -> FaceTrack:
    if known is None:
        return FaceTrack(face.track, face.time, face.time, 1, face.box)
    count = known.frames + 1
    left, top, right, bottom = (old + (new - old) / count for old, new in zip(known.box, face.box, strict=True))
    return replace(known, last_time=face.time, frames=count, box=(left, top, right, bottom))


def _by_index(frames: Iterable[TrackedFrame], index: int) -> FaceObservation:
    first: dict[int, FaceObservation] = {}
    area: dict[int, float] = {}
    end: float | None = None
    for tracked in frames:
        if end is not None and tracked.frame.time > end:
            break
        for face in tracked.faces:
            end = tracked.frame.time + _FIRST_LOOK if end is None else end
            first.setdefault(face.track, face)
            # Sums, not means: a face that is seen throughout goes before one that is seen in passing.
            area[face.track] = area.get(face.track, 0.0) + _area(face.box)
    return _ranked([first[track] for track in sorted(first, key=lambda track: -area[track])], index)


def _by_point(frames: Iterable[TrackedFrame], point: tuple[float, float], time: float) -> FaceObservation:
    near: TrackedFrame | None = None
    for tracked in frames:
        if near is None or abs(tracked.frame.time - time) <= abs(near.frame.time - time):
            near = tracked
        if tracked.frame.time >= time:
            break
    if near is None:
        raise FaceNotFoundError(f"there is no frame at {time:.2f} s; choose a time inside the clip")
    return _nearest(near.faces, point, f"the frame at {near.frame.time:.2f} s")


def _ranked(faces: list[FaceObservation], index: int) -> FaceObservation:
    if not faces:
        raise FaceNotFoundError("no face was found; use a picture or video in which a face is seen from the front")
    if not 0 <= index < len(faces):
        raise FaceNotFoundError(
            f"there is no face {index}; {_count(len(faces))} found, largest first: {_places(faces)}; "
            f"choose 0 to {len(faces) - 1}"
        )
    return faces[index]


def _nearest(faces: tuple[FaceObservation, ...], point: tuple[float, float], where: str) -> FaceObservation:
    if not faces:
        raise FaceNotFoundError(f"no face was found in {where}; choose a time at which the face is seen")
    hits = [face for face in faces if _covers(face.box, point)]
    if not hits:
        raise FaceNotFoundError(
            f"there is no face at {point[0]:.0f},{point[1]:.0f} in {where}; "
            f"{_count(len(faces))} found: {_places(list(faces))}"
        )
    return min(hits, key=lambda face: float(np.hypot(*(np.subtract(_centre(face.box), point)))))


def _covers(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _count(number: int) -> str:
    return "1 face was" if number == 1 else f"{number} faces were"


def _places(faces: list[FaceObservation]) -> str:
    places = []
    for face in faces:
        x, y = _centre(face.box)
        places.append(f"{face.box[2] - face.box[0]:.0f} px wide at {x:.0f},{y:.0f}")
    return "; ".join(places)
