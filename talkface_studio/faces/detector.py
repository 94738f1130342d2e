"""Faces in single pictures, small ones in large pictures included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from talkface_studio.api.values import ByteArray, FaceObservation, FloatArray, VideoFrame
from talkface_studio.faces.landmarker import Landmarker
from talkface_studio.faces.model import find_landmarker
from talkface_studio.faces.region import Box, Region, box_size, face_box, fitting_side, observation, overlap

_SAME_FACE = 0.4
"""Two boxes that share more than this part of the smaller one are one face."""

_LOOKS = 2
"""The first look finds a face that has moved; the second sees it in the middle, as a search does."""

_LEAST_TILE = 160
_MOST_TILES = 200


class FaceDetector:
    """Finds every face of a picture, largest first.

    The network's own search sees faces of about a sixth of the picture's longer side or more. So the picture is
    searched whole, then in overlapping square tiles, and, while nothing is found, in ever smaller tiles.
    """

    def __init__(self, *, max_faces: int = 4, model: Path | None = None) -> None:
        """Find the model; the network is loaded when it is first used.

        Raises:
            WeightsError: the model is missing or damaged; see `find_landmarker`.
        """
        self._max_faces = max_faces
        self._model = find_landmarker(model)
        self._loaded: Landmarker | None = None

    @property
    def _finder(self) -> Landmarker:
        if self._loaded is None:
            self._loaded = Landmarker(self._model, max_faces=self._max_faces)
        return self._loaded

    def detect(self, pixels: ByteArray, time: float = 0.0) -> tuple[FaceObservation, ...]:
        """At most `max_faces` faces of a picture, largest first, numbered in that order as tracks.

        `pixels` is uint8 RGB `(H, W, 3)`; landmarks come in its pixels.
        """
        faces: list[FloatArray] = []
        for candidate in self.search(pixels):
            # A second look at full resolution; what it does not confirm was no face.
            region = Region.around(candidate)
            seen = [region.to_frame(found) for found in self._finder.find(region.cut(pixels))]
            same = [face for face in seen if overlap(face_box(face), face_box(candidate)) > _SAME_FACE]
            if same:
                best = max(same, key=lambda face: overlap(face_box(face), face_box(candidate)))
                _add(faces, best)
        faces.sort(key=lambda face: -box_size(face_box(face)))
        return tuple(observation(face, time, track=number) for number, face in enumerate(faces[: self._max_faces]))

    def look(self, frame: VideoFrame, landmarks: FloatArray) -> FaceObservation | None:
        """The face of a frame about where one was, the only place that is looked at; None where none is seen there."""
        for _ in range(_LOOKS):
            region = Region.around(landmarks)
            box = face_box(landmarks)
            seen = [region.to_frame(found) for found in self._finder.find(region.cut(frame))]
            if not seen:
                return None
            landmarks = max(seen, key=lambda face: overlap(face_box(face), box))
        return observation(landmarks, frame.time)

    def search(self, pixels: ByteArray, *, levels: int = 8, without: Sequence[Box] = ()) -> list[FloatArray]:
        """A quick look: landmarks of candidates in frame pixels.

        `levels` bounds the work: 0 searches the whole picture only, each further level halves the tiles. `without` are
        the boxes of faces that are known already; looking away from them saves the time that their landmarks would
        take.
        """
        faces: list[FloatArray] = []
        if without:
            pixels = _without(pixels, without)
        for level, regions in enumerate(_levels(*pixels.shape[:2])):
            if level > levels or (faces and level > 1):
                break
            for region in regions:
                for found in self._finder.find(region.cut(pixels)):
                    _add(faces, region.to_frame(found))
        return sorted(faces, key=lambda face: -box_size(face_box(face)))[: 2 * self._max_faces]

    def close(self) -> None:
        """Free the network. Calling it twice is allowed."""
        if self._loaded is not None:
            self._loaded.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _add(faces: list[FloatArray], face: FloatArray) -> None:
    if all(overlap(face_box(face), face_box(other)) <= _SAME_FACE for other in faces):
        faces.append(face)


def _without(pixels: ByteArray, boxes: Sequence[Box]) -> ByteArray:
    covered = pixels.copy()
    for left, top, right, bottom in boxes:
        grey = (128, 128, 128)
        cv2.rectangle(covered, (round(left), round(top)), (round(right), round(bottom)), grey, cv2.FILLED)
    return covered


def _levels(height: int, width: int) -> Iterator[list[Region]]:
    side = fitting_side(max(height, width))
    yield [Region((width - side) // 2, (height - side) // 2, side)]
    side = fitting_side(min(height, width, side * 0.6))
    while side >= _LEAST_TILE:
        tiles = [Region(left, top, side) for top in _starts(height, side) for left in _starts(width, side)]
        if len(tiles) > _MOST_TILES:
            return
        yield tiles
        side = fitting_side(side / 2)


def _starts(length: int, side: int) -> list[int]:
    """Starts of tiles that cover `length` with an overlap of at least two fifths."""
    if length <= side:
        return [(length - side) // 2]
    count = int(np.ceil((length - side) / (0.6 * side))) + 1
    return [int(start) for start in np.linspace(0, length - side, count).round()]
