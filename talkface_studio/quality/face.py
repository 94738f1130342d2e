"""How far a generated mouth is from the true one, from landmarks that the same detector found in both.

Landmarks are given as arrays: `(N, 68, 2)` in iBUG's order or `(N, P, 2)`, frame by frame in the same crop and size;
`api.landmarks` maps the mesh to them. Frames in which no face was found are left out by the caller, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from talkface_studio.api.landmarks import IBUG_MOUTH
from talkface_studio.api.values import FloatArray, Matrix


@dataclass(frozen=True, slots=True)
class LandmarkDistance:
    """Landmark distance (LMD) of mouth points in three conventions, in the unit of the landmarks; 0 is perfect."""

    centred: float
    """Each mouth's own mean taken off first; mean over the 20 points, then over frames: the number to report."""
    summed: float
    """The same, summed over the 20 points: what ATVG's script prints."""
    absolute: float
    """Without taking off the mean: Chen et al. 2018 as written."""


def lmd(real: FloatArray, generated: FloatArray) -> LandmarkDistance:
    """LMD over mouth points 48-67 of `(N, 68, 2)` landmarks; pixels of a 256-pixel crop by convention.

    (1/N)(1/P) sum_n sum_p |l_r(n, p) - l_g(n, p)|, Chen et al., "Lip Movements Generation at a Glance", 2018.

    Raises:
        ValueError: the arrays differ in shape, hold no frame, or hold no 68 points.
    """
    _check_pair(real, generated)
    if real.shape[1] != 68:
        raise ValueError(f"68 landmarks are needed, not {real.shape[1]}")
    first, second = (side[:, IBUG_MOUTH].astype(np.float64) for side in (real, generated))
    absolute = _distances(first, second)
    centred = _distances(first - first.mean(axis=1, keepdims=True), second - second.mean(axis=1, keepdims=True))
    return LandmarkDistance(float(centred.mean()), float(centred.sum(axis=1).mean()), float(absolute.mean()))


def lip_lmd(real: FloatArray, generated: FloatArray, size: tuple[float, float]) -> float:
    """LipLMD of LTFG-GAN: mean distance of lip and lower-jaw points, as a share of the crop's side.

    `(N, P, 2)` landmarks, P = 57 for `api.landmarks.CONTENT57`; `size` is the crop's width and height in the same unit,
    and divides x and y. Not centred. The paper's values are about 0.011.

    Raises:
        ValueError: the arrays differ in shape or hold no frame.
    """
    _check_pair(real, generated)
    scale = np.array(size, dtype=np.float64)
    return float(_distances(real / scale, generated / scale).mean())


def opening_correlation(real: ArrayLike, generated: ArrayLike) -> float:
    """Pearson correlation of two curves of lip opening `(N,)` over one clip, -1..1; NaN where one does not move.

    Raises:
        ValueError: the curves differ in length or are empty.
    """
    first, second = _curves(real, generated)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def amplitude_ratio(real: ArrayLike, generated: ArrayLike) -> float:
    """How much the generated mouth moves: standard deviation of its opening `(N,)` over that of the true one.

    1 is right, 0 a mouth that never moves; NaN where the true one does not.

    Raises:
        ValueError: the curves differ in length or are empty.
    """
    first, second = _curves(real, generated)
    return float(second.std() / first.std()) if np.ptp(first) > 0 else float("nan")


def _distances(first: Matrix, second: Matrix) -> Matrix:
    return np.asarray(np.linalg.norm(first - second, axis=-1))


def _check_pair(real: FloatArray, generated: FloatArray) -> None:
    if real.shape != generated.shape or real.ndim != 3 or real.shape[2] != 2 or len(real) == 0:
        raise ValueError(f"landmarks of shapes {real.shape} and {generated.shape} are not two equal (N, P, 2)")


def _curves(real: ArrayLike, generated: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = np.asarray(real, dtype=np.float64), np.asarray(generated, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1 or len(first) == 0:
        raise ValueError(f"curves of shapes {first.shape} and {second.shape} are not two equal (N,)")
    return first, second
