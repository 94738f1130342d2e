"""Pairs of frames of one clip for the renderer: one warped to the other's landmarks, and the other.

Dimension letters: R side of the renderer's region.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkface_sdm.config import RendererConfig
from talkface_sdm.fields import Spread
from talkface_sdm.mouth_layers import LOWER_POINTS, UPPER_POINTS, MouthLayers
from talkface_sdm.photo import HELD, MOVED, SKIN
from talkface_sdm.renderer import in_region, region_matrix
from talkface_studio.api.landmarks import IBUG68, eye_distance
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_studio.nn.head import RIGID
from talkface_trainer.dataset import Clip


@dataclass(frozen=True, slots=True)
class RenderedPair:
    """One item: `warped` and `truth` uint8 `(R, R, 3)`, landmarks float32 `(68, 2)` in 0..1 of the region.

    `source` is where the landmarks would be had only the head moved, `target` where they are.
    """

    warped: ByteArray
    truth: ByteArray
    source: FloatArray
    target: FloatArray


def rendered_pair(clip: Clip, source: int, target: int, config: RendererConfig) -> RenderedPair:
    """The frame `source` of a clip with the head and the face of the frame `target`."""
    crops, meshes = clip.crops, clip.landmarks
    pixels, mesh, wanted = (np.array(values) for values in (crops[source], meshes[source], meshes[target]))
    unit = eye_distance(mesh)
    ibug, goal = mesh[IBUG68, :2], wanted[IBUG68, :2]
    known = np.column_stack([mesh[RIGID, :2], np.ones(len(RIGID))])
    affine = np.linalg.lstsq(known, wanted[RIGID, :2], rcond=None)[0].T
    mouth = MouthLayers.of(pixels, mesh, ibug, unit)
    window = mouth.window
    knots = window.knots
    skull = (knots @ affine[:, :2].T + affine[:, 2] - knots).astype(np.float32)
    carried = ibug @ affine[:, :2].T + affine[:, 2]
    skin = Spread.of(knots, ibug[MOVED], ibug[HELD], SKIN * unit)
    face = skull + skin((goal - carried)[MOVED].astype(np.float32))
    places = window.sources(window.inverse(face))
    picture = pixels.copy()
    picture[window.slices] = cv2.remap(pixels, places, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    lips = np.concatenate([UPPER_POINTS, LOWER_POINTS])
    picture[window.slices] = mouth.drawn(picture, face, skull, goal[lips].astype(np.float32))
    matrix, size = region_matrix(goal, unit, config), config.size
    shown = [
        cv2.warpAffine(frame, matrix, (size, size), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        for frame in (picture, np.array(crops[target]))
    ]
    return RenderedPair(
        warped=np.asarray(shown[0], np.uint8),
        truth=np.asarray(shown[1], np.uint8),
        source=in_region(carried, matrix, size),
        target=in_region(goal, matrix, size),
    )
