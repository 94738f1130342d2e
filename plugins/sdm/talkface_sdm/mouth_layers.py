"""The mouth in layers: what is inside, the lower lip over it, the upper lip over that.

Lips part where they touch in the photo, which no smooth field can do. So each lip has a field of its own, equal to the
face's away from the mouth, and between them what is inside is seen: upper teeth, which move with the skull and not
with the lips, before the dark.

Dimension letters: P points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_sdm.fields import Spread, Window, sampled, smooth_step
from talkface_sdm.mouth_closing import CUT, LOWER_EDGE, UPPER_EDGE, MouthClosing
from talkface_studio.api.values import ByteArray, FloatArray

OUTER = np.array([61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146])
"""Around the lips."""
UPPER_POINTS, LOWER_POINTS = np.array([49, 50, 51, 52, 53, 61, 62, 63]), np.array([55, 56, 57, 58, 59, 65, 66, 67])
"""Of iBUG 68: what moves with either lip alone."""
CORNERS = np.array([48, 54, 60, 64])
MARGIN = 0.62
"""Room around the lips, in eye distances: for what a lip takes along, and for the head's motion."""
TAKEN_ALONG = 0.38
"""How far, in eye distances, skin goes with a lip."""
SOFTNESS = 0.012
"""Width, in eye distances, over which a lip's edge fades."""
SHADOW, SHADOW_WIDTH = 0.4, 0.018
"""How much darker it is right below the upper lip where it has met the lower one, and how far, in eye distances."""
DIMMEST = 0.45
"""Light, as a part of that in an open mouth, that falls into the narrowest gap."""
PARTED = 0.035
"""Gap between the lips, in eye distances, from which on a photo shows what is inside."""
HIDDEN_TEETH = 0.12
"""How far, in eye distances, teeth reach up behind the upper lip."""
SHOWN_TEETH = 0.05
"""How far, in eye distances, drawn teeth reach below the upper lip's edge at rest."""


