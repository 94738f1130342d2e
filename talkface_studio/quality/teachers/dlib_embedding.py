"""dlib's embedding of `quality.identity` as a teacher."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talkface_studio.api.values import CropLayout, FaceCrop, FloatArray
from talkface_studio.quality.identity import FaceEmbedding
from talkface_studio.quality.teachers.teacher import Teacher


class DlibEmbedding(Teacher):
    """The network, loaded once.

    Raises:
        WeightsError: dlib or its network is not installed.
    """

    layout = CropLayout(size=256)

    def __init__(self) -> None:
        self._embedding = FaceEmbedding()

    def describe(self, crops: Sequence[FaceCrop]) -> FloatArray:
        """`(n, 128)`; Euclidean distances below 0.6 mean one person."""
        found = [self._embedding.embed(crop.pixels, crop.landmarks) for crop in crops]
        return np.stack(found).astype(np.float32)
