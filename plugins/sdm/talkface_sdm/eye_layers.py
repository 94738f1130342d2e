"""Eyes in layers: the eyeball, which may look another way than the head, and the upper lid, which may come down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_sdm.fields import Window, sampled, smooth_step
from talkface_studio.api.values import ByteArray, FloatArray


@dataclass(frozen=True, slots=True)
class EyePoints:
    """Mesh points of one eye: corners, the lids' edges between them, and the iris."""

    upper: NDArray[np.int64]
    lower: NDArray[np.int64]
    iris: int
    brow: NDArray[np.int64]
    """Its lower edge."""


EYES = (
    EyePoints(
        np.array([33, 246, 161, 160, 159, 158, 157, 173, 133]),
        np.array([33, 7, 163, 144, 145, 153, 154, 155, 133]),
        468,
        np.array([53, 52, 65]),
    ),
    EyePoints(
        np.array([362, 398, 384, 385, 386, 387, 388, 466, 263]),
        np.array([362, 382, 381, 380, 374, 373, 390, 249, 263]),
        473,
        np.array([283, 282, 295]),
    ),
)
"""The person's right eye (left in the picture) and left eye."""
FOLD = 0.7
"""How far above the lid's edge skin is drawn down with it, as a part of the way to the brow."""
MARGIN = 0.5
"""Room around an eye, in eye distances, for the head's motion."""
IRIS = 0.085
"""Radius, in eye distances, of what turns with the iris."""
CLOSED = 0.97
"""How much of its way a lid that is closed has gone: the lashes need some room."""


@dataclass(frozen=True, slots=True)
class EyeLayers:
    """One eye of a photo, ready to look and to blink."""

    window: Window
    photo: ByteArray
    lid: FloatArray
    """How much each pixel is lid or lies above it, float32 `(h, w)`."""
    ball: FloatArray
    """How much each pixel is eyeball, float32 `(h, w)`."""
    drop: FloatArray
    """Where the skin goes when the lid closes, at the knots, `(H, W, 2)`."""
    turn: FloatArray
    """How much the eyeball's picture goes with its gaze, at the knots, `(H, W, 1)`."""
    reach: FloatArray
    """Where the eye may change the picture, float32 `(h, w)`."""

    @classmethod
    def of(cls, pixels: ByteArray, mesh: FloatArray, points: EyePoints, unit: float) -> Self:
        """From the crop and the mesh `(478, 3)` in its pixels."""
        outline = mesh[np.concatenate([points.upper, points.lower]), :2]
        room = MARGIN * unit
        window = Window.around(outline.min(axis=0) - room, outline.max(axis=0) + room, pixels.shape[0], unit / 36)
        frame = _EyeFrame.of(mesh, points)
        u, v = frame.place(window.pixels)
        above, below = frame.edge(mesh, points.upper, u), frame.edge(mesh, points.lower, u)
        soft = max(0.012 * unit, 0.7)
        # Lashes grow from the lid's edge and go with it.
        lid = np.clip((above + 0.012 * unit - v) / soft + 0.5, 0, 1)
        ball = np.clip((v - above) / soft + 0.5, 0, 1) * np.clip((below - v) / soft + 0.5, 0, 1)
        ku, kv = frame.place(window.knots)
        kabove, kbelow = frame.edge(mesh, points.upper, ku), frame.edge(mesh, points.lower, ku)
        brow = frame.place(mesh[points.brow, :2])
        fold = FOLD * float(np.mean(frame.edge(mesh, points.upper, brow[0]) - brow[1]))
        way = CLOSED * np.maximum(kbelow - kabove, 0) * smooth_step(kv - kabove, -max(fold, 0.05 * unit), 0.0)
        iris = mesh[points.iris, :2]
        far = np.linalg.norm(window.knots - iris, axis=2)
        centre = outline.mean(axis=0) - np.array([window.left, window.top])
        height, width = window.height, window.width
        y, x = np.mgrid[:height, :width].astype(np.float32)
        away = np.hypot((x - centre[0]) / 0.42, (y - centre[1]) / 0.36) / unit
        return cls(
            window=window,
            photo=np.ascontiguousarray(pixels[window.slices]),
            lid=lid.astype(np.float32),
            ball=ball.astype(np.float32),
            drop=(way[..., None] * frame.across).astype(np.float32),
            turn=(1 - smooth_step(far, IRIS * unit, 2.2 * IRIS * unit))[..., None],
            reach=1 - smooth_step(away, 0.75, 1.0),
        )

    def drawn(self, picture: ByteArray, face: FloatArray, closure: float, gaze: FloatArray) -> ByteArray:
        """The window of `picture` with the eye as wanted, uint8 `(h, w, 3)`.

        `face` is the face's field at the window's knots, `closure` 0..1, and `gaze` `(2,)` px is the iris's own move.
        """
        window, origin = self.window, self.window.corner
        own = window.sources(window.inverse(face)) - origin
        made = picture[window.slices].astype(np.float32)
        if np.abs(gaze).max() > 0.05:
            turned = window.sources(window.inverse(face + self.turn * gaze)) - origin
            ball = sampled(self.photo, turned, cv2.INTER_CUBIC).astype(np.float32)
            made += (ball - made) * sampled(self.ball, own)[..., None]
        if closure > 0.01:
            places = window.sources(window.inverse(face + closure * self.drop)) - origin
            skin = sampled(self.photo, places, cv2.INTER_CUBIC).astype(np.float32)
            share = sampled(self.lid, places) * sampled(self.reach, own)
            made += (skin - made) * share[..., None]
        drawn: ByteArray = np.clip(np.round(made), 0, 255).astype(np.uint8)
        return drawn


@dataclass(frozen=True, slots=True)
class _EyeFrame:
    """Axes between an eye's corners, and across."""

    corner: NDArray[np.float64]
    along: NDArray[np.float64]

    @property
    def across(self) -> NDArray[np.float64]:
        return np.array([-self.along[1], self.along[0]])

    @classmethod
    def of(cls, mesh: FloatArray, points: EyePoints) -> Self:
        first, last = mesh[points.upper[0], :2].astype(np.float64), mesh[points.upper[-1], :2].astype(np.float64)
        return cls(first, (last - first) / max(float(np.linalg.norm(last - first)), 1e-6))

    def place(self, pixels: FloatArray) -> tuple[FloatArray, FloatArray]:
        offset = pixels - self.corner
        return (offset @ self.along).astype(np.float32), (offset @ self.across).astype(np.float32)

    def edge(self, mesh: FloatArray, points: NDArray[np.int64], u: FloatArray) -> FloatArray:
        at, height = self.place(mesh[points, :2])
        order = np.argsort(at)
        return np.interp(u, at[order], height[order]).astype(np.float32)