@dataclass(frozen=True, slots=True)
class MouthLayers:
    """A photo's mouth, ready to be opened."""

    window: Window
    upper: Spread
    lower: Spread
    points: FloatArray
    """Where `UPPER_POINTS`, then `LOWER_POINTS`, are in the photo, `(16, 2)` px."""
    photo: ByteArray
    """The window's pixels."""
    lips: tuple[FloatArray, FloatArray]
    """How much each pixel is the upper lip's side of the mouth's line, and the lower one's, before it is clipped to
    0..1; and how much less it is where the lips have met: float32 `(h, w, 2)` each."""
    inside: FloatArray
    """Teeth as RGB and opacity, float32 `(h, w, 4)`; colours 0..255."""
    light: FloatArray
    """How much light `inside` was seen in, float32 `(h, w)`."""
    dark: FloatArray
    """Colour where nothing is seen, `(3,)`."""
    closing: MouthClosing | None
    """For a photo that shows what is inside."""
    reach: FloatArray
    """Where the mouth may change the picture, float32 `(h, w)` in 0..1."""
    unit: float

    @classmethod
    def of(cls, pixels: ByteArray, mesh: FloatArray, ibug: FloatArray, unit: float) -> Self:
        """From the crop, the mesh `(478, 3)` and the 68 landmarks `(68, 2)` in its pixels."""
        outline = mesh[OUTER, :2]
        room = MARGIN * unit
        window = Window.around(outline.min(axis=0) - room, outline.max(axis=0) + room, pixels.shape[0], unit / 36)
        knots, reach = window.knots, TAKEN_ALONG * unit
        resting = np.concatenate([ibug[CORNERS], ibug[[31, 33, 35]]])
        photo = np.ascontiguousarray(pixels[window.slices])
        frame = _MouthFrame.of(mesh)
        u, v = frame.place(window.pixels)
        above, below = frame.edge(mesh, UPPER_EDGE, u), frame.edge(mesh, LOWER_EDGE, u)
        soft = max(SOFTNESS * unit, 0.6)
        # Beside the corners there is no gap, and where lips touch both reach over the line.
        beside = smooth_step(np.abs(u) / frame.width, 0.47, 0.51)
        cut = (CUT * unit / soft) * (1 - smooth_step(np.abs(u) / frame.width, 0.33, 0.47))
        lips = tuple(
            np.dstack([np.maximum(inward / soft + 1, beside), cut]).astype(np.float32)
            for inward in (above - v, v - below)
        )
        hull = cv2.convexHull((outline - np.array([window.left, window.top])).astype(np.float32))
        mask = cv2.fillConvexPoly(np.zeros(photo.shape[:2], np.uint8), np.round(hull).astype(np.int32), 1)
        away = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5)
        gap = float((below - above).max())
        colours = _Colours.of(pixels, mesh)
        light = np.ones(photo.shape[:2], np.float32)
        if gap > PARTED * unit:
            inside = _photographed(photo, above, below, v, unit)
            light = _light([np.asarray(lip[..., 0].clip(0, 1), np.float32) for lip in lips], unit)
        else:
            inside = _drawn(u / frame.width, v - np.minimum(above, below), unit, colours.teeth)
        moving = ibug[UPPER_POINTS], ibug[LOWER_POINTS]
        closing = MouthClosing.of(mesh, knots, moving, resting, reach=reach, unit=unit) if gap > PARTED * unit else None
        return cls(
            window=window,
            upper=Spread.of(knots, moving[0], resting, reach),
            lower=Spread.of(knots, moving[1], resting, reach),
            points=np.concatenate(moving).astype(np.float32),
            photo=photo,
            lips=(lips[0], lips[1]),
            inside=inside,
            light=light,
            dark=colours.dark,
            closing=closing,
            reach=1 - smooth_step(away, 0.30 * unit, 0.42 * unit),
            unit=unit,
        )

    def drawn(self, picture: ByteArray, face: FloatArray, skull: FloatArray, wanted: FloatArray) -> ByteArray:
        """The window of `picture` with the mouth as wanted, uint8 `(h, w, 3)`.

        `face` and `skull` are fields at the window's knots: of the whole face's skin, and of the skull alone. `wanted`
        `(16, 2)` is where `points` shall be, in pixels of the crop.
        """
        window = self.window
        fields, closed = self._fields(face, wanted)
        maps = [window.sources(window.inverse(field)) - window.corner for field in fields]
        skin = [sampled(self.photo, places, cv2.INTER_CUBIC).astype(np.float32) for places in maps]
        found = [sampled(lip, places) for lip, places in zip(self.lips, maps, strict=True)]
        whole = [lip[..., 0] - np.float32(closed) * lip[..., 1] for lip in found]
        shares = [np.asarray(lip.clip(0, 1), np.float32) for lip in whole]
        back = window.inverse(skull)
        own = window.sources(back) - window.corner
        teeth = sampled(self.inside, own)
        light = np.minimum(_light(shares, self.unit) / sampled(self.light, own), 1.0)[..., None]
        mouth = self.dark + (teeth[..., :3] - self.dark) * teeth[..., 3:] * light
        mouth += (skin[1] - mouth) * shares[1][..., None]
        if closed > 0:
            mouth *= (1 - closed * _contact(*whole))[..., None]
        mouth += (skin[0] - mouth) * shares[0][..., None]
        mixed = sampled(self.reach, own)[..., None]
        under = picture[window.slices]
        made: ByteArray = np.clip(np.round(under + (mouth - under) * mixed), 0, 255).astype(np.uint8)
        return made

    def _fields(self, face: FloatArray, wanted: FloatArray) -> tuple[tuple[FloatArray, FloatArray], float]:
        """The fields of the upper and the lower lip, and how far parted lips have met, 0..1."""
        moved = wanted - self.points - self._face_at(face)
        lips, more, closed = (moved[:8], moved[8:]), None, 0.0
        if self.closing is not None:
            share = self.closing.share(*lips)
            closed = float(share.mean())
            if closed > 0:
                lips = self.closing.moves(*lips, share)
                more = self.closing.fields(*lips, share)
        fields = face + self.upper(lips[0]), face + self.lower(lips[1])
        return (fields if more is None else (fields[0] + more[0], fields[1] + more[1])), closed

    def _face_at(self, field: FloatArray) -> FloatArray:
        """The face's field where the lips' points are, `(16, 2)`."""
        window = self.window
        x = (self.points[:, 0] - window.left) * (window.columns - 1) / (window.width - 1)
        y = (self.points[:, 1] - window.top) * (window.rows - 1) / (window.height - 1)
        places = np.stack([x, y], axis=1)[None].astype(np.float32)
        return np.asarray(cv2.remap(field, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0])


