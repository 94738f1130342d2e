"""Where a face lies: the similarity that brings its stable points onto a template, and crops made with it."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import ByteArray, CropLayout, FaceCrop, FaceObservation, FloatArray, Matrix, VideoFrame

STABLE = np.array([33, 133, 362, 263, 168, 6, 197, 195, 188, 412])
"""Points that neither blinking nor speaking moves much: eye corners, bridge of the nose, its two sides."""

TEMPLATE = np.array(
    [
        (-0.5, 0.0), (-0.1938, 0.0189), (0.1938, 0.0189), (0.5, 0.0),
        (0.0, -0.0363), (0.0, 0.0542), (0.0, 0.1361), (0.0, 0.2097), (-0.1066, 0.1119), (0.1066, 0.1119),
    ]
)  # fmt: skip
"""Where `STABLE` lie in a mean face, in outer-eye distances from the middle between the outer eye corners; y is down.

Mean over 19 speakers of openly licensed talking-face clips (75 to 225 frames each, each speaker counted once), after
Procrustes alignment of every frame, mirrored and averaged so that it is symmetric.
"""

_MOST_OVERSAMPLING = 16


def fit_similarity(points: NDArray[np.floating], target: NDArray[np.floating]) -> tuple[complex, complex]:
    """Least-squares `(a, b)` with `target ≈ a * points + b`, planes read as complex numbers; `(n, 2)` each.

    `a` holds scale and rotation, so mirroring cannot come out. Source: Umeyama (1991) in two dimensions.
    """
    source = points[:, 0] + 1j * points[:, 1]
    goal = target[:, 0] + 1j * target[:, 1]
    from_middle = source - source.mean()
    a = complex((from_middle.conj() * goal).sum() / max(float((np.abs(from_middle) ** 2).sum()), 1e-12))
    return a, complex(goal.mean() - a * source.mean())


def face_matrix(landmarks: FloatArray, layout: CropLayout) -> Matrix:
    """The float64 `(2, 3)` similarity from frame to crop coordinates for a face of `landmarks` `(478, 2 or 3)`.

    A mean face gets its outer eye corners `layout.eye_distance * layout.size` pixels apart, with their middle at
    `((size - 1) / 2, eye_height * size)`.
    """
    a, b = fit_similarity(landmarks[STABLE, :2].astype(np.float64), TEMPLATE)
    scale = layout.eye_distance * layout.size
    a, b = a * scale, b * scale + complex((layout.size - 1) / 2, layout.eye_height * layout.size)
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def matrix_scale(matrix: Matrix) -> float:
    """Crop pixels per frame pixel of a similarity."""
    return float(math.hypot(matrix[0, 0], matrix[1, 0]))


def transform_landmarks(landmarks: FloatArray, matrix: Matrix) -> FloatArray:
    """Landmarks `(n, 3)` moved by a similarity; z is scaled with it."""
    flat = landmarks[:, :2].astype(np.float64) @ matrix[:, :2].T + matrix[:, 2]
    return np.column_stack([flat, landmarks[:, 2] * matrix_scale(matrix)]).astype(np.float32)


def crop_face(pixels: ByteArray, face: FaceObservation, layout: CropLayout) -> FaceCrop:
    """The aligned crop of one face of a frame, uint8 RGB `(H, W, 3)`; what lies beyond the frame repeats its edge."""
    matrix = face_matrix(face.landmarks, layout)
    return _crop(warp_to_crop(pixels, matrix, layout.size), matrix, face, layout)


def frame_crop(frame: VideoFrame, face: FaceObservation, layout: CropLayout) -> FaceCrop:
    """The same of a frame, of which no more is looked at than the crop shows."""
    matrix = face_matrix(face.landmarks, layout)
    left, top, right, bottom = _reach(matrix, layout.size, *frame.size)
    local = matrix.copy()
    local[:, 2] += matrix[:, :2] @ (left, top)
    return _crop(warp_to_crop(frame.part(left, top, right, bottom), local, layout.size), matrix, face, layout)


def _crop(pixels: ByteArray, matrix: Matrix, face: FaceObservation, layout: CropLayout) -> FaceCrop:
    return FaceCrop(pixels, matrix, transform_landmarks(face.landmarks, matrix), face.time, layout)


def _reach(matrix: Matrix, size: int, width: int, height: int) -> tuple[int, int, int, int]:
    """The box of a picture that a crop is sampled from, one pixel of its edge at least."""
    far = size - 1
    corners = np.array([(0, 0, 1), (far, 0, 1), (0, far, 1), (far, far, 1)], np.float64)
    placed = corners @ cv2.invertAffineTransform(matrix).T
    # A pixel of the crop may be the mean of as many pixels as it covers, and a bicubic kernel reaches two further.
    margin = 3 + 1 / max(matrix_scale(matrix), 1e-6)
    limits = np.array([width, height])
    low = np.clip(np.floor(placed.min(axis=0) - margin), 0, limits - 1).astype(int)
    high = np.clip(np.ceil(placed.max(axis=0) + margin) + 1, low + 1, limits).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def warp_to_crop(pixels: ByteArray, matrix: Matrix, size: int) -> ByteArray:
    """Sample a `(size, size, 3)` crop; a face larger than its crop is averaged down, so that nothing aliases."""
    times = min(math.ceil(1 / max(matrix_scale(matrix), 1e-6)), _MOST_OVERSAMPLING)
    if times == 1:
        return _warp(pixels, matrix, size, cv2.INTER_CUBIC)
    # Pixel (x, y) of the crop is the mean of a block of the larger one whose middle is times * x + (times - 1) / 2.
    larger = matrix * times
    larger[:, 2] += (times - 1) / 2
    # OpenCV samples four channels in less than half the time of three, with the same result.
    sampled = _warp(cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA), larger, size * times, cv2.INTER_LINEAR)
    shrunk = cv2.resize(sampled, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(shrunk, cv2.COLOR_RGBA2RGB), np.uint8)


def _warp(pixels: ByteArray, matrix: Matrix, size: int, interpolation: int) -> ByteArray:
    warped: ByteArray = cv2.warpAffine(
        pixels, matrix, (size, size), flags=interpolation, borderMode=cv2.BORDER_REPLICATE
    )
    return warped
