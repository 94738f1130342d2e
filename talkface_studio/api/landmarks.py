"""Landmark sets as indices into MediaPipe's 478-point mesh. Order is part of each set's meaning.

Sources: the iBUG 300-W 68-point scheme, mapped to the nearest mesh vertices; the 131-point subset published with
IP_LAP (74 pose points, then 17 jaw, then 40 lip points).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FloatArray


def _indices(text: str) -> NDArray[np.int64]:
    return np.array([int(word) for word in text.split()], dtype=np.int64)


IBUG68 = _indices(
    "162 234 93 58 172 136 149 148 152 377 378 365 397 288 323 454 389 "  # jaw 0-16
    "71 63 105 66 107 336 296 334 293 301 "  # brows 17-26
    "168 197 5 4 75 97 2 326 305 "  # nose 27-35
    "33 160 158 133 153 144 362 385 387 263 373 380 "  # eyes 36-47
    "61 39 37 0 267 269 291 405 314 17 84 181 "  # outer lips 48-59
    "78 82 13 312 308 317 14 87"  # inner lips 60-67
)
"""The 68 points of iBUG 300-W: `mesh[IBUG68]`."""

IBUG_JAW = slice(0, 17)
IBUG_MOUTH = slice(48, 68)
IBUG_EYE_CORNERS = (36, 39, 42, 45)

OVAL = _indices("162 127 234 93 132 58 172 136 150 149 176 148 152 377 400 378 379 365 397 288 361 323 454 356 389 ")
"""Face contour from the right temple over the chin to the left temple (25 points)."""

JAW = OVAL[4:21]
"""The middle 17 points of the contour."""

BROWS = _indices("70 63 105 66 107 55 65 52 53 46 336 296 334 293 300 276 283 282 295 285")
NOSE = _indices("168 6 197 195 5 48 115 220 45 4 275 440 344 278")
RIGHT_EYE = _indices("33 246 161 160 159 158 157 173 133 155 154 153 145 144 163 7")
LEFT_EYE = _indices("362 398 384 385 386 387 388 466 263 249 390 373 374 380 381 382")
OUTER_LIPS = _indices("61 185 40 39 37 0 267 269 270 409 291 375 321 405 314 17 84 181 91 146")
INNER_LIPS = _indices("78 191 80 81 82 13 312 311 310 415 308 324 318 402 317 14 87 178 88 95")
LIPS = np.concatenate([OUTER_LIPS, INNER_LIPS])

POSE74 = np.concatenate([OVAL[:4], OVAL[21:], BROWS, NOSE, RIGHT_EYE, LEFT_EYE])
CONTENT57 = np.concatenate([JAW, LIPS])

EYE_OUTER = (33, 263)
"""Outer eye corners, the person's right (left in the picture) first."""


def eye_distance(mesh: FloatArray) -> float:
    """Distance of the outer eye corners in the picture plane, in the unit of `mesh` `(478, 2 or 3)`."""
    return float(np.linalg.norm(mesh[EYE_OUTER[0], :2] - mesh[EYE_OUTER[1], :2]))


def lip_opening(mesh: FloatArray) -> float:
    """Gap between the inner lips (points 13 and 14) as a fraction of the outer-eye distance; 0 when closed."""
    return float(np.linalg.norm(mesh[13, :2] - mesh[14, :2])) / max(eye_distance(mesh), 1e-6)
