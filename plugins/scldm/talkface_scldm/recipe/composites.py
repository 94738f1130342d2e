"""The face between those of any number of people: what a decoder shall draw of a mean of their latents.

Dimension letters: K people, P points, S side of a crop.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from talkface_scldm.recipe.studio import Cutout
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.flow import shepard_flow, warp
from talkface_trainer.morphs import POINTS

DECIDEDNESS = 2.0
"""Power of the shares: who has most in a mixture is seen to have more, and its hair is less of a blur."""
EDGE = 8.0
"""Slope of a composite's opacity where half of the people are: between long hair and short hair lies an edge, no
veil."""
GRID = 32


def decided(shares: FloatArray) -> FloatArray:
    """Shares `(K,)` as parts of what is seen, which sum to 1."""
    parts = np.asarray(shares, np.float64) ** DECIDEDNESS
    return np.asarray(parts / parts.sum(), np.float32)


def composite(people: Sequence[Cutout], shares: FloatArray) -> Cutout:
    """One person of K, whose shape, colours and outline are the means of theirs, weighted by `decided(shares)`.

    Nothing shines through it: where more than half are, weighted, it is opaque, and only who is there gives the colour.
    """
    parts = decided(shares)
    side = len(people[0].front)
    meshes = np.stack([each.mesh for each in people])
    mesh = np.asarray(np.tensordot(parts, meshes, axes=1), np.float32)
    layers = np.stack([np.dstack([each.front * each.opacity[..., None], each.opacity]) for each in people])
    places = torch.from_numpy(meshes[:, POINTS, :2])
    between = torch.from_numpy(mesh[POINTS, :2]).expand_as(places)
    flow = shepard_flow(places, between, side, grid=GRID)
    moved = warp(torch.from_numpy(layers).movedim(3, 1), flow).movedim(1, 3).numpy()
    mixed = np.tensordot(parts, moved, axes=1)
    present = mixed[..., 3]
    front = np.asarray(mixed[..., :3] / np.maximum(present, 1e-3)[..., None], np.float32)
    return Cutout(front, np.asarray(np.clip((present - 0.5) * EDGE + 0.5, 0, 1), np.float32), mesh)
