"""A frame as a photographer would show it: the person before one plain backdrop, in white light.

What a clip's room and camera add says nothing of a voice, and a decoder that must draw it draws blotches. Dimension
letters: S side of a crop.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.landmarks import EYE_OUTER, OVAL, eye_distance
from talkface_studio.api.values import ByteArray, FloatArray

BACKDROP = (170, 176, 182)
"""RGB in the middle of the backdrop."""
EDGE = 0.82
"""How bright its corners are, as a part of that."""
WORKING = 36.0
"""Distance of the outer eye corners, in pixels, at which the person is told from the room."""
ROUNDS = 5
"""Of GrabCut."""
COLOURS, ALIKE = 6, 20.0
"""How many colours the room has, and the distance in CIELAB up to which a pixel may be one of them."""
FADE = 0.14
"""Part of the picture's height, at its bottom, over which the body fades: below it a clip may have had no rows."""
RED, BLUE = (1.12, 1.5), (0.62, 0.95)
"""Ratios of red and blue to green, of sRGB values, that skin of any shade has in white light."""
LARGEST_GAIN = 2.2


class Cutout(NamedTuple):
    """A person without the room, as long as nothing is behind."""

    front: FloatArray
    """In white light, float32 `(S, S, 3)`; 0..255, or above where a lamp's colour was taken off."""
    opacity: FloatArray
    """Float32 `(S, S)` in 0..1."""
    mesh: FloatArray
    """Of the face, `(478, 3)` in pixels."""

    def shown(self) -> ByteArray:
        """Before the backdrop, `(S, S, 3)`."""
        side = len(self.front)
        height = (np.arange(side, dtype=np.float32) + 0.5) / side
        opacity = (self.opacity * np.clip((1 - height) / FADE, 0, 1)[:, None])[..., None]
        shown = opacity * self.front + (1 - opacity) * backdrop(side)
        return np.asarray(shown.round().clip(0, 255), np.uint8)


def cutout(crop: ByteArray, mesh: FloatArray) -> Cutout:
    """The person of a crop `(S, S, 3)` with its face's mesh `(478, 3)` in its pixels."""
    return Cutout(in_white_light(crop, mesh), person(crop, mesh), np.asarray(mesh, np.float32))


def backdrop(side: int) -> FloatArray:
    """The backdrop alone, float32 `(S, S, 3)` in 0..255."""
    place = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    distance = np.minimum(np.hypot(*np.meshgrid(place, place)) / np.sqrt(2), 1)[..., None]
    light: FloatArray = (1 - (1 - EDGE) * distance**2) * np.array(BACKDROP, np.float32)
    return light


def in_white_light(crop: ByteArray, mesh: FloatArray) -> FloatArray:
    """A crop whose skin has a hue that skin has, float32 `(S, S, 3)`: red and blue are multiplied, no more than 2.2."""
    face = np.zeros(crop.shape[:2], np.uint8)
    cv2.fillConvexPoly(face, cv2.convexHull(mesh[OVAL, :2].round().astype(np.int32)), 1)
    red, green, blue = np.median(crop[face > 0], axis=0).astype(np.float64) + 1.0
    gains = [
        np.clip(np.clip(value / green, *usual) * green / value, 1 / LARGEST_GAIN, LARGEST_GAIN)
        for value, usual in ((red, RED), (blue, BLUE))
    ]
    return np.asarray(crop * np.array([gains[0], 1.0, gains[1]]), np.float32)


def person(crop: ByteArray, mesh: FloatArray) -> FloatArray:
    """How much of each pixel of a portrait is the person, float32 `(S, S)` in 0..1, by GrabCut (Rother et al. 2004)."""
    side = crop.shape[0]
    scale = min(WORKING / eye_distance(mesh), 1.0)
    small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    labels = _guess(small, (mesh[:, :2] + 0.5) * scale - 0.5)
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(small[..., ::-1]), labels, None, *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outline, _ = cv2.findContours(found, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if outline:
        # Of what was found, the part that is largest, without holes.
        found = cv2.drawContours(np.zeros_like(found), [max(outline, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    soft = cv2.GaussianBlur(found.astype(np.float32), (0, 0), 0.8)
    large = cv2.resize(soft, (side, side), interpolation=cv2.INTER_CUBIC)
    # The edge lies a little inside, where no room shines through.
    return np.asarray(np.clip((large - 0.35) / 0.6, 0, 1), np.float32)


def in_skull(across: FloatArray, along: FloatArray) -> NDArray[np.bool_]:
    """Where every head is, with its hair: beside and below the middle of the eyes, in distances of their corners."""
    return np.asarray((across / 0.65) ** 2 + ((along + 0.2) / 0.9) ** 2 < 1)


def _guess(picture: ByteArray, points: FloatArray) -> ByteArray:
    """Labels for GrabCut from where the face is: a head with its hair, and shoulders that fill the bottom."""
    side = picture.shape[0]
    y, x = np.mgrid[:side, :side].astype(np.float32)
    unit = eye_distance(points)
    centre = points[list(EYE_OUTER)].mean(axis=0)
    across, along = np.abs(x - centre[0]) / unit, (y - centre[1]) / unit
    chin = float(points[152, 1] - centre[1]) / unit
    # What is not said here GrabCut takes for the person at first: its model of the room begins with the room alone.
    labels = np.full((side, side), cv2.GC_PR_FGD, np.uint8)
    labels[(across > 1.55) & (along < 0.5 * chin)] = cv2.GC_BGD
    labels[(across > 1.3) & (along < -0.9)] = cv2.GC_BGD
    labels[along < -1.58] = cv2.GC_BGD
    labels[0] = cv2.GC_BGD
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    room = lab[labels == cv2.GC_BGD]
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_MAX_ITER, 10, 0.0)
    _, _, colours = cv2.kmeans(room, COLOURS, None, criteria, 1, cv2.KMEANS_PP_CENTERS)
    distance = np.linalg.norm(lab[:, :, None] - colours, axis=3).min(axis=2)
    labels[(labels != cv2.GC_BGD) & (distance < ALIKE)] = cv2.GC_PR_BGD
    hull = cv2.convexHull(points[OVAL].round().astype(np.int32))
    face = cv2.fillConvexPoly(np.zeros((side, side), np.uint8), hull, 1)
    skull = in_skull(across, along)
    trunk = (across < 0.3 + 1.4 * np.clip(along - chin - 0.35, 0, None)) & (along > chin - 0.1)
    labels[(face > 0) | skull | trunk] = cv2.GC_FGD
    return labels
