"""The renderer's part of a frame: what it changes of the warped photo, at the photo's own resolution.

Dimension letters: S side of the crop, R side of the renderer's region.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch

from talkface_sdm.picture_denoiser import PictureRefiner
from talkface_sdm.renderer import Renderer, heat_maps, in_region, region_matrix
from talkface_studio.api.values import ByteArray, FloatArray

FADE = 0.12
"""Width, as a part of the region's side, over which changes fade out at its edge."""


def completed(
    network: Renderer,
    picture: ByteArray,
    source: FloatArray,
    target: FloatArray,
    *,
    unit: float,
    refiner: PictureRefiner | None = None,
) -> ByteArray:
    """`picture`, uint8 `(S, S, 3)`, with a share of what the renderer says added around the mouth or face.

    `source` and `target` `(68, 2)` px are where the photo's landmarks would be if its expression stayed, and where they
    are. The network sees the region at its own size; what it adds is smooth enough to be enlarged. A `refiner` makes
    another picture of what it says.
    """
    config = network.config
    if not config.trust:
        return picture
    size = config.size
    matrix = region_matrix(target, unit, config)
    seen = cv2.warpAffine(picture, matrix, (size, size), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    device = next(network.parameters()).device
    given = torch.from_numpy(np.ascontiguousarray(seen)).to(device).movedim(2, 0)[None].float() / 255
    maps = [
        heat_maps(torch.from_numpy(in_region(points, matrix, size))[None].to(device), size)
        for points in (source, target)
    ]
    with torch.inference_mode():
        said = network(given, *maps)
        said = said if refiner is None else refiner(said, maps[1])
        added = (said - given)[0].movedim(0, 2).float().cpu().numpy() * (255 * config.trust)
    y, x = np.mgrid[:size, :size].astype(np.float32) / (size - 1)
    edge = np.clip(np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) / FADE, 0, 1)
    low = np.maximum(np.floor(-matrix[:, 2] / matrix[0, 0]).astype(int), 0)
    high = np.minimum(np.ceil((size - matrix[:, 2]) / matrix[0, 0]).astype(int), picture.shape[1::-1])
    local = matrix.copy()
    local[:, 2] += matrix[:, :2] @ low
    placed = cv2.warpAffine(
        added * edge[..., None],
        local,
        (int(high[0] - low[0]), int(high[1] - low[1])),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
    )
    made = picture.copy()
    part = made[low[1] : high[1], low[0] : high[0]]
    part[...] = np.clip(np.round(part + placed), 0, 255)
    return made
