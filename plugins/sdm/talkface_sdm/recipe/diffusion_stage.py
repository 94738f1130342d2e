"""Stages `boundary`, `diffusion` and `joint`: where diffusion may start, the denoiser, and all of it together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_sdm.config import SdmConfig
from talkface_sdm.denoiser import Denoiser, StepPredictor, condition_of, schedule_of
from talkface_sdm.motion_network import Auxiliary, MotionNetwork
from talkface_sdm.recipe.data import MotionClips, clip_window
from talkface_sdm.recipe.losses import coordinate_weights, diffusion_loss
from talkface_sdm.recipe.motion_stage import forced, motion_batch, motion_losses
from talkface_sdm.recipe.settings import MotionTraining, Settings
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import Device
from talkface_studio.nn.diffusion import estimate_start, start_of_doubt
from talkface_studio.nn.weights import load_module, read_tensors

AT_END = 10**9
"""A step at which the schedules of stage `motion` have run out."""
M = TypeVar("M", bound=nn.Module)


class _FrozenMotion:
    """What the later stages share: the finished motion network, and windows of truth beside F^aux."""

    def __init__(self, clips: MotionClips, settings: Settings, motion: Path, device: Device) -> None:
        self.clips, self.settings, self.config = clips, settings, settings.model
        self.device = torch.device(device.torch_name)
        self.net = loaded(MotionNetwork(self.config), motion / "motion.safetensors").to(self.device).eval()
        self.net.requires_grad_(requires_grad=False)
        self.schedule = schedule_of(self.config)

    def windows(self, size: int, seed: tuple[int, ...], *, validation: bool = False) -> dict[str, Tensor]:
        """Random windows, of training clips or of those that stages validate on."""
        if not validation:
            return motion_batch(self.clips, self.settings.motion, size, seed)
        return held_out_batch(self.clips, self.settings.motion, size, seed)

    def truth_and_auxiliary(self, batch: Mapping[str, Tensor]) -> tuple[Tensor, Auxiliary, Tensor]:
        """Of the predicted frames: what is diffused of normalised truth `(B, T, D)`, F^aux, and normalised rhythm."""
        with torch.no_grad():
            return predicted_part(self.net, batch, self.settings.motion.past)


class BoundaryStage(Stage):
    """The predictor learns to tell noised truth from noised F^aux; K is where it no longer can."""

    def __init__(self, clips: MotionClips, settings: Settings, done: Mapping[str, Path], device: Device) -> None:
        self.frozen = _FrozenMotion(clips, settings, done["motion"], device)
        self.training = settings.boundary
        self.net = StepPredictor(settings.model).to(self.frozen.device)
        self.modules = {"predictor": self.net}
        self.optimizers = {"predictor": torch.optim.Adam(self.net.parameters(), lr=self.training.rate)}

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of random clips."""
        return self.frozen.windows(self.training.batch, (seed, step, 2))

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """Binary cross-entropy of which of the two a noised motion comes from."""
        truth, auxiliary, _ = self.frozen.truth_and_auxiliary(batch)
        schedule = self.frozen.schedule
        steps = torch.randint(schedule.steps, (2 * len(truth),), device=truth.device)
        both = torch.cat([truth, auxiliary.motion[..., : truth.shape[2]]])
        label = torch.cat([torch.ones(len(truth)), torch.zeros(len(truth))]).to(truth.device)
        with context.autocast():
            logits = self.net(schedule.noised(both, steps, torch.randn_like(both)), steps).float()
        loss = F.binary_cross_entropy_with_logits(logits, label)
        context.optimize("predictor", loss)
        return {"loss": loss.item()}

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """K by both estimates."""
        found = estimates(self.frozen, modules["predictor"])
        return {name: float(value) for name, value in found.items()}


