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


def as_plane(points: NDArray[np.floating]) -> NDArray[np.complexfloating]:
    """The x and y of `points` `(n, 2 or 3)` read as complex numbers `(n,)` of the same precision."""
    return points[:, 0] + 1j * points[:, 1]


def fit_similarity(points: NDArray[np.floating], target: NDArray[np.floating]) -> tuple[complex, complex]:
    """Least-squares `(a, b)` with `target ≈ a * points + b`, planes read as complex numbers; `(n, 2)` each.

    `a` holds scale and rotation, so mirroring cannot come out. Source: Umeyama (1991) in two dimensions.
    """
    source, goal = as_plane(points), as_plane(target)
    middle = source.sum() / len(source)
    from_middle = source - middle
    a = complex((from_middle.conj() * goal).sum() / max(float((np.abs(from_middle) ** 2).sum()), 1e-12))
    return a, complex(goal.sum() / len(goal) - a * middle)


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
    (a, b, x), (c, d, y) = cv2.invertAffineTransform(matrix).tolist()
    far = size - 1
    # A pixel of the crop may be the mean of as many pixels as it covers, and a bicubic kernel reaches two further.
    margin = 3 + 1 / max(matrix_scale(matrix), 1e-6)
    left, right = _sampled(x + min(a * far, 0) + min(b * far, 0), x + max(a * far, 0) + max(b * far, 0), margin, width)
    top, bottom = _sampled(y + min(c * far, 0) + min(d * far, 0), y + max(c * far, 0) + max(d * far, 0), margin, height)
    return left, top, right, bottom


def _sampled(first: float, last: float, margin: float, length: int) -> tuple[int, int]:
    """Which of `length` pixels lie in `first..last` and a margin around it, at least one; the end is outside."""
    low = min(max(math.floor(first - margin), 0), length - 1)
    return low, min(max(math.ceil(last + margin) + 1, low + 1), length)


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
