"""How alike two sets of pictures are as a whole: the Frechet distance of their features.

With the 2,048 features of the TensorFlow Inception network it is the FID. With any other features, as here offline, the
number is on another scale: it is called `fid_local`, and is comparable only with the same features.
"""

from __future__ import annotations

import numpy as np

from talkface_studio.api.values import FloatArray, Matrix


class FeatureStatistics:
    """Mean and covariance of feature vectors `(n, dim)`, gathered batch by batch in constant memory."""

    def __init__(self, dim: int) -> None:
        self.count = 0
        self._sum = np.zeros(dim)
        self._products = np.zeros((dim, dim))

    def add(self, features: FloatArray) -> None:
        """Take in a batch `(n, dim)`.

        Raises:
            ValueError: the vectors are of another length.
        """
        if features.ndim != 2 or features.shape[1] != len(self._sum):
            raise ValueError(f"features of shape {features.shape} are not (n, {len(self._sum)})")
        wide = features.astype(np.float64)
        self.count += len(wide)
        self._sum += wide.sum(axis=0)
        self._products += wide.T @ wide

    @property
    def mean(self) -> Matrix:
        """Float64 `(dim,)`."""
        return self._sum / self.count

    @property
    def covariance(self) -> Matrix:
        """Unbiased, float64 `(dim, dim)`."""
        return (self._products - self.count * np.outer(self.mean, self.mean)) / (self.count - 1)


def frechet_distance(real: FeatureStatistics, generated: FeatureStatistics) -> float:
    """|m_r - m_g|^2 + Tr(S_r + S_g - 2 (S_r S_g)^(1/2)), Heusel et al. 2017, Eq. 6; 0 for equal statistics.

    Full rank needs more pictures than features: with fewer the number is biased upwards, and only rows of the same
    count compare. Never average it over batches.

    Raises:
        ValueError: a side has fewer than two vectors.
    """
    if min(real.count, generated.count) < 2:
        raise ValueError("the Frechet distance needs at least two pictures on each side")
    first, second = real.covariance, generated.covariance
    # (S_r S_g)^(1/2) has the trace of (R S_g R)^(1/2) with R the root of S_r, which is symmetric and so stable.
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    difference = real.mean - generated.mean
    return max(0.0, float(difference @ difference + np.trace(first) + np.trace(second) - 2 * cross))
