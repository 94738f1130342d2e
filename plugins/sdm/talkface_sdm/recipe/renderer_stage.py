"""Stage `renderer`: warped pictures to true ones, from true landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

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
        self.clips, self.training, self.config = clips, settings.renderer, settings.model.renderer
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
        rng = np.random.default_rng(0)
        self.pairs = [self._drawn(rng) for _ in range(self.training.pairs)]
        self.held_out = {
            split: [pair for clip in part[:20] for pair in self._spread(clip)]
            for split, part in clips.held_out().items()
        }

    def _drawn(self, rng: np.random.Generator) -> RenderedPair:
        clip = self.clips.dataset.sample_clip(rng, balance=0.6)
        source, target = rng.integers(clip.frames, size=2)
        return rendered_pair(clip, int(source), int(target), self.config)

    def _spread(self, clip: Clip) -> list[RenderedPair]:
        """From the frame whose lips are closest together, as on most photos."""
        gaps = np.linalg.norm(clip.landmarks[:, 13, :2] - clip.landmarks[:, 14, :2], axis=1)
        targets = np.linspace(0, clip.frames - 1, HELD_OUT).round().astype(int)
        return [rendered_pair(clip, int(gaps.argmin()), int(target), self.config) for target in targets]

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Random pairs, with noise on the target landmarks."""
        rng = np.random.default_rng((seed, step, 6))
        chosen = [self.pairs[i] for i in rng.integers(len(self.pairs), size=self.training.batch)]
        batch = stacked(chosen)
        noise = self.training.noise * rng.standard_normal(batch["target"].shape, dtype=np.float32)
        batch["target"] = batch["target"] + torch.from_numpy(noise)
        return batch

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
