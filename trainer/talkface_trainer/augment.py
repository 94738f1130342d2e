"""Changes of the pictures of a clip that leave what they show true: drawn once, applied to all its frames alike.

N frames, S and R sides of the crops before and after, P points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import ByteArray, FloatArray, Matrix

LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of red, green and blue in brightness (ITU-R BT.601)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Geometry:
    """Flip, scale, rotation and shift of crops, about their centre."""

    flip: bool = False
    scale: float = 1.0
    rotation: float = 0.0
    """Degrees, counter-clockwise in the picture."""
    shift: tuple[float, float] = (0.0, 0.0)
    """Right and down, as fractions of the side of the crop after."""

    @classmethod
    def draw(
        cls,
        rng: np.random.Generator,
        *,
        flip: float = 0.5,
        scale: float = 0.05,
        rotation: float = 5.0,
        shift: float = 0.03,
    ) -> Self:
        """A random one: mirrored with probability `flip`, the others uniform within plus and minus their bound."""
        return cls(
            flip=bool(rng.random() < flip),
            scale=float(np.exp(rng.uniform(-1, 1) * np.log1p(scale))),
            rotation=float(rng.uniform(-rotation, rotation)),
            shift=(float(rng.uniform(-shift, shift)), float(rng.uniform(-shift, shift))),
        )

    def matrix(self, before: int, after: int) -> Matrix:
        """Affine `(2, 3)` from crops of side S to crops of side R with the same centre and, but for `scale`, size."""
        angle = np.deg2rad(self.rotation)
        c, s = self.scale * np.cos(angle), self.scale * np.sin(angle)
        # y points down, so a counter-clockwise turn as seen has the minus below.
        linear = np.array([[c, s], [-s, c]])
        if self.flip:
            linear = linear @ np.diag([-1.0, 1.0])
        centre = np.full(2, (before - 1) / 2)
        target = np.full(2, (after - 1) / 2) + np.array(self.shift) * after
        return np.concatenate([linear, (target - linear @ centre)[:, None]], axis=1)

    def crops(self, crops: ByteArray, size: int) -> ByteArray:
        """Uint8 `(N, S, S, 3)` to uint8 `(N, size, size, 3)`; what lies outside repeats the border."""
        matrix = self.matrix(crops.shape[1], size)
        warped = np.empty((len(crops), size, size, crops.shape[3]), dtype=np.uint8)
        for i, crop in enumerate(crops):
            cv2.warpAffine(
                np.ascontiguousarray(crop),
                matrix,
                (size, size),
                dst=warped[i],
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        return warped

    def landmarks(self, landmarks: FloatArray, before: int, after: int, mirror: NDArray[np.int64]) -> FloatArray:
        """Points `(N, P, 2 or 3)` in crops of side `before`, to those of side `after`.

        `mirror` says which point becomes which in a mirrored picture: see `mirror.mirrored_mesh` and its neighbours.
        """
        matrix = self.matrix(before, after)
        source = landmarks[:, mirror] if self.flip else landmarks
        moved = np.array(source, dtype=np.float32)
        moved[..., :2] = source[..., :2] @ matrix[:, :2].T + matrix[:, 2]
        moved[..., 2:] *= self.scale
        return moved


@dataclass(frozen=True, kw_only=True, slots=True)
class Photometry:
    """Colour, sharpness, noise and compression."""

    gamma: float = 1.0
    contrast: float = 1.0
    brightness: float = 0.0
    """Added to values in 0..1."""
    saturation: float = 1.0
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Gains of red, green and blue."""
    blur: float = 0.0
    """Standard deviation in pixels."""
    noise: float = 0.0
    """Standard deviation in 0..255."""
    jpeg: int | None = None
    """Quality in 1..100."""
    seed: int = 0
    """Of the noise, which differs from frame to frame."""

    @classmethod
    def draw(cls, rng: np.random.Generator, *, strength: float = 1.0) -> Self:
        """A random one; 1 is strong but lifelike, 0 changes nothing."""
        degrades = rng.random(3) < 0.3 * strength
        red, green, blue = (float(gain) for gain in np.exp(rng.uniform(-0.12, 0.12, 3) * strength))
        return cls(
            gamma=float(np.exp(rng.uniform(-0.35, 0.35) * strength)),
            contrast=float(np.exp(rng.uniform(-0.2, 0.2) * strength)),
            brightness=float(rng.uniform(-0.1, 0.1) * strength),
            saturation=float(np.exp(rng.uniform(-0.5, 0.4) * strength)),
            balance=(red, green, blue),
            blur=float(rng.uniform(0.3, 1.0)) if degrades[0] else 0.0,
            noise=float(rng.uniform(1, 6)) if degrades[1] else 0.0,
            jpeg=int(rng.integers(40, 90)) if degrades[2] else None,
            seed=int(rng.integers(2**31)),
        )

    def crops(self, crops: ByteArray) -> ByteArray:
        """Uint8 RGB `(N, S, S, 3)` to the same shape."""
        rng = np.random.default_rng(self.seed)
        curves, mix = self._curves(), self._mix()
        changed = np.empty(crops.shape, dtype=np.uint8)
        for i, crop in enumerate(crops):
            picture = cv2.LUT(np.ascontiguousarray(crop), curves)
            if self.saturation != 1:
                picture = cv2.transform(picture, mix)
            if self.blur > 0:
                picture = cv2.GaussianBlur(picture, (0, 0), self.blur)
            if self.noise > 0:
                grain = rng.normal(0, self.noise, picture.shape).astype(np.float32)
                picture = np.clip(picture + grain + 0.5, 0, 255).astype(np.uint8)
            changed[i] = _compressed(picture, self.jpeg) if self.jpeg is not None else picture
        return changed

    def _curves(self) -> ByteArray:
        """What becomes of each value of each channel, `(1, 256, 3)`."""
        value = np.linspace(0, 1, 256)[:, None] ** self.gamma * np.array(self.balance)
        value = (value - 0.5) * self.contrast + 0.5 + self.brightness
        curves: ByteArray = np.round(np.clip(value, 0, 1) * 255).astype(np.uint8)[None]
        return curves

    def _mix(self) -> FloatArray:
        """Matrix `(3, 3)` that moves colours away from, or towards, their grey."""
        grey = np.tile(LUMA, (3, 1))
        return (self.saturation * np.eye(3) + (1 - self.saturation) * grey).astype(np.float32)


def _compressed(picture: ByteArray, quality: int) -> ByteArray:
    # The coder takes its input for BGR; turning the channels keeps its colour transform the right way round.
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded: ByteArray = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    return decoded[..., ::-1]
