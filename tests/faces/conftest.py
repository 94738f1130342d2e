"""Portraits to find, and clips made by moving them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from talkface_studio.api.values import ByteArray, FaceObservation, Matrix, VideoFrame
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.faces.tracker import FaceTracker

Mover = Callable[[float], Matrix]


@pytest.fixture(scope="session")
def portrait() -> ByteArray:
    """A public-domain portrait of 512 x 512 pixels whose face is about 110 pixels high."""
    return np.ascontiguousarray(astronaut())


@pytest.fixture(scope="session")
def bust(portrait: ByteArray) -> ByteArray:
    """The portrait's head and shoulders, 256 x 256."""
    return np.ascontiguousarray(portrait[0:256, 96:352])


@pytest.fixture(scope="session")
def detector() -> Iterator[FaceDetector]:
    with FaceDetector() as shared:
        yield shared


@pytest.fixture(scope="session")
def tracker() -> Iterator[FaceTracker]:
    with FaceTracker() as shared:
        yield shared


@pytest.fixture(scope="session")
def face(portrait: ByteArray, detector: FaceDetector) -> FaceObservation:
    """The portrait's face."""
    return detector.detect(portrait)[0]


@pytest.fixture(scope="session")
def moving(portrait: ByteArray) -> Callable[..., list[VideoFrame]]:
    """Makes a clip of the portrait, which an affine of the time moves onto a plain canvas."""

    def make(
        move: Mover, *, seconds: float = 1.0, rate: float = 25.0, size: tuple[int, int] = (384, 288)
    ) -> list[VideoFrame]:
        frames = []
        for index in range(round(seconds * rate)):
            time = index / rate
            pixels = cv2.warpAffine(
                portrait,
                move(time),
                size,
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=(90,) * 3,
            )
            frames.append(VideoFrame(pixels, time, index))
        return frames

    return make
