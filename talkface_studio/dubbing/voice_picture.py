"""The picture of a dub that was given no face: the model makes all of it, at 25 frames a second."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from talkface_studio.api.card import ModelCard
from talkface_studio.api.values import FaceCrop, VideoFrame
from talkface_studio.dubbing.faces import FacedFrame
from talkface_studio.dubbing.picture import PHOTO_RATE, Chosen, check_instant, still_settings


class NoFace:
    """What stands where other dubs have a face: its model is started without one."""

    def offer(self, crop: FaceCrop) -> None:
        """Nothing to do: the model looks at no crop."""


class VoicePicture:
    """An empty picture of the size that the model's card says, for as long as the speech lasts."""

    def __init__(self, card: ModelCard, duration: float) -> None:
        size = card.crop.size
        self._count = max(math.ceil(duration * PHOTO_RATE - 1e-6), 1)
        self._pixels = np.zeros((size, size, 3), np.uint8)
        self._crop = FaceCrop(self._pixels, np.eye(2, 3), np.zeros((478, 3), np.float32), 0.0, card.crop.layout)
        self.chosen = Chosen(0, (0.0, 0.0, float(size), float(size)))
        self.cast = (self.chosen,)
        self.face = None
        self.faces = (NoFace(),)
        self.origin = 0.0
        self.settings = still_settings(size, size)
        self.total = self._count

    def frames(self, behind: float = -math.inf, index: int = 0) -> Iterator[VideoFrame]:  # noqa: ARG002
        """See `Picture.frames`."""
        for number in range(index, self._count):
            yield VideoFrame(self._pixels, number / PHOTO_RATE, number, number, Fraction(1, PHOTO_RATE))

    def faced(self, frames: Iterable[VideoFrame]) -> Iterator[FacedFrame]:
        """Each frame with all of it as the crop."""
        for frame in frames:
            yield FacedFrame(frame, replace(self._crop, time=frame.time))

    def frame_at(self, time: float) -> FacedFrame:
        """The empty picture at this instant.

        Raises:
            MediaError: the speech is not that long.
        """
        check_instant(time, self._count / PHOTO_RATE)
        index = min(int(time * PHOTO_RATE + 1e-6), self._count - 1)
        return next(self.faced([VideoFrame(self._pixels, index / PHOTO_RATE, index)]))

    def offer(self, crop: FaceCrop) -> None:
        """Nothing to do: the model looks at no crop."""

    def close(self) -> None:
        """Nothing to close."""
