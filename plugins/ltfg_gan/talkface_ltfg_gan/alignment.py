"""The alignment module: reference pictures of the person, warped to the target's landmarks and merged.

Dimension letters: B frames, N references, K channels of all target sketches, F fine and C coarse channels, S the crop's
side, P points.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_ltfg_gan.config import FaceConfig
from talkface_ltfg_gan.modulation import spade_block
from talkface_studio.nn.blocks import ConvBlock
from talkface_studio.nn.flow import shepard_flow

PICTURE = 3


class EncodedReferences(NamedTuple):
    """What is known of the references before any target is. B is 1 where all frames share them."""

    pictures: Tensor
    """RGB in 0..1, `(B, N, 3, S, S)`."""
    fine: Tensor
    """`(B, N, F, S, S)`."""
    coarse: Tensor
    """`(B, N, C, S/2, S/2)`."""
    trunk: Tensor
    """What the flow is found from: the coarse features, or smaller ones."""
    points: Tensor | None
    """Landmarks in 0..1 of the crop, `(B, N, P, 2)`; only with the analytic flow."""


class Aligned(NamedTuple):
    """The references merged into one, as the target holds the face."""

    picture: Tensor
    """RGB, `(B, 3, S, S)`."""
    fine: Tensor
    """`(B, F, S, S)`."""
    coarse: Tensor
    """`(B, C, S/2, S/2)`."""
    flow: Tensor
    """Where each place of each warped reference comes from, relative to it, x and y in pixels: `(B, N, 2, S, S)`."""
    confidence: Tensor
    """How much each reference counts at each place, in 0..1: `(B, N, 1, S, S)`."""


class Alignment(nn.Module):
    """References and target sketches to flow and confidence of each reference, and what they merge into."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        if config.size % 8 or config.flow_channels % 4:
            raise ValueError("the crop's side must be a multiple of 8, the alignment's channels of 4")
        if config.flow_stride == 1 and config.flow_channels != config.coarse:
            raise ValueError("without a stride the alignment has as many channels as the coarse features")
        self.config = config
        deep, shallow = config.flow_channels, config.flow_channels // 4
        self.enter_fine = ConvBlock(PICTURE + config.sketch_channels, config.fine, 7, norm=config.norm)
        self.enter_coarse = ConvBlock(config.fine, config.coarse, stride=2, norm=config.norm)
        self.reduce: nn.Module = (
            ConvBlock(config.coarse, deep, stride=2, norm=config.norm) if config.flow_stride == 2 else nn.Identity()
        )
        self.first, self.second, self.last = (
            spade_block(channels, config.sketches, config.hidden) for channels in (deep, deep, shallow)
        )
        self.flow = nn.Conv2d(shallow, 2, 7, padding=3)
        self.confidence = nn.Sequential(
            nn.Conv2d(shallow, config.confidence_channels, 7, padding=3),
            nn.ReLU(),
            nn.Conv2d(config.confidence_channels, 1, 7, padding=3),
            nn.Sigmoid(),
        )
        if config.analytic_flow:
            # The analytic flow is a better start than any random addition to it.
            nn.init.zeros_(self.flow.weight)
            nn.init.zeros_(_bias(self.flow))

    def encode(self, pictures: Tensor, sketches: Tensor, points: Tensor | None) -> EncodedReferences:
        """What does not depend on the target.

        `pictures` is `(B, N, 3, S, S)` in 0..1, `sketches` `(B, N, K / frames of a window, S, S)`, `points`
        `(B, N, P, 2)` in 0..1 of the crop.
        """
        if not self.config.analytic_flow:
            points = None
        elif points is None:
            raise ValueError("the analytic flow needs the references' landmarks")
        fine = self.enter_fine(torch.cat([pictures, sketches], dim=2).flatten(0, 1))
        coarse = self.enter_coarse(fine)
        shape = pictures.shape[:2]
        return EncodedReferences(
            pictures, _split(fine, *shape), _split(coarse, *shape), _split(self.reduce(coarse), *shape), points
        )

    def forward(self, references: EncodedReferences, sketches: Tensor, points: Tensor | None) -> Aligned:
        """Align to B frames, given their sketches `(B, K, S, S)` and landmarks `(B, P, 2)` in 0..1 of the crop."""
        B, N, S = len(sketches), references.pictures.shape[1], self.config.size
        flow, confidence = self._predict(references, sketches)
        if self.config.analytic_flow:
            if points is None or references.points is None:
                raise ValueError("the analytic flow needs the frames' landmarks")
            sources = references.points.expand(B, -1, -1, -1) * S
            flow = flow + shepard_flow(sources, points * S, S, grid=self.config.analytic_grid).flatten(0, 1)
        places = self._places(flow)
        half = F.interpolate(
            places.permute(0, 3, 1, 2),
            scale_factor=0.5,
            mode="bilinear",
            align_corners=self.config.align_corners,
        ).permute(0, 2, 3, 1)
        weights = _split(confidence, B, N)
        sharp = torch.cat([references.pictures, references.fine], dim=2)
        sharp = _merge(self._sample(sharp.expand(B, -1, -1, -1, -1), places), weights)
        coarse = self._sample(references.coarse.expand(B, -1, -1, -1, -1), half)
        return Aligned(
            picture=sharp[:, :PICTURE],
            fine=sharp[:, PICTURE:],
            # Every other confidence, as the authors do.
            coarse=_merge(coarse, weights[..., ::2, ::2]),
            flow=_split(flow, B, N),
            confidence=weights,
        )

    def _predict(self, references: EncodedReferences, sketches: Tensor) -> tuple[Tensor, Tensor]:
        """Learned flow `(B * N, 2, S, S)` in pixels and confidence `(B * N, 1, S, S)`, in single precision."""
        x = references.trunk.expand(len(sketches), -1, -1, -1, -1).flatten(0, 1)
        small = F.interpolate(sketches, size=x.shape[-2:], mode="nearest")
        x = F.pixel_shuffle(self.second(self.first(x, small), small), 2)
        x = self.last(x, F.interpolate(sketches, size=x.shape[-2:], mode="nearest"))
        flow, confidence = self.flow(x).float(), self.confidence(x).float()
        if self.config.flow_stride == 2:
            both = F.interpolate(torch.cat([flow, confidence], dim=1), scale_factor=2.0, mode="bilinear")
            flow, confidence = both[:, :2], both[:, 2:]
        return flow, confidence

    def _places(self, flow: Tensor) -> Tensor:
        """Flow in pixels to places in -1..1: `(B * N, S, S, 2)`."""
        S = flow.shape[-1]
        axis = torch.arange(S, device=flow.device, dtype=flow.dtype)
        here = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)
        return (here + flow.permute(0, 2, 3, 1)) * (2 / (S - 1)) - 1

    def _sample(self, maps: Tensor, places: Tensor) -> Tensor:
        """`(B, N, C, H, W)` at the places. In single precision: a bf16 place is wrong by half a pixel."""
        sampled = F.grid_sample(
            maps.flatten(0, 1).float(),
            places,
            mode="bilinear",
            padding_mode=self.config.outside,
            align_corners=self.config.align_corners,
        )
        return _split(sampled, *maps.shape[:2])


def _split(maps: Tensor, B: int, N: int) -> Tensor:
    """`(B * N, C, H, W)` to `(B, N, C, H, W)`."""
    return maps.reshape(B, N, *maps.shape[1:])


def _merge(maps: Tensor, weights: Tensor) -> Tensor:
    """Mean over the references `(B, N, C, H, W)`, weighted by `(B, N, 1, H, W)`."""
    return (maps * weights).sum(dim=1) / (weights.sum(dim=1) + 1e-5)


def _bias(layer: nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias
