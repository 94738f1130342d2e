"""Principal components of canonical landmarks, in the scale that the networks see.

Dimension letters: N faces, K components, L the 136 coordinates x0 y0 x1 y1 ...
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkface_studio.api.values import FloatArray


@dataclass(frozen=True, slots=True)
class PcaBasis:
    """The corpus mean and its principal directions.

    `mean` is `(136,)` and `directions` `(136, K)` orthonormal, or None to keep all coordinates; both in network units,
    which are `scale` times canonical coordinates.
    """

    mean: FloatArray
    directions: FloatArray | None
    scale: float = 5.0

    @classmethod
    def fit(
        cls, landmarks: FloatArray, components: int, *, scale: float = 5.0, weights: FloatArray | None = None
    ) -> PcaBasis:
        """From canonical landmarks `(N, 68, 2)`; `weights` `(N,)` balances speakers; 0 components keeps everything.

        Signs are chosen so that the largest entry of every direction is positive: the same data give the same basis.
        """
        rows = landmarks.reshape(len(landmarks), -1).astype(np.float64) * scale
        share = np.full(len(rows), 1 / len(rows)) if weights is None else weights.astype(np.float64) / weights.sum()
        mean = share @ rows
        if not components:
            return cls(mean.astype(np.float32), None, scale)
        covariance = ((rows - mean) * share[:, None]).T @ (rows - mean)
        _, vectors = np.linalg.eigh(covariance)
        directions = vectors[:, ::-1][:, :components]
        signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(components)])
        return cls(mean.astype(np.float32), (directions * signs).astype(np.float32), scale)

    @property
    def size(self) -> int:
        """Number of coefficients."""
        return 136 if self.directions is None else int(self.directions.shape[1])

    def to_network(self, landmarks: FloatArray) -> FloatArray:
        """Canonical `(N, 68, 2)` to network units `(N, 136)`."""
        return (landmarks.reshape(len(landmarks), -1) * np.float32(self.scale)).astype(np.float32)

    def to_canonical(self, rows: FloatArray) -> FloatArray:
        """Network units `(N, 136)` to canonical `(N, 68, 2)`."""
        return (rows / np.float32(self.scale)).reshape(len(rows), 68, 2).astype(np.float32)

    def project(self, landmarks: FloatArray) -> FloatArray:
        """Canonical `(N, 68, 2)` to coefficients `(N, K)`."""
        centred = self.to_network(landmarks) - self.mean
        return centred if self.directions is None else (centred @ self.directions).astype(np.float32)

    def unproject(self, coefficients: FloatArray) -> FloatArray:
        """Coefficients `(N, K)` to canonical landmarks `(N, 68, 2)`."""
        centred = coefficients if self.directions is None else coefficients @ self.directions.T
        return self.to_canonical((centred + self.mean).astype(np.float32))
