"""Recognises the faces of a clip when they come back, by place within a shot and by shape across shots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from talkface_studio.api.values import FaceObservation, FloatArray, Matrix
from talkface_studio.faces.memory import PersonState
from talkface_studio.faces.region import Box, box_size, face_box

GROWTH = 1.5
"""Most that a face may grow or shrink between two sights and still be taken for the same by its place."""

FARTHEST = 0.8
"""Most that it may move meanwhile, in its own size."""

SAME_SHAPE = 0.024
"""Largest distance of two shapes of one person.

Measured on single frames of 24 speakers: of pairs from different clips of one speaker about four in five are nearer,
of pairs of different speakers one in a hundred.
"""

_BONES = np.array(
    [
        *(33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 48, 278, 188, 412, 9, 8, 151, 10),
        *(127, 356, 234, 454, 70, 300, 63, 293, 107, 336, 116, 345, 93, 323, 132, 361),
    ]
)
"""Points that speaking hardly moves."""

_LOOK_EVERY, _LOOKS = 5, 40


def face_shape(landmarks: FloatArray) -> Matrix:
    """The shape of a face's bony points, `(38, 3)`, without position and size (its norm is 1) but not without turn."""
    points = landmarks[_BONES].astype(np.float64)
    points -= points.mean(axis=0)
    shape: Matrix = points / max(float(np.linalg.norm(points)), 1e-9)
    return shape


def turned_onto(shape: Matrix, target: Matrix) -> Matrix:
    """The shape turned in space so that it fits the target best; source: Kabsch (1976)."""
    left, _, right = np.linalg.svd(shape.T @ target)
    left[:, -1] *= np.sign(np.linalg.det(left @ right))
    turned: Matrix = shape @ left @ right
    return turned


def shape_distance(shape: Matrix, other: Matrix) -> float:
    """How much two shapes differ, whichever way the heads are turned: 0 for the same."""
    return float(np.linalg.norm(turned_onto(shape, other) - other))


def place_distance(first: Box, second: Box) -> float:
    """How far apart two boxes are, in the size of the larger one."""
    middle = np.add(first[:2], first[2:]) / 2 - np.add(second[:2], second[2:]) / 2
    return float(np.hypot(*middle)) / max(box_size(first), box_size(second), 1e-6)


def same_place(first: Box, second: Box) -> bool:
    """Whether two boxes lie so near, and are so alike in size, that they can be one face."""
    larger, smaller = max(box_size(first), box_size(second)), min(box_size(first), box_size(second))
    return larger <= GROWTH * smaller and place_distance(first, second) <= FARTHEST


@dataclass(slots=True)
class _Person:
    shape: Matrix
    place: Box | None = None
    sights: int = 0


class Roll:
    """The persons of a clip, so that one who comes back keeps the number."""

    def __init__(self, persons: Sequence[PersonState] = ()) -> None:
        self._persons = {track: _Person(each.shape, each.place, each.sights) for track, each in enumerate(persons)}

    @property
    def state(self) -> tuple[PersonState, ...]:
        """The persons in the order of their tracks, as a new roll takes them."""
        return tuple(PersonState(each.shape, each.place, each.sights) for _, each in sorted(self._persons.items()))

    def saw(self, face: FaceObservation) -> None:
        """Note where a track is, and now and then what its face is like."""
        person = self._persons[face.track]
        person.place = face.box
        looks, person.sights = person.sights // _LOOK_EVERY, person.sights + 1
        if (person.sights - 1) % _LOOK_EVERY == 0 and looks < _LOOKS:
            seen = turned_onto(face_shape(face.landmarks), person.shape)
            person.shape = person.shape + (seen - person.shape) / (looks + 1)

    def new_shot(self) -> None:
        """Forget places: after a scene cut, who is where says nothing."""
        for person in self._persons.values():
            person.place = None

    def recognise(self, landmarks: FloatArray, taken: set[int]) -> int:
        """The track that this face belongs to, or a new one; `taken` are those that it cannot be."""
        box, shape = face_box(landmarks), face_shape(landmarks)
        free = {track: person for track, person in self._persons.items() if track not in taken}
        near = {
            track: place_distance(person.place, box)
            for track, person in free.items()
            if person.place is not None and same_place(person.place, box)
        }
        alike = {track: shape_distance(shape, person.shape) for track, person in free.items()}
        alike = {track: distance for track, distance in alike.items() if distance < SAME_SHAPE}
        found = near or alike
        if found:
            return min(found, key=lambda track: found[track])
        track = len(self._persons)
        self._persons[track] = _Person(shape)
        return track
