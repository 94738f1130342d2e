"""Small classifiers that training made, as teachers; see `nn.face_classifier`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from talkface_studio.api.values import FaceCrop, FloatArray
from talkface_studio.nn.face_classifier import load_classifier
from talkface_studio.quality.teachers.pixels import stacked
from talkface_studio.quality.teachers.teacher import FileTeacher


class _Local(FileTeacher):
    def __init__(self, path: Path) -> None:
        self.network = load_classifier(path)
        self.layout = self.network.config.layout

    def _seen(self, crops: Sequence[FaceCrop]) -> tuple[Tensor, Tensor]:
        with torch.inference_mode():
            embedding, logits = self.network(stacked(crops, self.layout) / 255)
        return embedding, logits


class LocalEmbedding(_Local):
    """What the layer before the classes says.

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """

    def describe(self, crops: Sequence[FaceCrop]) -> FloatArray:
        """`(n, D)`."""
        found: FloatArray = self._seen(crops)[0].numpy()
        return found


class LocalClassifier(_Local):
    """Logits of the classes.

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.labels = self.network.config.labels

    def describe(self, crops: Sequence[FaceCrop]) -> FloatArray:
        """A logit for each of `labels`, `(n, D)`."""
        found: FloatArray = self._seen(crops)[1].numpy()
        return found
