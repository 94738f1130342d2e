"""Stage `faces`: references, sketches, the upper face and speech to frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_ltfg_gan.config import LtfgConfig
from talkface_ltfg_gan.face_generator import FaceGenerator, FaceOutput
from talkface_ltfg_gan.recipe.data import FaceWindow, LandmarkClips, face_window, held_out_window, spread_by_opening
from talkface_ltfg_gan.recipe.settings import FaceTraining
from talkface_ltfg_gan.recipe.teaching import distances, open_teacher, start_from
from talkface_ltfg_gan.speech_front import StandardisedFeatures
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import ByteArray, Device
from talkface_trainer.dataset import Clip
from talkface_trainer.discriminators import MultiScaleDiscriminator
from talkface_trainer.losses import feature_matching_loss, lsgan_discriminator_loss, lsgan_generator_loss
from talkface_trainer.perceptual import PerceptualLoss, perceptual_network

SHOWN = 6
"""Frames of a held-out clip that are measured and drawn."""


class FaceStage(Stage):
    """The face generator, and once it has learned to warp its discriminator, one step of each in turn."""

    def __init__(self, clips: LandmarkClips, config: LtfgConfig, training: FaceTraining, device: Device) -> None:
        self.clips, self.config, self.training = clips, config.face_generator, training
        self.device = torch.device(device.torch_name)
        self.net = FaceGenerator(self.config).to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        if training.start:
            start_from(Path(training.start), self.net)
        else:
            self._set_statistics()
        self.modules: dict[str, nn.Module] = {"face_generator": self.net}
        self.optimizers = {"face_generator": torch.optim.Adam(self.net.parameters(), lr=training.rate)}
        self.averaged = ("face_generator",)
        self._discriminator: MultiScaleDiscriminator | None = None
        if training.adversarial_weight or training.feature_weight:
            self._discriminator = MultiScaleDiscriminator(width=training.discriminator_width).to(self.device)
            self.modules["discriminator"] = self._discriminator
            self.optimizers["discriminator"] = torch.optim.Adam(
                self._discriminator.parameters(), lr=training.rate, betas=(0.5, 0.999)
            )
        self._teacher = open_teacher(Path(training.teacher), self.config) if training.teacher else None
        # Whoever sees fewer frames than the teacher sees those in the middle.
        self._window = self.config.window if self._teacher is None else self._teacher.config.window
        network = perceptual_network()
        self._perceptual = PerceptualLoss(network).to(self.device)
        self.facts = {"perceptual": network.name}

    def _set_statistics(self) -> None:
        front, kind = self.net.speech, self.config.speech.kind
        if isinstance(front, StandardisedFeatures):
            mean, deviation = self.clips.feature_statistics(kind)
            front.feature_mean.copy_(torch.from_numpy(mean))
            front.feature_std.copy_(torch.from_numpy(deviation))

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Frames of random clips; the names and shapes of `FaceWindow` with B in front."""
        rng = np.random.default_rng((seed, step, 2))
        training = self.training
        return stacked(
            [
                face_window(
                    self.clips,
                    rng,
                    window=self._window,
                    references=training.references,
                    pool=training.pool,
                    balance=training.balance,
                    open_share=training.open_share,
                    augment=training.augment,
                )
                for _ in range(training.batch)
            ]
        )

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """A step of the discriminator once the warp has been learned, and one of the generator."""
        training = self.training
        truth = to_network(batch["frame"])
        with context.autocast():
            output = self.render(self.net, batch)
        picture, warped = output.picture.float(), output.warped.float()
        warp = self._distance(warped, truth, batch["mouth"], context)
        losses = {"warp": warp.item()}
        loss = training.warp_weight * warp
        if self._teacher is not None:
            with torch.no_grad(), context.autocast():
                shown = self.render(self._teacher.to(self.device), batch)
            taught = distances(output, shown, batch["mouth"], mouth_weight=training.mouth_weight)
            losses |= {name: value.item() for name, value in taught.items()}
            loss = loss + training.teacher_weight * torch.stack(list(taught.values())).sum()
        if context.progress >= training.warp_only:
            made = self._distance(picture, truth, batch["mouth"], context)
            losses["made"] = made.item()
            loss = loss + training.translation_weight * made
            if self._discriminator is not None:
                adversarial, parts = self._adversarial(self._discriminator, picture, truth, context)
                loss, losses = loss + adversarial, losses | parts
        context.optimize("face_generator", loss)
        return losses | {"loss": loss.item()}

    def render(self, net: FaceGenerator, batch: Mapping[str, Any]) -> FaceOutput:
        """The frames of a batch, each from references of its own."""
        references = net.encode_references(
            to_network(batch["references"]), batch["reference_sketches"], batch["reference_points"]
        )
        frame = to_network(batch["frame"]).contiguous(memory_format=torch.channels_last)
        sketches = middle(batch["sketches"], net.config.window)
        shown = frame, sketches, batch["speech"], batch["points"]
        output: FaceOutput = net(references, *shown, weights=batch["weights"])
        return output

    def _distance(self, made: Tensor, truth: Tensor, mouth: Tensor, context: TrainContext) -> Tensor:
        distance = made.new_zeros(())
        if self.training.perceptual_weight:
            with context.autocast():
                seen: Tensor = self._perceptual(mouths(made), mouths(truth)).float()
            distance = self.training.perceptual_weight * seen
        if self.training.pixel_weight:
            weight = 1 + self.training.mouth_weight * mouth[:, None]
            error = F.smooth_l1_loss(made, truth, reduction="none", beta=self.training.pixel_beta)
            distance = distance + self.training.pixel_weight * (error * weight).mean()
        return distance

    def _adversarial(
        self, judge: MultiScaleDiscriminator, picture: Tensor, truth: Tensor, context: TrainContext
    ) -> tuple[Tensor, dict[str, float]]:
        with context.autocast():
            real, _ = judge(truth)
            fake, _ = judge(picture.detach())
        judged = lsgan_discriminator_loss(real, fake)
        context.optimize("discriminator", 0.5 * judged)
        # The generator's loss must not leave gradients in the discriminator for its next step.
        judge.requires_grad_(requires_grad=False)
        try:
            with context.autocast():
                fake, fake_features = judge(picture)
                _, real_features = judge(truth)
        finally:
            judge.requires_grad_(requires_grad=True)
        deceived = lsgan_generator_loss(fake)
        features = feature_matching_loss(real_features, fake_features)
        loss = self.training.adversarial_weight * deceived + self.training.feature_weight * features
        return loss, {"discriminator": judged.item(), "generator": deceived.item(), "features": features.item()}

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """PSNR around the mouth (dB) of the frames, of the merged warp and of the nearest reference, by split."""
        measures = {}
        for split, clips in self.clips.held_out().items():
            measured = [self._measure(modules["face_generator"], clip) for clip in spread(clips, 8)]
            for name in measured[0]:
                measures[f"{split}_{name}"] = float(np.mean([values[name] for values in measured]))
        return measures

    def _measure(self, net: FaceGenerator, clip: Clip) -> dict[str, float]:
        batch = self.held_out(clip)
        with torch.inference_mode():
            output = self.render(net, batch)
        truth, mouth = to_network(batch["frame"]), batch["mouth"][:, None]
        candidates = {"psnr": output.picture, "warp_psnr": output.warped}
        return {name: float(mouth_psnr(made.float(), truth, mouth)) for name, made in candidates.items()}

    def held_out(self, clip: Clip) -> Mapping[str, Any]:
        """A batch of frames from the most closed to the most open, with references out of the rest of the clip."""
        order = np.argsort(self.clips.openings(clip), kind="stable")
        frames = order[np.linspace(0, len(order) - 1, SHOWN).round().astype(int)]
        rest = np.setdiff1d(np.arange(clip.frames), (frames[:, None] + np.arange(-2, 3)).ravel())
        rest = rest if len(rest) >= self.training.references else np.arange(clip.frames)
        chosen = rest[spread_by_opening(self.clips.openings(clip)[rest], self.training.references)]
        return stacked([held_out_window(self.clips, clip, int(frame), chosen) for frame in frames], self.device)

    def samples(self, modules: Mapping[str, Any]) -> Sequence[tuple[str, ByteArray]]:
        """For some clips of each held-out split: truth, merged warp and frames below each other."""
        pictures = []
        for split, clips in self.clips.held_out().items():
            rows = []
            for clip in spread(clips, 4):
                batch = self.held_out(clip)
                with torch.inference_mode():
                    output = self.render(modules["face_generator"], batch)
                shown = (to_network(batch["frame"]), output.warped, output.picture)
                rows += [np.hstack(list(to_pixels(made))) for made in shown]
            pictures.append((split, np.vstack(rows)))
        return pictures


