"""Stage `renderer`: warped pictures to true ones, from true landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from talkface_sdm.config import RendererConfig
from talkface_sdm.recipe.data import MotionClips
from talkface_sdm.recipe.pairs import RenderedPair, rendered_pair
from talkface_sdm.recipe.settings import Settings
from talkface_sdm.renderer import Renderer, heat_maps
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import ByteArray, Device
from talkface_trainer.dataset import Clip
from talkface_trainer.perceptual import PerceptualNetwork, perceptual_network

HELD_OUT = 4
"""Pairs of each held-out clip that are validated on."""


class RendererStage(Stage):
    """L1 and, if weighted, the difference of a pretrained network's features."""

    def __init__(self, clips: MotionClips, settings: Settings, device: Device) -> None:
        self.training, self.config = settings.renderer, settings.model.renderer
        self.device = torch.device(device.torch_name)
        self.net = Renderer(self.config).to(self.device)
        self.judge: PerceptualNetwork | None = None
        if self.training.perceptual_weight:
            self.judge = perceptual_network().to(self.device)
            self.facts = {"perceptual": self.judge.name}
        self.modules = {"renderer": self.net}
        self.optimizers = {
            "renderer": torch.optim.Adam(self.net.parameters(), lr=self.training.rate, betas=self.training.betas)
        }
        self.pairs = drawn_pairs(clips, self.training.pairs, self.config)
        self.held_out = held_out_pairs(clips, self.config)

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Random pairs, with noise on the target landmarks."""
        return pair_batch(self.pairs, self.training.batch, (seed, step, 6), self.training.noise)

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        truth = pictures(batch["truth"])
        with context.autocast():
            made = rendered(self.net, batch)
        loss = (made - truth).abs().mean()
        recorded = {"pixel": loss.item()}
        if self.judge is not None:
            pairs = zip(self.judge(made), self.judge(truth), strict=True)
            perceptual = torch.stack([(a - b.detach()).abs().mean() for a, b in pairs]).mean()
            loss = loss + self.training.perceptual_weight * perceptual
            recorded["perceptual"] = perceptual.item()
        context.optimize("renderer", loss)
        return recorded

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """Mean absolute error on both held-out splits over that of the warp alone: below 1 is better than it.

        The network's whole correction is measured, and the share of it that is shown.
        """
        measures = {}
        for split, pairs in self.held_out.items():
            batch = {name: values.to(self.device) for name, values in stacked(pairs).items()}
            truth, warped = pictures(batch["truth"]), pictures(batch["warped"])
            made = rendered(modules["renderer"], batch)
            plain = (warped - truth).abs().mean()
            shown = warped + self.config.trust * (made - warped)
            measures[f"{split}_whole"] = ((made - truth).abs().mean() / plain).item()
            measures[f"{split}_shown"] = ((shown - truth).abs().mean() / plain).item()
        return measures

    def samples(self, modules: Mapping[str, Any]) -> Sequence[tuple[str, ByteArray]]:
        """Warped, made and true pictures of held-out clips."""
        pairs = list(self.held_out.values())[-1][:8]
        batch = {name: values.to(self.device) for name, values in stacked(pairs).items()}
        rows = [pictures(batch["warped"]), rendered(modules["renderer"], batch), pictures(batch["truth"])]
        sheet = torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1)
        picture = (sheet.clamp(0, 1) * 255).round().to(torch.uint8).movedim(0, 2).cpu().numpy()
        return [("mouths", picture)]


def drawn_pairs(clips: MotionClips, count: int, config: RendererConfig) -> list[RenderedPair]:
    """Random pairs of training clips, always the same."""
    rng = np.random.default_rng(0)
    pairs = []
    for _ in range(count):
        clip = clips.dataset.sample_clip(rng, balance=0.6)
        source, target = rng.integers(clip.frames, size=2)
        pairs.append(rendered_pair(clip, int(source), int(target), config))
    return pairs


def held_out_pairs(clips: MotionClips, config: RendererConfig) -> dict[str, list[RenderedPair]]:
    """Pairs of both held-out splits."""
    return {
        split: [pair for clip in part[:20] for pair in _spread(clip, config)]
        for split, part in clips.held_out().items()
    }


def _spread(clip: Clip, config: RendererConfig) -> list[RenderedPair]:
    """From the frame whose lips are closest together, as on most photos."""
    gaps = np.linalg.norm(clip.landmarks[:, 13, :2] - clip.landmarks[:, 14, :2], axis=1)
    targets = np.linspace(0, clip.frames - 1, HELD_OUT).round().astype(int)
    return [rendered_pair(clip, int(gaps.argmin()), int(target), config) for target in targets]


def pair_batch(pairs: Sequence[RenderedPair], size: int, seed: tuple[int, ...], noise: float) -> dict[str, Tensor]:
    """Random ones of some pairs, with noise on the target landmarks."""
    rng = np.random.default_rng(seed)
    batch = stacked([pairs[i] for i in rng.integers(len(pairs), size=size)])
    added = noise * rng.standard_normal(batch["target"].shape, dtype=np.float32)
    batch["target"] = batch["target"] + torch.from_numpy(added)
    return batch


def stacked(pairs: Sequence[RenderedPair]) -> dict[str, Tensor]:
    """The names and shapes of `RenderedPair` with B in front."""
    return {
        item.name: torch.from_numpy(np.stack([getattr(pair, item.name) for pair in pairs]))
        for item in fields(RenderedPair)
    }


def pictures(pixels: Tensor) -> Tensor:
    """uint8 `(B, R, R, 3)` to `(B, 3, R, R)` in 0..1."""
    return pixels.movedim(3, 1).float() / 255


def rendered(net: Renderer, batch: Mapping[str, Tensor]) -> Tensor:
    """What the network makes of a batch."""
    size = net.config.size
    made: Tensor = net(pictures(batch["warped"]), heat_maps(batch["source"], size), heat_maps(batch["target"], size))
    return made
