"""Clips of two people: the one of the sample photo, and another one with a longer face that she is the model of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from talkface_studio.api.values import VideoFrame
from talkface_studio.faces.detector import FaceDetector

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
WIDTH, HEIGHT, SIDE = 480, 240, 200
RATE = 25


LONGER = 1.3
"""Of the second face, from chin to forehead, against the first one's."""


@cache
def people() -> tuple[np.ndarray, np.ndarray]:
    """Two square portraits of `SIDE` pixels with the face in the middle."""
    with Image.open(SAMPLES / "portrait.jpg") as photo:
        picture = np.asarray(photo.convert("RGB"))
    with FaceDetector() as detector:
        left, top, right, bottom = detector.detect(np.ascontiguousarray(picture))[0].box
    x, y, scale = (left + right) / 2, (top + bottom) / 2, SIDE / (1.7 * (bottom - top))
    return _portrait(picture, x, y, scale, scale), _portrait(picture, x, y, scale / LONGER, scale)[..., ::-1]


def _portrait(picture: np.ndarray, x: float, y: float, across: float, down: float) -> np.ndarray:
    matrix = np.array([[across, 0, SIDE / 2 - across * x], [0, down, SIDE / 2 - down * y]])
    return np.asarray(cv2.warpAffine(picture, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE))


def swapping(seconds: float = 2.0) -> Iterator[VideoFrame]:
    """The first person walks from left to right, in front of the second, who walks the other way."""
    count = round(seconds * RATE)
    for index in range(count):
        way = round((WIDTH - SIDE) * index / (count - 1))
        yield _frame(index, [(1, WIDTH - SIDE - way), (0, way)])


def beside(seconds: float) -> Iterator[VideoFrame]:
    """Both people next to each other, the first one at the left."""
    for index in range(round(seconds * RATE)):
        yield _frame(index, [(0, 20 + index % 3), (1, WIDTH - SIDE - 20)])


def cutting(shots: tuple[int, ...] = (0, 1, 0), seconds: float = 0.8) -> Iterator[VideoFrame]:
    """One person at a time, both in the same place, with a hard cut between the shots."""
    length = round(seconds * RATE)
    for index in range(length * len(shots)):
        person = shots[index // length]
        yield _frame(index, [(person, 140 + index % length)], background=(70, 150)[person])


def _frame(index: int, places: list[tuple[int, int]], background: int = 90) -> VideoFrame:
    pixels = np.full((HEIGHT, WIDTH, 3), background, np.uint8)
    pixels[:, ::40] = 255 - background
    for person, left in places:
        mask = _mask()
        area = pixels[20 : 20 + SIDE, left : left + SIDE]
        area[:] = np.where(mask, people()[person], area)
    return VideoFrame(pixels, index / RATE, index)


@cache
def _mask() -> np.ndarray:
    mask = np.zeros((SIDE, SIDE, 1), np.uint8)
    cv2.ellipse(mask, (SIDE // 2, SIDE // 2), (round(SIDE * 0.4), SIDE // 2), 0, 0, 360, 1, cv2.FILLED)
    return mask.astype(bool)