def stacked(windows: Sequence[FaceWindow], device: torch.device | None = None) -> dict[str, Tensor]:
    """Items as one batch of tensors by name."""
    return {
        item.name: torch.from_numpy(np.stack([getattr(window, item.name) for window in windows])).to(device or "cpu")
        for item in fields(FaceWindow)
    }


def middle(sketches: Tensor, window: int) -> Tensor:
    """The `window` frames in the middle of `(B, T, K, S, S)`; T and `window` are odd."""
    return sketches.narrow(1, (sketches.shape[1] - window) // 2, window)


def to_network(pictures: Tensor) -> Tensor:
    """uint8 `(..., H, W, 3)` to float32 `(..., 3, H, W)` in 0..1."""
    return pictures.movedim(-1, -3).float() / 255


def to_pixels(frames: Tensor) -> ByteArray:
    """`(N, 3, H, W)` in 0..1 to uint8 `(N, H, W, 3)`."""
    pixels: ByteArray = (frames.float() * 255).round().clamp(0, 255).to(torch.uint8).movedim(1, -1).cpu().numpy()
    return pixels


def mouths(frames: Tensor) -> Tensor:
    """The middle of the lower half, which holds every aligned mouth, doubled: `(N, 3, H, W)` to the same shape."""
    H, W = frames.shape[-2:]
    lower = frames[..., H // 2 :, W // 4 : W - W // 4]
    return F.interpolate(lower, scale_factor=2, mode="bilinear", align_corners=False)


def mouth_psnr(made: Tensor, truth: Tensor, mouth: Tensor) -> Tensor:
    """PSNR in dB of `(N, 3, H, W)` in 0..1, each pixel weighed by `mouth` `(N, 1, H, W)`, mean over the pictures."""
    error = ((made.clamp(0, 1) - truth).square() * mouth).sum(dim=(1, 2, 3)) / (3 * mouth.sum(dim=(1, 2, 3)))
    return (-10 * error.clamp(min=1e-8).log10()).mean()


def spread(clips: Sequence[Clip], count: int) -> list[Clip]:
    """Up to `count` clips of different speakers where there are that many."""
    by_speaker: dict[str, Clip] = {}
    for clip in clips:
        by_speaker.setdefault(clip.speaker, clip)
    return [*by_speaker.values(), *(clip for clip in clips if clip not in by_speaker.values())][:count]
