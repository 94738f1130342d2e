"""What is done to a photo before VG-net sees it, where its configuration asks for more than the paper.

A small network learns within an hour on a CPU to correct a mouth that is already in place, not to paint one.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor

from talkface_atvg.config import VgNetConfig
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.flow import shepard_flow, warp

LOWER = np.r_[0:17, 48:68]
"""Jaw and mouth: the points that follow the speech. Brows, eyes and nose stay those of the frame."""

CAVITY = 0.55
"""Brightness of an inner mouth that the photo does not show, relative to its lips."""


def prepared_photos(photos: Tensor, source: FloatArray, target: FloatArray, config: VgNetConfig) -> Tensor:
    """VG-net's first input: photos `(n or 1, 3, H, W)` in -1..1, as they are or with their mouths moved.

    `source` and `target`, float32 `(n, 68, 2)` in pixels, are where the landmarks are and where they shall be. With the
    head "add" the result is `(n, 6, H, W)`: three mouth maps follow.
    """
    if config.warp_photo:
        photos = warped_photos(photos, source, target)
    if config.head == "add":
        maps = mouth_maps(source, target, photos.shape[-1]).to(photos.device)
        photos = with_cavity(photos.expand(len(maps), -1, -1, -1), maps, hidden_share(source, target))
        photos = torch.cat([photos, maps], dim=1)
    return photos.contiguous(memory_format=torch.channels_last)


def warped_photos(photos: Tensor, source: FloatArray, target: FloatArray) -> Tensor:
    """Photos `(n or 1, 3, H, W)` whose faces go with their landmarks, `(n, 68, 2)` px, from source to target."""
    device = photos.device
    flow = shepard_flow(torch.from_numpy(source).to(device), torch.from_numpy(target).to(device), photos.shape[-1])
    return warp(photos.expand(len(source), -1, -1, -1), flow)


def mouth_maps(source: FloatArray, target: FloatArray, size: int) -> Tensor:
    """Drawn from landmarks `(n, 68, 2)` in pixels, float32 `(n, 3, size, size)` in 0..1.

    Where the mouth is or was, widened and soft; the lips at `target`; the inner mouth at `target`. All have
    soft edges: a hard one would be seen as steps.
    """
    maps = np.zeros((len(source), 3, size, size), np.float32)
    reach = size // 12
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    for drawn, before, after in zip(maps, source, target, strict=True):
        hull = cv2.convexHull(np.concatenate([before[48:60], after[48:60]]).astype(np.float32))
        _fill(drawn[0], hull[:, 0])
        drawn[0] = cv2.GaussianBlur(cv2.dilate(drawn[0], disc), (0, 0), size / 32)
        _fill(drawn[1], after[48:60])
        _fill(drawn[2], after[60:68])
        for outline in drawn[1:]:
            outline[:] = cv2.GaussianBlur(outline, (0, 0), size / 200)
    return torch.from_numpy(maps)


def hidden_share(source: FloatArray, target: FloatArray) -> FloatArray:
    """How much of each wanted inner mouth its photo does not show, `(n,)` in 0..1, from landmarks `(n, 68, 2)`."""
    shown, wanted = (
        np.maximum(points[:, 65:68, 1] - points[:, 63:60:-1, 1], 0).mean(axis=1) for points in (source, target)
    )
    # Below a pixel there is nothing to be seen, hidden or not.
    share: FloatArray = np.clip((wanted - shown) / np.maximum(wanted, 1), 0, 1).astype(np.float32)
    return share


def with_cavity(photos: Tensor, maps: Tensor, share: FloatArray) -> Tensor:
    """Photos `(n, 3, H, W)` in -1..1 with the inner mouth darkened by the share `(n,)` of it that they do not show.

    Lips that were closed would otherwise be stretched across the opening.
    """
    lips, inner = maps[:, 1:2], maps[:, 2:3]
    skin = lips * (1 - inner)
    mean = ((photos + 1) * skin).sum(dim=(2, 3), keepdim=True) / skin.sum(dim=(2, 3), keepdim=True).clamp(min=1)
    covered = inner * torch.from_numpy(share).to(photos.device)[:, None, None, None]
    return photos * (1 - covered) + (CAVITY * mean - 1) * covered


def _fill(canvas: FloatArray, polygon: FloatArray) -> None:
    # Sixteenths of a pixel: lips part by less than one.
    cv2.fillPoly(canvas, [(polygon * 16).round().astype(np.int32)], 1.0, lineType=cv2.LINE_AA, shift=4)
