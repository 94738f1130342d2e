"""ArcFace (Deng et al. 2019) from an ONNX file, by onnxruntime."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from talkface_studio.api.errors import WeightsError
from talkface_studio.api.values import CropLayout, FaceCrop, FloatArray
from talkface_studio.quality.teachers.teacher import FileTeacher

SIDE = 112


class ArcFace(FileTeacher):
    """The network of an ONNX file.

    Raises:
        WeightsError: the file cannot be read or is not such a network, or onnxruntime is not installed.
    """

    # The eyes lie where the five points of insightface put them; the face is aligned by its stable points, not by five.
    layout = CropLayout(size=SIDE, eye_distance=0.453, eye_height=0.461)

    def __init__(self, path: Path) -> None:
        self._session = _session(path)
        self._input = self._session.get_inputs()[0].name

    def describe(self, crops: Sequence[FaceCrop]) -> FloatArray:
        """`(n, 512)`, not normalised."""
        pixels = np.stack([crop.pixels for crop in crops]).astype(np.float32)
        given = np.ascontiguousarray(((pixels / 255 - 0.5) / 0.5).transpose(0, 3, 1, 2))
        # Published files differ in whether they take more than one picture.
        found = [self._session.run(None, {self._input: picture[None]})[0] for picture in given]
        return np.concatenate(found).astype(np.float32)


def convert(checkpoints: Sequence[Path], output: Path) -> None:
    """Check an ONNX file of insightface and copy it to `output`.

    Raises:
        WeightsError: it is not such a network, or cannot be copied.
    """
    _session(checkpoints[0])
    try:
        shutil.copyfile(checkpoints[0], output)
    except OSError as error:
        raise WeightsError(f"{output}: the weights cannot be written: {error}") from error


def _session(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise WeightsError("ArcFace needs onnxruntime; run: pip install onnxruntime") from None
    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise WeightsError(f"{path}: not a readable ONNX network: {' '.join(str(error).split())[:120]}") from error
    wanted, given = session.get_inputs(), session.get_outputs()
    if len(wanted) != 1 or list(wanted[0].shape[1:]) != [3, SIDE, SIDE] or len(given) != 1:
        shapes = ", ".join(str(item.shape) for item in wanted)
        raise WeightsError(
            f"{path}: takes {shapes}, not (n, 3, {SIDE}, {SIDE}); give a recognition network of insightface"
        )
    return session
