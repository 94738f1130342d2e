"""The alignment module: reference pictures of the person, warped to the target's landmarks and merged.

Dimension letters: B frames, N references, K channels of all target sketches, F fine and C coarse channels, S the crop's
side, L the side in positions (S divided by `FaceConfig.patch`), H and W the rows and columns of the crop that are made
(`FaceConfig.made`), h and w the same in positions, P points.
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
from talkface_studio.nn.moments import serving, single_map


class EncodedReferences(NamedTuple):
    """What is known of the references before any target is. B is 1 where all frames share them."""

    pictures: Tensor
    """RGB in 0..1, `(B, N, 3, S, S)`."""
    fine: Tensor
    """`(B, N, F, L, L)`."""
    coarse: Tensor
    """`(B, N, C, L/2, L/2)`."""
    points: Tensor | None
    """Landmarks in 0..1 of the crop, `(B, N, P, 2)`; only with the analytic flow."""

    def chosen(self, index: Tensor) -> EncodedReferences:
        """Some of the references that all frames share, for each frame: those of `index` `(B, n)`."""
        points = None if self.points is None else self.points[0][index]
        return EncodedReferences(self.pictures[0][index], self.fine[0][index], self.coarse[0][index], points)


class Aligned(NamedTuple):
    """The references merged into one, as the target holds the face."""

    picture: Tensor
    """RGB, `(B, 3, H, W)`."""
    fine: Tensor
    """`(B, F, h, w)`."""
    coarse: Tensor
    """`(B, C, h/2, w/2)`."""
    flow: Tensor
    """Where each place of each warped reference comes from, relative to it, x and y in pixels: `(B, N, 2, H, W)`."""
    confidence: Tensor
    """How much each reference counts at each place, in 0..1: `(B, N, 1, H, W)`."""


class Alignment(nn.Module):
    """References and target sketches to flow and confidence of each reference, and what they merge into."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        if config.size % config.step or config.top % config.step or config.left % config.step or config.coarse % 4:
            raise ValueError(
                f"the crop's side, first row and first column must be multiples of {config.step} (2 x patch x "
                "attention_pool), the coarse channels of 4"
            )
        self.config = config
        deep, shallow, kernel = config.coarse, config.coarse // 4, config.leave_kernel
        inputs = config.picture + config.sketches // config.window
        self.enter_fine = ConvBlock(inputs, config.fine, config.enter_kernel, norm=config.norm)
        self.enter_coarse = ConvBlock(config.fine, deep, stride=2, norm=config.norm)
        self.first, self.second, self.last = (
            spade_block(channels, config.sketches, config.hidden, residual=config.residual)
            for channels in (deep, deep, shallow)
        )
        self.flow = nn.Conv2d(shallow, 2, kernel, padding=kernel // 2)
        self.confidence = nn.Sequential(
            nn.Conv2d(shallow, config.confidence_channels, kernel, padding=kernel // 2),
            nn.ReLU(),
            nn.Conv2d(config.confidence_channels, 1, kernel, padding=kernel // 2),
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
        entering = F.pixel_unshuffle(torch.cat([pictures, sketches], dim=2).flatten(0, 1), self.config.patch)
        fine = self.enter_fine(entering)
        shape = pictures.shape[:2]
        return EncodedReferences(pictures, _split(fine, *shape), _split(self.enter_coarse(fine), *shape), points)

    def forward(
        self, references: EncodedReferences, sketches: Tensor, points: Tensor | None, weights: Tensor | None = None
    ) -> Aligned:
        """Align to B frames, given their sketches `(B, K, h, w)` and landmarks `(B, P, 2)` in 0..1 of the crop.

        Confidences are multiplied by `weights` `(B, N)`.
        """
        config = self.config
        B, N, S = len(sketches), references.pictures.shape[1], config.size
        flow, confidence = self._predict(references, sketches)
        whole_flow, whole_confidence = self._enlarged(flow), self._enlarged(confidence)
        if config.analytic_flow:
            if points is None or references.points is None:
                raise ValueError("the analytic flow needs the frames' landmarks")
            sources = references.points.expand(B, -1, -1, -1) * S
            known = shepard_flow(
                sources, points * S, S, grid=config.analytic_grid, top=config.top, left=config.left
            ).flatten(0, 1)
            whole_flow = whole_flow + known
            flow = flow + F.avg_pool2d(known, config.patch)
        places = self._places(flow, config.patch)
        half = F.interpolate(
            places.permute(0, 3, 1, 2).contiguous(),
            scale_factor=0.5,
            mode="bilinear",
            align_corners=config.align_corners,
        ).permute(0, 2, 3, 1)
        pictures, fine, coarse = (
            self._sample(maps.expand(B, -1, -1, -1, -1), at)
            for maps, at in (
                (references.pictures, self._places(whole_flow, 1) if config.patch > 1 else places),
                (references.fine, places),
                (references.coarse, half),
            )
        )
        small, whole = _split(confidence, B, N), _split(whole_confidence, B, N)
        if weights is not None:
            small, whole = (part * weights[:, :, None, None, None] for part in (small, whole))
        return Aligned(
            picture=_merge(pictures, whole),
            fine=_merge(fine, small),
            # Every other confidence, as the authors do.
            coarse=_merge(coarse, small[..., ::2, ::2]),
            flow=_split(whole_flow, B, N),
            confidence=whole,
        )

    def _predict(self, references: EncodedReferences, sketches: Tensor) -> tuple[Tensor, Tensor]:
        """Learned flow `(B * N, 2, h, w)` in pixels and confidence `(B * N, 1, h, w)`, in single precision."""
        top, left = (edge // (2 * self.config.patch) for edge in (self.config.top, self.config.left))
        coarse = references.coarse[..., top:, left : references.coarse.shape[-1] - left]
        x = coarse.expand(len(sketches), -1, -1, -1, -1).flatten(0, 1)
        small = F.interpolate(sketches, size=x.shape[-2:], mode=self.config.coarse_sketches)
        x = F.pixel_shuffle(self.second(self.first(x, small), small), 2)
        x = self.last(x, sketches)
        if not serving(x):
            return self.flow(x).float(), self.confidence(x).float()
        # Kernels are made for many maps: those of few are computed together, or row by row of their kernel.
        enter, leave = (layer for layer in self.confidence if isinstance(layer, nn.Conv2d))
        weight, bias = torch.cat([self.flow.weight, enter.weight]), torch.cat([_bias(self.flow), _bias(enter)])
        both = F.conv2d(x, weight, bias, padding=self.flow.padding)
        return both[:, :2].float(), torch.sigmoid(single_map(leave, F.relu(both[:, 2:])))

    def _enlarged(self, maps: Tensor) -> Tensor:
        """`(B, C, h, w)` to `(B, C, H, W)`."""
        if self.config.patch == 1:
            return maps
        # Of few maps, those that lie one after the other are enlarged ten times as fast.
        return F.interpolate(maps.contiguous(), scale_factor=float(self.config.patch), mode="bilinear")

    def _places(self, flow: Tensor, stride: int) -> Tensor:
        """Flow in pixels `(B * N, 2, rows, columns)` to places in the whole map in -1..1: `(B * N, rows, columns, 2)`.

        Positions are `stride` pixels wide; rows are those from `top` on, columns those from `left` on.
        """
        rows, columns = flow.shape[-2:]
        S = self.config.size
        # Centres of the positions, in pixels.
        x = torch.arange(columns, device=flow.device, dtype=flow.dtype) * stride + (stride - 1) / 2 + self.config.left
        y = torch.arange(rows, device=flow.device, dtype=flow.dtype) * stride + (stride - 1) / 2 + self.config.top
        here = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)
        places = here + flow.permute(0, 2, 3, 1)
        # In positions of the map.
        return ((places + 0.5) / stride - 0.5) * (2 / (S // stride - 1)) - 1

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
