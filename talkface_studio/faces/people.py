"""Recognises the persons of a clip in single frames that lie anywhere in it."""

from __future__ import annotations

from collections.abc import Container

from talkface_studio.api.values import FloatArray, Matrix
from talkface_studio.faces.identity import SAME_SHAPE, face_shape, same_place, shape_distance, turned_onto
from talkface_studio.faces.region import Box, face_box

SAME_SHAPE_IN_PLACE = 2 * SAME_SHAPE
"""Largest distance of two shapes of one person where one was seen last in the place of the other."""
_SIGHTS = 10


class People:
    """Numbers persons from 0 in the order in which they are first seen.

    Frames may be far apart and of different shots, so a place alone says little, unlike for `identity.Roll`: who sits
    where another sat before must also be somewhat like them.
    """

    def __init__(self) -> None:
        self._shapes: list[Matrix] = []
        self._places: list[Box] = []
        self._sights: list[int] = []

    def recognise(self, landmarks: FloatArray, taken: Container[int] = ()) -> int:
        """The number of the person with these landmarks, float32 `(478, 3)`; `taken` are those that it cannot be."""
        shape, box = face_shape(landmarks), face_box(landmarks)
        distances = {
            number: distance
            for number, known in enumerate(self._shapes)
            if number not in taken
            and (distance := shape_distance(shape, known))
            < (SAME_SHAPE_IN_PLACE if same_place(self._places[number], box) else SAME_SHAPE)
        }
        if not distances:
            self._shapes.append(shape)
            self._places.append(box)
            self._sights.append(1)
            return len(self._shapes) - 1
        number = min(distances, key=lambda number: distances[number])
        self._places[number] = box
        self._sights[number] = sights = min(self._sights[number] + 1, _SIGHTS)
        # The mean shape is steadier than that of a single frame.
        known = self._shapes[number]
        self._shapes[number] = known + (turned_onto(shape, known) - known) / sights
        return number