class DiffusionStage(Stage):
    """The denoiser on noised truth, told F^aux: L_diff for steps below K."""

    def __init__(self, clips: MotionClips, settings: Settings, done: Mapping[str, Path], device: Device) -> None:
        self.frozen = _FrozenMotion(clips, settings, done["motion"], device)
        self.training, config = settings.diffusion, settings.model
        predictor = loaded(StepPredictor(config), done["boundary"] / "predictor.safetensors").to(self.frozen.device)
        found = estimates(self.frozen, predictor.eval())
        self.facts = found
        self.net = Denoiser(config).to(self.frozen.device)
        self.net.start.fill_(found[f"start_{config.diffusion.boundary}"])
        self.net.spread.copy_(self._spread())
        self.weight = diffused_weights(config, self.training.mouth_weight).to(self.frozen.device)
        self.modules = {"denoiser": self.net}
        self.optimizers = {
            "denoiser": torch.optim.Adam(self.net.parameters(), lr=self.training.rate, betas=self.training.betas)
        }

    def _spread(self) -> Tensor:
        """How far F^aux misses the truth in training windows, `(D,)`."""
        batch = on(self.frozen.windows(64, (0, 9)), self.frozen.device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            truth, auxiliary, _ = self.frozen.truth_and_auxiliary(batch)
        return (truth - auxiliary.motion[..., : truth.shape[2]]).square().mean(dim=(0, 1)).sqrt()

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of random clips."""
        return self.frozen.windows(self.training.batch, (seed, step, 3))

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        truth, auxiliary, rhythm = self.frozen.truth_and_auxiliary(batch)
        with context.autocast():
            loss = self._loss(self.net, truth, condition_of(auxiliary, rhythm))
        context.optimize("denoiser", loss)
        return {"loss": loss.item()}

    def _loss(self, net: Denoiser, truth: Tensor, condition: Tensor) -> Tensor:
        steps = torch.randint(int(self.net.start), (len(truth),), device=truth.device)
        return diffusion_loss(net, self.frozen.schedule, truth, steps, condition, weight=self.weight)

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """L_diff on held-out windows, always with the same noise."""
        batch = self.frozen.windows(32, (0, 7), validation=True)
        truth, auxiliary, rhythm = self.frozen.truth_and_auxiliary(on(batch, self.frozen.device))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            loss = self._loss(modules["denoiser"], truth, condition_of(auxiliary, rhythm))
        return {"val_loss": loss.item()}


class JointStage(Stage):
    """Motion network and denoiser together: L_total + L_diff, with gradients through the condition."""

    def __init__(self, clips: MotionClips, settings: Settings, done: Mapping[str, Path], device: Device) -> None:
        self.clips, self.settings, config = clips, settings, settings.model
        self.device = torch.device(device.torch_name)
        self.net = loaded(MotionNetwork(config), done["motion"] / "motion.safetensors").to(self.device)
        self.denoiser = loaded(Denoiser(config), done["diffusion"] / "denoiser.safetensors").to(self.device)
        self.schedule = schedule_of(config)
        motion = settings.motion
        self.weight = coordinate_weights(config.motion.size, motion.mouth_weight, motion.pose_weight).to(self.device)
        self.noise_weight = diffused_weights(config, settings.diffusion.mouth_weight).to(self.device)
        self.modules = {"motion": self.net, "denoiser": self.denoiser}
        parameters = [*self.net.parameters(), *self.denoiser.parameters()]
        self.optimizers = {"joint": torch.optim.Adam(parameters, lr=settings.joint.rate, betas=settings.motion.betas)}

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of random clips."""
        return motion_batch(self.clips, self.settings.motion, self.settings.motion.batch, (seed, step, 4))

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        with context.autocast():
            losses = motion_losses(self.net, batch, self.settings.motion, self.weight, step=AT_END, progress=1.0)
            truth, auxiliary, rhythm = predicted_part(self.net, batch, self.settings.motion.past)
            steps = torch.randint(int(self.denoiser.start), (len(truth),), device=truth.device)
            noise = diffusion_loss(
                self.denoiser, self.schedule, truth, steps, condition_of(auxiliary, rhythm), weight=self.noise_weight
            )
            loss = losses["loss"] + self.settings.joint.diffusion_weight * noise
        context.optimize("joint", loss)
        return {"loss": loss.item(), "total": losses["loss"].item(), "diffusion": noise.item()}


def predicted_part(net: MotionNetwork, batch: Mapping[str, Tensor], past: int) -> tuple[Tensor, Auxiliary, Tensor]:
    """Of a batch's frames behind the first `past`: what is diffused of the truth, free F^aux, and normalised rhythm."""
    truth = net.normalised(batch["motion"])
    _, auxiliary = forced(net, batch, truth, past, own_share=1.0)
    rhythm = (batch["rhythm"] - net.rhythm_centre) / net.rhythm_unit
    return truth[:, past:, : net.config.motion.diffused], auxiliary, rhythm[:, past:]


def diffused_weights(config: SdmConfig, mouth: float) -> Tensor:
    """Weights of what is diffused, with mean 1; see `coordinate_weights`."""
    weights = coordinate_weights(config.motion.size, mouth)[: config.motion.diffused]
    return weights / weights.mean()


def estimates(frozen: _FrozenMotion, predictor: StepPredictor) -> dict[str, int]:
    """K on windows that were not trained on: `start_kl` by the divergence's bound, `start_predictor` by the network."""
    count = frozen.settings.boundary.windows
    batch = on(frozen.windows(count, (0, 5), validation=True), frozen.device)
    schedule = frozen.schedule
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        truth, auxiliary, _ = frozen.truth_and_auxiliary(batch)
        rough = auxiliary.motion[..., : truth.shape[2]]
        error = (rough - truth).square().mean(dim=(1, 2)).tolist()
        power = truth.square().mean(dim=(1, 2)).tolist()
        right = []
        for number in range(schedule.steps):
            step = torch.full((len(truth),), number, device=truth.device)
            told = [
                torch.sigmoid(predictor(schedule.noised(values, step, torch.randn_like(values)), step)).mean().item()
                for values in (truth, rough)
            ]
            right.append((told[0] + 1 - told[1]) / 2)
    return {"start_kl": estimate_start(schedule, error, power), "start_predictor": start_of_doubt(right)}


def held_out_batch(clips: MotionClips, training: MotionTraining, size: int, seed: tuple[int, ...]) -> dict[str, Tensor]:
    """Random windows of the clips that stages validate on."""
    rng = np.random.default_rng(seed)
    frames = training.past + training.future
    held = [clip for part in clips.held_out().values() for clip in part if clips.usable(clip, frames)]
    windows = []
    for _ in range(size):
        clip = held[int(rng.integers(len(held)))]
        windows.append(clip_window(clips, clip, int(rng.integers(clip.frames - frames + 1)), frames))
    return {
        name: torch.from_numpy(np.stack([getattr(window, name) for window in windows]))
        for name in ("motion", "speech", "rhythm")
    }


def on(batch: Mapping[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    """A batch on a device."""
    return {name: values.to(device) for name, values in batch.items()}


def loaded(module: M, path: Path) -> M:
    """A module with the weights of a finished stage."""
    tensors, _ = read_tensors(path)
    load_module(module, tensors, origin=str(path))
    return module