@dataclass(frozen=True, slots=True)
class _MouthFrame:
    """Axes along the line between the corners, and across it."""

    centre: NDArray[np.float64]
    along: NDArray[np.float64]
    width: float

    @classmethod
    def of(cls, mesh: FloatArray) -> Self:
        right, left = mesh[78, :2].astype(np.float64), mesh[308, :2].astype(np.float64)
        width = float(np.linalg.norm(left - right))
        return cls((left + right) / 2, (left - right) / max(width, 1e-6), max(width, 1e-6))

    def place(self, pixels: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Along and across, px, of places `(..., 2)`."""
        offset = pixels - self.centre
        u = offset @ self.along
        v = offset @ np.array([-self.along[1], self.along[0]])
        return u.astype(np.float32), v.astype(np.float32)

    def edge(self, mesh: FloatArray, points: NDArray[np.int64], u: FloatArray) -> FloatArray:
        """How far across a lip's edge lies at `u`; level beyond the corners."""
        at, height = self.place(mesh[points, :2])
        order = np.argsort(at)
        return np.interp(u, at[order], height[order]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Colours:
    dark: FloatArray
    teeth: FloatArray

    @classmethod
    def of(cls, pixels: ByteArray, mesh: FloatArray) -> Self:
        """The dark of the mouth from the lips, and teeth from the brightness of the skin."""
        side = pixels.shape[0] - 1
        lips = np.clip(np.round(mesh[OUTER, :2]).astype(int), 0, side)
        cheeks = np.clip(np.round(mesh[[50, 280, 205, 425, 4, 151], :2]).astype(int), 0, side)
        lip = pixels[lips[:, 1], lips[:, 0]].mean(axis=0)
        skin = np.median(pixels[cheeks[:, 1], cheeks[:, 0]], axis=0)
        grey = float(skin @ np.array([0.299, 0.587, 0.114]))
        # Teeth are nearly white, in the light that the skin is seen in.
        light = 0.6 * np.array([1.0, 0.965, 0.90]) + 0.4 * skin / max(grey, 1.0)
        teeth = np.clip(0.95 * grey, 40, 225) * light
        dark = 0.33 * lip * np.array([1.0, 0.85, 0.85])
        return cls(dark.astype(np.float32), teeth.astype(np.float32))


def _light(lips: Sequence[FloatArray], unit: float) -> FloatArray:
    """How much light falls in between lips of these two shares `(h, w)`: near them, and in a narrow gap, less."""
    hole = (1 - lips[0]) * (1 - lips[1])
    near = cv2.GaussianBlur(hole, (0, 0), 0.045 * unit)
    light: FloatArray = DIMMEST + (1 - DIMMEST) * np.clip(1.25 * near, 0, 1)
    return light


def _contact(upper: FloatArray, lower: FloatArray) -> FloatArray:
    """The shadow between lips that have met, 0..1, below one's edge and near the other's: unclipped shares `(h, w)`."""
    width = SHADOW_WIDTH / SOFTNESS
    shadow: FloatArray = SHADOW * np.exp(-(np.maximum(1 - upper, 0) ** 2 + np.maximum(lower - 1, 0) ** 2) / width**2)
    return shadow


def _photographed(photo: ByteArray, above: FloatArray, below: FloatArray, v: FloatArray, unit: float) -> FloatArray:
    """What the photo shows between the lips, continued behind them."""
    inset = 0.012 * unit
    open_part = ((v > above + inset) & (v < below - inset) & (below - above > 3 * inset)).astype(np.uint8)
    if not open_part.any():
        open_part = ((v > above) & (v < below)).astype(np.uint8)
    outside = 1 - open_part
    reach = cv2.dilate(open_part, np.ones((2 * round(HIDDEN_TEETH * unit) + 3,) * 2, np.uint8))
    filled = cv2.inpaint(photo, outside * reach, 2, cv2.INPAINT_TELEA).astype(np.float32)
    upper = smooth_step(v, -HIDDEN_TEETH * unit + above.min(), above.min())
    lower = 1 - smooth_step(v - below, -0.02 * unit, 0.015 * unit)
    wide = smooth_step(below - above, 0.0, 0.02 * unit)
    return np.dstack([filled, upper * lower * cv2.GaussianBlur(wide, (0, 0), max(0.02 * unit, 0.8))]).astype(np.float32)


def _drawn(across: FloatArray, depth: FloatArray, unit: float, colour: FloatArray) -> FloatArray:
    """A row of upper teeth where the photo shows none. `across` is -0.5..0.5 between the corners, `depth` px."""
    widths = np.array([0.155, 0.12, 0.11, 0.07])
    seams = np.concatenate([[0.0], np.cumsum(widths)])
    nearest = np.abs(np.abs(across)[..., None] - seams).min(axis=2)
    seam = 1 - 0.16 * np.exp(-((nearest / 0.012) ** 2))
    side = 1 - 0.75 * np.clip(np.abs(across) / 0.46, 0, 1) ** 2
    # Incisors end lower than canines, each with rounded corners.
    end = (SHOWN_TEETH - 0.035 * (across / 0.4) ** 2) * unit - 0.008 * unit * np.exp(-((nearest / 0.02) ** 2))
    shown = 1 - smooth_step(depth - end, -0.008 * unit, 0.008 * unit)
    shown = shown * smooth_step(depth, -HIDDEN_TEETH * unit, -0.6 * HIDDEN_TEETH * unit)
    shown = shown * (1 - smooth_step(np.abs(across), 0.38, 0.46))
    shade = 0.86 * seam * side * (0.85 + 0.15 * smooth_step(depth, -0.05 * unit, 0.04 * unit))
    return np.dstack([colour * shade[..., None], shown]).astype(np.float32)
