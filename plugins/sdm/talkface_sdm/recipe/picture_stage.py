"""Stage `diffusion` where pictures are diffused: noised true pictures and the renderer's to the noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from talkface_sdm.denoiser import schedule_of
from talkface_sdm.picture_denoiser import PictureDenoiser, refined
from talkface_sdm.recipe.data import MotionClips
from talkface_sdm.recipe.diffusion_stage import loaded, on
from talkface_sdm.recipe.losses import diffusion_loss
from talkface_sdm.recipe.pairs import RenderedPair
from talkface_sdm.recipe.renderer_stage import drawn_pairs, held_out_pairs, pair_batch, pictures, rendered, stacked
from talkface_sdm.recipe.settings import Settings
from talkface_sdm.renderer import Renderer, heat_maps
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import Device
from talkface_studio.nn.diffusion import estimate_start


class PictureDiffusionStage(Stage):
    """The denoiser of pictures, told the frozen renderer's: L_diff for steps below K."""

    def __init__(self, clips: MotionClips, settings: Settings, done: Mapping[str, Path], device: Device) -> None:
        self.training, self.rendering = settings.diffusion, settings.renderer
        self.device = torch.device(device.torch_name)
        self.schedule = schedule_of(settings.model)
        renderer = Renderer(settings.model.renderer)
        self.renderer = loaded(renderer, done["renderer"] / "renderer.safetensors").to(self.device).eval()
        self.pairs = drawn_pairs(clips, self.rendering.pairs, settings.model.renderer)
        self.held_out = held_out_pairs(clips, settings.model.renderer)
        self.net = PictureDenoiser(settings.model).to(self.device)
        truth, condition = self._seen(self._held_out())
        error, power = (values.square().mean(dim=(1, 2, 3)).tolist() for values in (condition[:, :3] - truth, truth))
        self.net.start.fill_(estimate_start(self.schedule, error, power))
        self.facts = {"start_kl": int(self.net.start)}
        truth, condition = self._seen(self.pairs[:64])
        self.net.spread.copy_((condition[:, :3] - truth).square().mean(dim=(0, 2, 3)).sqrt()[:, None, None])
        self.modules = {"denoiser": self.net}
        self.optimizers = {
            "denoiser": torch.optim.Adam(self.net.parameters(), lr=self.training.rate, betas=self.training.betas)
        }

    def _held_out(self) -> list[RenderedPair]:
        return [pair for pairs in self.held_out.values() for pair in pairs][:64]

    def _seen(self, pairs: Sequence[RenderedPair]) -> tuple[Tensor, Tensor]:
        return self._read(on(stacked(pairs), self.device))

    def _read(self, batch: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
        """True pictures in -1..1, and the condition of each; see `PictureDenoiser`."""
        with torch.no_grad():
            coarse = rendered(self.renderer, batch)
        maps = heat_maps(batch["target"], self.renderer.config.size)
        return 2 * pictures(batch["truth"]) - 1, torch.cat([2 * coarse - 1, maps], dim=1)

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Random pairs, with noise on the target landmarks."""
        return pair_batch(self.pairs, self.training.batch, (seed, step, 8), self.rendering.noise)

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        truth, condition = self._read(batch)
        with context.autocast():
            loss = self._loss(self.net, truth, condition)
        context.optimize("denoiser", loss)
        return {"loss": loss.item()}

    def _loss(self, net: PictureDenoiser, truth: Tensor, condition: Tensor) -> Tensor:
        steps = torch.randint(int(self.net.start), (len(truth),), device=truth.device)
        return diffusion_loss(net, self.schedule, truth, steps, condition, weight=truth.new_ones(1))

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """L_diff on held-out pairs, and the sampled picture's mean absolute error over that of the renderer's.

        Always with the same noise.
        """
        truth, condition = self._seen(self._held_out())
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            loss = self._loss(modules["denoiser"], truth, condition)
            made = refined(modules["denoiser"], self.schedule, condition, torch.randn_like(truth))
        error, before = ((values - truth).abs().mean().item() for values in (made, condition[:, :3]))
        return {"val_loss": loss.item(), "val_sampled": error / max(before, 1e-6)}
