"""The head cut out of a photo, and what may lie behind it: estimated once, before the first frame.

Dimension letters: S side of the crop.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkface_sdm.fields import smooth_step
from talkface_studio.api.values import ByteArray, FloatArray

WORKING = 40.0
"""Distance of the outer eye corners, in pixels, at which the head is cut out; larger photos are made smaller."""
ROUNDS = 4
"""Of GrabCut."""
FAINTEST = 0.35
"""Opacity below which the colour of the head is not told from that of the background."""


@dataclass(frozen=True, slots=True)
class Layers:
    """A photo in two layers: where nothing moves, they add up to the photo."""

    front: ByteArray
    """The person's colours, uint8 `(S, S, 3)`."""
    opacity: FloatArray
    """How much of each pixel is the person, float32 `(S, S)` in 0..1."""
    back: ByteArray
    """The background, also behind the person's edge, uint8 `(S, S, 3)`."""


def split_layers(pixels: ByteArray, mesh: FloatArray, unit: float) -> Layers:
    """Cut the person out of a crop; `mesh` `(478, 3)` in its pixels, `unit` the eyes' distance in pixels."""
    side = pixels.shape[0]
    scale = min(WORKING / unit, 1.0)
    small_side = max(round(side * scale), 16)
    scale = small_side / side
    small = _resized(pixels, small_side)
    person = _grab(small, (mesh[:, :2] + 0.5) * scale - 0.5, unit * scale)
    coarse = cv2.resize(person, (side, side), interpolation=cv2.INTER_LINEAR)
    guide = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    refined = guided_filter(guide, coarse, max(round(0.06 * unit), 1))
    opacity = smooth_step(refined, 0.12, 0.88)
    back = _filled(pixels, small, cv2.resize(opacity, (small_side, small_side), interpolation=cv2.INTER_AREA))
    return Layers(_front(pixels, opacity, back), opacity, back)


def guided_filter(guide: FloatArray, values: FloatArray, radius: int, smoothness: float = 1e-4) -> FloatArray:
    """`values` with the edges of `guide`, both `(S, S)` (He et al., Guided Image Filtering, 2010)."""

    def mean(x: FloatArray) -> FloatArray:
        return np.asarray(cv2.boxFilter(x, cv2.CV_32F, (2 * radius + 1, 2 * radius + 1)), np.float32)

    guide_mean, value_mean = mean(guide), mean(values)
    slope = (mean(guide * values) - guide_mean * value_mean) / (mean(guide * guide) - guide_mean**2 + smoothness)
    offset = value_mean - slope * guide_mean
    refined: FloatArray = np.clip(mean(slope) * guide + mean(offset), 0, 1)
    return refined


def _grab(small: ByteArray, points: FloatArray, unit: float) -> FloatArray:
    """How much of each pixel is the person, by GrabCut from what the face's place says (Rother et al. 2004)."""
    side = small.shape[0]
    y, x = np.mgrid[:side, :side].astype(np.float32)
    centre = points[[33, 263]].mean(axis=0)
    down = points[152] - points[10]
    down = down / max(float(np.linalg.norm(down)), 1e-6)
    right = np.array([down[1], -down[0]])
    across = ((x - centre[0]) * right[0] + (y - centre[1]) * right[1]) / unit
    along = ((x - centre[0]) * down[0] + (y - centre[1]) * down[1]) / unit
    chin = float((points[152] - centre) @ down) / unit
    labels = np.full((side, side), cv2.GC_PR_BGD, np.uint8)
    # A head with its hair, and a body below that widens to the shoulders.
    skull = (across / 1.15) ** 2 + ((along + 0.1) / 1.45) ** 2 < 1
    body = (along > 0.6 * chin) & (np.abs(across) < 0.5 + 0.9 * np.clip(along - chin, 0, 2))
    labels[skull | body] = cv2.GC_PR_FGD
    far = (across / 2.1) ** 2 + ((along + 0.3) / 2.3) ** 2 > 1
    labels[far & (along < chin)] = cv2.GC_BGD
    hull = cv2.convexHull(np.round(points).astype(np.int32))
    face = cv2.fillConvexPoly(np.zeros((side, side), np.uint8), hull, 1)
    neck = (np.abs(across) < 0.3) & (along > chin - 0.1) & (along < chin + 0.5)
    labels[(face > 0) | neck] = cv2.GC_FGD
    cv2.setRNGSeed(0)
    cv2.grabCut(
        np.ascontiguousarray(small[..., ::-1]),
        labels,
        None,
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        ROUNDS,
        cv2.GC_INIT_WITH_MASK,
    )
    person = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    person = cv2.morphologyEx(person, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    # Of what was found, the part that the face belongs to, without holes.
    count, parts = cv2.connectedComponents(person)
    if count > 1:
        person = (parts == parts[face > 0].max()).astype(np.uint8) | face
    outside, holes = cv2.connectedComponents(1 - person)
    if outside > 2:
        sizes = np.bincount(holes.ravel(), minlength=outside)
        for number in range(1, outside):
            if sizes[number] < (0.4 * unit) ** 2:
                person[holes == number] = 1
    return np.asarray(cv2.GaussianBlur(person.astype(np.float32), (0, 0), 0.7), np.float32)


def _filled(pixels: ByteArray, small: ByteArray, opacity: FloatArray) -> ByteArray:
    """The photo with the person painted over from outside; only the part near the edge is ever seen."""
    person = cv2.dilate((opacity > 0.02).astype(np.uint8), np.ones((3, 3), np.uint8))
    painted = cv2.inpaint(small, person, 3, cv2.INPAINT_TELEA)
    painted = cv2.resize(painted, (pixels.shape[0],) * 2, interpolation=cv2.INTER_CUBIC)
    share = cv2.resize(
        cv2.GaussianBlur(person.astype(np.float32), (0, 0), 0.8), (pixels.shape[0],) * 2, interpolation=cv2.INTER_LINEAR
    )
    share = np.clip(2 * share, 0, 1)[..., None]
    filled: ByteArray = np.clip(np.round(painted * share + pixels * (1 - share)), 0, 255).astype(np.uint8)
    return filled


def _front(pixels: ByteArray, opacity: FloatArray, back: ByteArray) -> ByteArray:
    """Colours with which the person, over the background, gives the photo."""
    behind = back.astype(np.float32)
    colour = behind + (pixels - behind) / np.maximum(opacity, FAINTEST)[..., None]
    colours: ByteArray = np.clip(np.round(colour), 0, 255).astype(np.uint8)
    return colours


def _resized(pixels: ByteArray, side: int) -> ByteArray:
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
